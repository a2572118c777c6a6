/* SPDX-License-Identifier: MIT */
/*
 * paging.h - page-directory and page-table entries (SDM vol. 3, 4.3 and 4.4; i386 manual 5.2).
 *
 *      31                          12 11   9 8 7 6 5 4 3 2 1 0
 *     +------------------------------+------+-+-+-+-+-+-+-+-+-+
 *     |  page frame / page table     | avail|G|S|D|A|C|W|U|R|P|   C = PCD, W = PWT
 *     +------------------------------+------+-+-+-+-+-+-+-+-+-+
 *
 * 32-bit paging   linear: 31-22 directory, 21-12 table, 11-0 offset; with CR4.PSE a directory entry
 *                 with S set maps 4 MiB (bits 16-13 hold physical bits 35-32 on the P6).
 * PAE paging      linear: 31-30 directory pointer, 29-21 directory, 20-12 table; entries have
 *                 64 bits with a 36-bit frame; S maps 2 MiB.
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
    PTE_D = 1 << 6,   /* dirty (where a page ends) */
    PTE_PS = 1 << 7,  /* directory entry: maps a large page */
    PTE_G = 1 << 8,   /* global, with CR4.PGE (where a page ends) */
};

/* Page-fault error code (SDM vol. 3, 4.7). */
enum {
    PF_P = 1 << 0,    /* the page was present: a rights violation, or reserved bits */
    PF_WR = 1 << 1,   /* the access was a write */
    PF_US = 1 << 2,   /* the access was made in user mode */
    PF_RSVD = 1 << 3, /* a reserved bit is set in an entry */
};

#endif
