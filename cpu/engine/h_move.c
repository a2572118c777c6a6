/* SPDX-License-Identifier: MIT */
/*
 * h_move.c - specialised handlers of MOV, MOVZX, MOVSX, LEA, XCHG, SETcc and CMOVcc. MOV
 * of dwords exists for every pair of registers, also where the second one is the base of an
 * address.
 */
#include "cpu/engine/ops.h"

#include "cpu/opcodes.h"

#define MOV_PAIR(s, d)                                                                             \
    HANDLER(mov_rr_##d##_##s)                                                                      \
    {                                                                                              \
        c->gpr[d] = c->gpr[s];                                                                     \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    HANDLER(load_b_##d##_##s)                                                                      \
    {                                                                                              \
        uint32_t lin = WITH_DISP(VALUE(c->gpr[s]));                                                \
        LOADABLE_BY(s, uint32_t, lin, host);                                                       \
        c->gpr[d] = AT(uint32_t, host);                                                            \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    STORING(store_b_##d##_##s, {                                                                   \
        uint32_t lin = WITH_DISP(VALUE(c->gpr[s]));                                                \
        STORE_TO_BY(s, uint32_t, lin, host);                                                       \
        AT(uint32_t, host) = c->gpr[d];                                                            \
        GO(ip + 1);                                                                                \
    })                                                                                             \
    HANDLER(lea_b_##d##_##s)                                                                       \
    {                                                                                              \
        c->gpr[d] = WITH_DISP(VALUE(c->gpr[s]));                                                   \
        GO(ip + 1);                                                                                \
    }
#define MOV_CLASS(class, d)                                                                        \
    HANDLER(load_##class##_##d)                                                                    \
    {                                                                                              \
        uint32_t lin = EA_##class;                                                                 \
        LOADABLE_IN(class, uint32_t, lin, host);                                                   \
        c->gpr[d] = AT(uint32_t, host);                                                            \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    STORING(store_##class##_##d, {                                                                 \
        uint32_t lin = EA_##class;                                                                 \
        STORE_TO_IN(class, uint32_t, lin, host);                                                   \
        AT(uint32_t, host) = c->gpr[d];                                                            \
        GO(ip + 1);                                                                                \
    })
#define LEA_CLASS(class, d)                                                                        \
    HANDLER(lea_##class##_##d)                                                                     \
    {                                                                                              \
        c->gpr[d] = EA_##class;                                                                    \
        GO(ip + 1);                                                                                \
    }
// clang-format off
#define MOV_R(d, unused)                                                                           \
    EACH_REG_2(MOV_PAIR, d)                                                                        \
    MOV_CLASS(abs, d) MOV_CLASS(x0, d) MOV_CLASS(x1, d) MOV_CLASS(x2, d) MOV_CLASS(x3, d)          \
    MOV_CLASS(s32, d) MOV_CLASS(s16, d)                                                            \
    LEA_CLASS(abs, d) LEA_CLASS(x0, d) LEA_CLASS(x1, d) LEA_CLASS(x2, d) LEA_CLASS(x3, d)          \
    HANDLER(mov_ri_##d)                                                                            \
    {                                                                                              \
        PUT_IMM(c->gpr[d]);                                                                     \
        GO(ip + 1);                                                                                \
    }
// clang-format on
EACH_REG(MOV_R, )

/* Dwords: [address class][register]; class b has its own table of pairs. */
#define FLAT_AND_REG(name)                                                                         \
    [CLASS_abs] = BY_REG(name##_abs), [CLASS_x0] = BY_REG(name##_x0),                              \
    [CLASS_x1] = BY_REG(name##_x1), [CLASS_x2] = BY_REG(name##_x2), [CLASS_x3] = BY_REG(name##_x3)
#define CLASS_AND_REG(name)                                                                        \
    FLAT_AND_REG(name), [CLASS_s32] = BY_REG(name##_s32), [CLASS_s16] = BY_REG(name##_s16)
static handler *const mov_rr[8][8] = BY_PAIR(mov_rr), *const load_b[8][8] = BY_PAIR(load_b),
                      *const store_b[8][8] = BY_PAIR(store_b), *const lea_b[8][8] = BY_PAIR(lea_b);
static handler *const mov_ri[8] = BY_REG(mov_ri);
static handler *const load_x[CLASSES][8] = {CLASS_AND_REG(load)},
                      *const store_x[CLASSES][8] = {CLASS_AND_REG(store)},
                      *const lea_x[FLAT_CLASSES][8] = {FLAT_AND_REG(lea)};

/* Bytes and words, any registers: ip->a, and ip->b the source. */
#define MOV_NARROW(T)                                                                              \
    HANDLER(mov_##T##_rr)                                                                          \
    {                                                                                              \
        PUT(T, REG_A, GET(T, REG_B));                                                              \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    HANDLER(mov_##T##_ri)                                                                          \
    {                                                                                              \
        PUT(T, REG_A, IMM);                                                                        \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    EACH_CLASS(MOV_NARROW_CLASS, T)
#define MOV_NARROW_CLASS(class, T)                                                                 \
    HANDLER(load_##T##_##class)                                                                    \
    {                                                                                              \
        uint32_t lin = EA_##class;                                                                 \
        LOADABLE_IN(class, T, lin, host);                                                          \
        PUT(T, REG_A, AT(T, host));                                                                \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    STORING(store_##T##_##class, {                                                                 \
        uint32_t lin = EA_##class;                                                                 \
        STORE_TO_IN(class, T, lin, host);                                                          \
        AT(T, host) = GET(T, REG_A);                                                               \
        GO(ip + 1);                                                                                \
    })
#define MOV_IMM_CLASS(class, T)                                                                    \
    STORING(imm_##T##_##class, {                                                                   \
        uint32_t lin = EA_##class;                                                                 \
        STORE_TO_IN(class, T, lin, host);                                                          \
        AT(T, host) = (T)IMM;                                                                      \
        GO(ip + 1);                                                                                \
    })
MOV_NARROW(uint8_t)
MOV_NARROW(low_t)
MOV_NARROW(uint16_t)
EACH_CLASS(MOV_IMM_CLASS, uint8_t)
EACH_CLASS(MOV_IMM_CLASS, uint16_t)
EACH_CLASS(MOV_IMM_CLASS, uint32_t)

/* MOVZX between registers; of bytes, the second one is as in ModRM: AL CL DL BL AH CH DH BH. */
#define ZERO_EXTEND(s, d)                                                                          \
    HANDLER(movzx_byte_rr_##d##_##s)                                                               \
    {                                                                                              \
        c->gpr[d] = (s) < 4 ? GET(low_t, 4 * ((s)&3)) : GET(uint8_t, 4 * ((s)&3) + 1);             \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    HANDLER(movzx_word_rr_##d##_##s)                                                               \
    {                                                                                              \
        c->gpr[d] = GET(uint16_t, 4 * (s));                                                        \
        GO(ip + 1);                                                                                \
    }
#define ZERO_EXTEND_R(d, unused) EACH_REG_2(ZERO_EXTEND, d)
EACH_REG(ZERO_EXTEND_R, )

/* A narrow value of type T to a 32-bit register, extended as type S says. */
#define SIGN_EXTEND(name, T, S)                                                                    \
    HANDLER(name##_rr)                                                                             \
    {                                                                                              \
        REG(uint32_t, REG_A) = (uint32_t)(S)GET(T, REG_B);                                         \
        GO(ip + 1);                                                                                \
    }
SIGN_EXTEND(movsx_byte, uint8_t, int8_t)
SIGN_EXTEND(movsx_low, low_t, int8_t)
SIGN_EXTEND(movsx_word, uint16_t, int16_t)
#define EXTEND_CLASS(class, name, T, S)                                                            \
    HANDLER(name##_##class)                                                                        \
    {                                                                                              \
        uint32_t lin = EA_##class;                                                                 \
        LOADABLE_IN(class, T, lin, host);                                                          \
        REG(uint32_t, REG_A) = (uint32_t)(S)AT(T, host);                                           \
        GO(ip + 1);                                                                                \
    }
EACH_CLASS(EXTEND_CLASS, movzx_byte, uint8_t, uint8_t)
EACH_CLASS(EXTEND_CLASS, movzx_word, uint16_t, uint16_t)
EACH_CLASS(EXTEND_CLASS, movsx_byte, uint8_t, int8_t)
EACH_CLASS(EXTEND_CLASS, movsx_word, uint16_t, int16_t)

HANDLER(cdq)
{
    c->gpr[EDX] = c->gpr[EAX] >> 31 ? UINT32_MAX : 0;
    GO(ip + 1);
}

HANDLER(xchg_r)
{
    uint32_t v = REG(uint32_t, REG_A);
    REG(uint32_t, REG_A) = REG(uint32_t, REG_B);
    REG(uint32_t, REG_B) = v;
    GO(ip + 1);
}

#define NOT_R(d, unused)                                                                           \
    HANDLER(not_##d)                                                                               \
    {                                                                                              \
        c->gpr[d] = ~c->gpr[d];                                                                    \
        GO(ip + 1);                                                                                \
    }
EACH_REG(NOT_R, )

HANDLER(nop)
{
    GO(ip + 1);
}

/* M(number, condition) for each condition code. */
#define EACH_CC(M)                                                                                 \
    M(0) M(1) M(2) M(3) M(4) M(5) M(6) M(7) M(8) M(9) M(10) M(11) M(12) M(13) M(14) M(15)
#define SETCC(cc)                                                                                  \
    HANDLER(set_##cc)                                                                              \
    {                                                                                              \
        PUT(uint8_t, REG_A, flags_cond(cc, res, aux));                                             \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    HANDLER(set_low_##cc)                                                                          \
    {                                                                                              \
        PUT(low_t, REG_A, flags_cond(cc, res, aux));                                               \
        GO(ip + 1);                                                                                \
    }
EACH_CC(SETCC)

/* The source is read, and may fault, whatever the condition says. */
#define CMOV_CLASS(class, cc)                                                                      \
    HANDLER(cmov_##cc##_##class)                                                                   \
    {                                                                                              \
        uint32_t lin = EA_##class;                                                                 \
        LOADABLE_IN(class, uint32_t, lin, host);                                                   \
        if (flags_cond(cc, res, aux))                                                              \
            REG(uint32_t, REG_A) = AT(uint32_t, host);                                             \
        GO(ip + 1);                                                                                \
    }
#define CMOVCC(cc)                                                                                 \
    HANDLER(cmov_##cc##_rr)                                                                        \
    {                                                                                              \
        uint32_t v = REG(uint32_t, REG_B);                                                         \
        if (flags_cond(cc, res, aux))                                                              \
            REG(uint32_t, REG_A) = v;                                                              \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    EACH_CLASS(CMOV_CLASS, cc)
EACH_CC(CMOVCC)

static handler *pick_mov32(struct rec *r, uint8_t mode)
{
    unsigned row = r->i.row;
    bool mem = r->i.flags & INSN_MEM, imm = row == G_C7, load = row == 0x8b || row == 0xa1;
    static handler *const imm_x[CLASSES] = BY_CLASS(imm_uint32_t);
    if (row >= 0xb8 && row <= 0xbf)
        return mov_ri[r->i.reg / 4];
    if (!mem && imm)
        return mov_ri[r->i.rm / 4];
    if (!mem)
        return load ? mov_rr[r->i.reg / 4][r->i.rm / 4] : mov_rr[r->i.rm / 4][r->i.reg / 4];
    int class = memory_class(r, mode);
    if (class < 0)
        return NULL;
    if (imm)
        return imm_x[class];
    unsigned reg = row == 0xa1 || row == 0xa3 ? EAX : r->i.reg / 4;
    if (class == CLASS_b || class == CLASS_w)
        return (load ? load_b : store_b)[reg][r->i.base / 4];
    return (load ? load_x : store_x)[class][reg];
}

static handler *pick_mov_narrow(struct rec *r, uint8_t mode)
{
    /* Words, and bytes by WIDTH_*. */
    static handler *const load[WIDTHS][CLASSES] = {BY_CLASS(load_uint16_t), BY_CLASS(load_uint8_t),
                                                   BY_CLASS(load_low_t)};
    static handler *const store[WIDTHS][CLASSES] = {BY_CLASS(store_uint16_t),
                                                    BY_CLASS(store_uint8_t), BY_CLASS(store_low_t)};
    static handler *const imm_x[2][CLASSES] = {BY_CLASS(imm_uint8_t), BY_CLASS(imm_uint16_t)};
    static handler *const ri[WIDTHS] = {mov_uint16_t_ri, mov_uint8_t_ri, mov_low_t_ri};
    static handler *const rr[WIDTHS] = {mov_uint16_t_rr, mov_uint8_t_rr, mov_low_t_rr};
    unsigned row = r->i.row, word = r->i.size == 2;
    bool imm = row == G_C6 || row == G_C7, to_reg = (row & 2) || (row & 0xf0) == 0xb0;
    if (row >= 0xa0 && row <= 0xa3) {
        to_reg = row < 0xa2;
        r->a = EAX * 4;
    } else if (row >= 0xb0 && row <= 0xbf) {
        r->a = r->i.reg;
        return ri[width_of(r, r->a, r->a)];
    } else if (!(r->i.flags & INSN_MEM)) {
        r->a = to_reg && !imm ? r->i.reg : r->i.rm;
        r->b = to_reg ? r->i.rm : r->i.reg;
        if (imm)
            return ri[width_of(r, r->a, r->a)];
        return rr[width_of(r, r->a, r->b)];
    } else {
        r->a = r->i.reg;
    }
    int class = memory_class(r, mode);
    if (class < 0)
        return NULL;
    return imm ? imm_x[word][class] : (to_reg ? load : store)[width_of(r, r->a, r->a)][class];
}

static handler *pick_extension(struct rec *r, uint8_t mode)
{
    static handler *const zero_byte[8][8] = BY_PAIR(movzx_byte_rr), *const zero_word[8][8] =
                                                                        BY_PAIR(movzx_word_rr);
    static handler *const from_mem[4][CLASSES] = {BY_CLASS(movzx_byte), BY_CLASS(movzx_word),
                                                  BY_CLASS(movsx_byte), BY_CLASS(movsx_word)};
    bool word = r->i.row & 1, sign = r->i.row & 8; /* B6 B7 BE BF */
    r->a = r->i.reg;
    r->b = r->i.rm;
    if (!(r->i.flags & INSN_MEM)) {
        if (sign)
            return word ? movsx_word_rr : r->b & 1 ? movsx_byte_rr : movsx_low_rr;
        return (word ? zero_word : zero_byte)[r->i.reg / 4][r->i.modrm & 7];
    }
    int class = memory_class(r, mode);
    return class < 0 ? NULL : from_mem[(sign ? 2 : 0) + word][class];
}

static handler *pick_cmov(struct rec *r, uint8_t mode)
{
#define CMOV_RR(cc) cmov_##cc##_rr,
#define CMOV_RM(cc) BY_CLASS(cmov_##cc),
    static handler *const from_reg[16] = {EACH_CC(CMOV_RR)};
    static handler *const from_mem[16][CLASSES] = {EACH_CC(CMOV_RM)};
    unsigned cc = r->i.row & 15;
    r->a = r->i.reg;
    r->b = r->i.rm;
    if (!(r->i.flags & INSN_MEM))
        return from_reg[cc];
    int class = memory_class(r, mode);
    return class < 0 ? NULL : from_mem[cc][class];
}

static handler *pick_lea(const struct rec *r)
{
    if (!(r->i.flags & INSN_AS32))
        return NULL;
    if (r->i.index != REG_NONE)
        return lea_x[CLASS_x0 + r->i.scale][r->i.reg / 4];
    return r->i.base == REG_NONE ? lea_x[CLASS_abs][r->i.reg / 4]
                                 : lea_b[r->i.reg / 4][r->i.base / 4];
}

handler *pick_move(struct rec *r, uint8_t mode)
{
#define SET_NAME(cc) set_##cc,
#define SET_LOW_NAME(cc) set_low_##cc,
    static handler *const set[16] = {EACH_CC(SET_NAME)}, *const set_low[16] = {
                                                             EACH_CC(SET_LOW_NAME)};
    static handler *const not_r[8] = BY_REG(not );
    unsigned row = r->i.row;
    if ((row >= 0x88 && row <= 0x8b) || (row >= 0xa0 && row <= 0xa3) ||
        (row >= 0xb0 && row <= 0xbf) || row == G_C6 || row == G_C7)
        return r->i.size == 4 ? pick_mov32(r, mode) : pick_mov_narrow(r, mode);
    if (row >= MAP_0F + 0x90 && row <= MAP_0F + 0x9f) {
        r->a = r->i.rm;
        return r->i.flags & INSN_MEM ? NULL : (r->a & 1 ? set : set_low)[row & 15];
    }
    if (row == 0x90)
        return nop;
    if (r->i.size != 4)
        return NULL;
    if (row >= MAP_0F + 0x40 && row <= MAP_0F + 0x4f)
        return pick_cmov(r, mode);
    bool mem = r->i.flags & INSN_MEM;
    switch (row) {
    case MAP_0F + 0xb6:
    case MAP_0F + 0xb7:
    case MAP_0F + 0xbe:
    case MAP_0F + 0xbf: return pick_extension(r, mode);
    case 0x8d: return pick_lea(r);
    case 0x99: return cdq;
    case G_F7 + 2: return mem ? NULL : not_r[r->i.rm / 4];
    default: break;
    }
    if ((row > 0x90 && row <= 0x97) || (row == 0x87 && !mem)) {
        r->a = row == 0x87 ? r->i.rm : EAX * 4;
        r->b = r->i.reg;
        return xchg_r;
    }
    return NULL;
}
