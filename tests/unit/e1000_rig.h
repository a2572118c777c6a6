/* SPDX-License-Identifier: MIT */
/*
 * e1000_rig.h - an 82540EM in slot 3 of a PCI bus, with a megabyte of memory, rings and buffers as a
 * driver leaves them, and a clock that the test moves. What it sends is kept.
 */
#ifndef TESTS_UNIT_E1000_RIG_H
#define TESTS_UNIT_E1000_RIG_H

#include "devices/e1000.h"

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

static inline void irq_in(void *dev, unsigned n, bool level)
{
    (void)n;
    struct rig *rig = dev;
    rig->rises += level && !rig->irq;
    rig->irq = level;
}

static inline void on_send(void *ctx, const uint8_t *frame, uint16_t length)
{
    struct rig *rig = ctx;
    if (rig->sent < SENT) {
        rig->length[rig->sent] = length;
        memcpy(rig->frame[rig->sent], frame, length);
    }
    rig->sent++;
}

static inline uint32_t rd(unsigned reg)
{
    return bus_read(&r.b, BASE + reg, 4);
}

static inline void wr(unsigned reg, uint32_t v)
{
    bus_write(&r.b, BASE + reg, v, 4);
}

static inline void pass(uint64_t units)
{
    uint64_t end = r.k.now + units;
    while (clock_next(&r.k) <= end) {
        r.k.now = clock_next(&r.k);
        clock_fire(&r.k);
    }
    r.k.now = end;
}

static inline void micro(unsigned n)
{
    pass(clock_periods(n, 1000000));
}

static inline void power_on(void)
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
static inline void start(void)
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
static inline void describe(uint32_t at, uint32_t d2, uint32_t d3)
{
    const uint32_t d[4] = {at, 0, d2, d3};
    bus_poke(&r.b, TX_RING + r.tail * 16, d, sizeof d);
    r.tail = (r.tail + 1) % 8;
}

static inline void context(uint32_t d0, uint32_t d1, uint32_t d2, uint32_t d3)
{
    const uint32_t d[4] = {d0, d1, d2, d3};
    bus_poke(&r.b, TX_RING + r.tail * 16, d, sizeof d);
    r.tail = (r.tail + 1) % 8;
}

static inline unsigned get16(const uint8_t *p)
{
    return (unsigned)(p[0] << 8 | p[1]);
}

/* A second opinion: the sum as RFC 1071 writes it, over what must give zero. */
static inline bool sums_to_zero(const uint8_t *p, unsigned n, uint32_t pseudo)
{
    uint64_t sum = pseudo;
    for (unsigned i = 0; i < n; i++)
        sum += i & 1 ? p[i] : (uint64_t)p[i] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum == 0xffff;
}

static inline uint32_t pseudo(const uint8_t *ip, unsigned length)
{
    return get16(ip + 12) + get16(ip + 14) + get16(ip + 16) + get16(ip + 18) + ip[9] + length;
}

/* Ethernet, IPv4 and TCP headers: 54 bytes. */
static inline void make_tcp(uint8_t *f, unsigned data)
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

static inline void frame_to(uint8_t *f, const uint8_t *to, unsigned length)
{
    memcpy(f, to, 6);
    for (unsigned n = 6; n < length; n++)
        f[n] = (uint8_t)(n * 11);
    f[12] = 0x08;
    f[13] = 0x06;
}

#endif
