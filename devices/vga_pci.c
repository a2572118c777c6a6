/* SPDX-License-Identifier: MIT */
/* vga_pci.c - the VGA's PCI function: BARs, and registers in memory (see vga_pci.h). */
#include "devices/vga_pci.h"

#include "devices/vga.h"
#include "mmu/bus.h"

enum {
    PORTS = 0x400,
    PORTS_END = 0x420,
    DISPI = 0x500,
    DISPI_END = DISPI + 2 * VGA_DISPI_REGS,
    EXTRA_SIZE = 0x600,
    BYTE_ORDER = 0x604,
    FIRST_PORT = 0x10, /* 3C0h, counted from 3B0h as vga_port_ops does */
    REGISTERS = 4096,
};

#define LITTLE_ENDIAN_MARK UINT32_C(0x1e1e1e1e)

static uint16_t dispi_get(struct vga *v, unsigned reg)
{
    uint16_t index = v->dispi_index, value;

    v->dispi_index = (uint16_t)reg;
    value = (uint16_t)vga_dispi_ops.read(v, 1, 2);
    v->dispi_index = index;
    return value;
}

static void dispi_put(struct vga *v, unsigned reg, uint16_t value)
{
    uint16_t index = v->dispi_index;

    v->dispi_index = (uint16_t)reg;
    vga_dispi_ops.write(v, 1, value, 2);
    v->dispi_index = index;
}

static uint8_t register_byte(struct vga *v, uint32_t off)
{
    if (off >= PORTS && off < PORTS_END)
        return (uint8_t)vga_port_ops.read(v, off - PORTS + FIRST_PORT, 1);
    if (off >= DISPI && off < DISPI_END)
        return (uint8_t)(dispi_get(v, (off - DISPI) / 2) >> off % 2 * 8);
    if (off >= EXTRA_SIZE && off < EXTRA_SIZE + 8)
        return (uint8_t)((off < BYTE_ORDER ? 8 : LITTLE_ENDIAN_MARK) >> off % 4 * 8);
    return 0;
}

static uint32_t registers_read(void *dev, uint32_t off, unsigned size)
{
    struct vga_pci *p = dev;
    uint32_t value = 0;

    for (unsigned n = 0; n < size; n++)
        value |= (uint32_t)register_byte(p->vga, off + n) << 8 * n;
    return value;
}

static void registers_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct vga_pci *p = dev;

    if (off >= DISPI && off < DISPI_END) {
        if (size >= 2)
            dispi_put(p->vga, (off - DISPI) / 2, (uint16_t)value);
        return; /* half a register cannot be written */
    }
    for (unsigned n = 0; n < size; n++)
        if (off + n >= PORTS && off + n < PORTS_END)
            vga_port_ops.write(p->vga, off + n - PORTS + FIRST_PORT, value >> 8 * n & 0xff, 1);
}

static const struct io_ops registers_ops = {
    .read = registers_read, .write = registers_write, .widths = 3};

void vga_pci_init(struct vga_pci *p, struct vga *vga, uint8_t *rom, uint32_t rom_size)
{
    struct vga_memory *m = vga->board.memory;

    *p = (struct vga_pci){.vga = vga};
    pci_function_init(&p->pci, "vga",
                      &(struct pci_identity){.vendor = 0x1234,
                                             .device = 0x1111,
                                             .subsystem_vendor = 0x1af4,
                                             .subsystem = 0x1100,
                                             .class_code = 0x030000,
                                             .revision = 2});
    pci_function_bar(
        &p->pci, 0,
        &(struct pci_bar){
            .kind = PCI_MEMORY, .size = VGA_MEMORY, .host = m->bytes, .dirty = m->dirty});
    pci_function_bar(
        &p->pci, 2,
        &(struct pci_bar){.kind = PCI_MMIO, .size = REGISTERS, .ops = &registers_ops, .dev = p});
    if (rom_size)
        pci_function_bar(&p->pci, PCI_ROM_BAR,
                         &(struct pci_bar){.kind = PCI_IMAGE, .size = rom_size, .host = rom});
}

void vga_pci_reset(struct vga_pci *p)
{
    pci_function_reset(&p->pci);
}

void vga_pci_snap(struct vga_pci *p, struct snap *s)
{
    pci_function_snap(&p->pci, s);
}
