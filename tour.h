/* SPDX-License-Identifier: MIT */
/*
 * tour.h - the guided tour of the address space, `--tour`: a script for the monitor that is inside the
 * program (roms/tour.txt), played on the built-in kernel.
 */
#ifndef TOUR_H
#define TOUR_H

#include "base/types.h"

struct options;

/* Turns --tour into the commands of the script and what they need. *text is what they point to, to be freed at the end. */
bool tour_prepare(struct options *o, char **text, struct error *err);

#endif
