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

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#ifdef __x86_64__
#include "cpu/engine/pieces.inc"
#else
static const int32_t *const objects[] = {NULL};
static const char *const anchors[] = {NULL};
#endif

#define CODE_BYTES ((size_t)8 << 20)
#define REACH ((intptr_t)1 << 30) /* from text to the copies: displacements have 2 GiB */
#define SLOTS 16384u

/* A handler that can be copied, as pieces.awk describes it: */
enum {
    P_SIZE,  /* bytes of the copy */
    P_STEP,  /* records by which it goes on; 0: never to a neighbour */
    P_PARTS, /* how many parts it has */
    P_FIRST, /* the parts */
};
/* and one part: bytes of the handler, and a jump behind them */
enum {
    PART_FROM,
    PART_BYTES,
    PART_JUMP,   /* 0: none; else its opcode, of those with 32 bits the second byte, and: */
    PART_TARGET, /* a short jump's displacement; else an offset from where the handler begins */
    PART_WORDS,
};
#define JUMP_THROUGH 0x100 /* at the offset stands the displacement of a jump that goes there */

struct splice {
    uint8_t *write;      /* CODE_BYTES, to be written ... */
    const uint8_t *exec; /* ... the same, to be executed */
    size_t used;
    size_t most; /* bytes that a block may need */
    struct {
        const uint8_t *code;  /* of the handler; NULL: free */
        const int32_t *piece; /* P_* */
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

static const int32_t *piece_of(const struct splice *s, handler *fn)
{
    return s->slot[slot_of(s, code_of(fn))].piece;
}

static bool learn_pieces(struct splice *s)
{
    unsigned pieces = 0, most = 0;
    for (unsigned k = 0; objects[k]; k++) {
        const int32_t *p = objects[k];
        for (; p[1]; p += 1 + P_FIRST + p[1 + P_PARTS] * PART_WORDS) {
            const uint8_t *code = (const uint8_t *)(const void *)anchors[k] + p[0];
            unsigned at = slot_of(s, code);
            if (++pieces > SLOTS / 2)
                return false;
            s->slot[at].code = code;
            s->slot[at].piece = p + 1;
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

static void put(struct splice *s, const void *bytes, size_t n)
{
    memcpy(s->write + s->used, bytes, n);
    s->used += n;
}

/* The jump behind a part. */
static void put_jump(struct splice *s, const uint8_t *code, const int32_t *part)
{
    uint8_t op = (uint8_t)part[PART_JUMP], wide = 0x0f;
    if (op >> 4 == 8) /* Jcc rel32 */
        put(s, &wide, 1);
    put(s, &op, 1);
    if (op >> 4 == 7 || op == 0xeb) {
        put(s, &(int8_t){(int8_t)part[PART_TARGET]}, 1);
        return;
    }
    const uint8_t *to = code + part[PART_TARGET];
    int32_t distance;
    if (part[PART_JUMP] & JUMP_THROUGH) {
        memcpy(&distance, to, sizeof distance);
        to += 4 + distance;
    }
    distance = (int32_t)(to - (s->exec + s->used + 4));
    put(s, &distance, sizeof distance);
}

/* A copy of the handler's code behind those that are there; where it is executed. */
static const uint8_t *copy(struct splice *s, const uint8_t *code, const int32_t *piece)
{
    const int32_t *part = piece + P_FIRST;
    const uint8_t *at = s->exec + s->used;
    for (int32_t k = 0; k < piece[P_PARTS]; k++, part += PART_WORDS) {
        put(s, code + part[PART_FROM], (size_t)part[PART_BYTES]);
        if (part[PART_JUMP])
            put_jump(s, code, part);
    }
    assert(s->exec + s->used == at + piece[P_SIZE]);
    return at;
}

/* To the handler that the record names: JMP *(%rsi), which is where the record is. */
static void dispatch(struct splice *s)
{
    put(s, (const uint8_t[]){0xff, 0x26}, 2);
}

void splice_block(struct splice *s, struct rec *r, unsigned n)
{
    for (unsigned k = 0; k < n;) {
        const int32_t *piece = piece_of(s, r[k].fn);
        if (!piece) {
            k++;
            continue;
        }
        r[k].fn = (handler *)(uintptr_t)copy(s, code_of(r[k].fn), piece);
        k += piece[P_STEP] ? (unsigned)piece[P_STEP] : 1;
        if (piece[P_STEP] && (k >= n || !piece_of(s, r[k].fn)))
            dispatch(s);
    }
}
