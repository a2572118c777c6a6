/* SPDX-License-Identifier: MIT */
/*
 * disk_parts.h - the layers that a disk is made of. Each is a struct block (base/block.h); one that
 * lies on another reads through it. For the files disk*.c alone.
 */
#ifndef MACHINE_DISK_PARTS_H
#define MACHINE_DISK_PARTS_H

#include "base/block.h"

#include <sys/types.h>

struct snap;

/* ---- disk_file.c: a file, sector by sector ---- */

struct disk_file {
    struct block block; /* its face */
    char *name;         /* owned */
    int fd;             /* -1: closed */
    uint64_t size;      /* bytes */
    uint64_t
        writes; /* how many there were; of a restored machine, since its snapshot's beginning */
    bool lost;  /* fdatasync has failed: what is on the disk is not known any more */
};

bool disk_file_open(struct disk_file *f, const char *name, bool writable, struct error *err);
/* The same for a file that may be written; made, with nothing in it, when there is none. */
bool disk_file_create(struct disk_file *f, const char *name, struct error *err);
void disk_file_close(struct disk_file *f);
/* All n bytes at this place; behind the end zeroes are read. */
bool disk_file_read(struct disk_file *f, uint64_t at, void *buf, size_t n);
bool disk_file_write(struct disk_file *f, uint64_t at, const void *buf, size_t n);
bool disk_file_sync(struct disk_file *f);
bool disk_file_truncate(struct disk_file *f, uint64_t size);
/* When the file was changed last, as the host's file system says. */
bool disk_file_changed(const struct disk_file *f, int64_t *seconds, uint32_t *nanoseconds);
/* Saves which file it is and in what state; at loading it must still be that. */
void disk_file_snap(struct disk_file *f, struct snap *s);

/* ---- disk_overlay.c: what is written goes to another file ---- */

struct disk_overlay;

/* On a file that is only read, with this many sectors; NULL and err: it cannot be used. */
struct disk_overlay *disk_overlay_open(const char *name, struct disk_file *base, bool writable,
                                       struct error *err);
void disk_overlay_close(struct disk_overlay *o);
struct block *disk_overlay_block(struct disk_overlay *o);

/* ---- disk_memory.c: what is written stays in memory ---- */

struct disk_memory;

/* On a medium that is only read; NULL: no memory. */
struct disk_memory *disk_memory_new(struct block *below);
void disk_memory_free(struct disk_memory *m);
struct block *disk_memory_block(struct disk_memory *m);

#endif
