/* SPDX-License-Identifier: MIT */
/*
 * mem.c - the slow halves of memory access (see mem.h): whatever the host TLB did not answer.
 * Segment checks follow SDM vol. 3, 5.3-5.5; the order is limit and type, then page by page.
 */
#include "cpu/mem.h"

#include "cpu/engine/engine.h"
#include "cpu/internal.h"
#include "mmu/bus.h"

_Noreturn void seg_violation(struct cpu *c, const struct seg *s, uint32_t off, unsigned size,
                             bool write)
{
    unsigned n = (unsigned)(s - c->seg);
    uint64_t bytes = write ? s->wr_bytes : s->rd_bytes;
    enum reason why = WHY_LIMIT;
    if (!bytes)
        why = (s->sel & ~3u) ? WHY_SEG_RIGHTS : WHY_NULL_SEG;
    cpu_fault_code(c, n == SS ? EXC_SS : EXC_GP, 0, why, off, n | size << 8);
}

/* Host or bus address of the one or two pages of an access: proves the right to it. */
struct span {
    phys_t phys[2];
    unsigned first; /* bytes in the first page */
};

static phys_t translate(struct cpu *c, lin_t lin, unsigned access)
{
    phys_t phys;
    struct mmu_fault f;
    if (!mmu_translate(&c->mmu, lin, access, &phys, &f))
        cpu_page_fault(c, &f);
    return phys;
}

/* Raises the fault that translate() would, without touching A, D or the TLB. */
static void check(struct cpu *c, lin_t lin, unsigned access)
{
    struct mmu_fault f;
    if (!mmu_check(&c->mmu, lin, access, &f))
        cpu_page_fault(c, &f);
}

static void span_of(struct cpu *c, lin_t lin, unsigned size, unsigned access, struct span *sp)
{
    unsigned room = PAGE_SIZE - (lin & PAGE_OFFSET_MASK);
    uint32_t epoch = c->mmu.code_epoch;
    if (size > room) {
        /* No bit may be set in the first page's entries when the second one faults. */
        check(c, lin, access);
        check(c, lin + room, access);
    }
    sp->phys[0] = translate(c, lin, access);
    sp->phys[1] = size > room ? translate(c, lin + room, access) : 0;
    sp->first = size > room ? room : size;
    if (epoch != c->mmu.code_epoch)
        cpu_attend(c, ATT_CODE);
}

/* A device may have been touched: the run loop must look at lines and deadlines again. */
static void note_io(struct cpu *c)
{
    if (c->bus->io_count != c->io_seen) {
        c->io_seen = c->bus->io_count;
        cpu_attend(c, ATT_IO);
    }
}

static uint32_t span_read(struct cpu *c, const struct span *sp, unsigned size)
{
    uint32_t v = 0;
    cpu_sync_clock(c);
    if (sp->first == size) {
        v = bus_read(c->bus, sp->phys[0], size);
    } else {
        for (unsigned n = 0; n < size; n++) {
            phys_t at = n < sp->first ? sp->phys[0] + n : sp->phys[1] + (n - sp->first);
            v |= bus_read(c->bus, at, 1) << (8 * n);
        }
    }
    note_io(c);
    return v;
}

static void span_write(struct cpu *c, const struct span *sp, uint32_t v, unsigned size)
{
    cpu_sync_clock(c);
    c->accessing = true;
    if (sp->first == size) {
        bus_write(c->bus, sp->phys[0], v, size);
    } else {
        for (unsigned n = 0; n < size; n++) {
            phys_t at = n < sp->first ? sp->phys[0] + n : sp->phys[1] + (n - sp->first);
            bus_write(c->bus, at, v >> (8 * n) & 0xff, 1);
        }
    }
    c->accessing = false;
    note_io(c);
}

/* An access of `size` bytes that reaches into the next page: where each of its bytes is, if both pages are
   plain memory by a table of the host TLB. */
static bool parts_of(const uint64_t *table, lin_t lin, unsigned size, uint8_t *byte[4])
{
    if (!mmu_crosses(lin, size))
        return false;
    unsigned first = PAGE_SIZE - (lin & PAGE_OFFSET_MASK);
    uint8_t *low = tlb_host(table, lin), *high = tlb_host(table, lin + first);
    if (!low || !high)
        return false;
    for (unsigned n = 0; n < size; n++)
        byte[n] = n < first ? low + n : high + (n - first);
    return true;
}

uint32_t lin_read_slow(struct cpu *c, lin_t lin, unsigned size, unsigned access)
{
    struct span sp;
    uint8_t *byte[4];
    lin_align(c, lin, size, access & MMU_USER);
    if (parts_of(c->mmu.tlb.host[!!(access & MMU_USER)], lin, size, byte)) {
        uint32_t v = 0;
        for (unsigned n = 0; n < size; n++)
            v |= (uint32_t)*byte[n] << 8 * n;
        return v;
    }
    span_of(c, lin, size, access & MMU_USER, &sp);
    if (c->mmu.watches)
        debug_note_data(c, lin, size, false);
    if (OBSERVED(c, OBSERVE_DATA))
        observe_data(c, lin, size, false, sp.phys, sp.first);
    return span_read(c, &sp, size);
}

/* The host address of a store to a page with decoded code or paging entries; the store must follow.
   *hit: the code at *at must be told. A store beside it is remembered: the next one to this page is
   found without a call. */
static uint8_t *near_code(struct cpu *c, lin_t lin, unsigned size, bool user, phys_t *at, bool *hit)
{
    uint64_t host;
    *hit = false;
    if (tlb_beside(&c->mmu.tlb, c->mmu.tlb.host[user], lin, size, &host))
        return (uint8_t *)(uintptr_t)host;
    uint8_t *p = mmu_store_seen(&c->mmu, user, lin, size, PAGE_CODE | PAGE_PT, at);
    if (!p)
        return NULL;
    unsigned flags = c->bus->page_flags[*at >> 12];
    if (!(flags & PAGE_CODE)) {
        sanitizer_entry_changes(&c->mmu, *at, size);
        return p;
    }
    if (!c->engine || (flags & PAGE_PT))
        return NULL;
    const uint8_t *code = engine_code_map(c->engine, *at);
    *hit = !code || code_map_hit(code, *at & PAGE_OFFSET_MASK, size);
    if (!*hit)
        tlb_fill_beside(&c->mmu.tlb, lin, user, code);
    return p;
}

void lin_write_slow(struct cpu *c, lin_t lin, uint32_t v, unsigned size, unsigned access)
{
    struct span sp;
    bool hit;
    uint8_t *p = near_code(c, lin, size, access & MMU_USER, &sp.phys[0], &hit);
    if (p) {
        host_put(p, v, size);
        if (hit && engine_invalidate(c->engine, sp.phys[0], size))
            cpu_attend(c, ATT_CODE);
        return;
    }
    lin_align(c, lin, size, (access & MMU_USER) | MMU_WRITE);
    uint8_t *byte[4];
    if (parts_of(c->mmu.tlb.host[!!(access & MMU_USER)] + HOST_STORES, lin, size, byte)) {
        for (unsigned n = 0; n < size; n++)
            *byte[n] = (uint8_t)(v >> 8 * n);
        return;
    }
    span_of(c, lin, size, (access & MMU_USER) | MMU_WRITE, &sp);
    if (c->mmu.watches)
        debug_note_data(c, lin, size, true);
    if (OBSERVED(c, OBSERVE_DATA))
        observe_data(c, lin, size, true, sp.phys, sp.first);
    span_write(c, &sp, v, size);
}

void lin_probe(struct cpu *c, lin_t lin, unsigned n, unsigned access)
{
    bool user = access & MMU_USER;
    if (access & MMU_WRITE ? mmu_store(&c->mmu, user, lin, n) : mmu_load(&c->mmu, user, lin, n))
        return;
    check(c, lin, access);
    if (n > PAGE_SIZE - (lin & PAGE_OFFSET_MASK))
        check(c, (lin | PAGE_OFFSET_MASK) + 1, access);
}

_Noreturn void lin_misaligned(struct cpu *c, lin_t lin, unsigned align, unsigned access)
{
    lin_probe(c, lin, align, access);
    cpu_fault_code(c, EXC_AC, 0, WHY_ALIGNMENT, lin, align);
}

void mem_probe(struct cpu *c, unsigned seg, uint32_t off, unsigned size, bool write)
{
    lin_t lin = seg_lin(c, &c->seg[seg], off, size, write);
    lin_probe(c, lin, size, mem_user(c) | (write ? MMU_WRITE : MMU_READ));
    if (size <= 8)
        lin_align(c, lin, size, mem_user(c) | (write ? MMU_WRITE : MMU_READ));
}

uint32_t mem_rmw(struct cpu *c, unsigned seg, uint32_t off, unsigned size)
{
    const struct seg *s = &c->seg[seg];
    lin_t lin = seg_lin(c, s, off, size, true);
    /* A writable segment is readable, except that nothing says so for a bad one: check both. */
    (void)seg_lin(c, s, off, size, false);
    c->rmw_host = mmu_store(&c->mmu, mem_user(c), lin, size);
    struct span sp;
    bool hit = false;
    if (!c->rmw_host)
        c->rmw_host = near_code(c, lin, size, mem_user(c), &sp.phys[0], &hit);
    if (c->rmw_host && !hit)
        return host_get(c->rmw_host, size);
    c->rmw_host = NULL;
    lin_align(c, lin, size, mem_user(c) | MMU_WRITE);
    span_of(c, lin, size, mem_user(c) | MMU_WRITE, &sp);
    if (c->mmu.watches)
        debug_note_data(c, lin, size, true);
    if (OBSERVED(c, OBSERVE_DATA))
        observe_data(c, lin, size, true, sp.phys, sp.first);
    c->rmw_phys[0] = sp.phys[0];
    c->rmw_phys[1] = sp.phys[1];
    c->rmw_first = (uint8_t)sp.first;
    return span_read(c, &sp, size);
}

void mem_rmw_store(struct cpu *c, uint32_t v, unsigned size)
{
    if (c->rmw_host) {
        host_put(c->rmw_host, v, size);
        return;
    }
    struct span sp = {.phys = {c->rmw_phys[0], c->rmw_phys[1]}, .first = c->rmw_first};
    span_write(c, &sp, v, size);
}
