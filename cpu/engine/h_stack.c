/* SPDX-License-Identifier: MIT */
/* h_stack.c - specialised handlers of PUSH, POP and LEAVE: 32-bit operands, flat 32-bit stack. */
#include "cpu/engine/ops.h"

#include "cpu/opcodes.h"

#define PUSH_VALUE(value)                                                                          \
    do {                                                                                           \
        uint32_t v_ = (value), to_ = c->gpr[ESP] - 4;                                              \
        uint8_t *p_ = store_at(c, to_, 4);                                                         \
        if (UNLIKELY(!p_))                                                                         \
            SLOW();                                                                                \
        AT(uint32_t, p_) = v_;                                                                     \
        c->gpr[ESP] = to_;                                                                         \
    } while (0)

HANDLER(push_r)
{
    PUSH_VALUE(REG(uint32_t, ip->i.base));
    GO(ip + 1);
}

HANDLER(push_i)
{
    PUSH_VALUE(ip->i.imm);
    GO(ip + 1);
}

HANDLER(push_m)
{
    uint8_t *p = load_at(c, EA(), 4);
    if (UNLIKELY(!p))
        SLOW();
    PUSH_VALUE(AT(uint32_t, p));
    GO(ip + 1);
}

HANDLER(pop_r)
{
    uint32_t esp = c->gpr[ESP];
    uint8_t *p = load_at(c, esp, 4);
    if (UNLIKELY(!p))
        SLOW();
    c->gpr[ESP] = esp + 4;
    REG(uint32_t, ip->i.reg) = AT(uint32_t, p);
    GO(ip + 1);
}

HANDLER(leave)
{
    uint32_t ebp = c->gpr[EBP];
    uint8_t *p = load_at(c, ebp, 4);
    if (UNLIKELY(!p))
        SLOW();
    c->gpr[EBP] = AT(uint32_t, p);
    c->gpr[ESP] = ebp + 4;
    GO(ip + 1);
}

handler *pick_stack(struct rec *r, uint8_t mode)
{
    const uint8_t need = MODE_STACK32 | MODE_FLAT_SS;
    unsigned row = r->i.row;
    if ((mode & need) != need || !(r->i.flags & INSN_OS32))
        return NULL;
    if (row >= 0x50 && row <= 0x57) {
        r->i.base = r->i.reg;
        return push_r;
    }
    if (row >= 0x58 && row <= 0x5f)
        return pop_r;
    if (row == 0x68 || row == 0x6a)
        return push_i;
    if (row == 0xc9)
        return leave;
    if (row != G_FF + 6)
        return NULL;
    if (r->i.flags & INSN_MEM)
        return flat_memory(r, mode) ? push_m : NULL;
    r->i.base = r->i.rm;
    return push_r;
}
