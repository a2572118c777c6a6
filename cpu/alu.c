/* SPDX-License-Identifier: MIT */
/* alu.c - ADD to XOR, CMP, TEST, INC, DEC, NEG, NOT and the carry flag (SDM vol. 2). */
#include "cpu/bodies.h"

#include "cpu/flags.h"

uint32_t x_add(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return flags_add(c, i->size, a, b, 0);
}

uint32_t x_adc(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return flags_add(c, i->size, a, b, flag_cf(c->res, c->aux));
}

uint32_t x_sub(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return flags_sub(c, i->size, a, b, 0);
}

uint32_t x_sbb(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return flags_sub(c, i->size, a, b, flag_cf(c->res, c->aux));
}

uint32_t x_cmp(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return flags_sub(c, i->size, a, b, 0);
}

uint32_t x_and(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return flags_logic(c, i->size, a & b);
}

uint32_t x_test(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return flags_logic(c, i->size, a & b);
}

uint32_t x_or(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return flags_logic(c, i->size, a | b);
}

uint32_t x_xor(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return flags_logic(c, i->size, a ^ b);
}

uint32_t x_inc(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint64_t old_res = c->res, old_aux = c->aux;
    uint32_t r = flags_add(c, i->size, a, 1, 0);
    c->aux = aux_keep_cf(c->res, c->aux, old_res, old_aux);
    return r;
}

uint32_t x_dec(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint64_t old_res = c->res, old_aux = c->aux;
    uint32_t r = flags_sub(c, i->size, a, 1, 0);
    c->aux = aux_keep_cf(c->res, c->aux, old_res, old_aux);
    return r;
}

uint32_t x_neg(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return flags_sub(c, i->size, 0, a, 0);
}

uint32_t x_not(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return ~a & size_mask(i->size);
}

uint32_t x_cmc(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    flags_set_cf(c, !flag_cf(c->res, c->aux));
    return 0;
}

uint32_t x_clc(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    flags_set_cf(c, false);
    return 0;
}

uint32_t x_stc(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    flags_set_cf(c, true);
    return 0;
}
