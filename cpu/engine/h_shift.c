/* SPDX-License-Identifier: MIT */
/* h_shift.c - specialised handlers of shifts and rotates of dword registers, and of IMUL. */
#include "cpu/engine/ops.h"

#include "cpu/opcodes.h"

/* n is 1 to 31; the flags are those of shift.c for a 32-bit operand. */
static inline uint32_t op_shl(uint32_t a, unsigned n, uint64_t *res, uint64_t *cv)
{
    uint32_t r = a << n;
    bool cf = a >> (32 - n) & 1;
    *res = r;
    *cv = cv_make(cf, cf ^ (r >> 31), false);
    return r;
}

static inline uint32_t op_shr(uint32_t a, unsigned n, uint64_t *res, uint64_t *cv)
{
    uint32_t r = a >> n;
    *res = r;
    *cv = cv_make(a >> (n - 1) & 1, (r >> 31) ^ (r >> 30 & 1), false);
    return r;
}

static inline uint32_t op_sar(uint32_t a, unsigned n, uint64_t *res, uint64_t *cv)
{
    uint32_t r = (uint32_t)((int32_t)a >> n);
    *res = r;
    *cv = cv_make((int32_t)a >> (n - 1) & 1, false, false);
    return r;
}

static inline uint32_t op_rol(uint32_t a, unsigned n, uint64_t *res, uint64_t *cv)
{
    uint32_t r = a << n | a >> (32 - n);
    (void)res;
    *cv = cv_make(r & 1, (r & 1) ^ (r >> 31), flag_af(*cv));
    return r;
}

static inline uint32_t op_ror(uint32_t a, unsigned n, uint64_t *res, uint64_t *cv)
{
    uint32_t r = a >> n | a << (32 - n);
    (void)res;
    *cv = cv_make(r >> 31, (r >> 31) ^ (r >> 30 & 1), flag_af(*cv));
    return r;
}

#define SHIFT_FORMS(op)                                                                            \
    HANDLER(op##_imm)                                                                              \
    {                                                                                              \
        REG(uint32_t, ip->i.base) = op(REG(uint32_t, ip->i.base), ip->i.imm, &res, &cv);           \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    HANDLER(op##_cl)                                                                               \
    {                                                                                              \
        unsigned n = c->gpr[ECX] & 31;                                                             \
        if (n)                                                                                     \
            REG(uint32_t, ip->i.base) = op(REG(uint32_t, ip->i.base), n, &res, &cv);               \
        GO(ip + 1);                                                                                \
    }

SHIFT_FORMS(op_shl)
SHIFT_FORMS(op_shr)
SHIFT_FORMS(op_sar)
SHIFT_FORMS(op_rol)
SHIFT_FORMS(op_ror)

static inline uint32_t op_imul(uint32_t a, uint32_t b, uint64_t *res, uint64_t *cv)
{
    int64_t p = (int64_t)(int32_t)a * (int32_t)b;
    bool wide = p != (int32_t)p;
    *res = (uint32_t)p;
    *cv = cv_make(wide, wide, false);
    return (uint32_t)p;
}

HANDLER(imul_rr)
{
    REG(uint32_t, ip->i.base) =
        op_imul(REG(uint32_t, ip->i.base), REG(uint32_t, ip->i.index), &res, &cv);
    GO(ip + 1);
}

HANDLER(imul_rm)
{
    uint8_t *p = load_at(c, EA(), 4);
    if (UNLIKELY(!p))
        SLOW();
    REG(uint32_t, ip->i.reg) = op_imul(REG(uint32_t, ip->i.reg), AT(uint32_t, p), &res, &cv);
    GO(ip + 1);
}

HANDLER(imul_rri)
{
    REG(uint32_t, ip->i.base) = op_imul(REG(uint32_t, ip->i.index), ip->i.imm, &res, &cv);
    GO(ip + 1);
}

HANDLER(imul_rmi)
{
    uint8_t *p = load_at(c, EA(), 4);
    if (UNLIKELY(!p))
        SLOW();
    REG(uint32_t, ip->i.reg) = op_imul(AT(uint32_t, p), ip->i.imm, &res, &cv);
    GO(ip + 1);
}

static const struct forms imul2 = {.rr = imul_rr, .rm = imul_rm};
static const struct forms imul3 = {.rr = imul_rri, .rm = imul_rmi};

handler *pick_shift(struct rec *r, uint8_t mode)
{
    static handler *const by_imm[8] = {op_rol_imm, op_ror_imm, NULL,       NULL,
                                       op_shl_imm, op_shr_imm, op_shl_imm, op_sar_imm};
    static handler *const by_cl[8] = {op_rol_cl, op_ror_cl, NULL,      NULL,
                                      op_shl_cl, op_shr_cl, op_shl_cl, op_sar_cl};
    unsigned row = r->i.row;
    if (r->i.size != 4)
        return NULL;
    if (row == MAP_0F + 0xaf)
        return forms_pick(&imul2, r, mode);
    if (row == 0x69 || row == 0x6b)
        return forms_pick(&imul3, r, mode);
    if (r->i.flags & INSN_MEM)
        return NULL;
    r->i.base = r->i.rm;
    if (row >= G_D3 && row < G_D3 + 8)
        return by_cl[row & 7];
    if (row >= G_D1 && row < G_D1 + 8) {
        r->i.imm = 1; /* the row's constant; nothing else reads imm there */
        return by_imm[row & 7];
    }
    if (row >= G_C1 && row < G_C1 + 8 && (r->i.imm & 31)) {
        r->i.imm &= 31;
        return by_imm[row & 7];
    }
    return NULL;
}
