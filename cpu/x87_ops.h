/* SPDX-License-Identifier: MIT */
/*
 * x87_ops.h - what the files that hold x87 and MMX bodies share: the register stack, raising
 * exceptions, operands in memory. Rows say the rest: `arg` is which operation, or FARG_* bits.
 */
#ifndef CPU_X87_OPS_H
#define CPU_X87_OPS_H

#include "cpu/internal.h"
#include "cpu/opcodes.h"
#include "cpu/x87.h"

enum {
    FARG_OP = 0x3f,     /* an enum f80_op, a condition, ... */
    FARG_POP = 0x40,    /* pops afterwards */
    FARG_POP2 = 0x80,   /* pops twice */
    FARG_UNORDERED = 1, /* compare: quiet NaNs are no fault */
    FARG_EFLAGS = 2,    /* compare: the result goes to EFLAGS */
};

/* What FLDCW makes of a value: bit 6 reads as one. */
#define X87_CW(value) ((uint16_t)(((value)&0x1f7f) | 0x40))

static inline unsigned x87_top(const struct x87 *f)
{
    return f->sw >> 11 & 7u;
}

static inline void x87_set_top(struct x87 *f, unsigned top)
{
    f->sw = (uint16_t)((f->sw & ~(7u << 11)) | (top & 7) << 11);
}

static inline unsigned x87_phys(const struct x87 *f, unsigned n)
{
    return (x87_top(f) + n) & 7;
}

static inline bool x87_empty(const struct x87 *f, unsigned n)
{
    return !(f->full >> x87_phys(f, n) & 1);
}

static inline struct f80 x87_get(const struct x87 *f, unsigned n)
{
    return f->reg[x87_phys(f, n)];
}

static inline void x87_put(struct x87 *f, unsigned n, struct f80 v)
{
    unsigned at = x87_phys(f, n);
    f->reg[at] = v;
    f->full |= (uint8_t)(1 << at);
}

static inline void x87_free(struct x87 *f, unsigned n)
{
    f->full &= (uint8_t) ~(1 << x87_phys(f, n));
}

static inline void x87_pop(struct x87 *f)
{
    x87_free(f, 0);
    x87_set_top(f, x87_top(f) + 1);
}

static inline void x87_push(struct x87 *f, struct f80 v)
{
    x87_set_top(f, x87_top(f) - 1);
    x87_put(f, 0, v);
}

/* The pops that a row asks for. */
static inline void x87_pops(struct x87 *f, unsigned arg)
{
    if (arg & (FARG_POP | FARG_POP2))
        x87_pop(f);
    if (arg & FARG_POP2)
        x87_pop(f);
}

static inline void x87_cc(struct x87 *f, unsigned which, unsigned value)
{
    f->sw = (uint16_t)((f->sw & ~which) | (value & which));
}

static inline unsigned x87_arg(const struct insn *i)
{
    return opcodes[i->row].arg;
}

/* Start of a numeric instruction whose operands were fetched: pointers for the handler. */
void x87_note(struct cpu *c, const struct insn *i);
/* Sets exception flags; false if an unmasked IE, DE or ZE keeps the result away. */
bool x87_raise(struct cpu *c, unsigned flags);
/* Stack overflow (C1 set) or underflow (clear); true if the masked response is wanted. */
bool x87_stack_fault(struct cpu *c, bool overflow);
/* Takes over what f80_run said: exceptions, C1 and the other bits in `which`. As x87_raise. */
bool x87_settle(struct cpu *c, const struct f80_out *out, unsigned which);
void x87_set_cw(struct cpu *c, uint16_t cw);
void x87_set_sw(struct cpu *c, uint16_t sw); /* TOP included; ES and B follow from the rest */
void x87_init(struct cpu *c);                /* FNINIT */

/* Operands of any size: all of it is proven before the first byte moves. */
void x87_mem_read(struct cpu *c, const struct insn *i, uint8_t *to, unsigned size);
void x87_mem_probe(struct cpu *c, const struct insn *i, unsigned size);
void x87_mem_write(struct cpu *c, const struct insn *i, const uint8_t *from, unsigned size);

#endif
