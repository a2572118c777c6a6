/* SPDX-License-Identifier: MIT */
/*
 * layout.h - the map of the linear address space. C and assembly both read it; roms/README.md and
 * /proc/layout show it as a picture.
 */
#ifndef KERNEL_LAYOUT_H
#define KERNEL_LAYOUT_H

#define PAGE_SIZE 4096
#define PAGE_SHIFT 12
#define PAGE_MASK 0xfffff000

#define PAGE_OFFSET 0xc0000000 /* where the kernel half begins */
#define KERNEL_PHYS 0x00100000 /* where the boot loader puts the image */
#define VMALLOC 0xf8800000     /* one page table: 4 MiB */
#define VMALLOC_END 0xf8c00000
#define KMAP 0xff800000   /* one page table: 1024 pages */
#define FIXMAP 0xffc00000 /* one page table */

#define DMA_END 0x01000000     /* ZONE_DMA: physical 0-16 MiB */
#define NORMAL_END 0x38000000  /* ZONE_NORMAL: 16-896 MiB, ZONE_HIGHMEM: above */
#define BOOT_MAPPED 0x01000000 /* what boot.S maps before C runs */

#define USER_LOW 0x00001000           /* page 0 is never mapped */
#define PROGRAM_START 0x08048000      /* where programs are linked */
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
