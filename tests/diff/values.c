/* SPDX-License-Identifier: MIT */
/* values.c - see values.h. */
#include "tests/diff/values.h"

#include <string.h>

uint32_t value_edge(struct generator *g)
{
    static const uint32_t edges[] = {
        0,          1,          2,          0x7e,       0x7f,       0x80,    0x81,       0xff,
        0x100,      0x7fff,     0x8000,     0x8001,     0xffff,     0x10000, 0x7fffffff, 0x80000000,
        0x80000001, 0xfffffffe, 0xffffffff, 0xffffff80, 0xffff8000, 7,       8,          9,
        15,         16,         17,         31,         32,         33};
    return edges[below(g, ARRAY_LEN(edges))];
}

uint32_t value_any(struct generator *g)
{
    switch (below(g, 8)) {
    case 0:
    case 1:
    case 2: return value_edge(g);
    case 3: return value_edge(g) + below(g, 5) - 2;
    case 4: return rnd(g) >> below(g, 32);
    case 5: return UINT32_C(1) << below(g, 32);
    default: return rnd(g);
    }
}

/* A float of `exponent_bits`, as the sign, exponent and fraction of a significand without its integer
   bit (so for 4 and 8 bytes). */
uint64_t value_float(struct generator *g, unsigned exponent_bits, unsigned fraction_bits)
{
    uint64_t fraction = (uint64_t)rnd(g) << 32 | rnd(g), all = (UINT64_C(1) << exponent_bits) - 1;
    uint64_t exponent = rnd(g) & all, bias = all >> 1;
    fraction = one_in(g, 3) ? 0 : one_in(g, 4) ? UINT64_MAX : one_in(g, 4) ? 1 : fraction;
    switch (below(g, 6)) {
    case 0: exponent = 0; break;
    case 1: exponent = all; break;
    case 2:
    case 3: exponent = bias - 2 + below(g, 70); break;
    default: break;
    }
    fraction &= (UINT64_C(1) << fraction_bits) - 1;
    return (uint64_t)(rnd(g) & 1) << (exponent_bits + fraction_bits) |
           (exponent & all) << fraction_bits | fraction;
}

void value_extended(struct generator *g, uint8_t *to)
{
    uint64_t m = (uint64_t)rnd(g) << 32 | rnd(g), top = UINT64_C(1) << 63;
    uint32_t e = 0x3fff - 70 + below(g, 140);
    switch (below(g, 10)) {
    case 0: e = below(g, 3); break;          /* zeroes and denormals */
    case 1: e = 0x7fff - below(g, 3); break; /* infinities and NaNs */
    case 2: e = rnd(g) & 0x7fff; break;
    case 3: e = 0x3fff + below(g, 2); break;
    case 4: e = one_in(g, 2) ? 0x3c00 : 0x43ff; break; /* ends of the double */
    default: break;
    }
    switch (below(g, 8)) {
    case 0: m = 0; break;
    case 1: m = UINT64_MAX; break;
    case 2: m &= UINT64_MAX << below(g, 64); break;
    case 3: m = UINT64_C(1) << below(g, 63); break;
    default: break;
    }
    if (!one_in(g, 12)) /* otherwise as it comes: pseudo-denormals, unnormals */
        m = e ? m | top : m & ~top;
    uint16_t se = (uint16_t)(e | (rnd(g) & 0x8000));
    memcpy(to, &m, 8);
    memcpy(to + 8, &se, 2);
}

/* In the layout of FXSAVE: 0 control word, 2 status word, 4 tags, 24 MXCSR, 32 ST(0) ... */
void value_fpu(struct generator *g, uint8_t *fpu)
{
    static const uint16_t precision[] = {0x000, 0x200, 0x300};
    uint32_t cw = 0x37f, sw = (rnd(g) & 0x4700) | below(g, 8) << 11, mxcsr = 0x1f80;
    if (one_in(g, 2))
        cw = 0x40 | (one_in(g, 2) ? 0x3f : rnd(g) & 0x3f) | precision[below(g, 3)] |
             below(g, 4) << 10;
    if (one_in(g, 4))
        sw |= rnd(g) & (one_in(g, 2) ? cw & 0x3f : 0x7f);
    if (sw & ~cw & 0x3f)
        sw |= 0x8080; /* ES and B follow from the rest */
    memset(fpu, 0, 512);
    memcpy(fpu, &cw, 2);
    memcpy(fpu + 2, &sw, 2);
    fpu[4] = (uint8_t)(one_in(g, 4) ? rnd(g) : one_in(g, 8) ? 0 : 0xff);
    memcpy(fpu + 24, &mxcsr, 4);
    for (unsigned n = 0; n < 8; n++)
        value_extended(g, fpu + 32 + 16 * n);
}
