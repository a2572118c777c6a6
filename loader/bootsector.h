/* SPDX-License-Identifier: MIT */
/*
 * bootsector.h - a boot sector: 512 bytes that end in 55h AAh, started at 0000:7C00 in real mode.
 * Source: IBM PC/AT Technical Reference, BIOS bootstrap (INT 19h).
 *
 * There is no BIOS behind it: the INT services (10h, 13h, 16h ...) do not exist, their vectors
 * are zero. So exactly the first sector is loaded, as a BIOS would, and the code has to drive
 * the hardware itself. Interrupts are off at the start, because nobody has set up a vector.
 */
#ifndef LOADER_BOOTSECTOR_H
#define LOADER_BOOTSECTOR_H

#include "base/types.h"
#include "loader/bytes.h"

struct plan;

#define BOOTSECTOR_SIZE 512u

bool bootsector_is(struct bytes file);
/* Does the sector carry a partition table that describes something in the file? */
bool bootsector_is_disk(struct bytes file);
bool bootsector_plan(struct plan *p, struct bytes file, struct error *err);

#endif
