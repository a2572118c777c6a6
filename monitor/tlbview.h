/* SPDX-License-Identifier: MIT */
/*
 * tlbview.h - what the architectural TLB remembers of a page, compared with what the page tables in
 * memory say now.
 */
#ifndef MONITOR_TLBVIEW_H
#define MONITOR_TLBVIEW_H

#include "mmu/walk.h"

struct machine;
struct monitor;

enum tlb_state {
    TLBVIEW_NONE,   /* the TLB holds nothing for the page */
    TLBVIEW_AGREES, /* it says what the tables say */
    TLBVIEW_BEHIND, /* the tables allow more: a fault would look again, no flush needed */
    TLBVIEW_STALE,  /* it leads elsewhere or allows more than the tables */
};

struct tlbview {
    enum tlb_state state;
    uint32_t phys;    /* page it leads to */
    uint32_t bits;    /* its rights: PTE_US PTE_RW PTE_D PTE_G PTE_PS */
    int way;          /* TLB of finite geometry: where in its set; -1 */
    struct walk walk; /* what the tables say */
    /* STALE, and the change was seen: who changed the entry, and when. */
    bool writer_known;
    uint32_t entry_at, old, writer_eip;
    uint64_t writer_icount;
};

void tlbview_look(const struct machine *m, uint32_t lin, struct tlbview *v);
/* For a stale entry: "the tables now say ...; PTE at ... was 00123067, changed by eip ...". */
int tlbview_explain(const struct monitor *mon, const struct tlbview *v, char *text, size_t n);

#endif
