/* SPDX-License-Identifier: MIT */
/*
 * sanitizer.h - what a kernel does that works here by luck: a TLB entry used after its page-table
 * entry was changed, an access where nothing is, a store into ROM, code in memory that was never
 * written, page tables that user code can write.
 *
 * Off the hot path: pages that hold live paging entries carry PAGE_PT, so that stores into them
 * come by the bus and sanitizer_entry_changes; a change of a present entry withdraws all host
 * pointers, so that the next use of each page is looked at once (mmu.c). A permission that was
 * only added needs no INVLPG (SDM vol. 3, 4.10.4.3) and is no finding.
 *
 * Findings are counted, the first of each kind is kept, and every one is handed up (`found`).
 * They change nothing in the guest.
 */
#ifndef MMU_SANITIZER_H
#define MMU_SANITIZER_H

#include "base/types.h"

struct mmu;

enum finding_kind {
    FINDING_STALE,   /* a stale TLB entry was used */
    FINDING_NOWHERE, /* an access to physical addresses where nothing is */
    FINDING_ROM,     /* a store into ROM */
    FINDING_EXECUTE, /* code from a page of RAM that was never loaded or written */
    FINDING_USER_PT, /* a page table is mapped writable for user code */
    FINDINGS
};

struct finding {
    enum finding_kind kind;
    uint64_t icount;   /* instructions retired when it was found */
    uint32_t eip;      /* the instruction that did it */
    lin_t lin;         /* FINDING_STALE, EXECUTE, USER_PT: linear address */
    phys_t phys;       /* physical address (STALE: where the TLB led) */
    unsigned access;   /* MMU_* */
    bool present;      /* STALE: the tables still map the page */
    phys_t now;        /* STALE: where the tables lead (if present) */
    uint32_t had, has; /* STALE: rights, as PTE_RW | PTE_US, of the TLB and of the tables */
    phys_t entry_at;   /* STALE: the paging entry that was changed, if known */
    uint32_t old, new; /* STALE: its value before and now */
    bool writer_known; /* STALE: the change was seen */
    uint64_t writer_icount;
    uint32_t writer_eip; /* STALE: who changed it */
};

#define PT_LOG 1024u

struct pt_write {
    phys_t at;       /* the entry */
    uint32_t old;    /* its value (low half) before */
    uint32_t eip;    /* who wrote */
    uint64_t icount; /* when; 0 and at = 0: unused */
};

struct sanitizer {
    uint64_t count[FINDINGS];
    struct finding first[FINDINGS];
    /* Where is the processor, and who wants to know of findings? May be NULL. */
    void (*where)(void *arg, uint64_t *icount, uint32_t *eip);
    void (*found)(void *arg, const struct finding *f);
    void *arg;
    uint32_t epoch;              /* grows with each change of a present paging entry */
    bool updating;               /* the MMU itself sets A and D: no change */
    uint32_t *stamp;             /* per physical page: TLB generation that last walked it (owned) */
    uint16_t *part;              /* per physical page: what it maps as a page table (owned) */
    struct pt_write log[PT_LOG]; /* the last change of an entry, by its address */
};

bool sanitizer_init(struct sanitizer *s, struct error *err);
void sanitizer_fini(struct sanitizer *s);

/* The page at `at` holds a paging entry that a TLB entry was made from. part: the number of the part
   of the linear space (4 or 2 MiB each) for which it is the page table, or PART_MANY if it is more. */
#define PART_MANY 0xffffu
void sanitizer_mark_table(struct mmu *m, phys_t at, unsigned part);
/* The bus is about to store n bytes at a PAGE_PT page. */
void sanitizer_entry_changes(void *mmu, phys_t at, unsigned n);
/* An access where nothing is, or a store into ROM. */
void sanitizer_stray(void *mmu, phys_t at, bool write, bool rom);
/* Fills in where, counts, keeps the first, hands up. */
void sanitizer_report(struct sanitizer *s, struct finding *f);
/* The last change of the entry at `at`, or NULL. */
const struct pt_write *sanitizer_writer(const struct sanitizer *s, phys_t at);

/* One paragraph for a kernel's author. Returns its length, as snprintf. */
int finding_explain(const struct finding *f, char *text, size_t n);

#endif
