/* SPDX-License-Identifier: MIT */
/*
 * splice.c - copies of handlers, one behind the other (splice.h).
 *
 * Idea: Piumarta and Riccardi, "Optimizing direct threaded code by selective inlining", PLDI 1998; Ertl and
 * Gregg, "The structure and performance of efficient interpreters", 2003, call it dynamic replication.
 *
 * The memory is mapped twice, once to be written and once to be executed, never both; the latter
 * within reach of the 32-bit displacements by which handlers jump to their slow cases.
 */
#define _GNU_SOURCE /* memfd_create */
#include "cpu/engine/splice.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

struct object { /* handlers of one source, as pieces.awk describes them */
    const int32_t *pieces; /* P_* for each handler, behind where it is; 0 0 at the end */
    const uint8_t *code;   /* the copies */
    handler *const *outs;  /* where they leave for */
    const char *anchor;    /* what `where it is` is relative to */
};
#ifdef __x86_64__
#include "cpu/engine/pieces.inc"
#else
static const struct object objects[] = {{NULL, NULL, NULL, NULL}};
#endif

#define CODE_BYTES ((size_t)8 << 20)
#define REACH ((intptr_t)1 << 30) /* from text to the copies: displacements have 2 GiB */
#define SLOTS 16384u

/* A handler that can be copied: */
enum {
    P_SIZE,  /* bytes of the copy */
    P_STEP,  /* records by which it goes on; 0: never to a neighbour */
    P_CODE,  /* where it begins in the object's code */
    P_HOLES, /* how many registers are to be filled in: HOLE_* of each begin at P_FIRST */
    P_OUTS,  /* how many jumps to elsewhere: OUT_* of each behind those */
    P_FIRST,
};
enum { HOLE_AT, HOLE_FIELD, HOLE_ADDED, HOLE_WORDS };
enum { OUT_AT, OUT_TO, OUT_WORDS };

struct splice {
    uint8_t *write;      /* CODE_BYTES, to be written ... */
    const uint8_t *exec; /* ... the same, to be executed */
    size_t used;
    size_t most; /* bytes that a block may need */
    struct {
        const uint8_t *code;         /* of the handler; NULL: free */
        const int32_t *piece;        /* P_* */
        const struct object *object; /* the piece is of */
    } slot[SLOTS];            /* open addressing */
};

static unsigned slot_of(const struct splice *s, const uint8_t *code)
{
    unsigned at = (unsigned)((uint32_t)((uintptr_t)code >> 4) * 0x9e3779b1u >> 16) % SLOTS;
    while (s->slot[at].code && s->slot[at].code != code)
        at = (at + 1) % SLOTS;
    return at;
}

static const uint8_t *code_of(handler *fn)
{
    return (const uint8_t *)(uintptr_t)fn;
}

static bool is_piece(const struct splice *s, handler *fn)
{
    return s->slot[slot_of(s, code_of(fn))].piece;
}

static bool learn_pieces(struct splice *s)
{
    unsigned pieces = 0, most = 0;
    for (const struct object *o = objects; o->pieces; o++) {
        const int32_t *p = o->pieces;
        for (; p[1]; p += 1 + P_FIRST + p[1 + P_HOLES] * HOLE_WORDS + p[1 + P_OUTS] * OUT_WORDS) {
            const uint8_t *code = (const uint8_t *)(const void *)o->anchor + p[0];
            unsigned at = slot_of(s, code);
            if (++pieces > SLOTS / 2)
                return false;
            s->slot[at].code = code;
            s->slot[at].piece = p + 1;
            s->slot[at].object = o;
            if (most < (unsigned)p[1 + P_SIZE])
                most = (unsigned)p[1 + P_SIZE];
        }
    }
    s->most = (BLOCK_MAX + 1) * (most + 2);
    return pieces;
}

/* Maps the file executable, as near to the handlers as it takes. */
static const uint8_t *map_near(int fd)
{
    intptr_t text = (intptr_t)&h_generic & ~(intptr_t)(PAGE_SIZE - 1);
    for (intptr_t away = REACH / 16; away < REACH; away += REACH / 16) {
        void *p = mmap((void *)(text - away), CODE_BYTES, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
        if (p == MAP_FAILED)
            return NULL;
        if (text - (intptr_t)p < REACH && (intptr_t)p - text < REACH)
            return p;
        (void)munmap(p, CODE_BYTES);
    }
    return NULL;
}

static bool map_code(struct splice *s)
{
    struct rlimit files; /* counts for files in memory as well, and who exceeds it gets a signal */
    if (getrlimit(RLIMIT_FSIZE, &files) != 0 || files.rlim_cur < CODE_BYTES)
        return false;
    int fd = memfd_create("emu386-handlers", MFD_CLOEXEC);
    if (fd < 0)
        return false;
    if (ftruncate(fd, (off_t)CODE_BYTES) == 0) {
        void *p = mmap(NULL, CODE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        s->write = p == MAP_FAILED ? NULL : p;
        s->exec = map_near(fd);
    }
    (void)close(fd);
    return s->write && s->exec;
}

struct splice *splice_new(void)
{
    struct splice *s = calloc(1, sizeof *s);
    if (s && learn_pieces(s) && map_code(s))
        return s;
    splice_free(s);
    return NULL;
}

void splice_free(struct splice *s)
{
    if (!s)
        return;
    if (s->write)
        (void)munmap(s->write, CODE_BYTES);
    if (s->exec)
        (void)munmap((void *)(uintptr_t)s->exec, CODE_BYTES);
    free(s);
}

bool splice_full(const struct splice *s)
{
    return s->used + s->most > CODE_BYTES;
}

void splice_clear(struct splice *s)
{
    s->used = 0;
}

/* A copy of the record's handler behind those that are there, for this record; the piece that it was. */
static const int32_t *copy(struct splice *s, struct rec *r)
{
    unsigned slot = slot_of(s, code_of(r->fn));
    const struct object *o = s->slot[slot].object;
    const int32_t *piece = s->slot[slot].piece;
    uint8_t *to = s->write + s->used;
    const uint8_t *at = s->exec + s->used;
    memcpy(to, o->code + piece[P_CODE], (size_t)piece[P_SIZE]);
    const int32_t *p = piece + P_FIRST;
    for (int32_t k = 0; k < piece[P_HOLES]; k++, p += HOLE_WORDS) {
        int32_t offset = ((const uint8_t *)r)[p[HOLE_FIELD]] + p[HOLE_ADDED];
        memcpy(to + p[HOLE_AT], &offset, sizeof offset);
    }
    for (int32_t k = 0; k < piece[P_OUTS]; k++, p += OUT_WORDS) {
        const uint8_t *target = code_of(p[OUT_TO] < 0 ? r->fn : o->outs[p[OUT_TO]]);
        int32_t distance = (int32_t)(target - (at + p[OUT_AT] + 4));
        memcpy(to + p[OUT_AT], &distance, sizeof distance);
    }
    s->used += (size_t)piece[P_SIZE];
    r->fn = (handler *)(uintptr_t)at;
    return piece;
}

/* To the handler that the record names: JMP *(%rsi), which is where the record is. */
static void dispatch(struct splice *s)
{
    s->write[s->used++] = 0xff;
    s->write[s->used++] = 0x26;
}

void splice_block(struct splice *s, struct rec *r, unsigned n)
{
    for (unsigned k = 0; k < n;) {
        if (!is_piece(s, r[k].fn)) {
            k++;
            continue;
        }
        const int32_t *piece = copy(s, &r[k]);
        k += piece[P_STEP] ? (unsigned)piece[P_STEP] : 1;
        if (piece[P_STEP] && (k >= n || !is_piece(s, r[k].fn)))
            dispatch(s);
    }
}
