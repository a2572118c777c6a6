/* SPDX-License-Identifier: MIT */
/*
 * test_devices_e1000.c - the 82540EM through its BARs as a driver sees it: EEPROM, PHY, rings,
 * checksums, segmentation, filters, interrupts, snapshots, and random programming.
 */
#include "devices/e1000.h"

#include "base/snap.h"
#include "base/trace.h"
#include "devices/ethernet.h"
#include "devices/pci.h"
#include "mmu/bus.h"
#include "tests/report.h"

#include <string.h>

#define BASE UINT32_C(0xfeb00000)
#define PORT 0xc000u
#define TX_RING 0x10000u
#define RX_RING 0x11000u
#define TX_DATA 0x20000u
#define RX_DATA 0x40000u
#define SENT 64u

static const uint8_t address[6] = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};

struct rig {
    struct clock k;
    struct bus b;
    struct pci p;
    struct e1000 e;
    bool irq;
    unsigned rises;
    unsigned sent;
    uint16_t length[SENT];
    uint8_t frame[SENT][ETH_MAX];
    unsigned tail; /* the transmit ring's */
};

static struct rig r;

static void irq_in(void *dev, unsigned n, bool level)
{
    (void)n;
    struct rig *rig = dev;
    rig->rises += level && !rig->irq;
    rig->irq = level;
}

static void on_send(void *ctx, const uint8_t *frame, uint16_t length)
{
    struct rig *rig = ctx;
    if (rig->sent < SENT) {
        rig->length[rig->sent] = length;
        memcpy(rig->frame[rig->sent], frame, length);
    }
    rig->sent++;
}

static uint32_t rd(unsigned reg)
{
    return bus_read(&r.b, BASE + reg, 4);
}

static void wr(unsigned reg, uint32_t v)
{
    bus_write(&r.b, BASE + reg, v, 4);
}

static void pass(uint64_t units)
{
    uint64_t end = r.k.now + units;
    while (clock_next(&r.k) <= end) {
        r.k.now = clock_next(&r.k);
        clock_fire(&r.k);
    }
    r.k.now = end;
}

static void micro(unsigned n)
{
    pass(clock_periods(n, 1000000));
}

static void power_on(void)
{
    struct irq pirq[PCI_PIRQS] = {
        {irq_in, &r, 0}, {irq_in, &r, 0}, {irq_in, &r, 0}, {irq_in, &r, 0}};
    if (r.b.ram)
        bus_fini(&r.b);
    memset(&r, 0, sizeof r);
    clock_init(&r.k);
    CHECK(bus_init(&r.b, 1 << 20, NULL, NULL), "a bus");
    bus_map_ram(&r.b, "ram", 0, 1 << 20, 0);
    pci_init(&r.p, &r.b, pirq, NULL);
    e1000_init(&r.e, &r.k, &r.b, address, on_send, &r, NULL);
    pci_attach(&r.p, 3, 0, &r.e.pci);
    e1000_reset(&r.e);
    pci_config_write(&r.p, 3, 0, PCI_BAR0, BASE, 4);
    pci_config_write(&r.p, 3, 0, PCI_BAR0 + 8, PORT, 4);
    pci_config_write(&r.p, 3, 0, PCI_COMMAND, 7, 2);
}

/* As a driver leaves it: rings of 8 and 16, buffers of 2048 bytes. */
static void start(void)
{
    power_on();
    wr(0x2800, RX_RING);
    wr(0x2808, 16 * 16);
    for (unsigned n = 0; n < 16; n++) {
        const uint32_t d[4] = {RX_DATA + n * 2048, 0, 0, 0};
        bus_poke(&r.b, RX_RING + n * 16, d, sizeof d);
    }
    wr(0x2818, 15);
    wr(0x0100, 0x04008002); /* EN, BAM, SECRC */
    wr(0x3800, TX_RING);
    wr(0x3808, 8 * 16);
    wr(0x0400, 0x0004010a);
}

/* A descriptor at the tail of the transmit ring; the tail moves when the packet is complete. */
static void describe(uint32_t at, uint32_t d2, uint32_t d3)
{
    const uint32_t d[4] = {at, 0, d2, d3};
    bus_poke(&r.b, TX_RING + r.tail * 16, d, sizeof d);
    r.tail = (r.tail + 1) % 8;
}

static void context(uint32_t d0, uint32_t d1, uint32_t d2, uint32_t d3)
{
    const uint32_t d[4] = {d0, d1, d2, d3};
    bus_poke(&r.b, TX_RING + r.tail * 16, d, sizeof d);
    r.tail = (r.tail + 1) % 8;
}

static unsigned get16(const uint8_t *p)
{
    return (unsigned)(p[0] << 8 | p[1]);
}

/* A second opinion: the sum as RFC 1071 writes it, over what must give zero. */
static bool sums_to_zero(const uint8_t *p, unsigned n, uint32_t pseudo)
{
    uint64_t sum = pseudo;
    for (unsigned i = 0; i < n; i++)
        sum += i & 1 ? p[i] : (uint64_t)p[i] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum == 0xffff;
}

static uint32_t pseudo(const uint8_t *ip, unsigned length)
{
    return get16(ip + 12) + get16(ip + 14) + get16(ip + 16) + get16(ip + 18) + ip[9] + length;
}

/* Ethernet, IPv4 and TCP headers: 54 bytes. */
static void make_tcp(uint8_t *f, unsigned data)
{
    static const uint8_t head[] = {0x52, 0x55, 10,   0,    2,    2, 0x52, 0x54, 0,    0x12, 0x34,
                                   0x56, 8,    0,    0x45, 0,    0, 0,    0x12, 0x34, 0x40, 0,
                                   64,   6,    0,    0,    10,   0, 2,    15,   10,   0,    2,
                                   2,    0x30, 0x39, 0,    80,   0, 0,    0xff, 0xf0, 0,    0,
                                   0,    1,    0x50, 0x19, 0x10, 0, 0,    0,    0,    0};
    memcpy(f, head, sizeof head);
    for (unsigned n = 0; n < data; n++)
        f[54 + n] = (uint8_t)(n * 5 + n / 256);
    f[16] = (uint8_t)((40 + data) >> 8);
    f[17] = (uint8_t)(40 + data);
}

static void test_identity(void)
{
    power_on();
    CHECK(pci_config_read(&r.p, 3, 0, 0, 4) == 0x100e8086, "8086:100E");
    CHECK(pci_config_read(&r.p, 3, 0, 8, 4) >> 8 == 0x020000, "an Ethernet controller");
    CHECK(rd(8) == 0x80080783, "STATUS: link up, 1000 Mb/s, full duplex");
    CHECK(rd(0x5400) == 0x12005452 && rd(0x5404) == 0x80005634, "RAL, RAH from the EEPROM");
    CHECK(rd(0x38) == 0x8100, "VET");
    uint16_t sum = 0;
    for (unsigned n = 0; n < 64; n++) {
        wr(0x14, n << 8 | 1);
        CHECK(rd(0x14) & 0x10, "EERD word %u", n);
        sum = (uint16_t)(sum + (rd(0x14) >> 16));
    }
    CHECK(sum == 0xbaba, "the EEPROM's sum");
    bus_out(&r.b, PORT, 0x8, 4);
    CHECK(bus_in(&r.b, PORT + 4, 4) == 0x80080783, "STATUS through the ports");
    bus_out(&r.b, PORT, 0x38, 4);
    bus_out(&r.b, PORT + 4, 0x1234, 4);
    CHECK(rd(0x38) == 0x1234, "and a write");
    bus_out(&r.b, PORT, 0x80000, 4);
    CHECK(bus_in(&r.b, PORT + 4, 4) == 0, "beyond the registers");
    CHECK(bus_read(&r.b, BASE + 9, 1) == 0x07, "a byte of a register");
    bus_write(&r.b, BASE + 0x39, 0x55, 1);
    CHECK(rd(0x38) == 0x5534, "a byte is written");
    wr(0x0, 0x04000000);
    CHECK(rd(0x38) == 0x8100 && !(rd(0) & 0x04000000), "CTRL.RST resets and goes away");
    CHECK(rd(0x1ffc0) == 0 && rd(0x58fc) == 0, "where nothing is");
}

static void pins(unsigned v)
{
    wr(0x10, 0x40 | v);
}

static unsigned serial_read(unsigned word)
{
    unsigned v = 0, bits = 6u << 6 | word;
    pins(0);
    pins(2);
    for (unsigned n = 0; n < 9; n++) {
        unsigned di = bits >> (8 - n) & 1 ? 4 : 0;
        pins(2 | di);
        pins(3 | di);
        pins(2 | di);
    }
    for (unsigned n = 0; n < 16; n++) {
        pins(3);
        v = v << 1 | (rd(0x10) >> 3 & 1);
        pins(2);
    }
    pins(0);
    return v;
}

static unsigned phy(unsigned n)
{
    wr(0x20, 2u << 26 | 1u << 21 | n << 16);
    CHECK((rd(0x20) >> 28 & 5) == 1, "MDIC ready, no error");
    return rd(0x20) & 0xffff;
}

static void test_eeprom_and_phy(void)
{
    power_on();
    pins(0);
    CHECK((rd(0x10) & 0x1c0) == 0x1c0, "present, request granted");
    CHECK(serial_read(0) == 0x5452 && serial_read(2) == 0x5634 && serial_read(13) == 0x100e,
          "words through the pins: %04x", serial_read(0));
    CHECK(phy(2) == 0x0141 && phy(3) == 0x0c20, "the PHY's identity");
    CHECK((phy(1) & 0x24) == 0x24, "link, negotiated");
    wr(0x20, 2u << 26 | 3u << 21 | 1u << 16);
    CHECK(rd(0x20) & 1u << 30, "another PHY address: error");
    rd(0xc0);
    wr(0x20, 1u << 29 | 1u << 26 | 1u << 21 | 0u << 16 | 0x1340);
    CHECK((rd(0xc0) & 0x204) == 0x204, "restart: link change; MDIO interrupt");
    CHECK(!(phy(1) & 0x24) && !(rd(8) & 2), "no link while it negotiates");
    micro(99000);
    CHECK(!(rd(8) & 2), "for 100 ms");
    micro(1000);
    CHECK((rd(8) & 2) && (rd(0xc0) & 4) && (phy(1) & 0x24), "then there is");
    wr(0x20, 1u << 26 | 1u << 21 | 9u << 16 | 0x0123);
    CHECK(phy(9) == 0x0123, "a register that keeps");
    wr(0, 0x80000041);
    CHECK(phy(9) == 0x0e00 && !(rd(0) & 0x80000000), "CTRL.PHY_RST");
}

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

static void frame_to(uint8_t *f, const uint8_t *to, unsigned length)
{
    memcpy(f, to, 6);
    for (unsigned n = 6; n < length; n++)
        f[n] = (uint8_t)(n * 11);
    f[12] = 0x08;
    f[13] = 0x06;
}

static void test_receive(void)
{
    uint8_t f[ETH_MAX], d[16], got[ETH_MAX];
    start();
    wr(0xd0, 0xd0);
    frame_to(f, address, 300);
    e1000_receive(&r.e, f, 300);
    bus_peek(&r.b, RX_RING, d, 16);
    bus_peek(&r.b, RX_DATA, got, 300);
    CHECK(memcmp(got, f, 300) == 0 && get16((uint8_t[]){d[9], d[8]}) == 300 && d[12] == 7 &&
              d[13] == 0,
          "stored: DD, EOP, no checksum looked at: %02x", d[12]);
    CHECK(r.irq && (rd(0xc0) & 0x80) && !r.irq && rd(0x2810) == 1, "RXT0");
    wr(0x100, 0x00008002); /* without SECRC the FCS is part of it */
    e1000_receive(&r.e, f, 300);
    bus_peek(&r.b, RX_RING + 16, d, 16);
    bus_peek(&r.b, RX_DATA + 2048, got, 304);
    uint32_t fcs = eth_fcs(f, 300);
    CHECK(d[8] == (304 & 0xff) && got[300] == (uint8_t)fcs && got[303] == (uint8_t)(fcs >> 24),
          "with its FCS");
    wr(0x100, 0x04038002); /* buffers of 256 bytes */
    e1000_receive(&r.e, f, 300);
    bus_peek(&r.b, RX_RING + 32, d, 16);
    CHECK(d[12] == 1 && d[8] == 0 && d[9] == 1, "the first piece: DD, 256 bytes");
    bus_peek(&r.b, RX_RING + 48, d, 16);
    CHECK((d[12] & 3) == 3 && d[8] == 44, "the second: EOP, 44 bytes");
    wr(0x100, 0x04008002);
    rd(0xc0);
    for (unsigned n = 0; n < 11; n++)
        e1000_receive(&r.e, f, 60);
    CHECK(rd(0x2810) == 15 && (rd(0xc0) & 0x50) == 0x10, "RXDMT0: half of the ring is used");
    e1000_receive(&r.e, f, 60);
    CHECK((rd(0xc0) & 0xc0) == 0x40 && rd(0x4010) == 1 && rd(0x40a0) == 1 && rd(0x4010) == 0,
          "no descriptors: RXO, MPC, RNBC");
    wr(0x2818, 14);
    e1000_receive(&r.e, f, 60);
    e1000_receive(&r.e, f, 60);
    CHECK(rd(0x2810) == 1, "round the ring");
    wr(0x2818, 2); /* one descriptor, and a frame that needs two */
    wr(0x100, 0x04038002);
    e1000_receive(&r.e, f, 300);
    CHECK(rd(0x2810) == 1, "all or nothing");
    CHECK(rd(0x4074) == 16 && rd(0x40d0) == 18, "GPRC and TPR count: %u", rd(0x40d0));
    wr(0x100, 0);
    wr(0x2818, 0);
    e1000_receive(&r.e, f, 60);
    CHECK(rd(0x2810) == 1, "receiver off");
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

static void test_filters(void)
{
    static const uint8_t all[6] = {255, 255, 255, 255, 255, 255}, other[6] = {2, 0, 0, 0, 0, 9};
    static const uint8_t group[6] = {1, 0, 0x5e, 0, 0xab, 0xcd};
    const uint8_t *const to[] = {address, other, all, group};
    static const struct {
        uint32_t rctl;
        bool want[4];
    } rows[] = {
        {0x00000002, {true, false, false, false}}, {0x00008002, {true, false, true, false}},
        {0x0000000a, {true, true, false, false}},  {0x00000012, {true, false, true, true}},
        {0x0000801a, {true, true, true, true}},
    };
    uint8_t f[60], d[16];
    start();
    for (unsigned n = 0; n < ARRAY_LEN(rows); n++) {
        for (unsigned i = 0; i < 4; i++) {
            wr(0x100, rows[n].rctl);
            wr(0x2810, 0);
            frame_to(f, to[i], 60);
            e1000_receive(&r.e, f, 60);
            CHECK((rd(0x2810) == 1) == rows[n].want[i], "RCTL %08x, frame %u", rows[n].rctl, i);
        }
    }
    static const uint8_t shift[4] = {4, 3, 2, 0};
    for (unsigned mo = 0; mo < 4; mo++) {
        unsigned bit = 0xcdabu >> shift[mo] & 0xfff;
        wr(0x100, 2 | mo << 12);
        wr(0x2810, 0);
        wr(0x5200 + bit / 32 * 4, 1u << bit % 32);
        frame_to(f, group, 60);
        e1000_receive(&r.e, f, 60);
        bus_peek(&r.b, RX_RING, d, 16);
        CHECK(rd(0x2810) == 1 && (d[12] & 0x80), "multicast table, MO %u: PIF", mo);
        wr(0x5200 + bit / 32 * 4, 0);
        e1000_receive(&r.e, f, 60);
        CHECK(rd(0x2810) == 1, "without the bit it does not pass");
    }
    wr(0x5478, 0x00000002);
    wr(0x547c, 0x80000900);
    frame_to(f, other, 60);
    e1000_receive(&r.e, f, 60);
    CHECK(rd(0x2810) == 2, "the sixteenth address");
    wr(0x547c, 0x00000900);
    e1000_receive(&r.e, f, 60);
    CHECK(rd(0x2810) == 2, "not valid, not ours");
}

static void test_interrupts(void)
{
    uint8_t f[60];
    start();
    frame_to(f, address, 60);
    e1000_receive(&r.e, f, 60);
    CHECK(!r.irq, "masked");
    wr(0xd0, 0x80);
    CHECK(r.irq && rd(0xd0) == 0x80, "unmasked");
    wr(0xd8, 0x80);
    CHECK(!r.irq, "IMC");
    wr(0xd0, 0x80);
    wr(0xc0, 0x80);
    CHECK(!r.irq, "a one written to ICR");
    wr(0xc8, 0x04);
    CHECK(!r.irq, "ICS of a masked cause");
    wr(0xd0, 0x04);
    CHECK(r.irq && rd(0xc0) == 0x04, "and unmasked");
    wr(0xc4, 1000); /* ITR: 256 us */
    r.rises = 0;
    for (unsigned n = 0; n < 100; n++) {
        wr(0xc8, 0x80);
        if (r.irq)
            rd(0xc0);
        micro(10);
    }
    CHECK(r.rises == 4, "1 ms, an interrupt every 256 us: %u", r.rises);
    wr(0x20, 1u << 26 | 1u << 21 | 0u << 16 | 0x4140); /* PHY loopback */
    unsigned sent = r.sent, head = rd(0x2810);
    bus_poke(&r.b, TX_DATA, f, 60);
    describe(TX_DATA, 0x0b000000 | 60, 0);
    wr(0x3818, r.tail);
    micro(10);
    CHECK(r.sent == sent && rd(0x2810) == head + 1, "loopback: received, not sent");
}

static void save(struct snap *s)
{
    snap_save_init(s);
    clock_snap(&r.k, s);
    pci_snap(&r.p, s);
    e1000_snap(&r.e, s);
}

static void test_snapshot(void)
{
    struct snap s, load, again;
    uint8_t frame[100];
    start();
    make_tcp(frame, 46);
    bus_poke(&r.b, TX_DATA, frame, 100);
    describe(TX_DATA, 0x02000000 | 30, 0);
    describe(TX_DATA + 30, 0x0b000000 | 70, 0);
    wr(0x3818, 1); /* half of a packet */
    micro(5);
    wr(0x3818, 2);
    save(&s);
    CHECK(snap_ok(&s), "saved");
    uint8_t ring[256];
    bus_peek(&r.b, TX_RING, ring, sizeof ring);
    power_on();
    snap_load_init(&load, s.buf, s.len);
    clock_snap(&r.k, &load);
    pci_snap(&r.p, &load);
    e1000_snap(&r.e, &load);
    CHECK(snap_ok(&load) && load.pos == s.len, "loaded: %s", load.err.text);
    save(&again);
    CHECK(again.len == s.len && memcmp(again.buf, s.buf, s.len) == 0, "saves the same");
    bus_poke(&r.b, TX_RING, ring, sizeof ring);
    bus_poke(&r.b, TX_DATA, frame, 100);
    micro(5);
    CHECK(r.sent == 1 && r.length[0] == 100 && memcmp(r.frame[0], frame, 100) == 0,
          "the packet is completed after loading");
    snap_free(&again);
    for (size_t n = 0; n < s.len; n += 97) {
        s.buf[n] ^= 0xff;
        snap_load_init(&load, s.buf, s.len);
        clock_snap(&r.k, &load);
        pci_snap(&r.p, &load);
        e1000_snap(&r.e, &load);
        for (unsigned i = 0; i < 10 && clock_next(&r.k) != CLOCK_NEVER; i++) {
            r.k.now = clock_next(&r.k);
            clock_fire(&r.k);
        }
        s.buf[n] ^= 0xff;
    }
    CHECK(true, "damaged snapshots are survived");
    snap_free(&s);
}

/* Rings over the card's own registers, ends beyond rings, every length: it stays within itself. */
static void test_random(void)
{
    static const uint16_t regs[] = {0x0,    0x10,   0x14,   0x20,   0x38,   0xc0,   0xc4,   0xc8,
                                    0xd0,   0xd8,   0x100,  0x400,  0x2800, 0x2804, 0x2808, 0x2810,
                                    0x2818, 0x3800, 0x3804, 0x3808, 0x3810, 0x3818, 0x5000, 0x5400};
    uint32_t seed = 4711;
    uint8_t f[ETH_MAX];
    memset(f, 0xff, sizeof f);
    start();
    for (unsigned n = 0; n < 200000; n++) {
        seed = seed * 1664525 + 1013904223;
        uint32_t v = seed ^ seed << 13, reg = regs[(seed >> 9) % ARRAY_LEN(regs)];
        switch (seed >> 29) {
        case 0: rd(reg); break;
        case 1: e1000_receive(&r.e, f, ETH_MIN + (seed >> 3) % (ETH_MAX - ETH_MIN + 1)); break;
        case 2: pass(seed >> 12 & 0xffff); break;
        case 3: /* descriptors of any kind */
            bus_poke(&r.b, (seed >> 4 & 0xff) * 16 + TX_RING, (const uint32_t[]){v, v >> 7}, 8);
            bus_poke(&r.b, (seed >> 5 & 0xff) * 16 + TX_RING + 8,
                     (const uint32_t[]){seed * 7, seed * 13}, 8);
            break;
        case 4: /* plausible ones, so that something happens */
            wr(0x3800, seed & 0x100 ? TX_RING : BASE + (v & 0x3ff0));
            wr(0x3804, 0);
            wr(0x3808, 128 << (seed >> 12 & 3));
            wr(0x400, 2);
            wr(0x2800, seed & 0x200 ? RX_RING : BASE + (v & 0x3ff0));
            wr(0x2804, 0);
            wr(0x2808, 128 << (seed >> 14 & 3));
            wr(0x100, 0x801a);
            break;
        case 5: bus_write(&r.b, BASE + (v & 0x7fff), seed, 1u << (seed >> 10) % 3); break;
        default: wr(reg, reg == 0x3818 || reg == 0x2818 ? v & 0x3f : v); break;
        }
        if (n % 1000 == 0)
            pci_config_write(&r.p, 3, 0, PCI_COMMAND, 7, 2);
    }
    CHECK(r.e.interrupt == r.irq, "the pin is what the chip says");
    start();
    frame_to(f, address, 60);
    e1000_receive(&r.e, f, 60);
    CHECK(rd(0x2810) == 1, "and it works again after a reset");
}

int main(void)
{
    test_identity();
    test_eeprom_and_phy();
    test_legacy();
    test_checksums();
    test_segmentation();
    test_receive();
    test_sums_received();
    test_filters();
    test_interrupts();
    test_snapshot();
    test_random();
    bus_fini(&r.b);
    return report_end();
}
