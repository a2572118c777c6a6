/* SPDX-License-Identifier: MIT */
/*
 * x87_move.c - loads, stores, exchanges and conditional moves of the x87 (SDM vol. 2; vol. 1,
 * 8.3.3, 8.5.1). A store to memory is proven before its exceptions are raised, and does not happen
 * (nor does the pop) after an unmasked invalid operation, overflow or underflow.
 */
#include "cpu/bodies.h"

#include "cpu/x87_ops.h"

/* Memory formats: size in bytes and the operations that convert. */
struct format {
    uint8_t size;          /* bytes in memory */
    uint8_t from, to;      /* enum f80_op; F80_OPS: none is needed */
    bool integer;          /* two's complement */
    struct f80 indefinite; /* what a masked invalid operation stores */
};

static const struct format *format_of(enum operand o)
{
    static const struct format f32 = {4, F80_FROM_F32, F80_TO_F32, false, {0xffc00000, 0}};
    static const struct format f64 = {
        8, F80_FROM_F64, F80_TO_F64, false, {UINT64_C(0xfff8000000000000), 0}};
    static const struct format f80 = {
        10, F80_OPS, F80_OPS, false, {UINT64_C(0xc000000000000000), 0xffff}};
    static const struct format i16 = {2, F80_OPS, F80_TO_I16, true, {0x8000, 0}};
    static const struct format i32 = {4, F80_OPS, F80_TO_I32, true, {0x80000000, 0}};
    static const struct format i64 = {8, F80_OPS, F80_TO_I64, true, {UINT64_C(1) << 63, 0}};
    static const struct format bcd = {
        10, F80_FROM_BCD, F80_TO_BCD, false, {UINT64_C(0xc000000000000000), 0xffff}};
    switch (o) {
    case Mr4: return &f32;
    case Mr8: return &f64;
    case Mr10: return &f80;
    case Mi2: return &i16;
    case Mi4: return &i32;
    case Mi8: return &i64;
    case Mb10: return &bcd;
    default: return NULL;
    }
}

static struct f80 read_raw(struct cpu *c, const struct insn *i, unsigned size)
{
    struct f80 v = {0};
    uint8_t raw[10] = {0};
    x87_mem_read(c, i, raw, size);
    memcpy(&v.m, raw, 8);
    memcpy(&v.se, raw + 8, 2);
    return v;
}

static void write_raw(struct cpu *c, const struct insn *i, struct f80 v, unsigned size)
{
    uint8_t raw[10];
    memcpy(raw, &v.m, 8);
    memcpy(raw + 8, &v.se, 2);
    x87_mem_write(c, i, raw, size);
}

static struct f80 from_int(struct f80 raw, unsigned size)
{
    unsigned drop = 64 - 8 * size;
    return f80_from_int((int64_t)(raw.m << drop) >> drop);
}

uint32_t x_fld(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    const struct format *m = format_of(opcodes[i->row].src);
    struct x87 *f = &c->x87;
    if (!x87_ready(c))
        return 0;
    struct f80_out out = {.v = m ? read_raw(c, i, m->size) : x87_get(f, i->modrm & 7)};
    x87_note(c, i);
    bool under = !m && x87_empty(f, i->modrm & 7);
    if (under || !x87_empty(f, 7)) {
        if (x87_stack_fault(c, !under))
            x87_push(f, f80_indefinite());
        return 0;
    }
    if (m && m->integer)
        out.v = from_int(out.v, m->size);
    else if (m && m->from != F80_OPS)
        out = f80_run(m->from, F80_REG, out.v, out.v, f->cw);
    (void)x87_settle(c, &out, 0);
    if (!(out.sw & ~f->cw & SW_IE)) /* a denormal is loaded, whatever happens then */
        x87_push(f, out.v);
    return 0;
}

uint32_t x_fst(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    const struct opcode *o = &opcodes[i->row];
    struct x87 *f = &c->x87;
    if (!x87_ready(c))
        return 0;
    x87_note(c, i);
    if (x87_empty(f, 0)) {
        if (!x87_stack_fault(c, false))
            return 0;
        x87_put(f, i->modrm & 7, f80_indefinite());
    } else {
        x87_cc(f, SW_C1, 0);
        x87_put(f, i->modrm & 7, x87_get(f, 0));
    }
    x87_pops(f, o->arg);
    return 0;
}

/* FSTPNCE: an empty register is no exception, it is only popped. */
uint32_t x_fstpnce(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    struct x87 *f = &c->x87;
    if (!x87_ready(c))
        return 0;
    x87_note(c, i);
    if (!x87_empty(f, 0))
        x87_put(f, i->modrm & 7, x87_get(f, 0));
    x87_cc(f, SW_C1, 0);
    x87_pop(f);
    return 0;
}

uint32_t x_fst_mem(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    const struct opcode *o = &opcodes[i->row];
    const struct format *m = format_of(o->dst);
    struct x87 *f = &c->x87;
    if (!x87_ready(c))
        return 0;
    x87_mem_probe(c, i, m->size);
    x87_note(c, i);
    struct f80_out out = {.v = m->indefinite};
    if (x87_empty(f, 0)) {
        if (!x87_stack_fault(c, false))
            return 0;
    } else {
        out.v = x87_get(f, 0);
        if (m->to != F80_OPS)
            out = f80_run(m->to, F80_REG, out.v, out.v, f->cw);
        (void)x87_settle(c, &out, 0);
        if (out.sw & ~f->cw & (SW_IE | SW_OE | SW_UE))
            return 0;
    }
    write_raw(c, i, out.v, m->size);
    x87_pops(f, o->arg);
    return 0;
}

uint32_t x_fxch(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    struct x87 *f = &c->x87;
    unsigned n = i->modrm & 7;
    if (!x87_ready(c))
        return 0;
    x87_note(c, i);
    struct f80 top = x87_get(f, 0), other = x87_get(f, n);
    if (x87_empty(f, 0) || x87_empty(f, n)) {
        if (!x87_stack_fault(c, false))
            return 0;
        top = x87_empty(f, 0) ? f80_indefinite() : top;
        other = x87_empty(f, n) ? f80_indefinite() : other;
    } else {
        x87_cc(f, SW_C1, 0);
    }
    x87_put(f, 0, other);
    x87_put(f, n, top);
    return 0;
}

/* ModRM.reg: below, equal, below or equal, unordered; DB has the opposites (arg 1). */
uint32_t x_fcmov(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    static const uint8_t wanted[4] = {FLAG_CF, FLAG_ZF, FLAG_CF | FLAG_ZF, FLAG_PF};
    struct x87 *f = &c->x87;
    unsigned n = i->modrm & 7;
    if (!x87_ready(c))
        return 0;
    x87_note(c, i);
    bool holds = cpu_eflags(c) & wanted[i->modrm >> 3 & 3];
    if (x87_empty(f, 0) || x87_empty(f, n)) {
        if (x87_stack_fault(c, false))
            x87_put(f, 0, f80_indefinite());
        return 0;
    }
    if (holds != (x87_arg(i) & 1))
        x87_put(f, 0, x87_get(f, n));
    return 0;
}
