/* SPDX-License-Identifier: MIT */
/*
 * mmumap.h - what the MMU view draws: an address space, its page tables, the frames of RAM and the
 * TLB, each as a plain list. Everything is read with the pure walk and from the TLB's memory:
 * looking changes nothing.
 *
 * A cell stands for 4 MiB (a directory entry; with PAE, two of them) or for 4 KiB.
 */
#ifndef MACHINE_MMUMAP_H
#define MACHINE_MMUMAP_H

#include "base/types.h"

struct machine;

#define MAP_CELLS 1024u

enum map_kind {
    MAP_NOTHING,  /* not present */
    MAP_TABLE,    /* a page table: the rights are those of the pages in it */
    MAP_PAGE,     /* a page: 4 KiB, or in a directory a large one */
    MAP_RESERVED, /* present, but reserved bits are set */
};

struct map_cell {
    uint8_t kind;   /* enum map_kind */
    bool user;      /* at CPL 3 too: some page of a table */
    bool writable;  /* by R/W of both levels: some page of a table */
    bool global;    /* G, with CR4.PGE */
    bool large;     /* 4 or 2 MiB */
    bool accessed;  /* A: some page of a table */
    bool dirty;     /* D: some page of a table */
    bool stale;     /* the TLB remembers something else */
    uint16_t pages; /* 4 KiB pages present */
    uint64_t entry; /* the entry that decides; PAE directory: the first of the two */
    uint64_t frame; /* physical address of the page or table */
};

struct map_space {
    bool paging;  /* false: linear = physical, no cells are filled */
    bool pae;     /* entries have 64 bits */
    uint32_t cr3; /* without PWT and PCD */
};

/* What CR3 and CR0 say now. */
struct map_space map_space_now(const struct machine *m);
/* Page directories that were in CR3 and still are address spaces, the one in use first. */
#define MAP_SPACES 65u
unsigned map_spaces(const struct machine *m, uint32_t cr3[MAP_SPACES]);
/* The 1024 stretches of 4 MiB of the address space at cr3. */
void map_directory(const struct machine *m, uint32_t cr3, struct map_cell cell[MAP_CELLS]);
/* The 1024 pages of the 4 MiB from base (a multiple) on. */
void map_pages(const struct machine *m, uint32_t cr3, uint32_t base,
               struct map_cell cell[MAP_CELLS]);

enum frame_use {
    FRAME_UNTOUCHED, /* never written */
    FRAME_FREE,      /* was used; no address space that was seen maps it for users */
    FRAME_KERNEL,    /* mapped for the supervisor only */
    FRAME_USER,      /* mapped for users */
    FRAME_TABLE,     /* a page directory or table */
};

struct map_frame {
    uint8_t use;    /* enum frame_use */
    uint8_t owners; /* user mappings in all address spaces seen, at most 255 */
    bool code;      /* instructions were executed from it */
    bool writable;  /* some user mapping can write */
};

/* Frames of RAM, 4 KiB each. */
uint32_t map_frame_count(const struct machine *m);
/* Fills list[0 .. map_frame_count() - 1]. */
void map_frames(const struct machine *m, struct map_frame *list);

struct map_tlb {
    uint32_t lin;                              /* page */
    uint32_t frame;                            /* what the TLB says: page | TLB_* */
    bool stale;                                /* the tables say something else now */
    bool user, writable, dirty, global, large; /* what the entry permits */
};

/* The TLB's entries, stale ones first, then by address: fills at most n, gives how many there are. */
size_t map_tlb(const struct machine *m, struct map_tlb *list, size_t n, size_t *stale);

#endif
