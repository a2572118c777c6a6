/* SPDX-License-Identifier: MIT */
/*
 * media.h - the disks, discs and floppies of the command line: opened before the machine is made, which borrows
 * them, and closed after it is gone.
 */
#ifndef MEDIA_H
#define MEDIA_H

#include "options.h"

struct disk;

struct media {
    struct disk *unit[CONFIG_UNITS];      /* by unit of the IDE channels; NULL: none */
    struct disk *floppy[CONFIG_FLOPPIES]; /* by drive; NULL: none */
};

/* Opens what the options name and tells the configuration: disks in order, the CD-ROM drive as master of
   the second channel. An image that is smaller than the floppy it must be of is padded. */
bool media_open(struct media *m, struct options *o, struct error *err);
void media_close(struct media *m);

#endif
