/* SPDX-License-Identifier: MIT */
/*
 * h_x87.c - specialised handlers of the x87's arithmetic and comparisons (x87_leaf.h says how), and
 * the choice among all handlers of x87 instructions.
 *
 * Not here, but in the reference layer: transcendental functions, remainders, BCD, environments, FXAM,
 * conditional moves.
 */
#include "cpu/engine/x87_leaf.h"

#include "cpu/bodies.h"

#if X87_LEAVES

/* ---- arithmetic ---- */

#define ARITH_REG(form, insn, to_, pops)                                                           \
    HANDLER(form)                                                                                  \
    {                                                                                              \
        uint16_t host;                                                                             \
        BEGIN();                                                                                   \
        OTHER();                                                                                   \
        NEEDS(FULL(top));                                                                          \
        NEEDS(FULL(other));                                                                        \
        TWO(insn, to_, top, other)                                                                 \
        NOTE();                                                                                    \
        AFTER_##pops(SW_C1);                                                                       \
        GO(ip + 1);                                                                                \
    }
#define ARITH_MEM(class, name, insn, size)                                                         \
    HANDLER(name##_##class)                                                                        \
    {                                                                                              \
        uint16_t host;                                                                             \
        BEGIN();                                                                                   \
        uint32_t lin = EA_##class;                                                                 \
        NEEDS(FULL(top));                                                                          \
        REACH(tlb, size, at);                                                                      \
        WITH_MEM(insn, size, at)                                                                   \
        NOTE_MEM();                                                                                \
        AFTER_0(SW_C1);                                                                            \
        GO(ip + 1);                                                                                \
    }

/* By what the second operand is: ST(i) in the three ways, floats, integers. */
struct arith {
    handler *to_0, *to_i, *to_i_pop;
    handler *m4[FLAT_CLASSES], *m8[FLAT_CLASSES], *i2[FLAT_CLASSES], *i4[FLAT_CLASSES];
};
#define ARITH(name)                                                                                \
    ARITH_REG(name##_0, "f" #name, top, 0)                                                         \
    ARITH_REG(name##_i, "f" #name, other, 0)                                                       \
    ARITH_REG(name##_ip, "f" #name, other, 1)                                                      \
    EACH_FLAT_CLASS(ARITH_MEM, name##_m4, "f" #name "s", 4)                                        \
    EACH_FLAT_CLASS(ARITH_MEM, name##_m8, "f" #name "l", 8)                                        \
    EACH_FLAT_CLASS(ARITH_MEM, name##_i2, "fi" #name "s", 2)                                       \
    EACH_FLAT_CLASS(ARITH_MEM, name##_i4, "fi" #name "l", 4)                                       \
    static const struct arith name = {.to_0 = name##_0,                                            \
                                      .to_i = name##_i,                                            \
                                      .to_i_pop = name##_ip,                                       \
                                      .m4 = BY_FLAT_CLASS(name##_m4),                              \
                                      .m8 = BY_FLAT_CLASS(name##_m8),                              \
                                      .i2 = BY_FLAT_CLASS(name##_i2),                              \
                                      .i4 = BY_FLAT_CLASS(name##_i4)};
ARITH(add)
ARITH(mul)
ARITH(sub)
ARITH(subr)
ARITH(div)
ARITH(divr)

#define UNARY(name, insn)                                                                          \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        uint16_t host;                                                                             \
        BEGIN();                                                                                   \
        NEEDS(FULL(top));                                                                          \
        ONE(insn)                                                                                  \
        NOTE();                                                                                    \
        AFTER_0(SW_C1);                                                                            \
        GO(ip + 1);                                                                                \
    }
UNARY(root, "fsqrt")
UNARY(to_integer, "frndint")

#define SIGN(name, change)                                                                         \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        BEGIN();                                                                                   \
        NEEDS(FULL(top));                                                                          \
        f->reg[top].se = (uint16_t)(f->reg[top].se change);                                        \
        f->sw = (uint16_t)CLEARED;                                                                 \
        NOTE();                                                                                    \
        GO(ip + 1);                                                                                \
    }
SIGN(negate, ^0x8000)
SIGN(magnitude, &0x7fff)

/* ---- comparisons ---- */

#define FLAGS_OF(cc)                                                                               \
    flags_put(((cc)&SW_C0 ? FLAG_CF : 0) | ((cc)&SW_C2 ? FLAG_PF : 0) |                            \
                  ((cc)&SW_C3 ? FLAG_ZF : 0),                                                      \
              &res, &aux)

/* insn takes both operands away. */
#define COMPARE_TWO(insn)                                                                          \
    HOST(__asm__ volatile("fldt %[b]\n\tfldt %[a]\n\t" insn "\n\tfnstsw %%ax"                      \
                          : "=a"(host)                                                             \
                          : [a] "m"(f->reg[top]), [b] "m"(f->reg[other])                           \
                          : STACK_USED))
#define COMPARE_REG(name, insn, pops)                                                              \
    HANDLER(name##_##pops)                                                                         \
    {                                                                                              \
        uint16_t host;                                                                             \
        BEGIN();                                                                                   \
        OTHER();                                                                                   \
        NEEDS(FULL(top));                                                                          \
        NEEDS(FULL(other));                                                                        \
        COMPARE_TWO(insn)                                                                          \
        NOTE();                                                                                    \
        AFTER_##pops(SW_CC);                                                                       \
        GO(ip + 1);                                                                                \
    }
#define COMPARE_FLAGS(name, insn, pops)                                                            \
    HANDLER(name##_##pops)                                                                         \
    {                                                                                              \
        uint16_t host;                                                                             \
        BEGIN();                                                                                   \
        OTHER();                                                                                   \
        NEEDS(FULL(top));                                                                          \
        NEEDS(FULL(other));                                                                        \
        NEEDS(c->model->level >= 6);                                                               \
        COMPARE_TWO(insn)                                                                          \
        FLAGS_OF(host);                                                                            \
        NOTE();                                                                                    \
        AFTER_##pops(SW_C1);                                                                       \
        GO(ip + 1);                                                                                \
    }
#define COMPARE_MEM(class, name, insn, size, pops)                                                 \
    HANDLER(name##_##pops##_##class)                                                               \
    {                                                                                              \
        uint16_t host;                                                                             \
        BEGIN();                                                                                   \
        uint32_t lin = EA_##class;                                                                 \
        NEEDS(FULL(top));                                                                          \
        REACH(tlb, size, at);                                                                      \
        HOST(__asm__ volatile("fldt %[a]\n\t" insn " %[b]\n\tfnstsw %%ax"                          \
                              : "=a"(host)                                                         \
                              : [a] "m"(f->reg[top]), [b] "m"(GUEST(size, at))                     \
                              : STACK_USED))                                                       \
        NOTE_MEM();                                                                                \
        AFTER_##pops(SW_CC);                                                                       \
        GO(ip + 1);                                                                                \
    }
#define COMPARE_MEMS(name, insn, size)                                                             \
    EACH_FLAT_CLASS(COMPARE_MEM, name, insn, size, 0)                                              \
    EACH_FLAT_CLASS(COMPARE_MEM, name, insn, size, 1)
COMPARE_REG(com, "fcompp", 0)
COMPARE_REG(com, "fcompp", 1)
COMPARE_REG(com, "fcompp", 2)
COMPARE_REG(ucom, "fucompp", 0)
COMPARE_REG(ucom, "fucompp", 1)
COMPARE_REG(ucom, "fucompp", 2)
COMPARE_FLAGS(comi, "fcompp", 0)
COMPARE_FLAGS(comi, "fcompp", 1)
COMPARE_FLAGS(ucomi, "fucompp", 0)
COMPARE_FLAGS(ucomi, "fucompp", 1)
COMPARE_MEMS(com_m4, "fcomps", 4)
COMPARE_MEMS(com_m8, "fcompl", 8)
COMPARE_MEMS(com_i2, "ficomps", 2)
COMPARE_MEMS(com_i4, "ficompl", 4)

HANDLER(test)
{
    uint16_t host;
    BEGIN();
    NEEDS(FULL(top));
    HOST(__asm__ volatile("fldt %[a]\n\tftst\n\tfnstsw %%ax\n\tfstp %%st(0)"
                          : "=a"(host)
                          : [a] "m"(f->reg[top])
                          : STACK_USED))
    NOTE();
    AFTER_0(SW_CC);
    GO(ip + 1);
}

/* ---- choice ---- */

static handler *pick_arith(const struct opcode *o, int class)
{
    static const struct arith *const map[] = {
        [F80_ADD] = &add,   [F80_MUL] = &mul, [F80_SUB] = &sub,
        [F80_SUBR] = &subr, [F80_DIV] = &div, [F80_DIVR] = &divr};
    const struct arith *a = map[o->arg & FARG_OP];
    switch (o->src) {
    case Mr4: return a->m4[class];
    case Mr8: return a->m8[class];
    case Mi2: return a->i2[class];
    case Mi4: return a->i4[class];
    default: return o->dst != STi ? a->to_0 : o->arg & FARG_POP ? a->to_i_pop : a->to_i;
    }
}

static handler *pick_compare(const struct opcode *o, int class)
{
    static handler *const reg[2][3] = {{com_0, com_1, com_2}, {ucom_0, ucom_1, ucom_2}};
    static handler *const flags[2][2] = {{comi_0, comi_1}, {ucomi_0, ucomi_1}};
    static handler *const m4[2][FLAT_CLASSES] = {BY_FLAT_CLASS(com_m4_0), BY_FLAT_CLASS(com_m4_1)};
    static handler *const m8[2][FLAT_CLASSES] = {BY_FLAT_CLASS(com_m8_0), BY_FLAT_CLASS(com_m8_1)};
    static handler *const i2[2][FLAT_CLASSES] = {BY_FLAT_CLASS(com_i2_0), BY_FLAT_CLASS(com_i2_1)};
    static handler *const i4[2][FLAT_CLASSES] = {BY_FLAT_CLASS(com_i4_0), BY_FLAT_CLASS(com_i4_1)};
    bool unordered = o->arg & FARG_UNORDERED;
    unsigned pops = o->arg & FARG_POP2 ? 2 : o->arg & FARG_POP ? 1 : 0;
    switch (o->src) {
    case Mr4: return m4[pops][class];
    case Mr8: return m8[pops][class];
    case Mi2: return i2[pops][class];
    case Mi4: return i4[pops][class];
    case O_NONE: return test;
    default: return o->arg & FARG_EFLAGS ? flags[unordered][pops] : reg[unordered][pops];
    }
}

static handler *pick_body(const struct opcode *o, int class, bool memory)
{
    if (o->body == x_farith)
        return pick_arith(o, class);
    if (o->body == x_fcom)
        return pick_compare(o, class);
    if (o->body == x_fchs)
        return negate;
    if (o->body == x_fabs)
        return magnitude;
    if (o->body == x_fmath1)
        return o->arg == F80_SQRT ? root : o->arg == F80_RNDINT ? to_integer : NULL;
    return pick_x87_move(o, class, memory);
}

handler *pick_x87(struct rec *r, uint8_t mode)
{
    const struct opcode *o = &opcodes[r->i.row];
    bool memory = r->i.flags & INSN_MEM;
    int class = memory ? flat_class(r, mode) : 0;
    if (!(o->flags & OPC_FPU) || class < 0)
        return NULL;
    handler *h = pick_body(o, class, memory);
    if (h) {
        r->a = r->i.modrm;
        r->b = (uint8_t)(r->i.imm & 7);
    }
    return h;
}

#else

handler *pick_x87(struct rec *r, uint8_t mode)
{
    return NULL;
}

#endif
