/* SPDX-License-Identifier: MIT */
/* tlb.c - flushing and filling of the translation buffers (see tlb.h for the invariants). */
#include "mmu/tlb.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define NO_PAGE TLB_PAGES /* in a slot: never used, or its page has moved to another one */

/* Whenever a word goes or changes. */
static void close_windows(struct tlb *t)
{
    for (unsigned user = 0; user < 2; user++) {
        uint64_t *window = t->host[user] - WINDOW_WORDS;
        for (unsigned n = 0; n < WINDOW_WORDS; n += 2)
            window[n + WINDOW_PAGE] = NO_WINDOW;
    }
}

bool tlb_init(struct tlb *t, struct tlb_shape shape, struct error *err)
{
    unsigned slots = shape.sets * shape.ways;
    assert(shape.sets <= TLB_MAX_SETS && shape.ways <= TLB_MAX_WAYS);
    assert(!(shape.sets & (shape.sets - 1)) && (!shape.pseudo_lru || shape.ways == 4));
    memset(t, 0, sizeof *t);
    t->shape = shape;
    t->entry = calloc(TLB_PAGES, sizeof *t->entry);
    t->slot = calloc(slots + 1, sizeof *t->slot);
    t->order = calloc(shape.sets + 1, 1);
    t->filled = calloc(HOST_FILLED, sizeof *t->filled);
    for (unsigned user = 0; user < 2; user++) {
        uint64_t *words = calloc(WINDOW_WORDS + 2 * (size_t)TLB_PAGES, sizeof *words);
        t->host[user] = words ? words + WINDOW_WORDS : NULL;
    }
    if (!t->entry || !t->slot || !t->order || !t->filled || !t->host[0] || !t->host[1]) {
        tlb_fini(t);
        return error_set(err, "not enough memory for the TLB");
    }
    for (unsigned n = 0; n < slots; n++)
        t->slot[n] = NO_PAGE;
    t->gen = 1;
    t->global_gen = GLOBAL_GEN;
    close_windows(t);
    return true;
}

void tlb_fini(struct tlb *t)
{
    free(t->entry);
    free(t->slot);
    free(t->order);
    free(t->filled);
    for (unsigned user = 0; user < 2; user++)
        free(t->host[user] ? t->host[user] - WINDOW_WORDS : NULL);
    memset(t, 0, sizeof *t);
}

void tlb_flush_host(struct tlb *t)
{
    close_windows(t);
    for (unsigned n = 0; n < t->n_filled; n++) {
        uint64_t *word = &t->host[t->filled[n] & 1][t->filled[n] >> 1];
        word[0] = word[HOST_STORES] = 0;
    }
    t->n_filled = 0;
    tlb_forget_beside(t);
}

void tlb_fill_beside(struct tlb *t, lin_t lin, bool user, const uint8_t *code)
{
    t->beside[lin >> 12 & (TLB_BESIDE - 1)] =
        (struct tlb_beside){.word = &t->host[user][lin >> 12], .code = code};
    t->any_beside = true;
}

void tlb_forget_beside(struct tlb *t)
{
    if (t->any_beside)
        memset(t->beside, 0, sizeof t->beside);
    t->any_beside = false;
}

/* Memory that the host has put below 4 GiB is used without host pointers. */
static uint64_t word_for(lin_t page, const uint8_t *host)
{
    return (uint64_t)(uintptr_t)host >> 32 ? page - (uint64_t)(uintptr_t)host : 0;
}

void tlb_fill_host(struct tlb *t, lin_t lin, bool user, const uint8_t *load, const uint8_t *store)
{
    lin_t page = lin & PAGE_FRAME_MASK;
    if (t->n_filled == HOST_FILLED)
        tlb_flush_host(t);
    uint64_t *word = &t->host[user][page >> 12];
    if (!word[0] && !word[HOST_STORES])
        t->filled[t->n_filled++] = page >> 12 << 1 | user;
    else
        close_windows(t);
    word[0] = word_for(page, load);
    word[HOST_STORES] = word_for(page, store);
}

static void forget_all(struct tlb *t)
{
    memset(t->entry, 0, TLB_PAGES * sizeof *t->entry);
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
    close_windows(t);
    for (unsigned user = 0; user < 2; user++)
        t->host[user][lin >> 12] = t->host[user][HOST_STORES | lin >> 12] = 0;
    t->beside[lin >> 12 & (TLB_BESIDE - 1)].word = NULL;
}

void tlb_protect_host(struct tlb *t, const uint8_t *host_page)
{
    close_windows(t);
    for (unsigned n = 0; n < t->n_filled; n++) {
        uint32_t page = t->filled[n] >> 1;
        uint64_t *word = &t->host[t->filled[n] & 1][HOST_STORES | page];
        if (*word == (page << 12) - (uint64_t)(uintptr_t)host_page)
            *word = 0;
    }
    tlb_forget_beside(t);
}

static unsigned set_of(const struct tlb *t, lin_t lin)
{
    return lin >> 12 & (t->shape.sets - 1);
}

static bool slot_valid(const struct tlb *t, uint32_t page)
{
    return page != NO_PAGE && tlb_look(t, page << 12) != NULL;
}

int tlb_slot_of(const struct tlb *t, lin_t lin)
{
    const uint32_t *slot = &t->slot[set_of(t, lin) * t->shape.ways];
    for (unsigned way = 0; way < t->shape.ways; way++) {
        if (slot[way] == lin >> 12 && slot_valid(t, slot[way]))
            return (int)way;
    }
    return -1;
}

/* The 486's three bits: B0 = the pair 0-1 was used last, B1 = way 0 in it, B2 = way 2 in the other
   (486 manual, 10.3: the bits say where the next victim is). */
static unsigned pseudo_lru_victim(uint8_t bits)
{
    if (!(bits & 1))
        return bits & 2 ? 1 : 0;
    return bits & 4 ? 3 : 2;
}

static uint8_t pseudo_lru_used(uint8_t bits, unsigned way)
{
    if (way < 2)
        return (uint8_t)((bits & ~2u) | 1 | (way == 0 ? 2 : 0));
    return (uint8_t)((bits & ~5u) | (way == 2 ? 4 : 0));
}

void tlb_touch(struct tlb *t, lin_t lin)
{
    if (!t->shape.pseudo_lru)
        return;
    unsigned set = set_of(t, lin);
    int way = tlb_slot_of(t, lin);
    assert(way >= 0);
    t->order[set] = pseudo_lru_used(t->order[set], (unsigned)way);
    for (unsigned other = 0; other < t->shape.ways; other++) {
        uint32_t page = t->slot[set * t->shape.ways + other];
        if (other != (unsigned)way && page != NO_PAGE)
            tlb_flush_host_page(t, page << 12);
    }
}

/* A slot for lin's page: its own, a free one, or the victim's. */
static void take_slot(struct tlb *t, lin_t lin)
{
    unsigned set = set_of(t, lin), ways = t->shape.ways, way = ways;
    uint32_t *slot = &t->slot[set * ways];
    if (tlb_slot_of(t, lin) >= 0)
        return;
    for (unsigned n = ways; n-- > 0;) {
        if (slot[n] == lin >> 12)
            slot[n] = NO_PAGE; /* it was here before it was flushed */
        if (!slot_valid(t, slot[n]))
            way = n;
    }
    if (way == ways) {
        way = t->shape.pseudo_lru ? pseudo_lru_victim(t->order[set]) : t->order[set];
        if (!t->shape.pseudo_lru)
            t->order[set] = (uint8_t)((t->order[set] + 1u) % ways);
        t->entry[slot[way]].gen = 0;
        tlb_flush_host_page(t, slot[way] << 12);
        t->evictions++;
    }
    slot[way] = lin >> 12;
}

struct tlb_entry *tlb_put(struct tlb *t, lin_t lin, uint32_t frame)
{
    struct tlb_entry *e = &t->entry[lin >> 12];
    if (t->shape.ways)
        take_slot(t, lin);
    e->frame = frame;
    e->gen = frame & TLB_G ? t->global_gen : t->gen;
    t->large_seen |= (frame & TLB_LARGE) != 0;
    return e;
}
