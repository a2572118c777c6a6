/* SPDX-License-Identifier: MIT */
/* firmware.c - what firmware is told, and what it would tell (see firmware.h). */
#include "machine/firmware.h"

#include "devices/fwcfg.h"
#include "machine/apics.h"
#include "machine/board.h"
#include "machine/chipset.h"
#include "machine/config.h"
#include "machine/mptable.h"
#include "machine/pirtable.h"
#include "machine/smbios.h"
#include "machine/timers.h"

#include <stdio.h>
#include <string.h>

#define BIOS_AREA UINT32_C(0xf0000)
#define HIGH_MEMORY UINT32_C(0x100000)
#define LOW_END UINT32_C(0xa0000)

unsigned firmware_memory_map(const struct config *cfg, struct firmware_range map[FIRMWARE_RANGES])
{
    unsigned n = 0;
    map[n++] = (struct firmware_range){0, FIRMWARE_EBDA, FIRMWARE_RAM};
    map[n++] = (struct firmware_range){FIRMWARE_EBDA, LOW_END - FIRMWARE_EBDA, FIRMWARE_RESERVED};
    map[n++] = (struct firmware_range){BIOS_AREA, HIGH_MEMORY - BIOS_AREA, FIRMWARE_RESERVED};
    if (cfg->memory > HIGH_MEMORY)
        map[n++] = (struct firmware_range){HIGH_MEMORY, cfg->memory - HIGH_MEMORY, FIRMWARE_RAM};
    return n;
}

static void put_le(uint8_t *p, uint64_t v, unsigned bytes)
{
    for (unsigned n = 0; n < bytes; n++)
        p[n] = (uint8_t)(v >> (8 * n));
}

/* ---- The order of boot devices, as Open Firmware paths --------------------------------- */

static void add_path(struct firmware *f, const char *path)
{
    size_t used = strlen(f->boot_order);
    if (used + strlen(path) + 2 <= sizeof f->boot_order)
        snprintf(f->boot_order + used, sizeof f->boot_order - used, "%s\n", path);
}

static void add_units(struct firmware *f, const struct config *cfg, enum config_ide kind)
{
    char path[64];
    for (unsigned n = 0; n < CONFIG_UNITS; n++) {
        if (cfg->ide[n].kind != kind)
            continue;
        snprintf(path, sizeof path, "/pci@i0cf8/ide@1,1/drive@%u/disk@%u", n / 2, n % 2);
        add_path(f, path);
    }
}

static void order_devices(struct firmware *f, const struct config *cfg)
{
    char path[64];
    for (const char *at = cfg->boot_order; *at; at++) {
        if (*at == 'c')
            add_units(f, cfg, IDE_DISK);
        if (*at == 'd')
            add_units(f, cfg, IDE_CDROM);
        for (unsigned n = 0; *at == 'a' && n < CONFIG_FLOPPIES; n++) {
            snprintf(path, sizeof path, "/pci@i0cf8/isa@1/fdc@03f0/floppy@%u", n);
            add_path(f, path);
        }
    }
}

void firmware_describe(struct firmware *f, const struct config *cfg, struct fwcfg *device)
{
    static const uint8_t none[16];
    /* S3 and S4 absent: bit 7 says whether a state exists, the low bits its SLP_TYP. */
    static const uint8_t system_states[6] = {0x80, 0, 0, 0x01, 0x02, 0x80};
    bool pc = cfg->machine == MACHINE_PC;
    *f = (struct firmware){.cpus = {1, 0}, .irq0 = {pc}};
    put_le(f->ram_size, cfg->memory, 8);
    put_le(f->e820 + 8, cfg->memory, 8);
    put_le(f->e820 + 16, FIRMWARE_RAM, 4);
    fwcfg_add(device, FWCFG_UUID, none, 16);
    fwcfg_add(device, FWCFG_RAM_SIZE, f->ram_size, sizeof f->ram_size);
    fwcfg_add(device, FWCFG_NO_GRAPHIC, none, 2);
    fwcfg_add(device, FWCFG_CPUS, f->cpus, sizeof f->cpus);
    fwcfg_add(device, FWCFG_NUMA, none, 8);
    fwcfg_add(device, FWCFG_BOOT_MENU, none, 2);
    fwcfg_add(device, FWCFG_MAX_CPUS, f->cpus, sizeof f->cpus);
    fwcfg_add(device, FWCFG_IRQ0_OVERRIDE, f->irq0, sizeof f->irq0);
    if (*cfg->boot_order) {
        order_devices(f, cfg);
        fwcfg_add_file(device, "bootorder", f->boot_order, (uint32_t)strlen(f->boot_order) + 1);
    }
    fwcfg_add_file(device, "etc/e820", f->e820, sizeof f->e820);
    if (pc) {
        acpi_build(&f->acpi, &(struct acpi_board){.apic = apics_present(cfg),
                                                  .hpet = timers_hpet_present(cfg),
                                                  .pm = CHIPSET_PM_PORTS});
        fwcfg_add_file(device, "etc/acpi/rsdp", f->acpi.rsdp, ACPI_RSDP);
        fwcfg_add_file(device, "etc/acpi/tables", f->acpi.block, f->acpi.size);
        fwcfg_add_file(device, "etc/table-loader", f->acpi.script, f->acpi.script_size);
    }
    fwcfg_add_file(device, "etc/system-states", system_states, sizeof system_states);
}

bool machine_has_tables(const struct config *cfg)
{
    return cfg->machine == MACHINE_PC && (!cfg->bios.size || cfg->services);
}

void firmware_place_data_area(struct machine *m)
{
    enum { PRINTER_TWO_SERIAL_COLOUR80 = 0x4420, EQUIPMENT_OF_CMOS = 0xc7 };
    const uint16_t equipment = rtc_cmos_get(&m->rtc, 0x14) & EQUIPMENT_OF_CMOS;
    const uint16_t words[][2] = {
        {0x400, 0x3f8},                                   /* COM1 */
        {0x402, 0x2f8},                                   /* COM2 */
        {0x408, 0x378},                                   /* LPT1 */
        {0x40e, FIRMWARE_EBDA >> 4},                      /* segment of the EBDA */
        {0x410, PRINTER_TWO_SERIAL_COLOUR80 | equipment}, /* what INT 11h says */
        {0x413, FIRMWARE_EBDA >> 10},                     /* KiB below the EBDA */
        {0x41a, 0x1e},                                    /* the next key: none */
        {0x41c, 0x1e},                                    /* where it goes */
        {0x449, 3},                                       /* text mode */
        {0x44a, 80},                                      /* columns */
        {0x44c, 4096},                                    /* bytes of a page */
        {0x460, 0x0d0e},                                  /* lines of the cursor */
        {0x463, 0x3d4},                                   /* the CRTC */
        {0x480, 0x1e},                                    /* the ring of keys: from */
        {0x482, 0x3e},                                    /* to */
        {0x484, 24},                                      /* rows - 1 */
        {0x485, 16},                                      /* lines of a character */
        {0x496, 0x10},                                    /* a keyboard with 101 keys */
    };
    static const uint8_t kib = 1;
    for (unsigned n = 0; n < ARRAY_LEN(words); n++) {
        uint8_t le[2];
        put_le(le, words[n][1], 2);
        (void)bus_poke(&m->bus, words[n][0], le, 2);
    }
    (void)bus_poke(&m->bus, FIRMWARE_EBDA, &kib, 1); /* of the EBDA */
}

void firmware_place_tables(struct machine *m)
{
    uint8_t mp[MPTABLE_ROOM], pir[PIRTABLE_ROOM];
    struct acpi_tables acpi = m->firmware.acpi;
    struct smbios dmi;
    if (!machine_has_tables(&m->cfg))
        return;
    acpi_place(&acpi, FIRMWARE_ACPI);
    (void)bus_poke(&m->bus, FIRMWARE_ACPI, acpi.block, acpi.size);
    (void)bus_poke(&m->bus, FIRMWARE_RSDP, acpi.rsdp, sizeof acpi.rsdp);
    (void)bus_poke(&m->bus, FIRMWARE_PIR, pir, pirtable_build(&m->pci, pir));
    smbios_build(&dmi, FIRMWARE_DMI, m->cfg.memory);
    (void)bus_poke(&m->bus, FIRMWARE_SMBIOS, dmi.entry, sizeof dmi.entry);
    (void)bus_poke(&m->bus, FIRMWARE_DMI, dmi.table, dmi.size);
    if (apics_present(&m->cfg))
        (void)bus_poke(&m->bus, FIRMWARE_MP, mp, mptable_build(m, mp, FIRMWARE_MP));
}
