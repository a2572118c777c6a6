/* SPDX-License-Identifier: MIT */
/* test_devices_lapic.c - the local APIC: priorities, acceptance, EOI, IPIs, pins, errors, timer. */
#include "base/snap.h"
#include "devices/apic.h"
#include "devices/lapic.h"
#include "mmu/bus.h"
#include "tests/report.h"

#include <string.h>

enum {
    ID = 0x20,
    VERSION = 0x30,
    TPR = 0x80,
    PPR = 0xa0,
    EOI = 0xb0,
    LDR = 0xd0,
    DFR = 0xe0,
    SVR = 0xf0,
    ISR = 0x100,
    TMR = 0x180,
    IRR = 0x200,
    ESR = 0x280,
    ICR_LOW = 0x300,
    ICR_HIGH = 0x310,
    LVT_TIMER = 0x320,
    LVT_PERF = 0x340,
    LVT_LINT0 = 0x350,
    LVT_LINT1 = 0x360,
    LVT_ERROR = 0x370,
    INITIAL = 0x380,
    CURRENT = 0x390,
    DIVIDE = 0x3e0,
};

struct rig {
    struct clock clock;
    struct lapic l;
    bool intr;
    unsigned nmis, inits, pic_acks, eois, readies;
    uint8_t eoi_vector;
};

static void wire(void *dev, unsigned n, bool level)
{
    struct rig *r = dev;
    if (n == 0)
        r->intr = level;
    if (n == 1)
        r->nmis += level;
    if (n == 2)
        r->inits += level;
}

static uint8_t extint(void *ctx)
{
    ((struct rig *)ctx)->pic_acks++;
    return 0x08;
}

static void eoi(void *ctx, uint8_t vector)
{
    struct rig *r = ctx;
    r->eois++;
    r->eoi_vector = vector;
}

static void ready(void *ctx)
{
    ((struct rig *)ctx)->readies++;
}

static uint32_t get(struct rig *r, unsigned reg)
{
    return lapic_ops.read(&r->l, reg, 4);
}

static void put(struct rig *r, unsigned reg, uint32_t value)
{
    lapic_ops.write(&r->l, reg, value, 4);
}

static bool in(struct rig *r, unsigned set, uint8_t v)
{
    return get(r, set + v / 32 * 16) >> (v % 32) & 1;
}

static void fresh(struct rig *r)
{
    *r = (struct rig){.intr = false};
    clock_init(&r->clock);
    lapic_init(
        &r->l, &r->clock,
        &(struct lapic_board){{wire, r, 0}, {wire, r, 1}, {wire, r, 2}, extint, eoi, ready, r},
        NULL);
}

static void on(struct rig *r)
{
    fresh(r);
    put(r, SVR, 0x1ff);
}

static bool send(struct rig *r, uint8_t mode, uint8_t vector, bool level)
{
    return lapic_deliver(
        &r->l,
        &(struct apic_message){.destination = 0, .mode = mode, .vector = vector, .level = level});
}

static uint8_t ack(struct rig *r)
{
    bool external;
    return lapic_ack(&r->l, &external);
}

static void test_reset(void)
{
    struct rig r;
    fresh(&r);
    CHECK(get(&r, VERSION) == 0x00040011, "version of a P6: %08x", get(&r, VERSION));
    CHECK(get(&r, SVR) == 0xff && get(&r, DFR) == 0xffffffff && get(&r, ID) == 0, "reset values");
    CHECK(get(&r, LVT_TIMER) == 0x10000 && get(&r, LVT_ERROR) == 0x10000, "local sources masked");
    lapic_pin(&r.l, 0, true);
    CHECK(r.intr && ack(&r) == 0x08 && r.pic_acks == 1, "the 8259s pass before it is set up");
    lapic_pin(&r.l, 0, false);
    CHECK(!r.intr, "and let go");
    CHECK(!send(&r, APIC_FIXED, 0x40, false), "disabled by software: takes no vectors");
    CHECK(send(&r, APIC_NMI, 0, false) && r.nmis == 1, "but NMIs");
    put(&r, LVT_TIMER, 0x40);
    CHECK(get(&r, LVT_TIMER) == 0x10040, "nor can sources be unmasked");
    put(&r, SVR, 0x1f5);
    CHECK(get(&r, SVR) == 0x1ff, "the low four bits of the spurious vector are wired");
    CHECK(r.readies == 1, "who waits is told that it is enabled");
    put(&r, SVR, 0xff);
    CHECK(get(&r, LVT_LINT0) == 0x10700, "disabling masks every source: %08x", get(&r, LVT_LINT0));
}

static void test_priority(void)
{
    struct rig r;
    on(&r);
    CHECK(send(&r, APIC_FIXED, 0x51, false) && r.intr && in(&r, IRR, 0x51), "a request");
    CHECK(send(&r, APIC_LOWEST, 0x62, false) && ack(&r) == 0x62, "the highest comes first");
    CHECK(!r.intr && in(&r, ISR, 0x62) && !in(&r, IRR, 0x62) && in(&r, IRR, 0x51), "in service");
    CHECK(get(&r, PPR) == 0x60, "PPR: %02x", get(&r, PPR));
    send(&r, APIC_FIXED, 0x6f, false);
    CHECK(!r.intr, "the same class waits");
    send(&r, APIC_FIXED, 0x70, false);
    CHECK(r.intr && ack(&r) == 0x70, "a higher class nests");
    put(&r, EOI, 0);
    CHECK(!in(&r, ISR, 0x70) && in(&r, ISR, 0x62) && !r.intr, "EOI ends the highest");
    put(&r, EOI, 0);
    CHECK(r.intr && ack(&r) == 0x6f, "then the next");
    put(&r, EOI, 0);
    put(&r, TPR, 0x50);
    CHECK(!r.intr && get(&r, PPR) == 0x50, "the task priority holds its class off");
    put(&r, TPR, 0x4f);
    CHECK(r.intr && get(&r, PPR) == 0x4f, "one below does not");
    put(&r, TPR, 0xff);
    CHECK(!r.intr && ack(&r) == 0xff && !in(&r, ISR, 0xff), "acknowledged too late: spurious");
    put(&r, TPR, 0);
    CHECK(ack(&r) == 0x51 && r.eois == 0, "the request was kept");
    put(&r, EOI, 0);
    put(&r, EOI, 0);
    CHECK(r.eois == 0, "edges are not broadcast; an EOI too many does nothing");
    send(&r, APIC_FIXED, 0x80, true);
    CHECK(in(&r, TMR, 0x80) && ack(&r) == 0x80, "level-triggered");
    put(&r, EOI, 0);
    CHECK(r.eois == 1 && r.eoi_vector == 0x80, "its EOI is broadcast");
    send(&r, APIC_FIXED, 0x80, false);
    CHECK(!in(&r, TMR, 0x80), "the last request says how");
}

static void test_destination(void)
{
    static const struct {
        uint32_t dfr, ldr;
        uint8_t destination;
        bool logical, mine;
    } row[] = {
        {0xffffffff, 0, 0x03, false, true},          {0xffffffff, 0, 0x0f, false, true},
        {0xffffffff, 0, 0xff, false, true},          {0xffffffff, 0, 0x01, false, false},
        {0xffffffff, 0x02000000, 0x06, true, true},  {0xffffffff, 0x02000000, 0x05, true, false},
        {0x0fffffff, 0x21000000, 0x21, true, true},  {0x0fffffff, 0x21000000, 0xf1, true, true},
        {0x0fffffff, 0x21000000, 0x22, true, false}, {0x0fffffff, 0x21000000, 0x31, true, false},
    };
    struct rig r;
    for (unsigned n = 0; n < ARRAY_LEN(row); n++) {
        on(&r);
        put(&r, ID, 0x03000000);
        put(&r, DFR, row[n].dfr);
        put(&r, LDR, row[n].ldr);
        struct apic_message m = {row[n].destination, row[n].logical, APIC_FIXED, 0x33, false};
        CHECK(lapic_deliver(&r.l, &m) == row[n].mine, "destination row %u", n);
        CHECK(r.intr == row[n].mine, "INTR, row %u", n);
    }
}

static void test_commands(void)
{
    struct rig r;
    on(&r);
    put(&r, ICR_LOW, 0x40041);
    CHECK(r.intr && ack(&r) == 0x41, "self IPI");
    put(&r, EOI, 0);
    put(&r, ICR_LOW, 0x80042);
    CHECK(r.intr && ack(&r) == 0x42, "all, self included");
    put(&r, EOI, 0);
    put(&r, ICR_LOW, 0x43);
    CHECK(r.intr && ack(&r) == 0x43 && !(get(&r, ICR_LOW) & 0x1000), "by number");
    put(&r, EOI, 0);
    put(&r, ESR, 0);
    CHECK(get(&r, ESR) == 0, "no errors so far: %02x", get(&r, ESR));
    put(&r, ICR_LOW, 0xc0044);
    put(&r, ICR_HIGH, 0x05000000);
    put(&r, ICR_LOW, 0x4500);
    put(&r, ICR_LOW, 0x4608);
    CHECK(!r.intr && r.inits == 0 && get(&r, ESR) == 0, "nobody else is there");
    put(&r, ESR, 0);
    CHECK(get(&r, ESR) == 0x04, "send accept error: %02x", get(&r, ESR));
    put(&r, ESR, 0);
    CHECK(get(&r, ESR) == 0, "two writes clear it");
    put(&r, ICR_LOW, 0x8500);
    put(&r, ESR, 0);
    CHECK(get(&r, ESR) == 0, "letting INIT go is no error");
    put(&r, LVT_ERROR, 0xfe);
    put(&r, ICR_LOW, 0x40005);
    CHECK(r.intr && ack(&r) == 0xfe, "an illegal vector interrupts by the error's");
    put(&r, EOI, 0);
    put(&r, ESR, 0);
    CHECK(get(&r, ESR) == 0x20, "and is told: %02x", get(&r, ESR));
    send(&r, APIC_FIXED, 0x0f, false);
    put(&r, LVT_ERROR, 0x0e);
    (void)get(&r, 0x40);
    put(&r, 0x3f0, 1);
    put(&r, ESR, 0);
    CHECK(get(&r, ESR) == 0xc0, "received vector, no register: %02x", get(&r, ESR));
    put(&r, ICR_HIGH, 0);
    put(&r, ICR_LOW, 0x500);
    CHECK(r.inits == 1, "INIT to itself");
    put(&r, ICR_LOW, 0x400);
    CHECK(r.nmis == 1, "NMI to itself");
}

static void test_pins(void)
{
    struct rig r;
    on(&r);
    put(&r, LVT_LINT1, 0x400);
    lapic_pin(&r.l, 1, true);
    lapic_pin(&r.l, 1, true);
    CHECK(r.nmis == 1, "LINT1: an NMI for an edge");
    put(&r, LVT_LINT0, 0x8700);
    lapic_pin(&r.l, 0, true);
    CHECK(r.intr, "LINT0 as ExtINT");
    send(&r, APIC_FIXED, 0x99, false);
    CHECK(ack(&r) == 0x99 && r.intr && r.pic_acks == 0, "its own vectors come first");
    CHECK(ack(&r) == 0x08 && r.pic_acks == 1, "ExtINT has no priority");
    put(&r, EOI, 0);
    put(&r, LVT_LINT0, 0x18700);
    CHECK(!r.intr, "masked");
    lapic_pin(&r.l, 0, false);
    put(&r, LVT_LINT0, 0x8077);
    lapic_pin(&r.l, 0, true);
    CHECK(r.intr && ack(&r) == 0x77 && (get(&r, LVT_LINT0) & 0x4000), "LINT0 as a level");
    put(&r, EOI, 0);
    CHECK(r.intr, "still active: again after EOI");
    (void)ack(&r);
    lapic_pin(&r.l, 0, false);
    put(&r, EOI, 0);
    CHECK(!r.intr && !(get(&r, LVT_LINT0) & 0x4000), "quiet");
    put(&r, LVT_LINT0, 0x2078);
    lapic_pin(&r.l, 0, true);
    CHECK(!r.intr, "active low, it is not");
    lapic_pin(&r.l, 0, false);
    CHECK(r.intr && ack(&r) == 0x78, "now it is");
    put(&r, EOI, 0);
    CHECK(send(&r, APIC_EXTINT, 0, false) && r.intr && ack(&r) == 0x08 && !r.intr,
          "ExtINT by message");
    lapic_enable(&r.l, false);
    lapic_pin(&r.l, 0, true);
    CHECK(r.intr && ack(&r) == 0x08, "off: LINT0 is INTR");
    unsigned before = r.nmis;
    lapic_pin(&r.l, 1, false);
    lapic_pin(&r.l, 1, true);
    CHECK(r.nmis == before + 1 && !send(&r, APIC_FIXED, 0x50, false), "LINT1 is NMI");
}

/* n nanoseconds: ticks of the bus clock. */
static void pass(struct rig *r, uint64_t n)
{
    uint64_t to = clock_periods(clock_count(r->clock.now, LAPIC_BUS_HZ) + n, LAPIC_BUS_HZ);
    while (clock_next(&r->clock) <= to) {
        r->clock.now = clock_next(&r->clock);
        clock_fire(&r->clock);
    }
    r->clock.now = to;
}

static void test_timer(void)
{
    static const struct {
        uint32_t code, by;
    } divide[] = {{0, 2}, {1, 4}, {2, 8}, {3, 16}, {8, 32}, {9, 64}, {10, 128}, {11, 1}};
    struct rig r;
    for (unsigned n = 0; n < ARRAY_LEN(divide); n++) {
        on(&r);
        r.clock.now = 12345;
        put(&r, DIVIDE, divide[n].code);
        put(&r, LVT_TIMER, 0x40);
        put(&r, INITIAL, 1000);
        pass(&r, 999 * divide[n].by);
        CHECK(get(&r, CURRENT) == 1 && !r.intr, "divided by %u: %u", divide[n].by,
              get(&r, CURRENT));
        pass(&r, divide[n].by + 1);
        CHECK(get(&r, CURRENT) == 0 && r.intr && ack(&r) == 0x40, "expired");
        put(&r, EOI, 0);
        pass(&r, 3000 * divide[n].by);
        CHECK(!r.intr && get(&r, CURRENT) == 0, "one shot");
    }
    on(&r);
    put(&r, DIVIDE, 11);
    put(&r, LVT_TIMER, 0x20041);
    put(&r, INITIAL, 100);
    unsigned n = 0;
    for (unsigned t = 0; t < 100; t++) {
        pass(&r, 10);
        if (r.intr && ack(&r) == 0x41) {
            put(&r, EOI, 0);
            n++;
        }
    }
    CHECK(n == 10 || n == 9, "periodic: %u", n);
    put(&r, LVT_TIMER, 0x30041);
    CHECK(clock_next(&r.clock) == CLOCK_NEVER, "masked: no event, as nobody could see it");
    pass(&r, 250);
    uint32_t at = get(&r, CURRENT);
    CHECK(at > 40 && at <= 60, "it goes on counting: %u", at);
    put(&r, LVT_TIMER, 0x20041);
    pass(&r, at + 1);
    CHECK(r.intr && ack(&r) == 0x41, "unmasked in the middle");
    put(&r, EOI, 0);
    put(&r, INITIAL, 0);
    CHECK(clock_next(&r.clock) == CLOCK_NEVER && get(&r, CURRENT) == 0, "0 stops it");
    put(&r, INITIAL, 1000);
    pass(&r, 500);
    put(&r, DIVIDE, 0);
    pass(&r, 400);
    at = get(&r, CURRENT);
    CHECK(at >= 299 && at <= 301, "another divider from where it was: %u", at);
}

static void test_widths(void)
{
    struct rig r;
    on(&r);
    put(&r, LDR, 0xab000000);
    CHECK(lapic_ops.read(&r.l, LDR + 3, 1) == 0xab, "a byte of a register");
    lapic_ops.write(&r.l, LDR, 0, 2);
    CHECK(get(&r, LDR) == 0xab000000, "narrow stores are dropped");
    CHECK(get(&r, LDR + 4) == 0, "between registers is nothing");
}

static void test_snapshot(void)
{
    struct rig r, q;
    struct snap s, l;
    on(&r);
    put(&r, DIVIDE, 3);
    put(&r, LVT_TIMER, 0x20055);
    put(&r, INITIAL, 5000);
    pass(&r, 1234);
    send(&r, APIC_FIXED, 0x91, true);
    (void)ack(&r);
    put(&r, ICR_LOW, 0x40092);
    snap_save_init(&s);
    clock_snap(&r.clock, &s);
    lapic_snap(&r.l, &s);
    fresh(&q);
    snap_load_init(&l, s.buf, s.len);
    clock_snap(&q.clock, &l);
    lapic_snap(&q.l, &l);
    CHECK(snap_ok(&l), "loads");
    unsigned different = 0;
    for (unsigned reg = 0; reg < 0x400; reg += 16)
        different += get(&r, reg) != get(&q, reg);
    CHECK(different == 0, "%u registers differ", different);
    put(&q, EOI, 0);
    CHECK(q.eois == 1 && clock_next(&q.clock) == clock_next(&r.clock), "and goes on");
    for (size_t n = 0; n < s.len; n++) {
        fresh(&q);
        s.buf[n] ^= 0xff;
        snap_load_init(&l, s.buf, s.len);
        clock_snap(&q.clock, &l);
        lapic_snap(&q.l, &l);
        for (unsigned reg = 0; reg < 0x400; reg += 16) {
            (void)get(&q, reg);
            put(&q, reg, 0x12345678);
        }
        (void)ack(&q);
        clock_fire(&q.clock);
        s.buf[n] ^= 0xff;
    }
    snap_free(&s);
}

int main(void)
{
    test_reset();
    test_priority();
    test_destination();
    test_commands();
    test_pins();
    test_timer();
    test_widths();
    test_snapshot();
    return report_end();
}
