/* SPDX-License-Identifier: MIT */
/* test_devices_pic.c - the 8259A alone and as a cascaded pair. */
#include "devices/pic.h"

#include "base/snap.h"
#include "mmu/bus.h"
#include "tests/report.h"

struct pair {
    struct pic master, slave;
    bool intr;        /* the processor's pin */
    unsigned changes; /* of that pin */
};

static void intr_set(void *dev, unsigned n, bool level)
{
    struct pair *p = dev;
    (void)n;
    p->intr = level;
    p->changes++;
}

static uint8_t slave_ack(void *ctx)
{
    return pic_ack(ctx);
}

static void out8(struct pic *p, unsigned off, uint8_t v)
{
    pic_ops.write(p, off, v, 1);
}

static uint8_t in8(struct pic *p, unsigned off)
{
    return (uint8_t)pic_ops.read(p, off, 1);
}

static void setup(struct pair *p, uint8_t icw1, uint8_t icw4)
{
    *p = (struct pair){.intr = false};
    struct pic_slave none = {0}, slave = {slave_ack, &p->slave};
    pic_init(&p->master, "master", (struct irq){intr_set, p, 0}, slave, 0xF8, NULL);
    pic_init(&p->slave, "slave", (struct irq){pic_set_irq, &p->master, 2}, none, 0xDE, NULL);
    out8(&p->master, 0, icw1);
    out8(&p->master, 1, 0x20);
    out8(&p->master, 1, 0x04);
    out8(&p->master, 1, icw4);
    out8(&p->slave, 0, icw1);
    out8(&p->slave, 1, 0x28);
    out8(&p->slave, 1, 0x02);
    out8(&p->slave, 1, icw4 & ~0x10);
}

static void pulse(struct pic *p, unsigned n)
{
    pic_set_irq(p, n, true);
    pic_set_irq(p, n, false);
}

static void test_priority(void)
{
    struct pair p;
    setup(&p, 0x11, 0x01);
    CHECK(!p.intr, "quiet after initialisation");
    pic_set_irq(&p.master, 4, true);
    CHECK(p.intr, "IR4 raises INT");
    CHECK(pic_ack(&p.master) == 0x24, "its vector");
    CHECK(!p.intr, "INT falls with INTA");
    pic_set_irq(&p.master, 5, true);
    CHECK(!p.intr, "lower priority waits");
    pic_set_irq(&p.master, 1, true);
    CHECK(p.intr && pic_ack(&p.master) == 0x21, "higher priority nests");
    out8(&p.master, 0, 0x0B);
    CHECK(in8(&p.master, 0) == 0x12, "ISR shows both");
    out8(&p.master, 0, 0x20);
    CHECK(in8(&p.master, 0) == 0x10, "non-specific EOI ends the highest");
    CHECK(!p.intr, "IR5 still below IR4");
    out8(&p.master, 0, 0x64);
    CHECK(in8(&p.master, 0) == 0 && p.intr, "specific EOI of 4 lets IR5 through");
    out8(&p.master, 0, 0x0A);
    CHECK(in8(&p.master, 0) == 0x20, "IRR: edges of 4 and 1 are used up");
    out8(&p.master, 1, 0x20);
    CHECK(!p.intr && in8(&p.master, 1) == 0x20, "mask");
    out8(&p.master, 1, 0x00);
    CHECK(pic_ack(&p.master) == 0x25, "unmask");
    out8(&p.master, 0, 0x20);
    CHECK(!p.intr, "a line that stays up makes no second edge");
}

static void test_spurious(void)
{
    struct pair p;
    setup(&p, 0x11, 0x01);
    pulse(&p.master, 3);
    CHECK(!p.intr, "a request withdrawn before INTA is gone");
    CHECK(pic_ack(&p.master) == 0x27, "the acknowledge gives level 7");
    out8(&p.master, 0, 0x0B);
    CHECK(in8(&p.master, 0) == 0, "and sets no in-service bit");
    pic_set_irq(&p.slave, 1, true);
    pic_set_irq(&p.slave, 1, false);
    CHECK(!p.intr, "through the cascade as well");
}

static void test_cascade(void)
{
    struct pair p;
    setup(&p, 0x11, 0x01);
    pic_set_irq(&p.slave, 4, true);
    CHECK(p.intr && pic_ack(&p.master) == 0x2C, "slave vector");
    out8(&p.master, 0, 0x0B);
    out8(&p.slave, 0, 0x0B);
    CHECK(in8(&p.master, 0) == 0x04 && in8(&p.slave, 0) == 0x10, "both in service");
    pic_set_irq(&p.slave, 0, true);
    CHECK(!p.intr, "without SFNM the slave is locked out");
    out8(&p.slave, 0, 0x20);
    out8(&p.master, 0, 0x20);
    CHECK(p.intr && pic_ack(&p.master) == 0x28, "served after both EOIs");

    setup(&p, 0x11, 0x11);
    pic_set_irq(&p.slave, 4, true);
    pic_ack(&p.master);
    pic_set_irq(&p.slave, 6, true);
    CHECK(!p.intr, "SFNM: not for a lower input of the slave");
    pic_set_irq(&p.slave, 0, true);
    CHECK(p.intr && pic_ack(&p.master) == 0x28, "SFNM: a higher input of the slave nests");

    setup(&p, 0x11, 0x03);
    pic_set_irq(&p.slave, 4, true);
    pic_set_irq(&p.slave, 5, true);
    CHECK(pic_ack(&p.master) == 0x2C, "AEOI: first");
    CHECK(p.intr && pic_ack(&p.master) == 0x2D, "AEOI: the second makes a new edge");
    CHECK(!p.intr, "AEOI: nothing left");
}

/* What a debugger is told is what the resolver does. */
static void test_view(void)
{
    struct pair p;
    struct pic_view v;
    setup(&p, 0x11, 0x01);
    out8(&p.master, 1, 0x80);
    pic_set_irq(&p.master, 1, true);
    pic_set_irq(&p.master, 3, true);
    pic_set_irq(&p.master, 7, true);
    pic_view(&p.master, 1, &v);
    CHECK(v.fate == PIC_GOES && v.vector == 0x21 && v.line && v.requested, "IR1 goes");
    pic_view(&p.master, 3, &v);
    CHECK(v.fate == PIC_WAITS && v.by == 1, "IR3 waits for IR1");
    pic_view(&p.master, 7, &v);
    CHECK(v.fate == PIC_MASKED && v.masked, "IR7 is masked");
    pic_view(&p.master, 5, &v);
    CHECK(v.fate == PIC_IDLE, "IR5 asks for nothing");
    pic_ack(&p.master);
    pic_view(&p.master, 3, &v);
    CHECK(v.fate == PIC_BLOCKED && v.by == 1 && p.master.accepted == 1, "IR1 is in service");
    out8(&p.master, 0, 0x20);
    pic_view(&p.master, 3, &v);
    CHECK(v.fate == PIC_GOES, "after EOI IR3 goes");
    pic_view(&p.master, 2, &v);
    CHECK(v.cascade, "IR2 is the cascade");
    out8(&p.master, 0, 0x11);
    pic_view(&p.master, 3, &v);
    CHECK(v.fate == PIC_NOT_READY, "in the middle of its ICWs");
}

static void test_rotation(void)
{
    struct pair p;
    setup(&p, 0x11, 0x01);
    pic_set_irq(&p.master, 3, true);
    pic_ack(&p.master);
    out8(&p.master, 0, 0xA0);
    pic_set_irq(&p.master, 0, true);
    pic_set_irq(&p.master, 4, true);
    CHECK(pic_ack(&p.master) == 0x24, "after rotation on EOI of 3, 4 is the highest");
    out8(&p.master, 0, 0xE4);
    CHECK(pic_ack(&p.master) == 0x20, "rotate on specific EOI: 5, 6, 7, 0...");
    out8(&p.master, 0, 0x20);
    out8(&p.master, 0, 0xC0 | 6);
    pic_set_irq(&p.master, 0, false);
    pic_set_irq(&p.master, 0, true);
    pic_set_irq(&p.master, 7, true);
    CHECK(pic_ack(&p.master) == 0x27, "set priority: 7 is the highest when 6 is the lowest");

    setup(&p, 0x11, 0x03);
    out8(&p.master, 0, 0x80);
    pic_set_irq(&p.master, 0, true);
    pic_ack(&p.master);
    pic_set_irq(&p.master, 1, true);
    pic_set_irq(&p.master, 0, false);
    pic_set_irq(&p.master, 0, true);
    CHECK(pic_ack(&p.master) == 0x21, "rotation in AEOI mode puts 0 last");
}

static void test_modes(void)
{
    struct pair p;
    setup(&p, 0x11, 0x01);
    pic_set_irq(&p.master, 1, true);
    pic_ack(&p.master);
    pic_set_irq(&p.master, 6, true);
    CHECK(!p.intr, "6 is below 1");
    out8(&p.master, 1, 0x02);
    out8(&p.master, 0, 0x68);
    CHECK(p.intr, "special mask mode lets it through");
    out8(&p.master, 0, 0x20);
    out8(&p.master, 0, 0x0B);
    CHECK(in8(&p.master, 0) == 0x02, "non-specific EOI leaves the masked level in service");
    out8(&p.master, 0, 0x48);
    CHECK(!p.intr, "special mask mode off");

    setup(&p, 0x11, 0x01);
    out8(&p.master, 0, 0x0C);
    CHECK(in8(&p.master, 0) == 0x00, "poll finds nothing");
    pic_set_irq(&p.master, 5, true);
    out8(&p.master, 0, 0x0C);
    CHECK(in8(&p.master, 0) == 0x85 && !p.intr, "poll accepts level 5");
    out8(&p.master, 0, 0x0B);
    CHECK(in8(&p.master, 0) == 0x20, "and puts it in service");

    setup(&p, 0x19, 0x01);
    pic_set_irq(&p.master, 3, true);
    CHECK(pic_ack(&p.master) == 0x23, "level mode");
    out8(&p.master, 0, 0x20);
    CHECK(p.intr, "asks again while the line is up");
    pic_set_irq(&p.master, 3, false);
    CHECK(!p.intr, "until it goes down");
}

static void test_elcr(void)
{
    struct pair p;
    setup(&p, 0x11, 0x01);
    pic_elcr_ops.write(&p.master, 0, 0xFF, 1);
    CHECK(pic_elcr_ops.read(&p.master, 0, 1) == 0xF8, "timer, keyboard and cascade stay edges");
    pic_set_irq(&p.master, 5, true);
    pic_ack(&p.master);
    out8(&p.master, 0, 0x20);
    CHECK(p.intr, "IR5 is level-triggered now");
    pic_set_irq(&p.master, 5, false);
    pic_set_irq(&p.master, 0, true);
    CHECK(pic_ack(&p.master) == 0x20, "IR0");
    out8(&p.master, 0, 0x20);
    CHECK(!p.intr, "IR0 is edge-triggered still");
}

static void test_init_sequence(void)
{
    struct pair p;
    setup(&p, 0x11, 0x01);
    out8(&p.master, 1, 0xFF);
    pic_set_irq(&p.master, 0, true);
    out8(&p.master, 0, 0x11);
    CHECK(in8(&p.master, 1) == 0, "ICW1 clears the mask");
    out8(&p.master, 1, 0x40);
    CHECK(!p.intr, "no interrupt in the middle of the sequence");
    out8(&p.master, 1, 0x04);
    out8(&p.master, 1, 0x01);
    CHECK(!p.intr, "the old edge is forgotten");
    pic_set_irq(&p.master, 0, false);
    pic_set_irq(&p.master, 0, true);
    CHECK(pic_ack(&p.master) == 0x40, "new base");
    out8(&p.master, 0, 0x12);
    out8(&p.master, 1, 0x58);
    out8(&p.master, 1, 0xAA);
    CHECK(in8(&p.master, 1) == 0xAA, "single, no ICW4: the third byte is the mask");
    pic_init(&p.master, "master", (struct irq){0}, (struct pic_slave){0}, 0xF8, NULL);
    pic_set_irq(&p.master, 1, true);
    CHECK(!p.master.intr, "an unprogrammed chip is silent");
}

static void test_snap(void)
{
    struct pair p, q;
    struct snap s;
    setup(&p, 0x11, 0x01);
    setup(&q, 0x11, 0x01);
    pic_set_irq(&p.master, 4, true);
    pic_ack(&p.master);
    pic_set_irq(&p.master, 6, true);
    snap_save_init(&s);
    pic_snap(&p.master, &s);
    struct snap l;
    snap_load_init(&l, s.buf, s.len);
    pic_snap(&q.master, &l);
    CHECK(snap_ok(&l) && q.master.isr == 0x10 && q.master.irr == 0x40, "state travels");
    out8(&q.master, 0, 0x20);
    CHECK(q.intr && pic_ack(&q.master) == 0x26, "and goes on");
    snap_free(&s);
}

int main(void)
{
    test_priority();
    test_spurious();
    test_cascade();
    test_view();
    test_rotation();
    test_modes();
    test_elcr();
    test_init_sequence();
    test_snap();
    return report_end();
}
