/* SPDX-License-Identifier: MIT */
/* bcd.c - decimal adjustment (SDM vol. 2, AAA AAD AAM AAS DAA DAS, in the manual's own steps). */
#include "cpu/bodies.h"

#include "cpu/flags.h"
#include "cpu/internal.h"

enum { AL = 0, AH = 1 }; /* byte offsets in the register file */

static void put_flags(struct cpu *c, uint32_t result, bool cf, bool af)
{
    flags_result(c, 1, result, cf, false, af);
}

uint32_t x_daa(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint32_t old = reg_get(c, AL, 1), al = old;
    bool old_cf = flag_cf(c->res, c->aux), cf = false, af = false;
    if ((al & 15) > 9 || flag_af(c->res, c->aux)) {
        al += 6;
        cf = old_cf || al > 0xff;
        af = true;
    }
    if (old > 0x99 || old_cf) {
        al += 0x60;
        cf = true;
    }
    reg_set(c, AL, al, 1);
    put_flags(c, al, cf, af);
    return 0;
}

uint32_t x_das(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint32_t old = reg_get(c, AL, 1), al = old;
    bool old_cf = flag_cf(c->res, c->aux), cf = false, af = false;
    if ((al & 15) > 9 || flag_af(c->res, c->aux)) {
        cf = old_cf || al < 6;
        al -= 6;
        af = true;
    }
    if (old > 0x99 || old_cf) {
        al -= 0x60;
        cf = true;
    }
    reg_set(c, AL, al, 1);
    put_flags(c, al, cf, af);
    return 0;
}

/* The 386 and later add to AX as a whole (106h), so that AL's carry reaches AH. */
uint32_t x_aaa(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint32_t ax = reg_get(c, AL, 2);
    bool adjust = (ax & 15) > 9 || flag_af(c->res, c->aux);
    if (adjust)
        ax += 0x106;
    reg_set(c, AL, ax & 0xff0f, 2);
    put_flags(c, ax & 15, adjust, adjust);
    return 0;
}

uint32_t x_aas(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint32_t ax = reg_get(c, AL, 2);
    bool adjust = (ax & 15) > 9 || flag_af(c->res, c->aux);
    if (adjust)
        ax -= 0x106;
    reg_set(c, AL, ax & 0xff0f, 2);
    put_flags(c, ax & 15, adjust, adjust);
    return 0;
}

uint32_t x_aam(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint32_t al = reg_get(c, AL, 1);
    if (!i->imm)
        cpu_fault(c, EXC_DE, WHY_DIVIDE, 0, al);
    reg_set(c, AH, al / i->imm, 1);
    reg_set(c, AL, al % i->imm, 1);
    put_flags(c, al % i->imm, false, false);
    return 0;
}

uint32_t x_aad(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint32_t al = (reg_get(c, AL, 1) + reg_get(c, AH, 1) * i->imm) & 0xff;
    reg_set(c, AL, al, 2);
    put_flags(c, al, false, false);
    return 0;
}
