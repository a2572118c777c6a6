/* SPDX-License-Identifier: MIT */
/*
 * alu.c - runs one instruction over its grid of operands and compares (alu.h), and the
 * arithmetic that the definitions share: plain sums and bit loops, never the flags of the
 * machine under test.
 */
#include "alu.h"

/* clang-format off */
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

u32 mask_of(unsigned bits)
{
    return bits == 32 ? 0xffffffffu : (1u << bits) - 1;
}

u32 keep(u32 old, u32 value, unsigned bits)
{
    return (old & ~mask_of(bits)) | (value & mask_of(bits));
}

u32 top(u32 v, unsigned bits)
{
    return v >> (bits - 1) & 1;
}

u32 szp(u32 v, unsigned bits)
{
    u32 ones = 0;

    for (int i = 0; i < 8; i++)
        ones += v >> i & 1;
    return (top(v, bits) ? SF : 0) | ((v & mask_of(bits)) == 0 ? ZF : 0) | (ones & 1 ? 0 : PF);
}

void set_flags(struct state *s, u32 which, u32 value)
{
    s->flags = (s->flags & ~which) | (value & which);
}

u64 product(u32 a, u32 b)
{
    u64 r = 0, wide = a;

    for (int i = 0; i < 32; i++) {
        if (b >> i & 1)
            r += wide;
        wide += wide;
    }
    return r;
}

u32 sign_extend(u32 v, unsigned bits)
{
    return top(v, bits) ? v | ~mask_of(bits) : v & mask_of(bits);
}

u64 signed_product(u32 a, u32 b)
{
    u64 r = product(a & 0x80000000u ? -a : a, b & 0x80000000u ? -b : b);

    return (a ^ b) & 0x80000000u ? -r : r;
}

static int compare(const struct operation *op, const struct state *in)
{
    struct state got = *in, want = *in;

    want.undef = want.undef_result = 0;
    op->ref(&want, op->bits);
    op->run(&got);
    if ((want.undef_result || got.a == want.a) && got.b == want.b &&
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
    struct state s = {0, 0, 0, 2, 0, 0};
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
    u32 step = op->grid == DOUBLE ? 7 : rt_sparse ? 5 : 1;

    for (u32 i = 0; i < VALUES; i++) {
        for (u32 j = rt_sparse ? i % step : 0; j < VALUES; j += step) {
            if (op->grid == DIVIDE) {
                if (!divide(op, values[i], values[j], values[(i + j) % VALUES]))
                    return 0;
                continue;
            }
            for (u32 f = 0; f < (op->grid == DOUBLE ? 2u : 4u); f++) {
                struct state s = {values[i], values[j], 0x1f0, 2, 0, 0};

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

void alu_check(const struct operation *op)
{
    rt_report_eq(op->name, (u32)check_grid(op), 1);
}
