/* SPDX-License-Identifier: MIT */
/*
 * disk_memory.c - a layer that keeps what is written in memory: `snapshot`. Sectors are kept in clusters
 * of eight, clusters in groups of 512 (2 MiB of the medium), and a group is there when something in
 * it was written. What was not written is read from below.
 *
 * All of it belongs to a snapshot of the machine, so that a restored machine finds its disk as it
 * was, in another process as well.
 */
#include "machine/disk_parts.h"

#include "base/snap.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define CLUSTER 8u /* sectors; `have` has a bit for each */
#define GROUP 512u /* clusters */
#define GROUP_SECTORS ((uint64_t)CLUSTER * GROUP)
#define CLUSTER_BYTES ((size_t)CLUSTER * BLOCK_SECTOR)
#define SNAP_END UINT64_MAX

struct group {
    uint8_t have[GROUP];   /* a bit for each sector that was written */
    uint8_t *bytes[GROUP]; /* of a cluster; NULL: none of it was written */
};

struct disk_memory {
    struct block block;   /* its face */
    struct block *below;  /* what was there before */
    struct group **group; /* by number, NULL: nothing was written there */
    uint64_t groups;      /* how many there may be */
};

static struct group *group_of(const struct disk_memory *m, uint64_t sector)
{
    return m->group[sector / GROUP_SECTORS];
}

static unsigned cluster_of(uint64_t sector)
{
    return (unsigned)(sector / CLUSTER % GROUP);
}

/* The place of a sector that was written, or NULL. */
static uint8_t *find(const struct disk_memory *m, uint64_t sector)
{
    const struct group *g = group_of(m, sector);
    unsigned c = cluster_of(sector), bit = sector % CLUSTER;
    return g && g->have[c] >> bit & 1 ? g->bytes[c] + bit * BLOCK_SECTOR : NULL;
}

/* The place for a sector that is about to be written; NULL: no memory. */
static uint8_t *make(struct disk_memory *m, uint64_t sector)
{
    struct group **g = &m->group[sector / GROUP_SECTORS];
    unsigned c = cluster_of(sector), bit = sector % CLUSTER;
    if (!*g && !(*g = calloc(1, sizeof **g)))
        return NULL;
    if (!(*g)->bytes[c] && !((*g)->bytes[c] = calloc(1, CLUSTER_BYTES)))
        return NULL;
    (*g)->have[c] |= (uint8_t)(1u << bit);
    return (*g)->bytes[c] + bit * BLOCK_SECTOR;
}

/* How many of n sectors from here on are as the first: written, or not. */
static uint32_t run_length(const struct disk_memory *m, uint64_t sector, uint32_t n)
{
    bool written = find(m, sector) != NULL;
    uint32_t k = 1;
    while (k < n && (find(m, sector + k) != NULL) == written)
        k++;
    return k;
}

static bool memory_read(void *ctx, uint64_t sector, uint32_t count, void *buf)
{
    const struct disk_memory *m = ctx;
    uint8_t *to = buf;
    for (uint32_t n; count; count -= n, sector += n, to += (size_t)n * BLOCK_SECTOR) {
        n = run_length(m, sector, count);
        if (!find(m, sector)) {
            if (!m->below->read(m->below->ctx, sector, n, to))
                return false;
            continue;
        }
        for (uint32_t k = 0; k < n; k++)
            memcpy(to + (size_t)k * BLOCK_SECTOR, find(m, sector + k), BLOCK_SECTOR);
    }
    return true;
}

static bool memory_write(void *ctx, uint64_t sector, uint32_t count, const void *buf)
{
    struct disk_memory *m = ctx;
    const uint8_t *from = buf;
    for (uint32_t k = 0; k < count; k++) {
        uint8_t *to = make(m, sector + k);
        if (!to)
            return false;
        memcpy(to, from + (size_t)k * BLOCK_SECTOR, BLOCK_SECTOR);
    }
    return true;
}

static bool memory_flush(void *ctx)
{
    (void)ctx;
    return true; /* nothing is promised beyond the run */
}

/* ---- Snapshots: the number of each cluster that has something, its bits, its bytes ---------- */

static void forget(struct disk_memory *m)
{
    for (uint64_t n = 0; n < m->groups; n++) {
        for (unsigned c = 0; m->group[n] && c < GROUP; c++)
            free(m->group[n]->bytes[c]);
        free(m->group[n]);
        m->group[n] = NULL;
    }
}

static void save(struct disk_memory *m, struct snap *s)
{
    uint64_t end = SNAP_END;
    for (uint64_t n = 0; n < m->groups; n++) {
        for (unsigned c = 0; m->group[n] && c < GROUP; c++) {
            struct group *g = m->group[n];
            uint64_t number = n * GROUP + c;
            if (!g->have[c])
                continue;
            snap_u64(s, &number);
            snap_u8(s, &g->have[c]);
            snap_bytes(s, g->bytes[c], CLUSTER_BYTES);
        }
    }
    snap_u64(s, &end);
}

static void load_cluster(struct disk_memory *m, uint64_t number, struct snap *s)
{
    uint8_t have = 0;
    if (number >= m->groups * GROUP) {
        snap_fail(s, "cluster %llu is beyond the end of the disk", (unsigned long long)number);
        return;
    }
    snap_u8(s, &have);
    if (!make(m, number * CLUSTER)) {
        snap_fail(s, "no memory for the disk's contents");
        return;
    }
    struct group *g = group_of(m, number * CLUSTER);
    unsigned c = cluster_of(number * CLUSTER);
    g->have[c] = have;
    snap_bytes(s, g->bytes[c], CLUSTER_BYTES);
}

static void memory_snap(void *ctx, struct snap *s)
{
    struct disk_memory *m = ctx;
    if (!snap_section(s, "disk memory", 1))
        return;
    if (m->below->snap)
        m->below->snap(m->below->ctx, s);
    if (!s->loading) {
        save(m, s);
        return;
    }
    if (!snap_ok(s))
        return;
    forget(m);
    for (uint64_t number = 0;; number = 0) {
        snap_u64(s, &number);
        if (!snap_ok(s) || number == SNAP_END)
            return;
        load_cluster(m, number, s);
    }
}

static void memory_release(void *ctx)
{
    struct disk_memory *m = ctx;
    m->below->release(m->below->ctx);
}

struct disk_memory *disk_memory_new(struct block *below)
{
    struct disk_memory *m = calloc(1, sizeof *m);
    if (!m)
        return NULL;
    m->below = below;
    m->groups = (below->sectors + GROUP_SECTORS - 1) / GROUP_SECTORS;
    m->group = calloc(m->groups, sizeof(struct group *));
    m->block = (struct block){.read = memory_read,
                              .write = memory_write,
                              .flush = memory_flush,
                              .snap = memory_snap,
                              .release = memory_release,
                              .ctx = m,
                              .sectors = below->sectors};
    if (m->group)
        return m;
    free(m);
    return NULL;
}

void disk_memory_free(struct disk_memory *m)
{
    if (!m)
        return;
    forget(m);
    free(m->group);
    free(m);
}

struct block *disk_memory_block(struct disk_memory *m)
{
    return &m->block;
}
