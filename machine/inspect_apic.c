/* SPDX-License-Identifier: MIT */
/* inspect_apic.c - how an interrupt line goes through the APICs, for debuggers (see inspect.h). */
#include "devices/apic.h"
#include "machine/apics.h"
#include "machine/board.h"
#include "machine/inspect.h"

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

void inspect_apic(const struct machine *m, unsigned line, struct inspect_apic *a)
{
    const struct lapic *l = &m->lapic;
    struct lapic_view v;
    *a = (struct inspect_apic){.present = apics_present(&m->cfg), .virtual_wire = true};
    if (!a->present || line >= INSPECT_IRQS)
        return;
    uint32_t lint0 = l->lvt[LAPIC_LINT0], entry;
    a->virtual_wire =
        !l->enabled || (!(lint0 & LAPIC_LVT_MASKED) && (lint0 >> 8 & 7) == APIC_EXTINT);
    a->pin = apics_pin(line);
    entry = m->ioapic.low[a->pin];
    a->vector = (uint8_t)entry;
    a->open = line != 2 && !(entry & IOAPIC_MASKED) && (entry >> 8 & 7) <= APIC_LOWEST;
    a->level = entry & IOAPIC_LEVEL;
    a->waits_eoi = entry & IOAPIC_REMOTE_IRR;
    a->refused = entry & IOAPIC_PENDING;
    lapic_view(l, a->vector, &v);
    a->fate = local_fate(v.fate);
    a->by = v.by;
    a->ppr = v.ppr;
    a->requested = v.requested;
    a->in_service = v.in_service;
}
