/* SPDX-License-Identifier: MIT */
/*
 * walk.h - the page walk as a pure function: memory and CR3 in, entries and rights out. It sets
 * no bit, fills no TLB and reads no device; the MMU, the monitor and tests all start from it.
 */
#ifndef MMU_WALK_H
#define MMU_WALK_H

#include "base/types.h"

struct bus;

enum walk_result {
    WALK_OK,       /* both entries present */
    WALK_PDE_GONE, /* the directory entry is not present */
    WALK_PTE_GONE, /* the table entry is not present */
};

struct walk {
    enum walk_result result;
    phys_t pde_at; /* where the directory entry is */
    phys_t pte_at; /* where the table entry is (if the directory entry is present) */
    uint32_t pde;  /* its value */
    uint32_t pte;  /* its value */
    phys_t frame;  /* physical page, before A20 (WALK_OK) */
    bool user;     /* U/S of both entries */
    bool writable; /* R/W of both entries */
};

/* Walks the tables at cr3 for lin. True if the page is present. */
bool walk_page(const struct bus *b, uint32_t cr3, lin_t lin, struct walk *w);

#endif
