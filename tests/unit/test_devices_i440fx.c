/* SPDX-License-Identifier: MIT */
/*
 * test_devices_i440fx.c - the 440FX's shadow RAM in its four states, with a ROM, a device and nothing
 * beneath; its SMRAM lock; the PIIX3's interrupt routing and reset control.
 */
#include "base/snap.h"
#include "devices/i440fx.h"
#include "devices/piix3.h"
#include "mmu/bus.h"
#include "tests/report.h"

#include <string.h>

#define MEMORY (UINT32_C(2) << 20)

struct rig {
    struct bus bus;
    struct pci pci;
    struct i440fx h;
    struct piix3 p;
    uint8_t rom[0x20000];
    uint32_t chip_written; /* what the device at D0000h was told */
    bool isa[16];          /* levels of the ISA lines */
    unsigned edges;        /* their changes */
    unsigned resets;       /* rises of the reset line */
};

static void isa_wire(void *dev, unsigned n, bool level)
{
    struct rig *r = dev;
    r->isa[n] = level;
    r->edges++;
}

static void reset_wire(void *dev, unsigned n, bool level)
{
    struct rig *r = dev;
    (void)n;
    r->resets += level;
}

static uint32_t chip_read(void *dev, uint32_t off, unsigned size)
{
    (void)dev, (void)size;
    return 0x40 + (off & 0xf);
}

static void chip_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct rig *r = dev;
    (void)off, (void)size;
    r->chip_written = value;
}

static const struct io_ops chip_ops = {.read = chip_read, .write = chip_write, .widths = 1};

static void rig_init(struct rig *r)
{
    struct irq isa[16], pirq[PCI_PIRQS];

    memset(r, 0, sizeof *r);
    CHECK(bus_init(&r->bus, MEMORY, NULL, NULL), "a bus");
    bus_map_ram(&r->bus, "low", 0, 0xa0000, 0);
    for (unsigned n = 0; n < sizeof r->rom; n++)
        r->rom[n] = (uint8_t)(n >> 12 | 0x80);
    bus_map_rom(&r->bus, "rom", 0xe0000, sizeof r->rom, r->rom);
    bus_map_mmio(&r->bus, "chip", 0xd0000, 4096, &chip_ops, r);
    for (unsigned n = 0; n < 16; n++)
        isa[n] = (struct irq){isa_wire, r, n};
    for (unsigned n = 0; n < PCI_PIRQS; n++)
        pirq[n] = (struct irq){piix3_set_pirq, &r->p, n};
    pci_init(&r->pci, &r->bus, pirq, NULL);
    i440fx_init(&r->h, &r->bus, MEMORY, NULL);
    piix3_init(&r->p, isa, (struct irq){reset_wire, r, 0}, NULL);
    pci_attach(&r->pci, 0, 0, &r->h.pci);
    pci_attach(&r->pci, 1, 0, &r->p.pci);
    i440fx_reset(&r->h);
    piix3_reset(&r->p);
}

static void put(struct rig *r, unsigned slot, unsigned reg, uint32_t value)
{
    pci_config_write(&r->pci, slot, 0, reg, value, 1);
}

static uint32_t get(struct rig *r, unsigned slot, unsigned reg)
{
    return pci_config_read(&r->pci, slot, 0, reg, 1);
}

static void test_states(void)
{
    struct rig r;
    rig_init(&r);
    CHECK(pci_config_read(&r.pci, 0, 0, 0, 4) == 0x12378086, "440FX");
    CHECK(bus_read(&r.bus, 0xf0000, 1) == 0x90, "after reset the ROM is to be seen");
    bus_write(&r.bus, 0xf0000, 0x55, 1);
    CHECK(bus_read(&r.bus, 0xf0000, 1) == 0x90 && r.bus.ram[0xf0000] == 0, "and takes no stores");

    put(&r, 0, I440FX_PAM, 0x20);
    bus_write(&r.bus, 0xf0000, 0x11223344, 4);
    CHECK(bus_read(&r.bus, 0xf0000, 4) == 0x90909090, "write only: loads see the ROM");
    CHECK(r.bus.ram[0xf0000] == 0x44 && r.bus.ram[0xf0003] == 0x11, "stores have reached RAM");
    CHECK(bus_read(&r.bus, 0xf1ffe, 4) == 0x92929191, "a load over two pages");
    uint8_t seen[2] = {0};
    CHECK(bus_peek(&r.bus, 0xf0fff, seen, 2) == 2 && seen[0] == 0x90 && seen[1] == 0x91,
          "debuggers see what the guest would");
    const uint8_t dma[4] = {1, 2, 3, 4};
    uint8_t back[4];
    bus_dma_write(&r.bus, 0xf0010, dma, 4);
    bus_dma_read(&r.bus, 0xf0010, back, 4);
    CHECK(back[0] == 0x90 && memcmp(r.bus.ram + 0xf0010, dma, 4) == 0, "bus masters as well");

    put(&r, 0, I440FX_PAM, 0x10);
    CHECK(bus_read(&r.bus, 0xf0000, 4) == 0x11223344, "read only: loads see RAM");
    bus_write(&r.bus, 0xf0000, 0, 4);
    CHECK(bus_read(&r.bus, 0xf0000, 4) == 0x11223344, "stores are lost");

    put(&r, 0, I440FX_PAM, 0x30);
    bus_write(&r.bus, 0xfffff, 0x77, 1);
    CHECK(bus_read(&r.bus, 0xfffff, 1) == 0x77, "RAM up to the end");
    CHECK(bus_read(&r.bus, 0xe0000, 1) == 0x80, "E0000h is another segment");
    put(&r, 0, I440FX_PAM, 0);
    CHECK(bus_read(&r.bus, 0xf0000, 1) == 0x90, "the ROM again");
    CHECK(get(&r, 0, I440FX_PAM) == 0, "reserved bits are 0");
    put(&r, 0, I440FX_PAM, 0xff);
    put(&r, 0, I440FX_PAM + 3, 0xff);
    CHECK(get(&r, 0, I440FX_PAM) == 0x30 && get(&r, 0, I440FX_PAM + 3) == 0x33,
          "whatever is written");
    bus_fini(&r.bus);
}

/* Each of the twelve nibbles opens its own 16 KiB and nothing else. */
static void test_segments(void)
{
    struct rig r;
    rig_init(&r);
    for (unsigned n = 0; n < 12; n++) {
        uint32_t base = 0xc0000 + n * 0x4000;
        put(&r, 0, I440FX_PAM + 1 + n / 2, 3u << 4 * (n & 1));
        for (unsigned k = 0; k < 13; k++) {
            uint32_t at = 0xc0000 + k * 0x4000 + 0x100;
            r.bus.ram[at] = 0;
            bus_write(&r.bus, at, 0x5a, 1);
            CHECK((r.bus.ram[at] == 0x5a) == (k == n), "nibble %u, segment at %05x", n, at);
        }
        CHECK(bus_read(&r.bus, base + 0x100, 1) == 0x5a, "RAM at %05x", base);
        put(&r, 0, I440FX_PAM + 1 + n / 2, 0);
    }
    bus_fini(&r.bus);
}

static void test_beneath(void)
{
    struct rig r;
    rig_init(&r);
    for (unsigned n = 1; n <= 6; n++)
        put(&r, 0, I440FX_PAM + n, 0x22);
    CHECK(bus_read(&r.bus, 0xd0002, 4) == 0x45444342, "write only: loads reach a device in bytes");
    bus_write(&r.bus, 0xd0002, 0x99, 1);
    CHECK(r.chip_written == 0 && r.bus.ram[0xd0002] == 0x99, "stores do not");
    CHECK(bus_read(&r.bus, 0xc0000, 4) == 0xffffffff, "where nothing is, ones");
    unsigned handle = bus_map_rom(&r.bus, "later", 0xc8000, 4096, r.rom);
    bus_sink(&r.bus, handle, 5);
    CHECK(bus_read(&r.bus, 0xc8000, 1) == 0x80, "a ROM that came later, and lies beneath");
    bus_unmap(&r.bus, handle);
    for (unsigned n = 1; n <= 6; n++)
        put(&r, 0, I440FX_PAM + n, 0);
    bus_write(&r.bus, 0xd0002, 0x77, 1);
    CHECK(r.chip_written == 0x77, "the device is there again");
    bus_fini(&r.bus);
}

static void test_smram(void)
{
    struct rig r;
    rig_init(&r);
    CHECK(get(&r, 0, I440FX_SMRAM) == 0x02, "SMRAM after reset");
    put(&r, 0, I440FX_SMRAM, 0x48);
    CHECK(get(&r, 0, I440FX_SMRAM) == 0x4a, "open");
    put(&r, 0, I440FX_SMRAM, 0x5f);
    CHECK(get(&r, 0, I440FX_SMRAM) == 0x1a, "the lock closes it");
    put(&r, 0, I440FX_SMRAM, 0x40);
    CHECK(get(&r, 0, I440FX_SMRAM) == 0x1a, "and nothing opens it");
    i440fx_reset(&r.h);
    put(&r, 0, I440FX_SMRAM, 0x40);
    CHECK(get(&r, 0, I440FX_SMRAM) == 0x42, "but reset");
    bus_fini(&r.bus);
}

static void test_routing(void)
{
    struct rig r;
    rig_init(&r);
    piix3_set_pirq(&r.p, 0, true);
    CHECK(r.edges == 0 && piix3_route(&r.p, 0) == 0, "after reset nothing is routed");
    put(&r, 1, PIIX3_PIRQRC, 10);
    CHECK(r.isa[10] && piix3_route(&r.p, 0) == 10, "a waiting request goes where it is routed");
    put(&r, 1, PIIX3_PIRQRC + 1, 10);
    piix3_set_pirq(&r.p, 1, true);
    piix3_set_pirq(&r.p, 0, false);
    CHECK(r.isa[10] && r.edges == 1, "two PIRQs on one line");
    put(&r, 1, PIIX3_PIRQRC + 1, 11);
    CHECK(!r.isa[10] && r.isa[11], "it moves");
    put(&r, 1, PIIX3_PIRQRC + 1, 0x8b);
    CHECK(!r.isa[11], "routing disabled");
    for (unsigned irq = 0; irq < 16; irq++) {
        put(&r, 1, PIIX3_PIRQRC + 1, irq);
        bool reserved = irq < 3 || irq == 8 || irq == 13;
        CHECK(piix3_route(&r.p, 1) == (reserved ? 0 : irq) && r.isa[irq] == !reserved, "IRQ %u",
              irq);
    }
    piix3_reset(&r.p);
    for (unsigned irq = 0; irq < 16; irq++)
        CHECK(!r.isa[irq], "reset lets IRQ %u go", irq);
    bus_fini(&r.bus);
}

static void test_reset_control(void)
{
    struct rig r;
    rig_init(&r);
    piix3_reset_ops.write(&r.p, 1, 0x02, 1);
    CHECK(r.resets == 0 && piix3_reset_ops.read(&r.p, 1, 1) == 0x02, "kind of reset chosen");
    piix3_reset_ops.write(&r.p, 1, 0x06, 1);
    piix3_reset_ops.write(&r.p, 1, 0x06, 1);
    CHECK(r.resets == 1, "bit 2 resets when it rises");
    piix3_reset_ops.write(&r.p, 1, 0, 1);
    piix3_reset_ops.write(&r.p, 0, 0x06, 1);
    CHECK(r.resets == 1, "its neighbours are nothing");
    bus_fini(&r.bus);
}

static void snap_both(struct rig *r, struct snap *s)
{
    i440fx_snap(&r->h, s);
    piix3_snap(&r->p, s);
}

static void test_snapshot(void)
{
    struct rig r, t;
    struct snap s, l;
    rig_init(&r);
    rig_init(&t);
    put(&r, 0, I440FX_PAM, 0x20);
    put(&r, 0, I440FX_PAM + 2, 0x33);
    put(&r, 0, I440FX_SMRAM, 0x18);
    put(&r, 1, PIIX3_PIRQRC + 2, 5);
    piix3_set_pirq(&r.p, 2, true);
    snap_save_init(&s);
    snap_both(&r, &s);
    snap_load_init(&l, s.buf, s.len);
    snap_both(&t, &l);
    CHECK(snap_ok(&l), "%s", l.err.text);
    bus_write(&t.bus, 0xf0000, 0x12, 1);
    bus_write(&t.bus, 0xc8000, 0x34, 1);
    CHECK(bus_read(&t.bus, 0xf0000, 1) == 0x90 && t.bus.ram[0xf0000] == 0x12 &&
              bus_read(&t.bus, 0xc8000, 1) == 0x34,
          "the segments are mapped again");
    put(&t, 0, I440FX_SMRAM, 0x40);
    CHECK(get(&t, 0, I440FX_SMRAM) == 0x1a, "the lock holds");
    piix3_set_pirq(&t.p, 2, false);
    CHECK(t.edges == 1 && !t.isa[5], "the line is known to be high");
    for (size_t n = 0; n < s.len; n++) {
        s.buf[n] ^= 0xff;
        snap_load_init(&l, s.buf, s.len);
        snap_both(&t, &l);
        s.buf[n] ^= 0xff;
        put(&t, 0, I440FX_PAM, 0x30);
        bus_write(&t.bus, 0xf0000, (uint32_t)n & 0xff, 1);
        if (bus_read(&t.bus, 0xf0000, 1) != (n & 0xff))
            CHECK(false, "byte %zu of the stream broke the bridge", n);
    }
    CHECK(t.bus.regions < 24, "mappings do not pile up");
    snap_free(&s);
    bus_fini(&r.bus);
    bus_fini(&t.bus);
}

int main(void)
{
    test_states();
    test_segments();
    test_beneath();
    test_smram();
    test_routing();
    test_reset_control();
    test_snapshot();
    return report_end();
}
