/* SPDX-License-Identifier: MIT */
/*
 * mmx.c - MMX, as the Pentium II has it (SDM vol. 1, chapter 9; vol. 2; vol. 3, chapter 12). MM0-MM7
 * are the significands of the physical x87 registers: every MMX instruction sets TOP to 0 and marks
 * all registers full (EMMS: empty), a write fills sign and exponent with ones. #UD if CR0.EM, #NM if
 * CR0.TS, then pending x87 exceptions, then the memory operand.
 *
 * Rows: arg is enum packed, shifted by two, and the size of an element as a power of two bytes.
 */
#include "cpu/mmx.h"

#include "cpu/bodies.h"
#include "cpu/x87_ops.h"

static bool begin(struct cpu *c)
{
    if (c->cr0 & CR0_EM)
        cpu_fault(c, EXC_UD, WHY_NO_FPU, 0, 0);
    if (c->cr0 & CR0_TS)
        cpu_fault(c, EXC_NM, WHY_NO_FPU, 0, 0);
    return x87_ready(c);
}

static void touch(struct cpu *c)
{
    x87_set_top(&c->x87, 0);
    c->x87.full = 0xff;
}

static void put(struct cpu *c, unsigned n, uint64_t v)
{
    touch(c);
    c->x87.reg[n & 7] = (struct f80){.m = v, .se = 0xffff};
}

static unsigned p_of(const struct insn *i)
{
    return i->modrm >> 3 & 7u;
}

static uint64_t load(struct cpu *c, const struct insn *i, unsigned size)
{
    uint64_t v = 0;
    uint8_t raw[8];
    if (!(i->flags & INSN_MEM))
        return c->x87.reg[i->modrm & 7].m;
    x87_mem_read(c, i, raw, size);
    memcpy(&v, raw, size);
    return v;
}

/* ---- elements ---- */

static uint64_t mask_of(unsigned bits)
{
    return bits == 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
}

static int64_t sign_of(uint64_t v, unsigned bits)
{
    return (int64_t)(v << (64 - bits)) >> (64 - bits);
}

static int64_t clamp(int64_t v, int64_t low, int64_t high)
{
    return v < low ? low : v > high ? high : v;
}

static int64_t clamp_signed(int64_t v, unsigned bits)
{
    return clamp(v, -(INT64_C(1) << (bits - 1)), (INT64_C(1) << (bits - 1)) - 1);
}

/* One element of at most 32 bits; x and y are its unsigned values. */
static int64_t element(enum packed op, int64_t x, int64_t y, unsigned bits)
{
    int64_t sx = sign_of((uint64_t)x, bits), sy = sign_of((uint64_t)y, bits);
    switch (op) {
    case P_ADD: return x + y;
    case P_ADDS: return clamp_signed(sx + sy, bits);
    case P_ADDUS: return clamp(x + y, 0, (int64_t)mask_of(bits));
    case P_SUB: return x - y;
    case P_SUBS: return clamp_signed(sx - sy, bits);
    case P_SUBUS: return clamp(x - y, 0, (int64_t)mask_of(bits));
    case P_CMPEQ: return x == y ? -1 : 0;
    case P_CMPGT: return sx > sy ? -1 : 0;
    case P_MULL: return sx * sy;
    default: return sx * sy >> bits; /* P_MULH */
    }
}

static uint64_t by_element(enum packed op, uint64_t a, uint64_t b, unsigned bits)
{
    uint64_t v = 0;
    for (unsigned at = 0; at < 64; at += bits) {
        int64_t x = (int64_t)(a >> at & mask_of(bits)), y = (int64_t)(b >> at & mask_of(bits));
        v |= ((uint64_t)element(op, x, y, bits) & mask_of(bits)) << at;
    }
    return v;
}

/* The count is all 64 bits of the source. */
static uint64_t shift(enum packed op, uint64_t a, uint64_t count, unsigned bits)
{
    uint64_t v = 0;
    unsigned n = count < bits ? (unsigned)count : bits;
    if (n == bits && op != P_SRA)
        return 0;
    for (unsigned at = 0; at < 64; at += bits) {
        uint64_t x = a >> at & mask_of(bits);
        uint64_t r = op == P_SLL   ? x << n
                     : op == P_SRL ? x >> n
                                   : (uint64_t)(sign_of(x, bits) >> (n == bits ? bits - 1 : n));
        v |= (r & mask_of(bits)) << at;
    }
    return v;
}

/* Elements of twice the size become elements of `bits`: a below, b above. */
static uint64_t pack(uint64_t a, uint64_t b, unsigned bits, bool to_unsigned)
{
    uint64_t v = 0;
    for (unsigned n = 0; n < 64 / bits; n++) {
        unsigned half = 32 / bits;
        uint64_t from = n < half ? a >> (2 * bits * n) : b >> (2 * bits * (n - half));
        int64_t x = sign_of(from, 2 * bits);
        x = to_unsigned ? clamp(x, 0, (int64_t)mask_of(bits)) : clamp_signed(x, bits);
        v |= ((uint64_t)x & mask_of(bits)) << (bits * n);
    }
    return v;
}

/* Elements of the lower halves, one of each in turn. */
static uint64_t interleave(uint64_t a, uint64_t b, unsigned bits)
{
    uint64_t v = 0;
    for (unsigned n = 0; n < 32 / bits; n++) {
        v |= (a >> (bits * n) & mask_of(bits)) << (2 * bits * n);
        v |= (b >> (bits * n) & mask_of(bits)) << (2 * bits * n + bits);
    }
    return v;
}

static uint64_t multiply_add(uint64_t a, uint64_t b)
{
    uint64_t v = 0;
    for (unsigned at = 0; at < 64; at += 32) {
        int64_t low = sign_of(a >> at, 16) * sign_of(b >> at, 16);
        int64_t high = sign_of(a >> (at + 16), 16) * sign_of(b >> (at + 16), 16);
        v |= ((uint64_t)(low + high) & 0xffffffff) << at;
    }
    return v;
}

uint64_t mmx_compute(unsigned arg, uint64_t a, uint64_t b)
{
    enum packed op = arg >> 2;
    unsigned bits = 8u << (arg & 3);
    switch (op) {
    case P_MOV: return b;
    case P_AND: return a & b;
    case P_ANDN: return ~a & b;
    case P_OR: return a | b;
    case P_XOR: return a ^ b;
    case P_SRL:
    case P_SRA:
    case P_SLL: return shift(op, a, b, bits);
    case P_PACKS: return pack(a, b, bits, false);
    case P_PACKUS: return pack(a, b, bits, true);
    case P_UNPCKL: return interleave(a, b, bits);
    case P_UNPCKH: return interleave(a >> 32, b >> 32, bits);
    case P_MADD: return multiply_add(a, b);
    default: return by_element(op, a, b, bits);
    }
}

/* ---- bodies ---- */

uint32_t x_mmx(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    const struct opcode *o = &opcodes[i->row];
    if (!begin(c))
        return 0;
    uint64_t source = load(c, i, o->src == Qd ? 4 : 8);
    put(c, p_of(i), mmx_compute(o->arg, c->x87.reg[p_of(i)].m, source));
    return 0;
}

uint32_t x_mmx_imm(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    unsigned n = i->modrm & 7;
    if (begin(c))
        put(c, n, mmx_compute(x87_arg(i), c->x87.reg[n].m, i->imm));
    return 0;
}

uint32_t x_movd_load(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    if (!begin(c))
        return 0;
    bool mem = i->flags & INSN_MEM;
    put(c, p_of(i), mem ? mem_read(c, i->seg, exec_ea(c, i), 4) : reg_get(c, i->rm, 4));
    return 0;
}

uint32_t x_movd_store(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    if (!begin(c))
        return 0;
    uint32_t v = (uint32_t)c->x87.reg[p_of(i)].m;
    if (i->flags & INSN_MEM)
        mem_write(c, i->seg, exec_ea(c, i), v, 4);
    else
        reg_set(c, i->rm, v, 4);
    touch(c);
    return 0;
}

uint32_t x_movq_store(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    if (!begin(c))
        return 0;
    uint64_t v = c->x87.reg[p_of(i)].m;
    uint8_t raw[8];
    if (!(i->flags & INSN_MEM)) {
        put(c, i->modrm & 7, v);
        return 0;
    }
    memcpy(raw, &v, 8);
    x87_mem_write(c, i, raw, 8);
    touch(c);
    return 0;
}

uint32_t x_emms(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    if (!begin(c))
        return 0;
    touch(c);
    c->x87.full = 0;
    return 0;
}
