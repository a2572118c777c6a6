/* SPDX-License-Identifier: MIT */
/*
 * f80_host.c - f80_run on the host's own x87 (Intel and AMD; SDM vol. 2). The operation runs under
 * the guest's control word, masks included: exceptions of an x87 wait for the next waiting
 * instruction, and before one comes FNCLEX has thrown them away. The host's control word is put
 * back; its register stack is empty on entry, as the ABI demands, and empty again afterwards.
 *
 * With the control word that FNINIT sets, which is the host's own as well, none of that is needed: the
 * four operations and the square root only look whether exceptions are left from before. Floats that
 * are neither denormal nor special are converted with integers.
 */
#include "cpu/f80.h"

#if F80_HOST

#include <string.h>

/* The memory image of a register. */
struct image {
    uint8_t byte[16];
};

static struct image image_of(struct f80 v)
{
    struct image x = {{0}};
    memcpy(x.byte, &v.m, 8);
    memcpy(x.byte + 8, &v.se, 2);
    return x;
}

static struct f80 value_of(const struct image *x)
{
    struct f80 v = {0};
    memcpy(&v.m, x->byte, 8);
    memcpy(&v.se, x->byte + 8, 2);
    return v;
}

/* Pushes b, then a; runs; takes one register away as the result and drops the rest. `clean` says
   how many registers are left besides: the operand not consumed, or none. */
#define LEAVE "fnstsw %[sw]\n\tfnclex\n\tfstpt %[v]\n\t"
#define SETTLE "fninit\n\tfldcw %[host]"
#define OPERANDS                                                                                   \
    [v] "=m"(v), [w] "=m"(w), [sw] "=m"(sw),                                                       \
        [host] "+m"(host)                                                                          \
        : [a] "m"(x), [b] "m"(y), [cw] "m"(cw)                                                     \
        : "st", "st(1)", "st(2)", "st(3)", "st(4)", "st(5)", "st(6)", "st(7)"

/* Two registers, then the operation; one result. */
#define TWO(insn)                                                                                  \
    __asm__ volatile("fnstcw %[host]\n\tfnclex\n\tfldt %[b]\n\tfldt %[a]\n\tfldcw %[cw]\n\t" insn  \
                     "\n\t" LEAVE SETTLE                                                           \
                     : OPERANDS)
/* One register and a memory operand, or one alone. */
#define ONE(insn)                                                                                  \
    __asm__ volatile("fnstcw %[host]\n\tfnclex\n\tfldt %[a]\n\tfldcw %[cw]\n\t" insn               \
                     "\n\t" LEAVE SETTLE                                                           \
                     : OPERANDS)
/* One register; two results, the second below the first. */
#define PAIR(insn)                                                                                 \
    __asm__ volatile("fnstcw %[host]\n\tfnclex\n\tfldz\n\tfldt %[a]\n\tfldcw %[cw]\n\t" insn       \
                     "\n\t" LEAVE "fstpt %[w]\n\t" SETTLE                                          \
                     : OPERANDS)
/* A load: there may be no result. */
#define LOAD(insn)                                                                                 \
    __asm__ volatile("fnstcw %[host]\n\tfnclex\n\tfldz\n\tfldcw %[cw]\n\t" insn                    \
                     "\n\t" LEAVE SETTLE                                                           \
                     : OPERANDS)
/* A store from ST(0) to v. */
#define STORE(insn)                                                                                \
    __asm__ volatile("fnstcw %[host]\n\tfnclex\n\tfldt %[a]\n\tfldcw %[cw]\n\t" insn               \
                     " %[v]\n\tfnstsw %[sw]\n\t" SETTLE                                            \
                     : OPERANDS)

#define BINARY(name)                                                                               \
    do {                                                                                           \
        if (kind == F80_REG)                                                                       \
            TWO(name " %%st(1), %%st");                                                            \
        else if (kind == F80_F32)                                                                  \
            ONE(name "s %[b]");                                                                    \
        else                                                                                       \
            ONE(name "l %[b]");                                                                    \
    } while (0)

/* drop: what is left under the result. */
#define AFTER(insn, drop)                                                                          \
    __asm__ volatile("fnstsw %%ax\n\ttestb $0x3f, %%al\n\tjz 1f\n\tfnclex\n1:\t" insn              \
                     "\n\tfnstsw %[sw]\n\tfstpt %[v]\n\t" drop                                     \
                     : [v] "=m"(v), [sw] "=m"(sw)                                                  \
                     : [a] "m"(x), [b] "m"(y)                                                      \
                     : "ax", "cc", "st", "st(1)", "st(2)", "st(3)", "st(4)", "st(5)", "st(6)",     \
                       "st(7)")
#define PLAIN(name)                                                                                \
    do {                                                                                           \
        if (kind == F80_REG)                                                                       \
            AFTER("fldt %[b]\n\tfldt %[a]\n\t" name " %%st(1), %%st", "fstp %%st(0)");             \
        else if (kind == F80_F32)                                                                  \
            AFTER("fldt %[a]\n\t" name "s %[b]", "");                                              \
        else                                                                                       \
            AFTER("fldt %[a]\n\t" name "l %[b]", "");                                              \
    } while (0)

/* A float of `fraction` bits behind the point to 80 bits; false: zero, denormal or special. */
static bool widen(uint64_t raw, unsigned fraction, unsigned exponent_bits, struct f80_out *out)
{
    unsigned special = (1u << exponent_bits) - 1, bias = special >> 1;
    unsigned e = (unsigned)(raw >> fraction) & special;
    unsigned sign = (unsigned)(raw >> (fraction + exponent_bits)) & 1;
    if (e == 0 || e == special)
        return false;
    out->v = (struct f80){.m = UINT64_C(1) << 63 | raw << (63 - fraction),
                          .se = (uint16_t)(sign << 15 | (e - bias + 16383))};
    return true;
}

/* 80 bits to such a float, rounded to nearest; false: not a normal number there. */
static bool narrow(struct f80 v, unsigned fraction, unsigned exponent_bits, struct f80_out *out)
{
    unsigned special = (1u << exponent_bits) - 1, drop = 63 - fraction;
    int e = (v.se & 0x7fff) - 16383 + (int)(special >> 1);
    if (!(v.m >> 63) || e < 1 || e >= (int)special - 1)
        return false;
    uint64_t kept = v.m >> drop, rest = v.m & ((UINT64_C(1) << drop) - 1);
    uint64_t half = UINT64_C(1) << (drop - 1);
    bool up = rest > half || (rest == half && (kept & 1));
    uint64_t bits = ((uint64_t)e << fraction) + (kept - (UINT64_C(1) << fraction)) + up;
    out->v.m = (uint64_t)(v.se >> 15) << (fraction + exponent_bits) | bits;
    out->sw = (uint16_t)((rest ? SW_PE : 0) | (up ? SW_C1 : 0));
    return true;
}

/* The frequent operations under F80_PLAIN_CW; false: the general way. */
static bool plain(enum f80_op op, enum f80_kind kind, struct f80 a, struct f80 b,
                  struct f80_out *out)
{
    struct image x = image_of(a), y = image_of(b), v;
    uint16_t sw = 0, host;
    __asm__ volatile("fnstcw %0" : "=m"(host));
    *out = (struct f80_out){0};
    if (op == F80_FROM_F32)
        return widen(a.m & UINT32_MAX, 23, 8, out);
    if (op == F80_FROM_F64)
        return widen(a.m, 52, 11, out);
    if (op == F80_TO_F32)
        return narrow(a, 23, 8, out);
    if (op == F80_TO_F64)
        return narrow(a, 52, 11, out);
    if (host != F80_PLAIN_CW)
        return false;
    switch (op) {
    case F80_ADD: PLAIN("fadd"); break;
    case F80_MUL: PLAIN("fmul"); break;
    case F80_SUB: PLAIN("fsub"); break;
    case F80_SUBR: PLAIN("fsubr"); break;
    case F80_DIV: PLAIN("fdiv"); break;
    case F80_DIVR: PLAIN("fdivr"); break;
    case F80_SQRT: AFTER("fldt %[a]\n\tfsqrt", ""); break;
    default: return false;
    }
    out->v = value_of(&v);
    out->sw = sw & (SW_EXCEPTIONS | SW_C1);
    return true;
}

/* The other condition bits are those of some operation before. */
static unsigned defines(enum f80_op op)
{
    switch (op) {
    case F80_COM:
    case F80_UCOM:
    case F80_PREM:
    case F80_PREM1: return SW_CC;
    case F80_SIN:
    case F80_COS:
    case F80_PTAN:
    case F80_SINCOS: return SW_C2;
    default: return 0;
    }
}

struct f80_out f80_host_run(enum f80_op op, enum f80_kind kind, struct f80 a, struct f80 b,
                            uint16_t cw)
{
    struct image x = image_of(a), y = image_of(b), v = {{0}}, w = {{0}};
    uint16_t sw = 0, host = 0;
    struct f80_out out;
    if (cw == F80_PLAIN_CW && plain(op, kind, a, b, &out))
        return out;
    switch (op) {
    case F80_ADD: BINARY("fadd"); break;
    case F80_MUL: BINARY("fmul"); break;
    case F80_SUB: BINARY("fsub"); break;
    case F80_SUBR: BINARY("fsubr"); break;
    case F80_DIV: BINARY("fdiv"); break;
    case F80_DIVR: BINARY("fdivr"); break;
    case F80_COM:
        if (kind == F80_REG)
            TWO("fcom %%st(1)");
        else if (kind == F80_F32)
            ONE("fcoms %[b]");
        else
            ONE("fcoml %[b]");
        break;
    case F80_UCOM: TWO("fucom %%st(1)"); break;
    case F80_SQRT: ONE("fsqrt"); break;
    case F80_RNDINT: ONE("frndint"); break;
    case F80_2XM1: ONE("f2xm1"); break;
    case F80_SIN: ONE("fsin"); break;
    case F80_COS: ONE("fcos"); break;
    case F80_PTAN: PAIR("fptan"); break;
    case F80_SINCOS: PAIR("fsincos"); break;
    case F80_XTRACT: PAIR("fxtract"); break;
    case F80_SCALE: TWO("fscale"); break;
    case F80_PREM: TWO("fprem"); break;
    case F80_PREM1: TWO("fprem1"); break;
    case F80_YL2X: TWO("fyl2x"); break;
    case F80_YL2XP1: TWO("fyl2xp1"); break;
    case F80_PATAN: TWO("fpatan"); break;
    case F80_FROM_F32: LOAD("flds %[a]"); break;
    case F80_FROM_F64: LOAD("fldl %[a]"); break;
    case F80_FROM_BCD: LOAD("fbld %[a]"); break;
    case F80_TO_F32: STORE("fsts"); break;
    case F80_TO_F64: STORE("fstl"); break;
    case F80_TO_BCD: STORE("fbstp"); break;
    case F80_TO_I16: STORE("fists"); break;
    case F80_TO_I32: STORE("fistl"); break;
    case F80_TO_I64: STORE("fistpll"); break;
    case F80_LD1: LOAD("fld1"); break;
    case F80_LDL2T: LOAD("fldl2t"); break;
    case F80_LDL2E: LOAD("fldl2e"); break;
    case F80_LDPI: LOAD("fldpi"); break;
    case F80_LDLG2: LOAD("fldlg2"); break;
    case F80_LDLN2: LOAD("fldln2"); break;
    case F80_LDZ: LOAD("fldz"); break;
    case F80_OPS: break;
    }
    return (struct f80_out){.v = value_of(&v),
                            .w = value_of(&w),
                            .sw = (uint16_t)(sw & (SW_EXCEPTIONS | SW_C1 | defines(op)))};
}

#endif
