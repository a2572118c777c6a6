/* SPDX-License-Identifier: MIT */
/*
 * debug.c - judging points, stepping, and saying why the machine stopped (debug.h).
 *
 * The processor notes what was asked for while an instruction is executed; between instructions
 * the notes are held against the points. A step is a goal for the instruction count; interrupts that
 * come between are run through: the goal is lifted until the processor is back where it was
 * interrupted, with the same stack pointer and privilege level.
 */
#include "machine/debug.h"

#include "cpu/engine/engine.h"
#include "cpu/internal.h"
#include "machine/board.h"
#include "machine/lines.h"

#include <string.h>

void debug_step(struct machine *m, bool irqs)
{
    struct debug *d = &m->debug;
    d->step = (struct debug_steps){
        .state = STEP_GOING, .irqs = irqs, .begun = m->cpu.icount, .delivery = m->cpu.undelivered};
    debug_ask(m);
}

void debug_step_cancel(struct machine *m)
{
    m->debug.step.state = STEP_NONE;
    m->debug.dirty = true;
}

void debug_halt(struct machine *m)
{
    m->debug.halt = true;
    cpu_attend(&m->cpu, ATT_JUDGE);
}

const struct debug_stop *debug_stopped(const struct machine *m)
{
    return &m->debug.stop;
}

void debug_acknowledged(struct machine *m, unsigned line)
{
    m->debug.acknowledged = true;
    m->debug.line = line;
}

static bool enabled(const struct debug_point *p, enum debug_kind kind)
{
    return p->enabled && p->spec.kind == kind;
}

static struct debug_event event_here(const struct machine *m, enum debug_kind kind)
{
    const struct cpu *c = &m->cpu;
    return (struct debug_event){
        .kind = kind, .icount = c->icount, .cs = c->seg[CS].sel, .eip = c->eip};
}

/* The point holds. True: the machine stops for it. */
static bool hit(struct machine *m, struct debug_point *p, const struct debug_event *e)
{
    struct debug *d = &m->debug;
    int id = p->id;
    p->hits++;
    if (p->ignore) {
        p->ignore--;
        return false;
    }
    if (p->spec.hit && !p->spec.hit(p->spec.ctx, m, p, e)) {
        if (d->dirty) /* it changed points: they must be applied before the next instruction */
            cpu_attend(&m->cpu, ATT_JUDGE);
        return false;
    }
    if (!d->leave) /* the first one is told */
        d->stop = (struct debug_stop){.why = DEBUG_AT_POINT, .point = id, .event = *e};
    d->leave = true;
    p = debug_find(m, id); /* its own verdict may have removed it */
    if (p && p->spec.once)
        debug_remove(m, id);
    return true;
}

/* ---- Execution points and faults: before it happens --------------------------------------- */

static bool try_places(struct machine *m, const struct debug_places *list, uint32_t addr)
{
    struct debug_event e = event_here(m, DEBUG_EXEC);
    bool stop = false;
    const struct debug_place *at = debug_place_find(list, addr >> 12);
    int ids[32];
    unsigned n = 0;
    for (; at && at < list->list + list->n && at->page == addr >> 12; at++) {
        const struct debug_spec *s = &at->point->spec;
        if (addr < s->first || addr > s->last || !at->point->enabled)
            continue;
        if (s->cr3_given && (m->cpu.mmu.cr3 ^ s->cr3) >> 12)
            continue;
        if (n < ARRAY_LEN(ids))
            ids[n++] = at->point->id; /* verdicts may change the list */
    }
    e.lin = debug_pc(m);
    for (unsigned k = 0; k < n; k++) {
        struct debug_point *p = debug_find(m, ids[k]);
        stop |= p && hit(m, p, &e);
    }
    return stop;
}

static bool on_before(void *machine, lin_t lin)
{
    struct machine *m = machine;
    struct debug *d = &m->debug;
    const struct debug_steps *s = &d->step;
    uint32_t phys;
    if (d->skip && d->skip_lin == lin && d->skip_icount == m->cpu.icount)
        return false;
    bool back = s->state == STEP_HANDLER && lin == s->return_lin &&
                m->cpu.gpr[ESP] == s->return_esp && m->cpu.cpl == s->return_cpl;
    bool stop = d->lin.n && try_places(m, &d->lin, lin);
    if (d->phys.n && mmu_peek(&m->cpu.mmu, lin, &phys))
        stop |= try_places(m, &d->phys, phys);
    if (back) { /* debug_reached takes it from here */
        d->step.within += m->cpu.icount - s->entered;
        d->step.state = STEP_GOING;
        d->dirty = true;
    }
    if (stop || back) { /* asked once, whoever else has to leave the run loop */
        d->skip = true;
        d->skip_lin = lin;
        d->skip_icount = m->cpu.icount;
    }
    return stop || back;
}

/* Tells the engine the places of a linear page that lies at this physical one. */
static void on_page(void *machine, lin_t lin, phys_t page)
{
    struct machine *m = machine;
    struct debug *d = &m->debug;
    const struct debug_places *lists[] = {&d->lin, &d->phys};
    for (unsigned k = 0; k < ARRAY_LEN(lists); k++) {
        uint32_t base = k ? page : lin;
        const struct debug_place *at = debug_place_find(lists[k], base >> 12);
        const struct debug_place *end = lists[k]->list + lists[k]->n;
        for (; at && at < end && at->page == base >> 12; at++) {
            const struct debug_spec *s = &at->point->spec;
            uint32_t first = s->first > base ? s->first : base;
            uint32_t last = s->last - base < 4096 && s->last >= base ? s->last : base + 4095;
            for (uint32_t a = first;; a++) {
                engine_arm(m->cpu.engine, page | (a & PAGE_OFFSET_MASK));
                if (a == last)
                    break;
            }
        }
    }
    if (d->step.state == STEP_HANDLER && (d->step.return_lin & PAGE_FRAME_MASK) == lin)
        engine_arm(m->cpu.engine, page | (d->step.return_lin & PAGE_OFFSET_MASK));
}

static bool on_fault(void *machine, const struct fault *f)
{
    struct machine *m = machine;
    struct debug_event e = event_here(m, DEBUG_EXC);
    bool stop = false;
    e.number = f->vector;
    e.code = f->code;
    e.cr2 = m->cpu.cr2;
    for (int id = 0;;) {
        struct debug_point *p = debug_after(m, id);
        if (!p)
            break;
        id = p->id;
        if (enabled(p, DEBUG_EXC) && p->spec.first <= e.number && e.number <= p->spec.last)
            stop |= hit(m, p, &e);
    }
    if (stop)
        cpu_attend(&m->cpu, ATT_JUDGE);
    return stop;
}

/* ---- Everything else: noted, then judged --------------------------------------------------- */

static void on_note(void *machine, const struct observed *what)
{
    struct machine *m = machine;
    struct debug *d = &m->debug;
    const struct cpu *c = &m->cpu;
    if (what->kind == OBSERVE_INTERRUPT && d->step.state == STEP_GOING && what->external) {
        d->step.return_lin = c->seg[CS].base + c->eip;
        d->step.return_esp = c->gpr[ESP];
        d->step.return_cpl = c->cpl;
        d->step.entered = c->icount;
        d->step.arrived = true;
    }
    if (d->notes == DEBUG_NOTES)
        return; /* more than any instruction does; REP: the first ones stand for all */
    struct debug_note *n = &d->note[d->notes++];
    *n = (struct debug_note){
        .what = *what, .cs = c->seg[CS].sel, .eip = c->eip, .icount = c->icount - c->ahead};
    if (what->kind == OBSERVE_DATA && what->size <= 4) {
        uint32_t first = what->first < what->size ? what->first : what->size;
        (void)bus_peek(&m->bus, bus_a20(&m->bus, what->phys[0]), &n->old, first);
        (void)bus_peek(&m->bus, bus_a20(&m->bus, what->phys[1]), (uint8_t *)&n->old + first,
                       what->size - first);
    }
    if (what->kind == OBSERVE_INTERRUPT && d->acknowledged)
        n->what.old = d->line + 1; /* 0: not by the PICs */
    d->acknowledged = d->acknowledged && what->kind != OBSERVE_INTERRUPT;
}

static bool overlap(uint32_t a, uint32_t size, uint32_t first, uint32_t last)
{
    return a - first <= last - first || first - a < size;
}

/* By another linear address, or by none: is it the frame behind the point's address? */
static bool same_frame(const struct machine *m, const struct debug_spec *s, uint32_t phys,
                       uint32_t size)
{
    for (uint32_t a = s->first, n;; a += n) {
        uint32_t to, left = s->last - a;
        n = PAGE_SIZE - (a & PAGE_OFFSET_MASK);
        if (debug_translate(m, s->cr3_given ? s->cr3 : m->cpu.mmu.cr3, a, &to) &&
            overlap(phys, size, to, to + (left < n ? left : n - 1)))
            return true;
        if (left < n)
            return false;
    }
}

static bool data_holds(const struct machine *m, const struct debug_spec *s,
                       const struct debug_note *n)
{
    const struct observed *w = &n->what;
    if ((s->kind == DEBUG_READ && w->write) || (s->kind == DEBUG_WRITE && !w->write))
        return false;
    bool by_lin = w->by_cpu && overlap(w->lin, w->size, s->first, s->last);
    bool here = !s->cr3_given || !((m->cpu.mmu.cr3 ^ s->cr3) >> 12);
    unsigned rest = w->size - w->first;
    switch (s->where) {
    case WHERE_ANY: return by_lin;
    case WHERE_PHYSICAL:
        return overlap(w->phys[0], w->first, s->first, s->last) ||
               (rest && overlap(w->phys[1], rest, s->first, s->last));
    case WHERE_LINEAR: break;
    }
    return (by_lin && here) || same_frame(m, s, w->phys[0], w->first) ||
           (rest && same_frame(m, s, w->phys[1], rest));
}

static void data_event(const struct machine *m, const struct debug_note *n, struct debug_event *e)
{
    const struct observed *w = &n->what;
    e->kind = w->write ? DEBUG_WRITE : DEBUG_READ;
    e->lin = w->lin;
    e->phys = w->phys[0];
    e->size = w->size;
    e->write = w->write;
    e->by_cpu = w->by_cpu;
    e->old = n->old;
    e->now = n->old;
    if (w->write && w->size <= 4) {
        e->now = 0;
        (void)bus_peek(&m->bus, bus_a20(&m->bus, w->phys[0]), &e->now, w->first);
        (void)bus_peek(&m->bus, bus_a20(&m->bus, w->phys[1]), (uint8_t *)&e->now + w->first,
                       w->size - w->first);
    }
}

/* Does the note make this point hold? Fills e if so. */
static bool holds(struct machine *m, const struct debug_spec *s, const struct debug_note *n,
                  struct debug_event *e)
{
    const struct observed *w = &n->what;
    const struct cpu *c = &m->cpu;
    *e = (struct debug_event){.kind = s->kind,
                              .icount = n->icount,
                              .cs = n->cs,
                              .eip = n->eip,
                              .number = w->number,
                              .old = w->old,
                              .now = w->now,
                              .size = w->size,
                              .write = w->write,
                              .software = w->software};
    bool within = s->first <= w->number && w->number <= s->last;
    switch (s->kind) {
    case DEBUG_READ:
    case DEBUG_WRITE:
    case DEBUG_ACCESS:
        if (w->kind != OBSERVE_DATA || !data_holds(m, s, n))
            return false;
        data_event(m, n, e);
        return true;
    case DEBUG_EXC: /* plain faults were judged before their delivery */
        if (w->kind != OBSERVE_INTERRUPT || !within || w->old)
            return false;
        e->code = c->delivery[(c->deliveries - 1) % DELIVERIES].code;
        e->cr2 = c->cr2;
        return w->software || (w->external ? w->number != EXC_NMI : c->links > 1);
    case DEBUG_IRQ:
        e->number = w->old ? w->old - 1 : LINE_NMI;
        e->code = w->number;
        return w->kind == OBSERVE_INTERRUPT && w->external && (w->old || w->number == EXC_NMI) &&
               s->first <= e->number && e->number <= s->last;
    case DEBUG_IO: return w->kind == OBSERVE_PORT && overlap(w->number, w->size, s->first, s->last);
    case DEBUG_CR:
        return w->kind == OBSERVE_CR && w->number == s->first && (w->now & s->mask) == s->match;
    case DEBUG_TASK: return w->kind == OBSERVE_TASK;
    case DEBUG_IRET: return w->kind == OBSERVE_IRET;
    case DEBUG_HLT: return w->kind == OBSERVE_HLT;
    case DEBUG_STALE: e->lin = w->number; return w->kind == OBSERVE_STALE;
    case DEBUG_MODE:
        e->old = m->debug.mode;
        e->now = debug_mode(m);
        return w->kind == OBSERVE_MODE && e->old != e->now;
    case DEBUG_CPL:
        e->old = m->debug.cpl;
        e->now = c->cpl;
        return w->kind == OBSERVE_MODE && e->old != e->now;
    case DEBUG_EXEC:
    case DEBUG_ICOUNT:
    case DEBUG_KINDS: break;
    }
    return false;
}

/* A frame behind a point's linear address was come to that is not watched yet. */
static void follow(struct machine *m, const struct debug_note *n)
{
    if (n->what.kind == OBSERVE_DATA && debug_follows(m, n->what.lin) &&
        !(m->bus.page_flags[n->what.phys[0] >> 12] & PAGE_WATCH))
        m->debug.dirty = true;
}

static bool on_judge(void *machine)
{
    struct machine *m = machine;
    struct debug *d = &m->debug;
    unsigned notes = d->notes;
    d->notes = 0;
    for (int id = 0;;) {
        struct debug_point *p = debug_after(m, id);
        if (!p)
            break;
        id = p->id;
        bool judged = !p->enabled;
        for (unsigned n = 0; n < notes && !judged; n++) {
            struct debug_event e;
            judged = holds(m, &p->spec, &d->note[n], &e); /* once for each instruction */
            if (judged)
                (void)hit(m, p, &e);
        }
    }
    for (unsigned n = 0; n < notes; n++)
        follow(m, &d->note[n]);
    d->mode = debug_mode(m);
    d->cpl = m->cpu.cpl;
    return d->leave || d->halt || d->step.state != STEP_NONE || d->dirty;
}

/* ---- Running ---------------------------------------------------------------------------- */

void debug_init(struct machine *m)
{
    m->cpu.observer = (struct observer){.arg = m,
                                        .note = on_note,
                                        .judge = on_judge,
                                        .before = on_before,
                                        .page = on_page,
                                        .fault = on_fault};
    m->debug.next_icount = UINT64_MAX;
}

void debug_begin(struct machine *m)
{
    struct debug *d = &m->debug;
    if (d->dirty)
        debug_prepare(m);
    if (d->attached) /* a debugger was told of it, and goes on all the same */
        m->cpu.finding_stop = false;
    if (!d->leave)
        return;
    d->leave = false;
    d->stop = (struct debug_stop){.why = DEBUG_RUNNING};
}

uint64_t debug_goal(const struct machine *m)
{
    const struct debug *d = &m->debug;
    uint64_t goal = d->next_icount;
    if (d->step.state == STEP_GOING) {
        uint64_t one = m->cpu.icount + !m->cpu.undelivered;
        goal = one < goal ? one : goal;
    }
    return goal;
}

/* Where the machine stands now is not asked about again when it goes on. */
static bool stop_here(struct machine *m)
{
    struct debug *d = &m->debug;
    d->step.state = STEP_NONE;
    d->halt = false;
    d->leave = true;
    d->skip = true;
    d->skip_lin = debug_pc(m);
    d->skip_icount = m->cpu.icount;
    debug_ask(m);
    return true;
}

static bool step_done(struct machine *m)
{
    struct debug_steps *s = &m->debug.step;
    const struct cpu *c = &m->cpu;
    if (s->state != STEP_GOING)
        return false;
    if (s->arrived) {
        s->arrived = false;
        if (s->irqs)
            return true;
        s->state = STEP_HANDLER;
        m->debug.dirty = true;
        return false;
    }
    if (s->delivery)
        return !c->undelivered;
    if (c->halted || (c->is_repeating && c->repeating == debug_pc(m)))
        return false;
    return c->icount - s->begun > s->within;
}

bool debug_reached(struct machine *m)
{
    struct debug *d = &m->debug;
    if (m->cpu.icount >= d->next_icount) {
        struct debug_event e = event_here(m, DEBUG_ICOUNT);
        for (int id = 0;;) {
            struct debug_point *p = debug_after(m, id);
            if (!p)
                break;
            id = p->id;
            if (enabled(p, DEBUG_ICOUNT) && p->spec.first64 == d->next_icount)
                (void)hit(m, p, &e);
        }
        d->dirty = true;
    }
    if (d->leave)
        return stop_here(m);
    if (step_done(m) || d->halt) {
        d->stop = (struct debug_stop){.why = DEBUG_STEPPED, .event = event_here(m, DEBUG_EXEC)};
        return stop_here(m);
    }
    if (d->dirty)
        debug_prepare(m);
    return false;
}
