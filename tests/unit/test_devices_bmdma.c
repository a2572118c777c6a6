/* SPDX-License-Identifier: MIT */
/* test_devices_bmdma.c - bus-master IDE: regions, directions, what a driver sees of it, hostile tables. */
#include "devices/bmdma.h"

#include "tests/unit/ide_rig.h"

#include <stdlib.h>

enum { BMIC, BMIS = 2, BMIDTP = 4, TABLE = 0x1000, BUFFER = 0x10000, MEMORY = 1 << 20 };
enum { BASE = 0xc000, TO_MEMORY = 8, START = 1 };

struct dma_rig {
    struct rig r;
    struct bus bus;
    struct pci pci;
    struct bmdma b;
    struct ata second;
};

static struct dma_rig d; /* large */

static void out(unsigned reg, uint32_t v, unsigned size)
{
    bus_out(&d.bus, (uint16_t)(BASE + reg), v, size);
}

static unsigned in(unsigned reg)
{
    return bus_in(&d.bus, (uint16_t)(BASE + reg), 1);
}

static void setup(enum ata_kind kind)
{
    static const struct irq none[PCI_PIRQS];
    struct ata *channels[2] = {&d.r.a, &d.second};
    const struct irq lines[2] = {{rig_irq, &d.r, 14}, {0}};
    struct error err;
    if (d.bus.ram)
        bus_fini(&d.bus);
    memset(&d, 0, sizeof d);
    if (!bus_init(&d.bus, MEMORY, NULL, &err))
        exit(1);
    bus_map_ram(&d.bus, "ram", 0, MEMORY, 0);
    pci_init(&d.pci, &d.bus, none, NULL);
    rig_init(&d.r, ATA_NONE, ATA_NONE);
    bmdma_init(&d.b, &d.bus, channels, lines, NULL);
    ata_init(&d.r.a, "ide0", &d.r.k, (struct irq){bmdma_intrq, &d.b, 0}, bmdma_engine(&d.b, 0),
             NULL);
    ata_init(&d.second, "ide1", &d.r.k, (struct irq){bmdma_intrq, &d.b, 1}, bmdma_engine(&d.b, 1),
             NULL);
    ata_plug(&d.r.a, 0, kind, &d.r.disk[0].block);
    pci_attach(&d.pci, 1, 1, &d.b.pci);
    bmdma_reset(&d.b);
    pci_config_write(&d.pci, 1, 1, 0x20, BASE, 4);
    pci_config_write(&d.pci, 1, 1, PCI_COMMAND, PCI_COMMAND_IO | PCI_COMMAND_MASTER, 2);
    out(BMIDTP, TABLE, 4);
}

static void region(unsigned n, uint32_t address, uint32_t length, bool last)
{
    uint32_t words[2] = {address, length | (last ? UINT32_C(1) << 31 : 0)};
    bus_poke(&d.bus, TABLE + 8 * n, words, 8);
}

static bool memory_is(uint32_t at, uint64_t sector, unsigned bytes)
{
    return memcmp(d.bus.ram + at, d.r.disk[0].bytes + sector * 512, bytes) == 0;
}

static void test_configuration(void)
{
    setup(ATA_DISK);
    CHECK(pci_config_read(&d.pci, 1, 1, 0, 4) == 0x70108086, "PIIX3 IDE");
    CHECK(pci_config_read(&d.pci, 1, 1, 8, 4) >> 8 == 0x010180, "a bus master at legacy ports");
    pci_config_write(&d.pci, 1, 1, 0x20, 0xffffffff, 4);
    CHECK(pci_config_read(&d.pci, 1, 1, 0x20, 4) == 0xfffffff1, "sixteen ports");
    CHECK(bus_in(&d.bus, BASE + BMIDTP, 4) == UINT32_MAX, "which are not there meanwhile");
    pci_config_write(&d.pci, 1, 1, 0x20, BASE, 4);
    CHECK(bus_in(&d.bus, BASE + BMIDTP, 4) == TABLE, "and come back");
    out(BMIDTP, 0x12345677, 4);
    CHECK(bus_in(&d.bus, BASE + BMIDTP, 4) == 0x12345674, "the table is at a multiple of 4");
    out(BMIS, 0x66, 1);
    CHECK(in(BMIS) == 0x60, "capable bits are the driver's, the others are not");
}

static void test_read(void)
{
    setup(ATA_DISK);
    region(0, BUFFER + 6, 512, false);
    region(1, BUFFER + 0x4000, 1024, true);
    address(&d.r, 0, 70, 3);
    out(BMIC, TO_MEMORY, 1);
    CHECK(command(&d.r, 0xc8) == (DRDY | DSC | DRQ) && !d.r.irq, "READ DMA waits");
    out(BMIC, TO_MEMORY | START, 1);
    CHECK(in(BMIS) == 1 && alt(&d.r) == BSY, "active, busy");
    CHECK(settle(&d.r) == (DRDY | DSC) && d.r.irq, "done");
    CHECK(in(BMIS) == 4, "interrupt, not active: all regions were used");
    CHECK(memory_is(BUFFER + 6, 70, 512) && memory_is(BUFFER + 0x4000, 71, 1024), "scattered");
    CHECK(d.bus.ram[BUFFER + 5] == 0 && d.bus.ram[BUFFER + 6 + 512] == 0, "and nowhere else");
    CHECK(d.r.disk[0].bytes[70 * 512] == d.bus.ram[BUFFER + 6], "data");
    out(BMIC, TO_MEMORY, 1);
    out(BMIS, 4, 1);
    CHECK(in(BMIS) == 0 && d.r.irq, "the bit is cleared, the wire is the drive's");
    rd(&d.r, STATUS);
    CHECK(!d.r.irq, "which reading its status takes back");
    region(0, BUFFER, 4096, true);
    address(&d.r, 0, 80, 1);
    out(BMIC, TO_MEMORY | START, 1);
    command(&d.r, 0xc8);
    CHECK(in(BMIS) == 5 && memory_is(BUFFER, 80, 512),
          "a table that is too long: active, interrupt");
    out(BMIC, TO_MEMORY, 1);
    CHECK(in(BMIS) == 4, "until it is stopped");
}

static void test_short_table(void)
{
    setup(ATA_DISK);
    region(0, BUFFER, 512, true);
    address(&d.r, 0, 10, 2);
    out(BMIC, TO_MEMORY | START, 1);
    command(&d.r, 0xc8);
    CHECK(in(BMIS) == 0 && alt(&d.r) == (DRDY | DSC | DRQ) && !d.r.irq,
          "a table that is too short: neither active nor interrupt");
    out(BMIC, TO_MEMORY, 1);
    region(0, BUFFER + 512, 512, true);
    out(BMIC, TO_MEMORY | START, 1);
    CHECK(settle(&d.r) == (DRDY | DSC) && in(BMIS) == 4 && memory_is(BUFFER, 10, 1024),
          "started again it goes on");
    address(&d.r, 0, 10, 2);
    out(BMIC, TO_MEMORY, 1);
    out(BMIC, START, 1);
    command(&d.r, 0xc8);
    CHECK(alt(&d.r) & DRQ && in(BMIS)&1, "the wrong direction moves nothing");
    control(&d.r, 4);
    control(&d.r, 0);
    CHECK(settle(&d.r) == (DRDY | DSC), "a reset ends it");
}

static void test_write(void)
{
    setup(ATA_DISK);
    memset(d.bus.ram + BUFFER, 0xa7, 65536);
    region(0, BUFFER, 0, true); /* 64 KiB */
    address(&d.r, 0, 200, 128);
    out(BMIC, START, 1);
    CHECK(command(&d.r, 0xca) == (DRDY | DSC) && in(BMIS) == 4, "WRITE DMA, 64 KiB in one region");
    CHECK(d.r.disk[0].bytes[200 * 512] == 0xa7 && d.r.disk[0].bytes[328 * 512 - 1] == 0xa7 &&
              d.r.disk[0].bytes[328 * 512] == (uint8_t)rig_word(328, 0),
          "written");
    pci_config_write(&d.pci, 1, 1, PCI_COMMAND, PCI_COMMAND_IO, 2);
    address(&d.r, 0, 300, 1);
    out(BMIC, 0, 1);
    out(BMIC, START, 1);
    command(&d.r, 0xca);
    CHECK(alt(&d.r) & DRQ, "not allowed to be master: waits");
    pci_config_write(&d.pci, 1, 1, PCI_COMMAND, PCI_COMMAND_IO | PCI_COMMAND_MASTER, 2);
    CHECK(settle(&d.r) == (DRDY | DSC), "until it is");
    d.r.disk[0].bad = 301;
    address(&d.r, 0, 300, 4);
    out(BMIC, 0, 1);
    out(BMIC, START, 1);
    CHECK(command(&d.r, 0xca) & ERR && rd(&d.r, LOW) == (301 & 0xff),
          "a sector that cannot be written");
    CHECK(in(BMIS)&4, "ends with an interrupt");
}

static void test_hostile(void)
{
    struct snap s, l;
    setup(ATA_DISK);
    uint32_t seed = 1;
    for (unsigned round = 0; round < 4000; round++) {
        uint32_t v[4];
        for (unsigned n = 0; n < 4; n++) {
            seed = seed * 1664525 + 1013904223;
            v[n] = seed >> 8;
        }
        region(v[0] % 4, v[1] << 9, v[2], v[3] & 1);
        if (round % 16 == 0)
            out(BMIDTP, round % 32 ? TABLE : v[3] << 10, 4);
        out(v[1] % 16, v[2], 1);
        out(BMIC, v[0] & 9, 1);
        wr(&d.r, v[0] % 7 + 1, v[1] & 0xff);
        if (v[3] % 5 == 0)
            command(&d.r, v[3] & 0x100 ? 0xc8 : v[3] & 0x200 ? 0x25 : 0xca);
        if (v[3] % 11 == 0) {
            control(&d.r, 4);
            control(&d.r, 0);
        }
        settle(&d.r);
    }
    CHECK(true, "survived");
    snap_save_init(&s);
    bmdma_snap(&d.b, &s);
    for (size_t n = 0; n < s.len; n++) {
        s.buf[n] ^= 0xff;
        snap_load_init(&l, s.buf, s.len);
        bmdma_snap(&d.b, &l);
        address(&d.r, 0, 1, 2);
        command(&d.r, 0xc8);
        s.buf[n] ^= 0xff;
    }
    snap_free(&s);
}

int main(void)
{
    test_configuration();
    test_read();
    test_short_table();
    test_write();
    test_hostile();
    bus_fini(&d.bus);
    return report_end();
}
