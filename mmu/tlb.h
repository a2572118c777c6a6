/* SPDX-License-Identifier: MIT */
/*
 * tlb.h - the two translation buffers of the MMU.
 *
 * 1. The architectural TLB: what the processor remembers of the page tables. An entry - stale or
 *    not - lives until INVLPG, a CR3 load, a change of CR0 or CR4 that matters, or, in a TLB of
 *    finite geometry, until it is the victim of another. What it holds depends on the
 *    instructions executed only, never on the engine.
 *      large    room for every page; nothing is ever evicted
 *      finite   sets x ways, set = low bits of the page number (386 and 486: 8 sets of 4, linear
 *               bits 14-12; i386 manual 12.5, 486 manual chapter 10); replacement round-robin in
 *               each set (the 386's rule is not documented) or the 486's pseudo-LRU
 * 2. The host TLB: from a linear page straight to a host pointer, one table for supervisor and
 *    one for user accesses. It is a strict subset of the first: a hit proves that the
 *    architectural entry is there and permits the access. Rights, dirtiness, ROM, code pages
 *    and devices are all expressed by which tag is valid. With pseudo-LRU, only the page that
 *    was used last in its set has host pointers, so that a hit would change nothing.
 *
 *    tag = linear page | generation (12 bits, 1..4095; a zero tag matches nothing)
 */
#ifndef MMU_TLB_H
#define MMU_TLB_H

#include "base/types.h"
#include "mmu/paging.h"

enum {
    TLB_W = 1 << 0,     /* writable by the page tables' R/W bits */
    TLB_U = 1 << 1,     /* user may access */
    TLB_D = 1 << 2,     /* the PTE's dirty bit is set */
    TLB_G = 1 << 3,     /* global: a CR3 load leaves it */
    TLB_LARGE = 1 << 4, /* a 4 KiB slice of a large page */
};

struct tlb_entry {
    uint32_t frame;   /* physical page (bits 31-12) | TLB_* */
    uint32_t gen;     /* valid if equal to the TLB's generation */
    uint32_t checked; /* sanitizer.epoch when it was last seen to agree with the tables */
};

#define HOST_TLB_SIZE 1024u

struct host_entry {
    uint32_t rtag;    /* loads */
    uint32_t wtag;    /* stores */
    uintptr_t addend; /* host address = addend + linear address */
};

#define TLB_PAGES (UINT32_C(1) << 20) /* linear pages */
#define TLB_MAX_SETS 1024u
#define TLB_MAX_WAYS 16u

/* Finite geometry; ways = 0: large. */
struct tlb_shape {
    unsigned sets, ways; /* sets: a power of two up to TLB_MAX_SETS; ways up to TLB_MAX_WAYS */
    bool pseudo_lru;     /* four ways only; else round-robin */
};

struct tlb {
    struct tlb_shape shape;
    uint32_t *slot;          /* finite: page number in each slot, sets x ways (owned) */
    uint8_t *order;          /* finite: per set, the next victim or the pseudo-LRU bits (owned) */
    uint64_t evictions;      /* finite: entries that had to go for others */
    struct tlb_entry *entry; /* one per linear page (2^20), owned */
    uint32_t gen;            /* current generation of entry[], below GLOBAL_GEN */
    uint32_t global_gen;     /* that of global entries, GLOBAL_GEN and up */
    bool large_seen;         /* there may be entries of large pages */
    uint32_t host_gen;       /* current generation of host[][] tags, 1..4095 */
    struct host_entry host[2][HOST_TLB_SIZE]; /* [0] supervisor, [1] user */
};

#define GLOBAL_GEN UINT32_C(0x80000000)

bool tlb_init(struct tlb *t, struct tlb_shape shape, struct error *err);
void tlb_fini(struct tlb *t);

/* Forgets everything, or everything but global entries: O(1). */
void tlb_flush(struct tlb *t);
void tlb_flush_local(struct tlb *t);
/* Forgets one linear page (all slices if it is a large one). */
void tlb_flush_page(struct tlb *t, lin_t lin);
/* Forgets the host pointers of one linear page. */
void tlb_flush_host_page(struct tlb *t, lin_t lin);
/* Forgets all host pointers but keeps the architectural entries. */
void tlb_flush_host(struct tlb *t);
/* Takes away the permission to store through host pointers into one host page. */
void tlb_protect_host(struct tlb *t, const uint8_t *host_page);

static inline const struct tlb_entry *tlb_look(const struct tlb *t, lin_t lin)
{
    const struct tlb_entry *e = &t->entry[lin >> 12];
    return e->gen == t->gen || e->gen == t->global_gen ? e : NULL;
}

static inline struct tlb_entry *tlb_find(struct tlb *t, lin_t lin)
{
    struct tlb_entry *e = &t->entry[lin >> 12];
    return e->gen == t->gen || e->gen == t->global_gen ? e : NULL;
}

/* Remembers a translation (frame and rights as in struct tlb_entry), evicting if there is no room. */
struct tlb_entry *tlb_put(struct tlb *t, lin_t lin, uint32_t frame);
/* A remembered page was used: finite TLBs with pseudo-LRU take note. */
void tlb_touch(struct tlb *t, lin_t lin);
/* Finite: number of the slot that holds lin's page, -1 if none does. */
int tlb_slot_of(const struct tlb *t, lin_t lin);

static inline struct host_entry *tlb_host_slot(struct tlb *t, bool user, lin_t lin)
{
    return &t->host[user][lin >> 12 & (HOST_TLB_SIZE - 1)];
}

#endif
