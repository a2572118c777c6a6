/* SPDX-License-Identifier: MIT */
/*
 * disk.h - media made of files: what --disk, --cdrom and --floppy name.
 *
 *     FILE[,ro][,snapshot][,overlay=FILE]      two commas in a row are a comma of the name
 *
 * - A plain file is written in place, each write at once; a flush is fdatasync.
 * - ro: the file is only read, and the guest's writes are refused. A CD is always so.
 * - snapshot: what the guest writes stays in memory (disk_memory.c) and is gone at the end.
 * - overlay=F: what the guest writes goes to F (disk_overlay.c, with the format), made when absent.
 * - A file that may be written is locked against every other user of it, one that is only read
 *   against writers (flock).
 */
#ifndef MACHINE_DISK_H
#define MACHINE_DISK_H

#include "base/types.h"

struct block;
struct disk;

enum disk_use { DISK_HARD, DISK_CDROM, DISK_FLOPPY };

/* Returns NULL and fills err. `spec` is as above. */
struct disk *disk_open(const char *spec, enum disk_use use, struct error *err);
/* NULL is fine. Nothing is written here that was not before, but of an overlay its map. */
void disk_close(struct disk *d);

/* Lives as long as the disk. */
struct block *disk_block(struct disk *d);
/* The file's name, without options. */
const char *disk_name(const struct disk *d);
/* The medium, one without layers, is at least so large: behind the end of the file it reads as zeroes,
   and a write makes the file longer. A floppy is as large as its format from the beginning. */
void disk_pad(struct disk *d, uint64_t sectors);

#endif
