/* SPDX-License-Identifier: MIT */
/*
 * test_alu.c - results and defined flags of sums, logic, shifts and rotates in every width, and
 * the sixteen conditions, against the manual's definition written out in C.
 *
 * Source: Intel 80386 Programmer's Reference Manual, chapter 17; shift counts at or above the
 * operand size and the other undefined flags: as the current SDM volume 2 says.
 */
#include "alu.h"

static u32 sum(struct state *s, u32 a, u32 b, u32 carry, unsigned bits)
{
    u32 m = mask_of(bits);
    u64 wide = (u64)(a & m) + (b & m) + carry;
    u32 r = (u32)wide & m;
    u32 f = szp(r, bits);

    f |= wide >> bits & 1 ? CF : 0;
    f |= (a & 15) + (b & 15) + carry > 15 ? AF : 0;
    f |= top(a, bits) == top(b, bits) && top(r, bits) != top(a, bits) ? OF : 0;
    set_flags(s, ARITH, f);
    return r;
}

static u32 difference(struct state *s, u32 a, u32 b, u32 borrow, unsigned bits)
{
    u32 m = mask_of(bits);
    u32 r = (a - b - borrow) & m;
    u32 f = szp(r, bits);

    f |= (u64)(a & m) < (u64)(b & m) + borrow ? CF : 0;
    f |= (a & 15) < (b & 15) + borrow ? AF : 0;
    f |= top(a, bits) != top(b, bits) && top(r, bits) != top(a, bits) ? OF : 0;
    set_flags(s, ARITH, f);
    return r;
}

static u32 logic(struct state *s, u32 r, unsigned bits)
{
    set_flags(s, ARITH, szp(r, bits));
    s->undef = AF;
    return r;
}

#define REF(name, expr)                                                                            \
    static void ref_##name(struct state *s, unsigned bits)                                         \
    {                                                                                              \
        s->a = keep(s->a, expr, bits);                                                             \
    }
REF(add, sum(s, s->a, s->b, 0, bits))
REF(adc, sum(s, s->a, s->b, s->flags &CF, bits))
REF(sub, difference(s, s->a, s->b, 0, bits))
REF(sbb, difference(s, s->a, s->b, s->flags &CF, bits))
REF(and, logic(s, s->a & s->b, bits))
REF(or, logic(s, s->a | s->b, bits))
REF(xor, logic(s, s->a ^ s->b, bits))
REF(not, ~s->a)
REF(neg, difference(s, 0, s->a, 0, bits))

static void ref_cmp(struct state *s, unsigned bits)
{
    difference(s, s->a, s->b, 0, bits);
}

static void ref_test(struct state *s, unsigned bits)
{
    logic(s, s->a & s->b, bits);
}

static void ref_inc(struct state *s, unsigned bits)
{
    u32 carry = s->flags & CF;

    s->a = keep(s->a, sum(s, s->a, 1, 0, bits), bits);
    set_flags(s, CF, carry);
}

static void ref_dec(struct state *s, unsigned bits)
{
    u32 carry = s->flags & CF;

    s->a = keep(s->a, difference(s, s->a, 1, 0, bits), bits);
    set_flags(s, CF, carry);
}

/* One bit at a time, as the manual's definition of shifts and rotates does. */
enum kind { ROL, ROR, RCL, RCR, SHL, SHR, SAR };

static void shift(struct state *s, unsigned bits, enum kind kind)
{
    u32 count = s->b & 31, m = mask_of(bits), v = s->a & m, old = v, carry = s->flags & CF;

    if (count == 0)
        return;
    for (u32 i = 0; i < count; i++) {
        u32 in = carry;

        if (kind == ROL || kind == RCL || kind == SHL) {
            carry = top(v, bits);
            in = kind == ROL ? carry : kind == RCL ? in : 0;
            v = (v << 1 | in) & m;
        } else {
            carry = v & 1;
            in = kind == ROR ? carry : kind == RCR ? in : kind == SHR ? 0 : top(v, bits);
            v = v >> 1 | in << (bits - 1);
        }
    }
    if (kind == SHL || kind == SHR || kind == SAR) {
        set_flags(s, SF | ZF | PF, szp(v, bits));
        s->undef |= AF;
        if (count >= bits && kind != SAR)
            s->undef |= CF;
    }
    set_flags(s, CF, carry);
    if (kind == ROL || kind == RCL || kind == SHL)
        set_flags(s, OF, (top(v, bits) ^ carry) ? OF : 0);
    else if (kind == ROR || kind == RCR)
        set_flags(s, OF, ((v >> (bits - 1) ^ v >> (bits - 2)) & 1) ? OF : 0);
    else
        set_flags(s, OF, kind == SHR && top(old, bits) ? OF : 0);
    if (count != 1)
        s->undef |= OF;
    s->a = keep(s->a, v, bits);
}

#define REF_SHIFT(name, kind)                                                                      \
    static void ref_##name(struct state *s, unsigned bits)                                         \
    {                                                                                              \
        shift(s, bits, kind);                                                                      \
    }
REF_SHIFT(rol, ROL)
REF_SHIFT(ror, ROR)
REF_SHIFT(rcl, RCL)
REF_SHIFT(rcr, RCR)
REF_SHIFT(shl, SHL)
REF_SHIFT(shr, SHR)
REF_SHIFT(sar, SAR)

static void double_shift(struct state *s, unsigned bits, int left)
{
    u32 count = s->c & 31, m = mask_of(bits), v = s->a & m, from = s->b & m, old = v, carry = 0;

    if (count == 0)
        return;
    if (count > bits) { /* result and flags undefined */
        s->undef = ARITH;
        s->undef_result = 1;
        return;
    }
    for (u32 i = 0; i < count; i++) {
        if (left) {
            carry = top(v, bits);
            v = (v << 1 | top(from, bits)) & m;
            from = from << 1 & m;
        } else {
            carry = v & 1;
            v = v >> 1 | (from & 1) << (bits - 1);
            from >>= 1;
        }
    }
    set_flags(s, SF | ZF | PF, szp(v, bits));
    set_flags(s, CF, carry);
    set_flags(s, OF, top(v, bits) != top(old, bits) ? OF : 0);
    s->undef = AF | (count == 1 ? 0 : OF);
    s->a = keep(s->a, v, bits);
}

static void ref_shld(struct state *s, unsigned bits)
{
    double_shift(s, bits, 1);
}

static void ref_shrd(struct state *s, unsigned bits)
{
    double_shift(s, bits, 0);
}

/* clang-format off */
#define RUN_ONE(op) RUN(op##8, #op "b %%al") RUN(op##16, #op "w %%ax") RUN(op##32, #op "l %%eax")
#define RUN_COUNT(op)                                                                              \
    RUN(op##8, "movb %%dl, %%cl; " #op "b %%cl, %%al")                                             \
    RUN(op##16, "movb %%dl, %%cl; " #op "w %%cl, %%ax")                                            \
    RUN(op##32, "movb %%dl, %%cl; " #op "l %%cl, %%eax")                                           \
    RUN(op##_one8, #op "b %%al") RUN(op##_one16, #op "w %%ax") RUN(op##_one32, #op "l %%eax")
#define RUN_DOUBLE(op) RUN(op##16, #op "w %%cl, %%dx, %%ax") RUN(op##32, #op "l %%cl, %%edx, %%eax")

RUN_BINARY(add)
RUN_BINARY(adc)
RUN_BINARY(sub)
RUN_BINARY(sbb)
RUN_BINARY(and)
RUN_BINARY(or)
RUN_BINARY(xor)
RUN_BINARY(cmp)
RUN_BINARY(test)
RUN_ONE(inc)
RUN_ONE(dec)
RUN_ONE(not )
RUN_ONE(neg)
RUN_COUNT(rol)
RUN_COUNT(ror)
RUN_COUNT(rcl)
RUN_COUNT(rcr)
RUN_COUNT(shl)
RUN_COUNT(shr)
RUN_COUNT(sar)
RUN_DOUBLE(shld)
RUN_DOUBLE(shrd)

#define ROW_SHIFT(op) {#op " r8, cl", 8, run_##op##8, ref_##op, SHIFT}, \
    {#op " r16, cl", 16, run_##op##16, ref_##op, SHIFT}, \
    {#op " r32, cl", 32, run_##op##32, ref_##op, SHIFT}, \
    {#op " r8, 1", 8, run_##op##_one8, ref_##op, ONE}, \
    {#op " r16, 1", 16, run_##op##_one16, ref_##op, ONE}, \
    {#op " r32, 1", 32, run_##op##_one32, ref_##op, ONE}

static const struct operation operations[] = {
    ROW3(add, BINARY), ROW3(adc, BINARY), ROW3(sub, BINARY), ROW3(sbb, BINARY),
    ROW3(and, BINARY), ROW3(or, BINARY), ROW3(xor, BINARY), ROW3(cmp, BINARY),
    ROW3(test, BINARY), ROW3(inc, BINARY), ROW3(dec, BINARY), ROW3(not, BINARY),
    ROW3(neg, BINARY),
    ROW_SHIFT(rol), ROW_SHIFT(ror), ROW_SHIFT(rcl), ROW_SHIFT(rcr),
    ROW_SHIFT(shl), ROW_SHIFT(shr), ROW_SHIFT(sar),
    ROW2(shld, DOUBLE), ROW2(shrd, DOUBLE),
};
/* clang-format on */

/* Every condition with every state of CF, PF, ZF, SF, OF, by SETcc, Jcc rel8 and Jcc rel32. */
static int condition(u32 n, u32 f)
{
    u32 c = !!(f & CF), z = !!(f & ZF), s = !!(f & SF), o = !!(f & OF), p = !!(f & PF);
    const u32 holds[8] = {o, c, z, c | z, s, p, s ^ o, (s ^ o) | z};

    return (int)(holds[n >> 1] ^ (n & 1));
}

static void check_conditions(void)
{
    static const u32 bits[5] = {CF, PF, ZF, SF, OF};
    static const char *const set_names[16] = {"seto",  "setno", "setc",  "setnc", "setz", "setnz",
                                              "setbe", "seta",  "sets",  "setns", "setp", "setnp",
                                              "setl",  "setge", "setle", "setg"};
    static const char *const jump_names[16] = {"jo", "jno", "jc", "jnc", "jz", "jnz", "jbe", "ja",
                                               "js", "jns", "jp", "jnp", "jl", "jge", "jle", "jg"};
    u32 set[16] = {0}, jump[16] = {0}, want[16] = {0};

    for (u32 i = 0; i < 32; i++) {
        u32 f = 2;
        u8 out[16];
        u32 taken = 0;

        for (u32 b = 0; b < 5; b++)
            f |= i >> b & 1 ? bits[b] : 0;
#define SET(n, cc) "set" #cc " " #n "(%1)\n\t"
        __asm__ volatile("pushl %0; popfl\n\t" SET(0, o) SET(1, no) SET(2, c) SET(3, nc) SET(4, z)
                             SET(5, nz) SET(6, be) SET(7, a) SET(8, s) SET(9, ns) SET(10, p)
                                 SET(11, np) SET(12, l) SET(13, ge) SET(14, le) SET(15, g)
                         :
                         : "r"(f), "r"(out)
                         : "cc", "memory");
        /* LEA changes no flags: the bit is added only on the taken side. */
#define JUMP(n, cc)                                                                                \
    "j" #cc " 1f; jmp 2f; 1: lea 1<<" #n "(%0), %0; 2:\n\t.byte 0x0f, 0x80+" #n                    \
    "; .long 4f-3f; 3: jmp 5f; 4: lea 0x10000<<" #n "(%0), %0; 5:\n\t"
        __asm__ volatile("pushl %1; popfl\n\t" JUMP(0, o) JUMP(1, no) JUMP(2, c) JUMP(3, nc)
                             JUMP(4, z) JUMP(5, nz) JUMP(6, be) JUMP(7, a) JUMP(8, s) JUMP(9, ns)
                                 JUMP(10, p) JUMP(11, np) JUMP(12, l) JUMP(13, ge) JUMP(14, le)
                                     JUMP(15, g)
                         : "+r"(taken)
                         : "r"(f)
                         : "cc");
        for (u32 n = 0; n < 16; n++) {
            want[n] |= (u32)condition(n, f) << i;
            set[n] |= (u32)(out[n] == 1) << i;
            jump[n] |= (u32)((taken >> n & 1) && (taken >> (n + 16) & 1)) << i;
        }
    }
    for (u32 n = 0; n < 16; n++) {
        rt_report_eq(set_names[n], set[n], want[n]);
        rt_report_eq(jump_names[n], jump[n], want[n]);
    }
}

void test_main(void)
{
    for (u32 i = 0; i < sizeof operations / sizeof operations[0]; i++)
        alu_check(&operations[i]);
    check_conditions();
}
