/* SPDX-License-Identifier: MIT */
/*
 * memmap.h - the physical memory as a kernel that was loaded without firmware is told: what the board's
 * firmware would say (machine/firmware.h), and the firmware's own place below 4 GiB, which stays
 * reserved. Types are those of INT 15h, AX=E820h (ACPI specification, "Address Range Types").
 */
#ifndef LOADER_MEMMAP_H
#define LOADER_MEMMAP_H

#include "machine/firmware.h"

#define MEMMAP_ENTRIES (FIRMWARE_RANGES + 1) /* the most that memmap_fill gives */

/* In ascending order; how many there are for a machine with `memory` bytes of RAM. */
unsigned memmap_fill(struct firmware_range map[MEMMAP_ENTRIES], uint32_t memory);

#endif
