/* SPDX-License-Identifier: MIT */
/*
 * space.h - an address space to look at: page tables at a CR3, read by the paging mode that the
 * processor is in now, without any effect. Ranges merge pages that follow each other in linear
 * AND physical memory with the same EFFECTIVE rights: those of directory and table together.
 */
#ifndef MONITOR_SPACE_H
#define MONITOR_SPACE_H

#include "mmu/walk.h"

struct bus;
struct machine;
struct monitor;

struct space {
    const struct bus *bus; /* memory */
    uint32_t cr3;          /* where the tables are */
    bool paging;           /* else linear addresses are physical ones */
    bool wp;               /* CR0.WP: the supervisor obeys R/W */
    bool pge;              /* CR4.PGE: G has a meaning */
    struct walk_mode mode; /* how the tables are read */
};

void space_current(struct space *s, const struct machine *m);
void space_at(struct space *s, const struct machine *m, uint32_t cr3);
/* As walk_page; without paging every address is its own, for everybody. */
bool space_walk(const struct space *s, uint32_t lin, struct walk *w);

/* Pages that belong together. */
struct extent {
    uint32_t first, last; /* linear addresses */
    uint64_t phys;        /* of the first */
    uint32_t bits;        /* PTE_US PTE_RW effective; PTE_PS PTE_G PTE_PCD PTE_PWT, PTE_A PTE_D */
    bool repeated;        /* every page of it is the same frame */
    bool scattered;       /* SPACE_SCATTER: the frames do not follow each other */
};

/* Where lin, which is in e, leads (not for scattered ones). */
static inline uint64_t extent_phys(const struct extent *e, uint32_t lin)
{
    return e->repeated ? e->phys | (lin & 0xfff) : e->phys + (lin - e->first);
}

enum {
    SPACE_AD = 1 << 0,      /* A and D must be the same as well (else they are 0 in `bits`) */
    SPACE_SCATTER = 1 << 1, /* the frames need not follow each other */
};

/* The first range that begins at or after `from` and ends before `end` (cut there). */
bool space_next(const struct space *s, uint64_t from, uint64_t end, unsigned how, struct extent *e);
/* The last range that ends before `lin`. */
bool space_before(const struct space *s, uint32_t lin, struct extent *e);

/* "user rw", "kern r-" */
const char *space_rights(uint32_t bits);
/* The same as a sentence has it: "user, read-only". */
const char *space_rights_long(uint32_t bits);
/* "4M G PCD A D": what is worth naming besides rights. */
void space_attributes(uint32_t bits, char *text, size_t n);
/* "4K", "12M" */
void space_size(uint64_t bytes, char *text, size_t n);
/* What answers at a physical address: "RAM" for plain memory, else a name or "nothing". */
const char *space_behind(const struct space *s, uint64_t phys);
/* All bits of a paging entry by name: "P RW US A D"; page: a PTE or a large page. */
void space_entry_text(const struct space *s, uint64_t entry, bool page, char *text, size_t n);

/* Address spaces seen so far (mmu/spaces.h), the current one first. */
struct known_space {
    uint32_t cr3;
    bool current;
    bool gone; /* its tables do not map the IDT as the current ones do: no address space any more */
    uint64_t loads, icount; /* how often CR3 had this value, and when it was loaded last */
    uint32_t eip;           /* by whom */
};

#define KNOWN_SPACES 65u
unsigned space_known(const struct machine *m, struct known_space list[KNOWN_SPACES]);

#endif
