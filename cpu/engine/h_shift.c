/* SPDX-License-Identifier: MIT */
/*
 * h_shift.c - specialised handlers of shifts and rotates of dword registers, by an immediate (its
 * count, above 0, is in ip->b) or CL, of shifts of narrow ones by an immediate, and of IMUL.
 */
#include "cpu/engine/ops.h"

#include "cpu/opcodes.h"

/* n is 1 to 31; the flags are those of shift.c for a 32-bit operand. */
static inline uint32_t op_shl(uint32_t a, unsigned n, uint64_t *res, uint64_t *aux)
{
    *res = (uint64_t)a << n; /* bit 32 is CF; OF = CF ^ SF */
    *aux = *res & 0x7fffffff;
    return (uint32_t)*res;
}

static inline uint32_t op_shr(uint32_t a, unsigned n, uint64_t *res, uint64_t *aux)
{
    uint32_t before = a >> (n - 1), r = before >> 1;
    uint64_t cf = before & 1, of = r << 1 & AUX_SIGN;
    *res = r;
    *aux = r ^ of ^ (-cf & (AUX_CF | AUX_SIGN));
    return r;
}

static inline uint32_t op_sar(uint32_t a, unsigned n, uint64_t *res, uint64_t *aux)
{
    uint32_t r = (uint32_t)((int32_t)a >> n);
    *res = r;
    *aux = r ^ ((uint64_t)((int32_t)a >> (n - 1) & 1) * (AUX_CF | AUX_SIGN));
    return r;
}

static inline uint32_t op_rol(uint32_t a, unsigned n, uint64_t *res, uint64_t *aux)
{
    uint32_t r = a << n | a >> (-n & 31);
    *aux = aux_with_cf_of(*res, *aux, r & 1, (r & 1) ^ (r >> 31));
    return r;
}

static inline uint32_t op_ror(uint32_t a, unsigned n, uint64_t *res, uint64_t *aux)
{
    uint32_t r = a >> n | a << (-n & 31);
    *aux = aux_with_cf_of(*res, *aux, r >> 31, (r >> 31) ^ (r >> 30 & 1));
    return r;
}

/* The same by the count in ip->b. In copies that is filled in, and the host says which bit left last. */
#ifdef FOR_COPIES
#define SHIFTED_op_shl(a, res, aux)                                                                \
    ({                                                                                             \
        uint64_t v_ = (a);                                                                         \
        SHIFT_BY_B("shlq", "+r", v_);                                                              \
        *(res) = v_;                                                                               \
        *(aux) = v_ & 0x7fffffff;                                                                  \
        (uint32_t) v_;                                                                             \
    })
#define SHIFTED_op_shr(a, res, aux)                                                                \
    SHIFTED_RIGHT("shrl", a, r_ ^ ((uint64_t)r_ << 1 & AUX_SIGN), res, aux)
#define SHIFTED_op_sar(a, res, aux) SHIFTED_RIGHT("sarl", a, r_, res, aux)
#define SHIFTED_RIGHT(insn, a, without_cf, res, aux)                                               \
    ({                                                                                             \
        uint32_t r_ = (a);                                                                         \
        uint64_t out_;                                                                             \
        SHIFT_BY_B_OUT(insn, r_, out_);                                                            \
        *(res) = r_;                                                                               \
        *(aux) = (without_cf) ^ (out_ & (AUX_CF | AUX_SIGN));                                      \
        r_;                                                                                        \
    })
#else
#define SHIFTED_op_shl(a, res, aux) op_shl(a, ip->b, res, aux)
#define SHIFTED_op_shr(a, res, aux) op_shr(a, ip->b, res, aux)
#define SHIFTED_op_sar(a, res, aux) op_sar(a, ip->b, res, aux)
#endif
#define SHIFTED_op_rol(a, res, aux) op_rol(a, ip->b, res, aux)
#define SHIFTED_op_ror(a, res, aux) op_ror(a, ip->b, res, aux)

#define SHIFT_FORMS(op)                                                                            \
    HANDLER(op##_imm)                                                                              \
    {                                                                                              \
        REG(uint32_t, REG_A) = SHIFTED_##op(REG(uint32_t, REG_A), &res, &aux);                     \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    HANDLER(op##_cl)                                                                               \
    {                                                                                              \
        unsigned n = c->gpr[ECX] & 31;                                                             \
        if (n)                                                                                     \
            REG(uint32_t, REG_A) = op(REG(uint32_t, REG_A), n, &res, &aux);                        \
        GO(ip + 1);                                                                                \
    }

SHIFT_FORMS(op_shl)
SHIFT_FORMS(op_shr)
SHIFT_FORMS(op_sar)
SHIFT_FORMS(op_rol)
SHIFT_FORMS(op_ror)

/* Bytes and words; the flags are those of the result extended to 32 bits. */
static inline uint32_t narrow_flags(unsigned size, uint32_t r, bool cf, bool of, uint64_t *res,
                                    uint64_t *aux)
{
    *res = sign_extend(r, size);
    *aux = aux_make((uint32_t)*res, cf, of, false);
    return r;
}

static inline uint32_t narrow_shl(unsigned size, uint32_t a, unsigned n, uint64_t *res,
                                  uint64_t *aux)
{
    uint64_t wide = (uint64_t)a << n;
    bool cf = wide >> (8 * size) & 1;
    return narrow_flags(size, (uint32_t)wide & size_mask(size), cf,
                        cf ^ (wide >> (8 * size - 1) & 1), res, aux);
}

static inline uint32_t narrow_shr(unsigned size, uint32_t a, unsigned n, uint64_t *res,
                                  uint64_t *aux)
{
    uint32_t r = a >> n;
    return narrow_flags(size, r, a >> (n - 1) & 1, r >> (8 * size - 2) & 1, res, aux);
}

static inline uint32_t narrow_sar(unsigned size, uint32_t a, unsigned n, uint64_t *res,
                                  uint64_t *aux)
{
    int32_t wide = (int32_t)sign_extend(a, size);
    return narrow_flags(size, (uint32_t)(wide >> n) & size_mask(size), wide >> (n - 1) & 1, false,
                        res, aux);
}

#define NARROW(op, T)                                                                              \
    HANDLER(op##_##T)                                                                              \
    {                                                                                              \
        PUT(T, REG_A, op(sizeof(T), GET(T, REG_A), ip->b, &res, &aux));                            \
        GO(ip + 1);                                                                                \
    }
NARROW(narrow_shl, uint8_t)
NARROW(narrow_shr, uint8_t)
NARROW(narrow_sar, uint8_t)
NARROW(narrow_shl, low_t)
NARROW(narrow_shr, low_t)
NARROW(narrow_sar, low_t)
NARROW(narrow_shl, uint16_t)
NARROW(narrow_shr, uint16_t)
NARROW(narrow_sar, uint16_t)

static inline uint32_t op_imul(uint32_t a, uint32_t b, uint64_t *res, uint64_t *aux)
{
    int32_t p;
    uint64_t wide = __builtin_mul_overflow((int32_t)a, (int32_t)b, &p);
    *res = (uint32_t)p;
    *aux = *res ^ wide << 32; /* CF = OF */
    return (uint32_t)p;
}

HANDLER(imul_rr)
{
    REG(uint32_t, REG_A) = op_imul(REG(uint32_t, REG_A), REG(uint32_t, REG_B), &res, &aux);
    GO(ip + 1);
}

HANDLER(imul_rri)
{
    REG(uint32_t, REG_A) = op_imul(REG(uint32_t, REG_B), IMM, &res, &aux);
    GO(ip + 1);
}

#define IMUL_MEM(class, unused)                                                                    \
    HANDLER(imul_rm_##class)                                                                       \
    {                                                                                              \
        uint32_t lin = EA_##class;                                                                 \
        LOADABLE_IN(class, uint32_t, lin, host);                                                   \
        REG(uint32_t, REG_A) = op_imul(REG(uint32_t, REG_A), AT(uint32_t, host), &res, &aux);      \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    HANDLER(imul_rmi_##class)                                                                      \
    {                                                                                              \
        uint32_t lin = EA_##class;                                                                 \
        LOADABLE_IN(class, uint32_t, lin, host);                                                   \
        REG(uint32_t, REG_A) = op_imul(AT(uint32_t, host), IMM, &res, &aux);                       \
        GO(ip + 1);                                                                                \
    }
EACH_CLASS(IMUL_MEM, )

static handler *pick_imul(struct rec *r, uint8_t mode)
{
    static handler *const rm[CLASSES] = BY_CLASS(imul_rm), *const rmi[CLASSES] = BY_CLASS(imul_rmi);
    bool imm = r->i.row != MAP_0F + 0xaf;
    r->a = r->i.reg;
    r->b = r->i.rm;
    if (!(r->i.flags & INSN_MEM))
        return imm ? imul_rri : imul_rr;
    int class = memory_class(r, mode);
    return class < 0 ? NULL : (imm ? rmi : rm)[class];
}

/* A shift of a narrow register by an immediate; rotates have no handler. */
static handler *pick_narrow(struct rec *r)
{
    static handler *const of_byte[4] = {narrow_shl_uint8_t, narrow_shr_uint8_t, narrow_shl_uint8_t,
                                        narrow_sar_uint8_t};
    static handler *const of_low[4] = {narrow_shl_low_t, narrow_shr_low_t, narrow_shl_low_t,
                                       narrow_sar_low_t};
    static handler *const of_word[4] = {narrow_shl_uint16_t, narrow_shr_uint16_t,
                                        narrow_shl_uint16_t, narrow_sar_uint16_t};
    unsigned row = r->i.row, kind = row & 7;
    bool by_one = row >= G_D0 && row < G_D1 + 8, by_imm = row >= G_C0 && row < G_C1 + 8;
    r->a = r->i.rm;
    r->b = by_one ? 1 : r->i.imm & 31;
    if (!(by_one || by_imm) || kind < 4 || !r->b || (r->i.flags & INSN_MEM))
        return NULL;
    return (r->i.size == 2 ? of_word : r->a & 1 ? of_byte : of_low)[kind - 4];
}

handler *pick_shift(struct rec *r, uint8_t mode)
{
    static handler *const by_imm[8] = {op_rol_imm, op_ror_imm, NULL,       NULL,
                                       op_shl_imm, op_shr_imm, op_shl_imm, op_sar_imm};
    static handler *const by_cl[8] = {op_rol_cl, op_ror_cl, NULL,      NULL,
                                      op_shl_cl, op_shr_cl, op_shl_cl, op_sar_cl};
    unsigned row = r->i.row;
    if (r->i.size != 4)
        return pick_narrow(r);
    if (row == MAP_0F + 0xaf || row == 0x69 || row == 0x6b)
        return pick_imul(r, mode);
    if (r->i.flags & INSN_MEM)
        return NULL;
    r->a = r->i.rm;
    if (row >= G_D3 && row < G_D3 + 8)
        return by_cl[row & 7];
    if (row >= G_D1 && row < G_D1 + 8) {
        r->b = 1;
        return by_imm[row & 7];
    }
    if (row >= G_C1 && row < G_C1 + 8 && (r->i.imm & 31)) {
        r->b = r->i.imm & 31;
        return by_imm[row & 7];
    }
    return NULL;
}
