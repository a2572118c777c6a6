/* SPDX-License-Identifier: MIT */
/*
 * walk.h - the page walk as a pure function: memory, CR3 and the paging mode in, entries and rights
 * out. It sets no bit, fills no TLB and reads no device; the MMU, the monitor and tests all
 * start from it.
 */
#ifndef MMU_WALK_H
#define MMU_WALK_H

#include "base/types.h"

struct bus;

/* What besides CR3 decides how tables are read. */
struct walk_mode {
    bool pse;          /* CR4.PSE: 4 MiB pages */
    bool pae;          /* CR4.PAE: 64-bit entries, 2 MiB pages; pse says nothing then */
    bool wide;         /* 36 physical bits also in 4 MiB entries (P6) */
    uint64_t pdpte[4]; /* PAE: the directory pointers, as they were when CR3 was loaded */
};

enum walk_result {
    WALK_OK,         /* present */
    WALK_PDPTE_GONE, /* PAE: the directory pointer is not present */
    WALK_PDE_GONE,   /* the directory entry is not present */
    WALK_PTE_GONE,   /* the table entry is not present */
    WALK_RESERVED,   /* present, but reserved bits are set */
};

struct walk {
    enum walk_result result;
    phys_t pde_at;  /* where the directory entry is */
    phys_t pte_at;  /* where the table entry is; large pages: pde_at again */
    uint64_t pde;   /* its value */
    uint64_t pte;   /* its value; large pages: the directory entry's again */
    uint64_t frame; /* physical address of lin's 4 KiB page, before A20 (WALK_OK) */
    bool large;     /* a 4 MiB or 2 MiB page */
    bool user;      /* U/S of all entries */
    bool writable;  /* R/W of all entries */
};

/* Walks the tables at cr3 for lin. True if the page is present and well-formed. */
bool walk_page(const struct bus *b, uint32_t cr3, const struct walk_mode *mode, lin_t lin,
               struct walk *w);

/* PAE: reads the four directory pointers at cr3. False if one that is present has reserved bits
   set; pdpte is filled in either case. */
bool walk_pdptes(const struct bus *b, uint32_t cr3, uint64_t pdpte[4]);

#endif
