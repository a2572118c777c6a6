/* SPDX-License-Identifier: MIT */
/* disk_echo.c - a queue of what one machine did with a medium and the other has yet to do. */
#include "machine/disk_echo.h"

#include "base/block.h"

#include <stdlib.h>
#include <string.h>

enum deed { READ, WRITE, FLUSH };

struct entry {
    struct entry *next; /* later one */
    enum deed deed;
    uint64_t sector; /* READ, WRITE */
    uint32_t count;  /* the same */
    bool good;       /* what the medium answered */
    uint8_t bytes[]; /* READ, WRITE: the sectors */
};

struct disk_echo {
    struct block *medium; /* the real one */
    struct block first;   /* the face for the machine that leads */
    struct block second;  /* the face for the other */
    struct entry *head;   /* what the second has to do next */
    struct entry **tail;  /* where the next entry goes */
    bool differs;         /* it did something else */
};

static void note(struct disk_echo *e, enum deed deed, uint64_t sector, uint32_t count,
                 const void *bytes, bool good)
{
    size_t size = (size_t)count * BLOCK_SECTOR;
    struct entry *n = malloc(sizeof *n + size);
    if (!n) {
        e->differs = true; /* cannot be told any more */
        return;
    }
    *n = (struct entry){.deed = deed, .sector = sector, .count = count, .good = good};
    if (size)
        memcpy(n->bytes, bytes, size);
    *e->tail = n;
    e->tail = &n->next;
}

static bool first_read(void *ctx, uint64_t sector, uint32_t count, void *buf)
{
    struct disk_echo *e = ctx;
    bool good = e->medium->read(e->medium->ctx, sector, count, buf);
    if (!good)
        memset(buf, 0, (size_t)count * BLOCK_SECTOR); /* whatever it left: the same for both */
    note(e, READ, sector, count, buf, good);
    return good;
}

static bool first_write(void *ctx, uint64_t sector, uint32_t count, const void *buf)
{
    struct disk_echo *e = ctx;
    bool good = e->medium->write(e->medium->ctx, sector, count, buf);
    note(e, WRITE, sector, count, buf, good);
    return good;
}

static bool first_flush(void *ctx)
{
    struct disk_echo *e = ctx;
    bool good = e->medium->flush(e->medium->ctx);
    note(e, FLUSH, 0, 0, NULL, good);
    return good;
}

static void first_snap(void *ctx, struct snap *s)
{
    struct disk_echo *e = ctx;
    if (e->medium->snap)
        e->medium->snap(e->medium->ctx, s);
}

static void first_release(void *ctx)
{
    struct disk_echo *e = ctx;
    if (e->medium->release)
        e->medium->release(e->medium->ctx);
}

/* What the second does next, if it is that; else NULL, and the two differ. The caller frees it. */
static struct entry *expect(struct disk_echo *e, enum deed deed, uint64_t sector, uint32_t count)
{
    struct entry *n = e->head;
    if (e->differs || !n || n->deed != deed || n->sector != sector || n->count != count) {
        e->differs = true;
        return NULL;
    }
    e->head = n->next;
    if (!e->head)
        e->tail = &e->head;
    return n;
}

static bool second_read(void *ctx, uint64_t sector, uint32_t count, void *buf)
{
    struct entry *n = expect(ctx, READ, sector, count);
    bool good = n && n->good;
    if (n)
        memcpy(buf, n->bytes, (size_t)count * BLOCK_SECTOR);
    free(n);
    return good;
}

static bool second_write(void *ctx, uint64_t sector, uint32_t count, const void *buf)
{
    struct disk_echo *e = ctx;
    struct entry *n = expect(e, WRITE, sector, count);
    bool good = n && n->good;
    if (n && memcmp(n->bytes, buf, (size_t)count * BLOCK_SECTOR) != 0)
        e->differs = true;
    free(n);
    return good;
}

static bool second_flush(void *ctx)
{
    struct entry *n = expect(ctx, FLUSH, 0, 0);
    bool good = n && n->good;
    free(n);
    return good;
}

struct disk_echo *disk_echo_new(struct block *medium)
{
    struct disk_echo *e = calloc(1, sizeof *e);
    if (!e)
        return NULL;
    e->medium = medium;
    e->tail = &e->head;
    e->first = (struct block){.read = first_read,
                              .write = first_write,
                              .flush = first_flush,
                              .snap = first_snap,
                              .release = first_release,
                              .ctx = e,
                              .sectors = medium->sectors,
                              .read_only = medium->read_only};
    e->second = (struct block){.read = second_read,
                               .write = second_write,
                               .flush = second_flush,
                               .ctx = e,
                               .sectors = medium->sectors,
                               .read_only = medium->read_only};
    return e;
}

void disk_echo_free(struct disk_echo *e)
{
    if (!e)
        return;
    disk_echo_restart(e);
    free(e);
}

struct block *disk_echo_first(struct disk_echo *e)
{
    return &e->first;
}

struct block *disk_echo_second(struct disk_echo *e)
{
    return &e->second;
}

bool disk_echo_agrees(const struct disk_echo *e)
{
    return !e->differs && !e->head;
}

void disk_echo_restart(struct disk_echo *e)
{
    while (e->head) {
        struct entry *n = e->head;
        e->head = n->next;
        free(n);
    }
    e->tail = &e->head;
    e->differs = false;
}
