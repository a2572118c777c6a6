/* SPDX-License-Identifier: MIT */
/*
 * cpu_code.h - random code for cpu_rig.h. The list of instructions comes from the decoder's own
 * rows: every opcode, every group member; prefixes, ModRM, SIB, displacements and immediates are
 * random. Each instruction is made for the state in which it will run (a third processor, the
 * scout, runs ahead), so that most memory operands lie in the data or in the code.
 */
#ifndef TESTS_UNIT_CPU_CODE_H
#define TESTS_UNIT_CPU_CODE_H

#include "cpu/opcodes.h"
#include "tests/unit/cpu_rig.h"

struct form {
    uint16_t row;   /* in opcodes[] */
    uint16_t place; /* opcode; from 100h: after 0F */
    int8_t reg;     /* ModRM.reg of a group, -1: any */
    uint8_t one_in; /* how seldom it is taken */
};

struct gen {
    uint64_t random;                    /* state of the generator */
    struct form form[2048];             /* what there is */
    unsigned forms;                     /* how many */
    bool used[RIG_CODE_END - RIG_CODE]; /* bytes that hold code */
    struct rig scout;                   /* runs ahead */
};

static inline uint32_t gen_random(struct gen *g)
{
    g->random ^= g->random << 13;
    g->random ^= g->random >> 7;
    g->random ^= g->random << 17;
    return (uint32_t)(g->random * UINT64_C(0x2545f4914f6cdd1d) >> 32);
}

static inline uint32_t gen_below(struct gen *g, uint32_t n)
{
    return (uint32_t)((uint64_t)gen_random(g) * n >> 32);
}

static inline bool gen_one_in(struct gen *g, uint32_t n)
{
    return gen_below(g, n) == 0;
}

/* 0: never made on purpose. What ends every round at once is made seldom. */
static inline unsigned gen_rarity(unsigned row)
{
    const struct opcode *o = &opcodes[row];
    bool io = row == 0x6c || row == 0x6d || (row >= 0xe4 && row <= 0xe7) ||
              (row >= 0xec && row <= 0xef) || row == 0x6e || row == 0x6f;
    if (o->shape == S_NONE || o->shape == S_GROUP || (o->flags & OPC_CPL0) || io ||
        strstr(o->name, "far") || !strcmp(o->name, "retf"))
        return 0;
    if (o->flags & OPC_STRING)
        return 3;
    if (o->flags & OPC_ENDS)
        return 30; /* segment loads, INT, POPF, CLI */
    bool fails = strstr(o->name, "div") || row == 0x62 || row == 0x61 || row == 0xc8;
    return fails ? 6 : 1; /* BOUND, POPA, ENTER */
}

static inline void gen_add_form(struct gen *g, unsigned row, unsigned place, int reg)
{
    unsigned rarity = gen_rarity(row);
    if (rarity)
        g->form[g->forms++] =
            (struct form){(uint16_t)row, (uint16_t)place, (int8_t)reg, (uint8_t)rarity};
}

static inline void gen_init(struct gen *g, uint64_t seed)
{
    g->random = seed;
    g->forms = 0;
    for (unsigned place = 0; place < 512; place++) {
        const struct opcode *o = &opcodes[place];
        for (unsigned n = 0; n < (o->shape == S_SPLIT ? 3 : o->shape != S_GROUP); n++)
            gen_add_form(g, place, place, -1);
        for (unsigned reg = 0; o->shape == S_GROUP && reg < 8; reg++)
            gen_add_form(g, o->group + reg, place, (int)reg);
    }
}

/* An address worth going to. */
static inline uint32_t gen_address(struct gen *g, uint32_t eip)
{
    unsigned r = gen_below(g, 100);
    uint32_t data = RIG_DATA + gen_below(g, RIG_CODE - RIG_DATA);
    if (r < 50)
        return data & ~3u;
    if (r < 75)
        return data;
    if (r < 85)
        return (data & ~0xfffu) + 0xffc + gen_below(g, 4);
    if (r < 92)
        return eip - 16 + gen_below(g, 80); /* the code at hand */
    if (r < 97)
        return RIG_ALIAS + (eip & 0xfff) - 16 + gen_below(g, 80);
    return gen_random(g);
}

static inline uint32_t gen_value(struct gen *g, uint32_t eip)
{
    static const uint32_t edges[] = {0,          1,      2,      0x7f,       0x80,       0xff,
                                     0x7fff,     0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff,
                                     0xffffff80, 31,     32,     33};
    unsigned r = gen_below(g, 8);
    if (r < 3)
        return gen_address(g, eip);
    if (r < 5)
        return edges[gen_below(g, ARRAY_LEN(edges))];
    if (r < 6)
        return RIG_CODE + gen_below(g, 0xfc0);
    return r < 7 ? gen_below(g, 40) : gen_random(g);
}

/* Makes the memory operand of the instruction at code point where it should; ModRM is at
   code[modrm]. Returns false if this form cannot. */
static inline bool gen_aim(struct gen *g, uint8_t *code, unsigned modrm, const struct insn *i,
                           uint32_t eip)
{
    const struct cpu *c = &g->scout.cpu;
    uint32_t want = gen_address(g, eip) - c->seg[i->seg].base;
    uint32_t have = exec_ea(c, i) - i->disp;
    unsigned size = i->flags & INSN_AS32 ? 4 : 2;
    unsigned mod = code[modrm] >> 6, at = modrm + 1;
    if (size == 4 && (code[modrm] & 7) == 4)
        at++;
    if (mod == 2 || (mod == 0 && i->base == REG_NONE)) {
        host_put(code + at, want - have, size);
        return true;
    }
    uint32_t ea = exec_ea(c, i) + c->seg[i->seg].base; /* as it comes */
    return (ea >= RIG_DATA && ea < RIG_ALIAS + 0x1000) || gen_one_in(g, 40);
}

/* The place for the displacement of a relative branch to a place near by. */
static inline void gen_aim_branch(struct gen *g, uint8_t *code, const struct insn *i, uint32_t eip)
{
    unsigned r = gen_below(g, 8), size = opcodes[i->row].dst == Jb ? 1
                                         : i->flags & INSN_OS32    ? 4
                                                                   : 2;
    uint32_t by = r < 4   ? gen_below(g, 20)
                  : r < 6 ? 0u - i->len - gen_below(g, 40)
                          : gen_below(g, 120);
    if (size > 1 && r == 7)
        by = RIG_CODE + gen_below(g, 0x2f00) - eip - i->len;
    host_put(code + i->len - size, by, size);
}

static inline unsigned gen_prefixes(struct gen *g, const struct opcode *o, uint8_t *code)
{
    static const uint8_t segments[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65};
    unsigned n = 0;
    if (gen_one_in(g, 6))
        code[n++] = 0x66;
    if (gen_one_in(g, 12))
        code[n++] = 0x67;
    if (gen_one_in(g, 16))
        code[n++] = segments[gen_below(g, sizeof segments)];
    if (gen_one_in(g, o->flags & OPC_LOCK ? 24 : 400))
        code[n++] = 0xf0;
    if (gen_one_in(g, o->flags & OPC_STRING ? 2 : 200))
        code[n++] = gen_one_in(g, 2) ? 0xf2 : 0xf3;
    return n;
}

/* One random instruction for the scout's state; its length, or 0 if it should be tried again. */
static inline unsigned gen_insn(struct gen *g, uint32_t eip, uint8_t *code, struct insn *i)
{
    const struct form *f = &g->form[gen_below(g, g->forms)];
    const struct opcode *o = &opcodes[f->row];
    bool code16 = !(g->scout.cpu.mode & MODE_CODE32);
    if (!gen_one_in(g, f->one_in))
        return 0;
    unsigned n = gen_prefixes(g, o, code), modrm = n + 1 + (f->place >> 8);
    if (f->place >> 8)
        code[n++] = 0x0f;
    code[n++] = (uint8_t)f->place;
    for (; n < INSN_MAX_LENGTH + 1; n++)
        code[n] = (uint8_t)gen_random(g);
    if (f->reg >= 0)
        code[modrm] = (uint8_t)((code[modrm] & 0xc7) | f->reg << 3);
    if (decode(i, code, INSN_MAX_LENGTH, code16) != DECODE_OK)
        return gen_one_in(g, 60) ? 4 : 0;
    if (o->dst == Jb || o->dst == Jv)
        gen_aim_branch(g, code, i, eip);
    else if (o->dst == Ob || o->dst == Ov || o->src == Ob || o->src == Ov)
        host_put(code + i->len - (i->flags & INSN_AS32 ? 4 : 2),
                 gen_address(g, eip) - g->scout.cpu.seg[i->seg].base, i->flags & INSN_AS32 ? 4 : 2);
    else if ((i->flags & INSN_MEM) && !gen_aim(g, code, modrm, i, eip))
        return 0;
    (void)decode(i, code, INSN_MAX_LENGTH, code16);
    return i->len;
}

#endif
