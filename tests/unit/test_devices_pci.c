/* SPDX-License-Identifier: MIT */
/*
 * test_devices_pci.c - configuration mechanism 1, base addresses that move, interrupt pins, hostile
 * programming and snapshots, through the ports of a bus with RAM and a chip of its own.
 */
#include "base/snap.h"
#include "devices/pci.h"
#include "mmu/bus.h"
#include "tests/report.h"

#include <string.h>

#define RAM_SIZE (UINT32_C(1) << 20)
#define SLOT 3u

struct rig {
    struct bus bus;
    struct pci pci;
    struct pci_function card, other;
    uint8_t memory[65536], dirty[16], rom[4096];
    bool pirq[PCI_PIRQS];       /* levels of the wires */
    unsigned edges;             /* changes of them */
    unsigned told, told_reg;    /* calls of written(), the register of the last */
    uint32_t passed, passed_at; /* what went through CF8h-CFBh */
};

static void pirq_wire(void *dev, unsigned n, bool level)
{
    struct rig *r = dev;
    r->edges += r->pirq[n] != level;
    r->pirq[n] = level;
}

static uint32_t chip_read(void *dev, uint32_t off, unsigned size)
{
    (void)dev;
    return 0x10101010u * (size & 1u) + 0xc0u + (off & 0xf);
}

static uint32_t passed_read(void *dev, uint32_t off, unsigned size)
{
    (void)dev, (void)size;
    return 0x50 + off;
}

static void passed_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct rig *r = dev;
    (void)size;
    r->passed_at = off;
    r->passed = value;
}

static const struct io_ops chip_ops = {.read = chip_read, .widths = 1};
static const struct io_ops passed_ops = {.read = passed_read, .write = passed_write, .widths = 1};

static void told(void *ctx, unsigned reg, unsigned n)
{
    struct rig *r = ctx;
    (void)n;
    r->told++;
    r->told_reg = reg;
}

static void rig_init(struct rig *r)
{
    struct irq wires[PCI_PIRQS];

    memset(r, 0, sizeof *r);
    CHECK(bus_init(&r->bus, RAM_SIZE, NULL, NULL), "a bus");
    (void)bus_map_ram(&r->bus, "ram", 0, RAM_SIZE, 0);
    bus_map_ports(&r->bus, "chip", 0x300, 4, &chip_ops, NULL);
    for (unsigned n = 0; n < PCI_PIRQS; n++)
        wires[n] = (struct irq){pirq_wire, r, n};
    pci_init(&r->pci, &r->bus, wires, NULL);
    r->pci.passed = &passed_ops;
    r->pci.passed_dev = r;
    bus_map_ports(&r->bus, "pci address", 0xcf8, 4, &pci_address_ops, &r->pci);
    bus_map_ports(&r->bus, "pci data", 0xcfc, 4, &pci_data_ops, &r->pci);
    pci_function_init(&r->card, "card",
                      &(struct pci_identity){.vendor = 0x1234,
                                             .device = 0x5678,
                                             .subsystem_vendor = 0xaaaa,
                                             .subsystem = 0xbbbb,
                                             .class_code = 0x020000,
                                             .revision = 7,
                                             .pin = 1});
    pci_function_bar(
        &r->card, 0,
        &(struct pci_bar){
            .kind = PCI_MEMORY, .size = sizeof r->memory, .host = r->memory, .dirty = r->dirty});
    pci_function_bar(&r->card, 1,
                     &(struct pci_bar){.kind = PCI_PORTS, .size = 16, .ops = &chip_ops});
    pci_function_bar(&r->card, 2,
                     &(struct pci_bar){.kind = PCI_MMIO, .size = 4096, .ops = &chip_ops});
    pci_function_bar(&r->card, PCI_ROM_BAR,
                     &(struct pci_bar){.kind = PCI_IMAGE, .size = sizeof r->rom, .host = r->rom});
    pci_function_register(&r->card, 0x40, 0x11, 0xf0);
    r->card.written = told;
    r->card.ctx = r;
    pci_attach(&r->pci, SLOT, 0, &r->card);
    pci_function_init(&r->other, "other", &(struct pci_identity){.vendor = 0x4321, .pin = 1});
    pci_function_bar(&r->other, 0,
                     &(struct pci_bar){.kind = PCI_MMIO, .size = 4096, .ops = &chip_ops});
    pci_attach(&r->pci, SLOT + 4, 0, &r->other);
    pci_function_reset(&r->card);
    pci_function_reset(&r->other);
}

static void address(struct rig *r, unsigned slot, unsigned reg)
{
    bus_out(&r->bus, 0xcf8, 0x80000000u | slot << 11 | (reg & 0xfcu), 4);
}

static uint32_t get(struct rig *r, unsigned reg, unsigned size)
{
    address(r, SLOT, reg);
    return bus_in(&r->bus, (uint16_t)(0xcfc + (reg & 3)), size);
}

static void put(struct rig *r, unsigned reg, uint32_t value, unsigned size)
{
    address(r, SLOT, reg);
    bus_out(&r->bus, (uint16_t)(0xcfc + (reg & 3)), value, size);
}

static void test_mechanism(void)
{
    struct rig r;
    rig_init(&r);
    CHECK(get(&r, 0, 4) == 0x56781234, "vendor and device: %08x", get(&r, 0, 4));
    CHECK(get(&r, 2, 2) == 0x5678 && get(&r, 3, 1) == 0x56, "words and bytes of the data port");
    CHECK(get(&r, 8, 4) == 0x02000007 && get(&r, 0x2c, 4) == 0xbbbbaaaa, "class and subsystem");
    CHECK(get(&r, 0x3d, 1) == 1 && get(&r, 0x0e, 1) == 0, "pin and header type");
    CHECK(bus_in(&r.bus, 0xcf8, 4) == (0x80000000u | SLOT << 11 | 0x0c), "CONFADD reads back");
    bus_out(&r.bus, 0xcf8, 0xffffffff, 4);
    CHECK(bus_in(&r.bus, 0xcf8, 4) == 0x80fffffc, "its reserved bits are 0");
    CHECK(bus_in(&r.bus, 0xcfc, 4) == 0xffffffff, "bus 255 has nobody");
    address(&r, SLOT + 1, 0);
    CHECK(bus_in(&r.bus, 0xcfc, 4) == 0xffffffff, "an empty slot reads all ones");
    bus_out(&r.bus, 0xcf8, SLOT << 11, 4);
    CHECK(bus_in(&r.bus, 0xcfc, 4) == 0xffffffff, "not enabled: all ones");
    put(&r, 0, 0, 4);
    CHECK(get(&r, 0, 4) == 0x56781234, "identity is read-only");
    put(&r, 0x40, 0xff, 1);
    CHECK(get(&r, 0x40, 1) == 0xf1 && r.told_reg == 0x40 && r.told == 2, "a register of its own");
    address(&r, SLOT, 4);
    bus_out(&r.bus, 0xcf9, 6, 1);
    CHECK(r.passed == 6 && r.passed_at == 1 && bus_in(&r.bus, 0xcf9, 1) == 0x51,
          "bytes at CF9h pass the bridge");
    CHECK(bus_in(&r.bus, 0xcf8, 4) == (0x80000000u | SLOT << 11 | 4), "and leave CONFADD alone");
    bus_fini(&r.bus);
}

static void test_bars(void)
{
    struct rig r;
    rig_init(&r);
    put(&r, 0x10, 0xffffffff, 4);
    put(&r, 0x14, 0xffffffff, 4);
    put(&r, 0x30, 0xffffffff, 4);
    put(&r, 0x24, 0xffffffff, 4);
    CHECK(get(&r, 0x10, 4) == 0xffff0008, "memory says its size: %08x", get(&r, 0x10, 4));
    CHECK(get(&r, 0x14, 4) == 0xfffffff1, "ports: %08x", get(&r, 0x14, 4));
    CHECK(get(&r, 0x30, 4) == 0xfffff001, "ROM: %08x", get(&r, 0x30, 4));
    CHECK(get(&r, 0x24, 4) == 0, "a BAR that is not there is 0");
    put(&r, 4, 3, 2);
    CHECK(!r.card.bar[0].handle && !r.card.bar[1].handle && !r.card.bar[PCI_ROM_BAR].handle,
          "all ones are nowhere");
    put(&r, 0x10, 0xe0000000, 4);
    r.memory[5] = 0x77;
    CHECK(bus_read(&r.bus, 0xe0000005, 1) == 0x77, "the BAR is on the bus");
    bus_write(&r.bus, 0xe0001000, 0x12345678, 4);
    CHECK(r.memory[0x1000] == 0x78 && r.dirty[1] == 0xff, "and takes stores");
    put(&r, 0x10, 0xd0000000, 4);
    CHECK(bus_read(&r.bus, 0xe0000005, 1) == 0xff && bus_read(&r.bus, 0xd0000005, 1) == 0x77,
          "it moves");
    put(&r, 4, 1, 2);
    CHECK(bus_read(&r.bus, 0xd0000005, 1) == 0xff, "memory is switched off");
    put(&r, 0x14, 0xc000, 4);
    CHECK(bus_in(&r.bus, 0xc003, 1) == 0xd3, "ports: %02x", bus_in(&r.bus, 0xc003, 1));
    put(&r, 0x14, 0x1c000, 4);
    CHECK(!r.card.bar[1].handle && bus_in(&r.bus, 0xc003, 1) == 0xff, "beyond 64 K: nowhere");
    put(&r, 0x14, 0xfff0, 4);
    CHECK(bus_in(&r.bus, 0xffff, 1) == 0xdf, "the last ports are as good as others");
    r.rom[0] = 0x55;
    put(&r, 0x30, 0xd8000000, 4);
    put(&r, 4, 3, 2);
    CHECK(bus_read(&r.bus, 0xd8000000, 1) == 0xff, "a ROM needs its own enable bit");
    put(&r, 4, 0, 2);
    put(&r, 0x30, 1, 1);
    CHECK(bus_read(&r.bus, 0xd8000000, 1) == 0x55, "and no other");
    pci_function_reset(&r.card);
    CHECK(get(&r, 0x10, 4) == 8 && bus_read(&r.bus, 0xd0000005, 1) == 0xff &&
              bus_in(&r.bus, 0xffff, 1) == 0xff,
          "reset takes everything off the bus");
    bus_fini(&r.bus);
}

/* A BAR where something is already: the board's own answers first, and is there again afterwards. */
static void test_overlaps(void)
{
    struct rig r;
    rig_init(&r);
    bus_write(&r.bus, 0x8000, 0x42, 1);
    put(&r, 4, 3, 2);
    put(&r, 0x10, 0x00010000, 4);
    bus_write(&r.bus, 0x10000, 0x99, 1);
    CHECK(r.memory[0] == 0 && bus_read(&r.bus, 0x10000, 1) == 0x99, "RAM answers before a BAR");
    put(&r, 0x14, 0x300, 4);
    CHECK(bus_in(&r.bus, 0x301, 1) == 0xd1 && bus_in(&r.bus, 0x304, 1) == 0xd4,
          "the chip's ports, then the card's");
    put(&r, 0x14, 0xc000, 4);
    CHECK(bus_in(&r.bus, 0x301, 1) == 0xd1 && bus_in(&r.bus, 0x304, 1) == 0xff, "as before");
    put(&r, 0x10, 0x000f0000, 4);
    bus_write(&r.bus, 0xf0000, 0x31, 1);
    put(&r, 0x10, 0xe0000000, 4);
    CHECK(bus_read(&r.bus, 0xf0000, 1) == 0x31, "the end of RAM is RAM");

    /* Two functions at one address: the higher slot, in whatever order they came. */
    r.memory[0] = 0x11;
    pci_config_write(&r.pci, SLOT + 4, 0, 0x10, 0xe0000000, 4);
    pci_config_write(&r.pci, SLOT + 4, 0, 4, 2, 2);
    CHECK(bus_read(&r.bus, 0xe0000000, 1) == 0xd0, "the higher slot came last");
    put(&r, 4, 0, 2);
    put(&r, 4, 3, 2);
    CHECK(bus_read(&r.bus, 0xe0000000, 1) == 0xd0, "the higher slot came first");
    pci_config_write(&r.pci, SLOT + 4, 0, 4, 0, 2);
    CHECK(bus_read(&r.bus, 0xe0000000, 1) == 0x11, "it goes, the other is there");
    bus_fini(&r.bus);
}

static void test_interrupts(void)
{
    struct rig r;
    rig_init(&r);
    CHECK(pci_pirq_of(1, 1) == 0 && pci_pirq_of(3, 1) == 2 && pci_pirq_of(2, 4) == 0,
          "the rotation of slots");
    pci_function_interrupt(&r.card, true);
    CHECK(r.pirq[2] && r.edges == 1, "slot 3, INTA is PIRQC");
    CHECK(get(&r, 6, 2) == 0x08, "the status register shows it");
    pci_function_interrupt(&r.other, true);
    pci_function_interrupt(&r.card, false);
    CHECK(r.pirq[2] && r.edges == 1, "slots 3 and 7 share the wire");
    pci_function_interrupt(&r.other, false);
    CHECK(!r.pirq[2] && r.edges == 2, "both released it");
    pci_function_interrupt(&r.card, true);
    put(&r, 4, PCI_COMMAND_NO_INTX, 2);
    CHECK(!r.pirq[2] && get(&r, 6, 2) == 0x08, "held back by the command register");
    put(&r, 4, 0, 2);
    CHECK(r.pirq[2], "and let go");
    pci_function_reset(&r.card);
    CHECK(!r.pirq[2], "reset releases the pin");
    bus_fini(&r.bus);
}

static void snap_all(struct rig *r, struct snap *s)
{
    pci_snap(&r->pci, s);
    pci_function_snap(&r->card, s);
    pci_function_snap(&r->other, s);
}

static void test_snapshot(void)
{
    struct rig r, t;
    struct snap s, l;
    rig_init(&r);
    put(&r, 4, 7, 2);
    put(&r, 0x10, 0xe0000000, 4);
    put(&r, 0x14, 0xc000, 4);
    put(&r, 0x3c, 11, 1);
    pci_function_interrupt(&r.card, true);
    snap_save_init(&s);
    snap_all(&r, &s);
    rig_init(&t);
    snap_load_init(&l, s.buf, s.len);
    snap_all(&t, &l);
    CHECK(snap_ok(&l), "%s", l.err.text);
    t.memory[9] = 0x66;
    CHECK(bus_read(&t.bus, 0xe0000009, 1) == 0x66 && bus_in(&t.bus, 0xc001, 1) == 0xd1,
          "BARs are on the bus again");
    CHECK(get(&t, 0x3c, 2) == 0x010b && pci_is_master(&t.card) && get(&t, 6, 2) == 8, "registers");
    t.pirq[2] = true; /* the far end loads its own level */
    pci_function_interrupt(&t.card, false);
    CHECK(t.edges == 1 && !t.pirq[2], "the wire is known to be high");
    /* Any byte may be wrong: nothing is lost of what the chip is, and it can be used. */
    for (size_t n = 0; n < s.len; n++) {
        uint8_t was = s.buf[n];
        s.buf[n] ^= 0xff;
        snap_load_init(&l, s.buf, s.len);
        snap_all(&t, &l);
        s.buf[n] = was;
        put(&t, 0x10, 0xe0000000, 4);
        put(&t, 4, 3, 2);
        if (get(&t, 0, 4) != 0x56781234 || bus_read(&t.bus, 0xe0000009, 1) != 0x66)
            CHECK(false, "byte %zu of the stream broke the function", n);
    }
    snap_free(&s);
    bus_fini(&r.bus);
    bus_fini(&t.bus);
}

/* Random programming through the ports: the header stays what it is and RAM stays RAM. */
static void test_hostile(void)
{
    struct rig r;
    uint32_t x = 12345;
    rig_init(&r);
    bus_write(&r.bus, 0x1234, 0xabcd1234, 4);
    for (unsigned n = 0; n < 20000; n++) {
        x = x * 1664525u + 1013904223u;
        uint32_t value = n % 3 ? x : UINT32_C(0xffffffff) << (x >> 28);
        unsigned size = 1u << (x >> 8) % 3;
        address(&r, x & 1 ? SLOT : SLOT + 4, x >> 16);
        bus_out(&r.bus, (uint16_t)(0xcf8 + (x >> 12) % 8), value, size);
        (void)bus_in(&r.bus, (uint16_t)(0xcf8 + (x >> 20) % 8), size);
        pci_function_interrupt(&r.card, x >> 30 & 1);
    }
    CHECK(get(&r, 0, 4) == 0x56781234 && get(&r, 8, 4) == 0x02000007, "identity");
    CHECK(bus_read(&r.bus, 0x1234, 4) == 0xabcd1234, "RAM");
    CHECK(r.bus.regions < 8 && r.bus.ranges < 8, "mappings do not pile up");
    bus_fini(&r.bus);
}

int main(void)
{
    test_mechanism();
    test_bars();
    test_overlaps();
    test_interrupts();
    test_snapshot();
    test_hostile();
    return report_end();
}
