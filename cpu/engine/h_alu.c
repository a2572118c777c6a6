/* SPDX-License-Identifier: MIT */
/* h_alu.c - specialised handlers of the arithmetic group, bytes and dwords, flat memory. */
#include "cpu/engine/ops.h"

#include "cpu/opcodes.h"

/* One operation in all its forms for one operand type; `keeps` is false for CMP and TEST. */
#define ALU_FORMS(op, T, keeps)                                                                    \
    HANDLER(op##_##T##_##keeps##_rr)                                                               \
    {                                                                                              \
        uint32_t r = op(REG(T, ip->i.base), REG(T, ip->i.index), sizeof(T), &res, &cv);            \
        if (keeps)                                                                                 \
            REG(T, ip->i.base) = (T)r;                                                             \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    HANDLER(op##_##T##_##keeps##_ri)                                                               \
    {                                                                                              \
        uint32_t r = op(REG(T, ip->i.base), (T)ip->i.imm, sizeof(T), &res, &cv);                   \
        if (keeps)                                                                                 \
            REG(T, ip->i.base) = (T)r;                                                             \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    HANDLER(op##_##T##_##keeps##_rm)                                                               \
    {                                                                                              \
        uint8_t *p = load_at(c, EA(), sizeof(T));                                                  \
        if (UNLIKELY(!p))                                                                          \
            SLOW();                                                                                \
        uint32_t r = op(REG(T, ip->i.reg), AT(T, p), sizeof(T), &res, &cv);                        \
        if (keeps)                                                                                 \
            REG(T, ip->i.reg) = (T)r;                                                              \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    HANDLER(op##_##T##_##keeps##_mr)                                                               \
    {                                                                                              \
        uint8_t *p = keeps ? store_at(c, EA(), sizeof(T)) : load_at(c, EA(), sizeof(T));           \
        if (UNLIKELY(!p))                                                                          \
            SLOW();                                                                                \
        uint32_t r = op(AT(T, p), REG(T, ip->i.reg), sizeof(T), &res, &cv);                        \
        if (keeps)                                                                                 \
            AT(T, p) = (T)r;                                                                       \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    HANDLER(op##_##T##_##keeps##_mi)                                                               \
    {                                                                                              \
        uint8_t *p = keeps ? store_at(c, EA(), sizeof(T)) : load_at(c, EA(), sizeof(T));           \
        if (UNLIKELY(!p))                                                                          \
            SLOW();                                                                                \
        uint32_t r = op(AT(T, p), (T)ip->i.imm, sizeof(T), &res, &cv);                             \
        if (keeps)                                                                                 \
            AT(T, p) = (T)r;                                                                       \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    static const struct forms op##_##T##_##keeps = {                                               \
        op##_##T##_##keeps##_rr, op##_##T##_##keeps##_ri, op##_##T##_##keeps##_rm,                 \
        op##_##T##_##keeps##_mr, op##_##T##_##keeps##_mi,                                          \
    }

ALU_FORMS(op_add, uint32_t, 1);
ALU_FORMS(op_or, uint32_t, 1);
ALU_FORMS(op_adc, uint32_t, 1);
ALU_FORMS(op_sbb, uint32_t, 1);
ALU_FORMS(op_and, uint32_t, 1);
ALU_FORMS(op_sub, uint32_t, 1);
ALU_FORMS(op_xor, uint32_t, 1);
ALU_FORMS(op_sub, uint32_t, 0); /* CMP */
ALU_FORMS(op_and, uint32_t, 0); /* TEST */
ALU_FORMS(op_add, uint8_t, 1);
ALU_FORMS(op_or, uint8_t, 1);
ALU_FORMS(op_adc, uint8_t, 1);
ALU_FORMS(op_sbb, uint8_t, 1);
ALU_FORMS(op_and, uint8_t, 1);
ALU_FORMS(op_sub, uint8_t, 1);
ALU_FORMS(op_xor, uint8_t, 1);
ALU_FORMS(op_sub, uint8_t, 0);
ALU_FORMS(op_and, uint8_t, 0);

HANDLER(inc_r)
{
    uint64_t old = cv;
    REG(uint32_t, ip->i.base) = op_add(REG(uint32_t, ip->i.base), 1, 4, &res, &cv);
    cv = cv_keep_cf(cv, old);
    GO(ip + 1);
}

HANDLER(dec_r)
{
    uint64_t old = cv;
    REG(uint32_t, ip->i.base) = op_sub(REG(uint32_t, ip->i.base), 1, 4, &res, &cv);
    cv = cv_keep_cf(cv, old);
    GO(ip + 1);
}

HANDLER(inc_m)
{
    uint64_t old = cv;
    uint8_t *p = store_at(c, EA(), 4);
    if (UNLIKELY(!p))
        SLOW();
    AT(uint32_t, p) = op_add(AT(uint32_t, p), 1, 4, &res, &cv);
    cv = cv_keep_cf(cv, old);
    GO(ip + 1);
}

HANDLER(dec_m)
{
    uint64_t old = cv;
    uint8_t *p = store_at(c, EA(), 4);
    if (UNLIKELY(!p))
        SLOW();
    AT(uint32_t, p) = op_sub(AT(uint32_t, p), 1, 4, &res, &cv);
    cv = cv_keep_cf(cv, old);
    GO(ip + 1);
}

HANDLER(neg_r)
{
    REG(uint32_t, ip->i.base) = op_sub(0, REG(uint32_t, ip->i.base), 4, &res, &cv);
    GO(ip + 1);
}

HANDLER(not_r)
{
    REG(uint32_t, ip->i.base) = ~REG(uint32_t, ip->i.base);
    GO(ip + 1);
}

static const struct forms inc_forms = {.rr = inc_r, .mr = inc_m};
static const struct forms dec_forms = {.rr = dec_r, .mr = dec_m};
static const struct forms neg_forms = {.rr = neg_r};
static const struct forms not_forms = {.rr = not_r};

handler *pick_alu(struct rec *r, uint8_t mode)
{
    /* In the order of the opcode map: ADD OR ADC SBB AND SUB XOR CMP. */
    static const struct forms *const wide[8] = {
        &op_add_uint32_t_1, &op_or_uint32_t_1,  &op_adc_uint32_t_1, &op_sbb_uint32_t_1,
        &op_and_uint32_t_1, &op_sub_uint32_t_1, &op_xor_uint32_t_1, &op_sub_uint32_t_0,
    };
    static const struct forms *const byte[8] = {
        &op_add_uint8_t_1, &op_or_uint8_t_1,  &op_adc_uint8_t_1, &op_sbb_uint8_t_1,
        &op_and_uint8_t_1, &op_sub_uint8_t_1, &op_xor_uint8_t_1, &op_sub_uint8_t_0,
    };
    const struct opcode *o = &opcodes[r->i.row];
    unsigned row = r->i.row;
    const struct forms *f = NULL;
    if (r->i.size == 2)
        return NULL;
    bool is_byte = r->i.size == 1;
    if (row < 0x40 && (row & 7) < 6)
        f = (is_byte ? byte : wide)[row >> 3];
    else if (row >= G_80 && row < G_8F)
        f = (is_byte ? byte : wide)[row & 7];
    else if (row == 0x84 || row == 0x85 || row == 0xa8 || row == 0xa9 || row == G_F6 || row == G_F7)
        f = is_byte ? &op_and_uint8_t_0 : &op_and_uint32_t_0;
    else if (is_byte)
        f = NULL;
    else if ((row >= 0x40 && row < 0x48) || row == G_FF)
        f = &inc_forms;
    else if ((row >= 0x48 && row < 0x50) || row == G_FF + 1)
        f = &dec_forms;
    else if (row == G_F7 + 3)
        f = &neg_forms;
    else if (row == G_F7 + 2)
        f = &not_forms;
    return f && o->level == 0 ? forms_pick(f, r, mode) : NULL;
}
