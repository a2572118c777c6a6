/* SPDX-License-Identifier: MIT */
/*
 * bios.h - firmware: a ROM that ends where the address space ends, at whose last 16 bytes the
 * processor starts, and the VGA's BIOS that goes with it.
 *
 * - A name without a slash that is no file here is looked for in the folders where Debian's packages
 *   (seabios, bochsbios, vgabios) put their ROMs.
 * - Without a name: SeaBIOS, and its VGA BIOS. Other firmware gets the LGPL'd VGA BIOS if it is
 *   installed, which needs no more than a 386 either.
 * - A VGA BIOS starts with 55h AAh and its size in 512-byte units; it is padded to a power of two.
 */
#ifndef LOADER_BIOS_H
#define LOADER_BIOS_H

#include "base/types.h"
#include "machine/config.h"

struct bios {
    struct config_rom rom; /* owned bytes, borrowed by the machine as long as it lives */
    char name[256];        /* the file it came from; "" if none */
};

/* file: --bios, or NULL for the default of this machine. Whole 4 KiB pages, at most 1 MiB. */
bool bios_read(struct bios *b, const char *file, enum config_machine machine, struct error *err);
/* Is there a default for this machine on the host? */
bool bios_installed(enum config_machine machine);
/* file: --vgabios, or NULL for the one that goes with the firmware (NULL: with the built-in services,
   any): none is no mistake then. */
bool bios_read_vga(struct bios *b, const char *file, enum config_machine machine,
                   const struct bios *firmware, struct error *err);
void bios_free(struct bios *b);

#endif
