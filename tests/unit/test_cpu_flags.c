/* SPDX-License-Identifier: MIT */
/*
 * test_cpu_flags.c - arithmetic and its lazy flags against models that follow the definitions
 * (SDM vol. 1, 3.4.3.1; vol. 2, the instructions' own pages) bit by bit: a ripple-carry adder,
 * shifts and rotates one position at a time, the manual's steps for decimal adjustment. Bytes are
 * done exhaustively, words and dwords with edges and random values. Flags that the manual leaves
 * undefined are not compared here; the two layers of the engine are compared on them elsewhere.
 */
#include "cpu/bodies.h"
#include "cpu/flags.h"
#include "cpu/internal.h"
#include "tests/report.h"

#include <string.h>

struct result {
    uint32_t value;
    uint32_t flags;   /* EFLAGS bits */
    uint32_t defined; /* which of them the manual defines */
};

struct bench {
    struct cpu c;
    unsigned wrong;  /* mismatches in the current test */
    unsigned long n; /* cases in it */
    uint64_t random;
};

static uint32_t next_random(struct bench *t)
{
    t->random ^= t->random << 13;
    t->random ^= t->random >> 7;
    t->random ^= t->random << 17;
    return (uint32_t)(t->random * UINT64_C(0x2545f4914f6cdd1d) >> 32);
}

static uint32_t next_operand(struct bench *t, unsigned size)
{
    static const uint32_t edges[] = {0,          1,          0x7f,       0x80,
                                     0xff,       0x7fff,     0x8000,     0xffff,
                                     0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff};
    uint32_t r = next_random(t);
    return (r & 3 ? next_random(t) : edges[(r >> 2) % ARRAY_LEN(edges)]) & size_mask(size);
}

/* ---- models ---- */

static unsigned top(unsigned size)
{
    return 8 * size - 1;
}

static uint32_t result_flags(uint32_t v, unsigned size)
{
    unsigned ones = 0;
    for (unsigned n = 0; n < 8; n++)
        ones += v >> n & 1;
    return (v == 0 ? FLAG_ZF : 0u) | (v >> top(size) & 1 ? FLAG_SF : 0u) |
           (ones & 1 ? 0u : FLAG_PF);
}

/* a + b + carry, one bit after another; a subtraction is the same with the borrows. */
static struct result ripple(uint32_t a, uint32_t b, bool carry, unsigned size, bool subtract)
{
    struct result r = {.defined = FLAG_ARITH};
    bool into_top = false;
    for (unsigned n = 0; n <= top(size); n++) {
        int x = (int)(a >> n & 1), y = (int)(b >> n & 1);
        int sum = subtract ? x - y - carry : x + y + carry;
        if (n == top(size))
            into_top = carry;
        r.value |= (uint32_t)(sum & 1) << n;
        carry = subtract ? sum < 0 : sum > 1;
        if (n == 3 && carry)
            r.flags |= FLAG_AF;
    }
    r.flags |=
        result_flags(r.value, size) | (carry ? FLAG_CF : 0u) | (carry != into_top ? FLAG_OF : 0u);
    return r;
}

enum shift { ROL, ROR, RCL, RCR, SHL, SHR, SAR };

static struct result shifted(enum shift op, uint32_t a, unsigned count, unsigned size,
                             uint32_t before)
{
    struct result r = {.value = a, .flags = before, .defined = FLAG_ARITH};
    bool cf = before & FLAG_CF, of = false;
    unsigned n = count & 31;
    if (!n)
        return r;
    for (unsigned k = 0; k < n; k++) {
        uint32_t v = r.value;
        bool msb = v >> top(size) & 1, lsb = v & 1, old = cf;
        bool left = op == ROL || op == RCL || op == SHL;
        bool in = op == ROL                ? msb
                  : op == ROR              ? lsb
                  : op == SAR              ? msb
                  : op == RCL || op == RCR ? old
                                           : 0;
        cf = left ? msb : lsb;
        r.value = left ? (v << 1 | in) & size_mask(size) : v >> 1 | (uint32_t)in << top(size);
        of = (r.value >> top(size) & 1) != (left ? cf : msb);
    }
    uint32_t touched = FLAG_CF | FLAG_OF;
    if (op >= SHL) {
        touched = FLAG_ARITH;
        r.defined &= ~(uint32_t)FLAG_AF;
        if (op != SAR && n >= 8 * size)
            r.defined &= ~(uint32_t)FLAG_CF;
    }
    if (n != 1)
        r.defined &= ~(uint32_t)FLAG_OF;
    r.flags = (before & ~touched) | (op >= SHL ? result_flags(r.value, size) : 0) |
              (cf ? FLAG_CF : 0u) | (of ? FLAG_OF : 0u);
    return r;
}

/* ---- running a body ---- */

static void set_flags(struct bench *t, uint32_t f)
{
    flags_put(f, &t->c.res, &t->c.aux);
}

static uint32_t get_flags(const struct bench *t)
{
    return flags_get(t->c.res, t->c.aux);
}

static void expect(struct bench *t, const char *name, uint32_t got, const struct result *want,
                   unsigned size, uint32_t a, uint32_t b)
{
    uint32_t flags = get_flags(t);
    t->n++;
    if (got == want->value && !((flags ^ want->flags) & want->defined))
        return;
    if (t->wrong++ < 5)
        printf("FAIL %s (%u bytes) %x, %x: %x flags %03x, expected %x flags %03x of %03x\n", name,
               size, a, b, got, flags, want->value, want->flags, want->defined);
}

static void done(struct bench *t, const char *name, unsigned long at_least)
{
    CHECK(t->wrong == 0 && t->n >= at_least, "%s: %u of %lu cases wrong", name, t->wrong, t->n);
    t->wrong = 0;
    t->n = 0;
}

static const struct {
    const char *name;
    opcode_body *body;
    bool subtract, with_carry;
} sums[] = {
    {"add", x_add, false, false},
    {"adc", x_adc, false, true},
    {"sub", x_sub, true, false},
    {"sbb", x_sbb, true, true},
};

static void one_sum(struct bench *t, unsigned op, unsigned size, uint32_t a, uint32_t b,
                    uint32_t before)
{
    struct insn i = {.size = (uint8_t)size};
    set_flags(t, before);
    uint32_t got = sums[op].body(&t->c, &i, a, b);
    bool carry = sums[op].with_carry && (before & FLAG_CF);
    struct result want = ripple(a, b, carry, size, sums[op].subtract);
    expect(t, sums[op].name, got, &want, size, a, b);
}

static void test_sums(struct bench *t)
{
    for (unsigned op = 0; op < ARRAY_LEN(sums); op++) {
        for (uint32_t n = 0; n < 0x20000; n++)
            one_sum(t, op, 1, n & 0xff, n >> 8 & 0xff, n >> 16 ? FLAG_CF : 0);
        for (unsigned n = 0; n < 200000; n++) {
            unsigned size = n & 1 ? 2 : 4;
            one_sum(t, op, size, next_operand(t, size), next_operand(t, size),
                    next_random(t) & FLAG_ARITH);
        }
        done(t, sums[op].name, 0x20000);
    }
}

/* INC and DEC keep CF; NEG is 0 - a; CMP is SUB without a result. */
static void test_unary(struct bench *t)
{
    for (unsigned n = 0; n < 0x40000; n++) {
        unsigned size = n < 512 ? 1 : n & 1 ? 2 : 4;
        uint32_t a = n < 512 ? n & 0xff : next_operand(t, size), b = next_operand(t, size);
        uint32_t before = n < 512 ? (n >> 8 ? FLAG_CF : 0) : next_random(t) & FLAG_ARITH;
        struct insn i = {.size = (uint8_t)size};
        for (unsigned down = 0; down < 2; down++) {
            struct result want = ripple(a, 1, false, size, down);
            want.flags = (want.flags & ~(uint32_t)FLAG_CF) | (before & FLAG_CF);
            set_flags(t, before);
            uint32_t got = (down ? x_dec : x_inc)(&t->c, &i, a, 0);
            expect(t, down ? "dec" : "inc", got, &want, size, a, 1);
        }
        struct result want = ripple(0, a, false, size, true);
        set_flags(t, before);
        uint32_t got = x_neg(&t->c, &i, a, 0);
        expect(t, "neg", got, &want, size, a, 0);
        want = ripple(a, b, false, size, true);
        (void)x_cmp(&t->c, &i, a, b);
        expect(t, "cmp", want.value, &want, size, a, b);
        want = (struct result){~a & size_mask(size), before, FLAG_ARITH};
        set_flags(t, before);
        got = x_not(&t->c, &i, a, 0);
        expect(t, "not", got, &want, size, a, 0);
    }
    done(t, "inc, dec, neg, cmp, not", 0x40000);
}

static void test_logic(struct bench *t)
{
    for (unsigned n = 0; n < 0x40000; n++) {
        unsigned size = n < 0x10000 ? 1 : n & 1 ? 2 : 4;
        uint32_t a = n < 0x10000 ? n & 0xff : next_operand(t, size);
        uint32_t b = n < 0x10000 ? n >> 8 : next_operand(t, size);
        const uint32_t values[4] = {a & b, a | b, a ^ b, a & b};
        opcode_body *const bodies[4] = {x_and, x_or, x_xor, x_test};
        struct insn i = {.size = (uint8_t)size};
        for (unsigned k = 0; k < 4; k++) {
            struct result want = {values[k], result_flags(values[k], size),
                                  FLAG_ARITH & ~(uint32_t)FLAG_AF};
            set_flags(t, next_random(t) & FLAG_ARITH);
            uint32_t got = bodies[k](&t->c, &i, a, b);
            expect(t, "logic", k == 3 ? values[k] : got, &want, size, a, b);
        }
    }
    done(t, "and, or, xor, test", 0x40000);
}

static void test_shifts(struct bench *t)
{
    opcode_body *const bodies[] = {x_rol, x_ror, x_rcl, x_rcr, x_shl, x_shr, x_sar};
    static const char *const names[] = {"rol", "ror", "rcl", "rcr", "shl", "shr", "sar"};
    for (unsigned op = ROL; op <= SAR; op++) {
        for (unsigned n = 0; n < 0x100 * 0x100 * 4 + 300000; n++) {
            bool exhaustive = n < 0x40000;
            unsigned size = exhaustive ? 1 : n & 1 ? 2 : 4;
            uint32_t a = exhaustive ? n & 0xff : next_operand(t, size);
            unsigned count = exhaustive ? n >> 8 & 0xff : next_random(t) & 0xff;
            uint32_t before = exhaustive ? (n >> 16 & 1 ? FLAG_CF : 0u) |
                                               (n >> 17 ? 0u : FLAG_OF | FLAG_AF | FLAG_ZF)
                                         : next_random(t) & FLAG_ARITH;
            struct insn i = {.size = (uint8_t)size};
            set_flags(t, before);
            uint32_t got = bodies[op](&t->c, &i, a, count);
            struct result want = shifted((enum shift)op, a, count, size, before);
            expect(t, names[op], got, &want, size, a, count);
        }
        done(t, names[op], 0x40000);
    }
}

/* SHLD and SHRD: one bit after another out of a, in from b. */
static void test_double_shifts(struct bench *t)
{
    for (unsigned n = 0; n < 400000; n++) {
        unsigned size = n & 1 ? 2 : 4, count = next_random(t) % (8 * size + 1);
        bool left = n & 2;
        uint32_t a = next_operand(t, size), b = next_operand(t, size), from = b;
        uint32_t before = next_random(t) & FLAG_ARITH;
        struct insn i = {
            .size = (uint8_t)size, .row = (uint16_t)(MAP_0F + (left ? 0xa4 : 0xac)), .imm = count};
        struct result want = {a, before, FLAG_ARITH};
        if (count & 31) {
            bool cf = false;
            for (unsigned k = 0; k < (count & 31); k++) {
                cf = left ? want.value >> top(size) & 1 : want.value & 1;
                want.value = left ? (want.value << 1 | from >> top(size)) & size_mask(size)
                                  : want.value >> 1 | (from & 1) << top(size);
                from = left ? from << 1 & size_mask(size) : from >> 1;
            }
            bool changed = (a ^ want.value) >> top(size) & 1;
            want.flags =
                result_flags(want.value, size) | (cf ? FLAG_CF : 0u) | (changed ? FLAG_OF : 0u);
            want.defined &= ~(uint32_t)FLAG_AF & ~(count == 1 ? 0u : FLAG_OF);
        }
        set_flags(t, before);
        uint32_t got = (left ? x_shld : x_shrd)(&t->c, &i, a, b);
        expect(t, left ? "shld" : "shrd", got, &want, size, a, count);
    }
    done(t, "shld, shrd", 400000);
}

/* ---- decimal ---- */

static struct result daa(uint32_t ax, bool cf, bool af, bool subtract)
{
    uint32_t old = ax & 0xff, al = old;
    bool old_cf = cf;
    cf = false;
    if ((al & 15) > 9 || af) {
        cf = old_cf || (subtract ? al < 6 : al + 6 > 0xff);
        al = (subtract ? al - 6 : al + 6) & 0xff;
        af = true;
    } else {
        af = false;
    }
    if (old > 0x99 || old_cf) {
        al = (subtract ? al - 0x60 : al + 0x60) & 0xff;
        cf = true;
    } else if (!subtract) {
        cf = false;
    }
    return (struct result){(ax & 0xff00) | al,
                           result_flags(al, 1) | (cf ? FLAG_CF : 0u) | (af ? FLAG_AF : 0u),
                           FLAG_ARITH & ~(uint32_t)FLAG_OF};
}

static struct result aaa(uint32_t ax, bool af, bool subtract)
{
    uint32_t flags = 0;
    if ((ax & 15) > 9 || af) {
        ax = subtract ? (((ax - 6) & 0xffff) - 0x100) & 0xffff : (ax + 0x106) & 0xffff;
        flags = FLAG_CF | FLAG_AF;
    }
    return (struct result){ax & 0xff0f, flags, FLAG_CF | FLAG_AF};
}

static void test_decimal(struct bench *t)
{
    static const char *const names[] = {"daa", "das", "aaa", "aas"};
    opcode_body *const bodies[] = {x_daa, x_das, x_aaa, x_aas};
    const struct insn none = {.size = 1};
    const uint32_t high = 0x5a5a0000;
    for (uint32_t n = 0; n < 0x40000; n++) {
        uint32_t ax = n & 0xffff, before = (n >> 16 & 1 ? FLAG_CF : 0u) | (n >> 17 ? FLAG_AF : 0u);
        for (unsigned op = 0; op < 4; op++) {
            set_flags(t, before);
            t->c.gpr[EAX] = high | ax;
            (void)bodies[op](&t->c, &none, 0, 0);
            struct result want = op < 2 ? daa(ax, before & FLAG_CF, before & FLAG_AF, op == 1)
                                        : aaa(ax, before & FLAG_AF, op == 3);
            want.value |= high;
            expect(t, names[op], t->c.gpr[EAX], &want, 1, ax, before);
        }
    }
    done(t, "daa, das, aaa, aas", 0x40000);
    for (uint32_t n = 0x100; n < 0x10000; n++) {
        uint32_t al = n & 0xff, ah = next_random(t) & 0xff, imm = n >> 8;
        const struct insn i = {.size = 1, .imm = imm};
        struct result want = {high | (al / imm) << 8 | al % imm, result_flags(al % imm, 1),
                              FLAG_SF | FLAG_ZF | FLAG_PF};
        t->c.gpr[EAX] = high | ah << 8 | al;
        (void)x_aam(&t->c, &i, 0, 0);
        expect(t, "aam", t->c.gpr[EAX], &want, 1, al, imm);
        uint32_t sum = (al + ah * imm) & 0xff;
        want = (struct result){high | sum, result_flags(sum, 1), FLAG_SF | FLAG_ZF | FLAG_PF};
        t->c.gpr[EAX] = high | ah << 8 | al;
        (void)x_aad(&t->c, &i, 0, 0);
        expect(t, "aad", t->c.gpr[EAX], &want, 1, al, imm);
    }
    done(t, "aam, aad", 0x1fe00);
}

/* ---- multiplication and division of bytes ---- */

static void test_products(struct bench *t)
{
    const struct insn i = {.size = 1};
    for (uint32_t n = 0; n < 0x10000; n++) {
        uint32_t a = n & 0xff, b = n >> 8, u = a * b;
        uint32_t s = (uint32_t)((int)(int8_t)a * (int)(int8_t)b) & 0xffff;
        bool wide = s != ((uint32_t)(int8_t)s & 0xffff);
        struct result want = {u, u > 0xff ? FLAG_CF | FLAG_OF : 0u, FLAG_CF | FLAG_OF};
        t->c.gpr[EAX] = 0x1100 | a;
        (void)x_mul(&t->c, &i, b, 0);
        expect(t, "mul", t->c.gpr[EAX], &want, 1, a, b);
        want = (struct result){s, wide ? FLAG_CF | FLAG_OF : 0u, FLAG_CF | FLAG_OF};
        t->c.gpr[EAX] = 0x1100 | a;
        (void)x_imul1(&t->c, &i, b, 0);
        expect(t, "imul", t->c.gpr[EAX], &want, 1, a, b);
        want.value &= 0xff;
        expect(t, "imul by two", x_imul(&t->c, &i, a, b), &want, 1, a, b);
    }
    done(t, "mul, imul", 0x30000);
}

/* AX after a division, or UINT32_MAX for #DE. */
static uint32_t divide(struct bench *t, opcode_body *body, uint32_t ax, uint32_t by)
{
    const struct insn i = {.size = 1};
    t->c.gpr[EAX] = ax;
    if (setjmp(t->c.unwind))
        return t->c.fault.vector == EXC_DE ? UINT32_MAX : 0x12345678;
    (void)body(&t->c, &i, by, 0);
    return t->c.gpr[EAX];
}

static void test_divisions(struct bench *t)
{
    for (uint32_t n = 0; n < 0x10000 * 16; n++) {
        uint32_t ax = n & 0xffff, by = (n >> 16) < 8 ? (0xfcu + (n >> 16)) & 0xff : (n >> 16) * 13;
        struct result want = {UINT32_MAX, 0, 0};
        if (by && ax / by <= 0xff)
            want.value = (ax % by) << 8 | ax / by;
        expect(t, "div", divide(t, x_div, ax, by), &want, 1, ax, by);
        int d = (int8_t)by, x = (int16_t)ax;
        want.value = UINT32_MAX;
        if (d && x / d >= -128 && x / d <= 127)
            want.value = ((uint32_t)(x % d) & 0xff) << 8 | ((uint32_t)(x / d) & 0xff);
        expect(t, "idiv", divide(t, x_idiv, ax, by), &want, 1, ax, by);
    }
    done(t, "div, idiv", 0x200000);
}

/* ---- the two values themselves ---- */

static bool condition(unsigned cc, uint32_t f)
{
    bool cf = f & FLAG_CF, zf = f & FLAG_ZF, sf = f & FLAG_SF, of = f & FLAG_OF, pf = f & FLAG_PF;
    const bool yes[8] = {of, cf, zf, cf || zf, sf, pf, sf != of, zf || sf != of};
    return yes[cc >> 1] != (cc & 1);
}

static void test_representation(struct bench *t)
{
    for (unsigned n = 0; n < 64; n++) {
        uint32_t f = (n & 1 ? FLAG_CF : 0u) | (n & 2 ? FLAG_PF : 0u) | (n & 4 ? FLAG_AF : 0u) |
                     (n & 8 ? FLAG_ZF : 0u) | (n & 16 ? FLAG_SF : 0u) | (n & 32 ? FLAG_OF : 0u);
        set_flags(t, f);
        CHECK(get_flags(t) == f, "flags %03x come back as %03x", f, get_flags(t));
        for (unsigned cc = 0; cc < 16; cc++)
            CHECK(flags_cond(cc, t->c.res, t->c.aux) == condition(cc, f), "condition %x of %03x",
                  cc, f);
        const struct {
            opcode_body *body;
            uint32_t want;
        } carries[] = {{x_clc, f & ~(uint32_t)FLAG_CF}, {x_stc, f | FLAG_CF}, {x_cmc, f ^ FLAG_CF}};
        for (unsigned k = 0; k < 3; k++) {
            struct insn i = {0};
            set_flags(t, f);
            (void)carries[k].body(&t->c, &i, 0, 0);
            CHECK(get_flags(t) == carries[k].want, "CLC, STC, CMC (%u) on %03x", k, f);
        }
    }
}

int main(void)
{
    static struct bench t;
    t.random = UINT64_C(0x386387);
    t.c.model = cpu_model_find(6);
    test_representation(&t);
    test_sums(&t);
    test_unary(&t);
    test_logic(&t);
    test_shifts(&t);
    test_double_shifts(&t);
    test_decimal(&t);
    test_products(&t);
    test_divisions(&t);
    return report_end();
}
