/* SPDX-License-Identifier: MIT */
/*
 * block.h - what a disk, a CD or a floppy is made of, as its drive sees it: sectors that can be
 * read, written and made durable. The drive does not know what is behind (a file, an overlay, a
 * copy of another's); machine/disk.h makes them.
 *
 * - A sector is 512 bytes; a CD's 2048 are four of them.
 * - Reads and writes are complete when the call returns. What a write left is on the host's disk
 *   only after flush has returned true.
 * - False: the host failed (or the medium is read-only); the drive reports it as its interface does.
 */
#ifndef BASE_BLOCK_H
#define BASE_BLOCK_H

#include "base/types.h"

struct snap;

#define BLOCK_SECTOR 512u

struct block {
    /* `count` sectors from `sector` on, which lie inside the medium. */
    bool (*read)(void *ctx, uint64_t sector, uint32_t count, void *buf);
    bool (*write)(void *ctx, uint64_t sector, uint32_t count, const void *buf);
    bool (*flush)(void *ctx);
    /* The medium's part of a machine's snapshot: what was written and is nowhere else, or what shows at
       loading that the medium is still the one that was there. May be NULL: nothing. */
    void (*snap)(void *ctx, struct snap *s);
    /* Nobody will use the medium any more: others may have its file. May be NULL. */
    void (*release)(void *ctx);
    void *ctx;        /* theirs */
    uint64_t sectors; /* the size of the medium, at least 1 */
    bool read_only;   /* write is refused: the drive is told by its medium */
};

#endif
