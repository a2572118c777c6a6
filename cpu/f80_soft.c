/* SPDX-License-Identifier: MIT */
/*
 * f80_soft.c - f80_run on integers, for hosts without an x87 (IEEE 754-1985; SDM vol. 1, 4.8, 4.9
 * and 8.5). Everything but the transcendental functions is exact: the same bits and flags as the
 * hardware's, which test_cpu_f80 compares. Those functions are in f80_series.c. Needs __int128, so a
 * 64-bit compiler.
 */
#include "cpu/f80_soft.h"

#define BIAS 16383
#define WRAP 24576 /* what an unmasked overflow or underflow takes off or adds to the exponent */
#define TOP (UINT64_C(1) << 63)
#define QUIET (UINT64_C(1) << 62)

/* Range and precision of a destination. */
struct range {
    unsigned bits; /* of significand */
    int min, max;  /* biased exponents of normal numbers, in the bias of f80 */
};

static struct range by_control(uint16_t cw)
{
    static const uint8_t bits[4] = {24, 64, 53, 64};
    return (struct range){bits[cw >> 8 & 3], 1, 0x7ffe};
}

static struct f80 make(bool sign, int e, uint64_t m)
{
    return (struct f80){.m = m, .se = (uint16_t)((sign ? 0x8000 : 0) | e)};
}

/* What is cut off: does the last kept bit go up? */
static bool goes_up(uint16_t cw, bool sign, bool odd, bool half, bool more)
{
    switch (cw >> 10 & 3) {
    case 0: return half && (more || odd);
    case 1: return sign && (half || more);
    case 2: return !sign && (half || more);
    default: return false;
    }
}

/* Rounds m.low to `bits`; *up if away from zero, *inexact if at all. A carry out gives 0. */
static uint64_t round_at(uint64_t m, uint64_t low, unsigned bits, bool sign, uint16_t cw, bool *up,
                         bool *inexact)
{
    uint64_t lsb = UINT64_C(1) << (64 - bits), rest = m & (lsb - 1);
    bool half = bits == 64 ? low >> 63 : rest & lsb >> 1;
    bool more = bits == 64 ? low << 1 : (rest & ((lsb >> 1) - 1)) || low;
    *inexact = half || more;
    *up = goes_up(cw, sign, m & lsb, half, more);
    m -= rest;
    return *up ? m + lsb : m;
}

static uint64_t shift_right(uint64_t m, uint64_t *low, unsigned by)
{
    if (!by)
        return m;
    unsigned __int128 v = (unsigned __int128)m << 64 | *low;
    bool lost = by >= 128 ? v != 0 : (v << (128 - by)) != 0;
    v = by >= 128 ? 0 : v >> by;
    *low = (uint64_t)v | lost;
    return (uint64_t)(v >> 64);
}

static struct f80_out overflow(bool sign, const struct range *r, uint16_t cw)
{
    unsigned rc = cw >> 10 & 3;
    bool finite = rc == 3 || (rc == 1 && !sign) || (rc == 2 && sign);
    uint64_t most = ~UINT64_C(0) << (64 - r->bits);
    return (struct f80_out){.v = finite ? make(sign, r->max, most) : make(sign, 0x7fff, TOP),
                            .sw = (uint16_t)(SW_OE | SW_PE | (finite ? 0 : SW_C1))};
}

/* The value m.low * 2^(e - BIAS - 63), normalised, into a range. */
static struct f80_out pack_in(bool sign, int e, uint64_t m, uint64_t low, const struct range *r,
                              uint16_t cw)
{
    bool up, inexact;
    uint64_t v = round_at(m, low, r->bits, sign, cw, &up, &inexact);
    int carried = up && !v;
    uint16_t extra = 0;
    if (e + carried < r->min) { /* tiny after rounding */
        if (cw & SW_UE) {
            m = shift_right(m, &low, (unsigned)(r->min - e));
            v = round_at(m, low, r->bits, sign, cw, &up, &inexact);
            /* Up to the smallest normal number, or still denormal (exponent field 0). */
            return (struct f80_out){
                .v = make(sign, v >> 63 ? r->min : r->min - 1, v),
                .sw = (uint16_t)((inexact ? SW_UE | SW_PE : 0) | (up ? SW_C1 : 0))};
        }
        e += WRAP;
        extra = SW_UE;
    } else if (e + carried > r->max) {
        if (cw & SW_OE)
            return overflow(sign, r, cw);
        e -= WRAP;
        extra = SW_OE;
    }
    return (struct f80_out){.v = make(sign, (e + carried) & 0x7fff, carried ? TOP : v),
                            .sw = (uint16_t)(extra | (inexact ? SW_PE : 0) | (up ? SW_C1 : 0))};
}

static struct f80_out pack(bool sign, int e, uint64_t m, uint64_t low, uint16_t cw)
{
    struct range r = by_control(cw);
    return pack_in(sign, e, m, low, &r, cw);
}

/* ---- operands ---- */

struct soft_num soft_open(struct f80 v)
{
    struct soft_num n = {.sign = v.se >> 15, .e = v.se & 0x7fff, .m = v.m, .kind = f80_classify(v)};
    if (n.kind == F80_DENORMAL) {
        unsigned by = (unsigned)__builtin_clzll(v.m);
        n.m = v.m << by;
        n.e = 1 - (int)by;
    }
    return n;
}

/* A float of the given widths as f80, signalling NaNs kept; *denormal if it was one. */
static struct f80 widen(uint64_t raw, unsigned ebits, unsigned fbits, bool *denormal)
{
    uint64_t f = raw & ((UINT64_C(1) << fbits) - 1), m = f << (63 - fbits);
    unsigned max = (1u << ebits) - 1, e = (unsigned)(raw >> fbits) & max;
    bool sign = raw >> (ebits + fbits) & 1;
    *denormal = !e && f;
    if (e == max)
        return make(sign, 0x7fff, m | TOP);
    if (e)
        return make(sign, (int)e - (int)(max >> 1) + BIAS, m | TOP);
    if (!f)
        return make(sign, 0, 0);
    int by = __builtin_clzll(m);
    return make(sign, 1 - by - (int)(max >> 1) + BIAS, m << by);
}

static struct f80_out invalid(void)
{
    return (struct f80_out){.v = f80_indefinite(), .sw = SW_IE};
}

static bool signalling(const struct soft_num *n)
{
    return n->kind == F80_NAN && !(n->m & QUIET);
}

/* The NaN that comes out of two operands of which one is a NaN (table 4-7). */
static struct f80_out propagate(const struct soft_num *a, const struct soft_num *b)
{
    bool sa = signalling(a), sb = signalling(b);
    const struct soft_num *n;
    if (a->kind != F80_NAN)
        n = b;
    else if (b->kind != F80_NAN)
        n = a;
    else if (sa != sb)
        n = sa ? b : a;
    else if (a->m != b->m)
        n = a->m > b->m ? a : b;
    else
        n = a->sign ? b : a;
    return (struct f80_out){.v = make(n->sign, 0x7fff, n->m | QUIET), .sw = sa || sb ? SW_IE : 0};
}

/* ---- arithmetic ---- */

static struct f80_out infinity(bool sign)
{
    return (struct f80_out){.v = make(sign, 0x7fff, TOP)};
}

static struct f80_out zero(bool sign)
{
    return (struct f80_out){.v = make(sign, 0, 0)};
}

static struct f80_out add(struct soft_num a, struct soft_num b, uint16_t cw)
{
    bool down = (cw >> 10 & 3) == 1;
    if (a.kind == F80_INFINITY || b.kind == F80_INFINITY) {
        if (a.kind == b.kind && a.sign != b.sign)
            return invalid();
        return infinity(a.kind == F80_INFINITY ? a.sign : b.sign);
    }
    if (a.kind == F80_ZERO && b.kind == F80_ZERO)
        return zero(a.sign == b.sign ? a.sign : down);
    if (a.kind == F80_ZERO)
        return pack(b.sign, b.e, b.m, 0, cw);
    if (b.kind == F80_ZERO)
        return pack(a.sign, a.e, a.m, 0, cw);
    if (a.e < b.e || (a.e == b.e && a.m < b.m)) {
        struct soft_num t = a;
        a = b;
        b = t;
    }
    uint64_t low = 0, m = shift_right(b.m, &low, (unsigned)(a.e - b.e));
    if (a.sign == b.sign) {
        uint64_t sum = a.m + m;
        if (sum >= a.m)
            return pack(a.sign, a.e, sum, low, cw);
        low = low >> 1 | sum << 63 | (low & 1);
        return pack(a.sign, a.e + 1, sum >> 1 | TOP, low, cw);
    }
    unsigned __int128 d = ((unsigned __int128)a.m << 64) - ((unsigned __int128)m << 64 | low);
    if (!d)
        return zero(down);
    uint64_t high = (uint64_t)(d >> 64);
    int by = high ? __builtin_clzll(high) : 64 + __builtin_clzll((uint64_t)d);
    d <<= by;
    return pack(a.sign, a.e - by, (uint64_t)(d >> 64), (uint64_t)d, cw);
}

static struct f80_out multiply(struct soft_num a, struct soft_num b, uint16_t cw)
{
    bool sign = a.sign != b.sign;
    bool inf = a.kind == F80_INFINITY || b.kind == F80_INFINITY;
    bool nil = a.kind == F80_ZERO || b.kind == F80_ZERO;
    if (inf || nil)
        return inf && nil ? invalid() : inf ? infinity(sign) : zero(sign);
    unsigned __int128 p = (unsigned __int128)a.m * b.m;
    int e = a.e + b.e - BIAS + 1;
    if (!(p >> 127)) {
        p <<= 1;
        e--;
    }
    return pack(sign, e, (uint64_t)(p >> 64), (uint64_t)p, cw);
}

static struct f80_out divide(struct soft_num a, struct soft_num b, uint16_t cw)
{
    bool sign = a.sign != b.sign;
    if (a.kind == b.kind && (a.kind == F80_INFINITY || a.kind == F80_ZERO))
        return invalid();
    if (a.kind == F80_INFINITY)
        return infinity(sign);
    if (b.kind == F80_INFINITY || a.kind == F80_ZERO)
        return zero(sign);
    if (b.kind == F80_ZERO)
        return (struct f80_out){.v = make(sign, 0x7fff, TOP), .sw = SW_ZE};
    bool big = a.m >= b.m;
    unsigned __int128 n = (unsigned __int128)a.m << (big ? 63 : 64);
    uint64_t q = (uint64_t)(n / b.m);
    unsigned __int128 r = (n % b.m) << 64;
    uint64_t low = (uint64_t)(r / b.m) | (r % b.m != 0);
    return pack(sign, a.e - b.e + BIAS - !big, q, low, cw);
}

static struct f80_out square_root(struct soft_num a, uint16_t cw)
{
    if (a.kind == F80_ZERO)
        return zero(a.sign);
    if (a.sign)
        return invalid();
    if (a.kind == F80_INFINITY)
        return infinity(false);
    int e = a.e - BIAS;
    bool odd = e & 1;
    unsigned __int128 n = (unsigned __int128)a.m << (odd ? 64 : 63), rest = 0, root = 0;
    for (unsigned k = 0; k < 64; k++) { /* two bits of n for each bit of the root */
        rest = rest << 2 | (unsigned)(n >> 126);
        n <<= 2;
        unsigned __int128 trial = root << 2 | 1;
        root <<= 1;
        if (rest >= trial) {
            rest -= trial;
            root |= 1;
        }
    }
    uint64_t low = !rest ? 0 : rest > root ? TOP | 1 : 1;
    return pack(false, (e - odd) / 2 + BIAS, (uint64_t)root, low, cw);
}

static struct f80_out compare(const struct soft_num *a, const struct soft_num *b)
{
    int order;
    if (a->kind == F80_ZERO && b->kind == F80_ZERO)
        order = 0;
    else if (a->kind == F80_ZERO)
        order = b->sign ? 1 : -1;
    else if (b->kind == F80_ZERO)
        order = a->sign ? -1 : 1;
    else if (a->sign != b->sign)
        order = a->sign ? -1 : 1;
    else {
        order = a->e != b->e ? (a->e > b->e ? 1 : -1) : (a->m > b->m) - (a->m < b->m);
        order = a->sign ? -order : order;
    }
    return (struct f80_out){.sw = order < 0 ? SW_C0 : order ? 0 : SW_C3};
}

static struct f80_out binary(enum f80_op op, struct soft_num a, struct soft_num b, uint16_t cw)
{
    switch (op) {
    case F80_SUBR: a.sign = !a.sign; return add(b, a, cw);
    case F80_SUB: b.sign = !b.sign; return add(a, b, cw);
    case F80_ADD: return add(a, b, cw);
    case F80_MUL: return multiply(a, b, cw);
    case F80_DIV: return divide(a, b, cw);
    case F80_DIVR: return divide(b, a, cw);
    default: return compare(&a, &b);
    }
}

static struct f80_out unordered(enum f80_op op, const struct soft_num *a, const struct soft_num *b)
{
    bool fault = op == F80_COM || signalling(a) || signalling(b) || a->kind == F80_UNSUPPORTED ||
                 b->kind == F80_UNSUPPORTED;
    return (struct f80_out){.sw = (uint16_t)(SW_C0 | SW_C2 | SW_C3 | (fault ? SW_IE : 0))};
}

static bool has(const struct soft_num *a, const struct soft_num *b, enum f80_class k)
{
    return a->kind == k || b->kind == k;
}

/* Adds DE to what came out; when it is unmasked, only a comparison still says something. */
static struct f80_out denormal(struct f80_out out, uint16_t cw)
{
    if (out.sw & (SW_IE | SW_ZE))
        return out;
    out.sw |= SW_DE;
    if (!(cw & SW_DE))
        out.sw &= SW_DE | SW_C0 | SW_C2 | SW_C3;
    return out;
}

static struct f80_out two_operands(enum f80_op op, enum f80_kind kind, struct f80 a, struct f80 b,
                                   uint16_t cw)
{
    bool small = false;
    if (kind == F80_F32)
        b = widen(b.m & 0xffffffff, 8, 23, &small);
    else if (kind == F80_F64)
        b = widen(b.m, 11, 52, &small);
    struct soft_num x = soft_open(a), y = soft_open(b);
    bool compares = op == F80_COM || op == F80_UCOM;
    if (has(&x, &y, F80_UNSUPPORTED))
        return compares ? unordered(op, &x, &y) : invalid();
    if (has(&x, &y, F80_NAN))
        return compares ? unordered(op, &x, &y) : propagate(&x, &y);
    struct f80_out out = binary(op, x, y, cw);
    return small || has(&x, &y, F80_DENORMAL) ? denormal(out, cw) : out;
}

/* ---- integers ---- */

/* |a| rounded to an integer below 2^64; false if it is not. */
static bool to_integer(const struct soft_num *a, uint16_t cw, uint64_t *v, bool *up, bool *inexact)
{
    *up = *inexact = false;
    *v = 0;
    if (a->kind == F80_ZERO)
        return true;
    if (a->kind == F80_NAN || a->kind == F80_INFINITY || a->kind == F80_UNSUPPORTED ||
        a->e > BIAS + 63)
        return false;
    uint64_t low = 0, m = shift_right(a->m, &low, (unsigned)(BIAS + 63 - a->e));
    *v = round_at(m, low, 64, a->sign, cw, up, inexact);
    return *v || !*up;
}

static struct f80_out store_integer(struct f80 a, unsigned bits, uint16_t cw)
{
    struct soft_num n = soft_open(a);
    uint64_t v, most = UINT64_C(1) << (bits - 1);
    bool up, inexact;
    if (!to_integer(&n, cw, &v, &up, &inexact) || v > most - !n.sign)
        return (struct f80_out){.v = {.m = most}, .sw = SW_IE};
    v = n.sign ? 0 - v : v;
    if (bits < 64)
        v &= (UINT64_C(1) << bits) - 1;
    return (struct f80_out){.v = {.m = v},
                            .sw = (uint16_t)((inexact ? SW_PE : 0) | (up ? SW_C1 : 0))};
}

static struct f80_out store_bcd(struct f80 a, uint16_t cw)
{
    struct soft_num n = soft_open(a);
    uint64_t v;
    bool up, inexact;
    if (!to_integer(&n, cw, &v, &up, &inexact) || v >= UINT64_C(1000000000000000000))
        return invalid();
    struct f80_out out = {.v = {.se = (uint16_t)(n.sign ? 0x8000 : 0)}};
    for (unsigned k = 0; k < 18; k++, v /= 10) {
        if (k < 16)
            out.v.m |= (v % 10) << (4 * k);
        else
            out.v.se |= (uint16_t)((v % 10) << (4 * (k - 16)));
    }
    out.sw = (uint16_t)((inexact ? SW_PE : 0) | (up ? SW_C1 : 0));
    return out;
}

static struct f80_out load_bcd(struct f80 a)
{
    uint64_t v = (a.se >> 4 & 15u) * 10u + (a.se & 15u);
    for (unsigned k = 16; k-- > 0;)
        v = v * 10 + (a.m >> (4 * k) & 15);
    struct f80_out out = {.v = f80_from_int((int64_t)v)};
    out.v.se |= a.se & 0x8000;
    return out;
}

/* NaNs and unsupported values as the only operand; false if it is a number. */
static bool no_number(const struct soft_num *n, struct f80_out *out)
{
    if (n->kind == F80_UNSUPPORTED)
        *out = invalid();
    else if (n->kind == F80_NAN)
        *out = propagate(n, n);
    else
        return false;
    return true;
}

static struct f80_out round_to_integer(struct f80 a, uint16_t cw)
{
    struct soft_num n = soft_open(a);
    uint64_t v;
    bool up, inexact;
    if (n.kind == F80_INFINITY || n.kind == F80_ZERO || n.e >= BIAS + 63)
        return (struct f80_out){.v = a};
    (void)to_integer(&n, cw, &v, &up, &inexact);
    struct f80_out out = {.sw = (uint16_t)((inexact ? SW_PE : 0) | (up ? SW_C1 : 0))};
    if (v) {
        unsigned by = (unsigned)__builtin_clzll(v);
        out.v = make(n.sign, BIAS + 63 - (int)by, v << by);
    } else {
        out.v = make(n.sign, 0, 0);
    }
    return out;
}

/* ---- floats in memory ---- */

static struct f80_out load_float(uint64_t raw, unsigned ebits, unsigned fbits)
{
    bool small;
    struct f80_out out = {.v = widen(raw, ebits, fbits, &small)};
    struct soft_num n = soft_open(out.v);
    if (n.kind == F80_NAN)
        return propagate(&n, &n);
    out.sw = small ? SW_DE : 0;
    return out;
}

static struct f80_out store_float(struct f80 a, unsigned ebits, unsigned fbits, uint16_t cw)
{
    struct soft_num n = soft_open(a);
    struct f80_out out;
    int bias = (1 << (ebits - 1)) - 1, max = (1 << ebits) - 1;
    struct range r = {fbits + 1, BIAS + 1 - bias, BIAS + bias};
    if (no_number(&n, &out) || n.kind == F80_INFINITY || n.kind == F80_ZERO)
        out.v = n.kind == F80_INFINITY || n.kind == F80_ZERO ? a : out.v;
    else
        out = pack_in(n.sign, n.e, n.m, 0, &r, cw);
    if (n.kind == F80_INFINITY || n.kind == F80_ZERO)
        out.sw = 0;
    if (out.sw & ~cw & (SW_OE | SW_UE))
        out.sw &= SW_OE | SW_UE; /* nothing will be stored */
    int e = out.v.se & 0x7fff;
    uint64_t f = out.v.m << 1 >> (64 - fbits);
    e = e == 0x7fff ? max : out.v.m >> 63 ? e - BIAS + bias : 0;
    out.v.m = (uint64_t)(out.v.se >> 15) << (ebits + fbits) | (uint64_t)e << fbits | f;
    out.v.se = 0;
    return out;
}

/* ---- the rest ---- */

static struct f80_out constant(enum f80_op op, uint16_t cw)
{
    /* 128 bits each; the last two of the seven are exact. */
    static const struct {
        int e;
        uint64_t m, low;
    } values[] = {
        {0, TOP, 0},
        {1, UINT64_C(0xd49a784bcd1b8afe), UINT64_C(0x492bf6ff4dafdb4c)},
        {0, UINT64_C(0xb8aa3b295c17f0bb), UINT64_C(0xbe87fed0691d3e88)},
        {1, UINT64_C(0xc90fdaa22168c234), UINT64_C(0xc4c6628b80dc1cd1)},
        {-2, UINT64_C(0x9a209a84fbcff798), UINT64_C(0x8f8959ac0b7c9178)},
        {-1, UINT64_C(0xb17217f7d1cf79ab), UINT64_C(0xc9e3b39803f2f6af)},
    };
    if (op == F80_LDZ)
        return zero(false);
    unsigned n = op - F80_LD1;
    struct f80_out out = pack(false, BIAS + values[n].e, values[n].m, values[n].low, cw | 0x300);
    out.sw = 0;
    return out;
}

static struct f80_out one_operand(enum f80_op op, struct f80 a, uint16_t cw)
{
    struct soft_num n = soft_open(a);
    struct f80_out out;
    if (no_number(&n, &out))
        return out;
    out = op == F80_SQRT ? square_root(n, cw) : round_to_integer(a, cw);
    return n.kind == F80_DENORMAL ? denormal(out, cw) : out;
}

struct f80_out f80_soft_run(enum f80_op op, enum f80_kind kind, struct f80 a, struct f80 b,
                            uint16_t cw)
{
    switch (op) {
    case F80_ADD:
    case F80_MUL:
    case F80_COM:
    case F80_UCOM:
    case F80_SUB:
    case F80_SUBR:
    case F80_DIV:
    case F80_DIVR: return two_operands(op, kind, a, b, cw);
    case F80_SQRT:
    case F80_RNDINT: return one_operand(op, a, cw);
    case F80_FROM_F32: return load_float(a.m & 0xffffffff, 8, 23);
    case F80_FROM_F64: return load_float(a.m, 11, 52);
    case F80_FROM_BCD: return load_bcd(a);
    case F80_TO_F32: return store_float(a, 8, 23, cw);
    case F80_TO_F64: return store_float(a, 11, 52, cw);
    case F80_TO_BCD: return store_bcd(a, cw);
    case F80_TO_I16: return store_integer(a, 16, cw);
    case F80_TO_I32: return store_integer(a, 32, cw);
    case F80_TO_I64: return store_integer(a, 64, cw);
    case F80_LD1:
    case F80_LDL2T:
    case F80_LDL2E:
    case F80_LDPI:
    case F80_LDLG2:
    case F80_LDLN2:
    case F80_LDZ: return constant(op, cw);
    default: return soft_function(op, a, b, cw);
    }
}
