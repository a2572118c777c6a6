/* SPDX-License-Identifier: MIT */
/*
 * pit.c - the 8254. Source: Intel 8254 data sheet (231164). Interface and limits: pit.h.
 *
 * A channel's state belongs to one CLK pulse (`tick`). channel_advance moves it forward by any
 * number of pulses in constant time; channel_edge says when OUT will change next. Whatever
 * touches a channel first brings it up to now (channel_sync), edge by edge where a wire is
 * connected, so that no pulse is lost however late the clock's events are run.
 *
 *   control word  SC1 SC0 | RW1 RW0 | M2 M1 M0 | BCD
 *   read-back     1 1 | /COUNT /STATUS | CNT2 CNT1 CNT0 | 0
 *   status        OUT NULL | RW1 RW0 | M2 M1 M0 | BCD
 */
#include "devices/pit.h"

#include "base/out.h"
#include "base/snap.h"
#include "base/trace.h"
#include "mmu/bus.h"

enum { RW_LSB = 1, RW_MSB = 2, RW_BOTH = 3 };

static unsigned mode_of(const struct pit_channel *c)
{
    unsigned m = c->control >> 1 & 7u;
    return m > 5 ? m - 4 : m; /* x10 and x11: M2 does not matter */
}

static bool is_periodic(const struct pit_channel *c)
{
    return mode_of(c) == 2 || mode_of(c) == 3;
}

static uint32_t modulus(const struct pit_channel *c)
{
    return c->control & 1 ? 10000 : 65536;
}

/* The count register as a number of pulses: zero is the largest count. */
static uint32_t initial_count(const struct pit_channel *c)
{
    uint32_t n = c->cr;
    if (c->control & 1)
        n = (n >> 12) * 1000 + (n >> 8 & 15) * 100 + (n >> 4 & 15) * 10 + (n & 15);
    if (n == 0)
        n = modulus(c);
    return n == 1 && is_periodic(c) ? 2 : n;
}

/* The counting element as the data bus shows it. */
static uint16_t visible_count(const struct pit_channel *c)
{
    uint32_t n = c->ce % modulus(c);
    if (c->control & 1)
        n = n / 1000 << 12 | n / 100 % 10 << 8 | n / 10 % 10 << 4 | n % 10;
    return (uint16_t)n;
}

/* CR -> CE. Mode 3 counts by twos from an even number. */
static void load_count(struct pit_channel *c)
{
    c->loaded = initial_count(c);
    c->ce = mode_of(c) == 3 ? c->loaded & ~1u : c->loaded;
    c->counting = true;
    c->null_count = false;
}

/* The CLK pulse that follows a write or a trigger. */
static void load_pulse(struct pit_channel *c)
{
    c->load = false;
    c->done = false;
    load_count(c);
    c->out = mode_of(c) >= 2;
}

/* Plain counting down by d with wrap-around (after terminal count). */
static uint32_t count_down(const struct pit_channel *c, uint64_t d)
{
    if (d <= c->ce)
        return c->ce - (uint32_t)d;
    uint32_t m = modulus(c);
    return m - (uint32_t)((d - c->ce) % m);
}

/* Modes 0 and 1: OUT rises at terminal count and stays. */
static void advance_level(struct pit_channel *c, uint64_t d)
{
    if (!c->done && d >= c->ce) {
        c->done = true;
        c->out = true;
    }
    c->ce = count_down(c, d);
}

/* Modes 4 and 5: OUT is low for the one pulse at terminal count. */
static void advance_strobe(struct pit_channel *c, uint64_t d, bool enabled)
{
    if (!c->out) { /* the strobe ends whatever the gate does */
        c->out = true;
        c->done = true;
    }
    if (!enabled)
        return;
    if (!c->done && d >= c->ce) {
        c->out = d > c->ce;
        c->done = c->out;
    }
    c->ce = count_down(c, d);
}

static void advance_rate(struct pit_channel *c, uint64_t d)
{
    if (d >= c->ce) {
        d -= c->ce;
        load_count(c);
        d %= c->loaded;
    }
    c->ce -= (uint32_t)d;
    c->out = c->ce != 1;
}

/* Pulses left in this half of the square wave: an odd count's high half is one longer. */
static uint32_t half_left(const struct pit_channel *c)
{
    return c->ce / 2 + (c->out ? c->loaded & 1u : 0u);
}

static void advance_square(struct pit_channel *c, uint64_t d)
{
    for (unsigned halves = 0; d >= half_left(c); halves++) {
        d -= half_left(c);
        c->out = !c->out;
        load_count(c);
        if (halves == 0)
            d %= c->loaded;
    }
    c->ce -= (uint32_t)d * 2;
}

static void channel_advance(struct pit_channel *c, uint64_t to)
{
    if (to <= c->tick)
        return;
    uint64_t d = to - c->tick;
    c->tick = to;
    if (c->load) {
        load_pulse(c);
        d--;
    }
    if (!c->counting || !d)
        return;
    switch (mode_of(c)) {
    case 0:
        if (c->gate && !c->inhibit)
            advance_level(c, d);
        break;
    case 1: advance_level(c, d); break;
    case 2:
        if (c->gate)
            advance_rate(c, d);
        break;
    case 3:
        if (c->gate)
            advance_square(c, d);
        break;
    case 4: advance_strobe(c, d, c->gate); break;
    case 5: advance_strobe(c, d, true); break;
    }
}

/* Pulses from `tick` to the next change of OUT; 0 = none in sight. */
static uint64_t channel_edge(const struct pit_channel *c)
{
    unsigned mode = mode_of(c);
    bool runs = mode == 1 || mode == 5 || c->gate;
    uint32_t n = initial_count(c);

    if (mode >= 4 && !c->out)
        return 1;
    if (c->load) {
        if (mode == 1 && c->out)
            return 1;
        if (mode == 2)
            return runs ? n : 0;
        if (mode == 3)
            return runs ? 1 + (n + 1) / 2 : 0;
        return runs ? 1 + (uint64_t)n : 0;
    }
    if (!c->counting || !runs || c->inhibit)
        return 0;
    if (mode == 2)
        return c->out ? c->ce - 1 : 1;
    if (mode == 3)
        return half_left(c);
    return c->done ? 0 : c->ce;
}

static uint64_t tick_now(const struct pit *p)
{
    return p->clock->now / CLOCK_PIT_TICK;
}

static void drive(struct pit_channel *c, bool was)
{
    if (c->out != was)
        irq_set(&c->wire, c->out);
}

static void edge_arm(struct pit *p, struct pit_channel *c)
{
    uint64_t d = c->wire.set ? channel_edge(c) : 0;
    c->edge_tick = d ? c->tick + d : 0;
    if (d)
        clock_arm(p->clock, &c->edge, c->edge_tick * CLOCK_PIT_TICK);
    else
        clock_disarm(p->clock, &c->edge);
}

/* Brings a channel up to now; the caller arms the next edge. */
static void channel_sync(struct pit *p, struct pit_channel *c)
{
    uint64_t now = tick_now(p);
    while (c->edge_tick && c->edge_tick <= now) {
        bool was = c->out;
        channel_advance(c, c->edge_tick);
        drive(c, was);
        edge_arm(p, c);
    }
    channel_advance(c, now);
}

static void edge_fire(void *arg)
{
    struct pit_channel *c = arg;
    channel_sync(c->pit, c);
    edge_arm(c->pit, c);
}

static void trace_count(const struct pit *p, unsigned n)
{
    const struct pit_channel *c = &p->ch[n];
    uint32_t count = initial_count(c);
    uint64_t decihertz = (UINT64_C(11931818) + count / 2) / count;
    TRACE(p->trace, TRACE_PIT, "channel %u mode %u count %u = %u.%u Hz", n, mode_of(c), count,
          (unsigned)(decihertz / 10), (unsigned)(decihertz % 10));
}

static void count_written(struct pit *p, unsigned n, uint16_t value)
{
    struct pit_channel *c = &p->ch[n];
    bool changed = c->cr != value || !c->written;
    c->cr = value;
    c->null_count = true;
    c->written = true;
    c->inhibit = false;
    switch (mode_of(c)) {
    case 0:
        c->out = false;
        c->load = true;
        break;
    case 4: c->load = true; break;
    case 2:
    case 3:
        if (!c->counting) /* else at the end of this period or half period */
            c->load = true;
        break;
    default: break; /* modes 1 and 5 wait for the gate */
    }
    if (changed)
        trace_count(p, n);
}

static void counter_write(struct pit *p, unsigned n, uint8_t v)
{
    struct pit_channel *c = &p->ch[n];
    channel_sync(p, c);
    bool was = c->out;
    switch (c->control >> 4) {
    case RW_LSB: count_written(p, n, v); break;
    case RW_MSB: count_written(p, n, (uint16_t)(v << 8)); break;
    default:
        if (c->write_high) {
            count_written(p, n, (uint16_t)(v << 8 | c->low));
        } else {
            c->low = v;
            if (mode_of(c) == 0) { /* the first byte stops the count at once */
                c->inhibit = true;
                c->load = false;
                c->out = false;
            }
        }
        c->write_high = !c->write_high;
    }
    drive(c, was);
    edge_arm(p, c);
}

static void latch_count(struct pit_channel *c)
{
    if (c->count_latched)
        return;
    c->latch = visible_count(c);
    c->count_latched = true;
}

static void latch_status(struct pit_channel *c)
{
    if (c->status_latched)
        return;
    c->status = (uint8_t)(c->out << 7 | c->null_count << 6 | c->control);
    c->status_latched = true;
}

static void control_write(struct pit *p, uint8_t v)
{
    unsigned n = v >> 6;
    if (n == 3) { /* read-back */
        for (unsigned i = 0; i < 3; i++) {
            if (!(v & (2u << i)))
                continue;
            channel_sync(p, &p->ch[i]);
            edge_arm(p, &p->ch[i]);
            if (!(v & 0x20))
                latch_count(&p->ch[i]);
            if (!(v & 0x10))
                latch_status(&p->ch[i]);
        }
        return;
    }
    struct pit_channel *c = &p->ch[n];
    channel_sync(p, c);
    if (!(v & 0x30)) { /* counter latch command */
        latch_count(c);
        edge_arm(p, c);
        return;
    }
    bool was = c->out;
    c->control = v & 0x3F;
    c->cr = 0;
    c->out = mode_of(c) != 0;
    c->null_count = true;
    c->written = c->load = c->counting = c->done = c->inhibit = false;
    c->write_high = c->read_high = c->count_latched = c->status_latched = false;
    drive(c, was);
    edge_arm(p, c);
}

static uint8_t counter_read(struct pit *p, struct pit_channel *c)
{
    channel_sync(p, c);
    edge_arm(p, c);
    if (c->status_latched) {
        c->status_latched = false;
        return c->status;
    }
    uint16_t value = c->count_latched ? c->latch : visible_count(c);
    bool high = c->control >> 4 == RW_MSB;
    if (c->control >> 4 == RW_BOTH) {
        high = c->read_high;
        c->read_high = !high;
    }
    if (high || c->control >> 4 != RW_BOTH)
        c->count_latched = false;
    return (uint8_t)(high ? value >> 8 : value);
}

static uint32_t pit_read(void *dev, uint32_t off, unsigned size)
{
    struct pit *p = dev;
    (void)size;
    return (off & 3) == 3 ? 0xFF : counter_read(p, &p->ch[off & 3]);
}

static void pit_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct pit *p = dev;
    (void)size;
    if ((off & 3) == 3)
        control_write(p, (uint8_t)value);
    else
        counter_write(p, off & 3, (uint8_t)value);
}

const struct io_ops pit_ops = {.read = pit_read, .write = pit_write, .widths = 1};

void pit_set_gate(struct pit *p, unsigned ch, bool level)
{
    if (ch > 2 || p->ch[ch].gate == level)
        return;
    struct pit_channel *c = &p->ch[ch];
    channel_sync(p, c);
    bool was = c->out;
    unsigned mode = mode_of(c);
    c->gate = level;
    if (level && c->written && mode != 0 && mode != 4)
        c->load = true; /* trigger */
    if (!level && is_periodic(c))
        c->out = true;
    drive(c, was);
    edge_arm(p, c);
}

bool pit_out(struct pit *p, unsigned ch)
{
    if (ch > 2)
        return false;
    channel_sync(p, &p->ch[ch]);
    edge_arm(p, &p->ch[ch]);
    return p->ch[ch].out;
}

void pit_init(struct pit *p, struct clock *k, struct irq out0, struct irq out1, struct irq out2,
              struct trace *t)
{
    static const char *const names[3] = {"pit 0", "pit 1", "pit 2"};
    *p = (struct pit){.clock = k, .trace = t};
    p->ch[0].wire = out0;
    p->ch[1].wire = out1;
    p->ch[2].wire = out2;
    for (unsigned i = 0; i < 3; i++) {
        p->ch[i].pit = p;
        event_init(k, &p->ch[i].edge, names[i], edge_fire, &p->ch[i]);
    }
    pit_reset(p);
}

void pit_reset(struct pit *p)
{
    for (unsigned i = 0; i < 3; i++) {
        struct pit_channel *c = &p->ch[i];
        struct pit_channel blank = {.wire = c->wire, .pit = p};
        bool was = c->out;
        blank.tick = tick_now(p);
        blank.control = RW_BOTH << 4;
        blank.gate = i != 2;
        blank.null_count = true;
        clock_disarm(p->clock, &c->edge);
        blank.edge = c->edge;
        *c = blank;
        drive(c, was);
    }
}

static void channel_snap(struct pit *p, struct pit_channel *c, struct snap *s)
{
    snap_u64(s, &c->edge_tick);
    snap_u64(s, &c->tick);
    snap_u32(s, &c->ce);
    snap_u32(s, &c->loaded);
    snap_u16(s, &c->cr);
    snap_u16(s, &c->latch);
    snap_u8(s, &c->control);
    snap_u8(s, &c->status);
    snap_u8(s, &c->low);
    snap_bool(s, &c->count_latched);
    snap_bool(s, &c->status_latched);
    snap_bool(s, &c->write_high);
    snap_bool(s, &c->read_high);
    snap_bool(s, &c->gate);
    snap_bool(s, &c->out);
    snap_bool(s, &c->written);
    snap_bool(s, &c->load);
    snap_bool(s, &c->counting);
    snap_bool(s, &c->done);
    snap_bool(s, &c->inhibit);
    snap_bool(s, &c->null_count);
    event_snap(p->clock, &c->edge, s);
}

/* A state that the chip cannot be in could make the arithmetic above run away. */
static bool channel_valid(const struct pit *p, const struct pit_channel *c)
{
    uint64_t now = tick_now(p);
    /* An edge that is long overdue: the clock is not the one that the channel was saved with. */
    if (c->edge_tick && c->edge_tick + (UINT64_C(1) << 20) < now)
        return false;
    if (c->control > 0x3F || c->ce > 65536 || c->tick > now)
        return false;
    if (c->edge_tick && (c->edge_tick <= c->tick || c->edge_tick - c->tick > 65537 * 2))
        return false;
    if (c->counting && is_periodic(c) && (c->loaded < 2 || c->loaded > 65536))
        return false;
    if (c->counting && mode_of(c) == 2 && c->ce < 1)
        return false;
    if (c->counting && mode_of(c) == 3 && ((c->ce & 1) || half_left(c) == 0))
        return false;
    return true;
}

void pit_snap(struct pit *p, struct snap *s)
{
    if (!snap_section(s, "pit", 1))
        return;
    for (unsigned i = 0; i < 3; i++) {
        struct pit_channel *c = &p->ch[i];
        channel_snap(p, c, s);
        if (s->loading && !channel_valid(p, c)) {
            *c = (struct pit_channel){.wire = c->wire, .edge = c->edge, .pit = p};
            snap_fail(s, "pit: channel %u is in an impossible state", i);
        }
    }
}

void pit_info(const struct pit *p, struct out *to)
{
    static const char *const access[4] = {"?", "low byte", "high byte", "both bytes"};
    for (unsigned i = 0; i < 3; i++) {
        struct pit_channel c = p->ch[i]; /* looking does not move the chip */
        channel_advance(&c, tick_now(p));
        out_printf(to, "pit %u: mode %u %s %s, count register %u, now %u%s, gate %u, out %u", i,
                   mode_of(&c), c.control & 1 ? "BCD" : "binary", access[c.control >> 4 & 3],
                   initial_count(&c), c.ce, c.null_count ? " (not loaded)" : "", c.gate, c.out);
        if (is_periodic(&c) && c.counting)
            out_printf(to, ", %u.%u Hz", 1193182 / c.loaded, 11931818 / c.loaded % 10);
        out_printf(to, "\n");
    }
}
