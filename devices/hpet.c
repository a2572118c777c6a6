/* SPDX-License-Identifier: MIT */
/*
 * hpet.c - the high precision event timers (see hpet.h). Source: IA-PC HPET specification 1.0a.
 *
 * A timer's matches are accounted for up to a value of the counter, `seen`; timer_sync brings that to
 * the present. The distance from there to the comparator, in the timer's width, is when it matches.
 */
#include "devices/hpet.h"

#include "base/out.h"
#include "base/snap.h"
#include "base/trace.h"
#include "mmu/bus.h"

#include <inttypes.h>

#define HERTZ 14318180u
#define PERIOD UINT32_C(69841279) /* femtoseconds */
#define TICKS 3u                  /* in ... */
#define UNITS 256u              /* ... so many units of the clock: 12 in one of the 8254's ticks */
#define FAR (UINT64_C(1) << 54) /* ticks: no event is armed beyond */

enum {
    REG_ID = 0x00,
    REG_CONFIG = 0x10,
    REG_STATUS = 0x20,
    REG_COUNTER = 0xf0,
    REG_TIMERS = 0x100,
    TIMER_STRIDE = 0x20,
    TIMER_CONFIG = 0x00,
    TIMER_COMPARE = 0x08,
};
enum { COUNTS = 1 << 0, LEGACY = 1 << 1 };
enum {
    LEVEL = 1 << 1,
    INTERRUPTS = 1 << 2,
    PERIODIC = 1 << 3,
    CAN_BE_PERIODIC = 1 << 4,
    HAS_64_BITS = 1 << 5,
    VALUE_SET = 1 << 6,
    WITH_32_BITS = 1 << 8,
    ROUTE = 31 << 9,
    KEPT = LEVEL | INTERRUPTS | PERIODIC | VALUE_SET | WITH_32_BITS,
};

/* ---- The counter ----------------------------------------------------------------------- */

static uint64_t ticks(const struct hpet *h)
{
    return h->clock->now / UNITS * TICKS + h->clock->now % UNITS * TICKS / UNITS;
}

/* The first moment at which so many ticks have passed. */
static uint64_t time_of(uint64_t n)
{
    return n / TICKS * UNITS + (n % TICKS * UNITS + TICKS - 1) / TICKS;
}

static uint64_t counter(const struct hpet *h)
{
    return h->config & COUNTS ? h->counter + ticks(h) : h->counter;
}

/* ---- Wires ----------------------------------------------------------------------------- */

static unsigned route_of(const struct hpet_timer *t)
{
    return (t->config & ROUTE) >> 9;
}

static void drive(struct hpet *h)
{
    uint32_t pins = 0, changed;
    uint8_t legacy = 0;
    for (unsigned n = 0; n < HPET_TIMERS; n++) {
        const struct hpet_timer *t = &h->timer[n];
        if (!t->active)
            continue;
        if (h->config & LEGACY && n < 2)
            legacy |= (uint8_t)(1u << n);
        else
            pins |= UINT32_C(1) << route_of(t) & h->board.pins;
    }
    changed = pins ^ h->driven;
    h->driven = pins;
    for (unsigned n = 0; changed >> n; n++)
        if ((changed >> n & 1) && h->board.pin.set)
            h->board.pin.set(h->board.pin.dev, n, pins >> n & 1);
    uint8_t moved = legacy ^ h->legacy;
    h->legacy = legacy;
    for (unsigned n = 0; n < 2; n++)
        if (moved >> n & 1)
            irq_set(&h->board.legacy[n], legacy >> n & 1);
}

/* The wire of a timer whose configuration or status has changed. */
static void settle(struct hpet *h, unsigned n)
{
    struct hpet_timer *t = &h->timer[n];
    bool may = h->config & COUNTS && t->config & INTERRUPTS;
    t->active = may && (t->config & LEVEL ? h->status >> n & 1 : t->active);
    drive(h);
}

static void matched(struct hpet *h, unsigned n)
{
    struct hpet_timer *t = &h->timer[n];
    TRACE(h->trace, TRACE_PIT, "hpet: timer %u matches%s", n,
          t->config & INTERRUPTS ? "" : ", without an interrupt");
    if (t->config & LEVEL) {
        h->status |= 1u << n;
    } else if (t->config & INTERRUPTS) {
        t->active = false;
        drive(h);
        t->active = true;
    }
    settle(h, n);
}

/* ---- Matches --------------------------------------------------------------------------- */

static uint64_t mask_of(const struct hpet_timer *t)
{
    return t->config & WITH_32_BITS ? UINT32_MAX : UINT64_MAX;
}

/* From `seen` to the next match, less one tick: a comparator at `seen` matches the next time round. */
static uint64_t distance(const struct hpet_timer *t)
{
    return (t->compare - t->seen - 1) & mask_of(t);
}

static bool seen_by_somebody(const struct hpet_timer *t)
{
    return t->config & (INTERRUPTS | LEVEL);
}

static void timer_arm(struct hpet *h, unsigned n)
{
    struct hpet_timer *t = &h->timer[n];
    bool wanted = h->config & COUNTS && seen_by_somebody(t) && distance(t) < FAR;
    if (wanted)
        clock_arm(h->clock, &t->match, time_of(t->seen - h->counter + distance(t) + 1));
    else
        clock_disarm(h->clock, &t->match);
}

/* Accounts for the matches until now; true if there were any. */
static bool timer_sync(struct hpet *h, struct hpet_timer *t)
{
    uint64_t now = counter(h), passed = now - t->seen, first = distance(t);
    t->seen = now;
    if (passed <= first)
        return false;
    if (t->config & PERIODIC && t->period)
        t->compare += ((passed - first - 1) / t->period + 1) * t->period;
    t->compare &= mask_of(t);
    return true;
}

static void match(void *arg)
{
    struct hpet_timer *t = arg;
    struct hpet *h = t->hpet;
    unsigned n = (unsigned)(t - h->timer);
    if (timer_sync(h, t))
        matched(h, n);
    timer_arm(h, n);
}

/* What a look at the registers would show, without the look changing anything. */
static uint64_t compare_now(const struct hpet *h, unsigned n)
{
    struct hpet_timer t = h->timer[n];
    if (h->config & COUNTS) {
        uint64_t passed = counter(h) - t.seen, first = distance(&t);
        if (passed > first && t.config & PERIODIC && t.period)
            t.compare += ((passed - first - 1) / t.period + 1) * t.period;
    }
    return t.compare & mask_of(&t);
}

/* ---- Registers ------------------------------------------------------------------------- */

static uint64_t timer_get(const struct hpet *h, unsigned n, unsigned reg)
{
    const struct hpet_timer *t = &h->timer[n];
    if (reg == TIMER_CONFIG)
        return (uint64_t)h->board.pins << 32 | CAN_BE_PERIODIC | HAS_64_BITS | t->config;
    return reg == TIMER_COMPARE ? compare_now(h, n) : 0;
}

static uint64_t register_get(const struct hpet *h, unsigned reg)
{
    switch (reg) {
    case REG_ID: return (uint64_t)PERIOD << 32 | HPET_ID;
    case REG_CONFIG: return h->config;
    case REG_STATUS: return h->status;
    case REG_COUNTER: return counter(h);
    default: break;
    }
    unsigned n = (reg - REG_TIMERS) / TIMER_STRIDE;
    return reg >= REG_TIMERS && n < HPET_TIMERS ? timer_get(h, n, reg % TIMER_STRIDE) : 0;
}

static void timer_configure(struct hpet *h, unsigned n, uint32_t value)
{
    struct hpet_timer *t = &h->timer[n];
    uint32_t route = value & ROUTE;
    if (!(h->board.pins >> (route >> 9) & 1))
        route = t->config & ROUTE; /* not one of its pins: the register does not take it */
    t->config = (value & KEPT) | route;
    t->compare &= mask_of(t);
    t->period &= mask_of(t);
    settle(h, n);
}

/* A half of the 64 bits is replaced. */
static uint64_t merge(uint64_t was, uint64_t half, bool high)
{
    return high ? (was & UINT32_MAX) | half << 32 : (was & ~(uint64_t)UINT32_MAX) | half;
}

static void compare_set(struct hpet *h, unsigned n, uint32_t value, bool high)
{
    struct hpet_timer *t = &h->timer[n];
    t->period = merge(t->period, value, high) & mask_of(t);
    if (!(t->config & PERIODIC) || t->config & VALUE_SET)
        t->compare = merge(t->compare, value, high) & mask_of(t);
    t->config &= ~(uint32_t)VALUE_SET;
}

static void timer_set(struct hpet *h, unsigned n, unsigned reg, uint32_t value, bool high)
{
    struct hpet_timer *t = &h->timer[n];
    if (h->config & COUNTS && timer_sync(h, t))
        matched(h, n);
    if (reg == TIMER_CONFIG && !high)
        timer_configure(h, n, value);
    else if (reg == TIMER_COMPARE)
        compare_set(h, n, value, high);
    timer_arm(h, n);
}

/* Every timer up to now, before something changes for all. */
static void sync_all(struct hpet *h)
{
    for (unsigned n = 0; n < HPET_TIMERS && h->config & COUNTS; n++)
        if (timer_sync(h, &h->timer[n]))
            matched(h, n);
}

static void configure(struct hpet *h, uint32_t value)
{
    uint32_t was = h->config;
    sync_all(h);
    if ((was ^ value) & COUNTS)
        h->counter = value & COUNTS ? h->counter - ticks(h) : counter(h);
    h->config = value & (COUNTS | LEGACY);
    if ((was ^ value) & LEGACY)
        irq_set(&h->board.replace, value & LEGACY);
    TRACE(h->trace, TRACE_PIT, "hpet: the counter %s, %s routes",
          value & COUNTS ? "counts" : "stands still", value & LEGACY ? "legacy" : "own");
    for (unsigned n = 0; n < HPET_TIMERS; n++) {
        settle(h, n);
        timer_arm(h, n);
    }
}

static void counter_set(struct hpet *h, uint32_t value, bool high)
{
    if (h->config & COUNTS) {
        TRACE(h->trace, TRACE_PIT, "hpet: the counter is written while it counts: dropped");
        return;
    }
    h->counter = merge(h->counter, value, high);
    for (unsigned n = 0; n < HPET_TIMERS; n++)
        h->timer[n].seen = h->counter;
}

static void status_clear(struct hpet *h, uint32_t value)
{
    sync_all(h);
    h->status &= ~value;
    for (unsigned n = 0; n < HPET_TIMERS; n++) {
        settle(h, n);
        timer_arm(h, n);
    }
}

static uint32_t hpet_read(void *dev, uint32_t off, unsigned size)
{
    (void)size;
    return (uint32_t)(register_get(dev, off & ~7u) >> (8 * (off & 7)));
}

static void hpet_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct hpet *h = dev;
    unsigned reg = off & ~7u, n = (reg - REG_TIMERS) / TIMER_STRIDE;
    bool high = off & 4;
    if (size != 4)
        TRACE(h->trace, TRACE_PIT, "hpet: write of %u bytes at %03x is dropped", size, off);
    else if (reg == REG_CONFIG && !high)
        configure(h, value);
    else if (reg == REG_STATUS && !high)
        status_clear(h, value);
    else if (reg == REG_COUNTER)
        counter_set(h, value, high);
    else if (reg >= REG_TIMERS && n < HPET_TIMERS)
        timer_set(h, n, reg % TIMER_STRIDE, value, high);
}

const struct io_ops hpet_ops = {.read = hpet_read, .write = hpet_write, .widths = 1 | 2 | 4};

/* ---- Life ------------------------------------------------------------------------------ */

void hpet_init(struct hpet *h, struct clock *k, const struct hpet_board *board, struct trace *t)
{
    static const char *const names[HPET_TIMERS] = {"hpet timer 0", "hpet timer 1", "hpet timer 2"};
    *h = (struct hpet){.board = *board, .clock = k, .trace = t};
    for (unsigned n = 0; n < HPET_TIMERS; n++) {
        h->timer[n].hpet = h;
        event_init(k, &h->timer[n].match, names[n], match, &h->timer[n]);
    }
    hpet_reset(h);
}

void hpet_reset(struct hpet *h)
{
    h->config = 0;
    h->status = 0;
    h->counter = 0;
    for (unsigned n = 0; n < HPET_TIMERS; n++) {
        struct hpet_timer *t = &h->timer[n];
        t->compare = UINT64_MAX;
        t->period = t->seen = 0;
        t->config = 0;
        t->active = false;
        clock_disarm(h->clock, &t->match);
    }
    drive(h);
    irq_set(&h->board.replace, false);
}

void hpet_snap(struct hpet *h, struct snap *s)
{
    if (!snap_section(s, "hpet", 1))
        return;
    for (unsigned n = 0; n < HPET_TIMERS; n++) {
        struct hpet_timer *t = &h->timer[n];
        snap_u64(s, &t->compare);
        snap_u64(s, &t->period);
        snap_u64(s, &t->seen);
        snap_u32(s, &t->config);
        snap_bool(s, &t->active);
        t->config &= KEPT | ROUTE;
        event_snap(h->clock, &t->match, s);
    }
    snap_u64(s, &h->counter);
    snap_u32(s, &h->config);
    snap_u32(s, &h->status);
    snap_u32(s, &h->driven);
    snap_u8(s, &h->legacy);
    h->config &= COUNTS | LEGACY;
    h->driven &= h->board.pins;
    h->legacy &= 3;
    h->status &= (1u << HPET_TIMERS) - 1;
}

/* ---- For people ------------------------------------------------------------------------ */

static void timer_info(const struct hpet *h, unsigned n, struct out *to)
{
    const struct hpet_timer *t = &h->timer[n];
    uint64_t compare = compare_now(h, n), away = (compare - counter(h)) & mask_of(t);
    out_printf(to, "  timer %u: %s, %s bits, interrupts %s", n,
               t->config & PERIODIC ? "periodic" : "one-shot",
               t->config & WITH_32_BITS ? "32" : "64", t->config & INTERRUPTS ? "on" : "off");
    if (h->config & LEGACY && n < 2)
        out_printf(to, ", IRQ %u in place of the %s", n ? 8 : 0, n ? "RTC" : "8254");
    else if (route_of(t))
        out_printf(to, ", pin %u of the I/O APIC", route_of(t));
    else
        out_text(to, ", no pin");
    out_printf(to, ", %s%s\n", t->config & LEVEL ? "level" : "edge",
               h->status >> n & 1 ? ", active" : "");
    out_printf(to, "    comparator %016" PRIx64, compare);
    if (h->config & COUNTS && away < FAR)
        out_printf(to, ", in %" PRIu64 " ticks (%" PRIu64 " us)", away,
                   away / HERTZ * 1000000 + away % HERTZ * 1000000 / HERTZ);
    if (t->config & PERIODIC && t->period)
        out_printf(to, ", then every %" PRIu64 " (%" PRIu64 " Hz)", t->period, HERTZ / t->period);
    out_text(to, "\n");
}

void hpet_info(const struct hpet *h, struct out *to)
{
    out_printf(to, "hpet: 14.31818 MHz, the counter %s at %016" PRIx64 ", %s routes\n",
               h->config & COUNTS ? "counts" : "stands still", counter(h),
               h->config & LEGACY ? "legacy" : "own");
    for (unsigned n = 0; n < HPET_TIMERS; n++)
        timer_info(h, n, to);
}
