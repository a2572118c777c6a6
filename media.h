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
    char image[4096];                     /* IMAGE as one of them: its name and options */
};

/* An IMAGE that is a CD, a disk or a floppy by its contents goes into the first drive of its kind and is
   what firmware tries first, unless --boot says otherwise; options->image is NULL then. A boot sector is
   loaded directly where there is no firmware, which `note` (at least one line) says. */
bool media_take_image(struct media *m, struct options *o, char *note, size_t size,
                      struct error *err);

/* Opens what the options name and tells the configuration: disks in order, the CD-ROM drive as master of
   the second channel. An image that is smaller than the floppy it must be of is padded. */
bool media_open(struct media *m, struct options *o, struct error *err);
void media_close(struct media *m);

#endif
