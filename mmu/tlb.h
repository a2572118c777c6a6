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
 * 2. The host TLB: from a linear page straight to host memory, for loads and for stores, for
 *    supervisor and user accesses. It is a strict subset of the first: an entry proves that the
 *    architectural one is there and permits the access. Rights, dirtiness, ROM, code pages
 *    and devices are all expressed by which entries exist. With pseudo-LRU, only the page that
 *    was used last in its set has host pointers, so that a hit would change nothing.
 *
 *    One word for each of the 2^20 linear pages: linear address minus host address, 0 for none. A
 *    host address is above any linear one, so that `lin - word` borrows just when the page is
 *    there, and is the host address then. Few of the tables' pages are ever touched; what was
 *    filled is listed, and a flush clears what the list names.
 *
 *    Before the words are windows: where PUSH and POP and the like, operands by ESP, and operands by EBP loaded from
 *    and stored to last, a page and its host address. They say nothing that the words do not say; but an access
 *    through one is compared with its page, which the processor guesses rightly, and does not wait for a look into
 *    the table.
 *
 *    Pages that decoded code comes from have no word for stores. A few of them, where stores were seen
 *    to go beside the code, are remembered with a map of the bytes that are code: tlb_beside.
 */
#ifndef MMU_TLB_H
#define MMU_TLB_H

#include "base/types.h"
#include "mmu/paging.h"

#include <string.h>

enum {
    TLB_W = 1 << 0,     /* writable by the page tables' R/W bits */
    TLB_U = 1 << 1,     /* user may access */
    TLB_D = 1 << 2,     /* the PTE's dirty bit is set */
    TLB_G = 1 << 3,     /* global: a CR3 load leaves it */
    TLB_LARGE = 1 << 4, /* a 4 KiB slice of a large page */
    TLB_CODE = 1 << 5,  /* not the guest's: code was fetched by this entry (mmu_note_fetch) */
};

struct tlb_entry {
    uint32_t frame;   /* physical page (bits 31-12) | TLB_* */
    uint32_t gen;     /* valid if equal to the TLB's generation */
    uint32_t checked; /* sanitizer.epoch when it was last seen to agree with the tables */
};

#define TLB_PAGES (UINT32_C(1) << 20) /* linear pages */
#define HOST_STORES TLB_PAGES         /* where the words for stores begin, behind those for loads */
#define WINDOW_WORDS 12u              /* of all windows, which lie before those; each has two: */
#define WINDOW_PAGE 0                 /* linear address of the page, or NO_WINDOW */
#define WINDOW_HOST 1                 /* its host address */
#define NO_WINDOW (UINT64_C(1) << 62) /* far from any linear address */
#define HOST_FILLED 16384u            /* the list of filled pages; one more flushes them all */
#define TLB_MAX_SETS 1024u
#define TLB_MAX_WAYS 16u

/* Finite geometry; ways = 0: large. */
struct tlb_shape {
    unsigned sets, ways; /* sets: a power of two up to TLB_MAX_SETS; ways up to TLB_MAX_WAYS */
    bool pseudo_lru;     /* four ways only; else round-robin */
};

/* A bit for each byte of a page, set where it is code; those behind the page are set. */
#define CODE_MAP_BYTES (PAGE_SIZE / 8 + 4)
#define TLB_BESIDE 16u /* slots, by page number */
struct tlb_beside {
    const uint64_t *word; /* of the page, for loads; NULL: the slot is free */
    const uint8_t *code;  /* CODE_MAP_BYTES, the engine's */
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
    uint64_t *host[2]; /* host TLB: [0] supervisor, [1] user; windows, loads, stores (owned) */
    uint32_t *filled;  /* pages that may have words: page number * 2 + user (owned) */
    unsigned n_filled; /* how many of them */
    struct tlb_beside beside[TLB_BESIDE];
    bool any_beside; /* a slot of beside[] may be in use */
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
/* Gives a linear page host pointers for loads and stores; NULL: not for that. */
void tlb_fill_host(struct tlb *t, lin_t lin, bool user, const uint8_t *load, const uint8_t *store);
/* Stores to this page need no more than that they hit no byte of this code. */
void tlb_fill_beside(struct tlb *t, lin_t lin, bool user, const uint8_t *code);
void tlb_forget_beside(struct tlb *t);
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

/* The host address of lin by a table of host[], NULL if there is none. Bytes behind it that lie in
   the next page are not meant. */
static inline uint8_t *tlb_host(const uint64_t *table, lin_t lin)
{
    uint64_t host;
    if (!__builtin_sub_overflow((uint64_t)lin, table[lin >> 12], &host))
        return NULL;
    return (uint8_t *)(uintptr_t)host;
}

/* Does any of the bytes from offset `at` of the page on hold code? size <= 25. */
static inline bool code_map_hit(const uint8_t *code, uint32_t at, unsigned size)
{
    uint32_t bits;
    memcpy(&bits, code + (at >> 3), sizeof bits);
    return bits >> (at & 7) & ((UINT32_C(1) << size) - 1);
}

/* A store that has no word, by a table of host[]: if it goes beside code, its host address. */
static inline bool tlb_beside(const struct tlb *t, const uint64_t *table, lin_t lin, unsigned size,
                              uint64_t *host)
{
    const struct tlb_beside *b = &t->beside[lin >> 12 & (TLB_BESIDE - 1)];
    const uint64_t *word = &table[lin >> 12];
    return b->word == word && !code_map_hit(b->code, lin & PAGE_OFFSET_MASK, size) &&
           __builtin_sub_overflow((uint64_t)lin, *word, host);
}

#endif
