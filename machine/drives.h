/* SPDX-License-Identifier: MIT */
/*
 * drives.h - the drives whose medium can be changed while the machine runs, for who sits at it: the CD-ROM
 * drive ("cdrom") and floppy drives ("floppy", "floppy1"). A change comes in by the one door
 * (machine_input, INPUT_MEDIUM).
 */
#ifndef MACHINE_DRIVES_H
#define MACHINE_DRIVES_H

#include "base/types.h"

struct machine;

/* The names of the drives that this machine has, one at a time; NULL past the last. */
const char *drives_name(const struct machine *m, unsigned n);
/* Puts the file (as for machine/disk.h) in, in place of what is there. A drive that the guest keeps shut
   gives nothing out; it is told that somebody asked, and with `force` that does not matter. */
bool drives_insert(struct machine *m, const char *name, const char *spec, bool force,
                   struct error *err);
bool drives_eject(struct machine *m, const char *name, bool force, struct error *err);

#endif
