/* SPDX-License-Identifier: MIT */
/* inspect_apic.c - how an interrupt line goes through the APICs, for debuggers (see inspect.h). */
#include "devices/apic.h"
#include "machine/apics.h"
#include "machine/board.h"
#include "machine/inspect.h"
#include "machine/inspect_parts.h"
#include "machine/lines.h"
#include "machine/timers.h"

#include <stdio.h>

static enum inspect_local local_fate(enum lapic_fate fate)
{
    switch (fate) {
    case LAPIC_OFF: return LOCAL_OFF;
    case LAPIC_LOW: return LOCAL_LOW;
    case LAPIC_WAITS: return LOCAL_WAITS;
    case LAPIC_DELIVERS: return LOCAL_GOES;
    case LAPIC_IDLE: break;
    }
    return LOCAL_IDLE;
}

void inspect_vector(const struct machine *m, uint8_t vector, struct inspect_apic *a)
{
    struct lapic_view v;
    *a = (struct inspect_apic){.present = apics_present(&m->cfg), .vector = vector};
    if (!a->present)
        return;
    lapic_view(&m->lapic, vector, &v);
    a->fate = local_fate(v.fate);
    a->by = v.by;
    a->ppr = v.ppr;
    a->requested = v.requested;
    a->in_service = v.in_service;
}

void inspect_apic(const struct machine *m, unsigned line, struct inspect_apic *a)
{
    const struct lapic *l = &m->lapic;
    if (!apics_present(&m->cfg) || line >= LINES_ALL) {
        *a = (struct inspect_apic){.virtual_wire = true};
        return;
    }
    uint32_t lint0 = l->lvt[LAPIC_LINT0], entry = m->ioapic.low[apics_pin(line)];
    inspect_vector(m, (uint8_t)entry, a);
    a->virtual_wire =
        !l->enabled || (!(lint0 & LAPIC_LVT_MASKED) && (lint0 >> 8 & 7) == APIC_EXTINT);
    a->pin = apics_pin(line);
    a->open = line != 2 && !(entry & IOAPIC_MASKED) && (entry >> 8 & 7) <= APIC_LOWEST;
    a->level = entry & IOAPIC_LEVEL;
    a->waits_eoi = entry & IOAPIC_REMOTE_IRR;
    a->refused = entry & IOAPIC_PENDING;
}

bool inspect_lvt(const struct machine *m, unsigned n, struct inspect_lvt *lvt)
{
    static const char *const names[INSPECT_LVTS] = {
        [LAPIC_TIMER] = "timer", [LAPIC_PERF] = "perf",   [LAPIC_LINT0] = "LINT0",
        [LAPIC_LINT1] = "LINT1", [LAPIC_ERROR] = "error",
    };
    if (!apics_present(&m->cfg) || n >= INSPECT_LVTS)
        return false;
    uint32_t entry = m->lapic.lvt[n];
    bool fixed = n == LAPIC_TIMER || n == LAPIC_ERROR || (entry >> 8 & 7) == APIC_FIXED;
    *lvt = (struct inspect_lvt){
        .name = names[n], .vector = fixed ? (uint8_t)entry : 0, .masked = entry & LAPIC_LVT_MASKED};
    return true;
}

uint64_t inspect_local_taken(const struct machine *m)
{
    return m->taken[LINE_APIC].count;
}

/* The entry of the local vector table with this vector, INSPECT_LVTS: none. */
static unsigned lvt_with(const struct machine *m, unsigned vector, struct inspect_lvt *lvt)
{
    unsigned n = 0;
    while (inspect_lvt(m, n, lvt) && (lvt->vector != vector || lvt->masked))
        n++;
    return apics_present(&m->cfg) ? n : INSPECT_LVTS;
}

/* A line with an open pin of this vector, LINES_ALL: none. */
static unsigned pin_with(const struct machine *m, unsigned vector)
{
    struct inspect_apic a;
    for (unsigned line = 0; line < LINES_ALL; line++) {
        inspect_apic(m, line, &a);
        if (a.open && a.vector == vector)
            return line;
    }
    return LINES_ALL;
}

bool inspect_vector_name(const struct machine *m, unsigned vector, char *text, size_t size)
{
    struct inspect_lvt lvt;
    struct inspect_irq irq;
    unsigned line = pin_with(m, vector);
    if (vector < 8 || lvt_with(m, vector, &lvt) < INSPECT_LVTS)
        return vector >= 8 && snprintf(text, size, "APIC %s", lvt.name) > 0;
    for (unsigned n = 0; line == LINES_ALL && n < LINES_ISA; n++) {
        inspect_irq(m, n, &irq);
        line = irq.fate != IRQ_NOT_READY && irq.vector == vector ? n : line;
    }
    if (line == LINES_ALL)
        return false;
    inspect_irq(m, line, &irq);
    return snprintf(text, size, "%s %u%s%s", line < LINES_ISA ? "IRQ" : "pin", line,
                    irq.source ? ", " : "", irq.source ? irq.source : "") > 0;
}

static int timer_source(const struct machine *m, char *text, size_t size)
{
    const struct lapic *l = &m->lapic;
    bool periodic = l->lvt[LAPIC_TIMER] >> 17 & 1;
    uint64_t wait =
        l->expiry.armed && l->expiry.when > m->clock.now ? l->expiry.when - m->clock.now : 0;
    if (!l->expiry.armed)
        return snprintf(text, size, "the local APIC's timer, %s, stands still: no count is running",
                        periodic ? "periodic" : "one-shot");
    return snprintf(text, size, "the local APIC's timer, %s, expires in %u us",
                    periodic ? "periodic" : "one-shot",
                    (unsigned)(wait * CLOCK_HZ_DEN / (CLOCK_HZ_NUM / 1000000)));
}

int inspect_vector_source(const struct machine *m, uint8_t vector, char *text, size_t size)
{
    struct inspect_lvt lvt;
    char source[160];
    unsigned line = pin_with(m, vector), n = lvt_with(m, vector, &lvt);
    if (n == LAPIC_TIMER)
        return timer_source(m, text, size);
    if (n < INSPECT_LVTS)
        return snprintf(text, size, "%s of the local APIC", lvt.name);
    for (n = 0; inspect_lvt(m, n, &lvt); n++)
        if (lvt.vector == vector && vector)
            return snprintf(text, size, "%s of the local APIC, which is masked (LVT)", lvt.name);
    if (line == LINES_ALL)
        return snprintf(text, size,
                        "no pin and no local source has this vector; only a message can bring it");
    inspect_irq_source(m, line, source, sizeof source);
    return snprintf(text, size, "interrupt line %u: %s", line, source);
}

/* ---- Pins above the ISA's lines -------------------------------------------------------- */

void inspect_pin(const struct machine *m, unsigned pin, struct inspect_irq *irq)
{
    static const enum inspect_fate fates[] = {[LOCAL_IDLE] = IRQ_IDLE,
                                              [LOCAL_OFF] = IRQ_NOT_READY,
                                              [LOCAL_LOW] = IRQ_BLOCKED,
                                              [LOCAL_WAITS] = IRQ_WAITS,
                                              [LOCAL_GOES] = IRQ_GOES};
    const struct irq_taken *t = &m->taken[pin];
    struct inspect_apic a;
    inspect_apic(m, pin, &a);
    *irq = (struct inspect_irq){.fate = fates[a.fate],
                                .source = inspect_pin_timer(m, pin) < HPET_TIMERS ? "hpet" : NULL,
                                .input = pin,
                                .vector = a.vector,
                                .line = a.open && (m->ioapic.lines >> pin & 1) !=
                                                      (m->ioapic.low[pin] >> 13 & 1),
                                .requested = a.requested,
                                .in_service = a.in_service,
                                .masked = !a.open,
                                .level = a.level,
                                .taken = t->count,
                                .taken_icount = t->icount,
                                .taken_eip = t->eip,
                                .taken_cs = t->cs};
}

unsigned inspect_pin_timer(const struct machine *m, unsigned pin)
{
    unsigned n = timers_hpet_present(&m->cfg) ? 0 : HPET_TIMERS;
    while (n < HPET_TIMERS &&
           (!(m->hpet.timer[n].config & 4) || (m->hpet.timer[n].config >> 9 & 31) != pin ||
            (n < 2 && m->timers_replaced)))
        n++;
    return n;
}

int inspect_pin_source(const struct machine *m, unsigned pin, char *text, size_t size)
{
    unsigned n = inspect_pin_timer(m, pin);
    if (n == HPET_TIMERS)
        return snprintf(text, size, "nothing is connected to the pin");
    return snprintf(text, size, "timer %u of the HPET %s", n,
                    m->hpet.status >> n & 1 ? "waits until its status is cleared"
                    : m->hpet.config & 1    ? "counts to its comparator"
                                            : "stands still");
}
