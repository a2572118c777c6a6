/* SPDX-License-Identifier: MIT */
/*
 * chipset.c - the two boards (see chipset.h). ROMs: all of the firmware ends at 4 GiB, its last
 * 128 KiB at 1 MiB, the VGA's at C0000h. `pc` has RAM behind C0000h-FFFFFh that the 440FX shows as its PAM registers say;
 * `isa` has, when there is firmware, RAM there that holds copies of the ROMs, as SeaBIOS for ISA
 * boards expects (it writes to its own variables there).
 */
#include "machine/chipset.h"

#include "base/snap.h"
#include "machine/board.h"
#include "machine/timers.h"

#include <string.h>

#define FRAME_BUFFER UINT32_C(0xe0000000) /* without PCI, and where firmware puts it here */
#define HIGH_MEMORY UINT32_C(0x100000)
#define UPPER_MEMORY UINT32_C(0xc0000)
#define LOW_ROM UINT32_C(0x20000) /* of the ROM, this much is visible below 1 MiB */

/* Where the configured board has what it assigns: ports, registers, memory. */
#define PORTS_AT 0xc000u
#define REGISTERS_AT UINT32_C(0xfe000000)

static void isa_line(void *machine, unsigned n, bool level)
{
    board_drive_line(machine, LINE_PIRQ, n, level);
}

static void cpu_reset_line(void *machine, unsigned n, bool level)
{
    (void)n;
    board_reset_line(machine, level);
}

static void power_off(void *machine)
{
    struct machine *m = machine;
    m->powered_off = true;
    cpu_break(&m->cpu);
}

static const struct config_rom *firmware(const struct machine *m)
{
    return &m->cfg.bios;
}

static uint32_t low_rom(const struct machine *m)
{
    return firmware(m)->size < LOW_ROM ? firmware(m)->size : LOW_ROM;
}

static void map_firmware(struct machine *m)
{
    const struct config_rom *rom = firmware(m);
    uint32_t low = low_rom(m);

    if (!rom->size)
        return;
    bus_map_rom(&m->bus, "rom", 0u - rom->size, rom->size, rom->data);
    if (m->cfg.machine == MACHINE_PC) {
        bus_map_rom(&m->bus, "rom, low", HIGH_MEMORY - low, low, rom->data + (rom->size - low));
        if (m->cfg.vgabios.size)
            bus_map_rom(&m->bus, "vga rom", UPPER_MEMORY, m->cfg.vgabios.size, m->cfg.vgabios.data);
    } else
        bus_map_ram(&m->bus, "shadow", UPPER_MEMORY, HIGH_MEMORY - UPPER_MEMORY, UPPER_MEMORY);
}

static void wire_pci(struct machine *m)
{
    struct irq isa[16], pirq[PCI_PIRQS];

    for (unsigned n = 0; n < ARRAY_LEN(isa); n++)
        isa[n] = (struct irq){isa_line, m, n};
    for (unsigned n = 0; n < PCI_PIRQS; n++)
        pirq[n] = (struct irq){piix3_set_pirq, &m->piix3, n};
    pci_init(&m->pci, &m->bus, pirq, &m->trace);
    m->pci.passed = &piix3_reset_ops;
    m->pci.passed_dev = &m->piix3;
    i440fx_init(&m->i440fx, &m->bus, m->cfg.memory, &m->trace);
    pci_attach(&m->pci, 0, 0, &m->i440fx.pci);
    piix3_init(&m->piix3, isa, (struct irq){cpu_reset_line, m, 0}, &m->trace);
    pci_attach(&m->pci, 1, 0, &m->piix3.pci);
    pci_attach(&m->pci, 1, 1, &m->bmdma.pci);
    piix4_pm_init(&m->pm, &m->clock, &m->bus, board_line(m, 9), power_off, m, &m->trace);
    pci_attach(&m->pci, 1, 3, &m->pm.pci);
    bus_map_ports(&m->bus, "apm", 0xb2, 2, &piix4_apm_ops, &m->pm);
    vga_pci_init(&m->vga_pci, &m->vga, m->cfg.vgabios.data, m->cfg.vgabios.size);
    pci_attach(&m->pci, 2, 0, &m->vga_pci.pci);
    bus_map_ports(&m->bus, "pci address", 0xcf8, 4, &pci_address_ops, &m->pci);
    bus_map_ports(&m->bus, "pci data", 0xcfc, 4, &pci_data_ops, &m->pci);
}

/* FNV-1a: what a snapshot remembers of a ROM. */
static uint64_t rom_hash(const struct config_rom *rom)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325) ^ rom->size;

    for (uint32_t n = 0; n < rom->size; n++)
        h = (h ^ rom->data[n]) * UINT64_C(0x100000001b3);
    return h;
}

void chipset_wire(struct machine *m)
{
    m->rom_hash[0] = rom_hash(&m->cfg.bios);
    m->rom_hash[1] = rom_hash(&m->cfg.vgabios);
    map_firmware(m);
    if (m->cfg.machine == MACHINE_PC) {
        wire_pci(m);
        return;
    }
    bus_map_device_memory(&m->bus, "vga frame buffer", FRAME_BUFFER, VGA_MEMORY,
                          m->vga_memory->bytes, m->vga_memory->dirty);
    if (m->cfg.vgabios.size) /* SeaBIOS clears C0000h, and wants to copy it there itself */
        fwcfg_add_file(&m->fwcfg, "vgaroms/vgabios.bin", m->cfg.vgabios.data, m->cfg.vgabios.size);
}

/* The ROMs of an ISA board are copied again, as if they were in their sockets. */
static void reset_isa(struct machine *m)
{
    const struct config_rom *rom = firmware(m), *vga = &m->cfg.vgabios;
    uint32_t low = low_rom(m), room = HIGH_MEMORY - low - UPPER_MEMORY;

    if (!rom->size)
        return;
    (void)bus_poke(&m->bus, HIGH_MEMORY - low, rom->data + (rom->size - low), low);
    if (vga->size)
        (void)bus_poke(&m->bus, UPPER_MEMORY, vga->data, vga->size < room ? vga->size : room);
}

void chipset_reset(struct machine *m)
{
    if (m->cfg.machine != MACHINE_PC) {
        reset_isa(m);
        return;
    }
    pci_reset(&m->pci);
    i440fx_reset(&m->i440fx);
    piix3_reset(&m->piix3);
    bmdma_reset(&m->bmdma);
    piix4_pm_reset(&m->pm);
    vga_pci_reset(&m->vga_pci);
}

static void snap_rom(struct snap *s, const char *what, uint64_t mine)
{
    uint64_t theirs = mine;

    snap_u64(s, &theirs);
    if (s->loading && theirs != mine)
        snap_fail(s, "it was made with another %s than this machine has", what);
}

void chipset_snap_identity(struct machine *m, struct snap *s)
{
    static const char *const name[] = {[MACHINE_PC] = "pc", [MACHINE_ISA] = "isa"};
    uint8_t kind = (uint8_t)m->cfg.machine;

    bool hpet = timers_hpet_present(&m->cfg), mine = hpet;
    unsigned version = snap_section(s, "chipset", 2);

    if (!version)
        return;
    snap_u8(s, &kind);
    if (version > 1)
        snap_bool(s, &hpet);
    else
        hpet = false;
    if (s->loading && kind != (uint8_t)m->cfg.machine)
        snap_fail(s, "it is of another machine than this one, %s", name[m->cfg.machine]);
    if (s->loading && hpet != mine)
        snap_fail(s, "it was made with hpet=%s", hpet ? "on" : "off");
    snap_rom(s, "firmware", m->rom_hash[0]);
    snap_rom(s, "VGA BIOS", m->rom_hash[1]);
}

void chipset_snap(struct machine *m, struct snap *s)
{
    if (m->cfg.machine != MACHINE_PC)
        return;
    pci_snap(&m->pci, s);
    i440fx_snap(&m->i440fx, s);
    piix3_snap(&m->piix3, s);
    bmdma_snap(&m->bmdma, s);
    piix4_pm_snap(&m->pm, s);
    vga_pci_snap(&m->vga_pci, s);
}

/* ---- What firmware does ---------------------------------------------------------------- */

struct assignment {
    uint32_t next[3]; /* where the next BAR can go: ports, registers, memory */
};

static uint32_t take(uint32_t *next, uint32_t size)
{
    uint32_t at = (*next + size - 1) & ~(size - 1);

    *next = at + size;
    return at;
}

static void assign_bars(struct machine *m, const struct pci_function *f, struct assignment *a)
{
    for (unsigned n = 0; n < PCI_ROM_BAR; n++) {
        const struct pci_bar *bar = &f->bar[n];
        unsigned which = bar->kind == PCI_PORTS ? 0 : bar->kind == PCI_MMIO ? 1 : 2;

        if (bar->kind != PCI_NO_BAR)
            pci_config_write(&m->pci, f->slot, f->function, PCI_BAR0 + 4 * n,
                             take(&a->next[which], bar->size), 4);
    }
}

/* IRQ 10 for PIRQA and PIRQB, 11 for the others, as SeaBIOS does it on this chipset. */
static unsigned irq_of(unsigned pirq)
{
    return pirq < 2 ? 10 : 11;
}

static void configure_function(struct machine *m, const struct pci_function *f,
                               struct assignment *a)
{
    /* Registers of the chips' own: both IDE channels decode; the routes of the PIRQs. */
    static const struct {
        uint16_t device;
        uint8_t reg, size;
        uint32_t value;
    } setup[] = {
        {0x7000, PIIX3_PIRQRC, 4, 0x0b0b0a0a},
        {0x7010, 0x40, 4, 0x80008000},
        {PIIX4_PM_DEVICE, PIIX4_PMBA, 4, CHIPSET_PM_PORTS},
        {PIIX4_PM_DEVICE, PIIX4_PMREGMISC, 1, 1},
        {PIIX4_PM_DEVICE, PCI_INTERRUPT_LINE, 1, 9}, /* hard-wired */
    };
    uint16_t device = (uint16_t)(f->config[2] | f->config[3] << 8);
    uint8_t pin = f->config[PCI_INTERRUPT_PIN];

    assign_bars(m, f, a);
    if (pin)
        pci_config_write(&m->pci, f->slot, f->function, PCI_INTERRUPT_LINE,
                         irq_of(pci_pirq_of(f->slot, pin)), 1);
    for (unsigned n = 0; n < ARRAY_LEN(setup); n++)
        if (device == setup[n].device)
            pci_config_write(&m->pci, f->slot, f->function, setup[n].reg, setup[n].value,
                             setup[n].size);
    pci_config_write(&m->pci, f->slot, f->function, PCI_COMMAND,
                     pci_command(f) | PCI_COMMAND_IO | PCI_COMMAND_MEMORY, 2);
}

/* RAM takes what was to be seen, and is shown from now on: F0000h as the BIOS, the rest likewise. It
   cannot be written to, but where a VGA BIOS that has not run yet keeps its variables. */
static void shadow(struct machine *m)
{
    uint8_t page[4096];

    for (uint32_t at = UPPER_MEMORY; at < HIGH_MEMORY; at += sizeof page) {
        memset(page, 0, sizeof page);
        (void)bus_peek(&m->bus, at, page, sizeof page);
        memcpy(m->bus.ram + at, page, sizeof page);
        m->bus.page_flags[at >> 12] |= PAGE_TOUCHED;
    }
    pci_config_write(&m->pci, 0, 0, I440FX_PAM, 0x10, 1);
    for (unsigned n = 1; n <= 6; n++)
        pci_config_write(&m->pci, 0, 0, I440FX_PAM + n, m->cfg.services && n <= 2 ? 0x33 : 0x11, 1);
}

void chipset_configure(struct machine *m)
{
    struct assignment a = {.next = {PORTS_AT, REGISTERS_AT, FRAME_BUFFER}};

    if (m->cfg.machine != MACHINE_PC)
        return;
    for (unsigned slot = 0; slot < PCI_SLOTS; slot++)
        for (unsigned n = 0; n < PCI_FUNCTIONS; n++)
            if (m->pci.at[slot][n])
                configure_function(m, m->pci.at[slot][n], &a);
    bus_out(&m->bus, 0x4d1, 1u << (10 - 8) | 1u << (11 - 8), 1); /* ELCR: level-sensitive */
    shadow(m);
}
