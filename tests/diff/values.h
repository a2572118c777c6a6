/* SPDX-License-Identifier: MIT */
/* values.h - random numbers for generate.c, and values at which instructions go wrong. */
#ifndef TESTS_DIFF_VALUES_H
#define TESTS_DIFF_VALUES_H

#include "tests/diff/generate.h"

static inline uint32_t rnd(struct generator *g)
{
    g->random ^= g->random << 13;
    g->random ^= g->random >> 7;
    g->random ^= g->random << 17;
    return (uint32_t)(g->random * UINT64_C(0x2545f4914f6cdd1d) >> 32);
}

static inline uint32_t below(struct generator *g, uint32_t n)
{
    return (uint32_t)((uint64_t)rnd(g) * n >> 32);
}

static inline bool one_in(struct generator *g, uint32_t n)
{
    return below(g, n) == 0;
}

uint32_t value_edge(struct generator *g); /* where signs, carries and counts change */
uint32_t value_any(struct generator *g);  /* that, or near it, or anything */
uint64_t value_float(struct generator *g, unsigned exponent_bits, unsigned fraction_bits);
void value_extended(struct generator *g, uint8_t *to); /* 80 bits */
void value_fpu(struct generator *g, uint8_t *fpu);     /* a whole state, as FXSAVE lays it out */

#endif
