/* SPDX-License-Identifier: MIT */
/* move.c - data movement and the small register instructions (SDM vol. 2). */
#include "cpu/bodies.h"

#include "cpu/flags.h"
#include "cpu/internal.h"

uint32_t x_mov(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return b;
}

uint32_t x_nop(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return 0;
}

uint32_t x_movsx_b(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return sign_extend(b, 1);
}

uint32_t x_movsx_w(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return sign_extend(b, 2);
}

uint32_t x_lea(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    reg_set(c, i->reg, exec_ea(c, i), i->size);
    return 0;
}

/* Both the register forms (90-97) and E,G; with memory it is always locked. */
uint32_t x_xchg(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    unsigned other = opcodes[i->row].src == R_AX ? EAX * 4 : i->rm;
    uint32_t reg = reg_get(c, i->reg, i->size);
    if (i->flags & INSN_MEM) {
        uint32_t v = mem_rmw(c, i->seg, exec_ea(c, i), i->size);
        mem_rmw_store(c, reg, i->size);
        reg_set(c, i->reg, v, i->size);
        return 0;
    }
    reg_set(c, i->reg, reg_get(c, other, i->size), i->size);
    reg_set(c, other, reg, i->size);
    return 0;
}

uint32_t x_xlat(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint32_t off = c->gpr[EBX] + reg_get(c, EAX * 4, 1);
    if (!(i->flags & INSN_AS32))
        off &= 0xffff;
    reg_set(c, EAX * 4, mem_read(c, i->seg, off, 1), 1);
    return 0;
}

uint32_t x_setcc(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return flags_cond(i->row & 15, c->res, c->aux);
}

uint32_t x_cmovcc(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return flags_cond(i->row & 15, c->res, c->aux) ? b : a;
}

/* With a 16-bit operand the result is undefined; processors give zero. */
uint32_t x_bswap(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return i->size == 4 ? __builtin_bswap32(a) : 0;
}

uint32_t x_cbw(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    unsigned half = i->size / 2u;
    reg_set(c, EAX * 4, sign_extend(reg_get(c, EAX * 4, half), half), i->size);
    return 0;
}

uint32_t x_cwd(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    bool negative = sign_extend(reg_get(c, EAX * 4, i->size), i->size) >> 31;
    reg_set(c, EDX * 4, negative ? UINT32_MAX : 0, i->size);
    return 0;
}

uint32_t x_lahf(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    reg_set(c, 1, (flags_get(c->res, c->aux) & 0xff) | FLAG_1, 1);
    return 0;
}

uint32_t x_sahf(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint32_t of = flags_get(c->res, c->aux) & FLAG_OF;
    flags_put((reg_get(c, 1, 1) & 0xff) | of, &c->res, &c->aux);
    return 0;
}

/* Undocumented until the P6 manuals: AL = CF ? FFh : 0. */
uint32_t x_salc(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    reg_set(c, EAX * 4, flag_cf(c->res, c->aux) ? 0xff : 0, 1);
    return 0;
}

/* The destination is written in either case (with its own value when they differ). */
uint32_t x_cmpxchg(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    bool mem = i->flags & INSN_MEM;
    uint32_t acc = reg_get(c, EAX * 4, i->size);
    uint32_t old = mem ? mem_rmw(c, i->seg, exec_ea(c, i), i->size) : reg_get(c, i->rm, i->size);
    flags_sub(c, i->size, acc, old, 0);
    uint32_t put = acc == old ? reg_get(c, i->reg, i->size) : old;
    if (mem)
        mem_rmw_store(c, put, i->size);
    else if (acc == old)
        reg_set(c, i->rm, put, i->size);
    if (acc != old)
        reg_set(c, EAX * 4, old, i->size);
    return 0;
}

uint32_t x_cmpxchg8b(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint32_t off = exec_ea(c, i), wrap = i->flags & INSN_AS32 ? UINT32_MAX : 0xffff;
    mem_probe(c, i->seg, off, 8, true);
    uint32_t lo = mem_read(c, i->seg, off, 4), hi = mem_read(c, i->seg, (off + 4) & wrap, 4);
    bool equal = lo == c->gpr[EAX] && hi == c->gpr[EDX];
    mem_write(c, i->seg, off, equal ? c->gpr[EBX] : lo, 4);
    mem_write(c, i->seg, (off + 4) & wrap, equal ? c->gpr[ECX] : hi, 4);
    if (!equal) {
        c->gpr[EAX] = lo;
        c->gpr[EDX] = hi;
    }
    flags_set_zf(c, equal);
    return 0;
}

uint32_t x_xadd(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint32_t reg = reg_get(c, i->reg, i->size);
    bool mem = i->flags & INSN_MEM;
    uint32_t old = mem ? mem_rmw(c, i->seg, exec_ea(c, i), i->size) : reg_get(c, i->rm, i->size);
    uint32_t sum = flags_add(c, i->size, old, reg, 0);
    if (mem)
        mem_rmw_store(c, sum, i->size);
    reg_set(c, i->reg, old, i->size);
    if (!mem)
        reg_set(c, i->rm, sum, i->size); /* last: XADD r,r leaves the sum */
    return 0;
}

uint32_t x_bound(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint32_t off = exec_ea(c, i), wrap = i->flags & INSN_AS32 ? UINT32_MAX : 0xffff;
    int32_t index = (int32_t)sign_extend(reg_get(c, i->reg, i->size), i->size);
    int32_t low = (int32_t)sign_extend(mem_read(c, i->seg, off, i->size), i->size);
    int32_t high =
        (int32_t)sign_extend(mem_read(c, i->seg, (off + i->size) & wrap, i->size), i->size);
    if (index < low || index > high)
        cpu_fault(c, EXC_BR, WHY_BOUND, (uint32_t)low, (uint32_t)high);
    return 0;
}
