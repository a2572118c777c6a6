/* SPDX-License-Identifier: MIT */
/*
 * memmap.h - the physical memory as a PC BIOS would describe it (INT 15h, AX=E820h): what a
 * kernel that was loaded without firmware is told. Source of the types: ACPI specification,
 * "Address Range Types"; of the layout: 640 KiB with the EBDA in the last KiB, the ROM below
 * 1 MiB, extended memory, firmware below 4 GiB.
 */
#ifndef LOADER_MEMMAP_H
#define LOADER_MEMMAP_H

#include "base/types.h"

enum {
    MEMMAP_USABLE = 1,
    MEMMAP_RESERVED = 2,
    MEMMAP_EBDA = 0x9fc00, /* conventional memory that is usable ends here */
    MEMMAP_ENTRIES = 5,    /* the most that memmap_fill gives */
};

struct memmap_entry {
    uint32_t base;   /* first byte */
    uint32_t length; /* bytes, never beyond 4 GiB */
    uint32_t type;   /* MEMMAP_... */
};

/* How many of the entries are there for a machine with `memory` bytes of RAM. */
unsigned memmap_fill(struct memmap_entry map[MEMMAP_ENTRIES], uint32_t memory);

#endif
