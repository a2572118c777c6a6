/* SPDX-License-Identifier: MIT */
/* h_stack.c - specialised handlers of PUSH, POP and LEAVE: 32-bit operands, flat 32-bit stack. */
#include "cpu/engine/ops.h"

#include "cpu/opcodes.h"

#define STACK_R(d, unused)                                                                         \
    HANDLER(push_##d)                                                                              \
    {                                                                                              \
        PUSH(STORABLE_ON_STACK, c->gpr[d]);                                                        \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    HANDLER(pop_##d)                                                                               \
    {                                                                                              \
        uint32_t esp = c->gpr[ESP];                                                                \
        LOADABLE_ON_STACK(uint32_t, esp, host);                                                    \
        c->gpr[ESP] = esp + 4;                                                                     \
        c->gpr[d] = AT(uint32_t, host);                                                            \
        GO(ip + 1);                                                                                \
    }
EACH_REG(STACK_R, )

HANDLER(push_i)
{
    PUSH(STORABLE_ON_STACK, IMM);
    GO(ip + 1);
}

#define PUSH_M(class, unused)                                                                      \
    HANDLER(push_m_##class)                                                                        \
    {                                                                                              \
        uint32_t lin = EA_##class;                                                                 \
        LOADABLE_IN(class, uint32_t, lin, host);                                                   \
        uint32_t v = AT(uint32_t, host);                                                           \
        PUSH(STORABLE_AFTER_LOAD, v);                                                              \
        GO(ip + 1);                                                                                \
    }
EACH_CLASS(PUSH_M, )

HANDLER(leave)
{
    uint32_t ebp = c->gpr[EBP];
    LOADABLE_BY(EBP, uint32_t, ebp, host);
    c->gpr[EBP] = AT(uint32_t, host);
    c->gpr[ESP] = ebp + 4;
    GO(ip + 1);
}

/* The upper half of the slot stays as it was (stack.c). */
HANDLER(push_sreg)
{
    uint32_t to = c->gpr[ESP] - 4;
    STORABLE_ON_STACK(uint32_t, to, host);
    AT(uint16_t, host) = c->seg[ip->i.reg].sel;
    c->gpr[ESP] = to;
    GO(ip + 1);
}

/* All eight in one page. */
HANDLER(pushad)
{
    uint32_t esp = c->gpr[ESP], to = esp - 32;
    RUN_AT(store, STACK_WINDOW, to, 8, host);
    for (unsigned r = 0; r < 8; r++)
        RUN_WORD(host, 7 - r) = c->gpr[r];
    c->gpr[ESP] = to;
    GO(ip + 1);
}

HANDLER(popad)
{
    uint32_t esp = c->gpr[ESP];
    RUN_AT(load, STACK_WINDOW, esp, 8, host);
    for (unsigned r = 0; r < 8; r++)
        c->gpr[r] = RUN_WORD(host, 7 - r);
    c->gpr[ESP] = esp + 32;
    GO(ip + 1);
}

handler *pick_stack(struct rec *r, uint8_t mode)
{
    static handler *const push_r[8] = BY_REG(push), *const pop_r[8] = BY_REG(pop);
    static handler *const push_m[CLASSES] = BY_CLASS(push_m);
    const uint8_t need = MODE_STACK32 | MODE_FLAT_SS;
    unsigned row = r->i.row;
    if ((mode & need) != need || !(r->i.flags & INSN_OS32))
        return NULL;
    r->a = r->i.reg; /* for runs */
    if (row >= 0x50 && row <= 0x57)
        return push_r[row & 7];
    if (row >= 0x58 && row <= 0x5f)
        return pop_r[row & 7];
    switch (row) {
    case 0x06:
    case 0x0e:
    case 0x16:
    case 0x1e:
    case MAP_0F + 0xa0:
    case MAP_0F + 0xa8: return push_sreg;
    case 0x60: return pushad;
    case 0x61: return popad;
    case 0x68:
    case 0x6a: return push_i;
    default: break;
    }
    if (row == 0xc9)
        return leave;
    if (row != G_FF + 6)
        return NULL;
    if (!(r->i.flags & INSN_MEM))
        return push_r[r->i.rm / 4];
    int class = memory_class(r, mode);
    return class < 0 ? NULL : push_m[class];
}
