/* SPDX-License-Identifier: MIT */
/* tlb.c - flushing and filling of the translation buffers (see tlb.h for the invariants). */
#include "mmu/tlb.h"

#include <stdlib.h>
#include <string.h>

#define TLB_ENTRIES (1u << 20)
#define HOST_GENS 4096u

bool tlb_init(struct tlb *t, struct error *err)
{
    memset(t, 0, sizeof *t);
    t->entry = calloc(TLB_ENTRIES, sizeof *t->entry);
    if (!t->entry)
        return error_set(err, "not enough memory for the TLB");
    t->gen = 1;
    t->global_gen = GLOBAL_GEN;
    t->host_gen = 1;
    return true;
}

void tlb_fini(struct tlb *t)
{
    free(t->entry);
    t->entry = NULL;
}

void tlb_flush_host(struct tlb *t)
{
    if (++t->host_gen == HOST_GENS) {
        memset(t->host, 0, sizeof t->host);
        t->host_gen = 1;
    }
}

static void forget_all(struct tlb *t)
{
    memset(t->entry, 0, TLB_ENTRIES * sizeof *t->entry);
    t->gen = 1;
    t->global_gen = GLOBAL_GEN;
}

void tlb_flush_local(struct tlb *t)
{
    if (++t->gen == GLOBAL_GEN)
        forget_all(t); /* once in two thousand million: global entries go as well */
    tlb_flush_host(t);
}

void tlb_flush(struct tlb *t)
{
    if (++t->global_gen == 0)
        forget_all(t);
    t->large_seen = false;
    tlb_flush_local(t);
}

void tlb_flush_page(struct tlb *t, lin_t lin)
{
    t->entry[lin >> 12].gen = 0;
    tlb_flush_host_page(t, lin);
    if (!t->large_seen)
        return;
    struct tlb_entry *slice = &t->entry[(lin & ~UINT32_C(0x3fffff)) >> 12];
    for (unsigned n = 0; n < 1024; n++) {
        if (slice[n].frame & TLB_LARGE)
            slice[n].gen = 0;
    }
    tlb_flush_host(t);
}

void tlb_flush_host_page(struct tlb *t, lin_t lin)
{
    for (unsigned user = 0; user < 2; user++) {
        struct host_entry *h = tlb_host_slot(t, user, lin);
        h->rtag = 0;
        h->wtag = 0;
    }
}

void tlb_protect_host(struct tlb *t, const uint8_t *host_page)
{
    for (unsigned user = 0; user < 2; user++) {
        for (unsigned n = 0; n < HOST_TLB_SIZE; n++) {
            struct host_entry *h = &t->host[user][n];
            if (h->wtag && h->addend + (h->wtag & PAGE_FRAME_MASK) == (uintptr_t)host_page)
                h->wtag = 0;
        }
    }
}
