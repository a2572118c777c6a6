/* SPDX-License-Identifier: MIT */
/*
 * h_fused.c - neighbours executed by one handler: compare and branch, runs of PUSH and POP, the
 * entry and the end of functions. The pairs are those that were most frequent in the boot of the
 * kernel and in roms/bench (docs/performance.md).
 *
 * The records of the others stay: the handler reads their operands there, and where its fast case
 * does not hold the first instruction alone is executed by h_generic and the next record follows.
 */
#include "cpu/engine/ops.h"

#include "cpu/opcodes.h"

/* M(condition, ...) for those that a comparison, a logic operation, INC and DEC are fused with; and
   their numbers, in the same order. */
// clang-format off
#define EACH_COMPARISON(M, ...)                                                                    \
    M(b, __VA_ARGS__) M(ae, __VA_ARGS__) M(e, __VA_ARGS__) M(ne, __VA_ARGS__) M(be, __VA_ARGS__)   \
    M(a, __VA_ARGS__) M(l, __VA_ARGS__) M(ge, __VA_ARGS__) M(le, __VA_ARGS__) M(g, __VA_ARGS__)
// clang-format on
#define EACH_SIGN(M, ...) M(e, __VA_ARGS__) M(ne, __VA_ARGS__) M(s, __VA_ARGS__) M(ns, __VA_ARGS__)
enum { CC_b = 2, CC_ae, CC_e, CC_ne, CC_be, CC_a, CC_s, CC_ns, CC_l = 12, CC_ge, CC_le, CC_g, CCS };
/* An array by condition code of handlers whose names end in the condition. */
#define BY_COMPARISON(name)                                                                        \
    {                                                                                              \
        [CC_b] = name##_b, [CC_ae] = name##_ae, [CC_e] = name##_e, [CC_ne] = name##_ne,            \
        [CC_be] = name##_be, [CC_a] = name##_a, [CC_l] = name##_l, [CC_ge] = name##_ge,            \
        [CC_le] = name##_le, [CC_g] = name##_g                                                     \
    }
#define BY_SIGN(name)                                                                              \
    {                                                                                              \
        [CC_e] = name##_e, [CC_ne] = name##_ne, [CC_s] = name##_s, [CC_ns] = name##_ns             \
    }

/* Of x - y, unsigned and signed. */
#define WHEN_b ((int64_t)res < 0)
#define WHEN_ae ((int64_t)res >= 0)
#define WHEN_e (res == 0)
#define WHEN_ne (res != 0)
#define WHEN_be ((int64_t)res <= 0)
#define WHEN_a ((int64_t)res > 0)
#define WHEN_l ((int32_t)x < (int32_t)y)
#define WHEN_ge ((int32_t)x >= (int32_t)y)
#define WHEN_le ((int32_t)x <= (int32_t)y)
#define WHEN_g ((int32_t)x > (int32_t)y)
/* Of a result. */
#define SIGN_e ((uint32_t)res == 0)
#define SIGN_ne ((uint32_t)res != 0)
#define SIGN_s ((int32_t)res < 0)
#define SIGN_ns ((int32_t)res >= 0)

/* CMP a, b and the branch behind it. */
#define CMP_AND_BRANCH(cc, T, a, b)                                                                \
    {                                                                                              \
        uint32_t x = (uint32_t)(a) << flags_shift(sizeof(T));                                      \
        uint32_t y = (uint32_t)(b) << flags_shift(sizeof(T));                                      \
        res = (uint64_t)x - y;                                                                     \
        aux = (x ^ y) | flags_tag(sizeof(T));                                                      \
        if (WHEN_##cc)                                                                             \
            TAKE(1);                                                                               \
        GO(ip + 2);                                                                                \
    }
/* Dwords: for each first register. */
#define CMP_REG(cc, d)                                                                             \
    HANDLER(cmp_rr_##d##_##cc)                                                                     \
    CMP_AND_BRANCH(cc, uint32_t, c->gpr[d], REG(uint32_t, REG_B))                                  \
    HANDLER(cmp_ri_##d##_##cc)                                                                     \
    CMP_AND_BRANCH(cc, uint32_t, c->gpr[d], IMM)
#define CMP_REGS(d, unused) EACH_COMPARISON(CMP_REG, d)
EACH_REG(CMP_REGS, )
#define CMP_BYTE(cc, T)                                                                            \
    HANDLER(cmp_##T##_rr_##cc)                                                                     \
    CMP_AND_BRANCH(cc, T, GET(T, REG_A), GET(T, REG_B))                                            \
    HANDLER(cmp_##T##_ri_##cc)                                                                     \
    CMP_AND_BRANCH(cc, T, GET(T, REG_A), IMM)
EACH_COMPARISON(CMP_BYTE, uint8_t)
EACH_COMPARISON(CMP_BYTE, low_t)
#define CMP_MEM(cc, T, class)                                                                      \
    HANDLER(cmp_##T##_rm_##class##_##cc)                                                           \
    {                                                                                              \
        uint32_t lin = EA_##class;                                                                 \
        LOADABLE_IN(class, T, lin, host);                                                          \
        CMP_AND_BRANCH(cc, T, GET(T, REG_A), AT(T, host))                                          \
    }                                                                                              \
    HANDLER(cmp_##T##_mr_##class##_##cc)                                                           \
    {                                                                                              \
        uint32_t lin = EA_##class;                                                                 \
        LOADABLE_IN(class, T, lin, host);                                                          \
        CMP_AND_BRANCH(cc, T, AT(T, host), GET(T, REG_A))                                          \
    }
#define CMP_MEM_IMM(cc, T, class)                                                                  \
    HANDLER(cmp_##T##_mi_##class##_##cc)                                                           \
    {                                                                                              \
        uint32_t lin = EA_##class;                                                                 \
        LOADABLE_IN(class, T, lin, host);                                                          \
        CMP_AND_BRANCH(cc, T, AT(T, host), IMM)                                                    \
    }
#define CMP_CLASS(class, T) EACH_COMPARISON(CMP_MEM, T, class)
#define CMP_IMM_CLASS(class, T) EACH_COMPARISON(CMP_MEM_IMM, T, class)
EACH_CLASS(CMP_CLASS, uint32_t)
EACH_CLASS(CMP_CLASS, uint8_t)
EACH_CLASS(CMP_CLASS, low_t)
EACH_CLASS(CMP_IMM_CLASS, uint32_t)
EACH_CLASS(CMP_IMM_CLASS, uint8_t)

/* TEST a, b and the branch behind it. */
#define TEST_AND_BRANCH(cc, T, a, b)                                                               \
    {                                                                                              \
        (void)op_and(T, a, b);                                                                     \
        if (SIGN_##cc)                                                                             \
            TAKE(1);                                                                               \
        GO(ip + 2);                                                                                \
    }
#define TEST_REG(cc, T)                                                                            \
    HANDLER(test_##T##_rr_##cc)                                                                    \
    TEST_AND_BRANCH(cc, T, GET(T, REG_A), GET(T, REG_B))                                           \
    HANDLER(test_##T##_ri_##cc)                                                                    \
    TEST_AND_BRANCH(cc, T, GET(T, REG_A), IMM)
#define TEST_MEM(cc, T, class)                                                                     \
    HANDLER(test_##T##_mi_##class##_##cc)                                                          \
    {                                                                                              \
        uint32_t lin = EA_##class;                                                                 \
        LOADABLE_IN(class, T, lin, host);                                                          \
        TEST_AND_BRANCH(cc, T, AT(T, host), IMM)                                                   \
    }
#define TEST_CLASS(class, T) EACH_SIGN(TEST_MEM, T, class)
EACH_SIGN(TEST_REG, uint32_t)
EACH_SIGN(TEST_REG, uint8_t)
EACH_SIGN(TEST_REG, low_t)
EACH_CLASS(TEST_CLASS, uint32_t)
EACH_CLASS(TEST_CLASS, uint8_t)

/* INC or DEC of a register and the branch behind it. */
#define COUNT_AND_BRANCH(cc, name)                                                                 \
    HANDLER(name##_##cc)                                                                           \
    {                                                                                              \
        REG(uint32_t, REG_A) = op_##name(REG(uint32_t, REG_A));                                    \
        if (SIGN_##cc)                                                                             \
            TAKE(1);                                                                               \
        GO(ip + 2);                                                                                \
    }
EACH_SIGN(COUNT_AND_BRANCH, inc)
EACH_SIGN(COUNT_AND_BRANCH, dec)

/* ADD, SUB or AND of registers or an immediate and the branch behind it. */
#define ALU_AND_BRANCH(cc, name)                                                                   \
    HANDLER(name##_rr_##cc)                                                                        \
    {                                                                                              \
        REG(uint32_t, REG_A) = op_##name(uint32_t, REG(uint32_t, REG_A), REG(uint32_t, REG_B));    \
        if (SIGN_##cc)                                                                             \
            TAKE(1);                                                                               \
        GO(ip + 2);                                                                                \
    }                                                                                              \
    HANDLER(name##_ri_##cc)                                                                        \
    {                                                                                              \
        REG(uint32_t, REG_A) = op_##name(uint32_t, REG(uint32_t, REG_A), IMM);                     \
        if (SIGN_##cc)                                                                             \
            TAKE(1);                                                                               \
        GO(ip + 2);                                                                                \
    }
EACH_SIGN(ALU_AND_BRANCH, add)
EACH_SIGN(ALU_AND_BRANCH, sub)
EACH_SIGN(ALU_AND_BRANCH, and)

/* M(k, n) for the first n records, k counting up. */
#define EACH_OF_1(M, n) M(0, n)
#define EACH_OF_2(M, n) EACH_OF_1(M, n) M(1, n)
#define EACH_OF_3(M, n) EACH_OF_2(M, n) M(2, n)
#define EACH_OF_4(M, n) EACH_OF_3(M, n) M(3, n)
#define STORE_ONE(k, n) RUN_WORD(host, n - 1 - k) = REG(uint32_t, REG_A_OF(k));
#define LOAD_ONE(k, n) REG(uint32_t, REG_A_OF(k)) = RUN_WORD(host, k);

#define PUSH_RUN(n)                                                                                \
    HANDLER(push_run_##n)                                                                          \
    {                                                                                              \
        uint32_t to = c->gpr[ESP] - 4 * n;                                                         \
        RUN_AT(store, STACK_WINDOW, to, n, host);                                                  \
        EACH_OF_##n(STORE_ONE, n) c->gpr[ESP] = to;                                                \
        GO(ip + n);                                                                                \
    }                                                                                              \
    HANDLER(pop_run_##n)                                                                           \
    {                                                                                              \
        uint32_t esp = c->gpr[ESP];                                                                \
        RUN_AT(load, STACK_WINDOW, esp, n, host);                                                  \
        EACH_OF_##n(LOAD_ONE, n) c->gpr[ESP] = esp + 4 * n;                                        \
        GO(ip + n);                                                                                \
    }
PUSH_RUN(2)
PUSH_RUN(3)
PUSH_RUN(4)

/* n POPs and RET. */
#define POP_RET(n)                                                                                 \
    HANDLER(pop_ret_##n)                                                                           \
    {                                                                                              \
        uint32_t esp = c->gpr[ESP];                                                                \
        RUN_AT(load, STACK_WINDOW, esp, n + 1, host);                                              \
        EACH_OF_##n(LOAD_ONE, n) c->gpr[ESP] = esp + 4 * (n + 1) + IMM_OF(n);                      \
        SEARCH(RUN_WORD(host, n));                                                                 \
    }
POP_RET(1)
POP_RET(2)
POP_RET(3)
POP_RET(4)

HANDLER(leave_ret)
{
    uint32_t ebp = c->gpr[EBP];
    RUN_AT(load, WINDOW_OF(EBP), ebp, 2, host);
    c->gpr[EBP] = RUN_WORD(host, 0);
    c->gpr[ESP] = ebp + 8 + IMM_OF(1);
    SEARCH(RUN_WORD(host, 1));
}

/* PUSH EBP, MOV EBP, ESP. */
HANDLER(enter_frame)
{
    uint32_t to = c->gpr[ESP] - 4;
    STORABLE_ON_STACK(uint32_t, to, host);
    AT(uint32_t, host) = c->gpr[EBP];
    c->gpr[ESP] = c->gpr[EBP] = to;
    GO(ip + 2);
}

/* XOR r8, m8 and MOVZX of the result to the whole register, as in table-driven checksums: the byte need not be
   put into the register and taken out again. */
#define XOR_EXTEND(class, unused)                                                                  \
    HANDLER(xor_extend_##class)                                                                    \
    {                                                                                              \
        uint32_t lin = EA_##class;                                                                 \
        LOADABLE_IN(class, uint8_t, lin, host);                                                    \
        REG(uint32_t, REG_A) = op_xor(uint8_t, GET(low_t, REG_A), AT(uint8_t, host));              \
        GO(ip + 2);                                                                                \
    }
EACH_CLASS(XOR_EXTEND, )

static bool is_jcc(unsigned row)
{
    return (row >= 0x70 && row <= 0x7f) || (row >= MAP_0F + 0x80 && row <= MAP_0F + 0x8f);
}

/* The number of a condition whose answer is the same after a logic operation, where OF = CF = 0. */
static unsigned after_logic(unsigned cc)
{
    switch (cc) {
    case CC_be: return CC_e;
    case CC_a: return CC_ne;
    case CC_l: return CC_s;
    case CC_ge: return CC_ns;
    default: return cc;
    }
}

/* Which of three, by the operands: register and register, register and immediate, ... */
enum form { FORM_RR, FORM_RI, FORM_RM, FORM_MR, FORM_MI };

static enum form form_of(const struct rec *r)
{
    const struct opcode *o = &opcodes[r->i.row];
    bool imm = o->src == Ib || o->src == Iv || o->src == Is;
    if (!(r->i.flags & INSN_MEM))
        return imm ? FORM_RI : FORM_RR;
    return imm ? FORM_MI : o->dst == Gb || o->dst == Gv ? FORM_RM : FORM_MR;
}

#define CLASS_TABLE(BY, name)                                                                      \
    {                                                                                              \
        BY(name##_abs), BY(name##_b), BY(name##_x0), BY(name##_x1), BY(name##_x2), BY(name##_x3),  \
            BY(name##_s32), BY(name##_s16), BY(name##_w)                                           \
    }

#define REG_TABLE(name)                                                                            \
    {                                                                                              \
        BY_COMPARISON(name##_0), BY_COMPARISON(name##_1), BY_COMPARISON(name##_2),                 \
            BY_COMPARISON(name##_3), BY_COMPARISON(name##_4), BY_COMPARISON(name##_5),             \
            BY_COMPARISON(name##_6), BY_COMPARISON(name##_7)                                       \
    }

static handler *pick_cmp(struct rec *r, unsigned cc, uint8_t mode)
{
    static handler *const rr[8][CCS] = REG_TABLE(cmp_rr), *const ri[8][CCS] = REG_TABLE(cmp_ri);
    static handler *const rr8[WIDTHS][CCS] = {
        {NULL}, BY_COMPARISON(cmp_uint8_t_rr), BY_COMPARISON(cmp_low_t_rr)};
    static handler *const ri8[WIDTHS][CCS] = {
        {NULL}, BY_COMPARISON(cmp_uint8_t_ri), BY_COMPARISON(cmp_low_t_ri)};
    static handler *const rm[WIDTHS][CLASSES][CCS] = {CLASS_TABLE(BY_COMPARISON, cmp_uint32_t_rm),
                                                      CLASS_TABLE(BY_COMPARISON, cmp_uint8_t_rm),
                                                      CLASS_TABLE(BY_COMPARISON, cmp_low_t_rm)};
    static handler *const mr[WIDTHS][CLASSES][CCS] = {CLASS_TABLE(BY_COMPARISON, cmp_uint32_t_mr),
                                                      CLASS_TABLE(BY_COMPARISON, cmp_uint8_t_mr),
                                                      CLASS_TABLE(BY_COMPARISON, cmp_low_t_mr)};
    static handler *const mi[2][CLASSES][CCS] = {CLASS_TABLE(BY_COMPARISON, cmp_uint32_t_mi),
                                                 CLASS_TABLE(BY_COMPARISON, cmp_uint8_t_mi)};
    bool byte = r->i.size == 1;
    int class = r->i.flags & INSN_MEM ? memory_class(r, mode) : 0;
    if (class < 0)
        return NULL;
    switch (form_of(r)) {
    case FORM_RR: return byte ? rr8[width_of(r, r->a, r->b)][cc] : rr[r->a / 4][cc];
    case FORM_RI: return byte ? ri8[width_of(r, r->a, r->a)][cc] : ri[r->a / 4][cc];
    case FORM_RM: return rm[width_of(r, r->a, r->a)][class][cc];
    case FORM_MR: return mr[width_of(r, r->a, r->a)][class][cc];
    default: return mi[byte][class][cc];
    }
}

static handler *pick_test(struct rec *r, unsigned cc, uint8_t mode)
{
    static handler *const rr[WIDTHS][CCS] = {BY_SIGN(test_uint32_t_rr), BY_SIGN(test_uint8_t_rr),
                                             BY_SIGN(test_low_t_rr)};
    static handler *const ri[WIDTHS][CCS] = {BY_SIGN(test_uint32_t_ri), BY_SIGN(test_uint8_t_ri),
                                             BY_SIGN(test_low_t_ri)};
    static handler *const mi[2][CLASSES][CCS] = {CLASS_TABLE(BY_SIGN, test_uint32_t_mi),
                                                 CLASS_TABLE(BY_SIGN, test_uint8_t_mi)};
    bool byte = r->i.size == 1;
    int class = r->i.flags & INSN_MEM ? memory_class(r, mode) : 0;
    if (class < 0)
        return NULL;
    switch (form_of(r)) {
    case FORM_RR: return rr[width_of(r, r->a, r->b)][cc];
    case FORM_RI: return ri[width_of(r, r->a, r->a)][cc];
    case FORM_MI: return mi[byte][class][cc];
    default: return NULL;
    }
}

static handler *pick_branch(struct rec *r, uint8_t mode)
{
    static handler *const inc[CCS] = BY_SIGN(inc), *const dec[CCS] = BY_SIGN(dec);
    static handler *const alu[3][2][CCS] = {{BY_SIGN(add_rr), BY_SIGN(add_ri)},
                                            {BY_SIGN(sub_rr), BY_SIGN(sub_ri)},
                                            {BY_SIGN(and_rr), BY_SIGN(and_ri)}};
    unsigned row = r->i.row, cc = r[1].i.row & 15;
    if (r->i.size == 2)
        return NULL;
    if (row == 0x84 || row == 0x85 || row == 0xa8 || row == 0xa9 || row == G_F6 || row == G_F7)
        return pick_test(r, after_logic(cc), mode);
    bool map = row < 0x40 && (row & 7) < 6, group = row >= G_80 && row < G_8F;
    unsigned op = map ? row >> 3 : row & 7;
    if ((map || group) && op == 7)
        return pick_cmp(r, cc, mode);
    if (r->i.size != 4 || (r->i.flags & INSN_MEM))
        return NULL;
    if ((row >= 0x40 && row < 0x48) || row == G_FF)
        return inc[cc];
    if ((row >= 0x48 && row < 0x50) || row == G_FF + 1)
        return dec[cc];
    if (!map && !group)
        return NULL;
    bool ri = form_of(r) == FORM_RI;
    return op == 0 ? alu[0][ri][cc] : op == 5 ? alu[1][ri][cc] : op == 4 ? alu[2][ri][cc] : NULL;
}

static bool in_run(const struct rec *r, unsigned first_row)
{
    return r->i.row >= first_row && r->i.row <= first_row + 7 && r->i.row != first_row + ESP &&
           (r->i.flags & INSN_OS32);
}

/* How many of at most n records are PUSHes (0x50) or POPs (0x58) of registers but ESP; at most 4. */
static unsigned run_length(const struct rec *r, unsigned n, unsigned first_row)
{
    unsigned k = 0;
    while (k < n && k < 4 && in_run(&r[k], first_row))
        k++;
    return k;
}

static bool is_ret(const struct rec *r)
{
    return (r->i.row == 0xc2 || r->i.row == 0xc3) && r->fn != h_generic_end;
}

static handler *pick_run(const struct rec *r, unsigned n)
{
    static handler *const push[5] = {[2] = push_run_2, push_run_3, push_run_4};
    static handler *const pop[5] = {[2] = pop_run_2, pop_run_3, pop_run_4};
    static handler *const pop_ret[5] = {[1] = pop_ret_1, pop_ret_2, pop_ret_3, pop_ret_4};
    unsigned pushes = run_length(r, n, 0x50), pops = run_length(r, n, 0x58);
    bool mov_frame = r[1].i.row == 0x89 || r[1].i.row == 0x8b;
    if (pushes == 1 && r->i.reg == EBP * 4 && mov_frame && r[1].i.size == 4 &&
        !(r[1].i.flags & INSN_MEM) && (r[1].i.row == 0x89 ? r[1].i.rm : r[1].i.reg) == EBP * 4 &&
        (r[1].i.row == 0x89 ? r[1].i.reg : r[1].i.rm) == ESP * 4)
        return enter_frame;
    if (pops && pops < n && is_ret(&r[pops]))
        return pop_ret[pops];
    return pushes ? push[pushes] : pop[pops];
}

static handler *pick_xor_extend(struct rec *r, uint8_t mode)
{
    static handler *const fused[CLASSES] = BY_CLASS(xor_extend);
    int class = memory_class(r, mode);
    bool same = r[1].i.reg == r->a && r[1].i.rm == r->a && !(r[1].i.flags & INSN_MEM);
    if (class < 0 || !same || r[1].i.size != 4 || width_of(r, r->a, r->a) != WIDTH_LOW)
        return NULL;
    return fused[class];
}

handler *pick_fused(struct rec *r, unsigned n, uint8_t mode)
{
    const uint8_t stack = MODE_STACK32 | MODE_FLAT_SS;
    if (n < 2 || r->fn == h_generic || r->fn == h_generic_end || r[1].fn == h_generic ||
        r[1].fn == h_generic_end || r->fn == h_careful || r[1].fn == h_careful)
        return NULL;
    if (is_jcc(r[1].i.row))
        return pick_branch(r, mode);
    if (r->i.row == 0x32 && (r->i.flags & INSN_MEM) && r[1].i.row == MAP_0F + 0xb6)
        return pick_xor_extend(r, mode);
    if ((mode & stack) != stack || !(r->i.flags & INSN_OS32))
        return NULL;
    if (r->i.row == 0xc9)
        return is_ret(&r[1]) ? leave_ret : NULL;
    return pick_run(r, n);
}
