/* SPDX-License-Identifier: MIT */
/*
 * x87_arith.c - the x87's arithmetic and comparisons (SDM vol. 2; vol. 1, 8.3.5-8.3.6, 8.5). The
 * operation itself is f80_run's; here are the operands, the stack and the responses: a masked
 * stack underflow gives the indefinite value, an unmasked IE, DE or ZE leaves everything alone.
 */
#include "cpu/bodies.h"

#include "cpu/flags.h"
#include "cpu/x87_ops.h"

struct source {
    struct f80 v;       /* value, or raw bits of a float in v.m */
    enum f80_kind kind; /* which of them */
    bool empty;         /* a register that holds nothing */
};

static struct source source_of(struct cpu *c, const struct insn *i, enum operand o)
{
    struct source s = {.kind = F80_REG};
    uint8_t raw[8] = {0};
    switch (o) {
    case Mr4:
        x87_mem_read(c, i, raw, 4);
        s.kind = F80_F32;
        memcpy(&s.v.m, raw, 4);
        break;
    case Mr8:
        x87_mem_read(c, i, raw, 8);
        s.kind = F80_F64;
        memcpy(&s.v.m, raw, 8);
        break;
    case Mi2:
        x87_mem_read(c, i, raw, 2);
        s.v = f80_from_int((int16_t)host_get(raw, 2));
        break;
    case Mi4:
        x87_mem_read(c, i, raw, 4);
        s.v = f80_from_int((int32_t)host_get(raw, 4));
        break;
    case O_NONE: break; /* FTST: zero */
    default:
        s.v = x87_get(&c->x87, i->modrm & 7);
        s.empty = x87_empty(&c->x87, i->modrm & 7);
        break;
    }
    return s;
}

/* dst = ST(0) op source, in either direction. */
uint32_t x_farith(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    const struct opcode *o = &opcodes[i->row];
    struct x87 *f = &c->x87;
    bool to_sti = o->dst == STi;
    if (!x87_ready(c))
        return 0;
    struct source s = source_of(c, i, to_sti ? STi : o->src);
    struct f80_out out = {.v = f80_indefinite()};
    x87_note(c, i);
    if (x87_empty(f, 0) || s.empty) {
        if (!x87_stack_fault(c, false))
            return 0;
    } else {
        out = f80_run(o->arg & FARG_OP, s.kind, x87_get(f, 0), s.v, f->cw);
        if (!x87_settle(c, &out, 0))
            return 0;
    }
    x87_put(f, to_sti ? i->modrm & 7 : 0, out.v);
    x87_pops(f, o->arg);
    return 0;
}

static void compared(struct cpu *c, unsigned arg, unsigned cc)
{
    if (!(arg & FARG_EFLAGS)) {
        x87_cc(&c->x87, SW_C0 | SW_C2 | SW_C3, cc);
        return;
    }
    flags_put((cc & SW_C0 ? FLAG_CF : 0) | (cc & SW_C2 ? FLAG_PF : 0) | (cc & SW_C3 ? FLAG_ZF : 0),
              &c->res, &c->aux);
}

uint32_t x_fcom(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    const struct opcode *o = &opcodes[i->row];
    struct x87 *f = &c->x87;
    if (!x87_ready(c))
        return 0;
    struct source s = source_of(c, i, o->src);
    struct f80_out out = {.sw = SW_C0 | SW_C2 | SW_C3};
    x87_note(c, i);
    bool ok;
    if (x87_empty(f, 0) || s.empty) {
        ok = x87_stack_fault(c, false);
    } else {
        out = f80_run(o->arg & FARG_UNORDERED ? F80_UCOM : F80_COM, s.kind, x87_get(f, 0), s.v,
                      f->cw);
        ok = x87_settle(c, &out, 0);
    }
    compared(c, o->arg, out.sw);
    if (ok)
        x87_pops(f, o->arg);
    return 0;
}

uint32_t x_fxam(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    struct x87 *f = &c->x87;
    if (!x87_ready(c))
        return 0;
    x87_note(c, i);
    struct f80 v = x87_get(f, 0);
    unsigned cc = x87_empty(f, 0) ? F80_EMPTY : f80_classify(v);
    x87_cc(f, SW_CC, cc | (v.se >> 15 ? SW_C1 : 0));
    return 0;
}

/* FCHS and FABS: only the sign, of whatever it is. */
static uint32_t change_sign(struct cpu *c, const struct insn *i, unsigned keep, unsigned flip)
{
    struct x87 *f = &c->x87;
    if (!x87_ready(c))
        return 0;
    x87_note(c, i);
    struct f80 v = x87_get(f, 0);
    if (x87_empty(f, 0)) {
        if (!x87_stack_fault(c, false))
            return 0;
        v = f80_indefinite();
    } else {
        x87_cc(f, SW_C1, 0);
        v.se = (uint16_t)((v.se & keep) ^ flip);
    }
    x87_put(f, 0, v);
    return 0;
}

uint32_t x_fchs(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return change_sign(c, i, 0xffff, 0x8000);
}

uint32_t x_fabs(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return change_sign(c, i, 0x7fff, 0);
}
