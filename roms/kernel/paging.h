/* SPDX-License-Identifier: MIT */
/*
 * paging.h - page directories and page tables.
 *
 *   directory or table entry (80386 Programmer's Reference Manual, 5.2):
 *    31                    12 11   9  8 7  6   5  4 3   2     1     0
 *   +------------------------+------+----+---+---+----+-----+-----+---+
 *   | physical address       | free | 0 0| D | A | 0 0| U/S | R/W | 1 |   present
 *   +------------------------+------+----+---+---+----+-----+-----+---+
 *   | place in the swap area, not 0 |               0             | 0 |   paged out
 *   +------------------------+------+-----------------------------+---+
 *   |                               0                                 |   never touched
 *   +-----------------------------------------------------------------+
 *
 * A page that exists but may not be accessed at all (PROT_NONE) is present without U.
 * Directory entries 768-1023 are the kernel half. They are filled in at boot, never change
 * afterwards, and are copied into every new directory; the tables behind them are shared.
 * The page cache of a file (inode.h) has the same form: a directory indexed by file offset.
 */
#ifndef KERNEL_PAGING_H
#define KERNEL_PAGING_H

#include <stdbool.h>
#include <stdint.h>

#define PTE_P 0x001u /* present */
#define PTE_W 0x002u /* writable; a 386 in ring 0 does not care */
#define PTE_U 0x004u /* ring 3 may use it */
#define PTE_A 0x020u /* accessed: set by the processor, cleared by the clock (reclaim.c) */
#define PTE_D 0x040u /* dirty: set by the processor at the first write */

#define KERNEL_PDE 768 /* first directory entry of the kernel half */

extern uint32_t kernel_pgdir[1024]; /* boot.S; what runs when no process does */

static inline bool pte_swapped(uint32_t entry)
{
    return entry && !(entry & PTE_P);
}

static inline uint32_t pte_slot(uint32_t entry)
{
    return entry >> 12;
}

static inline uint32_t pte_of_slot(uint32_t slot)
{
    return slot << 12;
}

/* A directory with the kernel half in place and an empty user half; NULL: out of memory. */
uint32_t *pgdir_new(void);

/* Drops all pages of the first `entries` directory entries, their tables and the directory. */
void pgdir_free(uint32_t *pgdir, unsigned entries);

/* The page-table entry of an address; NULL if the table is missing and not wanted or OOM. */
uint32_t *pgdir_pte(uint32_t *pgdir, uint32_t lin, bool create);

/* The next page-table entry at *lin or above and below end; NULL: no table has more. */
uint32_t *pgdir_next(uint32_t *pgdir, uint32_t *lin, uint32_t end);

/* Drops what is mapped in start..end. */
void pgdir_unmap(uint32_t *pgdir, uint32_t start, uint32_t end);

/* Empties one entry: one user less for the frame or the place in the swap area. */
void pte_drop(uint32_t *pte);

void pgdir_switch(const uint32_t *pgdir);

/* Forgets cached translations: call it after taking pages or rights away. */
void pgdir_flush(void);

#endif
