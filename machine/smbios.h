/* SPDX-License-Identifier: MIT */
/*
 * smbios.h - what the board says of itself to those who ask for its inventory (DMI): names, and its memory.
 * For kernels that start without firmware.
 *
 * Source: DMTF DSP0134, System Management BIOS Reference Specification 2.8: 5.2.1 (entry point), 7.1 (BIOS),
 * 7.2 (system), 7.4 (enclosure), 7.17 to 7.20 (memory), 7.45 (end). Not told: processor, caches, slots.
 */
#ifndef MACHINE_SMBIOS_H
#define MACHINE_SMBIOS_H

#include "base/types.h"

#define SMBIOS_ENTRY 31u
#define SMBIOS_ROOM 1024u

struct smbios {
    uint8_t entry[SMBIOS_ENTRY]; /* the entry point, on a 16-byte boundary below 1 MiB */
    uint8_t table[SMBIOS_ROOM];  /* the structures */
    uint32_t size;               /* bytes of them */
};

/* at: where the table will lie; memory: bytes of RAM. */
void smbios_build(struct smbios *s, uint32_t at, uint32_t memory);

#endif
