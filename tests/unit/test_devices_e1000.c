/* SPDX-License-Identifier: MIT */
/*
 * test_devices_e1000.c - the 82540EM through its BARs as a driver sees it: EEPROM, PHY, receive ring,
 * filters, interrupts, snapshots, and random programming.
 */
#include "tests/unit/e1000_rig.h"

#include "base/snap.h"

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

/* A driver for the whole family takes the semaphore of its later chips before it reads the EEPROM; when
   it cannot, the card's address is 0. */
static void test_address_of_a_card_that_is_locked_first(void)
{
    power_on();
    CHECK(rd(0x5b50) == 0, "free");
    wr(0x5b50, rd(0x5b50) | 2);
    CHECK(rd(0x5b50) == 2, "taken");
    wr(0x5b50, 0xfffffffc);
    CHECK(rd(0x5b50) == 0, "given back; two bits are all there is");
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
    test_address_of_a_card_that_is_locked_first();
    test_receive();
    test_filters();
    test_interrupts();
    test_snapshot();
    test_random();
    bus_fini(&r.b);
    return report_end();
}
