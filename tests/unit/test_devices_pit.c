/* SPDX-License-Identifier: MIT */
/*
 * test_devices_pit.c - the 8254 against a second model that is clocked pulse by pulse, as the
 * data sheet's diagrams are drawn, under random programming; and the sheet's own examples.
 */
#include "devices/pit.h"

#include "base/snap.h"
#include "mmu/bus.h"
#include "tests/report.h"

#include <string.h>

/* One counter, one pulse at a time. Binary and BCD, two-byte counts. */
struct plain {
    unsigned mode, n, ce, first; /* ce counts real pulses; mode 3 by twos */
    bool bcd, gate, out, written, load, run, done, null, odd, half;
};

static unsigned plain_count(const struct plain *c, unsigned raw)
{
    unsigned n = raw;
    if (c->bcd)
        n = (raw >> 12 & 15) * 1000 + (raw >> 8 & 15) * 100 + (raw >> 4 & 15) * 10 + (raw & 15);
    if (!n)
        n = c->bcd ? 10000 : 65536;
    return n == 1 && (c->mode == 2 || c->mode == 3) ? 2 : n;
}

static void plain_load(struct plain *c)
{
    c->ce = c->n;
    c->null = false;
    c->run = true;
    if (c->mode == 3) {
        c->odd = c->n & 1;
        c->ce = c->n - c->odd;
    }
}

static void plain_dec(struct plain *c, unsigned by)
{
    unsigned top = c->bcd ? 10000 : 65536;
    c->ce = c->ce >= by ? c->ce - by : top - by;
}

static void plain_clk(struct plain *c)
{
    if (c->load) {
        c->load = false;
        c->done = false;
        plain_load(c);
        c->out = c->mode >= 2;
        return;
    }
    bool strobe_ends = (c->mode == 4 || c->mode == 5) && !c->out;
    if (strobe_ends) {
        c->out = true;
        c->done = true;
    }
    if (!c->run || ((c->mode != 1 && c->mode != 5) && !c->gate) || c->half)
        return;
    switch (c->mode) {
    case 0:
    case 1:
        plain_dec(c, 1);
        if (c->ce == 0 && !c->done) {
            c->done = true;
            c->out = true;
        }
        break;
    case 2:
        if (c->ce == 1)
            plain_load(c);
        else
            plain_dec(c, 1);
        c->out = c->ce != 1;
        break;
    case 3: /* an odd count's high half ends one pulse after the count has expired */
        if (c->ce == 2 && !(c->odd && c->out)) {
            c->out = !c->out;
            plain_load(c);
        } else if (c->ce == 0) {
            c->out = !c->out;
            plain_load(c);
        } else {
            plain_dec(c, 2);
        }
        break;
    default:
        plain_dec(c, 1);
        if (c->ce == 0 && !c->done)
            c->out = false;
        break;
    }
}

static void plain_control(struct plain *c, unsigned mode, bool bcd)
{
    bool gate = c->gate;
    unsigned ce = c->ce;
    *c = (struct plain){.mode = mode, .bcd = bcd, .gate = gate, .out = mode != 0, .null = true};
    c->ce = ce;
}

static void plain_write(struct plain *c, unsigned raw)
{
    c->n = plain_count(c, raw);
    c->null = true;
    c->written = true;
    c->half = false;
    if (c->mode == 0)
        c->out = false;
    if (c->mode == 0 || c->mode == 4 || ((c->mode == 2 || c->mode == 3) && !c->run))
        c->load = true;
}

static void plain_gate(struct plain *c, bool g)
{
    if (g && !c->gate && c->written && c->mode != 0 && c->mode != 4)
        c->load = true;
    if (!g && (c->mode == 2 || c->mode == 3))
        c->out = true;
    c->gate = g;
}

static uint32_t lcg(uint32_t *s)
{
    *s = *s * 1664525u + 1013904223u;
    return *s >> 8;
}

static void out8(struct pit *p, unsigned off, unsigned v)
{
    pit_ops.write(p, off, v, 1);
}

static unsigned in8(struct pit *p, unsigned off)
{
    return pit_ops.read(p, off, 1);
}

struct probe {
    struct clock *clock;
    bool level;
    unsigned edges;
    uint64_t last_rise, period; /* in CLK pulses */
};

static void probe_set(void *dev, unsigned n, bool level)
{
    struct probe *p = dev;
    (void)n;
    p->edges++;
    p->level = level;
    if (level) {
        uint64_t now = p->clock->now / CLOCK_PIT_TICK;
        p->period = now - p->last_rise;
        p->last_rise = now;
    }
}

static void pass(struct clock *k, uint64_t units)
{
    k->now += units;
    clock_fire(k);
}

static void pass_slowly(struct clock *k, unsigned ticks)
{
    for (unsigned i = 0; i < ticks; i++)
        pass(k, CLOCK_PIT_TICK);
}

static unsigned from_bcd(unsigned v)
{
    return (v >> 12) * 1000 + (v >> 8 & 15) * 100 + (v >> 4 & 15) * 10 + (v & 15);
}

static unsigned to_bcd(unsigned n)
{
    return n / 1000 << 12 | n / 100 % 10 << 8 | n / 10 % 10 << 4 | n % 10;
}

/* Status and count, latched together. */
static void read_back(struct pit *p, unsigned ch, unsigned *status, unsigned *count)
{
    out8(p, 3, 0xC0 | 2u << ch);
    *status = in8(p, ch);
    *count = in8(p, ch);
    *count |= in8(p, ch) << 8;
}

static bool same(struct pit *p, unsigned ch, const struct plain *c)
{
    unsigned status, count;
    read_back(p, ch, &status, &count);
    if (c->bcd)
        count = from_bcd(count);
    unsigned top = c->bcd ? 10000 : 65536;
    return (status >> 7) == c->out && (status >> 6 & 1) == c->null &&
           (!c->run || count == c->ce % top) && pit_out(p, ch) == c->out;
}

/* Channel 0 has a wire, channel 2 does not: event-driven and lazy must both be right. */
static void test_random(unsigned ch, uint32_t seed)
{
    struct clock k;
    struct pit p;
    struct probe probe = {.clock = &k};
    struct plain c = {.gate = ch != 2, .null = true};
    unsigned bad = 0, steps = 0;
    clock_init(&k);
    struct irq wire = {probe_set, &probe, 0}, none = {0};
    pit_init(&p, &k, ch == 0 ? wire : none, none, none, NULL);
    for (unsigned round = 0; round < 4000; round++) {
        switch (lcg(&seed) % 8) {
        case 0: {
            unsigned mode = lcg(&seed) % 6;
            bool bcd = lcg(&seed) & 1;
            out8(&p, 3, ch << 6 | 0x30 | mode << 1 | bcd);
            plain_control(&c, mode, bcd);
            break;
        }
        case 1:
        case 2: {
            unsigned n = 1 + lcg(&seed) % 24;
            unsigned raw = c.bcd ? to_bcd(n) : n;
            out8(&p, ch, raw & 255);
            if (c.mode == 0) {
                c.half = true;
                c.out = false;
                c.load = false;
            }
            if (lcg(&seed) & 1) { /* a pulse between the halves */
                pass(&k, CLOCK_PIT_TICK);
                plain_clk(&c);
            }
            out8(&p, ch, raw >> 8);
            plain_write(&c, raw);
            break;
        }
        case 3:
            if (ch == 2 || ch == 0) {
                bool g = lcg(&seed) & 1;
                pit_set_gate(&p, ch, g);
                plain_gate(&c, g);
            }
            break;
        default: {
            unsigned n = lcg(&seed) % (round % 50 == 0 ? 3000 : 40);
            if (lcg(&seed) & 1) { /* at once, or pulse by pulse */
                pass(&k, (uint64_t)n * CLOCK_PIT_TICK);
                for (unsigned i = 0; i < n; i++)
                    plain_clk(&c);
            } else {
                for (unsigned i = 0; i < n; i++) {
                    pass(&k, CLOCK_PIT_TICK);
                    plain_clk(&c);
                    bad += probe.level != c.out && ch == 0;
                }
            }
        }
        }
        steps++;
        bool ok = same(&p, ch, &c);
        if (!ok && !bad)
            printf("channel %u seed step %u mode %u: out %u ce %u null %u\n", ch, round, c.mode,
                   c.out, c.ce, c.null);
        bad += !ok;
    }
    CHECK(bad == 0, "channel %u: %u of %u steps differ", ch, bad, steps);
    CHECK(ch != 0 || probe.edges > 500, "the wire moved %u times", probe.edges);
}

static void program(struct pit *p, unsigned ch, unsigned mode, unsigned count)
{
    out8(p, 3, ch << 6 | 0x30 | mode << 1);
    out8(p, ch, count & 255);
    out8(p, ch, count >> 8);
}

static void test_sheet(void)
{
    struct clock k;
    struct pit p;
    struct probe probe = {.clock = &k};
    clock_init(&k);
    pit_init(&p, &k, (struct irq){probe_set, &probe, 0}, (struct irq){0}, (struct irq){0}, NULL);

    program(&p, 0, 0, 4);
    for (unsigned i = 0; i < 4; i++)
        pass(&k, CLOCK_PIT_TICK);
    CHECK(!pit_out(&p, 0), "mode 0, N=4: low for N pulses");
    pass(&k, CLOCK_PIT_TICK);
    CHECK(pit_out(&p, 0) && probe.level, "and high at N+1");

    program(&p, 0, 2, 11932);
    pass_slowly(&k, 11932 * 10);
    CHECK(probe.period == 11932, "100 Hz in mode 2: period %u", (unsigned)probe.period);
    program(&p, 0, 3, 0);
    pass_slowly(&k, 65536 * 3);
    CHECK(probe.period == 65536, "18.2 Hz in mode 3");
    program(&p, 0, 2, 1000);
    unsigned before = probe.edges;
    pass(&k, UINT64_C(1000) * CLOCK_PIT_TICK * 50);
    CHECK(probe.edges - before >= 99, "a late clock loses no edge (%u)", probe.edges - before);

    /* Mode 3, N=5: the high half is 3 pulses, with 4 2 0 in the counting element. */
    static const unsigned seen[10] = {4, 2, 0, 4, 2, 4, 2, 0, 4, 2};
    program(&p, 0, 3, 5);
    bool ok = true;
    for (unsigned i = 0; i < 10; i++) {
        unsigned status, count;
        pass(&k, CLOCK_PIT_TICK);
        read_back(&p, 0, &status, &count);
        ok = ok && count == seen[i] && (status >> 7) == (i % 5 < 3);
    }
    CHECK(ok, "mode 3 with an odd count");
}

static void test_access(void)
{
    struct clock k;
    struct pit p;
    unsigned status, count;
    clock_init(&k);
    pit_init(&p, &k, (struct irq){0}, (struct irq){0}, (struct irq){0}, NULL);
    program(&p, 0, 2, 0x1234);
    read_back(&p, 0, &status, &count);
    CHECK(status == (0x80 | 0x40 | 0x34), "null count before the load: %02x", status);
    pass(&k, CLOCK_PIT_TICK * 5);
    out8(&p, 3, 0x00);
    pass(&k, CLOCK_PIT_TICK * 300);
    out8(&p, 3, 0x00);
    CHECK(in8(&p, 0) == 0x30 && in8(&p, 0) == 0x12, "the first latch holds until it is read");
    out8(&p, 3, 0xE2);
    CHECK(in8(&p, 0) == (0x80 | 0x34), "status alone");
    out8(&p, 3, 0x14);
    CHECK(in8(&p, 3) == 0xFF, "the control word cannot be read");
    out8(&p, 0, 0x20);
    pass(&k, CLOCK_PIT_TICK);
    CHECK(in8(&p, 0) == 0x20 && in8(&p, 0) == 0x20, "low byte only: no flip-flop");
    out8(&p, 3, 0x3E);
    out8(&p, 3, 0xE2);
    CHECK((in8(&p, 0) & 0x3F) == 0x3E, "mode bits come back as written (111 = mode 3)");
    out8(&p, 3, 0x71);
    out8(&p, 1, 0x00);
    out8(&p, 1, 0x10);
    pass(&k, CLOCK_PIT_TICK * 2);
    out8(&p, 3, 0x40);
    CHECK(in8(&p, 1) == 0x99 && in8(&p, 1) == 0x09, "BCD borrows in decimal");
}

static void test_snap(void)
{
    struct clock k, k2;
    struct pit p, q;
    struct probe a = {.clock = &k}, b = {.clock = &k2};
    clock_init(&k);
    clock_init(&k2);
    pit_init(&p, &k, (struct irq){probe_set, &a, 0}, (struct irq){0}, (struct irq){0}, NULL);
    pit_init(&q, &k2, (struct irq){probe_set, &b, 0}, (struct irq){0}, (struct irq){0}, NULL);
    program(&p, 0, 3, 777);
    pass(&k, CLOCK_PIT_TICK * 12345 + 17);
    struct snap s, l;
    snap_save_init(&s);
    pit_snap(&p, &s);
    k2.now = k.now;
    snap_load_init(&l, s.buf, s.len);
    pit_snap(&q, &l);
    CHECK(snap_ok(&l), "%s", l.err.text);
    unsigned edges = a.edges;
    b.edges = 0;
    for (unsigned i = 0; i < 5000; i++) {
        pass(&k, CLOCK_PIT_TICK);
        pass(&k2, CLOCK_PIT_TICK);
    }
    CHECK(a.edges - edges == b.edges && b.edges > 10, "both go on alike");
    CHECK(pit_out(&p, 0) == pit_out(&q, 0), "to the same state");
    /* Any flipped byte either fails to load or leaves a chip that can be run. */
    for (size_t i = 0; i < s.len; i++) {
        uint8_t copy[1024];
        memcpy(copy, s.buf, s.len);
        copy[i] ^= 0x81;
        snap_load_init(&l, copy, s.len);
        pit_snap(&q, &l);
        pass(&k2, CLOCK_PIT_TICK * 1000);
        (void)pit_out(&q, 0);
    }
    CHECK(true, "hostile snapshots end");
    snap_free(&s);
}

int main(void)
{
    test_random(0, 1);
    test_random(0, 77);
    test_random(2, 2);
    test_random(2, 99);
    test_sheet();
    test_access();
    test_snap();
    return report_end();
}
