/* SPDX-License-Identifier: MIT */
/*
 * h_x87_move.c - specialised handlers of the x87's loads, stores, exchanges and constants, and of its
 * control and status word (x87_leaf.h says how).
 */
#include "cpu/engine/x87_leaf.h"

#include "cpu/bodies.h"

#if X87_LEAVES

/* ---- loads and stores ---- */

/* Floats may be denormal or signal. */
#define LOAD_FLOAT(class, name, insn, size)                                                        \
    HANDLER(name##_##class)                                                                        \
    {                                                                                              \
        uint16_t host;                                                                             \
        BEGIN();                                                                                   \
        uint32_t lin = EA_##class;                                                                 \
        ROOM();                                                                                    \
        REACH(tlb, size, at);                                                                      \
        HOST(__asm__ volatile(insn " %[b]\n\tfnstsw %%ax\n\tfstpt %[r]"                            \
                              : [r] "=m"(f->reg[to]), "=&a"(host)                                  \
                              : [b] "m"(GUEST(size, at))                                           \
                              : STACK_USED))                                                       \
        NOTE_MEM();                                                                                \
        PUSHED(BITS_AFTER(SW_C1));                                                                 \
        GO(ip + 1);                                                                                \
    }
/* Every integer fits, whatever the control word. */
#define LOAD_INT(class, name, insn, size)                                                          \
    HANDLER(name##_##class)                                                                        \
    {                                                                                              \
        BEGIN();                                                                                   \
        uint32_t lin = EA_##class;                                                                 \
        ROOM();                                                                                    \
        REACH(tlb, size, at);                                                                      \
        __asm__ volatile(insn " %[b]\n\tfstpt %[r]"                                                \
                         : [r] "=m"(f->reg[to])                                                    \
                         : [b] "m"(GUEST(size, at))                                                \
                         : STACK_USED);                                                            \
        NOTE_MEM();                                                                                \
        PUSHED(CLEARED);                                                                           \
        GO(ip + 1);                                                                                \
    }
#define LOAD_WHOLE(class, unused)                                                                  \
    HANDLER(ld_m10_##class)                                                                        \
    {                                                                                              \
        BEGIN();                                                                                   \
        uint32_t lin = EA_##class;                                                                 \
        ROOM();                                                                                    \
        REACH(tlb, 10, at);                                                                        \
        f->reg[to].m = AT(uint32_t, at) | (uint64_t)AT(uint32_t, at + 4) << 32;                    \
        f->reg[to].se = AT(uint16_t, at + 8);                                                      \
        NOTE_MEM();                                                                                \
        PUSHED(CLEARED);                                                                           \
        GO(ip + 1);                                                                                \
    }
EACH_FLAT_CLASS(LOAD_FLOAT, ld_m4, "flds", 4)
EACH_FLAT_CLASS(LOAD_FLOAT, ld_m8, "fldl", 8)
EACH_FLAT_CLASS(LOAD_INT, ld_i2, "filds", 2)
EACH_FLAT_CLASS(LOAD_INT, ld_i4, "fildl", 4)
EACH_FLAT_CLASS(LOAD_INT, ld_i8, "fildll", 8)
EACH_FLAT_CLASS(LOAD_WHOLE, )

HANDLER(ld_reg)
{
    BEGIN();
    OTHER();
    ROOM();
    NEEDS(FULL(other));
    COPY(&f->reg[to], &f->reg[other]);
    NOTE();
    PUSHED(CLEARED);
    GO(ip + 1);
}

#define CONSTANT(name, m_, se_)                                                                    \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        BEGIN();                                                                                   \
        ROOM();                                                                                    \
        f->reg[to].m = m_;                                                                         \
        f->reg[to].se = se_;                                                                       \
        NOTE();                                                                                    \
        PUSHED(CLEARED);                                                                           \
        GO(ip + 1);                                                                                \
    }
CONSTANT(ld_one, UINT64_C(1) << 63, 0x3fff)
CONSTANT(ld_zero, 0, 0)

#define STORE(class, name, insn, size, pops)                                                       \
    HANDLER(name##_##pops##_##class)                                                               \
    {                                                                                              \
        uint16_t host;                                                                             \
        BEGIN();                                                                                   \
        uint32_t lin = EA_##class;                                                                 \
        NEEDS(FULL(top));                                                                          \
        REACH(tlb + HOST_STORES, size, at);                                                        \
        HOST(__asm__ volatile("fldt %[a]\n\t" insn " %[b]\n\tfnstsw %%ax"                          \
                              : [b] "=m"(GUEST(size, at)), "=&a"(host)                             \
                              : [a] "m"(f->reg[top])                                               \
                              : STACK_USED))                                                       \
        NOTE_MEM();                                                                                \
        AFTER_##pops(SW_C1);                                                                       \
        GO(ip + 1);                                                                                \
    }
#define STORES(name, insn, size)                                                                   \
    EACH_FLAT_CLASS(STORE, name, insn, size, 0)                                                    \
    EACH_FLAT_CLASS(STORE, name, insn, size, 1)
#define STORE_WHOLE(class, unused)                                                                 \
    HANDLER(st_m10_1_##class)                                                                      \
    {                                                                                              \
        BEGIN();                                                                                   \
        uint32_t lin = EA_##class;                                                                 \
        NEEDS(FULL(top));                                                                          \
        REACH(tlb + HOST_STORES, 10, at);                                                          \
        AT(uint32_t, at) = (uint32_t)f->reg[top].m;                                                \
        AT(uint32_t, at + 4) = (uint32_t)(f->reg[top].m >> 32);                                    \
        AT(uint16_t, at + 8) = f->reg[top].se;                                                     \
        NOTE_MEM();                                                                                \
        POP(CLEARED, 1);                                                                           \
        GO(ip + 1);                                                                                \
    }
STORES(st_m4, "fstps", 4)
STORES(st_m8, "fstpl", 8)
STORES(st_i2, "fistps", 2)
STORES(st_i4, "fistpl", 4)
EACH_FLAT_CLASS(STORE, st_i8, "fistpll", 8, 1)
EACH_FLAT_CLASS(STORE_WHOLE, )

#define STORE_REG(pops, after)                                                                     \
    HANDLER(st_reg_##pops)                                                                         \
    {                                                                                              \
        BEGIN();                                                                                   \
        OTHER();                                                                                   \
        NEEDS(FULL(top));                                                                          \
        COPY(&f->reg[other], &f->reg[top]);                                                        \
        f->full |= (uint8_t)(1u << other);                                                         \
        NOTE();                                                                                    \
        after;                                                                                     \
        GO(ip + 1);                                                                                \
    }
STORE_REG(0, f->sw = (uint16_t)CLEARED)
STORE_REG(1, POP(CLEARED, 1))

HANDLER(exchange)
{
    BEGIN();
    OTHER();
    NEEDS(FULL(top));
    NEEDS(FULL(other));
    uint64_t m = f->reg[top].m;
    uint16_t se = f->reg[top].se;
    COPY(&f->reg[top], &f->reg[other]);
    f->reg[other].m = m;
    f->reg[other].se = se;
    f->sw = (uint16_t)CLEARED;
    NOTE();
    GO(ip + 1);
}

/* ---- control and status word ---- */

#define NEEDS_UNIT() NEEDS(!(c->cr0 & (CR0_EM | CR0_TS)))

HANDLER(status_ax)
{
    NEEDS_UNIT();
    REG(uint16_t, EAX * 4) = c->x87.sw;
    GO(ip + 1);
}

#define CONTROL(class, unused)                                                                     \
    HANDLER(status_##class)                                                                        \
    {                                                                                              \
        NEEDS_UNIT();                                                                              \
        uint32_t lin = EA_##class;                                                                 \
        STORABLE(uint16_t, lin, host);                                                             \
        AT(uint16_t, host) = c->x87.sw;                                                            \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    HANDLER(control_##class)                                                                       \
    {                                                                                              \
        NEEDS_UNIT();                                                                              \
        uint32_t lin = EA_##class;                                                                 \
        STORABLE(uint16_t, lin, host);                                                             \
        AT(uint16_t, host) = c->x87.cw;                                                            \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    /* Exceptions unmasked or waiting are the reference layer's: they come before page faults. */  \
    HANDLER(load_control_##class)                                                                  \
    {                                                                                              \
        NEEDS_UNIT();                                                                              \
        uint32_t lin = EA_##class;                                                                 \
        REACH(tlb, 2, host);                                                                       \
        unsigned cw = AT(uint16_t, host);                                                          \
        NEEDS(!(c->x87.sw & (SW_ES | (~cw & SW_EXCEPTIONS))));                                     \
        c->x87.cw = X87_CW(cw);                                                                    \
        GO(ip + 1);                                                                                \
    }
EACH_FLAT_CLASS(CONTROL, )

/* ---- choice ---- */

static handler *pick_load(const struct opcode *o, int class)
{
    static handler *const m4[FLAT_CLASSES] = BY_FLAT_CLASS(ld_m4),
                          *const m8[FLAT_CLASSES] = BY_FLAT_CLASS(ld_m8),
                          *const i2[FLAT_CLASSES] = BY_FLAT_CLASS(ld_i2),
                          *const i4[FLAT_CLASSES] = BY_FLAT_CLASS(ld_i4),
                          *const i8[FLAT_CLASSES] = BY_FLAT_CLASS(ld_i8),
                          *const m10[FLAT_CLASSES] = BY_FLAT_CLASS(ld_m10);
    switch (o->src) {
    case Mr4: return m4[class];
    case Mr8: return m8[class];
    case Mr10: return m10[class];
    case Mi2: return i2[class];
    case Mi4: return i4[class];
    case Mi8: return i8[class];
    case STi: return ld_reg;
    default: return NULL;
    }
}

static handler *pick_store(const struct opcode *o, int class)
{
    static handler *const m4[2][FLAT_CLASSES] = {BY_FLAT_CLASS(st_m4_0), BY_FLAT_CLASS(st_m4_1)};
    static handler *const m8[2][FLAT_CLASSES] = {BY_FLAT_CLASS(st_m8_0), BY_FLAT_CLASS(st_m8_1)};
    static handler *const i2[2][FLAT_CLASSES] = {BY_FLAT_CLASS(st_i2_0), BY_FLAT_CLASS(st_i2_1)};
    static handler *const i4[2][FLAT_CLASSES] = {BY_FLAT_CLASS(st_i4_0), BY_FLAT_CLASS(st_i4_1)};
    static handler *const i8[FLAT_CLASSES] = BY_FLAT_CLASS(st_i8_1), *const m10[FLAT_CLASSES] =
                                                                         BY_FLAT_CLASS(st_m10_1);
    unsigned pops = o->arg & FARG_POP ? 1 : 0;
    switch (o->dst) {
    case Mr4: return m4[pops][class];
    case Mr8: return m8[pops][class];
    case Mr10: return m10[class];
    case Mi2: return i2[pops][class];
    case Mi4: return i4[pops][class];
    case Mi8: return i8[class];
    default: return NULL;
    }
}

static handler *pick_control(const struct opcode *o, int class, bool memory)
{
    static handler *const sw[FLAT_CLASSES] = BY_FLAT_CLASS(status),
                          *const cw[FLAT_CLASSES] = BY_FLAT_CLASS(control),
                          *const ld[FLAT_CLASSES] = BY_FLAT_CLASS(load_control);
    if (o->body == x_fnstsw)
        return memory ? sw[class] : status_ax;
    return o->body == x_fnstcw ? cw[class] : o->body == x_fldcw ? ld[class] : NULL;
}

handler *pick_x87_move(const struct opcode *o, int class, bool memory)
{
    if (o->body == x_fld)
        return pick_load(o, class);
    if (o->body == x_fst_mem)
        return pick_store(o, class);
    if (o->body == x_fst)
        return o->arg & FARG_POP ? st_reg_1 : st_reg_0;
    if (o->body == x_fxch)
        return exchange;
    if (o->body == x_fconst)
        return o->arg == F80_LD1 ? ld_one : o->arg == F80_LDZ ? ld_zero : NULL;
    return pick_control(o, class, memory);
}

#endif
