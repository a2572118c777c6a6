/* SPDX-License-Identifier: MIT */
/*
 * test_machine_chipset.c - the two boards as a whole: what is where with and without firmware, what a
 * kernel that starts without any finds set up, reset by port CF9h, and firmware's CMOS memory.
 */
#include "machine/machine.h"

#include "base/snap.h"
#include "machine/config.h"
#include "mmu/bus.h"
#include "tests/report.h"

#include <string.h>

static uint8_t bios[0x40000], vgabios[0x10000];

static struct machine *make(enum config_machine kind, bool firmware)
{
    struct error err = {.text = ""};
    struct config cfg = {.machine = kind,
                         .memory = UINT32_C(64) << 20,
                         .cpu = CPU_PPRO,
                         .engine = ENGINE_FAST,
                         .insn_cost_log2 = 3};
    struct machine *m;

    if (firmware) {
        cfg.bios = (struct config_rom){bios, sizeof bios};
        cfg.vgabios = (struct config_rom){vgabios, sizeof vgabios};
    }
    m = machine_new(&cfg, &err);
    CHECK(m, "%s", err.text);
    if (!m)
        exit(1);
    return m;
}

static uint32_t config_read(struct machine *m, unsigned slot, unsigned reg, unsigned size)
{
    bus_out(machine_bus(m), 0xcf8, 0x80000000u | slot << 11 | (reg & 0xfcu), 4);
    return bus_in(machine_bus(m), (uint16_t)(0xcfc + (reg & 3)), size);
}

static void config_write(struct machine *m, unsigned slot, unsigned reg, uint32_t v, unsigned size)
{
    bus_out(machine_bus(m), 0xcf8, 0x80000000u | slot << 11 | (reg & 0xfcu), 4);
    bus_out(machine_bus(m), (uint16_t)(0xcfc + (reg & 3)), v, size);
}

static uint8_t cmos(struct machine *m, uint8_t index)
{
    bus_out(machine_bus(m), 0x70, index, 1);
    return (uint8_t)bus_in(machine_bus(m), 0x71, 1);
}

static void test_isa(void)
{
    struct machine *m = make(MACHINE_ISA, false);
    struct bus *b = machine_bus(m);

    CHECK(config_read(m, 0, 0, 4) == 0xffffffff && bus_in(b, 0xcf8, 4) == 0xffffffff, "no PCI");
    bus_write(b, 0xe0000010, 0x1234, 2);
    CHECK(bus_read(b, 0xe0000010, 2) == 0x1234, "the frame buffer is where Bochs has it");
    bus_write(b, 0xc0000, 0, 1);
    CHECK(bus_read(b, 0xc0000, 1) == 0xff, "C0000h is nothing without firmware");
    machine_free(m);

    m = make(MACHINE_ISA, true);
    b = machine_bus(m);
    CHECK(bus_read(b, 0xfffffff0, 1) == 0xea && bus_read(b, 0xffff0, 1) == 0xea, "the ROM, twice");
    CHECK(bus_read(b, 0xe0000, 1) == bios[0x20000] && bus_read(b, 0xc0000, 2) == 0xaa55,
          "its last 128 KiB, and the VGA's");
    bus_write(b, 0xe0000, 0x99, 1);
    bus_write(b, 0xc0000, 0x99, 1);
    CHECK(bus_read(b, 0xe0000, 1) == 0x99 && bus_read(b, 0xfffe0000, 1) == bios[0x20000],
          "the copies can be written, the ROM not");
    machine_reset(m);
    CHECK(bus_read(b, 0xe0000, 1) == bios[0x20000] && bus_read(b, 0xc0000, 1) == 0x55,
          "reset copies again");
    machine_free(m);
}

static void test_pc_with_firmware(void)
{
    struct machine *m = make(MACHINE_PC, true);
    struct bus *b = machine_bus(m);

    CHECK(bus_read(b, 0xfffffff0, 1) == 0xea && bus_read(b, 0xffff0, 1) == 0xea, "the ROM, twice");
    CHECK(bus_read(b, 0xe0000000, 1) == 0xff, "nobody has placed the frame buffer");
    config_write(m, 2, 0x10, 0xfd000000, 4);
    config_write(m, 2, 0x14 + 4, 0xfebf0000, 4);
    config_write(m, 2, 0x30, 0xfebe0001, 4);
    config_write(m, 2, 4, 3, 2);
    bus_write(b, 0xfd001000, 0x5a, 1);
    CHECK(bus_read(b, 0xfd001000, 1) == 0x5a, "it is where it was put");
    CHECK(bus_read(b, 0xfebe0000, 2) == 0xaa55, "and so is its ROM");
    CHECK(bus_read(b, 0xfebf0500, 2) == 0xb0c5, "dispi's identity, in memory");
    bus_write(b, 0xfebf0502, 640, 2);
    bus_out(b, 0x1ce, 1, 2);
    CHECK(bus_in(b, 0x1cf, 2) == 640 && bus_read(b, 0xfebf0502, 2) == 640, "and its registers");
    bus_write(b, 0xfebf0502, 0xff, 1);
    CHECK(bus_read(b, 0xfebf0502, 2) == 640, "which are words");
    bus_write(b, 0xfebf0400 + 0x0e, 2, 1); /* 3CEh */
    bus_write(b, 0xfebf0400 + 0x0f, 7, 1);
    bus_out(b, 0x3ce, 2, 1);
    CHECK(bus_in(b, 0x3cf, 1) == 7, "VGA ports in memory");
    CHECK(bus_read(b, 0xfebf0604, 4) == 0x1e1e1e1e && bus_read(b, 0xfebf0000, 4) == 0, "the rest");

    config_write(m, 0, 0x59, 0x30, 1);
    CHECK(bus_read(b, 0xffff0, 1) == 0, "shadow RAM");
    bus_out(b, 0xcf9, 0x02, 1);
    bus_out(b, 0xcf9, 0x06, 1);
    (void)machine_run(m, machine_now(m) + 1000, UINT64_MAX);
    CHECK(config_read(m, 0, 0x59, 1) == 0 && bus_read(b, 0xffff0, 1) == 0xea &&
              bus_read(b, 0xfd001000, 1) == 0xff,
          "CF9h resets the board: the ROM is there again, BARs are not");
    machine_free(m);
}

static void test_pc_without_firmware(void)
{
    const struct machine_entry entry = {.protected_mode = true, .eip = 0x100000};
    struct machine *m = make(MACHINE_PC, false), *t;
    struct bus *b = machine_bus(m);
    struct snap s, l;

    machine_enter(m, &entry);
    CHECK(config_read(m, 2, 0x10, 4) == 0xe0000008 && (config_read(m, 2, 4, 2) & 3) == 3,
          "the frame buffer at E0000000h");
    bus_write(b, 0xe0000000, 0x31, 1);
    CHECK(bus_read(b, 0xe0000000, 1) == 0x31, "answers");
    CHECK(config_read(m, 1, 0x60, 4) == 0x0b0b0a0a && bus_in(b, 0x4d1, 1) == 0x0c,
          "interrupts are routed, level-sensitive");
    bus_write(b, 0xe0000, 0x12, 1);
    CHECK(bus_read(b, 0xe0000, 1) == 0, "RAM that cannot be written, as a BIOS leaves it");
    CHECK(bus_read(b, 0xf0000, 4) == 0x5f504d5f, "the MP table where a BIOS puts it");
    config_write(m, 0, 0x59, 0x30, 1);
    bus_write(b, 0xf0000, 0x12, 1);

    snap_save_init(&s);
    machine_snap(m, &s);
    t = make(MACHINE_PC, false);
    snap_load_init(&l, s.buf, s.len);
    machine_snap(t, &l);
    CHECK(snap_ok(&l), "%s", l.err.text);
    CHECK(bus_read(machine_bus(t), 0xf0000, 1) == 0x12 &&
              bus_read(machine_bus(t), 0xe0000000, 1) == 0x31 && machine_hash(t) == machine_hash(m),
          "a snapshot brings BARs and shadow RAM back");
    bus_write(machine_bus(t), 0xf0000, 0x13, 1);
    CHECK(bus_read(machine_bus(t), 0xf0000, 1) == 0x13, "as they were: writable");
    snap_free(&s);
    machine_free(t);
    t = make(MACHINE_ISA, false);
    machine_enter(t, &entry);
    CHECK(bus_read(machine_bus(t), 0xf0000, 1) == 0xff, "nothing of it on isa");
    machine_free(t);
    machine_free(m);
}

/* What is not in a snapshot must be there already. */
static void test_other_machines(void)
{
    struct machine *m = make(MACHINE_PC, true), *t;
    struct snap s, l;

    snap_save_init(&s);
    machine_snap(m, &s);
    t = make(MACHINE_ISA, true);
    snap_load_init(&l, s.buf, s.len);
    machine_snap(t, &l);
    CHECK(strstr(l.err.text, "another machine"), "isa refuses pc's: %s", l.err.text);
    machine_free(t);
    bios[0x1000] ^= 1;
    t = make(MACHINE_PC, true);
    snap_load_init(&l, s.buf, s.len);
    machine_snap(t, &l);
    CHECK(strstr(l.err.text, "another firmware"), "and so does another ROM: %s", l.err.text);
    bios[0x1000] ^= 1;
    machine_free(t);
    machine_free(m);
    snap_free(&s);
}

static void test_cmos(void)
{
    struct machine *m = make(MACHINE_PC, false);
    unsigned sum = 0;

    CHECK((cmos(m, 0x15) | cmos(m, 0x16) << 8) == 640, "base memory");
    CHECK((cmos(m, 0x17) | cmos(m, 0x18) << 8) == 63 << 10 && cmos(m, 0x30) == cmos(m, 0x17),
          "extended memory");
    CHECK((cmos(m, 0x34) | cmos(m, 0x35) << 8) == 48 << 4, "memory beyond 16 MiB");
    CHECK(cmos(m, 0x3d) == 0x12 && cmos(m, 0x38) == 0x31, "disk, floppy, CD");
    CHECK(cmos(m, 0x12) == 0 && cmos(m, 0x5f) == 0, "no disks, one processor");
    for (unsigned n = 0x10; n <= 0x2d; n++)
        sum += cmos(m, (uint8_t)n);
    CHECK(cmos(m, 0x2e) == sum >> 8 && cmos(m, 0x2f) == (sum & 0xff), "the check sum");
    machine_free(m);
}

int main(void)
{
    for (unsigned n = 0; n < sizeof bios; n++)
        bios[n] = (uint8_t)(n >> 8);
    memcpy(bios + sizeof bios - 16, "\xea\x00\x00\x00\xf0", 5);
    memset(bios + 0x30000, 0xf4, 16); /* F000:0000: HLT */
    memcpy(vgabios, "\x55\xaa\x40", 3);
    test_isa();
    test_pc_with_firmware();
    test_pc_without_firmware();
    test_other_machines();
    test_cmos();
    return report_end();
}
