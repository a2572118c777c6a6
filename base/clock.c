/* SPDX-License-Identifier: MIT */
/*
 * clock.c - virtual time and the ordered event list.
 *
 * A machine has a dozen events, so the list is a sorted singly linked list: arming walks a few
 * links, and "what is next" is the head. Conversions between a frequency and clock units use
 * 128-bit products, so that the n-th period of a rate that does not divide the clock is still
 * placed to the unit, however large n is.
 */
#include "base/clock.h"

#include "base/snap.h"

#include <assert.h>

__extension__ typedef unsigned __int128 wide;

void clock_init(struct clock *k)
{
    *k = (struct clock){0};
}

void event_init(struct clock *k, struct event *e, const char *name, void (*fire)(void *arg),
                void *arg)
{
    assert(name && fire);
    *e = (struct event){.name = name, .fire = fire, .arg = arg, .order = k->events++};
}

static bool event_before(const struct event *a, const struct event *b)
{
    return a->when != b->when ? a->when < b->when : a->order < b->order;
}

void clock_arm(struct clock *k, struct event *e, uint64_t when)
{
    struct event **link = &k->head;

    assert(e->fire); /* event_init came first */
    clock_disarm(k, e);
    e->when = when;
    e->armed = true;
    while (*link && event_before(*link, e))
        link = &(*link)->next;
    e->next = *link;
    *link = e;
}

void clock_disarm(struct clock *k, struct event *e)
{
    struct event **link = &k->head;

    if (!e->armed)
        return;
    while (*link != e) {
        assert(*link); /* an armed event is in the list of the clock that armed it */
        link = &(*link)->next;
    }
    *link = e->next;
    e->next = NULL;
    e->armed = false;
}

uint64_t clock_next(const struct clock *k)
{
    return k->head ? k->head->when : CLOCK_NEVER;
}

void clock_fire(struct clock *k)
{
    while (k->head && k->head->when <= k->now) {
        struct event *e = k->head;

        clock_disarm(k, e);
        e->fire(e->arg);
    }
}

static uint64_t saturate(wide v)
{
    return v > UINT64_MAX ? UINT64_MAX : (uint64_t)v;
}

uint64_t clock_periods(uint64_t n, uint32_t hz)
{
    assert(hz > 0);
    return saturate((wide)n * CLOCK_HZ_NUM / ((wide)hz * CLOCK_HZ_DEN));
}

/*
 * Period n ends at floor(n * NUM / (DEN * hz)), which is <= units exactly when
 * n * NUM < (units + 1) * DEN * hz. The plain quotient units * DEN * hz / NUM would still say
 * n - 1 at the very unit where clock_periods dated the end of period n.
 */
uint64_t clock_count(uint64_t units, uint32_t hz)
{
    assert(hz > 0);
    return saturate((((wide)units + 1) * CLOCK_HZ_DEN * hz - 1) / CLOCK_HZ_NUM);
}

void clock_snap(struct clock *k, struct snap *s)
{
    if (!snap_section(s, "clock", 1))
        return;
    snap_u64(s, &k->now);
}

void event_snap(struct clock *k, struct event *e, struct snap *s)
{
    bool armed = e->armed;
    uint64_t when = e->armed ? e->when : 0; /* a stale deadline is not state */

    snap_bool(s, &armed);
    snap_u64(s, &when);
    if (!s->loading || !snap_ok(s))
        return;
    if (armed)
        clock_arm(k, e, when);
    else
        clock_disarm(k, e);
}
