/* SPDX-License-Identifier: MIT */
/*
 * h_quiet.c - operations on dword registers whose flags nobody sees: the next record that could
 * show them comes after one that sets them all (pick.c). They leave the flag values alone.
 */
#include "cpu/engine/ops.h"

#include "cpu/opcodes.h"

#define do_add(a, b) ((a) + (b))
#define do_or(a, b) ((a) | (b))
#define do_and(a, b) ((a) & (b))
#define do_sub(a, b) ((a) - (b))
#define do_xor(a, b) ((a) ^ (b))
#define do_imul(a, b) (VALUE(a) * (b))

#define QUIET_RR(s, d, name)                                                                       \
    HANDLER(name##_rr_##d##_##s)                                                                   \
    {                                                                                              \
        c->gpr[d] = do_##name(c->gpr[d], (s) == (d) ? c->gpr[s] : VALUE(c->gpr[s]));               \
        GO(ip + 1);                                                                                \
    }
/* By the immediate. */
#ifdef FOR_COPIES
#define BY_IMM(name, v) __asm__(#name "l %1, %0" : "+m"(v) : "i"(hole_0_i_imm) : "cc")
#else
#define BY_IMM(name, v) (v) = do_##name(v, IMM)
#endif
#define QUIET_RI(d, name)                                                                          \
    HANDLER(name##_ri_##d)                                                                         \
    {                                                                                              \
        BY_IMM(name, c->gpr[d]);                                                                   \
        GO(ip + 1);                                                                                \
    }
#define QUIET_R(d, name) EACH_REG_2(QUIET_RR, d, name)

struct quiet {
    handler *rr[8][8];    /* destination, source */
    handler *ri[8];       /* destination */
    handler *rm[CLASSES]; /* address class */
};
#define QUIET(name)                                                                                \
    EACH_REG(QUIET_R, name)                                                                        \
    EACH_REG(QUIET_RI, name)                                                                       \
    EACH_CLASS(QUIET_LOAD, name)                                                                   \
    static const struct quiet name = {                                                             \
        .rr = BY_PAIR(name##_rr), .ri = BY_REG(name##_ri), .rm = BY_CLASS(name##_rm)};
/* Register and memory: the flags from before are there if it faults. */
#define QUIET_LOAD(class, name)                                                                    \
    HANDLER(name##_rm_##class)                                                                     \
    {                                                                                              \
        uint32_t lin = EA_##class;                                                                 \
        LOADABLE_IN(class, uint32_t, lin, host);                                                   \
        REG(uint32_t, REG_A) = do_##name(REG(uint32_t, REG_A), AT(uint32_t, host));                \
        GO(ip + 1);                                                                                \
    }

QUIET(add)
QUIET(or)
QUIET(and)
QUIET(sub)
QUIET(xor)
EACH_REG(QUIET_R, imul)
EACH_CLASS(QUIET_LOAD, imul)
static const struct quiet imul = {.rr = BY_PAIR(imul_rr), .rm = BY_CLASS(imul_rm)};

#define QUIET_ONE(d, unused)                                                                       \
    HANDLER(inc_##d)                                                                               \
    {                                                                                              \
        c->gpr[d]++;                                                                               \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    HANDLER(dec_##d)                                                                               \
    {                                                                                              \
        c->gpr[d]--;                                                                               \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    HANDLER(neg_##d)                                                                               \
    {                                                                                              \
        c->gpr[d] = 0 - c->gpr[d];                                                                 \
        GO(ip + 1);                                                                                \
    }
EACH_REG(QUIET_ONE, )

/* By the count in ip->b, above 0; in copies it is filled in. */
#ifdef FOR_COPIES
#define DO_rol(d) SHIFT_BY_B("roll", "+m", c->gpr[d])
#define DO_ror(d) SHIFT_BY_B("rorl", "+m", c->gpr[d])
#define DO_shl(d) SHIFT_BY_B("shll", "+m", c->gpr[d])
#define DO_shr(d) SHIFT_BY_B("shrl", "+m", c->gpr[d])
#define DO_sar(d) SHIFT_BY_B("sarl", "+m", c->gpr[d])
#else
#define DO_rol(d) c->gpr[d] = c->gpr[d] << ip->b | c->gpr[d] >> (-ip->b & 31)
#define DO_ror(d) c->gpr[d] = c->gpr[d] >> ip->b | c->gpr[d] << (-ip->b & 31)
#define DO_shl(d) c->gpr[d] <<= ip->b
#define DO_shr(d) c->gpr[d] >>= ip->b
#define DO_sar(d) c->gpr[d] = (uint32_t)((int32_t)c->gpr[d] >> ip->b)
#endif
#define QUIET_SHIFT(d, name)                                                                       \
    HANDLER(name##_##d)                                                                            \
    {                                                                                              \
        DO_##name(d);                                                                              \
        GO(ip + 1);                                                                                \
    }
EACH_REG(QUIET_SHIFT, rol)
EACH_REG(QUIET_SHIFT, ror)
EACH_REG(QUIET_SHIFT, shl)
EACH_REG(QUIET_SHIFT, shr)
EACH_REG(QUIET_SHIFT, sar)

HANDLER(imul_rri)
{
    REG(uint32_t, REG_A) = do_imul(REG(uint32_t, REG_B), IMM);
    GO(ip + 1);
}

/* CMP and TEST for nothing. */
HANDLER(none)
{
    GO(ip + 1);
}

static handler *pick_form(const struct quiet *q, struct rec *r, uint8_t mode)
{
    if (r->i.flags & INSN_MEM)
        return q->rm[memory_class(r, mode)];
    const struct opcode *o = &opcodes[r->i.row];
    if (o->src == Ib || o->src == Iv || o->src == Is)
        return q->ri[r->a / 4];
    return q->rr[r->a / 4][r->b / 4];
}

static handler *pick_one(unsigned kind, const struct rec *r)
{
    static handler *const shift[8][8] = {BY_REG(rol), BY_REG(ror), {NULL},      {NULL},
                                         BY_REG(shl), BY_REG(shr), BY_REG(shl), BY_REG(sar)};
    return shift[kind][r->a / 4];
}

handler *pick_quiet(struct rec *r, uint8_t mode)
{
    static const struct quiet *const map[8] = {&add, & or, NULL, NULL, &and, &sub, &xor, NULL};
    static handler *const inc_r[8] = BY_REG(inc), *const dec_r[8] = BY_REG(dec),
                          *const neg_r[8] = BY_REG(neg);
    unsigned row = r->i.row;
    if (r->i.size != 4)
        return NULL;
    if ((row < 0x40 && (row & 7) < 6) || (row >= G_80 && row < G_8F)) {
        unsigned op = row < 0x40 ? row >> 3 : row & 7;
        return op == 7 ? none : map[op] ? pick_form(map[op], r, mode) : NULL;
    }
    if (row >= 0x40 && row < 0x50)
        return (row < 0x48 ? inc_r : dec_r)[row & 7];
    if ((row >= G_C1 && row < G_C1 + 8) || (row >= G_D1 && row < G_D1 + 8))
        return pick_one(row & 7, r);
    switch (row) {
    case 0x85:
    case 0xa9:
    case G_F7: return none;
    case G_FF: return inc_r[r->i.rm / 4];
    case G_FF + 1: return dec_r[r->i.rm / 4];
    case G_F7 + 3: return neg_r[r->i.rm / 4];
    case MAP_0F + 0xaf: return pick_form(&imul, r, mode);
    case 0x69:
    case 0x6b: return imul_rri;
    default: return NULL;
    }
}
