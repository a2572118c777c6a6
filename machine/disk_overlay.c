/* SPDX-License-Identifier: MIT */
/*
 * disk_overlay.c - a layer that keeps what is written in a file of its own (",overlay=FILE"); what was
 * not written is read from the base, which is never changed. All numbers little-endian:
 *
 *     0     16  "emu386 overlay 1"
 *     16    4   sectors in a cluster: 128
 *     24    8   sectors of the base
 *     32    8   when the base was changed last: seconds since 1970 ...
 *     40    4   ... and nanoseconds
 *     4096      map: 4 bytes for each cluster of the base: 0, it is not here; n, the n-th that is
 *     F         clusters, F being the next multiple of 64 KiB after the map
 *
 * Order of writes, so that a machine that stops at any moment, and a host that loses its power, leave an
 * overlay that is whole: a cluster goes to a place that the map does not name; the map names it
 * only after a flush (COMMIT_CLUSTERS of them cause one). The header is written last: zeroes up to F were
 * never finished, and are begun anew.
 */
#include "machine/disk_parts.h"

#include "base/snap.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC "emu386 overlay 1"
#define HEADER 4096u
#define CLUSTER 128u /* sectors */
#define CLUSTER_BYTES ((size_t)CLUSTER * BLOCK_SECTOR)
#define COMMIT_CLUSTERS 256u

struct disk_overlay {
    struct block block;     /* its face */
    struct disk_file file;  /* the overlay */
    struct disk_file *base; /* what is underneath */
    uint32_t *map;          /* as in the file */
    uint32_t clusters;      /* of the base */
    uint32_t used;          /* how many are here */
    uint32_t first, last;   /* entries of the map that the file does not have yet lie between */
    uint32_t pending;       /* how many */
};

static uint64_t map_at(uint32_t cluster)
{
    return HEADER + UINT64_C(4) * cluster;
}

static uint64_t data_at(const struct disk_overlay *o, uint32_t n)
{
    uint64_t map_end = map_at(o->clusters);
    uint64_t data = (map_end + CLUSTER_BYTES - 1) / CLUSTER_BYTES * CLUSTER_BYTES;
    return data + (uint64_t)(n - 1) * CLUSTER_BYTES;
}

static void put(uint8_t *to, uint64_t v, unsigned n)
{
    for (unsigned k = 0; k < n; k++)
        to[k] = (uint8_t)(v >> (8 * k));
}

static uint64_t get(const uint8_t *from, unsigned n)
{
    uint64_t v = 0;
    for (unsigned k = 0; k < n; k++)
        v |= (uint64_t)from[k] << (8 * k);
    return v;
}

/* ---- The map ------------------------------------------------------------------------------ */

/* The file's map becomes the one in memory; what it names is on the disk before. */
static bool commit(struct disk_overlay *o)
{
    uint8_t bytes[4 * 1024];
    if (!disk_file_sync(&o->file))
        return false;
    if (!o->pending)
        return true;
    for (uint32_t at = o->first; at <= o->last;) {
        uint32_t n = o->last - at + 1;
        n = n < 1024 ? n : 1024;
        for (uint32_t k = 0; k < n; k++)
            put(bytes + 4 * k, o->map[at + k], 4);
        if (!disk_file_write(&o->file, map_at(at), bytes, 4 * (size_t)n))
            return false;
        at += n;
    }
    if (!disk_file_sync(&o->file))
        return false;
    o->pending = 0;
    return true;
}

static void enter(struct disk_overlay *o, uint32_t cluster)
{
    o->map[cluster] = ++o->used;
    o->first = o->pending && o->first < cluster ? o->first : cluster;
    o->last = o->pending && o->last > cluster ? o->last : cluster;
    o->pending++;
}

/* No two clusters of the base may share a place, and all places lie within the file. */
static bool check_map(struct disk_overlay *o, struct error *err)
{
    bool *taken = NULL, good = true;
    for (uint32_t n = 0; n < o->clusters; n++)
        o->used = o->map[n] > o->used ? o->map[n] : o->used;
    if (o->used > o->clusters || (o->used && data_at(o, o->used) >= o->file.size))
        return error_set(err, "%s: damaged: it names clusters that it does not have", o->file.name);
    taken = calloc((size_t)o->used + 1, sizeof *taken);
    if (!taken)
        return error_set(err, "%s: no memory for its map", o->file.name);
    for (uint32_t n = 0; n < o->clusters; n++) {
        good = good && (!o->map[n] || !taken[o->map[n]]);
        taken[o->map[n]] = true;
    }
    free(taken);
    return good || error_set(err, "%s: damaged: it names a cluster twice", o->file.name);
}

static bool read_map(struct disk_overlay *o, struct error *err)
{
    size_t n = 4 * (size_t)o->clusters;
    uint8_t *bytes = malloc(n);
    if (!bytes)
        return error_set(err, "%s: no memory for its map", o->file.name);
    bool good = disk_file_read(&o->file, HEADER, bytes, n);
    for (uint32_t k = 0; good && k < o->clusters; k++)
        o->map[k] = (uint32_t)get(bytes + 4 * (size_t)k, 4);
    free(bytes);
    return (good || error_set(err, "%s: cannot read its map", o->file.name)) && check_map(o, err);
}

/* ---- Reading and writing ------------------------------------------------------------------ */

/* How many of n sectors from here lie in one cluster. */
static uint32_t in_cluster(uint64_t sector, uint32_t n)
{
    uint32_t room = CLUSTER - (uint32_t)(sector % CLUSTER);
    return n < room ? n : room;
}

static bool overlay_read(void *ctx, uint64_t sector, uint32_t count, void *buf)
{
    struct disk_overlay *o = ctx;
    uint8_t *to = buf;
    for (uint32_t n; count; count -= n, sector += n, to += (size_t)n * BLOCK_SECTOR) {
        n = in_cluster(sector, count);
        uint32_t place = o->map[sector / CLUSTER];
        uint64_t at =
            place ? data_at(o, place) + sector % CLUSTER * BLOCK_SECTOR : sector * BLOCK_SECTOR;
        if (!disk_file_read(place ? &o->file : o->base, at, to, (size_t)n * BLOCK_SECTOR))
            return false;
    }
    return true;
}

/* The first write into a cluster brings all of it here. */
static bool write_new(struct disk_overlay *o, uint64_t sector, uint32_t n, const uint8_t *from)
{
    uint8_t bytes[CLUSTER_BYTES];
    uint32_t cluster = (uint32_t)(sector / CLUSTER);
    if (!disk_file_read(o->base, (uint64_t)cluster * CLUSTER_BYTES, bytes, sizeof bytes))
        return false;
    memcpy(bytes + sector % CLUSTER * BLOCK_SECTOR, from, (size_t)n * BLOCK_SECTOR);
    if (!disk_file_write(&o->file, data_at(o, o->used + 1), bytes, sizeof bytes))
        return false;
    enter(o, cluster);
    return o->pending < COMMIT_CLUSTERS || commit(o);
}

static bool overlay_write(void *ctx, uint64_t sector, uint32_t count, const void *buf)
{
    struct disk_overlay *o = ctx;
    const uint8_t *from = buf;
    if (o->block.read_only)
        return false;
    for (uint32_t n; count; count -= n, sector += n, from += (size_t)n * BLOCK_SECTOR) {
        n = in_cluster(sector, count);
        uint32_t place = o->map[sector / CLUSTER];
        bool good =
            place ? disk_file_write(&o->file, data_at(o, place) + sector % CLUSTER * BLOCK_SECTOR,
                                    from, (size_t)n * BLOCK_SECTOR)
                  : write_new(o, sector, n, from);
        if (!good)
            return false;
    }
    return true;
}

static bool overlay_flush(void *ctx)
{
    struct disk_overlay *o = ctx;
    return o->block.read_only || commit(o);
}

/* The file is part of the machine's state: it is made what the machine believes it to be. */
static void overlay_snap(void *ctx, struct snap *s)
{
    struct disk_overlay *o = ctx;
    if (!snap_section(s, "disk overlay", 1))
        return;
    if (!s->loading && !overlay_flush(o))
        snap_fail(s, "%s: cannot be written", o->file.name);
    disk_file_snap(o->base, s);
    disk_file_snap(&o->file, s);
}

static void overlay_release(void *ctx)
{
    struct disk_overlay *o = ctx;
    (void)overlay_flush(o);
    o->base->block.release(o->base);
    o->file.block.release(&o->file);
}

/* ---- Opening ------------------------------------------------------------------------------ */

static bool begin_file(struct disk_overlay *o, struct error *err)
{
    uint8_t header[HEADER] = {0};
    int64_t seconds;
    uint32_t part;
    if (!disk_file_changed(o->base, &seconds, &part))
        return error_set(err, "%s: cannot be looked at", o->base->name);
    memcpy(header, MAGIC, 16);
    put(header + 16, CLUSTER, 4);
    put(header + 24, o->block.sectors, 8);
    put(header + 32, (uint64_t)seconds, 8);
    put(header + 40, part, 4);
    /* An empty map is a hole up to where the first cluster will be. */
    bool good = disk_file_truncate(&o->file, 0) && disk_file_truncate(&o->file, data_at(o, 1)) &&
                disk_file_sync(&o->file) && disk_file_write(&o->file, 0, header, sizeof header) &&
                disk_file_sync(&o->file);
    return good || error_set(err, "%s: cannot be written", o->file.name);
}

/* Nothing, or what was begun and never finished; a file of zeroes may be somebody's disk. */
static bool is_blank(struct disk_overlay *o)
{
    uint8_t bytes[HEADER];
    bool blank = o->file.size == 0 || o->file.size == data_at(o, 1);
    for (uint64_t at = 0; blank && at < o->file.size; at += sizeof bytes) {
        blank = disk_file_read(&o->file, at, bytes, sizeof bytes) && bytes[0] == 0 &&
                memcmp(bytes, bytes + 1, sizeof bytes - 1) == 0;
    }
    return blank;
}

static bool check_header(struct disk_overlay *o, const uint8_t *header, struct error *err)
{
    int64_t seconds = 0;
    uint32_t part = 0;
    if (memcmp(header, MAGIC, 16) != 0 || get(header + 16, 4) != CLUSTER)
        return error_set(err, "%s: not an overlay of this version", o->file.name);
    if (get(header + 24, 8) != o->block.sectors)
        return error_set(err, "%s: an overlay of a disk of %" PRIu64 " sectors; %s has %" PRIu64,
                         o->file.name, get(header + 24, 8), o->base->name, o->block.sectors);
    uint64_t was = get(header + 32, 8);
    uint32_t was_part = (uint32_t)get(header + 40, 4);
    if (!disk_file_changed(o->base, &seconds, &part) || (uint64_t)seconds != was ||
        part != was_part)
        return error_set(err,
                         "%s: %s has changed since this overlay of it was made (if only its date "
                         "has: touch -d @%" PRIu64 ".%09u %s)",
                         o->file.name, o->base->name, was, was_part, o->base->name);
    return true;
}

static bool open_file(struct disk_overlay *o, const char *name, bool writable, struct error *err)
{
    uint8_t header[HEADER];
    if (!(writable ? disk_file_create(&o->file, name, err)
                   : disk_file_open(&o->file, name, false, err)))
        return false;
    if (!disk_file_read(&o->file, 0, header, sizeof header))
        return error_set(err, "%s: cannot read", name);
    if (!is_blank(o))
        return check_header(o, header, err) && read_map(o, err);
    return writable ? begin_file(o, err) : error_set(err, "%s: not an overlay", name);
}

struct disk_overlay *disk_overlay_open(const char *name, struct disk_file *base, bool writable,
                                       struct error *err)
{
    struct disk_overlay *o = calloc(1, sizeof *o);
    if (!o) {
        error_set(err, "%s: no memory for it", name);
        return NULL;
    }
    o->base = base;
    o->file.fd = -1;
    o->block = (struct block){.read = overlay_read,
                              .write = overlay_write,
                              .flush = overlay_flush,
                              .snap = overlay_snap,
                              .release = overlay_release,
                              .ctx = o,
                              .sectors = base->block.sectors,
                              .read_only = !writable};
    uint64_t clusters = (base->block.sectors + CLUSTER - 1) / CLUSTER;
    o->clusters = (uint32_t)clusters;
    o->map = clusters <= UINT32_C(1) << 30 ? calloc(clusters, sizeof *o->map) : NULL;
    if (o->map ? open_file(o, name, writable, err)
               : error_set(err, "%s: no memory for the map of so large a disk", name))
        return o;
    disk_overlay_close(o);
    return NULL;
}

void disk_overlay_close(struct disk_overlay *o)
{
    if (!o)
        return;
    if (o->pending)
        (void)commit(o); /* the guest has not asked: as much as can be kept */
    disk_file_close(&o->file);
    free(o->map);
    free(o);
}

struct block *disk_overlay_block(struct disk_overlay *o)
{
    return &o->block;
}
