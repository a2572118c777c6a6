/* SPDX-License-Identifier: MIT */
/*
 * test_cpu_f80.c - the portable 80-bit arithmetic against the host's x87: results, exceptions and
 * condition codes of every operation that has one right answer, over random operands, precisions,
 * roundings and masks; the transcendental functions to within some units in the last place. On a
 * host without an x87 only known values are checked.
 *
 *     test_cpu_f80 [COUNT]
 */
#include "cpu/f80.h"
#include "tests/report.h"

#include <stdlib.h>

#define DEFAULT_COUNT 60000ul
#define SHOWN 8u

struct bench {
    uint64_t random; /* state of the generator */
    unsigned shown;  /* differences printed */
};

static uint64_t next_random(struct bench *b)
{
    b->random ^= b->random << 13;
    b->random ^= b->random >> 7;
    b->random ^= b->random << 17;
    return b->random * UINT64_C(0x2545f4914f6cdd1d);
}

static unsigned below(struct bench *b, unsigned n)
{
    return (unsigned)((next_random(b) >> 32) * n >> 32);
}

static struct f80 value(struct bench *b)
{
    static const uint64_t shapes[] = {UINT64_MAX, UINT64_C(0xffffff0000000000),
                                      UINT64_C(0xfffffffffffff800), UINT64_C(0xffff000000000000)};
    struct f80 v = {.m = next_random(b) & shapes[below(b, 4)]};
    unsigned e;
    switch (below(b, 9)) {
    case 0: e = 0; break;
    case 1: e = 0x7fff; break;
    case 2: e = below(b, 0x8000); break;
    case 3: e = 1 + below(b, 70); break;
    case 4: e = 0x7ffe - below(b, 70); break;
    case 5: e = 16383 - 1090 + below(b, 100); break;
    case 6: e = 16383 + (below(b, 2) ? 127 : -126) - 30 + below(b, 60); break;
    default: e = 16383 - 70 + below(b, 140); break;
    }
    if (below(b, 8) == 0)
        v.m = below(b, 2) ? UINT64_C(1) << below(b, 64) : UINT64_MAX << below(b, 64);
    if (e && below(b, 30))
        v.m |= UINT64_C(1) << 63;
    if (below(b, 14) == 0)
        v.m = 0, e = 0;
    v.se = (uint16_t)(e | below(b, 2) << 15);
    return v;
}

#if F80_HOST

/* No values after an unmasked fault, none from a store that does not happen. */
static bool same(enum f80_op op, struct f80_out x, struct f80_out y, uint16_t cw)
{
    bool store = op >= F80_TO_F32 && op <= F80_TO_I64, pair = op == F80_XTRACT;
    uint16_t stop = SW_IE | SW_DE | SW_ZE;
    if (store)
        stop |= SW_OE | SW_UE;
    if (x.sw != y.sw)
        return false;
    if ((x.sw & ~cw & stop) || op == F80_COM || op == F80_UCOM)
        return true;
    if (store && op != F80_TO_BCD) {
        unsigned bits = op == F80_TO_I16 ? 16 : op == F80_TO_F32 || op == F80_TO_I32 ? 32 : 64;
        return (x.v.m ^ y.v.m) << (64 - bits) == 0;
    }
    return x.v.m == y.v.m && x.v.se == y.v.se && (!pair || (x.w.m == y.w.m && x.w.se == y.w.se));
}

static void show(struct bench *b, const char *name, enum f80_kind kind, struct f80 a, struct f80 c,
                 uint16_t cw, struct f80_out x, struct f80_out y)
{
    if (b->shown++ >= SHOWN)
        return;
    printf("FAIL %s kind %u cw %04x: %04x:%016llx %04x:%016llx\n", name, kind, cw, a.se,
           (unsigned long long)a.m, c.se, (unsigned long long)c.m);
    printf("     soft %04x:%016llx sw %04x, host %04x:%016llx sw %04x\n", x.v.se,
           (unsigned long long)x.v.m, x.sw, y.v.se, (unsigned long long)y.v.m, y.sw);
}

static void compare(struct bench *b, enum f80_op op, const char *name, unsigned long count)
{
    unsigned long bad = 0;
    for (unsigned long n = 0; n < count; n++) {
        struct f80 x = value(b), y = value(b);
        enum f80_kind kind = op < F80_SQRT && op != F80_UCOM ? below(b, 3) : F80_REG;
        static const uint16_t precision[] = {0x000, 0x200, 0x300};
        uint16_t cw = (uint16_t)(0x40 | precision[below(b, 3)] | below(b, 4) << 10);
        cw |= (uint16_t)(below(b, 2) ? 0x3f : below(b, 64));
        if (below(b, 8) == 0)
            y = x;
        if (kind != F80_REG || op == F80_FROM_F32 || op == F80_FROM_F64) {
            enum f80_op to = kind == F80_F32 || op == F80_FROM_F32 ? F80_TO_F32 : F80_TO_F64;
            y = f80_host_run(to, F80_REG, y, y, 0x37f).v;
            if (below(b, 8) == 0)
                y.m ^= UINT64_C(1) << below(b, 64);
            x = op == F80_FROM_F32 || op == F80_FROM_F64 ? y : x;
        }
        if (op == F80_SCALE && below(b, 4))
            y = f80_from_int((int)below(b, 40000) - 20000);
        if (op == F80_FROM_BCD)
            x = f80_host_run(F80_TO_BCD, F80_REG, x, x, 0x37f).v;
        if (op == F80_FROM_BCD && (x.m >> 60 > 9 || x.se == 0xffff))
            continue;
        if ((op == F80_PREM || op == F80_PREM1) && abs((x.se & 0x7fff) - (y.se & 0x7fff)) > 60)
            continue; /* how far one step goes is the processor's choice */
        struct f80_out soft = f80_soft_run(op, kind, x, y, cw);
        struct f80_out host = f80_host_run(op, kind, x, y, cw);
        if (!same(op, soft, host, cw)) {
            bad++;
            show(b, name, kind, x, y, cw, soft, host);
        }
    }
    CHECK(!bad, "%s differs in %lu of %lu", name, bad, count);
}

static void compare_all(struct bench *b, unsigned long count)
{
    static const struct {
        enum f80_op op;
        const char *name;
    } ops[] = {
        {F80_ADD, "add"},           {F80_MUL, "mul"},           {F80_COM, "com"},
        {F80_UCOM, "ucom"},         {F80_SUB, "sub"},           {F80_SUBR, "subr"},
        {F80_DIV, "div"},           {F80_DIVR, "divr"},         {F80_SQRT, "sqrt"},
        {F80_RNDINT, "rndint"},     {F80_XTRACT, "xtract"},     {F80_SCALE, "scale"},
        {F80_PREM, "prem"},         {F80_PREM1, "prem1"},       {F80_FROM_F32, "from f32"},
        {F80_FROM_F64, "from f64"}, {F80_FROM_BCD, "from bcd"}, {F80_TO_F32, "to f32"},
        {F80_TO_F64, "to f64"},     {F80_TO_BCD, "to bcd"},     {F80_TO_I16, "to i16"},
        {F80_TO_I32, "to i32"},     {F80_TO_I64, "to i64"},     {F80_LD1, "ld1"},
        {F80_LDL2T, "ldl2t"},       {F80_LDL2E, "ldl2e"},       {F80_LDPI, "ldpi"},
        {F80_LDLG2, "ldlg2"},       {F80_LDLN2, "ldln2"},       {F80_LDZ, "ldz"},
    };
    for (unsigned n = 0; n < ARRAY_LEN(ops); n++) {
        b->shown = 0;
        compare(b, ops[n].op, ops[n].name, count);
    }
}

/* Units in the last place between two values of one sign and nearly one exponent. */
static uint64_t distance(struct f80 x, struct f80 y)
{
    if (x.se == y.se)
        return x.m > y.m ? x.m - y.m : y.m - x.m;
    bool next = x.se + 1 == y.se || y.se + 1 == x.se;
    return next ? (x.m >> 63 ? ~(x.se < y.se ? x.m : y.m) : UINT64_MAX) : UINT64_MAX;
}

static void near(struct bench *b, enum f80_op op, const char *name, bool below_one)
{
    uint64_t worst = 0;
    for (unsigned n = 0; n < 3000; n++) {
        struct f80 x = {.m = next_random(b) | UINT64_C(1) << 63}, y = x;
        y.m = next_random(b) | UINT64_C(1) << 63;
        x.se = (uint16_t)(16383 - 1 - below(b, 12) + (below_one ? 0 : below(b, 12)));
        y.se = (uint16_t)(16383 - 6 + below(b, 12));
        struct f80_out soft = f80_soft_run(op, F80_REG, x, y, 0x37f);
        struct f80_out host = f80_host_run(op, F80_REG, x, y, 0x37f);
        uint64_t d = distance(soft.v, host.v);
        worst = d > worst ? d : worst;
    }
    CHECK(worst < 64, "%s is off by up to %llu units", name, (unsigned long long)worst);
}

#endif

static void known_values(void)
{
    const struct f80 one = f80_from_int(1), three = f80_from_int(3);
    struct f80_out o = f80_soft_run(F80_DIV, F80_REG, one, three, 0x37f);
    CHECK(o.v.m == UINT64_C(0xaaaaaaaaaaaaaaab) && o.v.se == 0x3ffd && o.sw == (SW_PE | SW_C1),
          "1 / 3");
    o = f80_soft_run(F80_SQRT, F80_REG, f80_from_int(2), one, 0x37f);
    CHECK(o.v.m == UINT64_C(0xb504f333f9de6484) && o.v.se == 0x3fff, "the root of 2");
    o = f80_soft_run(F80_SUB, F80_REG, one, one, 0x77f);
    CHECK(o.v.m == 0 && o.v.se == 0x8000, "1 - 1 is -0 when rounding down");
    CHECK(f80_from_int(-5).se == 0xc001 && f80_from_int(-5).m == UINT64_C(5) << 61, "-5");
}

#if F80_HOST
/* C2 of an operation that does not set it is not that of a comparison before (FXTRACT then thought its
   operand was out of range). */
static void xtract_after_unordered_compare(void)
{
    const struct f80 one = f80_from_int(1);
    __asm__ volatile("fldz\n\tfldz\n\tfdiv %%st, %%st(1)\n\tfucompp\n\tfnclex" : : : "st", "st(1)");
    CHECK(!(f80_run(F80_XTRACT, F80_REG, one, one, 0x37f).sw & (SW_C0 | SW_C2 | SW_C3)),
          "condition bits are the operation's own");
    f80_fresh();
}
#endif

int main(int argc, char **argv)
{
    struct bench b = {.random = UINT64_C(0x80387)};
    unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 0) : DEFAULT_COUNT;
    known_values();
    (void)value(&b);
#if F80_HOST
    xtract_after_unordered_compare();
    compare_all(&b, count);
    near(&b, F80_2XM1, "2^x - 1", true);
    near(&b, F80_SIN, "sine", true);
    near(&b, F80_COS, "cosine", true);
    near(&b, F80_PATAN, "arctangent", false);
    near(&b, F80_YL2XP1, "y log2(x + 1)", true);
    struct f80_out x = {.v = f80_from_int(1)}, y = x;
    CHECK(same(F80_ADD, x, y, 0x37f), "equal to begin with");
    y.v.m ^= 1;
    CHECK(!same(F80_ADD, x, y, 0x37f), "a wrong bit is seen");
#endif
    return report_end();
}
