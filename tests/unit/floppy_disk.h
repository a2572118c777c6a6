/* SPDX-License-Identifier: MIT */
/*
 * floppy_disk.h - a medium in memory for the tests of the floppy controller: it counts its flushes, and
 * can fail.
 */
#ifndef TESTS_UNIT_FLOPPY_DISK_H
#define TESTS_UNIT_FLOPPY_DISK_H

#include "base/block.h"

#include <string.h>

struct disk {
    struct block block;
    uint8_t bytes[5760 * 512];
    unsigned flushes;
    bool broken;
};

static inline bool disk_move(void *ctx, uint64_t sector, uint32_t count, void *to, const void *from)
{
    struct disk *d = ctx;
    uint8_t *at = d->bytes + sector * 512;
    if (d->broken || (from && d->block.read_only) || sector + count > d->block.sectors)
        return false;
    memcpy(to ? to : at, from ? from : at, count * 512);
    return true;
}

static inline bool disk_read(void *ctx, uint64_t sector, uint32_t count, void *buf)
{
    return disk_move(ctx, sector, count, buf, NULL);
}

static inline bool disk_write(void *ctx, uint64_t sector, uint32_t count, const void *buf)
{
    return disk_move(ctx, sector, count, NULL, buf);
}

static inline bool disk_flush(void *ctx)
{
    struct disk *d = ctx;
    d->flushes++;
    return !d->broken;
}

static inline void fill(struct disk *d, unsigned sectors)
{
    d->block = (struct block){
        .read = disk_read, .write = disk_write, .flush = disk_flush, .ctx = d, .sectors = sectors};
    d->broken = false;
    for (unsigned i = 0; i < sizeof d->bytes; i++)
        d->bytes[i] = (uint8_t)(i * 31 + i / 512);
}

#endif
