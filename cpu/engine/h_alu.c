/* SPDX-License-Identifier: MIT */
/*
 * h_alu.c - specialised handlers of the arithmetic group: bytes and dwords. Dword
 * forms between registers exist for every pair, those with an immediate for every register.
 */
#include "cpu/engine/ops.h"

#include "cpu/opcodes.h"

/* name: of the handlers; op: the operation; keep: its result is stored. */
#define ALU_RR(s, d, name, op, keep)                                                               \
    HANDLER(name##_rr_##d##_##s)                                                                   \
    {                                                                                              \
        uint32_t r = op(uint32_t, c->gpr[d], c->gpr[s]);                                           \
        if (keep)                                                                                  \
            c->gpr[d] = r;                                                                         \
        GO(ip + 1);                                                                                \
    }
#define ALU_R(d, name, op, keep)                                                                   \
    EACH_REG_2(ALU_RR, d, name, op, keep)                                                          \
    HANDLER(name##_ri_##d)                                                                         \
    {                                                                                              \
        uint32_t r = op(uint32_t, c->gpr[d], IMM);                                                 \
        if (keep)                                                                                  \
            c->gpr[d] = r;                                                                         \
        GO(ip + 1);                                                                                \
    }

/* Any registers: ip->a is the destination, ip->b the source. */
#define ALU_ANY(name, op, keep, T)                                                                 \
    HANDLER(name##_##T##_rr)                                                                       \
    {                                                                                              \
        T r = op(T, GET(T, REG_A), GET(T, REG_B));                                                 \
        if (keep)                                                                                  \
            PUT(T, REG_A, r);                                                                      \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    HANDLER(name##_##T##_ri)                                                                       \
    {                                                                                              \
        T r = op(T, GET(T, REG_A), IMM);                                                           \
        if (keep)                                                                                  \
            PUT(T, REG_A, r);                                                                      \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    EACH_CLASS(ALU_MEM, name, op, keep, T)

#define ALU_MEM(class, name, op, keep, T)                                                          \
    HANDLER(name##_##T##_rm_##class)                                                               \
    {                                                                                              \
        uint32_t lin = EA_##class;                                                                 \
        LOADABLE_IN(class, T, lin, host);                                                          \
        T r = op(T, GET(T, REG_A), AT(T, host));                                                   \
        if (keep)                                                                                  \
            PUT(T, REG_A, r);                                                                      \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    ALU_TO_##keep(name##_##T##_mr_##class, class, op, T, GET(T, REG_A))
#define ALU_MEM_IMM(class, name, op, keep, T)                                                      \
    ALU_TO_##keep(name##_##T##_mi_##class, class, op, T, IMM)
/* Memory is the destination, or, for CMP and TEST, looked at. */
#define ALU_TO_1(name, class, op, T, value)                                                        \
    STORING(name, {                                                                                \
        uint32_t lin = EA_##class;                                                                 \
        STORE_TO_IN(class, T, lin, host);                                                          \
        AT(T, host) = op(T, AT(T, host), value);                                                   \
        GO(ip + 1);                                                                                \
    })
#define ALU_TO_0(name, class, op, T, value)                                                        \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        uint32_t lin = EA_##class;                                                                 \
        LOADABLE_IN(class, T, lin, host);                                                          \
        (void)op(T, AT(T, host), value);                                                           \
        GO(ip + 1);                                                                                \
    }

/* All forms of one operation. */
struct alu {
    handler *rr[8][8];                  /* dwords: destination, source */
    handler *ri[8];                     /* dwords: destination */
    handler *rr8[WIDTHS], *ri8[WIDTHS]; /* bytes */
    handler *rm[WIDTHS][CLASSES];
    handler *mr[WIDTHS][CLASSES];
    handler *mi[2][CLASSES]; /* [bytes?][address class] */
};

#define ALU(name, op, keep)                                                                        \
    EACH_REG(ALU_R, name, op, keep)                                                                \
    ALU_ANY(name, op, keep, uint8_t)                                                               \
    ALU_ANY(name, op, keep, low_t)                                                                 \
    EACH_CLASS(ALU_MEM, name, op, keep, uint32_t)                                                  \
    EACH_CLASS(ALU_MEM_IMM, name, op, keep, uint32_t)                                              \
    EACH_CLASS(ALU_MEM_IMM, name, op, keep, uint8_t)                                               \
    static const struct alu name = {                                                               \
        .rr = BY_PAIR(name##_rr),                                                                  \
        .ri = BY_REG(name##_ri),                                                                   \
        .rr8 = {NULL, name##_uint8_t_rr, name##_low_t_rr},                                         \
        .ri8 = {NULL, name##_uint8_t_ri, name##_low_t_ri},                                         \
        .rm = {BY_CLASS(name##_uint32_t_rm), BY_CLASS(name##_uint8_t_rm),                          \
               BY_CLASS(name##_low_t_rm)},                                                         \
        .mr = {BY_CLASS(name##_uint32_t_mr), BY_CLASS(name##_uint8_t_mr),                          \
               BY_CLASS(name##_low_t_mr)},                                                         \
        .mi = {BY_CLASS(name##_uint32_t_mi), BY_CLASS(name##_uint8_t_mi)},                         \
    };

ALU(add, op_add, 1)
ALU(or, op_or, 1)
ALU(adc, op_adc, 1)
ALU(sbb, op_sbb, 1)
ALU(and, op_and, 1)
ALU(sub, op_sub, 1)
ALU(xor, op_xor, 1)
ALU(cmp, op_sub, 0)
ALU(test, op_and, 0)

#define ONE_OPERAND(d, unused)                                                                     \
    HANDLER(inc_##d)                                                                               \
    {                                                                                              \
        c->gpr[d] = op_inc(c->gpr[d]);                                                             \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    HANDLER(dec_##d)                                                                               \
    {                                                                                              \
        c->gpr[d] = op_dec(c->gpr[d]);                                                             \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    HANDLER(neg_##d)                                                                               \
    {                                                                                              \
        c->gpr[d] = op_sub(uint32_t, 0, c->gpr[d]);                                                \
        GO(ip + 1);                                                                                \
    }
EACH_REG(ONE_OPERAND, )

#define INC_MEM(class, unused)                                                                     \
    STORING(inc_m_##class, {                                                                       \
        uint32_t lin = EA_##class;                                                                 \
        STORE_TO_IN(class, uint32_t, lin, host);                                                   \
        AT(uint32_t, host) = op_inc(AT(uint32_t, host));                                           \
        GO(ip + 1);                                                                                \
    })                                                                                             \
    STORING(dec_m_##class, {                                                                       \
        uint32_t lin = EA_##class;                                                                 \
        STORE_TO_IN(class, uint32_t, lin, host);                                                   \
        AT(uint32_t, host) = op_dec(AT(uint32_t, host));                                           \
        GO(ip + 1);                                                                                \
    })
EACH_CLASS(INC_MEM, )

static bool is_imm(enum operand o)
{
    return o == Ib || o == Iv || o == Is;
}

/* Byte offset of the register that an operand names. */
static uint8_t reg_of(const struct rec *r, enum operand o)
{
    if (o == R_AL || o == R_AX)
        return EAX * 4;
    return o == Gb || o == Gv || o == Zb || o == Zv ? r->i.reg : r->i.rm;
}

static handler *pick_form(const struct alu *f, struct rec *r, uint8_t mode)
{
    const struct opcode *o = &opcodes[r->i.row];
    bool byte = r->i.size == 1, imm = is_imm(o->src);
    if (!(r->i.flags & INSN_MEM)) {
        r->a = reg_of(r, o->dst);
        if (imm)
            return byte ? f->ri8[width_of(r, r->a, r->a)] : f->ri[r->a / 4];
        r->b = reg_of(r, o->src);
        return byte ? f->rr8[width_of(r, r->a, r->b)] : f->rr[r->a / 4][r->b / 4];
    }
    int class = memory_class(r, mode);
    if (class < 0)
        return NULL;
    if (imm)
        return f->mi[byte][class];
    r->a = r->i.reg;
    return (o->dst == Gb || o->dst == Gv ? f->rm : f->mr)[width_of(r, r->a, r->a)][class];
}

HANDLER(sahf)
{
    flags_put(REG(uint8_t, 1) | (flag_of(res, aux) ? FLAG_OF : 0), &res, &aux);
    GO(ip + 1);
}

static handler *pick_one_operand(struct rec *r, uint8_t mode)
{
    static handler *const inc_r[8] = BY_REG(inc), *const dec_r[8] = BY_REG(dec),
                          *const neg_r[8] = BY_REG(neg);
    static handler *const inc_m[CLASSES] = BY_CLASS(inc_m), *const dec_m[CLASSES] = BY_CLASS(dec_m);
    unsigned row = r->i.row;
    r->a = row < 0x50 ? r->i.reg : r->i.rm;
    if (row >= 0x40 && row < 0x50)
        return (row < 0x48 ? inc_r : dec_r)[row & 7];
    if (row != G_FF && row != G_FF + 1 && row != G_F7 + 3)
        return NULL;
    if (!(r->i.flags & INSN_MEM))
        return (row == G_FF ? inc_r : row == G_FF + 1 ? dec_r : neg_r)[r->i.rm / 4];
    int class = memory_class(r, mode);
    if (class < 0 || row == G_F7 + 3)
        return NULL;
    return (row == G_FF ? inc_m : dec_m)[class];
}

handler *pick_alu(struct rec *r, uint8_t mode)
{
    /* In the order of the opcode map. */
    static const struct alu *const map[8] = {&add, & or, &adc, &sbb, &and, &sub, &xor, &cmp};
    unsigned row = r->i.row;
    if (r->i.size == 2 || (r->i.flags & INSN_LOCK))
        return NULL;
    if (row < 0x40 && (row & 7) < 6)
        return pick_form(map[row >> 3], r, mode);
    if (row >= G_80 && row < G_8F)
        return pick_form(map[row & 7], r, mode);
    if (row == 0x9e)
        return sahf;
    if (row == 0x84 || row == 0x85 || row == 0xa8 || row == 0xa9 || row == G_F6 || row == G_F7)
        return pick_form(&test, r, mode);
    return r->i.size == 4 ? pick_one_operand(r, mode) : NULL;
}
