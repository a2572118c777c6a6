/* SPDX-License-Identifier: MIT */
/*
 * blocks.c - making, finding and killing blocks.
 *
 * Found by: the link in the terminator that was just executed; the jump cache by linear address
 * (valid for one code_epoch); the hash by physical address and mode; else decoded. Blocks live in
 * an arena that is emptied when full. Pages with live blocks carry PAGE_CODE, so that stores into
 * them take the slow path and come to engine_invalidate.
 *
 * An instruction that crosses a page, does not decode, or lies outside RAM and ROM has no block:
 * the reference layer executes it.
 */
#include "cpu/engine/block.h"

#include "cpu/internal.h"
#include "cpu/opcodes.h"
#include "mmu/bus.h"
#include "mmu/paging.h"

#include <stdlib.h>

#define ARENA_SIZE (UINT32_C(32) << 20)
#define PAGES (1u << 20)
#define BLOCK_BYTES (sizeof(struct block) + (BLOCK_MAX + 1) * sizeof(struct rec))

struct engine *engine_new(struct bus *b, struct mmu *m)
{
    struct engine *e = calloc(1, sizeof *e);
    if (!e)
        return NULL;
    e->bus = b;
    e->mmu = m;
    e->page = calloc(PAGES, sizeof *e->page);
    e->arena = malloc(ARENA_SIZE);
    if (!e->page || !e->arena) {
        engine_free(e);
        return NULL;
    }
    return e;
}

void engine_free(struct engine *e)
{
    if (!e)
        return;
    armed_free(&e->armed);
    free(e->arena);
    free(e->page);
    free(e);
}

const struct engine_stats *engine_stats(const struct engine *e)
{
    return &e->stats;
}

static unsigned bucket(phys_t phys, uint8_t mode)
{
    return (phys ^ phys >> 14 ^ (uint32_t)mode << 8) & (HASH_SIZE - 1);
}

void engine_flush(struct engine *e)
{
    for (size_t at = 0; at < e->used;) {
        const struct block *b = (const struct block *)(const void *)(e->arena + at);
        e->page[b->phys >> 12] = NULL;
        e->bus->page_flags[b->phys >> 12] &= (uint8_t)~PAGE_CODE;
        at += sizeof *b + (b->n + 1u) * sizeof(struct rec);
    }
    memset(e->hash, 0, sizeof e->hash);
    memset(e->jump, 0, sizeof e->jump);
    e->used = 0;
    e->from = NULL;
    e->stats.flushes++;
}

static void unhash(struct engine *e, struct block *b)
{
    struct block **at = &e->hash[bucket(b->phys, b->mode)];
    while (*at != b)
        at = &(*at)->hash_next;
    *at = b->hash_next;
}

/* Chained links stay inside a page, so all links to b are in its page's list. */
static void unlink_block(struct block *in_page, const struct block *b)
{
    for (; in_page; in_page = in_page->page_next) {
        for (unsigned n = 0; n < 2; n++) {
            if (in_page->link[n] == b)
                in_page->link[n] = NULL;
        }
    }
}

bool engine_invalidate(struct engine *e, phys_t at, unsigned n)
{
    bool any = false;
    for (phys_t page = at >> 12; page <= (at + n - 1) >> 12; page++) {
        struct block **p = &e->page[page];
        while (*p) {
            struct block *b = *p;
            if (at >= b->phys + b->bytes || at + n <= b->phys) {
                p = &b->page_next;
                continue;
            }
            *p = b->page_next;
            unhash(e, b);
            unlink_block(e->page[page], b);
            b->alive = false;
            b->rec[0].fn = h_dead;
            e->stats.killed++;
            any = true;
        }
        if (!e->page[page])
            e->bus->page_flags[page] &= (uint8_t)~PAGE_CODE;
    }
    return any;
}

/* What a record needs beyond its decoding. True if it must be the block's last. */
static bool finish_record(struct rec *r, uint8_t mode)
{
    const struct opcode *o = &opcodes[r->i.row];
    bool last = o->flags & (OPC_BRANCH | OPC_ENDS);
    if (o->dst == Jb || o->dst == Jv)
        r->i.disp = r->off + r->i.len + r->i.imm;
    r->fn = handler_pick(r, mode);
    if (!r->fn)
        r->fn = last ? h_generic_end : h_generic;
    return last;
}

static struct block *block_make(struct engine *e, struct cpu *c, phys_t phys, const uint8_t *host)
{
    if (e->used + BLOCK_BYTES > ARENA_SIZE)
        engine_flush(e);
    struct block *b = (struct block *)(void *)(e->arena + e->used);
    const struct seg *cs = &c->seg[CS];
    unsigned room = PAGE_SIZE - (phys & PAGE_OFFSET_MASK), at = 0, n = 0;
    if (cs->limit - c->eip < room - 1)
        room = cs->limit - c->eip + 1; /* the byte beyond the limit faults alone */
    bool last = false, cut = e->bus->page_flags[phys >> 12] & PAGE_BREAK;
    while (!last && n < BLOCK_MAX && at < room && !(cut && armed_has(e, phys + at))) {
        struct rec *r = &b->rec[n];
        if (decode(&r->i, host + at, room - at, !(c->mode & MODE_CODE32)) != DECODE_OK)
            break;
        r->off = (uint16_t)at;
        r->icnt = (uint16_t)n++;
        at += r->i.len;
        last = finish_record(r, c->mode);
    }
    if (!n)
        return NULL;
    b->rec[n] = (struct rec){.fn = h_through, .off = (uint16_t)at, .icnt = (uint16_t)n};
    b->link[0] = b->link[1] = NULL;
    b->phys = phys;
    b->bytes = (uint16_t)at;
    b->n = (uint16_t)n;
    b->mode = c->mode;
    b->alive = true;
    struct block **h = &e->hash[bucket(phys, c->mode)];
    b->hash_next = *h;
    *h = b;
    if (!(e->bus->page_flags[phys >> 12] & PAGE_CODE)) {
        e->bus->page_flags[phys >> 12] |= PAGE_CODE;
        mmu_protect_page(e->mmu, phys);
    }
    b->page_next = e->page[phys >> 12];
    e->page[phys >> 12] = b;
    e->used += sizeof *b + (n + 1) * sizeof(struct rec);
    e->stats.blocks++;
    e->stats.decoded += n;
    return b;
}

static bool inside_limit(const struct cpu *c, const struct block *b)
{
    return (c->mode & MODE_FLAT_CS) || (uint64_t)c->eip + b->bytes - 1 <= c->seg[CS].limit;
}

struct block *block_find(struct engine *e, struct cpu *c)
{
    lin_t lin = c->seg[CS].base + c->eip;
    struct jump *j = jump_slot(e, lin);
    e->stats.lookups++;
    if (j->block && j->lin == lin && j->epoch == c->mmu.code_epoch && j->block->alive &&
        j->block->mode == c->mode)
        return inside_limit(c, j->block) ? j->block : NULL;

    phys_t phys;
    struct mmu_fault f;
    if (c->eip > c->seg[CS].limit || !fetch_page(c, lin, &phys, &f))
        return NULL; /* the reference layer raises the fault */
    phys |= lin & PAGE_OFFSET_MASK;
    const uint8_t *page = bus_code_page(c->bus, phys);
    if (!page)
        return NULL;
    if (OBSERVED(c, OBSERVE_EXEC)) {
        c->observer.page(c->observer.arg, lin & PAGE_FRAME_MASK, phys & PAGE_FRAME_MASK);
        if ((e->bus->page_flags[phys >> 12] & PAGE_BREAK) && armed_has(e, phys))
            return NULL;
    }
    struct block *b = e->hash[bucket(phys, c->mode)];
    while (b && (b->phys != phys || b->mode != c->mode))
        b = b->hash_next;
    if (!b)
        b = block_make(e, c, phys, page + (phys & PAGE_OFFSET_MASK));
    if (!b || !inside_limit(c, b))
        return NULL;
    *j = (struct jump){.lin = lin, .epoch = c->mmu.code_epoch, .block = b};
    return b;
}

void engine_run(struct engine *e, struct cpu *c)
{
    struct block *b = block_find(e, c), *from = e->from;
    e->from = NULL;
    if (!b || c->icount + b->n > c->limit) {
        e->stats.steps++;
        cpu_step(c);
        return;
    }
    if (from && from->alive && from->mode == b->mode && (b->mode & MODE_FLAT_CS) &&
        e->to_eip == c->eip && (e->from_eip ^ c->eip) >> 12 == 0 &&
        from->phys >> 12 == b->phys >> 12)
        from->link[e->from_slot] = b;
    trail_note(c, c->seg[CS].base + c->eip);
    c->icount += b->n;
    c->block = b;
    e->loop = b->rec;
    do {
        const struct rec *ip = e->loop;
        e->loop = NULL;
        ip->fn(c, ip, c->res, c->cv);
    } while (e->loop);
}
