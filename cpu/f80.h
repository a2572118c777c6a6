/* SPDX-License-Identifier: MIT */
/*
 * f80.h - 80-bit floating-point values and every operation on them that the x87 has (SDM vol. 1,
 * chapters 4 and 8; IEEE 754-1985 double extended).
 *
 * f80_run is a function of its operands and the control word: rounding, precision and masks are
 * taken from it, the exceptions and the condition code come back as status-word bits. The masks
 * matter: an unmasked overflow or underflow gives a result with a wrapped exponent; after an
 * unmasked IE, DE or ZE the values of the result say nothing and the destination stays.
 *
 * Two implementations: f80_host.c executes the operation on the host's own x87 (bit for bit what
 * that processor does), f80_soft.c computes on integers and serves hosts that have none. f80.c
 * chooses; this is the only place where the host matters.
 */
#ifndef CPU_F80_H
#define CPU_F80_H

#include "base/types.h"

struct f80 {
    uint64_t m;  /* significand, the integer bit on top */
    uint16_t se; /* sign and biased exponent */
};

/* Status-word bits; the low six are the exceptions, in the order of their mask bits. */
enum {
    SW_IE = 1 << 0,
    SW_DE = 1 << 1,
    SW_ZE = 1 << 2,
    SW_OE = 1 << 3,
    SW_UE = 1 << 4,
    SW_PE = 1 << 5,
    SW_SF = 1 << 6,
    SW_ES = 1 << 7,
    SW_C0 = 1 << 8,
    SW_C1 = 1 << 9,
    SW_C2 = 1 << 10,
    SW_C3 = 1 << 14,
    SW_B = 1 << 15,
    SW_EXCEPTIONS = 0x3f,
    SW_CC = SW_C0 | SW_C1 | SW_C2 | SW_C3,
};

/* What b is, for the operations that take it from memory: a register, or raw bits in b.m. */
enum f80_kind { F80_REG, F80_F32, F80_F64 };

enum f80_op {
    /* v = a op b, in the order of ModRM.reg of D8; b of any kind. COM gives C0, C2, C3. */
    F80_ADD,
    F80_MUL,
    F80_COM,
    F80_UCOM, /* register only */
    F80_SUB,
    F80_SUBR,
    F80_DIV,
    F80_DIVR,
    /* v = f(a) */
    F80_SQRT,
    F80_RNDINT,
    F80_2XM1,
    F80_SIN, /* C2 */
    F80_COS, /* C2 */
    /* v goes on top of w, unless C2 */
    F80_PTAN,   /* C2; w = tan a, v = 1 */
    F80_SINCOS, /* C2; w = sin a, v = cos a */
    F80_XTRACT, /* w = exponent, v = significand */
    /* v = f(a, b): a is ST(0), b is ST(1) */
    F80_SCALE,
    F80_PREM,  /* C0-C3 */
    F80_PREM1, /* C0-C3 */
    F80_YL2X,
    F80_YL2XP1,
    F80_PATAN,
    /* v from the raw bits in a.m (BCD: and a.se) */
    F80_FROM_F32,
    F80_FROM_F64,
    F80_FROM_BCD,
    /* raw bits in v.m (BCD: and v.se) from a; not to be stored after an unmasked IE, OE or UE */
    F80_TO_F32,
    F80_TO_F64,
    F80_TO_BCD,
    F80_TO_I16,
    F80_TO_I32,
    F80_TO_I64,
    /* v = 1, log2 10, log2 e, pi, log10 2, ln 2, 0, rounded by the control word */
    F80_LD1,
    F80_LDL2T,
    F80_LDL2E,
    F80_LDPI,
    F80_LDLG2,
    F80_LDLN2,
    F80_LDZ,
    F80_OPS
};

struct f80_out {
    struct f80 v, w; /* results */
    uint16_t sw;     /* exceptions and condition code */
};

struct f80_out f80_run(enum f80_op op, enum f80_kind kind, struct f80 a, struct f80 b, uint16_t cw);

struct f80_out f80_soft_run(enum f80_op op, enum f80_kind kind, struct f80 a, struct f80 b,
                            uint16_t cw);
#if defined(__x86_64__) || defined(__i386__)
#define F80_HOST 1
struct f80_out f80_host_run(enum f80_op op, enum f80_kind kind, struct f80 a, struct f80 b,
                            uint16_t cw);
#else
#define F80_HOST 0
#endif

/* All exceptions masked, to nearest, 64 bits: what FNINIT sets, and what the host's ABI asks for. */
#define F80_PLAIN_CW 0x37f

/* The host's x87 has this control word, and no exception has stuck there. cpu_run begins so, and so goes
   on whoever clears exceptions of the guest: then the host never has one that the guest has not. */
static inline void f80_fresh(void)
{
#if F80_HOST
    uint16_t cw = F80_PLAIN_CW;
    __asm__ volatile("fnclex\n\tfldcw %0" : : "m"(cw));
#endif
}

/* Exact: every 64-bit integer fits. */
struct f80 f80_from_int(int64_t v);

/* As FXAM tells them apart, with C3 C2 C0 as the value. */
enum f80_class {
    F80_UNSUPPORTED = 0,
    F80_NAN = SW_C0,
    F80_NORMAL = SW_C2,
    F80_INFINITY = SW_C2 | SW_C0,
    F80_ZERO = SW_C3,
    F80_EMPTY = SW_C3 | SW_C0,
    F80_DENORMAL = SW_C3 | SW_C2,
};
enum f80_class f80_classify(struct f80 v);

static inline struct f80 f80_indefinite(void)
{
    return (struct f80){.m = UINT64_C(3) << 62, .se = 0xffff};
}

#endif
