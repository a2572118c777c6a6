/* SPDX-License-Identifier: MIT */
/*
 * alu.h - one arithmetic instruction against its definition, over a grid of operands (alu.c).
 *
 * A test fills a table of struct operation: `run` executes the instruction, `ref` computes from
 * the manual's definition what it must give, and says which flags are undefined. alu_check
 * compares the two for every combination and reports the first difference by name.
 */
#ifndef TESTS_GUEST_ALU_H
#define TESTS_GUEST_ALU_H

#include "rt.h"

#define CF 0x001u
#define PF 0x004u
#define AF 0x010u
#define ZF 0x040u
#define SF 0x080u
#define OF 0x800u
#define ARITH (CF | PF | AF | ZF | SF | OF)

/* What goes in and comes out. */
struct state {
    u32 a;            /* EAX, the destination */
    u32 b;            /* EDX, the source, the shift count or the high half */
    u32 c;            /* ECX: the count of a double shift, the divisor */
    u32 flags;        /* EFLAGS */
    u32 undef;        /* set by the definition: flags that the manual leaves undefined */
    u32 undef_result; /* set by the definition: the destination is undefined, too */
};

struct operation {
    const char *name;                                      /* of the check */
    unsigned bits;                                         /* operand size */
    void (*run)(struct state *s);                          /* the instruction */
    void (*ref)(struct state *s, unsigned bits);           /* its definition; NULL for DIVIDE */
    enum grid { BINARY, SHIFT, DOUBLE, ONE, DIVIDE } grid; /* which operands it gets */
};

void alu_check(const struct operation *op);

u32 mask_of(unsigned bits);
/* The low bits of `value` in place of those of `old`. */
u32 keep(u32 old, u32 value, unsigned bits);
u32 top(u32 v, unsigned bits);
/* SF, ZF and PF of a result. */
u32 szp(u32 v, unsigned bits);
void set_flags(struct state *s, u32 which, u32 value);
u32 sign_extend(u32 v, unsigned bits);
/* Products by shift and add. */
u64 product(u32 a, u32 b);
u64 signed_product(u32 a, u32 b);

/* clang-format off */
/* Defines run_ID: the instruction on EAX, EDX, ECX and EFLAGS as given. */
#define RUN(id, text)                                                                              \
    static void run_##id(struct state *s)                                                          \
    {                                                                                              \
        u32 a = s->a, b = s->b, c = s->c, f = s->flags;                                            \
                                                                                                   \
        __asm__ volatile("pushl %3; popfl; " text "; pushfl; popl %3"                              \
                         : "+a"(a), "+d"(b), "+c"(c), "+S"(f)                                      \
                         :                                                                         \
                         : "cc", "memory");                                                        \
        s->a = a;                                                                                  \
        s->b = b;                                                                                  \
        s->c = c;                                                                                  \
        s->flags = f;                                                                              \
    }
#define RUN_BINARY(op)                                                                             \
    RUN(op##8, #op "b %%dl, %%al") RUN(op##16, #op "w %%dx, %%ax") RUN(op##32, #op "l %%edx, %%eax")
#define RUN_WORDS(op) RUN(op##16, #op "w %%dx, %%ax") RUN(op##32, #op "l %%edx, %%eax")

/* Rows of a table for three or two operand sizes. */
#define ROW3(op, grid) {#op " r8", 8, run_##op##8, ref_##op, grid}, \
    {#op " r16", 16, run_##op##16, ref_##op, grid}, {#op " r32", 32, run_##op##32, ref_##op, grid}
#define ROW2(op, grid) {#op " r16", 16, run_##op##16, ref_##op, grid}, \
    {#op " r32", 32, run_##op##32, ref_##op, grid}
/* clang-format on */

#endif
