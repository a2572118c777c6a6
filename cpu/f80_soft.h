/* SPDX-License-Identifier: MIT */
/* f80_soft.h - what the two files of the portable implementation of f80_run share. */
#ifndef CPU_F80_SOFT_H
#define CPU_F80_SOFT_H

#include "cpu/f80.h"

/* A value taken apart: denormals are normalised, so that e may be below 1. */
struct soft_num {
    bool sign;           /* negative */
    int e;               /* biased exponent */
    uint64_t m;          /* significand, top bit set if it is a number and not zero */
    enum f80_class kind; /* what it is */
};
struct soft_num soft_open(struct f80 v);

/* f80_series.c: remainders, scaling and the transcendental functions. */
struct f80_out soft_function(enum f80_op op, struct f80 a, struct f80 b, uint16_t cw);

#endif
