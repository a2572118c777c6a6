/* SPDX-License-Identifier: MIT */
/* acpi.c - the ACPI tables (see acpi.h). */
#include "machine/acpi.h"

#include "devices/hpet.h"
#include "devices/ioapic.h"
#include "devices/piix4_pm.h"

#include <assert.h>
#include <string.h>

#define LAPIC_BASE UINT32_C(0xfee00000)
#define SCI 9u

enum { HEADER = 36, RSDP_CHECKSUM = 8, RSDP_ADDRESS = 16, TABLE_LENGTH = 4, TABLE_CHECKSUM = 9 };

static void put(uint8_t *at, uint64_t value, unsigned bytes)
{
    for (unsigned n = 0; n < bytes; n++)
        at[n] = (uint8_t)(value >> (8 * n));
}

static uint32_t get(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* ---- Tables ---------------------------------------------------------------------------- */

/* Room for n bytes behind what is there; where it begins. */
static uint32_t reserve(struct acpi_tables *t, uint32_t n)
{
    uint32_t at = (t->size + 7) & ~7u;
    assert(at + n <= ACPI_BLOCK);
    t->size = at + n;
    return at;
}

static uint32_t begin(struct acpi_tables *t, const char *name, uint8_t revision, uint32_t size)
{
    uint32_t at = reserve(t, size);
    uint8_t *p = t->block + at;
    assert(t->tables < ACPI_TABLES);
    t->table[t->tables++] = at;
    memcpy(p, name, 4);
    put(p + TABLE_LENGTH, size, 4);
    p[8] = revision;
    memcpy(p + 10, "EMU386PC      ", 14); /* OEM, and its table */
    put(p + 24, 1, 4);
    memcpy(p + 28, "E386", 4); /* who made it, version 1 */
    put(p + 32, 1, 4);
    return at;
}

static void point(struct acpi_tables *t, uint32_t from, uint32_t to)
{
    assert(t->pointers < ACPI_POINTERS);
    t->pointer[t->pointers++] = from;
    put(t->block + from, to, 4);
}

static uint32_t add_facs(struct acpi_tables *t)
{
    uint32_t at = reserve(t, 64);
    memcpy(t->block + at, "FACS", 4);
    put(t->block + at + TABLE_LENGTH, 64, 4);
    return at;
}

static uint32_t add_dsdt(struct acpi_tables *t)
{
    uint32_t at = reserve(t, acpi_dsdt_size);
    memcpy(t->block + at, acpi_dsdt, acpi_dsdt_size);
    t->table[t->tables++] = at;
    return at;
}

static uint32_t add_fadt(struct acpi_tables *t, const struct acpi_board *b, uint32_t facs,
                         uint32_t dsdt)
{
    enum { WBINVD = 1 << 0, PROC_C1 = 1 << 2, NO_SLEEP_BUTTON = 1 << 5, NO_RTC_WAKE = 1 << 6 };
    const struct {
        uint8_t at, bytes;
        uint32_t value;
    } field[] = {
        {44, 1, b->apic}, /* interrupt model: 0 two 8259s, 1 APICs as well */
        {46, 2, SCI},     /* SCI_INT */
        {48, 4, 0xb2},    /* SMI_CMD */
        {52, 1, PIIX4_ACPI_ENABLE},
        {53, 1, PIIX4_ACPI_DISABLE},
        {56, 4, b->pm},       /* PM1a event block */
        {64, 4, b->pm + 4u},  /* PM1a control block */
        {76, 4, b->pm + 8u},  /* timer */
        {80, 4, b->pm + 12u}, /* general purpose events 0 */
        {88, 1, 4},
        {89, 1, 2},
        {91, 1, 4},
        {92, 1, 4}, /* their lengths */
        {96, 2, 0xfff},
        {98, 2, 0xfff}, /* no C2, no C3 */
        {108, 1, 0x32}, /* CMOS: century */
        {112, 4, WBINVD | PROC_C1 | NO_SLEEP_BUTTON | NO_RTC_WAKE},
    };
    uint32_t at = begin(t, "FACP", 1, 116);
    point(t, at + 36, facs);
    point(t, at + 40, dsdt);
    for (unsigned n = 0; n < ARRAY_LEN(field); n++)
        put(t->block + at + field[n].at, field[n].value, field[n].bytes);
    return at;
}

/* MADT: one processor, one I/O APIC, what is not as on an ISA board. */
static uint32_t add_madt(struct acpi_tables *t)
{
    /* clang-format off */
    static const uint8_t entries[] = {
        0, 8, 0, 0, 1, 0, 0, 0,                          /* processor 0, local APIC 0, enabled */
        1, 12, 0, 0, 0x00, 0x00, 0xc0, 0xfe, 0, 0, 0, 0, /* I/O APIC 0 at FEC00000h, from 0 on */
        2, 10, 0, 0, 2, 0, 0, 0, 0x00, 0,                /* IRQ 0 is 2 */
        2, 10, 0, 5, 5, 0, 0, 0, 0x0d, 0,                /* those of PCI: level, active high */
        2, 10, 0, 9, 9, 0, 0, 0, 0x0d, 0,
        2, 10, 0, 10, 10, 0, 0, 0, 0x0d, 0,
        2, 10, 0, 11, 11, 0, 0, 0, 0x0d, 0,
        4, 6, 0xff, 0, 0, 1,                             /* NMI is LINT1 */
    };
    /* clang-format on */
    uint32_t at = begin(t, "APIC", 1, HEADER + 8 + sizeof entries);
    put(t->block + at + 36, LAPIC_BASE, 4);
    put(t->block + at + 40, 1, 4); /* there are 8259s as well */
    memcpy(t->block + at + 44, entries, sizeof entries);
    return at;
}

static uint32_t add_hpet(struct acpi_tables *t)
{
    uint32_t at = begin(t, "HPET", 1, 56);
    put(t->block + at + 36, HPET_ID, 4);
    put(t->block + at + 44, HPET_BASE, 8);
    return at;
}

/* ---- The script for firmware ----------------------------------------------------------- */

enum { STEP_ALLOCATE = 1, STEP_POINTER, STEP_CHECKSUM };
enum { ZONE_HIGH = 1, ZONE_FSEG = 2 };

static const char tables_file[] = "etc/acpi/tables", rsdp_file[] = "etc/acpi/rsdp";

static uint8_t *step(struct acpi_tables *t, uint32_t command, const char *file)
{
    uint8_t *p = t->script + t->script_size;
    assert(t->script_size + ACPI_STEP <= sizeof t->script);
    t->script_size += ACPI_STEP;
    put(p, command, 4);
    memcpy(p + 4, file, strlen(file));
    return p + 4 + 56;
}

static void allocate(struct acpi_tables *t, const char *file, uint32_t align, uint8_t zone)
{
    uint8_t *p = step(t, STEP_ALLOCATE, file);
    put(p, align, 4);
    p[4] = zone;
}

static void add_pointer(struct acpi_tables *t, const char *file, uint32_t at)
{
    uint8_t *p = step(t, STEP_POINTER, file);
    memcpy(p, tables_file, sizeof tables_file);
    put(p + 56, at, 4);
    p[60] = 4;
}

static void add_checksum(struct acpi_tables *t, const char *file, uint32_t at, uint32_t start,
                         uint32_t length)
{
    uint8_t *p = step(t, STEP_CHECKSUM, file);
    put(p, at, 4);
    put(p + 4, start, 4);
    put(p + 8, length, 4);
}

static void write_script(struct acpi_tables *t)
{
    allocate(t, rsdp_file, 16, ZONE_FSEG);
    allocate(t, tables_file, ACPI_ALIGN, ZONE_HIGH);
    for (unsigned n = 0; n < t->pointers; n++)
        add_pointer(t, tables_file, t->pointer[n]);
    for (unsigned n = 0; n < t->tables; n++)
        add_checksum(t, tables_file, t->table[n] + TABLE_CHECKSUM, t->table[n],
                     get(t->block + t->table[n] + TABLE_LENGTH));
    add_pointer(t, rsdp_file, RSDP_ADDRESS);
    add_checksum(t, rsdp_file, RSDP_CHECKSUM, 0, ACPI_RSDP);
}

/* ---- All together ---------------------------------------------------------------------- */

void acpi_build(struct acpi_tables *t, const struct acpi_board *b)
{
    uint32_t entry[4], rsdt, n = 0;
    memset(t, 0, sizeof *t);
    uint32_t facs = add_facs(t), dsdt = add_dsdt(t);
    entry[n++] = add_fadt(t, b, facs, dsdt);
    if (b->apic)
        entry[n++] = add_madt(t);
    if (b->hpet)
        entry[n++] = add_hpet(t);
    rsdt = begin(t, "RSDT", 1, HEADER + 4 * n);
    for (unsigned i = 0; i < n; i++)
        point(t, rsdt + HEADER + 4 * i, entry[i]);
    for (unsigned i = 0; i < t->tables; i++)
        t->block[t->table[i] + TABLE_CHECKSUM] = 0;
    memcpy(t->rsdp, "RSD PTR \0EMU386\0", 16);
    put(t->rsdp + RSDP_ADDRESS, rsdt, 4);
    write_script(t);
}

static uint8_t sum_to_zero(const uint8_t *p, uint32_t n)
{
    uint8_t sum = 0;
    while (n--)
        sum = (uint8_t)(sum - *p++);
    return sum;
}

void acpi_place(struct acpi_tables *t, uint32_t at)
{
    for (unsigned n = 0; n < t->pointers; n++) {
        uint8_t *p = t->block + t->pointer[n];
        put(p, get(p) + at, 4);
    }
    for (unsigned n = 0; n < t->tables; n++) {
        uint8_t *p = t->block + t->table[n];
        p[TABLE_CHECKSUM] = sum_to_zero(p, get(p + TABLE_LENGTH));
    }
    put(t->rsdp + RSDP_ADDRESS, get(t->rsdp + RSDP_ADDRESS) + at, 4);
    t->rsdp[RSDP_CHECKSUM] = sum_to_zero(t->rsdp, ACPI_RSDP);
}
