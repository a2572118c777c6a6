/* SPDX-License-Identifier: MIT */
/* test_devices_ethernet.c - check sequence, hash, and the cable: pace, order, room, snapshots. */
#include "devices/ethernet.h"

#include "base/snap.h"
#include "tests/report.h"

#include <string.h>

struct rig {
    struct clock k;
    struct eth_line l;
    unsigned got;
    uint64_t when[2 * ETH_QUEUE];
    uint16_t length[2 * ETH_QUEUE];
    uint8_t mark[2 * ETH_QUEUE];
    bool padded;
};

static void take(void *ctx, const uint8_t *frame, unsigned length)
{
    struct rig *r = ctx;
    r->when[r->got] = r->k.now;
    r->length[r->got] = (uint16_t)length;
    r->mark[r->got++] = frame[14];
    r->padded = frame[length - 1] == 0;
}

static void setup(struct rig *r)
{
    memset(r, 0, sizeof *r);
    clock_init(&r->k);
    eth_line_init(&r->l, &r->k, 10000000, take, r);
}

static void run(struct rig *r, uint64_t until)
{
    while (clock_next(&r->k) <= until) {
        r->k.now = clock_next(&r->k);
        clock_fire(&r->k);
    }
    r->k.now = until;
}

static void test_sums(void)
{
    const uint8_t check[] = "123456789";
    uint8_t frame[64] = {0x52, 0x54};
    CHECK(eth_fcs(check, 9) == 0xcbf43926, "the CRC-32 of \"123456789\"");
    uint32_t fcs = eth_fcs(frame, 60);
    for (unsigned i = 0; i < 4; i++)
        frame[60 + i] = (uint8_t)(fcs >> 8 * i);
    CHECK(eth_fcs(frame, 64) == ETH_RESIDUE, "a frame with its FCS leaves the residue");
    frame[7] ^= 4;
    CHECK(eth_fcs(frame, 64) != ETH_RESIDUE, "a damaged one does not");
    /* 01:00:5e:00:00:01, all systems: bit 31 in a DP8390's filter, as drivers compute it. */
    const uint8_t group[6] = {1, 0, 0x5e, 0, 0, 1};
    uint32_t lsb = ~eth_fcs(group, 6), reversed = 0;
    for (unsigned i = 0; i < 32; i++)
        reversed |= (lsb >> i & 1) << (31 - i);
    CHECK(eth_hash(group) == reversed, "the hash is the same sum, mirrored: %08x", reversed);
    CHECK(eth_is_group(group) && !eth_is_broadcast(group), "a group, not everybody");
    CHECK(eth_is_broadcast((const uint8_t[]){255, 255, 255, 255, 255, 255}), "everybody");
}

static void test_cable(void)
{
    struct rig r;
    uint8_t frame[ETH_MAX + 1] = {0};
    setup(&r);
    CHECK(!eth_line_put(&r.l, frame, 13) && !eth_line_put(&r.l, frame, ETH_MAX + 1),
          "neither too short nor too long");
    memset(frame, 0xee, sizeof frame);
    frame[14] = 1;
    CHECK(eth_line_put(&r.l, frame, 20), "a short one");
    frame[14] = 2;
    CHECK(eth_line_put(&r.l, frame, 1514), "a long one");
    uint64_t first = clock_periods((8 + 60 + 4 + 12) * 8, 10000000);
    uint64_t second = clock_periods((8 + 1514 + 4 + 12) * 8, 10000000);
    run(&r, first - 1);
    CHECK(r.got == 0, "not there yet");
    run(&r, first);
    CHECK(r.got == 1 && r.length[0] == 60 && r.padded, "67.2 us later, padded to 60 bytes");
    run(&r, first + second + 1);
    CHECK(r.got == 2 && r.mark[1] == 2 && r.when[1] == first + second, "then the other");
    for (unsigned n = 0; n < ETH_QUEUE; n++)
        CHECK(eth_line_put(&r.l, frame, 60), "room for %u", n);
    CHECK(!eth_line_put(&r.l, frame, 60) && eth_line_room(&r.l) == 0, "and no more");
    run(&r, r.k.now + second);
    CHECK(eth_line_room(&r.l) > 0, "room again");
    eth_line_reset(&r.l);
    unsigned got = r.got;
    run(&r, r.k.now + 10 * second);
    CHECK(r.got == got && eth_line_room(&r.l) == ETH_QUEUE, "reset: the cable is empty");
}

static void test_snapshot(void)
{
    static struct rig r, q;
    uint8_t frame[100] = {0};
    struct snap save, load;
    setup(&r);
    for (unsigned n = 0; n < 50; n++) { /* so that the ring has turned round */
        eth_line_put(&r.l, frame, 60);
        run(&r, r.k.now + clock_periods(1000, 1000000));
    }
    for (unsigned n = 0; n < 30; n++) {
        frame[14] = (uint8_t)n;
        eth_line_put(&r.l, frame, 60 + n);
    }
    snap_save_init(&save);
    clock_snap(&r.k, &save);
    eth_line_snap(&r.l, &save);
    CHECK(snap_ok(&save), "saved");
    setup(&q);
    snap_load_init(&load, save.buf, save.len);
    clock_snap(&q.k, &load);
    eth_line_snap(&q.l, &load);
    CHECK(snap_ok(&load) && load.pos == save.len, "loaded: %s", load.err.text);
    r.got = q.got = 0;
    run(&r, r.k.now + clock_periods(1, 10));
    run(&q, q.k.now + clock_periods(1, 10));
    CHECK(r.got == 30 && q.got == 30 && memcmp(r.when, q.when, 30 * sizeof *r.when) == 0 &&
              memcmp(r.length, q.length, 30 * sizeof *r.length) == 0 &&
              memcmp(r.mark, q.mark, 30) == 0,
          "the same frames at the same times");
    for (size_t n = 0; n < save.len; n++) { /* hostile streams */
        save.buf[n] ^= 0xff;
        setup(&q);
        snap_load_init(&load, save.buf, save.len);
        clock_snap(&q.k, &load);
        eth_line_snap(&q.l, &load);
        if (q.l.count > ETH_QUEUE || q.l.first >= ETH_QUEUE)
            CHECK(false, "byte %zu makes a ring of %u frames", n, q.l.count);
        for (unsigned i = 0; i < 100 && clock_next(&q.k) != CLOCK_NEVER; i++) {
            q.k.now = clock_next(&q.k);
            clock_fire(&q.k);
        }
        save.buf[n] ^= 0xff;
    }
    CHECK(true, "damaged snapshots are survived");
    snap_free(&save);
}

int main(void)
{
    test_sums();
    test_cable();
    test_snapshot();
    return report_end();
}
