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

struct object {            /* handlers of one source, as pieces.awk describes them */
    const int32_t *pieces; /* P_* of each; 0 at the end */
    const uint8_t *code;   /* the copies */
    handler *const *outs;  /* where they leave for */
    const char *anchor;    /* what P_HANDLER is relative to */
};
#ifdef __x86_64__
#include "cpu/engine/pieces.inc"
#else
static const struct object objects[] = {{NULL, NULL, NULL, NULL}};
#endif

#define CODE_BYTES ((size_t)16 << 20)
#define WRITTEN_BYTES ((size_t)1 << 20)
#define REACH ((intptr_t)1 << 30) /* from text to the copies: displacements have 2 GiB */
#define SLOTS 16384u

/* A handler that can be copied. Offsets in the copy count its second part, which is put elsewhere, behind the first. */
enum {
    P_WORDS,   /* of this description */
    P_HANDLER, /* where its code begins */
    P_HOT,     /* bytes of the first part, which goes on at its end ... */
    P_COLD,    /* ... and of the second */
    P_STEP,    /* records by which it goes on; 0: never to a neighbour */
    P_EXACT, /* the register of the record must be right, and is at the end; else it may lag, and lags more */
    P_CODE,  /* where the bytes of the copy are in the object's code */
    P_HOLES, /* how many fields are to be filled in, HOLE_* of each from P_FIRST on; behind them: */
    P_LATES, /* how many displacements to the record, LATE_* */
    P_OUTS,  /* how many jumps to elsewhere, OUT_* */
    P_ACROSS, /* how many jumps from one part to the other, ACROSS_* */
    P_FIRST,
};
enum { HOLE_AT, HOLE_FIELD, HOLE_SIZE, HOLE_ADDED, HOLE_BYTES, HOLE_WORDS };
enum { LATE_AT, LATE_VALUE, LATE_WORDS };
enum { OUT_AT, OUT_TO, OUT_WORDS };          /* to: in outs; -1: to the handler */
enum { ACROSS_AT, ACROSS_TO, ACROSS_WORDS }; /* to: -1 - offset, if that is in the second part */

struct slot {
    const uint8_t *code;         /* of the handler; NULL: free */
    const int32_t *piece;        /* P_*; NULL where it is free */
    const struct object *object; /* the piece is of */
};

struct splice {
    uint8_t *write;          /* CODE_BYTES, to be written ... */
    const uint8_t *exec;     /* ... the same, to be executed */
    size_t used;             /* the first parts of the copies, from the beginning of it */
    size_t end;              /* the second parts, down from the end of it */
    size_t most;             /* bytes that a block may need */
    size_t written;          /* bytes since `write` was last taken out of the process's memory */
    struct slot slot[SLOTS]; /* open addressing */
};

/* Where the handler with that code is, or else a free one, where it would be. */
static struct slot *slot_of(struct splice *s, const uint8_t *code)
{
    unsigned at = (unsigned)((uint32_t)((uintptr_t)code >> 4) * 0x9e3779b1u >> 16) % SLOTS;
    while (s->slot[at].code && s->slot[at].code != code)
        at = (at + 1) % SLOTS;
    return &s->slot[at];
}

static const uint8_t *code_of(handler *fn)
{
    return (const uint8_t *)(uintptr_t)fn;
}

#define EXTRA_BYTES 32u /* more than what is put around a copy */

static bool learn_pieces(struct splice *s)
{
    unsigned pieces = 0, most = 0;
    for (const struct object *o = objects; o->pieces; o++) {
        for (const int32_t *p = o->pieces; p[P_WORDS]; p += p[P_WORDS]) {
            const uint8_t *code = (const uint8_t *)(const void *)o->anchor + p[P_HANDLER];
            unsigned bytes = (unsigned)(p[P_HOT] + p[P_COLD]);
            if (++pieces > SLOTS / 2)
                return false;
            *slot_of(s, code) = (struct slot){.code = code, .piece = p, .object = o};
            if (most < bytes)
                most = bytes;
        }
    }
    s->most = (BLOCK_MAX + 1) * (most + EXTRA_BYTES);
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
    if (s && learn_pieces(s) && map_code(s)) {
        splice_clear(s);
        return s;
    }
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
    return s->used + s->most > s->end;
}

void splice_clear(struct splice *s)
{
    s->used = 0;
    s->end = CODE_BYTES;
}

static void put32(struct splice *s, size_t at, int64_t value)
{
    int32_t v = (int32_t)value;
    memcpy(s->write + at, &v, sizeof v);
}

/* An instruction of so many bytes that ends in a 32-bit value. */
static void put_insn(struct splice *s, size_t at, uint32_t opcode, unsigned bytes, int64_t value)
{
    memcpy(s->write + at, &opcode, bytes - 4);
    put32(s, at + bytes - 4, value);
}

#define JMP_REL32 0xe9u       /* JMP rel32 */
#define LEA_RSI 0xb68d48u     /* LEA disp32(%rsi), %rsi */
#define JMP_TO_RECORD 0x26ffu /* JMP *(%rsi): to the handler that the record names */

/* Advances the register of the record by what it lags. */
static void catch_up(struct splice *s, int32_t *lag)
{
    if (*lag)
        put_insn(s, s->used, LEA_RSI, 7, *lag);
    s->used += *lag ? 7 : 0;
    *lag = 0;
}

static void fill_in(struct splice *s, const struct rec *r, const struct object *o,
                    const int32_t *piece, size_t cold, int32_t lag)
{
    const int32_t hot_bytes = piece[P_HOT], *p = piece + P_FIRST;
    const size_t hot = s->used, aside = cold - (size_t)hot_bytes;
#define PLACE(offset) ((size_t)(offset) + ((offset) < hot_bytes ? hot : aside))
    for (int32_t k = 0; k < piece[P_HOLES]; k++, p += HOLE_WORDS) {
        uint32_t v = 0;
        memcpy(&v, (const uint8_t *)r + p[HOLE_FIELD], (size_t)p[HOLE_SIZE]);
        v += (uint32_t)p[HOLE_ADDED];
        memcpy(s->write + PLACE(p[HOLE_AT]), &v, (size_t)p[HOLE_BYTES]);
    }
    for (int32_t k = 0; k < piece[P_LATES]; k++, p += LATE_WORDS)
        put32(s, PLACE(p[LATE_AT]), p[LATE_VALUE] + lag);
    for (int32_t k = 0; k < piece[P_OUTS]; k++, p += OUT_WORDS) {
        const uint8_t *to = code_of(p[OUT_TO] < 0 ? r->fn : o->outs[p[OUT_TO]]);
        put32(s, PLACE(p[OUT_AT]), to - (s->exec + PLACE(p[OUT_AT]) + 4));
    }
    for (int32_t k = 0; k < piece[P_ACROSS]; k++, p += ACROSS_WORDS) {
        size_t to =
            p[ACROSS_TO] < 0 ? aside + (size_t)(-1 - p[ACROSS_TO]) : hot + (size_t)p[ACROSS_TO];
        put32(s, PLACE(p[ACROSS_AT]), (int64_t)to - (int64_t)(PLACE(p[ACROSS_AT]) + 4));
    }
#undef PLACE
}

/* Puts a copy of the record's handler, which is the slot's, behind those that are there, for this record: its neighbour
   before it goes on here with the record's register late by `lag`, which is changed to what it is at the end. By how
   many records the copy goes on; 0: it never does. */
static unsigned copy(struct splice *s, const struct slot *slot, struct rec *r, int32_t *lag)
{
    const struct object *o = slot->object;
    const int32_t *piece = slot->piece;
    if (piece[P_EXACT])
        catch_up(s, lag);
    size_t hot_bytes = (size_t)piece[P_HOT], cold_bytes = (size_t)piece[P_COLD];
    s->end -= cold_bytes;
    memcpy(s->write + s->used, o->code + piece[P_CODE], hot_bytes);
    memcpy(s->write + s->end, o->code + piece[P_CODE] + hot_bytes, cold_bytes);
    fill_in(s, r, o, piece, s->end, *lag);
    size_t entry = s->used;
    if (*lag) { /* who comes by the record has the register right */
        entry = s->end -= 12;
        put_insn(s, entry, LEA_RSI, 7, -*lag);
        put_insn(s, entry + 7, JMP_REL32, 5, (int64_t)s->used - (int64_t)(entry + 12));
    }
    r->fn = (handler *)(uintptr_t)(s->exec + entry);
    s->used += hot_bytes;
    *lag += piece[P_EXACT] ? 0 : piece[P_STEP] * (int32_t)sizeof *r;
    return (unsigned)piece[P_STEP];
}

/* The last copy goes on to the handler of a record that has none. */
static void go_to_record(struct splice *s, int32_t *lag)
{
    catch_up(s, lag);
    memcpy(s->write + s->used, &(uint16_t){JMP_TO_RECORD}, 2);
    s->used += 2;
}

/* What was written is not looked at under that address again: it need not count twice. */
static void put_away(struct splice *s, size_t bytes)
{
    s->written += bytes;
    if (s->written < WRITTEN_BYTES)
        return;
    (void)madvise(s->write, CODE_BYTES, MADV_DONTNEED); /* of shared memory: it stays what it is */
    s->written = 0;
}

void splice_block(struct splice *s, struct rec *r, unsigned n)
{
    size_t room = s->end - s->used;
    int32_t lag = 0;
    unsigned step = 0; /* of the copy that goes on at r[k]; 0: none does */
    for (unsigned k = 0; k < n; k += step ? step : 1) {
        const struct slot *slot = slot_of(s, code_of(r[k].fn));
        if (!slot->piece && step)
            go_to_record(s, &lag);
        step = slot->piece ? copy(s, slot, &r[k], &lag) : 0;
        lag = step ? lag : 0;
    }
    if (step)
        go_to_record(s, &lag);
    put_away(s, room - (s->end - s->used));
}
