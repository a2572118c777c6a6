/* SPDX-License-Identifier: MIT */
/*
 * lapic_timer.c - the local APIC's timer (SDM vol. 3, 10.5.4): computed from the clock, never ticked.
 * Counting began with `count` at `started`; a periodic timer begins again with the initial count.
 */
#include "base/trace.h"
#include "devices/lapic.h"
#include "devices/lapic_parts.h"

unsigned lapic_timer_divider(const struct lapic *l)
{
    unsigned code = (l->divide & 3) | (l->divide >> 1 & 4);
    return code == 7 ? 1 : 2u << code;
}

static bool periodic(const struct lapic *l)
{
    return l->lvt[LAPIC_TIMER] & LVT_PERIODIC;
}

/* Timer ticks from its start until now. */
static uint64_t elapsed(const struct lapic *l)
{
    return clock_count(l->clock->now - l->started, LAPIC_BUS_HZ) / lapic_timer_divider(l);
}

uint32_t lapic_timer_now(const struct lapic *l)
{
    uint64_t ticks = elapsed(l);
    if (!l->count || ticks < l->count)
        return l->count ? (uint32_t)(l->count - ticks) : 0;
    if (!periodic(l) || !l->initial)
        return 0;
    return (uint32_t)(l->initial - (ticks - l->count) % l->initial);
}

/* The tick of the next expiry after `ticks`, 0: there is none. */
static uint64_t next_expiry(const struct lapic *l, uint64_t ticks)
{
    if (!l->count || !l->enabled)
        return 0;
    if (ticks < l->count)
        return l->count;
    if (!periodic(l) || !l->initial)
        return 0;
    return l->count + ((ticks - l->count) / l->initial + 1) * l->initial;
}

void lapic_timer_arm(struct lapic *l)
{
    uint64_t tick = l->lvt[LAPIC_TIMER] & LAPIC_LVT_MASKED ? 0 : next_expiry(l, elapsed(l));
    if (tick)
        clock_arm(l->clock, &l->expiry,
                  l->started + clock_periods(tick * lapic_timer_divider(l), LAPIC_BUS_HZ));
    else
        clock_disarm(l->clock, &l->expiry);
}

static void expired(void *arg)
{
    struct lapic *l = arg;
    lapic_local(l, LAPIC_TIMER);
    lapic_timer_arm(l); /* expiries that passed unseen are one interrupt */
}

void lapic_timer_start(struct lapic *l, uint32_t count)
{
    l->initial = l->count = count;
    l->started = l->clock->now;
    lapic_timer_arm(l);
}

/* Counting goes on from the present count and tick, whatever follows. */
static void begin_here(struct lapic *l)
{
    uint64_t ticks = elapsed(l);
    l->count = lapic_timer_now(l);
    l->started += clock_periods(ticks * lapic_timer_divider(l), LAPIC_BUS_HZ);
}

void lapic_timer_divide(struct lapic *l, uint32_t value)
{
    begin_here(l);
    l->divide = value & 0xb;
    lapic_timer_arm(l);
}

void lapic_timer_mode(struct lapic *l, uint32_t lvt)
{
    begin_here(l);
    l->lvt[LAPIC_TIMER] = lvt;
    lapic_timer_arm(l);
}

void lapic_timer_init(struct lapic *l)
{
    event_init(l->clock, &l->expiry, "lapic timer", expired, l);
}
