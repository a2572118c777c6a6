/* SPDX-License-Identifier: MIT */
/*
 * test_alu.c - results and defined flags of the arithmetic instructions, every operation in
 * every width over a grid of operands, against the manual's definition written out in C with
 * plain 64-bit sums and bit loops (never with the flags of the machine under test).
 *
 * Source: Intel 80386 Programmer's Reference Manual, chapter 17; shift counts at or above the
 * operand size and the other undefined flags: as the current SDM volume 2 says.
 */
#include "rt.h"

#define CF 0x001u
#define PF 0x004u
#define AF 0x010u
#define ZF 0x040u
#define SF 0x080u
#define OF 0x800u
#define ARITH (CF | PF | AF | ZF | SF | OF)

/* What goes in and comes out. c is the count of a double shift, the carry lives in flags. */
struct state {
    u32 a;     /* EAX, the destination */
    u32 b;     /* EDX, the source (or the high half) */
    u32 c;     /* ECX */
    u32 flags; /* EFLAGS */
    u32 undef; /* set by the definition: flags that the manual leaves undefined */
};

struct operation {
    const char *name;
    unsigned bits;                               /* operand size */
    void (*run)(struct state *s);                /* the instruction */
    void (*ref)(struct state *s, unsigned bits); /* its definition */
    enum grid { BINARY, SHIFT, DOUBLE, ONE, DIVIDE } grid;
};

static u32 mask_of(unsigned bits)
{
    return bits == 32 ? 0xffffffffu : (1u << bits) - 1;
}

static u32 keep(u32 old, u32 value, unsigned bits)
{
    return (old & ~mask_of(bits)) | (value & mask_of(bits));
}

static u32 top(u32 v, unsigned bits)
{
    return v >> (bits - 1) & 1;
}

/* SF, ZF and PF of a result. */
static u32 szp(u32 v, unsigned bits)
{
    u32 ones = 0;

    for (int i = 0; i < 8; i++)
        ones += v >> i & 1;
    return (top(v, bits) ? SF : 0) | ((v & mask_of(bits)) == 0 ? ZF : 0) | (ones & 1 ? 0 : PF);
}

static void set_flags(struct state *s, u32 which, u32 value)
{
    s->flags = (s->flags & ~which) | (value & which);
}

/* ---- definitions ---- */

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
        s->a = 0;
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

/* Product of two non-negative numbers by shift and add. */
static u64 product(u32 a, u32 b)
{
    u64 r = 0, wide = a;

    for (int i = 0; i < 32; i++) {
        if (b >> i & 1)
            r += wide;
        wide += wide;
    }
    return r;
}

static u32 sign_extend(u32 v, unsigned bits)
{
    return top(v, bits) ? v | ~mask_of(bits) : v & mask_of(bits);
}

static u64 signed_product(u32 a, u32 b)
{
    u64 r = product(a & 0x80000000u ? -a : a, b & 0x80000000u ? -b : b);

    return (a ^ b) & 0x80000000u ? -r : r;
}

/* Puts a double-width product into AX, DX:AX or EDX:EAX. */
static void put_wide(struct state *s, u64 r, unsigned bits)
{
    if (bits == 8) {
        s->a = keep(s->a, (u32)r, 16);
    } else {
        s->a = keep(s->a, (u32)r, bits);
        s->b = keep(s->b, (u32)(r >> bits), bits);
    }
}

static void ref_mul(struct state *s, unsigned bits)
{
    u64 r = product(s->a & mask_of(bits), s->b & mask_of(bits));

    put_wide(s, r, bits);
    set_flags(s, CF | OF, r >> bits ? CF | OF : 0);
    s->undef = SF | ZF | AF | PF;
}

static void ref_imul(struct state *s, unsigned bits)
{
    u64 r = signed_product(sign_extend(s->a, bits), sign_extend(s->b, bits));
    u32 low = sign_extend((u32)r, bits);
    u64 fits = (u64)low | (low & 0x80000000u ? (u64)0xffffffffu << 32 : 0);

    put_wide(s, r, bits);
    set_flags(s, CF | OF, fits == r ? 0 : CF | OF);
    s->undef = SF | ZF | AF | PF;
}

static void ref_imul2(struct state *s, unsigned bits)
{
    u32 high = s->b;

    ref_imul(s, bits);
    s->b = high;
}

static void ref_imul3(struct state *s, unsigned bits)
{
    u32 source = s->b;

    s->a = keep(s->a, (u32)-77, bits);
    ref_imul(s, bits);
    s->b = source;
}

static void ref_bsf(struct state *s, unsigned bits)
{
    u32 n = 0;

    s->undef = ARITH & ~ZF;
    set_flags(s, ZF, (s->b & mask_of(bits)) == 0 ? ZF : 0);
    if (s->flags & ZF) {
        s->a = 0xdead; /* undefined: the runner does not compare it */
        return;
    }
    while (!(s->b >> n & 1))
        n++;
    s->a = keep(s->a, n, bits);
}

static void ref_bsr(struct state *s, unsigned bits)
{
    u32 n = bits - 1;

    ref_bsf(s, bits);
    if (s->flags & ZF)
        return;
    while (!(s->b >> n & 1))
        n--;
    s->a = keep(s->a, n, bits);
}

static void bit_test(struct state *s, unsigned bits, u32 (*change)(u32 v, u32 bit))
{
    u32 bit = 1u << (s->b & (bits - 1));

    set_flags(s, CF, s->a & bit ? CF : 0);
    s->undef = ARITH & ~(CF | ZF);
    s->undef |= ZF; /* the 386 manual calls it undefined, later ones unchanged */
    s->a = keep(s->a, change(s->a, bit), bits);
}

static u32 bit_same(u32 v, u32 bit)
{
    (void)bit;
    return v;
}

static u32 bit_set(u32 v, u32 bit)
{
    return v | bit;
}

static u32 bit_clear(u32 v, u32 bit)
{
    return v & ~bit;
}

static u32 bit_flip(u32 v, u32 bit)
{
    return v ^ bit;
}

#define REF_BIT(name, change)                                                                      \
    static void ref_##name(struct state *s, unsigned bits)                                         \
    {                                                                                              \
        bit_test(s, bits, change);                                                                 \
    }
REF_BIT(bt, bit_same)
REF_BIT(bts, bit_set)
REF_BIT(btr, bit_clear)
REF_BIT(btc, bit_flip)

static void adjust(struct state *s, int subtract)
{
    u32 al = s->a & 0xff, carry = s->flags & CF, f = 0, r = al;

    if ((al & 15) > 9 || s->flags & AF) {
        r = subtract ? r - 6 : r + 6;
        f |= AF | (carry ? CF : 0) | (subtract && al < 6 ? CF : 0) |
             (!subtract && al > 0xf9 ? CF : 0);
    }
    if (al > 0x99 || carry) {
        r = subtract ? r - 0x60 : r + 0x60;
        f |= CF;
    } else if (!subtract) {
        f &= ~CF;
    }
    set_flags(s, ARITH & ~OF, f | szp(r & 0xff, 8));
    s->undef = OF;
    s->a = keep(s->a, r, 8);
}

static void ref_daa(struct state *s, unsigned bits)
{
    (void)bits;
    adjust(s, 0);
}

static void ref_das(struct state *s, unsigned bits)
{
    (void)bits;
    adjust(s, 1);
}

/* AX + 106h as one sum: what the 80386 and everything after it do with a carry out of AL. */
static void ref_aaa(struct state *s, unsigned bits)
{
    u32 ax = s->a & 0xffff, hit = (ax & 15) > 9 || s->flags & AF;

    (void)bits;
    ax = hit ? ax + 0x106 : ax;
    s->a = keep(s->a, ax & 0xff0f, 16);
    set_flags(s, AF | CF, hit ? AF | CF : 0);
    s->undef = OF | SF | ZF | PF;
}

static void ref_aas(struct state *s, unsigned bits)
{
    u32 ax = s->a & 0xffff, hit = (ax & 15) > 9 || s->flags & AF;

    (void)bits;
    ax = hit ? ax - 0x106 : ax;
    s->a = keep(s->a, ax & 0xff0f, 16);
    set_flags(s, AF | CF, hit ? AF | CF : 0);
    s->undef = OF | SF | ZF | PF;
}

static void ref_aam(struct state *s, unsigned bits)
{
    u32 al = s->a & 0xff, tens = 0;

    (void)bits;
    for (; al >= 10; al -= 10)
        tens++;
    s->a = keep(s->a, tens << 8 | al, 16);
    set_flags(s, SF | ZF | PF, szp(al, 8));
    s->undef = OF | AF | CF;
}

static void ref_aad(struct state *s, unsigned bits)
{
    u32 al = s->a & 0xff, ah = s->a >> 8 & 0xff;

    (void)bits;
    for (; ah > 0; ah--)
        al += 10;
    s->a = keep(s->a, al & 0xff, 16);
    set_flags(s, SF | ZF | PF, szp(al & 0xff, 8));
    s->undef = OF | AF | CF;
}

static void ref_cbw(struct state *s, unsigned bits)
{
    (void)bits;
    s->a = keep(s->a, sign_extend(s->a, 8), 16);
}

static void ref_cwde(struct state *s, unsigned bits)
{
    (void)bits;
    s->a = sign_extend(s->a, 16);
}

static void ref_cwd(struct state *s, unsigned bits)
{
    s->b = keep(s->b, top(s->a, bits) ? mask_of(bits) : 0, bits);
}

static void ref_movsx8(struct state *s, unsigned bits)
{
    s->a = keep(s->a, sign_extend(s->b, 8), bits);
}

static void ref_movsx16(struct state *s, unsigned bits)
{
    s->a = keep(s->a, sign_extend(s->b, 16), bits);
}

static void ref_movzx8(struct state *s, unsigned bits)
{
    s->a = keep(s->a, s->b & 0xff, bits);
}

static void ref_movzx16(struct state *s, unsigned bits)
{
    s->a = keep(s->a, s->b & 0xffff, bits);
}

static void ref_xchg(struct state *s, unsigned bits)
{
    u32 a = s->a;

    s->a = keep(s->a, s->b, bits);
    s->b = keep(s->b, a, bits);
}

static void ref_lahf(struct state *s, unsigned bits)
{
    (void)bits;
    s->a = (s->a & 0xffff00ffu) | ((s->flags & (SF | ZF | AF | PF | CF)) | 2) << 8;
}

static void ref_sahf(struct state *s, unsigned bits)
{
    (void)bits;
    set_flags(s, SF | ZF | AF | PF | CF, s->a >> 8);
}

/* Divisions are checked backwards: quotient * divisor + remainder. The grid avoids #DE. */
static void ref_div(struct state *s, unsigned bits)
{
    (void)bits;
    s->undef = ARITH;
}

/* ---- the instructions: EAX, EDX, ECX and EFLAGS as given ---- */

#define RUN(id, text)                                                                              \
    static void run_##id(struct state *s)                                                          \
    {                                                                                              \
        u32 a = s->a, b = s->b, c = s->c, f = s->flags;                                            \
                                                                                                   \
        __asm__ volatile("pushl %3; popfl; " text "; pushfl; popl %3"                              \
                         : "+a"(a), "+d"(b), "+c"(c), "+S"(f)                                      \
                         :                                                                         \
                         : "cc", "memory");                                                        \
        s->a = a;                                                                                  \
        s->b = b;                                                                                  \
        s->c = c;                                                                                  \
        s->flags = f;                                                                              \
    }
#define RUN_BINARY(op)                                                                             \
    RUN(op##8, #op "b %%dl, %%al") RUN(op##16, #op "w %%dx, %%ax") RUN(op##32, #op "l %%edx, "     \
                                                                                   "%%eax")
#define RUN_ONE(op) RUN(op##8, #op "b %%al") RUN(op##16, #op "w %%ax") RUN(op##32, #op "l %%eax")
#define RUN_COUNT(op)                                                                              \
    RUN(op##8, "movb %%dl, %%cl; " #op "b %%cl, %%al")                                             \
    RUN(op##16, "movb %%dl, %%cl; " #op "w %%cl, %%ax")                                            \
    RUN(op##32, "movb %%dl, %%cl; " #op "l %%cl, %%eax")                                           \
    RUN(op##_one8, #op "b %%al") RUN(op##_one16, #op "w %%ax") RUN(op##_one32, #op "l %%eax")
#define RUN_WORDS(op) RUN(op##16, #op "w %%dx, %%ax") RUN(op##32, #op "l %%edx, %%eax")
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
RUN_BINARY(xchg)
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
RUN(mul8, "mulb %%dl")
RUN(mul16, "mulw %%dx")
RUN(mul32, "mull %%edx")
RUN(imul8, "imulb %%dl")
RUN(imul16, "imulw %%dx")
RUN(imul32, "imull %%edx")
RUN(imul2_16, "imulw %%dx, %%ax")
RUN(imul2_32, "imull %%edx, %%eax")
RUN(imul3_16, "imulw $-77, %%dx, %%ax")
RUN(imul3_32, "imull $-77, %%edx, %%eax")
RUN_WORDS(bsf)
RUN_WORDS(bsr)
RUN_WORDS(bt)
RUN_WORDS(bts)
RUN_WORDS(btr)
RUN_WORDS(btc)
RUN(daa, "daa")
RUN(das, "das")
RUN(aaa, "aaa")
RUN(aas, "aas")
RUN(aam, "aam")
RUN(aad, "aad")
RUN(cbw, "cbtw")
RUN(cwde, "cwtl")
RUN(cwd, "cwtd")
RUN(cdq, "cltd")
RUN(movsx8_16, "movsbw %%dl, %%ax")
RUN(movsx8_32, "movsbl %%dl, %%eax")
RUN(movsx16_32, "movswl %%dx, %%eax")
RUN(movzx8_16, "movzbw %%dl, %%ax")
RUN(movzx8_32, "movzbl %%dl, %%eax")
RUN(movzx16_32, "movzwl %%dx, %%eax")
RUN(lahf, "lahf")
RUN(sahf, "sahf")
RUN(div8, "divb %%cl")
RUN(div16, "divw %%cx")
RUN(div32, "divl %%ecx")
RUN(idiv8, "idivb %%cl")
RUN(idiv16, "idivw %%cx")
RUN(idiv32, "idivl %%ecx")

/* clang-format off */
#define ROW3(op, grid) {#op " r8", 8, run_##op##8, ref_##op, grid}, \
    {#op " r16", 16, run_##op##16, ref_##op, grid}, {#op " r32", 32, run_##op##32, ref_##op, grid}
#define ROW2(op, grid) {#op " r16", 16, run_##op##16, ref_##op, grid}, \
    {#op " r32", 32, run_##op##32, ref_##op, grid}
#define ROW_SHIFT(op) {#op " r8, cl", 8, run_##op##8, ref_##op, SHIFT}, \
    {#op " r16, cl", 16, run_##op##16, ref_##op, SHIFT}, \
    {#op " r32, cl", 32, run_##op##32, ref_##op, SHIFT}, \
    {#op " r8, 1", 8, run_##op##_one8, ref_##op, ONE}, \
    {#op " r16, 1", 16, run_##op##_one16, ref_##op, ONE}, \
    {#op " r32, 1", 32, run_##op##_one32, ref_##op, ONE}

static const struct operation operations[] = {
    ROW3(add, BINARY), ROW3(adc, BINARY), ROW3(sub, BINARY), ROW3(sbb, BINARY),
    ROW3(and, BINARY), ROW3(or, BINARY), ROW3(xor, BINARY), ROW3(cmp, BINARY),
    ROW3(test, BINARY), ROW3(xchg, BINARY),
    ROW3(inc, BINARY), ROW3(dec, BINARY), ROW3(not, BINARY), ROW3(neg, BINARY),
    ROW_SHIFT(rol), ROW_SHIFT(ror), ROW_SHIFT(rcl), ROW_SHIFT(rcr),
    ROW_SHIFT(shl), ROW_SHIFT(shr), ROW_SHIFT(sar),
    ROW2(shld, DOUBLE), ROW2(shrd, DOUBLE),
    ROW3(mul, BINARY), ROW3(imul, BINARY),
    {"imul r16, r16", 16, run_imul2_16, ref_imul2, BINARY},
    {"imul r32, r32", 32, run_imul2_32, ref_imul2, BINARY},
    {"imul r16, r16, imm8", 16, run_imul3_16, ref_imul3, BINARY},
    {"imul r32, r32, imm8", 32, run_imul3_32, ref_imul3, BINARY},
    ROW2(bsf, BINARY), ROW2(bsr, BINARY), ROW2(bt, BINARY), ROW2(bts, BINARY),
    ROW2(btr, BINARY), ROW2(btc, BINARY),
    {"daa", 8, run_daa, ref_daa, BINARY}, {"das", 8, run_das, ref_das, BINARY},
    {"aaa", 16, run_aaa, ref_aaa, BINARY}, {"aas", 16, run_aas, ref_aas, BINARY},
    {"aam", 16, run_aam, ref_aam, BINARY}, {"aad", 16, run_aad, ref_aad, BINARY},
    {"cbw", 16, run_cbw, ref_cbw, BINARY}, {"cwde", 32, run_cwde, ref_cwde, BINARY},
    {"cwd", 16, run_cwd, ref_cwd, BINARY}, {"cdq", 32, run_cdq, ref_cwd, BINARY},
    {"movsx r16, r8", 16, run_movsx8_16, ref_movsx8, BINARY},
    {"movsx r32, r8", 32, run_movsx8_32, ref_movsx8, BINARY},
    {"movsx r32, r16", 32, run_movsx16_32, ref_movsx16, BINARY},
    {"movzx r16, r8", 16, run_movzx8_16, ref_movzx8, BINARY},
    {"movzx r32, r8", 32, run_movzx8_32, ref_movzx8, BINARY},
    {"movzx r32, r16", 32, run_movzx16_32, ref_movzx16, BINARY},
    {"lahf", 16, run_lahf, ref_lahf, BINARY}, {"sahf", 16, run_sahf, ref_sahf, BINARY},
    ROW3(div, DIVIDE),
    {"idiv r8", 8, run_idiv8, ref_div, DIVIDE}, {"idiv r16", 16, run_idiv16, ref_div, DIVIDE},
    {"idiv r32", 32, run_idiv32, ref_div, DIVIDE},
};

static const u32 values[] = {
    0x00000000, 0x00000001, 0x00000002, 0x00000005, 0x00000009, 0x0000000a, 0x0000000f, 0x00000010,
    0x00000019, 0x0000007e, 0x0000007f, 0x00000080, 0x00000081, 0x00000099, 0x0000009a, 0x000000f9,
    0x000000fa, 0x000000ff, 0x00000100, 0x00000999, 0x00001234, 0x00007fff, 0x00008000, 0x00008001,
    0x0000fffe, 0x0000ffff, 0x00010000, 0x00018000, 0x12345678, 0x55555555, 0x7ffffffe, 0x7fffffff,
    0x80000000, 0x80000001, 0xaaaaaaaa, 0xdeadbeef, 0xfedcba98, 0xffff0000, 0xffff8000, 0xffffff80,
    0xffffffff,
};
/* clang-format on */
#define VALUES (sizeof values / sizeof values[0])

static int compare(const struct operation *op, const struct state *in)
{
    struct state got = *in, want = *in;
    int free_result;

    want.undef = 0;
    op->ref(&want, op->bits);
    op->run(&got);
    /* Undefined results: double shifts beyond the size, bit scans of zero. */
    free_result =
        want.undef == ARITH || ((op->ref == ref_bsf || op->ref == ref_bsr) && want.flags & ZF);
    if ((free_result || got.a == want.a) && got.b == want.b &&
        ((got.flags ^ want.flags) & ARITH & ~want.undef) == 0)
        return 1;
    rt_puts("     a ");
    rt_puthex(in->a);
    rt_puts(" b ");
    rt_puthex(in->b);
    rt_puts(" c ");
    rt_puthex(in->c);
    rt_puts(" flags ");
    rt_puthex(in->flags);
    rt_puts(" gives a ");
    rt_puthex(got.a);
    rt_puts(" b ");
    rt_puthex(got.b);
    rt_puts(" flags ");
    rt_puthex(got.flags & ARITH & ~want.undef);
    rt_puts(", must be a ");
    rt_puthex(want.a);
    rt_puts(" b ");
    rt_puthex(want.b);
    rt_puts(" flags ");
    rt_puthex(want.flags & ARITH & ~want.undef);
    rt_puts("\n");
    return 0;
}

/* dividend = quotient * divisor + remainder, from operands built the other way round. */
static int divide(const struct operation *op, u32 q, u32 d, u32 r)
{
    u32 m = mask_of(op->bits), is_signed = op->name[0] == 'i';
    struct state s = {0, 0, 0, 2, 0};
    u64 n;

    if (is_signed) {
        q = sign_extend(q, op->bits);
        d = sign_extend(d, op->bits);
        n = signed_product(q, d);
        r &= m >> 1;
        /* The remainder has the sign of the dividend and is smaller than the divisor. */
        u32 size = d & 0x80000000u ? -d : d;

        if (d == 0 || q == 0)
            return 1;
        while (r >= size)
            r >>= 1;
        if (n >> 63)
            r = -r;
        n += (u64)r | (r & 0x80000000u ? (u64)0xffffffffu << 32 : 0);
    } else {
        q &= m;
        d &= m;
        r &= m;
        if (d == 0)
            return 1;
        while (r >= d)
            r >>= 1;
        n = product(q, d) + r;
    }
    s.a = op->bits == 8 ? (u32)n & 0xffff : (u32)n & m;
    s.b = op->bits == 8 ? 0 : (u32)(n >> op->bits) & m;
    s.c = d;
    op->run(&s);
    if (op->bits == 8 ? s.a == ((r & m) << 8 | (q & m)) : s.a == (q & m) && s.b == (r & m))
        return 1;
    rt_puts("     wrong quotient or remainder of divisor ");
    rt_puthex(d);
    rt_puts(", quotient must be ");
    rt_puthex(q & m);
    rt_puts("\n");
    return 0;
}

static int check_grid(const struct operation *op)
{
    for (u32 i = 0; i < VALUES; i++) {
        for (u32 j = 0; j < VALUES; j++) {
            if (op->grid == DIVIDE) {
                if (!divide(op, values[i], values[j], values[(i + j) % VALUES]))
                    return 0;
                continue;
            }
            for (u32 f = 0; f < 4; f++) {
                struct state s = {values[i], values[j], 0x1f0, 2, 0};

                s.flags |= (f & 1 ? CF : 0) | (f & 2 ? AF | OF | ZF : SF | PF);
                if (op->grid == ONE)
                    s.b = 1;
                if (op->grid == SHIFT) {
                    s.b = (j * 7 & 0xe0) | j % 34;
                    s.c = s.b; /* CL is the count */
                }
                for (u32 n = 0; n < (op->grid == DOUBLE ? 34u : 1u); n++) {
                    if (op->grid == DOUBLE)
                        s.c = n;
                    if (!compare(op, &s))
                        return 0;
                }
            }
        }
    }
    return 1;
}

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
        rt_report_eq(operations[i].name, (u32)check_grid(&operations[i]), 1);
    check_conditions();
}
