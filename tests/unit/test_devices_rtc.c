/* SPDX-License-Identifier: MIT */
/* test_devices_rtc.c - the MC146818A: calendar, formats, update cycle, the three interrupts. */
#include "devices/rtc.h"

#include "base/snap.h"
#include "mmu/bus.h"
#include "tests/report.h"

#include <string.h>

struct rig {
    struct clock k;
    struct rtc r;
    bool irq;
    unsigned rises;
};

static void irq_in(void *dev, unsigned n, bool level)
{
    struct rig *g = dev;
    (void)n;
    g->irq = level;
    g->rises += level;
}

static void wr(struct rig *g, unsigned reg, unsigned v)
{
    rtc_ops.write(&g->r, 0, reg, 1);
    rtc_ops.write(&g->r, 1, v, 1);
}

static unsigned rd(struct rig *g, unsigned reg)
{
    rtc_ops.write(&g->r, 0, reg, 1);
    return rtc_ops.read(&g->r, 1, 1);
}

static void pass(struct rig *g, uint64_t n, uint32_t hz)
{
    uint64_t end = g->k.now + clock_periods(n, hz) + 1;
    while (clock_next(&g->k) <= end) {
        g->k.now = clock_next(&g->k);
        clock_fire(&g->k);
    }
    g->k.now = end;
}

static void setup(struct rig *g, int64_t start)
{
    memset(g, 0, sizeof *g);
    clock_init(&g->k);
    rtc_init(&g->r, &g->k, (struct irq){irq_in, g, 8}, start, NULL);
}

static bool shows(struct rig *g, unsigned century, unsigned y, unsigned mo, unsigned d, unsigned wd,
                  unsigned h, unsigned mi, unsigned s)
{
    return rd(g, 0x32) == century && rd(g, 9) == y && rd(g, 8) == mo && rd(g, 7) == d &&
           rd(g, 6) == wd && rd(g, 4) == h && rd(g, 2) == mi && rd(g, 0) == s;
}

static void test_calendar(void)
{
    struct rig g;
    setup(&g, 0);
    CHECK(shows(&g, 0x19, 0x70, 1, 1, 5, 0, 0, 0), "1970-01-01, a Thursday");
    setup(&g, 951782399); /* 2000-02-28 23:59:59, Monday */
    CHECK(shows(&g, 0x20, 0x00, 2, 0x28, 2, 0x23, 0x59, 0x59), "2000-02-28");
    pass(&g, 1, 1);
    CHECK(shows(&g, 0x20, 0x00, 2, 0x29, 3, 0, 0, 0), "leap day");
    pass(&g, 86400, 1);
    CHECK(shows(&g, 0x20, 0x00, 3, 1, 4, 0, 0, 0), "first of March");
    setup(&g, 946684799); /* 1999-12-31 23:59:59, Friday */
    pass(&g, 1, 1);
    CHECK(shows(&g, 0x20, 0x00, 1, 1, 7, 0, 0, 0), "century");
    setup(&g, 1700000000);
    CHECK(shows(&g, 0x20, 0x23, 0x11, 0x14, 3, 0x22, 0x13, 0x20), "2023-11-14 22:13:20 Tuesday");
    pass(&g, 30 * 86400, 1);
    CHECK(shows(&g, 0x20, 0x23, 0x12, 0x14, 5, 0x22, 0x13, 0x20), "30 days without drift");
}

static void test_formats(void)
{
    struct rig g;
    setup(&g, 0);
    wr(&g, 0x0B, 0x80); /* SET, 12 h, BCD */
    wr(&g, 4, 0x11);
    wr(&g, 2, 0x59);
    wr(&g, 0, 0x59);
    pass(&g, 3, 1);
    CHECK(rd(&g, 0) == 0x59, "SET stops the time");
    wr(&g, 0x0B, 0x00);
    pass(&g, 1, 1);
    CHECK(rd(&g, 4) == 0x92 && rd(&g, 2) == 0, "11:59:59 am -> 12 pm: %02x", rd(&g, 4));
    pass(&g, 3600, 1);
    CHECK(rd(&g, 4) == 0x81, "1 pm");
    unsigned day = rd(&g, 7);
    pass(&g, 11 * 3600, 1);
    CHECK(rd(&g, 4) == 0x12 && rd(&g, 7) == day + 1, "12 am is the next day");
    wr(&g, 0x0B, 0x86); /* binary, 24 h */
    wr(&g, 4, 23);
    wr(&g, 2, 59);
    wr(&g, 0, 58);
    wr(&g, 7, 31);
    wr(&g, 8, 12);
    wr(&g, 9, 99);
    wr(&g, 0x32, 20);
    wr(&g, 6, 7);
    wr(&g, 0x0B, 0x06);
    pass(&g, 2, 1);
    CHECK(rd(&g, 4) == 0 && rd(&g, 8) == 1 && rd(&g, 9) == 0 && rd(&g, 0x32) == 21 &&
              rd(&g, 6) == 1,
          "binary: 2099 -> 2100");
    wr(&g, 0x40, 0x5A);
    CHECK(rd(&g, 0x40) == 0x5A, "CMOS memory");
    rtc_cmos_set(&g.r, 0x7F, 0x77);
    CHECK(rd(&g, 0x7F) == 0x77 && rtc_cmos_get(&g.r, 0x7F) == 0x77, "the board's bytes");
    CHECK(rd(&g, 0x0D) == 0x80, "battery good");
    rtc_ops.write(&g.r, 0, 0x8F, 1);
    CHECK(rtc_nmi_masked(&g.r), "bit 7 of the index masks NMI");
}

static void test_uip(void)
{
    struct rig g;
    setup(&g, 0);
    pass(&g, 997, 1000);
    CHECK(!(rd(&g, 0x0A) & 0x80), "3 ms before the second: no update");
    pass(&g, 1, 1000);
    CHECK(rd(&g, 0x0A) & 0x80, "2 ms before: UIP");
    CHECK(rd(&g, 0) == 0, "old second");
    pass(&g, 2, 1000);
    CHECK(!(rd(&g, 0x0A) & 0x80) && rd(&g, 0) == 1, "done");
    CHECK(rd(&g, 0x0C) == 0x50 && rd(&g, 0x0C) == 0, "PF, UF without enables; read once");
    pass(&g, 998, 1000);
    wr(&g, 0x0B, 0x82);
    CHECK(!(rd(&g, 0x0A) & 0x80), "SET ends an update");
    wr(&g, 0x0B, 0x02);
    wr(&g, 0x0A, 0x76);
    pass(&g, 5, 1);
    CHECK(rd(&g, 0) == 1, "divider reset: time stands");
    wr(&g, 0x0A, 0x26);
    pass(&g, 499, 1000);
    CHECK(rd(&g, 0) == 1, "not yet");
    pass(&g, 2, 1000);
    CHECK(rd(&g, 0) == 2, "first update half a second after release");
}

static void test_interrupts(void)
{
    struct rig g;
    setup(&g, 0);
    for (unsigned rate = 3; rate < 16; rate++) {
        unsigned hz = 32768u >> (rate - 1);
        wr(&g, 0x0A, 0x20 | rate);
        wr(&g, 0x0B, 0x42);
        rd(&g, 0x0C);
        g.rises = 0;
        for (unsigned i = 0; i < 2 * hz; i++) {
            pass(&g, 1, hz);
            if (g.irq)
                rd(&g, 0x0C);
        }
        CHECK(g.rises + 1 >= 2 * hz && g.rises <= 2 * hz + 1, "rate %u: %u in 2 s", rate, g.rises);
    }
    wr(&g, 0x0A, 0x21);
    rd(&g, 0x0C);
    uint64_t from = g.k.now;
    pass(&g, 1, 1);
    CHECK(g.irq && (rd(&g, 0x0C) & 0xC0) == 0xC0 && !g.irq, "held until C is read");
    CHECK(from < g.k.now, "time passed");
    wr(&g, 0x0A, 0x26);
    wr(&g, 0x0B, 0x02);
    rd(&g, 0x0C);
    pass(&g, 2, 1024);
    CHECK(!g.irq && (rd(&g, 0x0C) & 0xC0) == 0x40, "PF without PIE: a flag, no interrupt");

    wr(&g, 0x0A, 0x20);
    wr(&g, 0x0B, 0x12);
    g.rises = 0;
    pass(&g, 1, 1);
    CHECK(g.rises == 1 && (rd(&g, 0x0C) & 0xF0) == 0x90, "update-ended interrupt");

    setup(&g, 0);
    wr(&g, 1, 0x05);
    wr(&g, 3, 0xC0);
    wr(&g, 5, 0xFF);
    wr(&g, 0x0B, 0x22);
    pass(&g, 4, 1);
    CHECK(!g.irq, "alarm not yet");
    pass(&g, 1, 1);
    CHECK(g.irq && (rd(&g, 0x0C) & 0xB0) == 0xB0, "alarm at second 5");
    pass(&g, 59, 1);
    CHECK(!g.irq, "not in between");
    pass(&g, 1, 1);
    CHECK(g.irq, "each minute, with don't-care codes");
    rtc_reset(&g.r);
    CHECK(!g.irq && (rd(&g, 0x0B) & 0x70) == 0 && rd(&g, 0) == 0x05, "RESET keeps the time");
}

static void test_snap(void)
{
    struct rig g, h;
    setup(&g, 1000000000);
    setup(&h, 0);
    wr(&g, 0x0B, 0x42);
    pass(&g, 12345, 1000);
    struct snap s, l;
    snap_save_init(&s);
    rtc_snap(&g.r, &s);
    h.k.now = g.k.now;
    snap_load_init(&l, s.buf, s.len);
    rtc_snap(&h.r, &l);
    CHECK(snap_ok(&l), "%s", l.err.text);
    pass(&g, 4321, 1000);
    pass(&h, 4321, 1000);
    CHECK(memcmp(g.r.ram, h.r.ram, sizeof g.r.ram) == 0 && rd(&g, 0) == rd(&h, 0), "same time");
    for (size_t i = 0; i < s.len; i++) {
        s.buf[i] ^= 0xFF;
        snap_load_init(&l, s.buf, s.len);
        rtc_snap(&h.r, &l);
        for (unsigned n = 0; n < 128; n++)
            (void)rd(&h, n);
        s.buf[i] ^= 0xFF;
    }
    CHECK(true, "hostile snapshots end");
    snap_free(&s);
}

int main(void)
{
    test_calendar();
    test_formats();
    test_uip();
    test_interrupts();
    test_snap();
    return report_end();
}
