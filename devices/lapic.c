/* SPDX-License-Identifier: MIT */
/*
 * lapic.c - the local APIC's heart: priorities, acceptance, local sources, acknowledge (see lapic.h).
 * Registers are lapic_regs.c, the timer lapic_timer.c.
 */
#include "devices/lapic.h"

#include "base/snap.h"
#include "base/trace.h"
#include "devices/apic.h"
#include "devices/lapic_parts.h"

#include <string.h>

static const uint32_t lvt_vectors = 0xff;

/* ---- Sets of vectors ------------------------------------------------------------------- */

static void put_bit(uint32_t set[8], unsigned v, bool on)
{
    uint32_t bit = UINT32_C(1) << (v & 31);
    set[v >> 5 & 7] = on ? set[v >> 5 & 7] | bit : set[v >> 5 & 7] & ~bit;
}

static bool get_bit(const uint32_t set[8], unsigned v)
{
    return set[v >> 5 & 7] >> (v & 31) & 1;
}

int lapic_highest(const uint32_t set[8])
{
    for (int n = 7; n >= 0; n--)
        if (set[n])
            return n * 32 + 31 - __builtin_clz(set[n]);
    return -1;
}

/* ---- Priority and the INTR pin --------------------------------------------------------- */

uint8_t lapic_ppr(const struct lapic *l)
{
    int serving = lapic_highest(l->isr);
    unsigned isrv = serving < 0 ? 0 : (unsigned)serving;
    return (uint8_t)(l->tpr >> 4 >= isrv >> 4 ? l->tpr : isrv & 0xf0);
}

/* The vector that would be given now, -1: none is above the processor's priority. */
static int deliverable(const struct lapic *l)
{
    int v = l->enabled ? lapic_highest(l->irr) : -1;
    return v >= 0 && v >> 4 > lapic_ppr(l) >> 4 ? v : -1;
}

bool lapic_software_on(const struct lapic *l)
{
    return l->svr & SVR_ENABLE;
}

static unsigned mode_of(uint32_t lvt)
{
    return lvt >> 8 & 7;
}

/* Do the 8259s reach the processor, by LINT0, by a message, or because the unit is off? */
static bool external(const struct lapic *l)
{
    uint32_t lint = l->lvt[LAPIC_LINT0];
    if (!l->enabled)
        return l->pin[0];
    return l->extint_sent ||
           (l->pin[0] && mode_of(lint) == APIC_EXTINT && !(lint & LAPIC_LVT_MASKED));
}

void lapic_update(struct lapic *l)
{
    bool level = external(l) || deliverable(l) >= 0;
    if (level == l->intr)
        return;
    l->intr = level;
    irq_set(&l->board.intr, level);
}

/* ---- Acceptance ------------------------------------------------------------------------ */

void lapic_error(struct lapic *l, uint32_t bit)
{
    uint32_t lvt = l->lvt[LAPIC_ERROR];
    l->errors |= bit;
    TRACE(l->trace, TRACE_PIC, "lapic: error %02x", bit);
    if (!(lvt & LAPIC_LVT_MASKED) && (lvt & lvt_vectors) >= FIRST_VECTOR)
        lapic_accept(l, lvt & lvt_vectors, false);
}

/* A request for a vector, from anywhere. */
void lapic_accept(struct lapic *l, unsigned vector, bool level)
{
    if (vector < FIRST_VECTOR) {
        lapic_error(l, ESR_RECEIVED_VECTOR);
        return;
    }
    put_bit(l->irr, vector, true);
    put_bit(l->tmr, vector, level);
    lapic_update(l);
}

static void pulse(const struct irq *wire)
{
    irq_set(wire, true);
    irq_set(wire, false);
}

/* What an interrupt of this mode does to this processor, once it is accepted. */
static void take(struct lapic *l, unsigned mode, unsigned vector, bool level)
{
    switch (mode) {
    case APIC_FIXED:
    case APIC_LOWEST: lapic_accept(l, vector, level); break;
    case APIC_NMI: pulse(&l->board.nmi); break;
    case APIC_INIT:
        TRACE(l->trace, TRACE_PIC, "lapic: INIT");
        pulse(&l->board.init);
        break;
    case APIC_EXTINT:
        l->extint_sent = true;
        lapic_update(l);
        break;
    default: /* SMI: no system management mode; STARTUP: the processor runs already */
        TRACE(l->trace, TRACE_PIC, "lapic: delivery mode %u is ignored", mode);
        break;
    }
}

static bool addressed(const struct lapic *l, const struct apic_message *m)
{
    uint32_t mine = l->ldr >> 24;
    if (!m->logical)
        return (m->destination & 15u) == l->id >> 24 || (m->destination & 15) == 15;
    if (l->dfr >> 28 == 15) /* flat */
        return m->destination & mine;
    return (m->destination >> 4 == mine >> 4 || m->destination >> 4 == 15) &&
           (m->destination & mine & 15);
}

bool lapic_deliver(struct lapic *l, const struct apic_message *m)
{
    bool vectored = m->mode == APIC_FIXED || m->mode == APIC_LOWEST;
    if (!l->enabled || !addressed(l, m) || (vectored && !lapic_software_on(l)))
        return false;
    take(l, m->mode, m->vector, m->level);
    return true;
}

/* A local source: the timer, a pin, an error. */
void lapic_local(struct lapic *l, unsigned source)
{
    uint32_t *lvt = &l->lvt[source];
    bool pin = source == LAPIC_LINT0 || source == LAPIC_LINT1;
    bool level = pin && (*lvt & LVT_LEVEL) && mode_of(*lvt) == APIC_FIXED;
    if (*lvt & LAPIC_LVT_MASKED)
        return;
    if (pin && mode_of(*lvt) == APIC_EXTINT) {
        lapic_update(l);
        return;
    }
    if (level && (*lvt & LVT_REMOTE_IRR))
        return;
    if (level && (*lvt & lvt_vectors) >= FIRST_VECTOR)
        *lvt |= LVT_REMOTE_IRR;
    take(l, source == LAPIC_TIMER ? (unsigned)APIC_FIXED : mode_of(*lvt), *lvt & lvt_vectors,
         level);
}

/* Is the pin active, by its polarity? */
static bool active(const struct lapic *l, unsigned n)
{
    return l->pin[n] != !!(l->lvt[LAPIC_LINT0 + n] & LVT_ACTIVE_LOW);
}

void lapic_pin(struct lapic *l, unsigned n, bool level)
{
    bool was = active(l, n & 1);
    n &= 1;
    l->pin[n] = level;
    if (!l->enabled && n == 1 && level && !was)
        pulse(&l->board.nmi);
    else if (l->enabled && active(l, n) && !was)
        lapic_local(l, LAPIC_LINT0 + n);
    lapic_update(l);
}

/* A pin that still is active asks again. */
void lapic_pins_again(struct lapic *l)
{
    for (unsigned n = 0; n < 2; n++)
        if ((l->lvt[LAPIC_LINT0 + n] & LVT_LEVEL) && active(l, n) &&
            mode_of(l->lvt[LAPIC_LINT0 + n]) == APIC_FIXED)
            lapic_local(l, LAPIC_LINT0 + n);
}

/* ---- The processor --------------------------------------------------------------------- */

uint8_t lapic_ack(struct lapic *l, bool *is_external)
{
    int v = deliverable(l);
    *is_external = v < 0 && external(l);
    if (*is_external) {
        uint8_t vector;
        l->extint_sent = false;
        vector = l->board.extint(l->board.ctx);
        lapic_update(l);
        return vector;
    }
    if (v < 0) {
        TRACE(l->trace, TRACE_PIC, "lapic: the request is gone, spurious vector");
        return (uint8_t)l->svr;
    }
    put_bit(l->irr, (unsigned)v, false);
    put_bit(l->isr, (unsigned)v, true);
    lapic_update(l);
    return (uint8_t)v;
}

void lapic_eoi(struct lapic *l)
{
    int v = lapic_highest(l->isr);
    if (v < 0)
        return;
    put_bit(l->isr, (unsigned)v, false);
    lapic_update(l);
    if (!get_bit(l->tmr, (unsigned)v))
        return;
    for (unsigned n = LAPIC_LINT0; n <= LAPIC_LINT1; n++)
        if ((l->lvt[n] & lvt_vectors) == (unsigned)v)
            l->lvt[n] &= ~(uint32_t)LVT_REMOTE_IRR;
    if (l->board.eoi)
        l->board.eoi(l->board.ctx, (uint8_t)v);
    lapic_pins_again(l);
}

void lapic_enable(struct lapic *l, bool on)
{
    if (on == l->enabled)
        return;
    TRACE(l->trace, TRACE_PIC, "lapic: %s by IA32_APIC_BASE", on ? "on" : "off");
    lapic_reset(l); /* what it held may be lost, says the manual */
    l->enabled = on;
    lapic_timer_arm(l);
    lapic_update(l);
    if (on && l->board.ready)
        l->board.ready(l->board.ctx);
}

/* ---- Life ------------------------------------------------------------------------------ */

void lapic_init(struct lapic *l, struct clock *k, const struct lapic_board *board, struct trace *t)
{
    *l = (struct lapic){.board = *board, .clock = k, .trace = t};
    lapic_timer_init(l);
    lapic_reset(l);
}

void lapic_reset(struct lapic *l)
{
    memset(l->irr, 0, sizeof l->irr);
    memset(l->isr, 0, sizeof l->isr);
    memset(l->tmr, 0, sizeof l->tmr);
    for (unsigned n = 0; n < LAPIC_LVTS; n++)
        l->lvt[n] = LAPIC_LVT_MASKED;
    l->lvt[LAPIC_LINT0] = APIC_EXTINT << 8;
    l->id = l->ldr = l->icr[0] = l->icr[1] = 0;
    l->dfr = UINT32_MAX;
    l->svr = 0xff;
    l->esr = l->errors = 0;
    l->tpr = 0;
    l->initial = l->count = l->divide = 0;
    l->extint_sent = false;
    l->enabled = true;
    lapic_timer_arm(l);
    lapic_update(l);
}

void lapic_snap(struct lapic *l, struct snap *s)
{
    if (!snap_section(s, "lapic", 1))
        return;
    event_snap(l->clock, &l->expiry, s);
    snap_u64(s, &l->started);
    snap_u32(s, &l->count);
    snap_u32(s, &l->initial);
    snap_u32(s, &l->divide);
    for (unsigned n = 0; n < LAPIC_LVTS; n++)
        snap_u32(s, &l->lvt[n]);
    for (unsigned n = 0; n < 8; n++) {
        snap_u32(s, &l->irr[n]);
        snap_u32(s, &l->isr[n]);
        snap_u32(s, &l->tmr[n]);
    }
    snap_u32(s, &l->id);
    snap_u32(s, &l->ldr);
    snap_u32(s, &l->dfr);
    snap_u32(s, &l->svr);
    snap_u32(s, &l->icr[0]);
    snap_u32(s, &l->icr[1]);
    snap_u32(s, &l->esr);
    snap_u32(s, &l->errors);
    snap_u8(s, &l->tpr);
    snap_bool(s, &l->pin[0]);
    snap_bool(s, &l->pin[1]);
    snap_bool(s, &l->extint_sent);
    snap_bool(s, &l->enabled);
    snap_bool(s, &l->intr);
    if (s->loading && l->started > l->clock->now) {
        l->started = l->clock->now;
        snap_fail(s, "its timer was started in the future");
    }
}
