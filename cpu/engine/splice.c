/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "cpu/engine/splice.h"
#include "cpu/engine/ops.h"
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

handler *pick_x87_move(struct rec *r, uint8_t mode);
#include "cpu/engine/pieces.inc"

#define CODE_BYTES ((size_t)32 << 20)
#define BLOCK_CODE 32768u
#define SLOTS 16384u

struct piece {
    const uint8_t *code;
    const int32_t *word; /* size, step, n_on, n_out, ... */
};
struct splice {
    uint8_t *rw;
    const uint8_t *rx;
    size_t used;
    struct piece slot[SLOTS];
};

static unsigned slot_of(const void *code)
{
    uintptr_t a = (uintptr_t)code;
    return (unsigned)((a >> 4) * 0x9e3779b1u >> 16) & (SLOTS - 1);
}

static const int32_t *find(const struct splice *s, const void *code)
{
    unsigned at = slot_of(code);
    while (s->slot[at].code && s->slot[at].code != code)
        at = (at + 1) & (SLOTS - 1);
    return s->slot[at].word;
}

struct splice *splice_new(void)
{
    struct splice *s = calloc(1, sizeof *s);
    int fd = memfd_create("emu386", 0);
    if (ftruncate(fd, CODE_BYTES)) abort();
    s->rw = mmap(NULL, CODE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    uintptr_t text = (uintptr_t)&splice_new & ~(uintptr_t)0xfffff;
    for (unsigned k = 1; k < 20; k++) {
        void *p = mmap((void *)(text - k * ((uintptr_t)64 << 20)), CODE_BYTES, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
        if (p != MAP_FAILED && llabs((intptr_t)p - (intptr_t)text) < (INT32_MAX - (1 << 27))) { s->rx = p; break; }
        if (p != MAP_FAILED) munmap(p, CODE_BYTES);
    }
    close(fd);
    if (!s->rx) abort();
    for (unsigned k = 0; k < sizeof objects / sizeof *objects; k++)
        for (const int32_t *w = objects[k].word, *end = w + objects[k].n; w < end; w += 5 + w[3] + w[4]) {
            const uint8_t *code = (const uint8_t *)objects[k].anchor + w[0];
            unsigned at = slot_of(code);
            while (s->slot[at].code)
                at = (at + 1) & (SLOTS - 1);
            s->slot[at] = (struct piece){code, w + 1};
        }
    return s;
}

void splice_free(struct splice *s) { (void)s; }
bool splice_full(const struct splice *s) { return s->used + BLOCK_CODE > CODE_BYTES; }
void splice_clear(struct splice *s) { s->used = 0; }

void splice_block(struct splice *s, struct rec *r, unsigned n)
{
    for (unsigned k = 0; k < n;) {
        const int32_t *w = find(s, (const void *)r[k].fn);
        if (!w) {
            k++;
            continue;
        }
        const uint8_t *code = (const uint8_t *)r[k].fn;
        unsigned size = (unsigned)w[0];
        uint8_t *to = s->rw + s->used;
        const uint8_t *at = s->rx + s->used;
        memcpy(to, code, size);
        for (int j = 0; j < w[2]; j++) {
            int on = w[4 + j];
            to[on] = 0xeb;
            to[on + 1] = (uint8_t)(size - (unsigned)on - 2);
        }
        for (int j = 0; j < w[3]; j++) {
            int out = w[4 + w[2] + j];
            int32_t d;
            memcpy(&d, to + out, 4);
            d += (int32_t)(code - at);
            memcpy(to + out, &d, 4);
        }
        s->used += size;
        r[k].fn = (handler *)(uintptr_t)at;
        unsigned step = (unsigned)w[1];
        if (step) {
            k += step;
            if (k >= n || !find(s, (const void *)r[k].fn)) {
                s->rw[s->used] = 0xff;
                s->rw[s->used + 1] = 0x26;
                s->used += 2;
            }
        } else
            k++;
    }
}
