/* SPDX-License-Identifier: MIT */
/*
 * vga_pci.h - the VGA as a PCI function: where its frame buffer, its registers and its BIOS are to be
 * in memory is for the firmware to say.
 *
 * Source: QEMU, docs/specs/standard-vga.rst ("Standard VGA"), which names BARs and registers.
 *
 *   BAR 0   frame buffer, 16 MiB, prefetchable
 *   BAR 2   registers, 4 KiB: 400h-41Fh ports 3C0h-3DFh | 500h-515h dispi registers, words |
 *           600h size of what follows (8), 604h byte order (1E1E1E1Eh: little endian)
 *   ROM     the VGA BIOS, if there is one
 *
 * The VGA's ports and its window at A0000h-BFFFFh answer whatever the command register says, as they
 * do in QEMU. Not modelled: EDID (0-3FFh read as zero), big-endian frame buffers.
 */
#ifndef DEVICES_VGA_PCI_H
#define DEVICES_VGA_PCI_H

#include "base/types.h"
#include "devices/pci.h"

struct snap;
struct vga;

struct vga_pci {
    struct pci_function pci;
    struct vga *vga; /* the chip */
};

/* rom: the VGA BIOS, borrowed; rom_size a power of two of at least 4 KiB, 0: there is none. */
void vga_pci_init(struct vga_pci *p, struct vga *vga, uint8_t *rom, uint32_t rom_size);
void vga_pci_reset(struct vga_pci *p);
void vga_pci_snap(struct vga_pci *p, struct snap *s);

#endif
