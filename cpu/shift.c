/* SPDX-License-Identifier: MIT */
/*
 * shift.c - shifts and rotates (SDM vol. 2, SAL/SAR/SHL/SHR, RCL/RCR/ROL/ROR, SHLD, SHRD). The count
 * is taken modulo 32 first (all models from the 386 on); a count of zero changes no flag. OF is
 * defined for a count of one only; for others it gets what the same formula gives, which is what
 * processors since the 386 do.
 */
#include "cpu/bodies.h"

#include "cpu/flags.h"

static inline unsigned msb(uint32_t v, unsigned size)
{
    return v >> (8 * size - 1) & 1;
}

/* Rotates touch CF and OF only. */
static void rotate_flags(struct cpu *c, bool cf, bool of)
{
    c->aux = aux_with_cf_of(c->res, c->aux, cf, of);
}

static void shift_flags(struct cpu *c, uint32_t r, unsigned size, bool cf, bool of)
{
    flags_result(c, size, r, cf, of, false);
}

uint32_t x_rol(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    unsigned bits = 8 * i->size, n = b & 31;
    if (!n)
        return a;
    n %= bits;
    uint32_t r = n ? (a << n | a >> (bits - n)) & size_mask(i->size) : a;
    rotate_flags(c, r & 1, (r & 1) ^ msb(r, i->size));
    return r;
}

uint32_t x_ror(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    unsigned bits = 8 * i->size, n = b & 31;
    if (!n)
        return a;
    n %= bits;
    uint32_t r = n ? (a >> n | a << (bits - n)) & size_mask(i->size) : a;
    rotate_flags(c, msb(r, i->size), msb(r, i->size) ^ (r >> (bits - 2) & 1));
    return r;
}

uint32_t x_rcl(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    unsigned bits = 8 * i->size, n = (b & 31) % (bits + 1);
    if (!(b & 31))
        return a;
    uint64_t wide =
        (uint64_t)flag_cf(c->res, c->aux) << bits | a; /* CF above the operand: bits + 1 wide */
    if (n)
        wide = wide << n | wide >> (bits + 1 - n);
    uint32_t r = (uint32_t)wide & size_mask(i->size);
    bool cf = wide >> bits & 1;
    rotate_flags(c, cf, cf ^ msb(r, i->size));
    return r;
}

uint32_t x_rcr(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    unsigned bits = 8 * i->size, n = (b & 31) % (bits + 1);
    if (!(b & 31))
        return a;
    uint64_t wide = (uint64_t)flag_cf(c->res, c->aux) << bits | a;
    if (n)
        wide = wide >> n | wide << (bits + 1 - n);
    uint32_t r = (uint32_t)wide & size_mask(i->size);
    rotate_flags(c, wide >> bits & 1, msb(r, i->size) ^ (r >> (bits - 2) & 1));
    return r;
}

uint32_t x_shl(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    unsigned n = b & 31;
    if (!n)
        return a;
    uint64_t wide = (uint64_t)a << n;
    uint32_t r = (uint32_t)wide & size_mask(i->size);
    bool cf = wide >> (8 * i->size) & 1;
    shift_flags(c, r, i->size, cf, cf ^ msb(r, i->size));
    return r;
}

uint32_t x_shr(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    unsigned n = b & 31;
    if (!n)
        return a;
    uint32_t r = a >> n;
    /* OF: the top two bits of the result differ (for a count of one: the old sign). */
    shift_flags(c, r, i->size, a >> (n - 1) & 1, msb(r, i->size) ^ msb(r << 1, i->size));
    return r;
}

uint32_t x_sar(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    unsigned n = b & 31;
    if (!n)
        return a;
    int64_t wide = (int32_t)sign_extend(a, i->size);
    uint32_t r = (uint32_t)(wide >> n) & size_mask(i->size);
    shift_flags(c, r, i->size, wide >> (n - 1) & 1, false);
    return r;
}

static unsigned double_count(const struct cpu *c, const struct insn *i)
{
    return (opcodes[i->row].third == R_CL ? c->gpr[ECX] : i->imm) & 31;
}

/* 16-bit operands shifted by more than 16: undefined; the bits of the destination come round
   again, as on the P6. */
uint32_t x_shld(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    unsigned n = double_count(c, i);
    if (!n)
        return a;
    uint64_t wide =
        i->size == 2 ? (uint64_t)a << 32 | (uint64_t)b << 16 | a : (uint64_t)a << 32 | b;
    unsigned top = i->size == 2 ? 48 : 64;
    uint32_t r = (uint32_t)(wide << n >> (top - 8 * i->size)) & size_mask(i->size);
    bool cf = wide >> (top - n) & 1;
    shift_flags(c, r, i->size, cf, msb(r, i->size) ^ msb(a, i->size));
    return r;
}

uint32_t x_shrd(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    unsigned n = double_count(c, i);
    if (!n)
        return a;
    uint64_t wide =
        i->size == 2 ? (uint64_t)a << 32 | (uint64_t)b << 16 | a : (uint64_t)b << 32 | a;
    uint32_t r = (uint32_t)(wide >> n) & size_mask(i->size);
    shift_flags(c, r, i->size, wide >> (n - 1) & 1, msb(r, i->size) ^ msb(a, i->size));
    return r;
}
