/* SPDX-License-Identifier: MIT */
/*
 * h_muldiv.c - specialised handlers of MUL, IMUL with one operand, DIV and IDIV: dwords. A division
 * that raises #DE is left to the reference layer.
 */
#include "cpu/engine/ops.h"

#include "cpu/opcodes.h"

/* The flags of a product: as mul_flags of muldiv.c. */
#define PRODUCT(p, wide)                                                                           \
    do {                                                                                           \
        c->gpr[EAX] = (uint32_t)(p);                                                               \
        c->gpr[EDX] = (uint32_t)((p) >> 32);                                                       \
        res = (uint32_t)(p);                                                                       \
        aux = res ^ ((wide) ? AUX_CF : 0);                                                         \
        GO(ip + 1);                                                                                \
    } while (0)

#define DO_mul(v)                                                                                  \
    uint64_t p = (uint64_t)c->gpr[EAX] * (v);                                                      \
    PRODUCT(p, p >> 32)
#define DO_imul(v)                                                                                 \
    int64_t s = (int64_t)(int32_t)c->gpr[EAX] * (int32_t)(v);                                      \
    uint64_t p = (uint64_t)s;                                                                      \
    PRODUCT(p, s != (int32_t)s)
#define DO_div(v)                                                                                  \
    uint32_t by = (v), high = c->gpr[EDX];                                                         \
    if (UNLIKELY(high >= by)) /* by zero, or the quotient is too large */                          \
        SLOW();                                                                                    \
    uint64_t n = (uint64_t)high << 32 | c->gpr[EAX];                                               \
    c->gpr[EAX] = (uint32_t)(n / by);                                                              \
    c->gpr[EDX] = (uint32_t)(n % by);                                                              \
    GO(ip + 1)
#define DO_idiv(v)                                                                                 \
    int32_t by = (int32_t)(v);                                                                     \
    int64_t n = (int64_t)((uint64_t)c->gpr[EDX] << 32 | c->gpr[EAX]);                              \
    if (UNLIKELY(by == 0) || UNLIKELY(n != (int32_t)n) || UNLIKELY(by == -1))                      \
        SLOW(); /* the rare ones, too, that fit */                                                 \
    c->gpr[EAX] = (uint32_t)((int32_t)n / by);                                                     \
    c->gpr[EDX] = (uint32_t)((int32_t)n % by);                                                     \
    GO(ip + 1)

#define MULDIV(name)                                                                               \
    HANDLER(name##_r)                                                                              \
    {                                                                                              \
        DO_##name(REG(uint32_t, REG_RM));                                                          \
    }                                                                                              \
    EACH_CLASS(MULDIV_MEM, name)
#define MULDIV_MEM(class, name)                                                                    \
    HANDLER(name##_##class)                                                                        \
    {                                                                                              \
        uint32_t lin = EA_##class;                                                                 \
        LOADABLE_IN(class, uint32_t, lin, host);                                                   \
        DO_##name(AT(uint32_t, host));                                                             \
    }
MULDIV(mul)
MULDIV(imul)
MULDIV(div)
MULDIV(idiv)

handler *pick_muldiv(struct rec *r, uint8_t mode)
{
    static handler *const reg[4] = {mul_r, imul_r, div_r, idiv_r};
    static handler *const mem[4][CLASSES] = {BY_CLASS(mul), BY_CLASS(imul), BY_CLASS(div),
                                             BY_CLASS(idiv)};
    unsigned op = r->i.row - (G_F7 + 4);
    if (r->i.row < G_F7 + 4 || r->i.row > G_F7 + 7 || r->i.size != 4)
        return NULL;
    if (!(r->i.flags & INSN_MEM))
        return reg[op];
    int class = memory_class(r, mode);
    return class < 0 ? NULL : mem[op][class];
}
