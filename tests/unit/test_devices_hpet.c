/* SPDX-License-Identifier: MIT */
/* test_devices_hpet.c - the HPET: registers, counter, comparators, routes, what a snapshot keeps. */
#include "base/snap.h"
#include "devices/hpet.h"
#include "mmu/bus.h"
#include "tests/report.h"

#include <inttypes.h>
#include <string.h>

enum { ID = 0x00, CONFIG = 0x10, STATUS = 0x20, COUNTER = 0xf0, TIMER = 0x100, COMPARE = 0x108 };
enum { LEVEL = 2, INTERRUPTS = 4, PERIODIC = 8, VALUE_SET = 0x40, WITH_32 = 0x100 };

struct rig {
    struct clock clock;
    struct hpet h;
    bool legacy[2];     /* wires */
    unsigned rises[2];  /* of them */
    bool replaced;      /* the 8254 and the RTC are */
    uint32_t pins;      /* that are high */
    unsigned pin_rises; /* of all of them */
};

static void legacy_wire(void *ctx, unsigned n, bool level)
{
    struct rig *r = ctx;
    r->rises[n] += level && !r->legacy[n];
    r->legacy[n] = level;
}

static void replace_wire(void *ctx, unsigned n, bool level)
{
    (void)n;
    ((struct rig *)ctx)->replaced = level;
}

static void pin_wire(void *ctx, unsigned n, bool level)
{
    struct rig *r = ctx;
    r->pin_rises += level && !(r->pins >> n & 1);
    r->pins = level ? r->pins | 1u << n : r->pins & ~(1u << n);
}

static void fresh(struct rig *r)
{
    memset(r, 0, sizeof *r);
    clock_init(&r->clock);
    hpet_init(&r->h, &r->clock,
              &(struct hpet_board){.legacy = {{legacy_wire, r, 0}, {legacy_wire, r, 1}},
                                   .replace = {replace_wire, r, 0},
                                   .pin = {pin_wire, r, 0},
                                   .pins = HPET_PINS},
              NULL);
}

static uint32_t get(struct rig *r, unsigned reg)
{
    return hpet_ops.read(&r->h, reg, 4);
}

static void put(struct rig *r, unsigned reg, uint32_t value)
{
    hpet_ops.write(&r->h, reg, value, 4);
}

static uint64_t get64(struct rig *r, unsigned reg)
{
    return get(r, reg) | (uint64_t)get(r, reg + 4) << 32;
}

/* So many ticks of the counter later, events in their order. */
static void pass(struct rig *r, uint64_t ticks)
{
    uint64_t to = r->clock.now + (ticks * 256 + 2) / 3;
    for (uint64_t next; (next = clock_next(&r->clock)) <= to;) {
        r->clock.now = next;
        clock_fire(&r->clock);
    }
    r->clock.now = to;
}

static void test_registers(void)
{
    struct rig r;
    fresh(&r);
    CHECK(get(&r, ID) == HPET_ID && get(&r, ID + 4) == 69841279, "who it is");
    CHECK(get64(&r, TIMER) == ((uint64_t)HPET_PINS << 32 | 0x30), "timer 0: %" PRIx64,
          get64(&r, TIMER));
    CHECK(get64(&r, COMPARE) == UINT64_MAX && get64(&r, COUNTER) == 0, "after reset");
    put(&r, ID, 0);
    put(&r, CONFIG, 0xfffffffe);
    CHECK(get(&r, ID) == HPET_ID && get(&r, CONFIG) == 2 && r.replaced, "only what is there");
    put(&r, TIMER, 0xffffffff & ~(31u << 9));
    CHECK(get(&r, TIMER) == 0x17e, "a timer's bits, without message delivery: %x", get(&r, TIMER));
    put(&r, TIMER, 21u << 9);
    CHECK(get(&r, TIMER) == (21u << 9 | 0x30), "a pin of its own");
    put(&r, TIMER, 3u << 9);
    CHECK(get(&r, TIMER) == (21u << 9 | 0x30), "not one of its own");
    CHECK(get(&r, 0x160) == 0 && get(&r, 0x3fc) == 0 && get(&r, 0x110) == 0, "nothing else");
    hpet_ops.write(&r.h, CONFIG, 1, 1);
    CHECK(get(&r, CONFIG) == 2, "a byte is dropped");
    CHECK((hpet_ops.read(&r.h, ID + 2, 2) & 0xffff) == 0x8086, "a word is read");
    hpet_reset(&r.h);
    CHECK(get(&r, CONFIG) == 0 && !r.replaced && get(&r, TIMER) == 0x30, "reset");
}

static void test_counter(void)
{
    struct rig r;
    fresh(&r);
    pass(&r, 1000);
    CHECK(get64(&r, COUNTER) == 0, "stands still");
    put(&r, COUNTER, 0xfffffff0);
    put(&r, COUNTER + 4, 7);
    put(&r, CONFIG, 1);
    pass(&r, 12);
    CHECK(get64(&r, COUNTER) == 0x7fffffffc, "12 ticks: %" PRIx64, get64(&r, COUNTER));
    pass(&r, 4);
    CHECK(get64(&r, COUNTER) == 0x800000000, "the carry");
    put(&r, COUNTER, 5);
    CHECK(get64(&r, COUNTER) == 0x800000000, "is not written while it counts");
    put(&r, CONFIG, 0);
    pass(&r, 100);
    CHECK(get64(&r, COUNTER) == 0x800000000, "halted");
    put(&r, CONFIG, 1);
    r.clock.now += CLOCK_PIT_TICK * 1000;
    CHECK(get64(&r, COUNTER) == 0x800000000 + 12000, "12 for a tick of the 8254");
}

static void test_one_shot(void)
{
    struct rig r;
    fresh(&r);
    put(&r, CONFIG, 1);
    put(&r, TIMER + 0x40, 22u << 9 | INTERRUPTS);
    put(&r, COMPARE + 0x40, 500);
    put(&r, COMPARE + 0x44, 0);
    pass(&r, 499);
    CHECK(r.pins == 0, "not yet");
    pass(&r, 1);
    CHECK(r.pins == 1u << 22 && r.pin_rises == 1 && get(&r, STATUS) == 0, "an edge, no status");
    pass(&r, UINT64_C(1) << 33);
    CHECK(r.pin_rises == 1, "once in 64 bits");
    put(&r, TIMER + 0x40, 22u << 9 | INTERRUPTS | WITH_32);
    pass(&r, UINT64_C(3) << 32);
    CHECK(r.pin_rises == 4 && r.pins == 1u << 22, "with 32 bits: every time round, %u",
          r.pin_rises);
    put(&r, COMPARE + 0x40, get(&r, COUNTER));
    pass(&r, 1000);
    CHECK(r.pin_rises == 4, "a comparator at the counter is late");
    put(&r, TIMER + 0x40, 22u << 9);
    CHECK(r.pins == 0, "turned off");
}

static void test_periodic(void)
{
    struct rig r;
    fresh(&r);
    put(&r, CONFIG, 3);
    put(&r, TIMER, INTERRUPTS | PERIODIC | VALUE_SET | WITH_32);
    put(&r, COMPARE, 1000);
    CHECK((get(&r, TIMER) & VALUE_SET) == 0, "value set is for one write");
    put(&r, COMPARE, 300);
    CHECK(get(&r, COMPARE) == 1000, "the period leaves the comparator alone");
    pass(&r, 1000);
    CHECK(r.rises[0] == 1 && get(&r, COMPARE) == 1300, "the first: %u", get(&r, COMPARE));
    pass(&r, 3000);
    CHECK(r.rises[0] == 11 && r.rises[1] == 0 && r.pins == 0, "ten more: %u", r.rises[0]);
    put(&r, TIMER, PERIODIC | WITH_32);
    CHECK(!r.legacy[0], "off: the wire is low");
    uint32_t next = get(&r, COMPARE);
    pass(&r, 600);
    CHECK(get(&r, COMPARE) == next + 600 && r.rises[0] == 11, "it goes on without interrupts");
    put(&r, TIMER, INTERRUPTS | PERIODIC | WITH_32);
    pass(&r, 300);
    CHECK(r.rises[0] == 12, "and takes up again");
}

static void test_level(void)
{
    struct rig r;
    fresh(&r);
    put(&r, TIMER + 0x20, 20u << 9 | LEVEL | INTERRUPTS);
    put(&r, COMPARE + 0x20, 100);
    put(&r, COMPARE + 0x24, 0);
    put(&r, CONFIG, 1);
    pass(&r, 100);
    CHECK(get(&r, STATUS) == 2 && r.pins == 1u << 20, "status and wire");
    put(&r, STATUS, 5);
    CHECK(get(&r, STATUS) == 2 && r.pins == 1u << 20, "of other timers");
    put(&r, CONFIG, 3);
    CHECK(r.pins == 0 && r.legacy[1] && r.replaced, "legacy routes: to IRQ 8");
    put(&r, CONFIG, 1);
    CHECK(r.pins == 1u << 20 && !r.legacy[1] && !r.replaced, "and back");
    put(&r, STATUS, 2);
    CHECK(get(&r, STATUS) == 0 && r.pins == 0, "cleared by a one");
    put(&r, TIMER + 0x20, 20u << 9 | LEVEL);
    put(&r, COMPARE + 0x20, get(&r, COUNTER) + 10);
    pass(&r, 10);
    CHECK(get(&r, STATUS) == 2 && r.pins == 0, "without interrupts: the status alone");
    put(&r, CONFIG, 0);
    put(&r, TIMER + 0x20, 20u << 9 | LEVEL | INTERRUPTS);
    CHECK(r.pins == 0, "nothing while it stands still");
}

static void test_snapshot(void)
{
    struct rig a, b;
    struct snap s;
    fresh(&a);
    fresh(&b);
    put(&a, CONFIG, 3);
    put(&a, TIMER, INTERRUPTS | PERIODIC | VALUE_SET);
    put(&a, COMPARE, 700);
    pass(&a, 1000);
    snap_save_init(&s);
    clock_snap(&a.clock, &s);
    hpet_snap(&a.h, &s);
    struct snap load;
    snap_load_init(&load, s.buf, s.len);
    clock_snap(&b.clock, &load);
    hpet_snap(&b.h, &load);
    CHECK(snap_ok(&load) && get64(&b, COMPARE) == get64(&a, COMPARE), "restored");
    a.rises[0] = b.rises[0] = 0;
    pass(&a, 5000);
    pass(&b, 5000);
    CHECK(a.rises[0] == b.rises[0] && get64(&a, COUNTER) == get64(&b, COUNTER), "and alike");
    memset(s.buf + 32, 0xff, s.len - 32); /* hostile */
    snap_load_init(&load, s.buf, s.len);
    clock_snap(&b.clock, &load);
    hpet_snap(&b.h, &load);
    put(&b, CONFIG, 0);
    put(&b, CONFIG, 3);
    put(&b, STATUS, 7);
    CHECK(get(&b, STATUS) == 0 && b.pins <= HPET_PINS, "a hostile snapshot does no harm");
    snap_free(&s);
}

/* Whatever a guest writes: time goes on, only its own wires move, and a snapshot goes on alike. */
static void test_random(void)
{
    static const uint32_t values[] = {
        0,      1,      3,          7,          0x10c, 0x14e,      0x48,       0x2804,
        0x2a06, 0x2e4e, 0xffffff00, 0x80000000, 1000,  0xffffffff, 0x7fffffff, 0x00010000};
    struct rig a, b;
    struct snap s, load;
    uint32_t seed = 1, strange = 0, differ = 0;
    fresh(&a);
    for (unsigned n = 0; n < 20000; n++) {
        seed = seed * 1664525 + 1013904223;
        unsigned reg = seed >> 8 & 0x17c, which = seed >> 28;
        put(&a,
            seed >> 20 & 1   ? reg
            : seed >> 21 & 1 ? CONFIG
                             : TIMER + (seed >> 22 & 3) * 0x20,
            values[which]);
        pass(&a, seed >> 16 & 0xff);
        strange += (a.pins & ~HPET_PINS) != 0 || (get(&a, STATUS) & ~7u) != 0;
        if (n % 500)
            continue;
        fresh(&b);
        snap_save_init(&s);
        clock_snap(&a.clock, &s);
        hpet_snap(&a.h, &s);
        snap_load_init(&load, s.buf, s.len);
        clock_snap(&b.clock, &load);
        hpet_snap(&b.h, &load);
        snap_free(&s);
        pass(&a, 3000);
        pass(&b, 3000);
        for (reg = 0; reg < 0x180; reg += 4)
            differ += get(&a, reg) != get(&b, reg);
    }
    CHECK(strange == 0, "wires and bits that are not its own: %u", strange);
    CHECK(differ == 0, "registers that differ behind a snapshot: %u", differ);
}

int main(void)
{
    test_random();
    test_registers();
    test_counter();
    test_one_shot();
    test_periodic();
    test_level();
    test_snapshot();
    return report_end();
}
