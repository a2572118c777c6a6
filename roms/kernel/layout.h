/* SPDX-License-Identifier: MIT */
/*
 * layout.h - the map of the linear address space. C and assembly both read it.
 *
 *   ffffffff +----------------------------------------------+
 *   ffc00000 | FIXMAP: pages with one fixed purpose each    |  the text screen
 *   ff800000 | KMAP: 1024 pages, each aimed for a moment at |  how ZONE_HIGHMEM is reached
 *            |   any physical page                          |
 *   f8c00000 | unused                                       |
 *   f8800000 | VMALLOC: large blocks from single frames     |
 *            | unused, to catch what runs over the end      |
 *   f8000000 +----------------------------------------------+
 *            | physical 0 .. 896 MiB, linearly:             |
 *            | lin = phys + PAGE_OFFSET                     |
 *   c0100000 |   the kernel image, at physical 1 MiB        |
 *   c0000000 +==============================================+ PAGE_OFFSET = USER_END
 *            | strings of argv and envp                     |
 *            | stack, growing down, at most STACK_LIMIT     |
 *   bf800000 | ...                                          |
 *            | shared memory, mmap(), the shared library    |
 *   40000000 | ... from TASK_UNMAPPED_BASE upward           |
 *            | heap, growing up from the end of .bss        |
 *            | .data .bss   rw-p                            |
 *            | .rodata      r--p                            |
 *   08048000 | .text        r-xp                            |
 *   00000000 +---- a program never has anything below ------+
 */
#ifndef KERNEL_LAYOUT_H
#define KERNEL_LAYOUT_H

#define PAGE_SIZE 4096
#define PAGE_SHIFT 12
#define PAGE_MASK 0xfffff000

#define PAGE_OFFSET 0xc0000000 /* where the kernel half begins */
#define KERNEL_PHYS 0x00100000 /* where the boot loader puts the image */
#define VMALLOC 0xf8800000     /* one page table: 4 MiB */
#define KMAP 0xff800000        /* one page table: 1024 pages */
#define FIXMAP 0xffc00000      /* one page table */

#define DMA_END 0x01000000     /* ZONE_DMA: physical 0-16 MiB */
#define NORMAL_END 0x38000000  /* ZONE_NORMAL: 16-896 MiB, ZONE_HIGHMEM: above */
#define BOOT_MAPPED 0x01000000 /* what boot.S maps before C runs */

#define USER_LOW 0x00001000           /* page 0 is never mapped */
#define USER_END 0xc0000000           /* one past the last user byte */
#define TASK_UNMAPPED_BASE 0x40000000 /* mmap() begins to look here, /proc/PID/mapped_base */
#define STACK_LIMIT 0x00800000        /* a stack may grow to 8 MiB */
#define KSTACK_ORDER 1                /* kernel stack of a process: 1 << order frames */
#define KSTACK_SIZE (PAGE_SIZE << KSTACK_ORDER)

/* Segment selectors; the GDT in segment.c has the descriptors in this order. */
#define SEL_KCODE 0x08
#define SEL_KDATA 0x10
#define SEL_UCODE 0x1b
#define SEL_UDATA 0x23
#define SEL_TSS 0x28

#endif
