/* SPDX-License-Identifier: MIT */
/* test_devices_lpt.c - the parallel port: registers, strobe, interrupt, snapshot. */
#include "base/snap.h"
#include "devices/lpt.h"
#include "mmu/bus.h"
#include "tests/report.h"

struct wires {
    char paper[8];
    unsigned printed, edges;
    bool level;
};

static void print(void *ctx, uint8_t byte)
{
    struct wires *w = ctx;
    if (w->printed < sizeof w->paper)
        w->paper[w->printed++] = (char)byte;
}

static void irq(void *dev, unsigned n, bool level)
{
    struct wires *w = dev;
    (void)n;
    w->edges += level && !w->level;
    w->level = level;
}

static void put(struct lpt *p, uint8_t byte, uint8_t control)
{
    lpt_ops.write(p, 0, byte, 1);
    lpt_ops.write(p, 2, control | 1u, 1);
    lpt_ops.write(p, 2, control, 1);
}

int main(void)
{
    struct wires w = {.printed = 0};
    struct lpt p;
    struct snap s, l;
    lpt_init(&p, (struct irq){irq, &w, 7}, print, &w);
    CHECK(lpt_ops.read(&p, 1, 1) == 0xdf, "the printer is ready: %02x", lpt_ops.read(&p, 1, 1));
    lpt_ops.write(&p, 0, 0xaa, 1);
    CHECK(lpt_ops.read(&p, 0, 1) == 0xaa && w.printed == 0, "the data latch reads back");
    lpt_ops.write(&p, 1, 0x55, 1);
    CHECK(lpt_ops.read(&p, 1, 1) == 0xdf, "status is read-only");
    put(&p, 'h', 0x0c);
    put(&p, 'i', 0x0c);
    CHECK(w.printed == 2 && w.paper[0] == 'h' && w.paper[1] == 'i', "each strobe prints a byte");
    CHECK(lpt_ops.read(&p, 2, 1) == 0xec, "control reads back: %02x", lpt_ops.read(&p, 2, 1));
    lpt_ops.write(&p, 2, 0x0d, 1);
    lpt_ops.write(&p, 2, 0x0d, 1);
    CHECK(w.printed == 3, "an active strobe prints once");
    CHECK(w.edges == 0, "no interrupt unless enabled");
    lpt_ops.write(&p, 2, 0x1c, 1);
    unsigned before = w.edges;
    put(&p, '!', 0x1c);
    CHECK(w.edges == before + 1, "an interrupt for each byte");
    lpt_ops.write(&p, 2, 0x0c, 1);
    CHECK(!w.level, "disabled again");
    snap_save_init(&s);
    lpt_snap(&p, &s);
    lpt_reset(&p);
    CHECK(lpt_ops.read(&p, 2, 1) == 0xe0 && lpt_ops.read(&p, 0, 1) == 0, "reset");
    snap_load_init(&l, s.buf, s.len);
    lpt_snap(&p, &l);
    CHECK(snap_ok(&l) && p.data == '!' && p.control == 0x0c && p.bytes == 4, "restored");
    snap_free(&s);
    return report_end();
}
