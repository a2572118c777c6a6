/* SPDX-License-Identifier: MIT */
/* h_move.c - specialised handlers of MOV, MOVZX, MOVSX, LEA, SETcc and friends; flat memory. */
#include "cpu/engine/ops.h"

#include "cpu/opcodes.h"

#define MOV_FORMS(T)                                                                               \
    HANDLER(mov_##T##_rr)                                                                          \
    {                                                                                              \
        REG(T, ip->i.base) = REG(T, ip->i.index);                                                  \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    HANDLER(mov_##T##_ri)                                                                          \
    {                                                                                              \
        REG(T, ip->i.base) = (T)ip->i.imm;                                                         \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    HANDLER(mov_##T##_rm)                                                                          \
    {                                                                                              \
        uint8_t *p = load_at(c, EA(), sizeof(T));                                                  \
        if (UNLIKELY(!p))                                                                          \
            SLOW();                                                                                \
        REG(T, ip->i.reg) = AT(T, p);                                                              \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    HANDLER(mov_##T##_mr)                                                                          \
    {                                                                                              \
        uint8_t *p = store_at(c, EA(), sizeof(T));                                                 \
        if (UNLIKELY(!p))                                                                          \
            SLOW();                                                                                \
        AT(T, p) = REG(T, ip->i.reg);                                                              \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    HANDLER(mov_##T##_mi)                                                                          \
    {                                                                                              \
        uint8_t *p = store_at(c, EA(), sizeof(T));                                                 \
        if (UNLIKELY(!p))                                                                          \
            SLOW();                                                                                \
        AT(T, p) = (T)ip->i.imm;                                                                   \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    static const struct forms mov_##T = {mov_##T##_rr, mov_##T##_ri, mov_##T##_rm, mov_##T##_mr,   \
                                         mov_##T##_mi}

MOV_FORMS(uint8_t);
MOV_FORMS(uint16_t);
MOV_FORMS(uint32_t);

/* A narrow value of type T to a 32-bit register, extended as type S says. */
#define EXTEND(name, T, S)                                                                         \
    HANDLER(name##_rr)                                                                             \
    {                                                                                              \
        REG(uint32_t, ip->i.base) = (uint32_t)(S)REG(T, ip->i.index);                              \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    HANDLER(name##_rm)                                                                             \
    {                                                                                              \
        uint8_t *p = load_at(c, EA(), sizeof(T));                                                  \
        if (UNLIKELY(!p))                                                                          \
            SLOW();                                                                                \
        REG(uint32_t, ip->i.reg) = (uint32_t)(S)AT(T, p);                                          \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    static const struct forms name = {.rr = name##_rr, .rm = name##_rm}

EXTEND(movzx_byte, uint8_t, uint8_t);
EXTEND(movzx_word, uint16_t, uint16_t);
EXTEND(movsx_byte, uint8_t, int8_t);
EXTEND(movsx_word, uint16_t, int16_t);

HANDLER(lea)
{
    REG(uint32_t, ip->i.reg) = EA();
    GO(ip + 1);
}

HANDLER(cdq)
{
    c->gpr[EDX] = c->gpr[EAX] >> 31 ? UINT32_MAX : 0;
    GO(ip + 1);
}

HANDLER(xchg_r)
{
    uint32_t v = REG(uint32_t, ip->i.base);
    REG(uint32_t, ip->i.base) = REG(uint32_t, ip->i.index);
    REG(uint32_t, ip->i.index) = v;
    GO(ip + 1);
}

HANDLER(nop)
{
    GO(ip + 1);
}

HANDLER(setcc_r)
{
    REG(uint8_t, ip->i.base) = flags_cond(ip->i.row & 15, res, cv);
    GO(ip + 1);
}

static const struct forms xchg_forms = {.rr = xchg_r};
static const struct forms setcc_forms = {.rr = setcc_r};

static const struct forms *extension(unsigned row)
{
    switch (row) {
    case MAP_0F + 0xb6: return &movzx_byte;
    case MAP_0F + 0xb7: return &movzx_word;
    case MAP_0F + 0xbe: return &movsx_byte;
    case MAP_0F + 0xbf: return &movsx_word;
    default: return NULL;
    }
}

static bool is_mov(unsigned row)
{
    return (row >= 0x88 && row <= 0x8b) || (row >= 0xa0 && row <= 0xa3) ||
           (row >= 0xb0 && row <= 0xbf) || row == G_C6 || row == G_C7;
}

handler *pick_move(struct rec *r, uint8_t mode)
{
    unsigned row = r->i.row;
    if (is_mov(row)) {
        const struct forms *f = r->i.size == 1   ? &mov_uint8_t
                                : r->i.size == 2 ? &mov_uint16_t
                                                 : &mov_uint32_t;
        return forms_pick(f, r, mode);
    }
    if (row >= MAP_0F + 0x90 && row <= MAP_0F + 0x9f)
        return r->i.flags & INSN_MEM ? NULL : forms_pick(&setcc_forms, r, mode);
    if (row == 0x90)
        return nop;
    if (r->i.size != 4)
        return NULL;
    const struct forms *f = extension(row);
    if (f)
        return forms_pick(f, r, mode);
    if (row == 0x8d)
        return r->i.flags & INSN_AS32 ? lea : NULL;
    if (row == 0x99)
        return cdq;
    if (row > 0x90 && row <= 0x97)
        return forms_pick(&xchg_forms, r, mode);
    if (row == 0x87 && !(r->i.flags & INSN_MEM))
        return forms_pick(&xchg_forms, r, mode);
    return NULL;
}
