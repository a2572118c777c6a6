/* SPDX-License-Identifier: MIT */
/*
 * image.c - the images of the disk test, and what must be in them.
 *
 *     image disk FILE SECTORS, image cd FILE BLOCKS    makes one, as roms/disktest/disk.c and cdrom.c say
 *     image verify MEDIUM SECTORS LOG...               each LOG is what a killed run of roms/disktest/write.c
 *         said (the n-th began at n million): every sector of MEDIUM (machine/disk.h) must hold
 *         a write at least as late as the last one that was flushed, whole
 */
#include "base/block.h"
#include "machine/disk.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARK UINT32_C(0x6b736964)
#define ROUND 1000000u

static int die(const char *why, const char *what)
{
    fprintf(stderr, "image: %s: %s\n", what, why);
    return 2;
}

static int make(const char *name, uint32_t count, uint32_t words)
{
    FILE *f = fopen(name, "w");
    if (!f)
        return die("cannot write", name);
    for (uint32_t s = 0; s < count; s++) {
        for (uint32_t n = 0; n < words; n++) {
            uint32_t v = s * 131 + n;
            const uint8_t b[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16),
                                  (uint8_t)(v >> 24)};
            fwrite(b, 1, 4, f);
        }
    }
    return fclose(f) == 0 ? 0 : die("cannot write", name);
}

static uint32_t scramble(uint32_t v)
{
    v ^= v >> 16;
    v *= 0x7feb352d;
    v ^= v >> 15;
    v *= 0x846ca68b;
    return v ^ v >> 16;
}

static uint32_t first_of(uint32_t i, uint32_t sectors)
{
    return scramble(i) % (sectors - 8);
}

static uint32_t count_of(uint32_t i)
{
    return scramble(i + 0x55555555) % 8 + 1;
}

/* least[s]: one more than the latest write of sector s that was flushed; 0: none. */
static bool read_log(const char *name, uint32_t from, uint32_t sectors, uint32_t *least)
{
    uint32_t flushed = from, n;
    char line[64];
    FILE *f = fopen(name, "r");
    if (!f)
        return false;
    while (fgets(line, sizeof line, f)) /* a line that was cut off says nothing */
        if (strchr(line, '\n') && sscanf(line, "F %" SCNu32, &n) == 1)
            flushed = n + 1;
    fclose(f);
    for (uint32_t i = from; i < flushed; i++)
        for (uint32_t s = 0; s < count_of(i); s++)
            least[first_of(i, sectors) + s] = i + 1;
    return true;
}

static uint32_t get(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Is it a write, whole, of that sector, and not older than `least`? */
static bool is_good(const uint8_t *b, uint32_t sector, uint32_t sectors, uint32_t least)
{
    uint32_t i = get(b + 8), first;
    if (get(b) != MARK) {
        for (uint32_t n = 0; n < 128; n++)
            if (get(b + 4 * n) != sector * 131 + n)
                return false;
        return least == 0;
    }
    first = first_of(i, sectors);
    if (get(b + 4) != sector || i + 1 < least || sector < first || sector >= first + count_of(i))
        return false;
    for (uint32_t n = 3; n < 128; n++)
        if (get(b + 4 * n) != scramble(sector + i) + n)
            return false;
    return true;
}

static int verify(const char *medium, uint32_t sectors, char **logs, int count)
{
    struct error err;
    struct disk *d = disk_open(medium, DISK_HARD, &err);
    uint32_t *least = calloc(sectors, sizeof *least), flushed = 0, bad = 0;
    uint8_t b[BLOCK_SECTOR];
    if (!d || !least)
        return die(err.text, medium);
    for (int n = 0; n < count; n++)
        if (!read_log(logs[n], (uint32_t)n * ROUND, sectors, least))
            return die("cannot read", logs[n]);
    for (uint32_t s = 0; s < sectors; s++) {
        const struct block *block = disk_block(d);
        flushed += least[s] != 0;
        if (block->read(block->ctx, s, 1, b) && is_good(b, s, sectors, least[s]))
            continue;
        if (bad++ < 5)
            printf("sector %" PRIu32 ": flushed by write %" PRIu32 ", has %08" PRIx32 " %" PRIu32
                   " %" PRIu32 "\n",
                   s, least[s] - 1, get(b), get(b + 4), get(b + 8));
    }
    printf("%" PRIu32 " sectors flushed, %" PRIu32 " bad\n", flushed, bad);
    disk_close(d);
    free(least);
    return bad != 0;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "disk") == 0)
        return make(argv[2], (uint32_t)strtoul(argv[3], NULL, 10), 128);
    if (argc == 4 && strcmp(argv[1], "cd") == 0)
        return make(argv[2], (uint32_t)strtoul(argv[3], NULL, 10), 512);
    if (argc >= 5 && strcmp(argv[1], "verify") == 0)
        return verify(argv[2], (uint32_t)strtoul(argv[3], NULL, 10), argv + 4, argc - 4);
    return die("disk FILE N, cd FILE N or verify MEDIUM N LOG...", "usage");
}
