/* SPDX-License-Identifier: MIT */
/*
 * x87_math.c - square root, remainders, scaling and the transcendental instructions (SDM vol. 2;
 * vol. 1, 8.3.7-8.3.10), and the constants. An operand out of range of FSIN, FCOS, FSINCOS and
 * FPTAN sets C2 and stays where it is.
 */
#include "cpu/bodies.h"

#include "cpu/x87_ops.h"

/* Which condition bits, besides C1, an operation defines. The quotient of a remainder is told in
   C0, C3 and C1 only if there is one. */
static unsigned defines(enum f80_op op, const struct f80_out *out, uint16_t cw)
{
    switch (op) {
    case F80_PREM:
    case F80_PREM1:
        return (out->sw & (SW_IE | (SW_DE & ~cw))) || f80_classify(out->v) == F80_NAN ? SW_C2
                                                                                      : SW_CC;
    case F80_SIN:
    case F80_COS:
    case F80_PTAN:
    case F80_SINCOS: return SW_C2;
    default: return 0;
    }
}

/* f of ST(0) and ST(1), or of ST(0) alone. False if the result must not be stored. */
static bool compute(struct cpu *c, enum f80_op op, bool empty, struct f80_out *out)
{
    struct x87 *f = &c->x87;
    *out = (struct f80_out){.v = f80_indefinite(), .w = f80_indefinite(), .sw = SW_IE};
    if (empty) {
        x87_cc(f, defines(op, out, f->cw), 0);
        return x87_stack_fault(c, false);
    }
    *out = f80_run(op, F80_REG, x87_get(f, 0), x87_get(f, 1), f->cw);
    return x87_settle(c, out, defines(op, out, f->cw));
}

/* ST(0) = f(ST(0)) */
uint32_t x_fmath1(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    struct x87 *f = &c->x87;
    enum f80_op op = x87_arg(i) & FARG_OP;
    if (!x87_ready(c))
        return 0;
    x87_note(c, i);
    struct f80_out out;
    if (compute(c, op, x87_empty(f, 0), &out))
        x87_put(f, 0, out.v);
    return 0;
}

/* ST(0) = f(ST(0), ST(1)), or into ST(1) and pop. */
uint32_t x_fmath2(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    struct x87 *f = &c->x87;
    unsigned arg = x87_arg(i);
    enum f80_op op = arg & FARG_OP;
    if (!x87_ready(c))
        return 0;
    x87_note(c, i);
    struct f80_out out;
    if (!compute(c, op, x87_empty(f, 0) || x87_empty(f, 1), &out))
        return 0;
    x87_put(f, arg & FARG_POP ? 1 : 0, out.v);
    x87_pops(f, arg);
    return 0;
}

/* ST(0) becomes two: one in its place and one pushed. */
uint32_t x_fmath_push(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    struct x87 *f = &c->x87;
    enum f80_op op = x87_arg(i) & FARG_OP;
    if (!x87_ready(c))
        return 0;
    x87_note(c, i);
    struct f80_out out = {.v = f80_indefinite(), .w = f80_indefinite()};
    if (x87_empty(f, 0) || x87_empty(f, 7)) {
        if (!compute(c, op, x87_empty(f, 0), &out) || (out.sw & SW_C2))
            return 0;
    } else {
        x87_cc(f, defines(op, &out, f->cw), 0);
        if (!x87_stack_fault(c, true))
            return 0;
    }
    x87_put(f, 0, out.w);
    x87_push(f, out.v);
    return 0;
}

uint32_t x_fconst(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    struct x87 *f = &c->x87;
    if (!x87_ready(c))
        return 0;
    x87_note(c, i);
    if (!x87_empty(f, 7)) {
        if (x87_stack_fault(c, true))
            x87_push(f, f80_indefinite());
        return 0;
    }
    const struct f80 none = {0};
    x87_cc(f, SW_C1, 0);
    x87_push(f, f80_run(x87_arg(i) & FARG_OP, F80_REG, none, none, f->cw).v);
    return 0;
}
