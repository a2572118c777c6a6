/* SPDX-License-Identifier: MIT */
/*
 * h_flow.c - specialised handlers of near transfers: 32-bit, flat CS (so no target can be beyond
 * the limit). Targets inside the block's own page are linked; others are looked up in the jump
 * cache, whose entries hold for one code_epoch. A jump that is not taken goes on in the block.
 */
#define FALL_BACK() SLOW_END()
#include "cpu/engine/ops.h"

#include "cpu/opcodes.h"

HANDLER(jmp_rel)
{
    TAKE(0);
}

/* To another page. */
HANDLER(jmp_far)
{
    SEARCH(NEXT_EIP);
}

#define JCC(name, condition)                                                                       \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        if (condition)                                                                             \
            TAKE(0);                                                                               \
        GO(ip + 1);                                                                                \
    }

JCC(jo, flag_of(res, aux))
JCC(jno, !flag_of(res, aux))
JCC(jb, flag_cf(res, aux))
JCC(jae, !flag_cf(res, aux))
JCC(je, flag_zf(res))
JCC(jne, !flag_zf(res))
JCC(jbe, flag_cf(res, aux) || flag_zf(res))
JCC(ja, !flag_cf(res, aux) && !flag_zf(res))
JCC(js, flag_sf(res, aux))
JCC(jns, !flag_sf(res, aux))
JCC(jp, flag_pf(res, aux))
JCC(jnp, !flag_pf(res, aux))
JCC(jl, flag_sf(res, aux) != flag_of(res, aux))
JCC(jge, flag_sf(res, aux) == flag_of(res, aux))
JCC(jle, flag_zf(res) || flag_sf(res, aux) != flag_of(res, aux))
JCC(jg, !flag_zf(res) && flag_sf(res, aux) == flag_of(res, aux))

HANDLER(loop)
{
    if (--c->gpr[ECX])
        TAKE(0);
    GO(ip + 1);
}

HANDLER(call_rel)
{
    PUSH(STORABLE_ON_STACK, DISP);
    TAKE(0);
}

HANDLER(call_far)
{
    PUSH(STORABLE_ON_STACK, DISP);
    SEARCH(NEXT_EIP);
}

HANDLER(call_r)
{
    uint32_t to = REG(uint32_t, REG_RM);
    PUSH(STORABLE_ON_STACK, NEXT_EIP);
    SEARCH(to);
}

HANDLER(jmp_r)
{
    SEARCH(REG(uint32_t, REG_RM));
}

#define INDIRECT(class, unused)                                                                    \
    HANDLER(call_m_##class)                                                                        \
    {                                                                                              \
        uint32_t lin = EA_##class;                                                                 \
        LOADABLE_IN(class, uint32_t, lin, host);                                                   \
        uint32_t to = AT(uint32_t, host);                                                          \
        PUSH(STORABLE_AFTER_LOAD, NEXT_EIP);                                                       \
        SEARCH(to);                                                                                \
    }                                                                                              \
    HANDLER(jmp_m_##class)                                                                         \
    {                                                                                              \
        uint32_t lin = EA_##class;                                                                 \
        LOADABLE_IN(class, uint32_t, lin, host);                                                   \
        SEARCH(AT(uint32_t, host));                                                                \
    }
EACH_CLASS(INDIRECT, )

/* RET and RET imm16: imm is zero in the short form. */
HANDLER(ret)
{
    uint32_t esp = c->gpr[ESP];
    LOADABLE_ON_STACK(uint32_t, esp, host);
    c->gpr[ESP] = esp + 4 + IMM;
    SEARCH(AT(uint32_t, host));
}

static bool in_page(const struct rec *r)
{
    return (r->eip ^ r->to) >> 12 == 0;
}

static handler *pick_indirect(struct rec *r, uint8_t mode, bool call)
{
    static handler *const call_m[CLASSES] = BY_CLASS(call_m), *const jmp_m[CLASSES] =
                                                                  BY_CLASS(jmp_m);
    if (!(r->i.flags & INSN_MEM))
        return call ? call_r : jmp_r;
    int class = memory_class(r, mode);
    return class < 0 ? NULL : (call ? call_m : jmp_m)[class];
}

handler *pick_flow(struct rec *r, uint8_t mode)
{
    static handler *const jcc[16] = {jo, jno, jb, jae, je, jne, jbe, ja,
                                     js, jns, jp, jnp, jl, jge, jle, jg};
    const uint8_t code = MODE_CODE32 | MODE_FLAT_CS, stack = MODE_STACK32 | MODE_FLAT_SS;
    unsigned row = r->i.row;
    if ((mode & code) != code || !(r->i.flags & INSN_OS32))
        return NULL;
    if ((row >= 0x70 && row <= 0x7f) || (row >= MAP_0F + 0x80 && row <= MAP_0F + 0x8f))
        return jcc[row & 15];
    if (row == 0xe9 || row == 0xeb)
        return in_page(r) ? jmp_rel : jmp_far;
    if (row == 0xe2)
        return r->i.flags & INSN_AS32 ? loop : NULL;
    if (row == G_FF + 4)
        return pick_indirect(r, mode, false);
    if ((mode & stack) != stack)
        return NULL;
    if (row == 0xe8)
        return in_page(r) ? call_rel : call_far;
    if (row == 0xc2 || row == 0xc3)
        return ret;
    return row == G_FF + 2 ? pick_indirect(r, mode, true) : NULL;
}
