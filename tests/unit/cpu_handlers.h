/* SPDX-License-Identifier: MIT */
/*
 * cpu_handlers.h - the specialised handlers that exist, with code that leads to each, and how often
 * they were in blocks that the engine made. Found by giving every opcode with every ModRM byte to
 * the engine's own choice, alone and with neighbours.
 */
#ifndef TESTS_UNIT_CPU_HANDLERS_H
#define TESTS_UNIT_CPU_HANDLERS_H

#include "cpu/engine/block.h"
#include "cpu/opcodes.h"
#include "tests/unit/cpu_rig.h"

#include <string.h>

#define HANDLERS 8192u
#define HANDLER_SLOTS 32768u
#define FEW 20u /* those that were met less often are made on purpose */
#define FLAT (uint8_t)(0x7f & ~MODE_USER)

/* Code that makes a block in which the handler is the first record's. */
struct sample {
    uint8_t code[INSN_MAX_LENGTH + 8];
    uint8_t len;
};

struct handlers {
    handler *fn[HANDLERS];          /* in no order */
    uint64_t met[HANDLERS];         /* how often it was in a block of the fast layer */
    uint16_t row[HANDLERS];         /* what it executes */
    struct sample sample[HANDLERS]; /* where it was first seen */
    uint16_t slot[HANDLER_SLOTS];   /* hash table: number + 1 */
    unsigned n;
    size_t walked;    /* bytes of the arena whose blocks have been counted ... */
    uint64_t flushes; /* ... since this many flushes */
};

/* Where fn is in the hash table, or would be. */
static inline unsigned handler_slot(const struct handlers *h, handler *fn)
{
    unsigned at = (unsigned)((uintptr_t)fn >> 4) % HANDLER_SLOTS;
    while (h->slot[at] && h->fn[h->slot[at] - 1] != fn)
        at = (at + 1) % HANDLER_SLOTS;
    return at;
}

/* The records of a block of this code, as the engine makes them; how many. */
static inline unsigned make_records(struct rec *r, const uint8_t *code, unsigned len)
{
    unsigned n = 0;
    for (unsigned at = 0; at < len && n < 8; n++) {
        r[n] = (struct rec){.eip = RIG_CODE + at};
        if (decode(&r[n].i, code + at, len - at, false) != DECODE_OK)
            return 0;
        at += r[n].i.len;
        r[n].to = r[n].eip + r[n].i.len;
        r[n].fn = handler_pick(&r[n], FLAT);
        if (!r[n].fn)
            r[n].fn = h_generic;
    }
    handlers_fuse(r, n, FLAT);
    return n;
}

static inline void learn(struct handlers *h, const uint8_t *code, unsigned len)
{
    struct rec r[8];
    if (!make_records(r, code, len) || r[0].fn == h_generic)
        return;
    unsigned at = handler_slot(h, r[0].fn);
    bool aimed = !(r[0].i.flags & INSN_MEM) || r[0].i.modrm >> 6 == 2; /* can go anywhere */
    if (!h->slot[at] && h->n < HANDLERS) {
        h->row[h->n] = r[0].i.row;
        h->fn[h->n++] = r[0].fn;
        h->slot[at] = (uint16_t)h->n;
    } else if (!h->slot[at] || !aimed) {
        return;
    }
    struct sample *s = &h->sample[h->slot[at] - 1];
    memcpy(s->code, code, len);
    s->len = (uint8_t)len;
}

/* Alone, before something that sets all flags, and before every conditional jump. */
static inline void learn_insn(struct handlers *h, const uint8_t *code, unsigned len)
{
    uint8_t more[INSN_MAX_LENGTH + 8];
    memcpy(more, code, len);
    learn(h, more, len);
    more[len] = 0x39; /* CMP EAX, ECX */
    more[len + 1] = 0xc8;
    learn(h, more, len + 2);
    more[len + 1] = 0; /* to the next instruction */
    for (unsigned cc = 0; cc < 16; cc++) {
        more[len] = (uint8_t)(0x70 | cc);
        learn(h, more, len + 2);
    }
}

static inline void find_handlers(struct handlers *h)
{
    /* From the sixth on for string instructions only. FS need not be flat. */
    static const uint8_t prefixes[][2] = {{0},    {0x66}, {0x67},       {0x64},      {0x64, 0x66},
                                          {0xf2}, {0xf3}, {0xf2, 0x66}, {0xf3, 0x66}};
    static const uint8_t stack[][6] = {
        {2, 0x50, 0x51},
        {3, 0x50, 0x51, 0x52},
        {4, 0x50, 0x51, 0x52, 0x53},
        {2, 0x58, 0x59},
        {3, 0x58, 0x59, 0x5a},
        {4, 0x58, 0x59, 0x5a, 0x5b},
        {2, 0x58, 0xc3},
        {3, 0x58, 0x59, 0xc3},
        {4, 0x58, 0x59, 0x5a, 0xc3},
        {3, 0x55, 0x89, 0xe5},
        {5, 0x58, 0x59, 0x5a, 0x5b, 0xc3},
        {2, 0xc9, 0xc3},
    };
    for (unsigned n = 0; n < ARRAY_LEN(stack); n++)
        learn(h, stack[n] + 1, stack[n][0]);
    for (unsigned n = 0; n < ARRAY_LEN(prefixes) * 512 * 256; n++) {
        uint8_t code[INSN_MAX_LENGTH + 3] = {0};
        unsigned at = 0, op = n >> 8 & 511, prefix = n >> 17;
        struct insn i;
        if (prefix > 4 && !(opcodes[op].flags & OPC_STRING))
            continue;
        for (unsigned k = 0; k < 2 && prefixes[prefix][k]; k++)
            code[at++] = prefixes[prefix][k];
        if (op >= 256)
            code[at++] = 0x0f;
        code[at++] = (uint8_t)op;
        code[at++] = (uint8_t)n;
        memset(code + at, 1, 8); /* no immediate is zero */
        if (decode(&i, code, sizeof code, false) != DECODE_OK)
            continue;
        learn_insn(h, code, i.len);
        if (op == 0x32) { /* XOR r8, m8 and MOVZX r32, r8 of the same */
            static const uint8_t movzx[] = {0x0f, 0xb6};
            memcpy(code + i.len, movzx, 2);
            code[i.len + 2] = (uint8_t)(0xc0 | (i.modrm >> 3 & 7) * 9);
            learn(h, code, i.len + 3u);
        }
    }
}

/* The block's records with the handlers that were chosen for them: it may have copies by now (splice.h). */
static inline void choose_again(struct rec *r, const struct block *b)
{
    memcpy(r, b->rec, b->n * sizeof *r);
    for (unsigned n = 0; n < b->n; n++) {
        r[n].fn = handler_pick(&r[n], b->mode);
        if (!r[n].fn)
            r[n].fn = h_generic;
    }
    handlers_fuse(r, b->n, b->mode);
}

/* Counts the handlers of the blocks that were made since the last time. */
static inline void note_blocks(struct handlers *h, const struct engine *e)
{
    if (h->flushes != e->stats.flushes)
        h->walked = 0;
    h->flushes = e->stats.flushes;
    while (h->walked < e->used) {
        const struct block *b = (const struct block *)(const void *)(e->arena + h->walked);
        struct rec r[BLOCK_MAX];
        choose_again(r, b);
        for (unsigned n = 0; n < b->n; n++) {
            unsigned at = handler_slot(h, r[n].fn);
            if (h->slot[at])
                h->met[h->slot[at] - 1]++;
        }
        h->walked += sizeof *b + (b->n + 1u) * sizeof(struct rec);
    }
}

#endif
