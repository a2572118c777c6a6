/* SPDX-License-Identifier: MIT */
/*
 * chipset.h - what makes a board `pc` or `isa`: the 440FX and PIIX3 with their PCI bus, or none; the
 * firmware's ROMs; and what firmware would have set up, for kernels that start without one.
 */
#ifndef MACHINE_CHIPSET_H
#define MACHINE_CHIPSET_H

#include "base/types.h"

struct machine;
struct snap;

/* What configuration assigns, and ACPI tables name. */
#define CHIPSET_PM_PORTS 0x600u /* power management */

/* PCI, its bridges and the VGA's function; on `isa` the fixed frame buffer. After the chips of ISA. */
void chipset_wire(struct machine *m);
void chipset_reset(struct machine *m);
/* First of all: refuses what is of another kind of machine or of other firmware. */
void chipset_snap_identity(struct machine *m, struct snap *s);
void chipset_snap(struct machine *m, struct snap *s);

/* As a PCI BIOS leaves it: addresses and interrupts assigned, what it found at C0000h-FFFFFh copied to
   RAM and made read-only. */
void chipset_configure(struct machine *m);

/* cmos.c: memory sizes, disk types, boot order, for BIOSes. */
void cmos_fill(struct machine *m);

#endif
