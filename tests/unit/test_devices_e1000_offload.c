/* SPDX-License-Identifier: MIT */
/*
 * test_devices_e1000_offload.c - what the 82540EM does with packets: descriptors of all kinds, checksums
 * both ways, segmentation, VLAN tags. A second implementation of the checksum looks at the results.
 */
#include "tests/unit/e1000_rig.h"

static void test_legacy(void)
{
    uint8_t frame[1600], d[16];
    start();
    wr(0xd0, 1);
    make_tcp(frame, 46);
    bus_poke(&r.b, TX_DATA, frame, 100);
    describe(TX_DATA, 0x0b000000 | 60, 0); /* RS IFCS EOP */
    wr(0x3818, r.tail);
    CHECK(r.sent == 0, "not at once");
    micro(1);
    CHECK(r.sent == 1 && r.length[0] == 60 && memcmp(r.frame[0], frame, 60) == 0, "sent");
    bus_peek(&r.b, TX_RING, d, 16);
    CHECK(d[12] == 1 && rd(0x3810) == 1, "DD, head moved");
    CHECK(r.irq && rd(0xc0) == 3 && !r.irq, "TXDW and TXQE; reading ICR clears");
    describe(TX_DATA, 0x02000000 | 30, 0); /* in pieces, without RS */
    describe(TX_DATA + 30, 0, 0);
    describe(TX_DATA + 30, 0x07320000 | 70, 0x22 << 8); /* IC: from 34, to 50; EOP */
    wr(0x3818, r.tail);
    micro(2);
    CHECK(r.sent == 2 && r.length[1] == 100, "three descriptors, one frame");
    CHECK(memcmp(r.frame[1], frame, 50) == 0 && sums_to_zero(r.frame[1] + 34, 66, 0),
          "with the checksum of its tail");
    bus_peek(&r.b, TX_RING + 16, d, 16);
    CHECK(d[12] == 0, "without RS no DD");
    /* The ring turns. */
    for (unsigned n = 0; n < 5; n++) {
        describe(TX_DATA, 0x0b000000 | (60 + n), 0);
        wr(0x3818, r.tail);
        micro(2);
    }
    CHECK(r.sent == 7 && rd(0x3810) == 1, "round the ring: head %u", rd(0x3810));
    for (unsigned n = 0; n < 3; n++)
        describe(TX_DATA, 0x0b000000 | 1000, 0);
    wr(0x3818, r.tail);
    micro(1);
    CHECK(r.sent == 8, "a frame occupies the cable");
    micro(30);
    CHECK(r.sent == 10, "then come the others");
    CHECK(rd(0x40d4) == 10 && rd(0x40d4) == 0, "TPT, cleared by reading");
    uint64_t octets = rd(0x4090);
    CHECK(octets == 60 + 100 + 60 + 61 + 62 + 63 + 64 + 3000 + 40 && rd(0x4094) == 0 &&
              rd(0x4090) == 0,
          "GOTC with FCS, cleared by its high half: %u", (unsigned)octets);
    CHECK(rd(0x40d8) == 2 && rd(0x40dc) == 5 && rd(0x40e8) == 3, "frames by size");
    describe(TX_DATA, 0x0b000000 | 2000, 0);
    describe(TX_DATA, 0x0b000000 | 10, 0);
    wr(0x3818, r.tail);
    micro(100);
    CHECK(r.sent == 10 && rd(0x3810) == r.tail, "too long or too short for a frame");
    describe(TX_DATA, 0x09000000 | 60, 0);
    wr(0x3818, r.tail);
    micro(10);
    CHECK(r.sent == 11, "without IFCS it is let through all the same");
    r.sent = 10;
    wr(0x400, 0);
    describe(TX_DATA, 0x0b000000 | 60, 0);
    wr(0x3818, r.tail);
    micro(10);
    CHECK(r.sent == 10, "TCTL.EN off");
    wr(0x400, 2);
    micro(10);
    CHECK(r.sent == 11, "and on");
    pci_config_write(&r.p, 3, 0, PCI_COMMAND, 3, 2);
    describe(TX_DATA, 0x0b000000 | 60, 0);
    wr(0x3818, r.tail);
    micro(10);
    CHECK(r.sent == 11, "no bus master, no transmission");
}

static void test_checksums(void)
{
    uint8_t frame[1600];
    start();
    make_tcp(frame, 500);
    /* The driver leaves the pseudo header's sum, length included, in the TCP header. */
    uint32_t p = pseudo(frame + 14, 520);
    p = (p & 0xffff) + (p >> 16);
    frame[50] = (uint8_t)(p >> 8);
    frame[51] = (uint8_t)p;
    bus_poke(&r.b, TX_DATA, frame, 554);
    context(33u << 16 | 24 << 8 | 14, 0u << 16 | 50 << 8 | 34, 0x20000000, 0);
    describe(TX_DATA, 0x22100000 | 54, 3u << 8); /* DEXT IFCS, data; IXSM TXSM */
    describe(TX_DATA + 54, 0x2b100000 | 500, 0);
    wr(0x3818, r.tail);
    micro(5);
    const uint8_t *f = r.frame[0];
    CHECK(r.sent == 1 && r.length[0] == 554, "sent");
    CHECK(sums_to_zero(f + 14, 20, 0), "the IP header's checksum");
    CHECK(sums_to_zero(f + 34, 520, pseudo(f + 14, 520)), "TCP's");
    CHECK(memcmp(f + 54, frame + 54, 500) == 0, "the data");
    wr(0, 0x40000241);
    describe(TX_DATA, 0x6b100000 | 60, 0x0123u << 16); /* VLE */
    wr(0x3818, r.tail);
    micro(5);
    CHECK(r.length[1] == 64 && get16(r.frame[1] + 12) == 0x8100 &&
              get16(r.frame[1] + 14) == 0x123 && get16(r.frame[1] + 16) == 0x0800,
          "a VLAN tag");
}

static void test_segmentation(void)
{
    static uint8_t frame[8192];
    start();
    make_tcp(frame, 4000);
    uint32_t p = pseudo(frame + 14, 0); /* without length: it differs */
    p = (p & 0xffff) + (p >> 16);
    frame[50] = (uint8_t)(p >> 8);
    frame[51] = (uint8_t)p;
    frame[16] = frame[17] = 0;
    bus_poke(&r.b, TX_DATA, frame, 4054);
    wr(0xd0, 1);
    context(33u << 16 | 24 << 8 | 14, 0u << 16 | 50 << 8 | 34, 0x27000000 | 4000,
            1460u << 16 | 54 << 8);
    describe(TX_DATA, 0x26100000 | 54, 3u << 8); /* DEXT TSE IFCS */
    describe(TX_DATA + 54, 0x26100000 | 1000, 0);
    describe(TX_DATA + 1054, 0x2f100000 | 3000, 0); /* RS EOP */
    wr(0x3818, r.tail);
    micro(3);
    CHECK(r.irq, "done is reported");
    CHECK(r.sent == 3 && r.length[0] == 1514 && r.length[1] == 1514 && r.length[2] == 1134,
          "1460 + 1460 + 1080: %u frames, the last of %u", r.sent, r.length[2]);
    unsigned at = 0;
    for (unsigned n = 0; n < 3 && n < r.sent; n++) {
        const uint8_t *f = r.frame[n], *ip = f + 14, *tcp = f + 34;
        unsigned data = r.length[n] - 54u;
        CHECK(get16(ip + 2) == data + 40 && get16(ip + 4) == 0x1234 + n, "length, identification");
        CHECK(((uint32_t)get16(tcp + 4) << 16 | get16(tcp + 6)) == 0xfff0 + at, "sequence");
        CHECK(tcp[13] == (n == 2 ? 0x19 : 0x10), "FIN and PSH in the last one only");
        CHECK(sums_to_zero(ip, 20, 0) && sums_to_zero(tcp, data + 20, pseudo(ip, data + 20)),
              "checksums of segment %u", n);
        CHECK(memcmp(f + 54, frame + 54 + at, data) == 0, "its data");
        at += data;
    }
    CHECK(rd(0x40f8) == 1, "TSCTC");
    /* An exact multiple leaves no empty segment behind; a small one is one frame. */
    r.sent = 0;
    context(33u << 16 | 24 << 8 | 14, 0u << 16 | 50 << 8 | 34, 0x27000000 | 2920,
            1460u << 16 | 54 << 8);
    describe(TX_DATA, 0x2f100000 | 2974, 3u << 8);
    context(33u << 16 | 24 << 8 | 14, 0u << 16 | 50 << 8 | 34, 0x27000000 | 10,
            1460u << 16 | 54 << 8);
    describe(TX_DATA, 0x2f100000 | 64, 3u << 8);
    wr(0x3818, r.tail);
    micro(100);
    CHECK(r.sent == 3 && r.length[1] == 1514 && r.length[2] == 64, "2920 bytes are two");
    /* UDP: each its own length. */
    r.sent = 0;
    frame[23] = 17;
    bus_poke(&r.b, TX_DATA, frame, 4054);
    context(33u << 16 | 24 << 8 | 14, 0u << 16 | 40 << 8 | 34, 0x26000000 | 1000,
            600u << 16 | 42 << 8);
    describe(TX_DATA, 0x2f100000 | 1042, 3u << 8);
    wr(0x3818, r.tail);
    micro(100);
    CHECK(r.sent == 2 && get16(r.frame[0] + 38) == 608 && get16(r.frame[1] + 38) == 408,
          "UDP lengths");
}

static void test_sums_received(void)
{
    uint8_t f[700], d[16];
    start();
    wr(0x5000, 0x300);
    make_tcp(f, 501);
    memcpy(f, address, 6);
    uint32_t s = 0;
    for (unsigned n = 14; n < 34; n += 2)
        s += get16(f + n);
    s = (s & 0xffff) + (s >> 16);
    s = (s & 0xffff) + (s >> 16);
    f[24] = (uint8_t)(~s >> 8);
    f[25] = (uint8_t)~s;
    s = pseudo(f + 14, 521);
    for (unsigned n = 34; n < 555; n++)
        s += n & 1 ? f[n] : (uint32_t)f[n] << 8;
    while (s >> 16)
        s = (s & 0xffff) + (s >> 16);
    f[50] = (uint8_t)(~s >> 8);
    f[51] = (uint8_t)~s;
    e1000_receive(&r.e, f, 555);
    bus_peek(&r.b, RX_RING, d, 16);
    CHECK(d[12] == 0x63 && d[13] == 0, "IPCS and TCPCS, both right: %02x %02x", d[12], d[13]);
    f[100]++;
    e1000_receive(&r.e, f, 555);
    bus_peek(&r.b, RX_RING + 16, d, 16);
    CHECK(d[12] == 0x63 && d[13] == 0x20, "TCPE: %02x %02x", d[12], d[13]);
    f[22]++;
    e1000_receive(&r.e, f, 555);
    bus_peek(&r.b, RX_RING + 32, d, 16);
    CHECK(d[12] == 0x63 && d[13] == 0x60, "IPE as well: %02x", d[13]);
    f[12] = 0x86; /* not IPv4 */
    e1000_receive(&r.e, f, 555);
    bus_peek(&r.b, RX_RING + 48, d, 16);
    CHECK(d[12] == 0x07, "another protocol: IXSM");
    /* A tagged one is stripped. */
    wr(0, 0x40000241);
    f[12] = 0x81;
    f[13] = 0x00;
    f[14] = 0x01;
    f[15] = 0x23;
    e1000_receive(&r.e, f, 200);
    bus_peek(&r.b, RX_RING + 64, d, 16);
    CHECK((d[12] & 0x0b) == 0x0b && d[8] == 196 && d[14] == 0x23 && d[15] == 1,
          "VP, tag taken out");
    wr(0x100, 0x04048002); /* VLAN filter */
    e1000_receive(&r.e, f, 200);
    CHECK(rd(0x2810) == 5, "not in the VLAN table");
    wr(0x5600 + 4 * (0x123 / 32), 1u << 0x123 % 32);
    e1000_receive(&r.e, f, 200);
    CHECK(rd(0x2810) == 6, "in it");
}

int main(void)
{
    test_legacy();
    test_checksums();
    test_segmentation();
    test_sums_received();
    bus_fini(&r.b);
    return report_end();
}
