/* SPDX-License-Identifier: MIT */
/*
 * debug_points.c - the list of points, and what it asks of the processor and the MMU:
 *
 *   execution points   sorted by page for the look-up; the engine is flushed when their places have
 *                      changed since it was last told, and then asks page by page
 *   data points        PAGE_WATCH on the frames, and no host pointers for the linear pages
 *   all others         bits of observer.asked
 */
#include "machine/debug.h"

#include "cpu/engine/engine.h"
#include "machine/board.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- The list ---------------------------------------------------------------------------- */

static bool spec_is_sound(const struct debug_spec *s, struct error *err)
{
    assert(s->kind < DEBUG_KINDS);
    if (s->kind != DEBUG_ICOUNT && s->last < s->first)
        return error_set(err, "the range ends (%#x) before it begins (%#x)", s->last, s->first);
    if (s->kind == DEBUG_CR && s->first != 0 && s->first != 2 && s->first != 3 && s->first != 4)
        return error_set(err, "there is no cr%u: cr0, cr2, cr3 or cr4", s->first);
    return true;
}

int debug_add(struct machine *m, const struct debug_spec *spec, struct error *err)
{
    struct debug *d = &m->debug;
    struct debug_point *p, **bigger;
    if (!spec_is_sound(spec, err))
        return 0;
    p = calloc(1, sizeof *p);
    bigger = realloc(d->point, (d->points + 1) * sizeof(*bigger));
    if (bigger)
        d->point = bigger;
    if (!p || !bigger) {
        free(p);
        error_set(err, "no memory for another breakpoint");
        return 0;
    }
    *p = (struct debug_point){.id = ++d->last_id, .enabled = true, .spec = *spec};
    d->point[d->points++] = p;
    d->dirty = true;
    return p->id;
}

static struct debug_point **slot_after(const struct debug *d, int after)
{
    size_t low = 0, high = d->points;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (d->point[mid]->id <= after)
            low = mid + 1;
        else
            high = mid;
    }
    return low < d->points ? &d->point[low] : NULL;
}

struct debug_point *debug_after(struct machine *m, int after)
{
    struct debug_point **p = slot_after(&m->debug, after);
    return p ? *p : NULL;
}

struct debug_point *debug_find(struct machine *m, int id)
{
    struct debug_point *p = id > 0 ? debug_after(m, id - 1) : NULL;
    return p && p->id == id ? p : NULL;
}

static void drop_places(struct debug_places *list, const struct debug_point *p)
{
    size_t kept = 0;
    for (size_t n = 0; n < list->n; n++) {
        if (list->list[n].point != p)
            list->list[kept++] = list->list[n];
    }
    list->n = kept;
}

bool debug_remove(struct machine *m, int id)
{
    struct debug *d = &m->debug;
    struct debug_point **slot = id > 0 ? slot_after(d, id - 1) : NULL, *p = slot ? *slot : NULL;
    if (!p || p->id != id)
        return false;
    drop_places(&d->lin, p);
    drop_places(&d->phys, p);
    memmove(slot, slot + 1,
            (size_t)(&d->point[d->points] - (slot + 1)) * sizeof(struct debug_point *));
    d->points--;
    d->dirty = true;
    free(p);
    return true;
}

bool debug_enable(struct machine *m, int id, bool on)
{
    struct debug_point *p = debug_find(m, id);
    if (!p)
        return false;
    m->debug.dirty |= p->enabled != on;
    p->enabled = on;
    return true;
}

void debug_attach(struct machine *m, bool on)
{
    struct debug *d = &m->debug;
    assert(on || d->attached);
    d->attached += on ? 1 : UINT32_MAX;
    if ((m->cpu.trail_mask == TRAIL - 1) != (d->attached > 0))
        cpu_keep_trail(&m->cpu, d->attached > 0);
}

/* ---- Execution points --------------------------------------------------------------------- */

static int compare_places(const void *a, const void *b)
{
    const struct debug_place *p = a, *q = b;
    if (p->page != q->page)
        return p->page < q->page ? -1 : 1;
    return p->point->id - q->point->id;
}

static bool add_place(struct debug_places *list, uint32_t page, struct debug_point *p)
{
    if (!(list->n & (list->n - 1))) { /* full: grows in powers of two */
        size_t room = list->n ? list->n * 2 : 1;
        struct debug_place *bigger = realloc(list->list, room * sizeof *bigger);
        if (!bigger)
            return false;
        list->list = bigger;
    }
    list->list[list->n++] = (struct debug_place){.page = page, .point = p};
    return true;
}

static uint64_t mix(uint64_t h, uint64_t v)
{
    return (h ^ v) * UINT64_C(0x100000001b3);
}

/* Sorts the enabled ones by page; their signature. */
static uint64_t sort_places(struct debug *d)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    d->lin.n = d->phys.n = 0;
    for (size_t n = 0; n < d->points; n++) {
        struct debug_point *p = d->point[n];
        if (!p->enabled || p->spec.kind != DEBUG_EXEC)
            continue;
        bool phys = p->spec.where == WHERE_PHYSICAL;
        h = mix(mix(mix(h, p->spec.first), p->spec.last), phys);
        for (uint32_t page = p->spec.first >> 12; page <= p->spec.last >> 12; page++) {
            if (!add_place(phys ? &d->phys : &d->lin, page, p))
                break; /* no memory: it stops on the pages that fitted */
        }
    }
    if (d->lin.n)
        qsort(d->lin.list, d->lin.n, sizeof *d->lin.list, compare_places);
    if (d->phys.n)
        qsort(d->phys.list, d->phys.n, sizeof *d->phys.list, compare_places);
    if (d->step.state == STEP_HANDLER)
        h = mix(h, (uint64_t)d->step.return_lin + 1);
    return h;
}

const struct debug_place *debug_place_find(const struct debug_places *p, uint32_t page)
{
    size_t low = 0, high = p->n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (p->list[mid].page < page)
            low = mid + 1;
        else
            high = mid;
    }
    return low < p->n && p->list[low].page == page ? &p->list[low] : NULL;
}

static bool lies_at(const struct debug_places *list, uint32_t addr)
{
    const struct debug_place *at = debug_place_find(list, addr >> 12);

    for (; at && at < list->list + list->n && at->page == addr >> 12; at++) {
        const struct debug_point *p = at->point;
        if (p->enabled && addr >= p->spec.first && addr <= p->spec.last)
            return true;
    }
    return false;
}

bool debug_exec_at(const struct machine *m, uint32_t lin)
{
    const struct debug *d = &m->debug;
    phys_t phys;

    return lies_at(&d->lin, lin) ||
           (d->phys.n && mmu_peek(&m->cpu.mmu, lin, &phys) && lies_at(&d->phys, phys));
}

/* ---- Data points -------------------------------------------------------------------------- */

static bool is_data(const struct debug_point *p)
{
    return p->enabled && (p->spec.kind == DEBUG_READ || p->spec.kind == DEBUG_WRITE ||
                          p->spec.kind == DEBUG_ACCESS);
}

static bool on_watched(void *machine, lin_t lin)
{
    const struct debug *d = &((struct machine *)machine)->debug;
    for (size_t n = 0; n < d->points; n++) {
        const struct debug_spec *s = &d->point[n]->spec;
        if (is_data(d->point[n]) && s->where != WHERE_PHYSICAL && s->first >> 12 <= lin >> 12 &&
            lin >> 12 <= s->last >> 12)
            return true;
    }
    return false;
}

bool debug_follows(const struct machine *m, lin_t lin)
{
    const struct debug *d = &m->debug;
    for (size_t n = 0; n < d->points; n++) {
        const struct debug_spec *s = &d->point[n]->spec;
        if (is_data(d->point[n]) && s->where == WHERE_LINEAR && s->first >> 12 <= lin >> 12 &&
            lin >> 12 <= s->last >> 12 && (!s->cr3_given || !((m->cpu.mmu.cr3 ^ s->cr3) >> 12)))
            return true;
    }
    return false;
}

/* The pages of a range that carry the flag; linear ones by the tables as they are now. */
static void flag_range(struct machine *m, const struct debug_spec *s)
{
    for (uint32_t page = s->first >> 12; page <= s->last >> 12; page++) {
        uint32_t phys = page << 12;
        if (s->where == WHERE_LINEAR &&
            !debug_translate(m, s->cr3_given ? s->cr3 : m->cpu.mmu.cr3, page << 12, &phys))
            continue;
        if (s->where != WHERE_ANY)
            m->bus.page_flags[phys >> 12] |= PAGE_WATCH;
    }
}

static void watch_data(struct machine *m)
{
    struct debug *d = &m->debug;
    bool any = false;
    for (uint32_t page = 0; d->watching && page < UINT32_C(1) << 20; page++)
        m->bus.page_flags[page] &= (uint8_t)~PAGE_WATCH;
    for (size_t n = 0; n < d->points; n++) {
        if (!is_data(d->point[n]))
            continue;
        any = true;
        flag_range(m, &d->point[n]->spec);
    }
    m->cpu.mmu.watched = any ? on_watched : NULL;
    m->cpu.mmu.watched_arg = m;
    if (any || d->watching)
        tlb_flush_host(&m->cpu.mmu.tlb);
    d->watching = any;
}

/* ---- What is asked for -------------------------------------------------------------------- */

void debug_ask(struct machine *m)
{
    static const uint32_t needs[DEBUG_KINDS] = {
        [DEBUG_EXEC] = 1 << OBSERVE_EXEC,
        [DEBUG_READ] = 1 << OBSERVE_DATA,
        [DEBUG_WRITE] = 1 << OBSERVE_DATA,
        [DEBUG_ACCESS] = 1 << OBSERVE_DATA,
        [DEBUG_EXC] = 1 << OBSERVE_FAULT | 1 << OBSERVE_INTERRUPT,
        [DEBUG_IRQ] = 1 << OBSERVE_INTERRUPT,
        [DEBUG_IO] = 1 << OBSERVE_PORT,
        [DEBUG_CR] = 1 << OBSERVE_CR,
        [DEBUG_MODE] = 1 << OBSERVE_MODE,
        [DEBUG_TASK] = 1 << OBSERVE_TASK,
        [DEBUG_CPL] = 1 << OBSERVE_MODE,
        [DEBUG_IRET] = 1 << OBSERVE_IRET,
        [DEBUG_HLT] = 1 << OBSERVE_HLT,
        [DEBUG_STALE] = 1 << OBSERVE_STALE,
    };
    struct debug *d = &m->debug;
    uint32_t asked = 0;
    d->next_icount = UINT64_MAX;
    for (size_t n = 0; n < d->points; n++) {
        const struct debug_spec *s = &d->point[n]->spec;
        if (!d->point[n]->enabled)
            continue;
        asked |= needs[s->kind];
        if (s->kind == DEBUG_ICOUNT && s->first64 > m->cpu.icount && s->first64 < d->next_icount)
            d->next_icount = s->first64;
    }
    if (d->step.state != STEP_NONE)
        asked |= 1 << OBSERVE_INTERRUPT;
    if (d->step.state == STEP_HANDLER)
        asked |= 1 << OBSERVE_EXEC;
    m->cpu.observer.asked = asked;
}

void debug_prepare(struct machine *m)
{
    struct debug *d = &m->debug;
    uint64_t signature = sort_places(d);
    d->dirty = false;
    debug_ask(m);
    watch_data(m);
    d->mode = debug_mode(m);
    d->cpl = m->cpu.cpl;
    if (signature == d->applied)
        return;
    d->applied = signature;
    if (m->cpu.engine)
        engine_disarm(m->cpu.engine);
}

void debug_points_free(struct machine *m)
{
    struct debug *d = &m->debug;
    for (size_t n = 0; n < d->points; n++)
        free(d->point[n]);
    free(d->point);
    free(d->lin.list);
    free(d->phys.list);
}
