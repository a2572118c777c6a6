/* SPDX-License-Identifier: MIT */
/*
 * blocks.c - making, finding and killing blocks.
 *
 * Found by: the link in the branch that was just executed; the jump cache by EIP (valid for one
 * code_epoch and mode); the hash by physical address, EIP and mode; else decoded. Blocks live in
 * an arena that is emptied when full. Pages with live blocks carry PAGE_CODE, so that stores into
 * them take the slow path and come to engine_invalidate. A page keeps it for a while after its
 * last block has died, as code that was written once will be written again.
 *
 * A store that only changes an immediate or a displacement changes the record in place; where it finds copies of
 * handlers, which hold these, the blocks of that page do without copies from then on.
 *
 * An instruction that crosses a page, does not decode, or lies outside RAM and ROM has no block:
 * the reference layer executes it.
 */
#include "cpu/engine/block.h"

#include "cpu/engine/splice.h"
#include "cpu/internal.h"
#include "cpu/trail.h"
#include "cpu/opcodes.h"
#include "mmu/bus.h"
#include "mmu/paging.h"

#include <stdlib.h>

#define ARENA_SIZE (UINT32_C(32) << 20)
#define PAGES (1u << 20)
#define BLOCK_BYTES (sizeof(struct block) + (BLOCK_MAX + 1) * sizeof(struct rec))
#define IDLE_STORES 16u     /* after so many a page without blocks is no code page any more */
#define HOT 2u              /* who is looked up as often will be executed often */
#define STRETCH (1ll << 30) /* instructions in one go; less than NOT_LINKED */

struct engine *engine_new(struct bus *b, struct mmu *m)
{
    struct engine *e = calloc(1, sizeof *e);
    if (!e)
        return NULL;
    e->bus = b;
    e->mmu = m;
    e->jump[0].eip = 1; /* as forget_jumps */
    e->page = calloc(PAGES, sizeof *e->page);
    e->arena = malloc(ARENA_SIZE);
    if (!e->page || !e->arena) {
        engine_free(e);
        return NULL;
    }
    e->splice = splice_new();
    e->hot = e->splice ? HOT : 0;
    return e;
}

/* No page has code any more. */
static void forget_pages(struct engine *e)
{
    for (size_t at = 0; at < e->used;) {
        const struct block *b = (const struct block *)(const void *)(e->arena + at);
        free(e->page[b->phys >> 12].map);
        e->page[b->phys >> 12] = (struct code_page){0};
        e->bus->page_flags[b->phys >> 12] &= (uint8_t)~PAGE_CODE;
        at += sizeof *b + (b->n + 1u) * sizeof(struct rec);
    }
    tlb_forget_beside(&e->mmu->tlb);
    e->used = 0;
}

void engine_free(struct engine *e)
{
    if (!e)
        return;
    armed_free(&e->armed);
    if (e->arena)
        forget_pages(e);
    splice_free(e->splice);
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

static struct rec *rec_at(const struct engine *e, uint32_t offset)
{
    return (struct rec *)(void *)(e->arena + offset);
}

/* Zeroes match no target but 0, and that is not looked for elsewhere than in slot 0. */
static void forget_jumps(struct engine *e)
{
    memset(e->jump, 0, sizeof e->jump);
    e->jump[0].eip = 1;
}

void engine_flush(struct engine *e)
{
    if (!e->used)
        return; /* as while a board is being wired */
    forget_pages(e);
    memset(e->hash, 0, sizeof e->hash);
    forget_jumps(e);
    e->from = NULL;
    if (e->splice)
        splice_clear(e->splice);
    e->stats.flushes++;
}

static void unhash(struct engine *e, struct block *b)
{
    struct block **at = &e->hash[bucket(b->phys, b->mode)];
    while (*at != b)
        at = &(*at)->hash_next;
    *at = b->hash_next;
}

/* Whoever links to the block has no link any more. */
static void unlink_block(struct engine *e, struct block *b)
{
    for (uint32_t at = b->in; at; at = rec_at(e, at)->next_in)
        rec_at(e, at)->delta = NOT_LINKED;
    b->in = 0;
}

/* The jump cache knows a block by its EIP alone. */
static void forget_jump(struct engine *e, const struct block *b)
{
    struct jump *j = jump_slot(e, b->eip);
    if (j->rec == b->rec)
        j->eip = ~b->eip; /* of another slot */
}

/* The page's block *p dies. */
static void kill(struct engine *e, struct block **p)
{
    struct block *b = *p;
    *p = b->page_next;
    unhash(e, b);
    unlink_block(e, b);
    forget_jump(e, b);
    e->stats.killed++;
}

/* The bytes [at, at + n) of a page are code, or are not. */
static void map_put(uint8_t *map, uint32_t at, uint32_t n, bool code)
{
    while (n) {
        uint32_t now = 8 - (at & 7) < n ? 8 - (at & 7) : n;
        uint8_t bits = (uint8_t)(((1u << now) - 1) << (at & 7));
        map[at >> 3] = (uint8_t)(code ? map[at >> 3] | bits : map[at >> 3] & ~bits);
        at += now;
        n -= now;
    }
}

static bool map_hit(const uint8_t *map, uint32_t at, uint32_t n)
{
    for (; n > 16; at += 16, n -= 16) {
        if (code_map_hit(map, at, 16))
            return true;
    }
    return code_map_hit(map, at, n);
}

/* Did the store change nothing but the immediate or displacement of one instruction, whose handler
   reads it from the record? Then the record is changed. */
static bool patch(struct engine *e, struct block *b, phys_t at, unsigned n)
{
    struct rec *r = b->rec, *end = b->rec + b->n;
    uint32_t from = at - b->phys + b->eip; /* the same, as EIP */
    struct insn i;
    if (at < b->phys || (e->at >= r && e->at < end))
        return false; /* the record that is being executed stays as it is */
    while (r < end && r->eip + r->i.len <= from)
        r++;
    if (r == end || from + n > r->eip + r->i.len)
        return false;
    const uint8_t *page = bus_code_page(e->bus, b->phys);
    const struct opcode *o = &opcodes[r->i.row];
    bool fixed = o->dst == Jb || o->dst == Jv || (r->i.row >= G_C0 && r->i.row < G_C6);
    unsigned where = (b->phys & PAGE_OFFSET_MASK) + (r->eip - b->eip);
    if (fixed || !page || decode(&i, page + where, r->i.len, !(b->mode & MODE_CODE32)) != DECODE_OK)
        return false;
    struct insn same = i;
    same.disp = r->i.disp;
    same.imm = r->i.imm;
    if (memcmp(&same, &r->i, sizeof same) != 0)
        return false;
    if (b->copied) { /* the copies hold them: what comes in its place does without */
        e->page[b->phys >> 12].patched = true;
        return false;
    }
    r->i = i;
    e->stats.patched++;
    return true;
}

const uint8_t *engine_code_map(const struct engine *e, phys_t at)
{
    const struct code_page *page = &e->page[at >> 12];
    return page->blocks ? page->map : NULL;
}

/* The blocks of [from, to) have died, but others may overlap them. Without any, stores have to be counted
   again. */
static void clear_map(struct engine *e, struct code_page *page, uint32_t from, uint32_t to)
{
    map_put(page->map, from, to - from, false);
    for (const struct block *b = page->blocks; b; b = b->page_next) {
        uint32_t first = b->phys & PAGE_OFFSET_MASK;
        if (first < to && first + b->bytes > from)
            map_put(page->map, first, b->bytes, true);
    }
    if (!page->blocks)
        tlb_forget_beside(&e->mmu->tlb);
}

static bool invalidate_page(struct engine *e, phys_t phys, unsigned n, bool may_patch)
{
    struct code_page *page = &e->page[phys >> 12];
    uint32_t at = phys & PAGE_OFFSET_MASK, from = PAGE_SIZE, to = 0; /* what dies */
    if (!page->map || !map_hit(page->map, at, n)) {
        if (++page->idle >= IDLE_STORES && !page->blocks) {
            e->bus->page_flags[phys >> 12] &= (uint8_t)~PAGE_CODE;
            page->patched = false;
        }
        return false;
    }
    struct block **p = &page->blocks;
    while (*p) {
        struct block *b = *p;
        uint32_t first = b->phys & PAGE_OFFSET_MASK, end = first + b->bytes;
        if (at < end && at + n > first && !(may_patch && patch(e, b, phys, n))) {
            from = first < from ? first : from;
            to = end > to ? end : to;
            kill(e, p);
            continue;
        }
        p = &b->page_next;
    }
    if (to)
        clear_map(e, page, from, to);
    return to;
}

void engine_cut(struct engine *e, phys_t at)
{
    (void)invalidate_page(e, at, 1, false);
}

bool engine_invalidate(struct engine *e, phys_t at, unsigned n)
{
    bool any = false;
    while (n) {
        unsigned room = PAGE_SIZE - (at & PAGE_OFFSET_MASK), now = n < room ? n : room;
        any |= invalidate_page(e, at, now, true);
        at += now;
        n -= now;
    }
    return any;
}

static bool is_jcc(unsigned row)
{
    return (row >= 0x70 && row <= 0x7f) || (row >= MAP_0F + 0x80 && row <= MAP_0F + 0x8f);
}

/* OPC_ENDS rows behind which it seldom goes on at the next instruction. */
static bool leads_away(unsigned row)
{
    switch (row) {
    case 0x9a:
    case 0xca:
    case 0xcb:
    case 0xcc:
    case 0xcd:
    case 0xcf:
    case 0xea:
    case 0xf1:
    case 0xf4:
    case MAP_0F + 0x0b:
    case MAP_0F + 0x34:
    case MAP_0F + 0x35:
    case MAP_0F + 0xb9:
    case G_FF + 3:
    case G_FF + 5: return true;
    default: return false;
    }
}

/* What other models do, or raise #UD for, is the executor's. */
static bool has_handler(unsigned row, unsigned level)
{
    bool division = row == G_F7 + 6 || row == G_F7 + 7;
    return opcodes[row].level <= level && (level > 4 || !division); /* muldiv.c: flags */
}

/* Has the executor nothing to do but to call the body? */
static bool is_bare(const struct opcode *o)
{
    return o->shape == S_RAW && !(o->flags & (OPC_CPL0 | OPC_PROT | OPC_FPU)) && o->level <= 3;
}

/* IN and OUT: what they change they call attention for. */
static bool is_port(unsigned row)
{
    return (row >= 0xe4 && row <= 0xe7) || (row >= 0xec && row <= 0xef);
}

/* What a record needs beyond its decoding. True if it must be the block's last. */
static bool finish_record(struct rec *r, uint32_t eip, unsigned level, uint8_t mode,
                          unsigned *exits)
{
    const struct opcode *o = &opcodes[r->i.row];
    bool last = o->flags & (OPC_BRANCH | OPC_ENDS), relative = o->dst == Jb || o->dst == Jv;
    r->eip = eip;
    r->to = eip + r->i.len + (relative ? r->i.imm : 0);
    if (relative)
        r->i.disp = eip + r->i.len; /* what CALL pushes; the executor does not look at it */
    r->link = NULL;
    r->delta = NOT_LINKED;
    r->next_in = 0;
    r->fn = has_handler(r->i.row, level) ? handler_pick(r, mode) : NULL;
    if (!r->fn && is_bare(o) && (is_port(r->i.row) || !last)) {
        r->fn = h_body;
        last = false;
    } else if (!r->fn && (o->flags & OPC_ENDS) && !leads_away(r->i.row)) {
        r->fn = h_careful;
        last = false;
    } else if (!r->fn)
        r->fn = last ? h_generic_end : h_generic;
    else if (is_jcc(r->i.row))
        last = ++*exits > BLOCK_EXITS;
    else if (o->flags & OPC_STRING)
        last = false;
    return last;
}

/* Decodes at most `room` bytes at host into the block; how many instructions there were. */
static unsigned decode_block(const struct engine *e, struct block *b, const struct cpu *c,
                             phys_t phys, const uint8_t *host, unsigned room)
{
    bool last = false, cut = e->bus->page_flags[phys >> 12] & PAGE_BREAK;
    unsigned at = 0, n = 0, exits = 0;
    while (!last && n < BLOCK_MAX && at < room && !(cut && armed_has(e, phys + at))) {
        struct rec *r = &b->rec[n];
        if (decode(&r->i, host + at, room - at, !(c->mode & MODE_CODE32)) != DECODE_OK)
            break;
        last = finish_record(r, c->eip + at, c->model->level, c->mode, &exits);
        at += r->i.len;
        n++;
    }
    uint32_t end = c->eip + at;
    b->rec[n] =
        (struct rec){.fn = h_through, .eip = end - 1, .to = end, .delta = NOT_LINKED, .after = 1};
    for (unsigned k = 0; k < n; k++)
        b->rec[k].after = (uint16_t)(n - k);
    b->n = (uint16_t)n;
    b->bytes = (uint16_t)at;
    handlers_fuse(b->rec, n, c->mode);
    return n;
}

/* False: there is no memory for one. */
static bool has_map(struct code_page *page)
{
    if (!page->map) {
        page->map = calloc(1, CODE_MAP_BYTES);
        if (page->map)
            memset(page->map + PAGE_SIZE / 8, 0xff, CODE_MAP_BYTES - PAGE_SIZE / 8);
    }
    return page->map;
}

static struct block *block_make(struct engine *e, struct cpu *c, phys_t phys, const uint8_t *host)
{
    if (e->used + BLOCK_BYTES > ARENA_SIZE || (e->splice && splice_full(e->splice)))
        engine_flush(e);
    struct block *b = (struct block *)(void *)(e->arena + e->used);
    struct code_page *page = &e->page[phys >> 12];
    const struct seg *cs = &c->seg[CS];
    unsigned room = PAGE_SIZE - (phys & PAGE_OFFSET_MASK);
    if (cs->limit - c->eip < room - 1)
        room = cs->limit - c->eip + 1; /* the byte beyond the limit faults alone */
    unsigned n = decode_block(e, b, c, phys, host, room);
    if (!n || !has_map(page))
        return NULL;
    b->phys = phys;
    b->eip = c->eip;
    b->in = 0;
    b->heat = 0;
    b->copied = false;
    b->mode = c->mode;
    struct block **h = &e->hash[bucket(phys, c->mode)];
    b->hash_next = *h;
    *h = b;
    if (!(e->bus->page_flags[phys >> 12] & PAGE_CODE)) {
        e->bus->page_flags[phys >> 12] |= PAGE_CODE;
        mmu_protect_page(e->mmu, phys);
    }
    b->page_next = page->blocks;
    page->blocks = b;
    map_put(page->map, phys & PAGE_OFFSET_MASK, b->bytes, true);
    page->idle = 0;
    e->used += sizeof *b + (n + 1) * sizeof(struct rec);
    e->stats.blocks++;
    e->stats.decoded += n;
    return b;
}

static bool inside_limit(const struct cpu *c, const struct block *b)
{
    return (c->mode & MODE_FLAT_CS) || (uint64_t)c->eip + b->bytes - 1 <= c->seg[CS].limit;
}

/* Looked up again, so that it will be executed often: it gets code of its own. */
static void heat(struct engine *e, struct block *b)
{
    if (b->heat >= e->hot || ++b->heat < e->hot || splice_full(e->splice) ||
        e->page[b->phys >> 12].patched)
        return;
    splice_block(e->splice, b->rec, b->n);
    b->copied = true;
    e->stats.copied++;
}

struct block *block_find(struct engine *e, struct cpu *c)
{
    lin_t lin = c->seg[CS].base + c->eip;
    struct jump *j = jump_slot(e, c->eip);
    e->stats.lookups++;
    phys_t phys;
    struct mmu_fault f;
    if (c->eip > c->seg[CS].limit || !fetch_page(c, lin, &phys, &f))
        return NULL; /* the reference layer raises the fault */
    if (c->mmu.code_epoch >> 24 != e->epoch_high) {
        forget_jumps(e);
        e->epoch_high = c->mmu.code_epoch >> 24;
    }
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
    while (b && (b->phys != phys || b->mode != c->mode || b->eip != c->eip))
        b = b->hash_next;
    if (!b)
        b = block_make(e, c, phys, page + (phys & PAGE_OFFSET_MASK));
    if (!b || !inside_limit(c, b))
        return NULL;
    heat(e, b);
    /* Segments that are not flat would have to look at the limit again. */
    if (b->heat >= e->hot && (c->mode & MODE_FLAT_CS))
        *j = (struct jump){.eip = c->eip, .key = jump_key(c), .rec = b->rec};
    return b;
}

/* The code_epoch is another one, as after a CR3 load; mostly the code is where it was. Asking for the page
   is all that block_find would do that the guest could notice. */
const struct rec *jump_renew(struct engine *e, struct cpu *c, int64_t left)
{
    struct jump *j = jump_slot(e, c->eip);
    phys_t phys;
    struct mmu_fault f;
    if (j->eip != c->eip || !j->rec || c->mmu.code_epoch >> 24 != e->epoch_high ||
        OBSERVED(c, OBSERVE_EXEC))
        return NULL;
    const struct block *b = block_of(j->rec);
    if (b->n > left || b->mode != c->mode || !fetch_page(c, c->eip, &phys, &f) ||
        b->phys != (phys | (c->eip & PAGE_OFFSET_MASK)))
        return NULL;
    j->key = jump_key(c);
    return j->rec;
}

/* The branch `from` has left the engine for c->eip, and b is there. An interrupt may have come
   first: what is found then is not where the branch leads. */
static void link_branch(struct engine *e, const struct cpu *c, const struct rec *from,
                        struct block *b)
{
    struct rec *r = rec_at(e, (uint32_t)((const uint8_t *)from - e->arena));
    if (b->heat < e->hot || r->to != c->eip || e->from_key != jump_key(c) ||
        !(b->mode & MODE_FLAT_CS))
        return;
    r->link = b->rec;
    r->delta = b->n - (r->after - 1);
    r->next_in = b->in;
    b->in = (uint32_t)((const uint8_t *)from - e->arena);
}

void engine_run(struct engine *e, struct cpu *c)
{
    const struct rec *from = e->from;
    uint64_t flushes = e->stats.flushes;
    struct block *b = block_find(e, c);
    e->from = NULL;
    e->at = NULL;
    if (!b || c->icount + b->n > c->limit || !block_resumes(c, b->rec)) {
        e->stats.steps++;
        cpu_step(c);
        return;
    }
    c->eflags &= ~(uint32_t)FLAG_RF;
    if (from && flushes == e->stats.flushes)
        link_branch(e, c, from, b);
    trail_note(c, c->seg[CS].base + c->eip);
    int64_t left = c->limit - c->icount < STRETCH ? (int64_t)(c->limit - c->icount) : STRETCH;
    c->stop = c->icount + (uint64_t)left;
    e->loop = b->rec;
    left -= b->n;
    do {
        const struct rec *ip = e->loop;
        e->loop = NULL;
        ip->fn(c, ip, c->res, c->aux, c->host, left);
        left = (int64_t)(c->stop - c->icount);
    } while (e->loop);
}
