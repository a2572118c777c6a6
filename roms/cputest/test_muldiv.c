/* SPDX-License-Identifier: MIT */
/*
 * test_muldiv.c - results and defined flags of multiplication, division, bit scans and tests,
 * decimal adjustment, sign extension and exchange, against the manual's definition in C.
 *
 * Source: Intel 80386 Programmer's Reference Manual, chapter 17; AAA and AAS as one sum over
 * AX: the current SDM volume 2.
 */
#include "alu.h"

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
        s->undef_result = 1;
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

/* clang-format off */
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
RUN_BINARY(xchg)

static const struct operation operations[] = {
    ROW3(xchg, BINARY),
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
    {"div r8", 8, run_div8, 0, DIVIDE}, {"div r16", 16, run_div16, 0, DIVIDE},
    {"div r32", 32, run_div32, 0, DIVIDE},
    {"idiv r8", 8, run_idiv8, 0, DIVIDE}, {"idiv r16", 16, run_idiv16, 0, DIVIDE},
    {"idiv r32", 32, run_idiv32, 0, DIVIDE},
};
/* clang-format on */

void test_main(void)
{
    for (u32 i = 0; i < sizeof operations / sizeof operations[0]; i++)
        alu_check(&operations[i]);
}
