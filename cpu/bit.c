/* SPDX-License-Identifier: MIT */
/*
 * bit.c - BT, BTS, BTR, BTC, BSF, BSR (SDM vol. 2). With a register bit offset and a memory operand
 * the offset is signed and reaches far beyond the operand: the word that holds the bit is used.
 */
#include "cpu/bodies.h"

#include "cpu/flags.h"
#include "cpu/internal.h"

enum bit_op { TEST, SET, RESET, COMPLEMENT };

static uint32_t apply(enum bit_op op, uint32_t v, uint32_t bit)
{
    switch (op) {
    case SET: return v | bit;
    case RESET: return v & ~bit;
    case COMPLEMENT: return v ^ bit;
    default: return v;
    }
}

static uint32_t bit_imm(struct cpu *c, const struct insn *i, enum bit_op op, uint32_t a, uint32_t b)
{
    uint32_t bit = UINT32_C(1) << (b & (8u * i->size - 1));
    flags_set_cf(c, a & bit);
    return apply(op, a, bit);
}

static uint32_t bit_reg(struct cpu *c, const struct insn *i, enum bit_op op)
{
    uint32_t n = sign_extend(reg_get(c, i->reg, i->size), i->size);
    if (!(i->flags & INSN_MEM)) {
        reg_set(c, i->rm, bit_imm(c, i, op, reg_get(c, i->rm, i->size), n), i->size);
        return 0;
    }
    unsigned shift = i->size == 4 ? 5 : 4;
    uint32_t off = exec_ea(c, i) + (uint32_t)((int32_t)n >> shift) * i->size;
    if (!(i->flags & INSN_AS32))
        off &= 0xffff;
    if (op == TEST) {
        bit_imm(c, i, op, mem_read(c, i->seg, off, i->size), n);
        return 0;
    }
    uint32_t v = mem_rmw(c, i->seg, off, i->size);
    mem_rmw_store(c, bit_imm(c, i, op, v, n), i->size);
    return 0;
}

uint32_t x_bt_imm(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return bit_imm(c, i, TEST, a, b);
}

uint32_t x_bts_imm(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return bit_imm(c, i, SET, a, b);
}

uint32_t x_btr_imm(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return bit_imm(c, i, RESET, a, b);
}

uint32_t x_btc_imm(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return bit_imm(c, i, COMPLEMENT, a, b);
}

uint32_t x_bt_reg(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return bit_reg(c, i, TEST);
}

uint32_t x_bts_reg(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return bit_reg(c, i, SET);
}

uint32_t x_btr_reg(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return bit_reg(c, i, RESET);
}

uint32_t x_btc_reg(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return bit_reg(c, i, COMPLEMENT);
}

/* A source of zero sets ZF and leaves the destination alone (undefined by the manual). */
uint32_t x_bsf(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    flags_set_zf(c, !b);
    return b ? (uint32_t)__builtin_ctz(b) : a;
}

uint32_t x_bsr(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    flags_set_zf(c, !b);
    return b ? 31u - (uint32_t)__builtin_clz(b) : a;
}
