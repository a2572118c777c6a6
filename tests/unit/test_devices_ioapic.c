/* SPDX-License-Identifier: MIT */
/* test_devices_ioapic.c - the I/O APIC: registers, edges and levels, masks, EOI, what is refused. */
#include "base/snap.h"
#include "devices/apic.h"
#include "devices/ioapic.h"
#include "mmu/bus.h"
#include "tests/report.h"

#include <string.h>

struct rig {
    struct ioapic a;
    struct apic_message last;
    unsigned sent;
    bool refuses;
};

static bool deliver(void *ctx, const struct apic_message *m)
{
    struct rig *r = ctx;
    r->last = *m;
    r->sent++;
    return !r->refuses;
}

static uint32_t get(struct rig *r, uint8_t reg)
{
    ioapic_ops.write(&r->a, 0, reg, 4);
    return ioapic_ops.read(&r->a, 0x10, 4);
}

static void put(struct rig *r, uint8_t reg, uint32_t value)
{
    ioapic_ops.write(&r->a, 0, reg, 4);
    ioapic_ops.write(&r->a, 0x10, value, 4);
}

static void fresh(struct rig *r)
{
    *r = (struct rig){.sent = 0};
    ioapic_init(&r->a, deliver, r, NULL);
}

static void test_registers(void)
{
    struct rig r;
    fresh(&r);
    CHECK(get(&r, 1) == 0x00170011, "version: %08x", get(&r, 1));
    put(&r, 0, 0xffffffff);
    put(&r, 1, 0xffffffff);
    CHECK(get(&r, 0) == 0x0f000000 && get(&r, 2) == 0x0f000000 && get(&r, 1) == 0x00170011, "ID");
    CHECK(get(&r, 0x10) == 0x10000 && get(&r, 0x3e) == 0x10000, "entries are masked at first");
    put(&r, 0x12, 0x1fffffff);
    put(&r, 0x13, 0xa5ffffff);
    CHECK(get(&r, 0x12) == 0x1afff && get(&r, 0x13) == 0xa5000000, "writable bits: %08x",
          get(&r, 0x12));
    put(&r, 0x40, 0);
    CHECK(get(&r, 0x40) == 0 && get(&r, 0xff) == 0 && get(&r, 3) == 0, "beyond the last");
    CHECK(ioapic_ops.read(&r.a, 0, 1) == 3, "the selected register reads back");
    CHECK(ioapic_ops.read(&r.a, 0x20, 4) == 0, "nothing else is there");
}

static void test_edge(void)
{
    struct rig r;
    fresh(&r);
    ioapic_set_irq(&r.a, 4, true);
    CHECK(r.sent == 0, "masked: lost");
    put(&r, 0x19, 0x0f000000);
    put(&r, 0x18, 0x0931);
    CHECK(r.sent == 0, "an edge that was lost does not come back");
    ioapic_set_irq(&r.a, 4, false);
    ioapic_set_irq(&r.a, 4, true);
    ioapic_set_irq(&r.a, 4, true);
    CHECK(r.sent == 1 && r.last.vector == 0x31 && r.last.mode == APIC_LOWEST && r.last.logical &&
              r.last.destination == 0x0f && !r.last.level,
          "one message for an edge");
    put(&r, 0x18, 0x2031);
    ioapic_set_irq(&r.a, 4, false);
    CHECK(r.sent == 2, "active low: the fall is the edge");
    ioapic_set_irq(&r.a, 4, true);
    CHECK(r.sent == 2, "the rise is none");
    put(&r, 0x18, 0x0431);
    ioapic_set_irq(&r.a, 4, false);
    ioapic_set_irq(&r.a, 4, true);
    CHECK(r.sent == 3 && r.last.mode == APIC_NMI, "NMI");
    ioapic_set_irq(&r.a, 24, true);
    ioapic_set_irq(&r.a, 1000, true);
    CHECK(r.sent == 3, "no such pin");
}

static void test_level(void)
{
    struct rig r;
    fresh(&r);
    ioapic_set_irq(&r.a, 10, true);
    put(&r, 0x24, 0x80a0);
    CHECK(r.sent == 1 && r.last.level && (get(&r, 0x24) & IOAPIC_REMOTE_IRR),
          "a level is sent when it is unmasked");
    ioapic_set_irq(&r.a, 10, false);
    ioapic_set_irq(&r.a, 10, true);
    CHECK(r.sent == 1, "not again before EOI");
    ioapic_eoi(&r.a, 0xa1);
    CHECK(r.sent == 1, "of that vector");
    ioapic_eoi(&r.a, 0xa0);
    CHECK(r.sent == 2, "then again while it is high");
    ioapic_set_irq(&r.a, 10, false);
    ioapic_eoi(&r.a, 0xa0);
    CHECK(r.sent == 2 && !(get(&r, 0x24) & IOAPIC_REMOTE_IRR), "quiet");
    ioapic_set_irq(&r.a, 10, true);
    put(&r, 0x24, 0x180a0);
    ioapic_eoi(&r.a, 0xa0);
    CHECK(r.sent == 3, "masked meanwhile: EOI sends nothing");
    put(&r, 0x24, 0x80a0);
    CHECK(r.sent == 4, "unmasked it does");
    put(&r, 0x24, 0x100a0);
    CHECK(!(get(&r, 0x24) & IOAPIC_REMOTE_IRR), "as an edge it waits for no EOI");
}

static void test_refused(void)
{
    struct rig r;
    fresh(&r);
    r.refuses = true;
    put(&r, 0x1c, 0x44);
    put(&r, 0x1e, 0x8045);
    ioapic_set_irq(&r.a, 6, true);
    ioapic_set_irq(&r.a, 7, true);
    CHECK((get(&r, 0x1c) & IOAPIC_PENDING) && (get(&r, 0x1e) & IOAPIC_PENDING) &&
              !(get(&r, 0x1e) & IOAPIC_REMOTE_IRR),
          "nobody took them");
    ioapic_set_irq(&r.a, 7, false);
    r.refuses = false;
    ioapic_retry(&r.a);
    CHECK(r.sent == 3 && r.last.vector == 0x44 && !(get(&r, 0x1c) & IOAPIC_PENDING),
          "the edge comes, the level is gone");
    CHECK(ioapic_pin_of(&r.a, 0x45) == 7 && ioapic_pin_of(&r.a, 0x46) == -1, "pins by vector");
}

static void test_snapshot(void)
{
    struct rig r, q;
    struct snap s, l;
    fresh(&r);
    put(&r, 0x24, 0x80a0);
    put(&r, 0x25, 0x0f000000);
    ioapic_set_irq(&r.a, 10, true);
    snap_save_init(&s);
    ioapic_snap(&r.a, &s);
    fresh(&q);
    snap_load_init(&l, s.buf, s.len);
    ioapic_snap(&q.a, &l);
    CHECK(snap_ok(&l) && q.sent == 0 && get(&q, 0x24) == get(&r, 0x24), "loads, drives nothing");
    ioapic_eoi(&q.a, 0xa0);
    CHECK(q.sent == 1 && q.last.destination == 0x0f, "and goes on");
    for (size_t n = 0; n < s.len; n++) {
        fresh(&q);
        s.buf[n] ^= 0xff;
        snap_load_init(&l, s.buf, s.len);
        ioapic_snap(&q.a, &l);
        for (unsigned reg = 0; reg < 256; reg++)
            put(&q, (uint8_t)reg, get(&q, (uint8_t)reg));
        ioapic_retry(&q.a);
        s.buf[n] ^= 0xff;
    }
    snap_free(&s);
}

int main(void)
{
    test_registers();
    test_edge();
    test_level();
    test_refused();
    test_snapshot();
    return report_end();
}
