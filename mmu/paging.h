/* SPDX-License-Identifier: MIT */
/*
 * paging.h - page-directory and page-table entries of the i386 (SDM vol. 3, 4.3; i386 manual 5.2).
 *
 *      31                          12 11   9 8 7 6 5 4 3 2 1 0
 *     +------------------------------+------+-+-+-+-+-+-+-+-+-+
 *     |  page frame / page table     | avail|G|S|D|A|C|W|U|R|P|
 *     +------------------------------+------+-+-+-+-+-+-+-+-+-+
 *
 * linear address: 31-22 directory index, 21-12 table index, 11-0 offset.
 */
#ifndef MMU_PAGING_H
#define MMU_PAGING_H

#include "base/types.h"

#define PAGE_SIZE 4096u
#define PAGE_OFFSET_MASK 0xfffu
#define PAGE_FRAME_MASK 0xfffff000u

enum {
    PTE_P = 1 << 0,   /* present */
    PTE_RW = 1 << 1,  /* writable */
    PTE_US = 1 << 2,  /* user may access */
    PTE_PWT = 1 << 3, /* write-through (kept, no effect) */
    PTE_PCD = 1 << 4, /* cache disable (kept, no effect) */
    PTE_A = 1 << 5,   /* accessed */
    PTE_D = 1 << 6,   /* dirty (PTE only) */
};

/* Page-fault error code (SDM vol. 3, 4.7). */
enum {
    PF_P = 1 << 0,  /* the page was present: a rights violation */
    PF_WR = 1 << 1, /* the access was a write */
    PF_US = 1 << 2, /* the access was made in user mode */
};

static inline phys_t pde_addr(uint32_t cr3, lin_t lin)
{
    return (cr3 & PAGE_FRAME_MASK) | (lin >> 20 & 0xffcu);
}

static inline phys_t pte_addr(uint32_t pde, lin_t lin)
{
    return (pde & PAGE_FRAME_MASK) | (lin >> 10 & 0xffcu);
}

#endif
