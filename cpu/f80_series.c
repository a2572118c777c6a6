/* SPDX-License-Identifier: MIT */
/*
 * f80_series.c - the functions of the portable f80_run (SDM vol. 2: FPREM, FPREM1, FSCALE, FXTRACT,
 * F2XM1, FYL2X, FYL2XP1, FPTAN, FPATAN, FSIN, FCOS). Remainders, scaling and FXTRACT are exact.
 *
 * The transcendental functions are power series summed in 64-bit precision: NOT bit for bit what a
 * processor gives. The error is a few units in the last place; sine, cosine and tangent are those
 * of a period of 64 bits of pi, so that it grows with the operand. C1 is always 0 and PE always 1.
 */
#include "cpu/f80_soft.h"

#define BIAS 16383
#define WRAP 24576  /* see f80_soft.c */
#define EXACT 0x37f /* round to nearest, 64 bits, everything masked */

static struct f80_out give(struct f80 v, unsigned sw)
{
    return (struct f80_out){.v = v, .sw = (uint16_t)sw};
}

static struct f80 op2(enum f80_op op, struct f80 a, struct f80 b)
{
    return f80_soft_run(op, F80_REG, a, b, EXACT).v;
}

static struct f80 add(struct f80 a, struct f80 b)
{
    return op2(F80_ADD, a, b);
}

static struct f80 sub(struct f80 a, struct f80 b)
{
    return op2(F80_SUB, a, b);
}

static struct f80 mul(struct f80 a, struct f80 b)
{
    return op2(F80_MUL, a, b);
}

static struct f80 quo(struct f80 a, struct f80 b)
{
    return op2(F80_DIV, a, b);
}

static struct f80 num(int64_t v)
{
    return f80_from_int(v);
}

static struct f80 constant(enum f80_op op)
{
    return f80_soft_run(op, F80_REG, num(0), num(0), EXACT).v;
}

static struct f80 halved(struct f80 v)
{
    return mul(v, (struct f80){.m = UINT64_C(1) << 63, .se = BIAS - 1});
}

static struct f80 with_sign(struct f80 v, bool sign)
{
    v.se = (uint16_t)((v.se & 0x7fff) | (sign ? 0x8000 : 0));
    return v;
}

static struct f80 infinity(bool sign)
{
    return (struct f80){.m = UINT64_C(1) << 63, .se = sign ? 0xffff : 0x7fff};
}

/* ---- exact ones ---- */

/* m * 2^(e - BIAS - 63) for any m, rounded. */
static struct f80_out exact(bool sign, int e, uint64_t m, uint16_t cw)
{
    struct f80 v = {.m = m, .se = sign ? 0x8000 : 0};
    if (!m)
        return give(v, 0);
    int by = __builtin_clzll(m);
    e -= by;
    m <<= by;
    int wrapped = e < 1 && !(cw & SW_UE) ? e + WRAP : e > 0x7ffe && !(cw & SW_OE) ? e - WRAP : e;
    if (wrapped != e) {
        v = (struct f80){.m = m, .se = (uint16_t)(wrapped | (sign ? 0x8000 : 0))};
        return give(v, e < 1 ? SW_UE : SW_OE);
    }
    /* In two steps of normal numbers; the second one rounds. */
    int first = e < 1 ? 1 : e > 0x7ffe ? 0x7ffe : e, rest = e - first;
    rest = rest < -16000 ? -16000 : rest > 16000 ? 16000 : rest;
    v = (struct f80){.m = m, .se = (uint16_t)(first | (sign ? 0x8000 : 0))};
    struct f80 scale = {.m = UINT64_C(1) << 63, .se = (uint16_t)(BIAS + rest)};
    return f80_soft_run(F80_MUL, F80_REG, v, scale, cw | 0x300);
}

static struct f80_out remainder_of(bool nearest, struct soft_num a, struct soft_num b,
                                   struct f80 av, uint16_t cw)
{
    if (a.kind == F80_INFINITY || b.kind == F80_ZERO)
        return give(f80_indefinite(), SW_IE);
    int d = a.e - b.e;
    if (a.kind == F80_ZERO)
        return give(av, 0);
    if (b.kind == F80_INFINITY || d < (nearest ? -1 : 0))
        return exact(a.sign, a.e, a.m, cw);
    int steps = d < 64 ? d : 32 + d % 32;
    unsigned __int128 r = a.m;
    uint64_t q = 0;
    if (d < 0) { /* |a| is below |b|, but more than its half? */
        q = a.m > b.m;
        struct f80_out out =
            q ? exact(!a.sign, a.e, b.m - (a.m - b.m), cw) : exact(a.sign, a.e, a.m, cw);
        out.sw = (uint16_t)((out.sw & SW_EXCEPTIONS) | (q ? SW_C1 : 0));
        return out;
    }
    for (int k = 0; k <= steps; k++) {
        r <<= k != 0;
        q = q << 1 | (r >= b.m);
        r -= r >= b.m ? b.m : 0;
    }
    if (d >= 64) {
        struct f80_out out = exact(a.sign, a.e - steps, (uint64_t)r, cw);
        out.sw |= SW_C2;
        return out;
    }
    bool more = nearest && (r << 1 > b.m || (r << 1 == b.m && (q & 1)));
    q += more;
    struct f80_out out = exact(a.sign != more, b.e, more ? b.m - (uint64_t)r : (uint64_t)r, cw);
    if (!out.v.m)
        out.v.se = a.sign ? 0x8000 : 0;
    out.sw = (uint16_t)((out.sw & SW_EXCEPTIONS) | (q & 4 ? SW_C0 : 0) | (q & 2 ? SW_C3 : 0) |
                        (q & 1 ? SW_C1 : 0));
    return out;
}

static struct f80_out scale(struct soft_num a, struct soft_num b, struct f80 av, uint16_t cw)
{
    if (b.kind == F80_INFINITY) {
        if (a.kind == (b.sign ? F80_INFINITY : F80_ZERO))
            return give(f80_indefinite(), SW_IE);
        return give(b.sign ? (struct f80){.se = a.sign ? 0x8000 : 0} : infinity(a.sign), 0);
    }
    if (a.kind == F80_ZERO || a.kind == F80_INFINITY)
        return give(av, 0);
    int n = b.kind == F80_ZERO || b.e < BIAS ? 0
            : b.e > BIAS + 16                ? 0x10000
                                             : (int)(b.m >> (BIAS + 63 - b.e));
    int e = a.e + (b.sign ? -n : n);
    if (e > 0x7ffe + WRAP && !(cw & SW_OE)) /* too large even for a wrapped exponent */
        return give(infinity(a.sign), SW_OE | SW_PE | SW_C1);
    if (e < 1 - WRAP && !(cw & SW_UE))
        return give((struct f80){.se = a.sign ? 0x8000 : 0}, SW_UE | SW_PE);
    return exact(a.sign, e, a.m, cw);
}

static struct f80_out extract(struct soft_num a, struct f80 av)
{
    struct f80_out out = {.v = av, .w = infinity(false)};
    if (a.kind == F80_ZERO) {
        out.w = infinity(true);
        out.sw = SW_ZE;
    } else if (a.kind != F80_INFINITY) {
        out.v = (struct f80){.m = a.m, .se = (uint16_t)(BIAS | (a.sign ? 0x8000 : 0))};
        out.w = num(a.e - BIAS);
    }
    return out;
}

/* ---- series ---- */

/* 2^x - 1, |x| <= 1 */
static struct f80 exp2m1(struct f80 x)
{
    struct f80 y = mul(x, constant(F80_LDLN2)), s = num(0);
    for (int n = 24; n > 0; n--)
        s = quo(mul(add(s, num(1)), y), num(n));
    return s;
}

/* t + s t^3/3 + t^5/5 + ...: artanh, or with s = -1 arctan */
static struct f80 odd_series(struct f80 t, int sign, int terms)
{
    struct f80 square = mul(t, t), s = num(0);
    for (int n = terms; n > 0; n--) {
        s = add(s, quo(num(1), num(2 * n + 1)));
        s = mul(s, sign < 0 ? with_sign(square, true) : square);
    }
    return mul(t, add(s, num(1)));
}

static struct f80 log2_of_ratio(struct f80 t) /* log2((1 + t) / (1 - t)) */
{
    return mul(mul(num(2), odd_series(t, 1, 22)), constant(F80_LDL2E));
}

static struct f80 log2_of(struct soft_num a)
{
    bool high = a.m > UINT64_C(0xb504f333f9de6484);
    struct f80 m = {.m = a.m, .se = (uint16_t)(BIAS - high)};
    return add(num(a.e - BIAS + high), log2_of_ratio(quo(sub(m, num(1)), add(m, num(1)))));
}

/* arctan of z, 0 <= z <= 1 */
static struct f80 arctan(struct f80 z)
{
    struct soft_num n = soft_open(z);
    if (n.e < BIAS - 2 || n.kind == F80_ZERO)
        return odd_series(z, -1, 20);
    struct f80 t = quo(sub(z, num(1)), add(z, num(1)));
    return add(halved(halved(constant(F80_LDPI))), odd_series(t, -1, 40));
}

static struct f80_out arctan2(struct soft_num x, struct soft_num y, struct f80 xv, struct f80 yv)
{
    struct f80 pi = constant(F80_LDPI), v;
    bool flat = x.kind == F80_INFINITY || y.kind == F80_ZERO;
    bool steep = y.kind == F80_INFINITY || x.kind == F80_ZERO;
    xv = with_sign(xv, false);
    yv = with_sign(yv, false);
    if (flat && steep && y.kind == F80_INFINITY)
        v = halved(halved(pi));
    else if (flat)
        v = num(0);
    else if (steep)
        v = halved(pi);
    else if (x.e < y.e || (x.e == y.e && x.m < y.m))
        v = sub(halved(pi), arctan(quo(xv, yv)));
    else
        v = arctan(quo(yv, xv));
    if (x.sign)
        v = sub(pi, v);
    bool none = flat && !steep && !x.sign;
    return give(with_sign(v, y.sign), none || (y.kind == F80_ZERO && !x.sign) ? 0 : SW_PE);
}

/* Sine (odd) or cosine of r, |r| <= pi / 4 */
static struct f80 wave(struct f80 r, bool odd)
{
    struct f80 square = with_sign(mul(r, r), true), s = num(0);
    for (int n = 24 + odd; n > 1; n -= 2)
        s = quo(mul(add(s, num(1)), square), num(n * (n - 1)));
    s = add(s, num(1));
    return odd ? mul(s, r) : s;
}

static struct f80_out circular(enum f80_op op, struct soft_num a, struct f80 av)
{
    if (a.kind == F80_INFINITY)
        return give(f80_indefinite(), SW_IE);
    if (a.e >= BIAS + 63)
        return (struct f80_out){.v = av, .w = av, .sw = SW_C2};
    struct soft_num half_pi = soft_open(halved(constant(F80_LDPI)));
    struct f80_out r = give(av, 0);
    struct soft_num n = soft_open(with_sign(av, false));
    if (a.kind != F80_ZERO)
        r = remainder_of(true, n, half_pi, with_sign(av, false), EXACT);
    unsigned q = (r.sw & SW_C1 ? 1u : 0) + (r.sw & SW_C3 ? 2u : 0);
    struct f80 sine = wave(r.v, !(q & 1)), cosine = wave(r.v, q & 1);
    sine.se ^= (uint16_t)(!(q & 2) == !a.sign ? 0 : 0x8000);
    cosine.se ^= (uint16_t)(q == 1 || q == 2 ? 0x8000 : 0);
    if (a.kind == F80_ZERO)
        sine = av;
    unsigned sw = a.kind == F80_ZERO ? 0 : SW_PE;
    switch (op) {
    case F80_SIN: return give(sine, sw);
    case F80_COS: return give(cosine, sw);
    case F80_SINCOS: return (struct f80_out){.v = cosine, .w = sine, .sw = (uint16_t)sw};
    default: return (struct f80_out){.v = num(1), .w = quo(sine, cosine), .sw = (uint16_t)sw};
    }
}

/* y * log2(x) */
static struct f80_out y_log2(struct soft_num x, struct soft_num y, struct f80 yv)
{
    bool one = x.kind == F80_NORMAL && x.e == BIAS && x.m == UINT64_C(1) << 63 && !x.sign;
    if (x.kind == F80_ZERO)
        return y.kind == F80_ZERO       ? give(f80_indefinite(), SW_IE)
               : y.kind == F80_INFINITY ? give(infinity(!y.sign), 0)
                                        : give(infinity(!y.sign), SW_ZE);
    if (x.sign || (x.kind == F80_INFINITY && y.kind == F80_ZERO) || (one && y.kind == F80_INFINITY))
        return give(f80_indefinite(), SW_IE);
    if (x.kind == F80_INFINITY || y.kind == F80_INFINITY)
        return give(infinity(y.sign != (x.kind != F80_INFINITY && x.e < BIAS)), 0);
    if (one || y.kind == F80_ZERO)
        return give((struct f80){.se = y.sign != (x.e < BIAS) ? 0x8000 : 0}, 0);
    return give(mul(yv, log2_of(x)), SW_PE);
}

static struct f80_out compute(enum f80_op op, struct soft_num x, struct soft_num y, struct f80 a,
                              struct f80 b, uint16_t cw)
{
    switch (op) {
    case F80_PREM:
    case F80_PREM1: return remainder_of(op == F80_PREM1, x, y, a, cw);
    case F80_SCALE: return scale(x, y, a, cw);
    case F80_XTRACT: return extract(x, a);
    case F80_2XM1:
        if (x.kind == F80_INFINITY)
            return give(x.sign ? with_sign(num(1), true) : a, 0);
        return x.kind == F80_ZERO ? give(a, 0) : give(exp2m1(a), SW_PE);
    case F80_YL2X: return y_log2(x, y, b);
    case F80_YL2XP1: return give(mul(b, log2_of_ratio(quo(a, add(a, num(2))))), SW_PE);
    case F80_PATAN: return arctan2(x, y, a, b);
    default: return circular(op, x, a);
    }
}

struct f80_out soft_function(enum f80_op op, struct f80 a, struct f80 b, uint16_t cw)
{
    bool two = op >= F80_SCALE && op <= F80_PATAN;
    struct soft_num x = soft_open(a), y = soft_open(two ? b : a);
    if (x.kind == F80_UNSUPPORTED || y.kind == F80_UNSUPPORTED)
        return (struct f80_out){.v = f80_indefinite(), .w = f80_indefinite(), .sw = SW_IE};
    if (x.kind == F80_NAN || y.kind == F80_NAN) { /* as an addition hands NaNs on */
        struct f80_out out = f80_soft_run(F80_ADD, F80_REG, a, two ? b : a, cw);
        out.w = out.v;
        return out;
    }
    struct f80_out out = compute(op, x, y, a, b, cw);
    if ((x.kind == F80_DENORMAL || y.kind == F80_DENORMAL) && !(out.sw & SW_IE))
        out.sw = (uint16_t)(cw & SW_DE ? out.sw | SW_DE : SW_DE);
    return out;
}
