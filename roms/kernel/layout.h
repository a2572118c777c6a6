/* SPDX-License-Identifier: MIT */
/*
 * layout.h - the map of the linear address space. C and assembly both read it.
 *
 *   ffffffff +----------------------------------------------+
 *            | unused                                       |
 *   ff800000 | WINDOW: one page, aimed at any physical page |
 *            | unused (room for vmalloc)                    |
 *   f8000000 +----------------------------------------------+
 *            | physical 0 .. 896 MiB, linearly:             |
 *            | lin = phys + PAGE_OFFSET                     |
 *   c0100000 |   the kernel image, at physical 1 MiB        |
 *   c0000000 +==============================================+ PAGE_OFFSET = USER_END
 *            | stack, growing down, at most STACK_LIMIT     |
 *            | ...                                          |
 *            | heap, growing up from the end of .bss        |
 *            | .data .bss   rw-p                            |
 *            | .rodata      r--p                            |
 *   08048000 | .text        r-xp                            |
 *   00000000 +---- nothing is ever mapped below 08048000 ---+
 */
#ifndef KERNEL_LAYOUT_H
#define KERNEL_LAYOUT_H

#define PAGE_SIZE 4096
#define PAGE_SHIFT 12
#define PAGE_MASK 0xfffff000

#define PAGE_OFFSET 0xc0000000 /* where the kernel half begins */
#define KERNEL_PHYS 0x00100000 /* where the boot loader puts the image */
#define WINDOW 0xff800000      /* see window_map() */

#define DMA_END 0x01000000     /* ZONE_DMA: physical 0-16 MiB */
#define NORMAL_END 0x38000000  /* ZONE_NORMAL: 16-896 MiB, ZONE_HIGHMEM: above */
#define BOOT_MAPPED 0x01000000 /* what boot.S maps before C runs */

#define USER_LOW 0x08048000    /* nothing is mapped below */
#define USER_END 0xc0000000    /* one past the last user byte */
#define STACK_LIMIT 0x00800000 /* a stack may grow to 8 MiB */
#define KSTACK_SIZE PAGE_SIZE  /* kernel stack of a process */

/* Segment selectors; the GDT in segment.c has the descriptors in this order. */
#define SEL_KCODE 0x08
#define SEL_KDATA 0x10
#define SEL_UCODE 0x1b
#define SEL_UDATA 0x23
#define SEL_TSS 0x28

#endif
