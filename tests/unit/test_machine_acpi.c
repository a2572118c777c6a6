/* SPDX-License-Identifier: MIT */
/*
 * test_machine_acpi.c - the tables that a kernel finds without firmware: signatures, lengths, checksums,
 * pointers; the MP table; the script for firmware; power-off.
 */
#include "machine/acpi.h"
#include "base/snap.h"
#include "machine/board.h"
#include "tests/report.h"

#include <string.h>

static uint8_t sum(const struct bus *b, uint32_t at, uint32_t n)
{
    uint8_t total = 0, byte = 0;
    for (uint32_t i = 0; i < n; i++) {
        bus_peek(b, at + i, &byte, 1);
        total = (uint8_t)(total + byte);
    }
    return total;
}

static uint32_t at32(const struct bus *b, uint32_t at)
{
    uint32_t v = 0;
    bus_peek(b, at, &v, 4);
    return v;
}

static bool is(const struct bus *b, uint32_t at, const char *name)
{
    char text[8] = "";
    bus_peek(b, at, text, strlen(name));
    return memcmp(text, name, strlen(name)) == 0;
}

static bool sound(const struct bus *b, uint32_t at, const char *name)
{
    return is(b, at, name) && sum(b, at, at32(b, at + 4)) == 0;
}

static struct machine *make(enum config_cpu cpu)
{
    struct error err = {.text = ""};
    struct config cfg = {
        .machine = MACHINE_PC, .cpu = cpu, .memory = 32u << 20, .insn_cost_log2 = 3};
    struct machine *m = machine_new(&cfg, &err);
    if (m)
        machine_enter(m, &(struct machine_entry){.protected_mode = true, .eip = 0x100000});
    return m;
}

static void test_tables(bool apic)
{
    struct machine *m = make(apic ? CPU_PPRO : CPU_486);
    const struct bus *b = &m->bus;
    uint32_t rsdt = at32(b, FIRMWARE_RSDP + 16), fadt = at32(b, rsdt + 36);
    CHECK(is(b, FIRMWARE_RSDP, "RSD PTR ") && sum(b, FIRMWARE_RSDP, 20) == 0, "RSDP");
    CHECK(sound(b, rsdt, "RSDT") && at32(b, rsdt + 4) == (apic ? 48u : 44u), "RSDT");
    uint32_t hpet = at32(b, rsdt + (apic ? 44 : 40));
    CHECK(sound(b, hpet, "HPET") && at32(b, hpet + 36) == bus_read(&m->bus, at32(b, hpet + 44), 4),
          "HPET");
    CHECK(sound(b, fadt, "FACP") && at32(b, fadt + 4) == 116, "FADT");
    CHECK(is(b, at32(b, fadt + 36), "FACS") && at32(b, fadt + 36) % 64 == 0, "FACS");
    CHECK(sound(b, at32(b, fadt + 40), "DSDT"), "DSDT");
    CHECK(at32(b, fadt + 76) == 0x608 && bus_in(&m->bus, 0x604, 2) == 0, "its ports are there");
    if (apic)
        CHECK(sound(b, at32(b, rsdt + 40), "APIC"), "MADT");
    CHECK(is(b, FIRMWARE_MP, "_MP_") == apic, "MP table only where there are APICs");
    if (apic) {
        uint32_t table = at32(b, FIRMWARE_MP + 4);
        CHECK(sum(b, FIRMWARE_MP, 16) == 0, "MP pointer");
        CHECK(is(b, table, "PCMP") && sum(b, table, at32(b, table + 4) & 0xffff) == 0, "MP table");
        CHECK(at32(b, table + 36) == 0xfee00000, "where the local APIC is");
    }
    machine_free(m);
}

/* A kernel without firmware that looks for an MP table goes by the BIOS data area first; with zeroes there
   it reads below address 0. */
static void test_search_for_the_mp_table_begins_in_the_data_area(void)
{
    struct machine *m = make(CPU_PPRO);
    const struct bus *b = &m->bus;
    firmware_place_data_area(m);
    uint32_t ebda = (at32(b, 0x40e) & 0xffff) << 4, base = at32(b, 0x413) & 0xffff;
    CHECK(ebda == FIRMWARE_EBDA && base == 639, "the EBDA, and the KiB below it");
    CHECK((at32(b, ebda) & 0xff) == 1, "its size");
    CHECK(at32(b, 0x400) == 0x02f803f8 && (at32(b, 0x408) & 0xffff) == 0x378, "serial, parallel");
    CHECK((at32(b, 0x410) & 0xffff) == 0x4427, "a floppy, x87, a mouse, 80 columns, 2 lines, 1");
    CHECK(at32(b, 0x449) == 0x00005003 && (at32(b, 0x463) & 0xffff) == 0x3d4, "the screen");
    machine_free(m);
}

/* The script for firmware does to the files what acpi_place does. */
static void test_script(void)
{
    static struct acpi_tables raw, placed;
    const struct acpi_board board = {.apic = true, .hpet = true, .pm = 0x600};
    unsigned pointers = 0, sums = 0;
    acpi_build(&raw, &board);
    acpi_build(&placed, &board);
    acpi_place(&placed, 0x3ff0000);
    for (uint32_t at = 0; at < raw.script_size; at += ACPI_STEP) {
        const uint8_t *p = raw.script + at;
        uint8_t *file = strcmp((const char *)p + 4, "etc/acpi/rsdp") ? raw.block : raw.rsdp;
        uint32_t where, start, length, v;
        memcpy(&where, p + 60, 4);
        if (p[0] == 2) {
            memcpy(&where, p + 116, 4);
            memcpy(&v, file + where, 4);
            v += 0x3ff0000;
            memcpy(file + where, &v, 4);
            pointers++;
        } else if (p[0] == 3) {
            memcpy(&start, p + 64, 4);
            memcpy(&length, p + 68, 4);
            for (uint32_t n = 0; n < length; n++)
                file[where] = (uint8_t)(file[where] - (start + n == where ? 0 : file[start + n]));
            sums++;
        }
    }
    CHECK(pointers == 6 && sums == 6, "%u pointers, %u checksums", pointers, sums);
    CHECK(memcmp(raw.block, placed.block, raw.size) == 0, "the same tables");
    CHECK(memcmp(raw.rsdp, placed.rsdp, ACPI_RSDP) == 0, "the same root pointer");
}

static void test_power_off(void)
{
    /* MOV DX,604h; MOV AX,2000h; OUT DX,AX; JMP $ */
    static const uint8_t code[] = {0x66, 0xba, 0x04, 0x06, 0x66, 0xb8,
                                   0x00, 0x20, 0x66, 0xef, 0xeb, 0xfe};
    struct machine *m = make(CPU_PPRO);
    bus_poke(machine_bus(m), 0x100000, code, sizeof code);
    CHECK(machine_run(m, UINT64_MAX, 1000) == MACHINE_POWERED_OFF, "S5 ends the run");
    CHECK(machine_icount(m) == 3, "at once: %llu", (unsigned long long)machine_icount(m));
    machine_free(m);
}

/* IA32_APIC_BASE moves the registers over RAM, and a snapshot brings them back there. */
static void test_relocation(void)
{
    /* MOV ECX,1Bh; MOV EAX,200800h; XOR EDX,EDX; WRMSR; JMP $ */
    static const uint8_t code[] = {0xb9, 0x1b, 0,    0,    0,    0xb8, 0x00, 0x08,
                                   0x20, 0,    0x31, 0xd2, 0x0f, 0x30, 0xeb, 0xfe};
    struct machine *m = make(CPU_PPRO), *t = make(CPU_PPRO);
    struct snap s, l;
    bus_poke(machine_bus(m), 0x100000, code, sizeof code);
    CHECK(bus_read(&m->bus, 0xfee00030, 4) == 0x40011, "at first");
    machine_run(m, UINT64_MAX, 6);
    CHECK(bus_read(&m->bus, 0x200030, 4) == 0x40011 &&
              bus_read(&m->bus, 0xfee00030, 4) == UINT32_MAX,
          "moved over RAM");
    snap_save_init(&s);
    machine_snap(m, &s);
    snap_load_init(&l, s.buf, s.len);
    machine_snap(t, &l);
    CHECK(snap_ok(&l) && bus_read(&t->bus, 0x200030, 4) == 0x40011, "restored there");
    snap_free(&s);
    machine_reset(m);
    CHECK(bus_read(&m->bus, 0x200030, 4) == 0 && bus_read(&m->bus, 0xfee00030, 4) == 0x40011,
          "reset");
    machine_free(m);
    machine_free(t);
}

/* The APIC's timer interrupts at the same instructions whatever the engine: 5 us, a period. */
static void test_timer_engines(void)
{
    static const uint8_t code[] = {
        0xb0, 0xff, 0xe6, 0x21, 0xe6, 0xa1,                               /* the 8259s masked */
        0x0f, 0x01, 0x15, 0x00, 0x11, 0x00, 0x00,                         /* LGDT [1100h] */
        0x0f, 0x01, 0x1d, 0x08, 0x11, 0x00, 0x00,                         /* LIDT [1108h] */
        0xc7, 0x05, 0xe0, 0x03, 0xe0, 0xfe, 0x0b, 0x00, 0x00, 0x00,       /* divide by 1 */
        0xc7, 0x05, 0x20, 0x03, 0xe0, 0xfe, 0x40, 0x00, 0x02, 0x00,       /* periodic, vector 40h */
        0xc7, 0x05, 0x80, 0x03, 0xe0, 0xfe, 0x88, 0x13, 0x00, 0x00,       /* 5000 ns */
        0xfb, 0x40, 0xeb, 0xfd};                                          /* STI; INC EAX; JMP */
    static const uint8_t handler[] = {0xff, 0x05, 0x00, 0x30, 0x00, 0x00, /* INC [3000h] */
                                      0xc7, 0x05, 0xb0, 0x00, 0xe0, 0xfe,
                                      0,    0,    0,    0,    0xcf}; /* EOI; IRET */
    static const uint8_t tables[] = {0x0f, 0, 0, 0x12, 0, 0, 0, 0, 0x07, 0x02, 0, 0x14, 0, 0};
    static const uint8_t flat[] = {0xff, 0xff, 0, 0, 0, 0x9b, 0xcf, 0};
    static const uint8_t gate[] = {0x00, 0x20, 0x08, 0, 0, 0x8e, 0, 0};
    struct error err = {.text = ""};
    uint64_t hash[2] = {0, 0};
    for (unsigned n = 0; n < 3; n++) {
        struct config cfg = {.machine = MACHINE_PC,
                             .cpu = CPU_PPRO,
                             .memory = 4u << 20,
                             .engine = n == 2   ? ENGINE_LOCKSTEP
                                       : n == 1 ? ENGINE_REFERENCE
                                                : ENGINE_FAST,
                             .insn_cost_log2 = 3};
        struct machine *m = machine_new(&cfg, &err);
        struct bus *b = machine_bus(m);
        bus_poke(b, 0x100000, code, sizeof code);
        bus_poke(b, 0x2000, handler, sizeof handler);
        bus_poke(b, 0x1100, tables, sizeof tables);
        bus_poke(b, 0x1208, flat, sizeof flat);
        bus_poke(b, 0x1400 + 8 * 0x40, gate, sizeof gate);
        machine_enter(m, &(struct machine_entry){.protected_mode = true,
                                                 .eip = 0x100000,
                                                 .esp = 0x8000,
                                                 .cs = 8,
                                                 .ds = 16,
                                                 .es = 16,
                                                 .ss = 16});
        enum machine_stop stop = machine_run(m, UINT64_MAX, 1000000);
        uint32_t count = at32(b, 0x3000);
        CHECK(stop == MACHINE_INSNS, "engine %u: stop %d", n, (int)stop);
        CHECK(count >= 1300 && count <= 1310, "engine %u: %u interrupts in 6.5 ms", n, count);
        if (n < 2)
            hash[n] = machine_hash(m);
        machine_free(m);
    }
    CHECK(hash[0] == hash[1], "the same run in both engines");
}

int main(void)
{
    test_tables(true);
    test_tables(false);
    test_search_for_the_mp_table_begins_in_the_data_area();
    test_script();
    test_power_off();
    test_relocation();
    test_timer_engines();
    return report_end();
}
