/* SPDX-License-Identifier: MIT */
/*
 * paging.h - page tables, the swap area, page-out.
 */
#ifndef KERNEL_PAGING_H
#define KERNEL_PAGING_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/page.h"

struct swap_area;

/*
 * paging.c: page directories and page tables.
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
 * The page cache of a file (inode.c) has the same form: a directory indexed by file offset.
 */
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

/*
 * swap.c: the swap area: places for pages that have no frame.
 * It is a piece of memory that is used for nothing else, or a disk: see boot/swaparea.h.
 */
extern struct swap_state {
    const char *name;     /* where it is */
    uint32_t total, free; /* places that can be used, that nobody uses */
    uint32_t in, out;     /* pages read, pages written */
    uint32_t dropped;     /* pages given up without writing them: an up-to-date copy existed */
    uint32_t examined;    /* frames the clock looked at */
    bool waiting;         /* a disk is at work, and everybody waits for it */
} swap;

void swap_init(const struct swap_area *where);

/* Takes a free place, with one user; 0: there is none. */
uint32_t swap_take(void);

/* One user more, one user less. */
void swap_get(uint32_t slot);
void swap_put(uint32_t slot);

/* Users of a place. */
uint32_t swap_users(uint32_t slot);

/* Users of all places together. */
uint32_t swap_uses(void);

/*
 * Moves a page between its frame and its place; false: the disk failed. A place that cannot be written
 * is lost for good, and so is the one user that it may have.
 */
bool swap_write(uint32_t slot, uint32_t phys);
bool swap_read(uint32_t slot, uint32_t phys);

/* reclaim.c: what to do when memory is short. */
/* Pages out up to `wanted` frames of that zone or lower ones; false: there was nothing to get. */
bool reclaim(enum zone_id highest, unsigned wanted);

/*
 * For a process that needs a frame when even reclaim() has found none: kills the largest process
 * and lets it go. True: try again; false: this process is the one to die.
 */
bool out_of_memory(void);

#endif
