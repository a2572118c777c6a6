/* SPDX-License-Identifier: MIT */
/*
 * test_devices_ne2000.c - the NE2000 as drivers use it (probe, PROM, remote DMA, transmit, ring,
 * overflow, filter), the loopback tables of AN-937, snapshots, and random programming.
 */
#include "devices/ne2000.h"

#include "base/snap.h"
#include "devices/ethernet.h"
#include "mmu/bus.h"
#include "tests/report.h"

#include <string.h>

enum { CR = 0, BNRY = 3, TSR = 4, ISR = 7, RSR = 12, DCR = 14, DATA = 0x10, RESET = 0x1f };

static const uint8_t address[6] = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};

struct rig {
    struct clock k;
    struct ne2000 n;
    bool irq;
    unsigned sent;
    uint16_t length;
    uint8_t frame[ETH_MAX];
};

static void irq_in(void *dev, unsigned n, bool level)
{
    (void)n;
    ((struct rig *)dev)->irq = level;
}

static void on_send(void *ctx, const uint8_t *frame, uint16_t length)
{
    struct rig *r = ctx;
    r->sent++;
    r->length = length;
    memcpy(r->frame, frame, length);
}

static void wr(struct rig *r, unsigned off, unsigned v)
{
    ne2000_ops.write(&r->n, off, v, 1);
}

static unsigned rd(struct rig *r, unsigned off)
{
    return ne2000_ops.read(&r->n, off, 1);
}

static void pass(struct rig *r, uint64_t units)
{
    uint64_t end = r->k.now + units;
    while (clock_next(&r->k) <= end) {
        r->k.now = clock_next(&r->k);
        clock_fire(&r->k);
    }
    r->k.now = end;
}

static void remote(struct rig *r, unsigned at, unsigned n, unsigned command)
{
    wr(r, 8, at & 0xff);
    wr(r, 9, at >> 8);
    wr(r, 10, n & 0xff);
    wr(r, 11, n >> 8);
    wr(r, CR, command);
}

/* What a driver does to come up: words, ring 46h-80h, own address. */
static void start(struct rig *r)
{
    memset(r, 0, sizeof *r);
    clock_init(&r->k);
    ne2000_init(&r->n, &r->k, (struct irq){irq_in, r, 9}, address, on_send, r, NULL);
    wr(r, CR, 0x21);
    wr(r, DCR, 0x49);
    wr(r, 10, 0);
    wr(r, 11, 0);
    wr(r, 12, 0x04);
    wr(r, 13, 0x00);
    wr(r, 1, 0x46);
    wr(r, 2, 0x80);
    wr(r, BNRY, 0x46);
    wr(r, ISR, 0xff);
    wr(r, 15, 0x3f);
    wr(r, CR, 0x61);
    for (unsigned i = 0; i < 6; i++)
        wr(r, 1 + i, address[i]);
    wr(r, 7, 0x47);
    wr(r, CR, 0x22);
}

static void put(struct rig *r, unsigned at, const uint8_t *bytes, unsigned n)
{
    remote(r, at, n, 0x12);
    for (unsigned i = 0; i < n; i += 2)
        ne2000_ops.write(&r->n, DATA, bytes[i] | (i + 1 < n ? bytes[i + 1] << 8 : 0), 2);
}

static void get(struct rig *r, unsigned at, uint8_t *bytes, unsigned n)
{
    remote(r, at, n, 0x0a);
    for (unsigned i = 0; i < n; i += 2) {
        unsigned v = ne2000_ops.read(&r->n, DATA, 2);
        bytes[i] = (uint8_t)v;
        if (i + 1 < n)
            bytes[i + 1] = (uint8_t)(v >> 8);
    }
}

static void test_probe(void)
{
    struct rig r;
    uint8_t prom[32];
    start(&r);
    rd(&r, RESET);
    wr(&r, RESET, 0xff);
    CHECK((rd(&r, ISR) & 0x80) && rd(&r, CR) == 0x21, "reset: RST, stopped, remote DMA off");
    wr(&r, CR, 0x22);
    CHECK(!(rd(&r, ISR) & 0x80), "start takes RST away");
    wr(&r, CR, 0x61);
    wr(&r, 13, 0xff);
    wr(&r, CR, 0x20);
    rd(&r, 13);
    CHECK(rd(&r, 13) == 0, "page 1 is not page 0: the counter is cleared by reading");
    wr(&r, DCR, 0x48);
    remote(&r, 0, 32, 0x0a);
    for (unsigned i = 0; i < 32; i++)
        prom[i] = (uint8_t)rd(&r, DATA);
    CHECK(rd(&r, ISR) & 0x40, "remote DMA complete");
    bool doubled = true;
    for (unsigned i = 0; i < 32; i += 2)
        doubled = doubled && prom[i] == prom[i + 1];
    CHECK(doubled && prom[0] == 0x52 && prom[10] == 0x56 && prom[28] == 0x57 && prom[31] == 0x57,
          "the PROM: each byte twice, 57h 57h");
    CHECK(rd(&r, DATA) == 0xff, "no count left, no byte");
    remote(&r, 0, 4, 0x0a);
    CHECK(ne2000_ops.read(&r.n, DATA, 2) == 0x5252 && r.n.rbcr == 2,
          "byte mode: a word is two accesses");
    remote(&r, 0, 0, 0x0a);
    CHECK(rd(&r, ISR) & 0x40, "nothing to transfer is done at once");
    wr(&r, CR, 0xa1);
    CHECK(rd(&r, 14) == 0x48 && rd(&r, 1) == 0x46 && rd(&r, 2) == 0x80, "page 2 shows what page 0 "
                                                                        "takes");
    wr(&r, CR, 0xe1);
    CHECK(rd(&r, 5) == 0xff, "page 3 is not there");
}

static void test_memory(void)
{
    struct rig r;
    uint8_t out[301], in[301];
    start(&r);
    for (unsigned i = 0; i < sizeof out; i++)
        out[i] = (uint8_t)(i * 7 + 1);
    put(&r, 0x4000, out, 300);
    CHECK(rd(&r, ISR) & 0x40, "written");
    wr(&r, ISR, 0x40);
    get(&r, 0x4000, in, 300);
    CHECK(memcmp(in, out, 300) == 0 && (rd(&r, ISR) & 0x40), "and read back");
    remote(&r, 0x4000, 5, 0x0a);
    for (unsigned i = 0; i < 2; i++)
        ne2000_ops.read(&r.n, DATA, 2);
    CHECK(rd(&r, DATA) == out[4], "an odd last byte comes by a byte access");
    put(&r, 0x7f80, out, 256); /* over the end of the ring */
    get(&r, 0x4600, in, 128);
    CHECK(memcmp(in, out + 128, 128) == 0, "the remote DMA goes on at PSTART");
    put(&r, 0x0000, out, 6);
    put(&r, 0x9000, out, 6);
    get(&r, 0x0000, in, 2);
    CHECK(in[0] == 0x52, "the PROM cannot be written");
    get(&r, 0x9000, in, 2);
    CHECK(in[0] == 0xff, "beyond the memory there is nothing");
    remote(&r, 0x4000, 4, 0x0a);
    wr(&r, CR, 0x22);
    CHECK(ne2000_ops.read(&r.n, DATA, 2) == 0xffff, "aborted");
    CHECK(rd(&r, 8) == 0x00 && rd(&r, 9) == 0x40, "CRDA can be read");
}

static void test_transmit(void)
{
    struct rig r;
    uint8_t frame[64] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x52, 0x54};
    start(&r);
    frame[59] = 0xaa;
    put(&r, 0x4000, frame, 64);
    wr(&r, ISR, 0xff);
    wr(&r, 4, 0x40);
    wr(&r, 5, 60);
    wr(&r, 6, 0);
    wr(&r, CR, 0x26);
    CHECK(r.sent == 1 && r.length == 60 && memcmp(r.frame, frame, 60) == 0, "out it goes");
    CHECK(rd(&r, CR) == 0x26 && !(rd(&r, ISR) & 2) && !r.irq, "and is on the cable for a while");
    wr(&r, CR, 0x26);
    CHECK(r.sent == 1, "TXP while it transmits does nothing");
    pass(&r, eth_duration(60, NE2000_RATE) - 1);
    CHECK(rd(&r, CR) == 0x26, "for 67.2 us");
    pass(&r, 1);
    CHECK(rd(&r, CR) == 0x22 && (rd(&r, ISR) & 2) && r.irq && rd(&r, TSR) == 1, "then PTX");
    wr(&r, ISR, 2);
    CHECK(!r.irq, "acknowledged");
    wr(&r, 6, 8);
    wr(&r, CR, 0x26);
    pass(&r, clock_periods(1, 100));
    CHECK(r.sent == 1 && (rd(&r, ISR) & 2), "what is too long for a frame leaves no trace");
    wr(&r, CR, 0x21);
    wr(&r, CR, 0x25);
    CHECK(r.sent == 1, "a stopped chip sends nothing");
    /* The driver's own FCS. */
    uint32_t fcs = eth_fcs(frame, 60);
    for (unsigned i = 0; i < 4; i++)
        frame[60 + i] = (uint8_t)(fcs >> 8 * i);
    wr(&r, CR, 0x22);
    put(&r, 0x4000, frame, 64);
    wr(&r, 5, 64);
    wr(&r, 6, 0);
    wr(&r, 13, 1);
    wr(&r, CR, 0x26);
    CHECK(r.sent == 2 && r.length == 60, "with CRC inhibited it is part of the data");
    pass(&r, clock_periods(1, 100));
    frame[20] ^= 1;
    put(&r, 0x4000, frame, 64);
    wr(&r, CR, 0x26);
    CHECK(r.sent == 2, "a wrong one reaches nobody");
}

static unsigned page1(struct rig *r, unsigned reg)
{
    wr(r, CR, 0x62);
    unsigned v = rd(r, reg);
    wr(r, CR, 0x22);
    return v;
}

static void test_receive(void)
{
    struct rig r;
    uint8_t frame[300] = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56}, got[320];
    start(&r);
    for (unsigned i = 12; i < sizeof frame; i++)
        frame[i] = (uint8_t)(i * 3);
    ne2000_receive(&r.n, frame, 300);
    CHECK((rd(&r, ISR) & 1) && r.irq && rd(&r, RSR) == 1, "PRX");
    CHECK(page1(&r, 7) == 0x49, "two pages");
    get(&r, 0x4700, got, 308);
    uint32_t fcs = eth_fcs(frame, 300);
    CHECK(got[0] == 1 && got[1] == 0x49 && got[2] == (304 & 0xff) && got[3] == 304 >> 8,
          "status, next page, length with FCS");
    CHECK(memcmp(got + 4, frame, 300) == 0 && got[304] == (uint8_t)fcs &&
              got[307] == (uint8_t)(fcs >> 24),
          "the bytes and the FCS");
    /* A frame of 248 bytes with header and FCS fills a page; one more needs another. */
    ne2000_receive(&r.n, frame, 248);
    CHECK(page1(&r, 7) == 0x4a, "one page");
    ne2000_receive(&r.n, frame, 249);
    CHECK(page1(&r, 7) == 0x4c, "two pages");
    for (unsigned pages = 5; pages < 56; pages++)
        ne2000_receive(&r.n, frame, 60);
    CHECK(page1(&r, 7) == 0x7f && !(rd(&r, ISR) & 0x10), "all but the page before the boundary's");
    ne2000_receive(&r.n, frame, 60);
    CHECK((rd(&r, ISR) & 0x90) == 0x90 && rd(&r, RSR) == 0x10, "then OVW and RST");
    CHECK(rd(&r, 15) > 0 && rd(&r, 15) == 0, "counted, and the counter cleared by reading");
    wr(&r, BNRY, 0x60);
    wr(&r, ISR, 0xff);
    CHECK(!(rd(&r, ISR) & 0x80), "room: RST goes");
    ne2000_receive(&r.n, frame, 300);
    CHECK((rd(&r, ISR) & 1), "and frames come again");
    unsigned at = page1(&r, 7);
    CHECK(at >= 0x46 && at < 0x60, "round the end of the ring: CURR %02x", at);
    /* "Send packet" takes the oldest frame without being told where it is. */
    wr(&r, BNRY, 0x47);
    wr(&r, CR, 0x1a);
    CHECK(r.n.crda == 0x4700 && r.n.rbcr == 304, "its place and length");
    for (unsigned i = 0; i < 304; i += 2)
        ne2000_ops.read(&r.n, DATA, 2);
    CHECK(rd(&r, BNRY) == 0x49 && (rd(&r, ISR) & 0x40), "at its end the boundary moves");
}

static void one_counter(struct rig *r, unsigned times)
{
    uint8_t frame[60] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    for (; times; times--)
        ne2000_receive(&r->n, frame, 60);
}

static void test_filter(void)
{
    struct rig r;
    uint8_t own[60] = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56}, other[60] = {0x52, 0x54, 0x01};
    uint8_t all[60] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, group[60] = {1, 0, 0x5e, 0, 0, 0xfb};
    const struct {
        uint8_t rcr;
        bool own, other, all, group;
    } rows[] = {
        {0x00, true, false, false, false}, {0x04, true, false, true, false},
        {0x08, true, false, false, true},  {0x10, true, true, false, false},
        {0x1c, true, true, true, true},    {0x0c, true, false, true, true},
    };
    start(&r);
    uint32_t bit = eth_hash(group) >> 26;
    wr(&r, CR, 0x62);
    wr(&r, 8 + bit / 8, 1u << bit % 8);
    wr(&r, CR, 0x22);
    for (unsigned n = 0; n < ARRAY_LEN(rows); n++) {
        const uint8_t *const frames[] = {own, other, all, group};
        const bool want[] = {rows[n].own, rows[n].other, rows[n].all, rows[n].group};
        wr(&r, 12, rows[n].rcr);
        for (unsigned f = 0; f < 4; f++) {
            wr(&r, BNRY, 0x46);
            wr(&r, CR, 0x62);
            wr(&r, 7, 0x47);
            wr(&r, CR, 0x22);
            wr(&r, ISR, 0xff);
            ne2000_receive(&r.n, frames[f], 60);
            CHECK((rd(&r, ISR) & 1) == want[f], "RCR %02x, frame %u", rows[n].rcr, f);
            if (want[f])
                CHECK((rd(&r, RSR) & 0x20) == (f >= 2 ? 0x20 : 0), "RSR says group or not");
        }
    }
    group[5] ^= 1;
    wr(&r, ISR, 0xff);
    ne2000_receive(&r.n, group, 60);
    CHECK(!(rd(&r, ISR) & 1), "another group: another bit");
    wr(&r, 12, 0x24);
    wr(&r, ISR, 0xff);
    rd(&r, 15);
    one_counter(&r, 127);
    CHECK(!(rd(&r, ISR) & 0x21), "monitor mode keeps nothing");
    one_counter(&r, 1);
    CHECK(rd(&r, ISR) & 0x20, "the counters' upper bit interrupts");
    one_counter(&r, 200);
    CHECK(rd(&r, 15) == 192, "they stop at 192");
    wr(&r, 12, 0x04);
    wr(&r, CR, 0x21);
    wr(&r, ISR, 0xff);
    ne2000_receive(&r.n, own, 60);
    CHECK(!(rd(&r, ISR) & 1), "stopped: nothing is received");
}

/* AN-937, section 6: packets of 64 bytes, address matching or not. */
static void test_loopback(void)
{
    static const struct {
        uint8_t tcr, rcr, crc_good, tsr, rsr, isr;
        bool match;
    } rows[] = {
        {0x02, 0x00, 0, 0x51, 0x02, 0x06, true}, {0x02, 0x00, 0, 0x51, 0x01, 0x02, false},
        {0x04, 0x00, 0, 0x41, 0x02, 0x06, true}, {0x06, 0x00, 0, 0x01, 0x02, 0x06, true},
        {0x03, 0x00, 1, 0x51, 0x01, 0x02, true}, {0x03, 0x00, 0, 0x51, 0x02, 0x06, true},
    };
    for (unsigned n = 0; n < ARRAY_LEN(rows); n++) {
        struct rig r;
        uint8_t frame[64] = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
        start(&r);
        if (!rows[n].match)
            frame[5]++;
        uint32_t fcs = eth_fcs(frame, 60) + !rows[n].crc_good;
        for (unsigned i = 0; i < 4; i++)
            frame[60 + i] = (uint8_t)(fcs >> 8 * i);
        put(&r, 0x4000, frame, 64);
        wr(&r, ISR, 0xff);
        wr(&r, 4, 0x40);
        wr(&r, 5, rows[n].tcr & 1 ? 64 : 60);
        wr(&r, 6, 0);
        wr(&r, 12, rows[n].rcr);
        wr(&r, 13, rows[n].tcr);
        wr(&r, CR, 0x26);
        pass(&r, clock_periods(1, 100));
        CHECK(rd(&r, TSR) == rows[n].tsr && rd(&r, RSR) == rows[n].rsr &&
                  rd(&r, ISR) == rows[n].isr && r.sent == 0,
              "TCR %02x: TSR %02x RSR %02x ISR %02x", rows[n].tcr, rd(&r, TSR), rd(&r, RSR),
              rd(&r, ISR));
        if (rows[n].tcr & 1) {
            unsigned v[8];
            for (unsigned i = 0; i < 8; i++)
                v[i] = rd(&r, 6);
            CHECK(v[0] == 64 && v[1] == 0 && v[2] == 0 && v[4] == frame[60] && v[7] == frame[63],
                  "the FIFO: the length where the first bytes were, then the last bytes");
        }
    }
}

static void test_snapshot(void)
{
    struct rig r, q;
    struct snap save, load;
    uint8_t frame[60] = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
    start(&r);
    ne2000_receive(&r.n, frame, 60);
    put(&r, 0x4000, frame, 60);
    wr(&r, 4, 0x40);
    wr(&r, 5, 60);
    wr(&r, CR, 0x26);
    snap_save_init(&save);
    clock_snap(&r.k, &save);
    ne2000_snap(&r.n, &save);
    memset(&q, 0, sizeof q);
    clock_init(&q.k);
    ne2000_init(&q.n, &q.k, (struct irq){irq_in, &q, 9}, address, on_send, &q, NULL);
    snap_load_init(&load, save.buf, save.len);
    clock_snap(&q.k, &load);
    ne2000_snap(&q.n, &load);
    CHECK(snap_ok(&load) && load.pos == save.len, "loaded");
    wr(&r, ISR, 0x01);
    wr(&q, ISR, 0x01);
    pass(&r, clock_periods(1, 100));
    pass(&q, clock_periods(1, 100));
    CHECK(r.irq && q.irq && rd(&q, ISR) == rd(&r, ISR), "the transmission ends in both");
    CHECK(memcmp(q.n.memory, r.n.memory, NE2000_MEMORY) == 0 && q.n.curr == r.n.curr, "equal");
    snap_free(&save);
}

/* Whatever is programmed, the chip stays within itself (sanitizers look on). */
static void test_random(void)
{
    static struct rig r;
    uint8_t frame[ETH_MAX];
    uint32_t seed = 12345;
    start(&r);
    memset(frame, 0xff, sizeof frame);
    for (unsigned n = 0; n < 400000; n++) {
        seed = seed * 1664525 + 1013904223;
        unsigned off = seed >> 27, v = seed >> 8 & 0xffff, size = seed >> 4 & 1 ? 2 : 1;
        if (off == RESET && (seed & 0xf00))
            off = CR;
        if (size == 2 && (off & 1))
            off--;
        if (seed >> 24 == 0x55)
            ne2000_receive(&r.n, frame, ETH_MIN + (seed >> 3) % (ETH_MAX - ETH_MIN + 1));
        else if (seed >> 5 & 1)
            ne2000_ops.write(&r.n, off, v, size);
        else
            ne2000_ops.read(&r.n, off, size);
        if ((seed & 0xff0000) == 0)
            pass(&r, seed & 0xfffff);
    }
    CHECK(r.irq == ((r.n.isr & r.n.imr & 0x7f) != 0), "the wire is what ISR and IMR say");
    start(&r);
    ne2000_receive(&r.n, (const uint8_t[60]){0x52, 0x54, 0x00, 0x12, 0x34, 0x56}, 60);
    CHECK(rd(&r, ISR) & 1, "and it works again after a start");
}

int main(void)
{
    test_probe();
    test_memory();
    test_transmit();
    test_receive();
    test_filter();
    test_loopback();
    test_snapshot();
    test_random();
    return report_end();
}
