/* SPDX-License-Identifier: MIT */
/*
 * generate.h - random cases for the differential fuzzer, from the rows of the instruction set. A
 * case follows from the seed and its number alone, so that any one can be run again by itself.
 */
#ifndef TESTS_DIFF_GENERATE_H
#define TESTS_DIFF_GENERATE_H

#include "base/types.h"

struct experiment;

struct form {
    uint16_t row;   /* index into opcodes[] */
    uint8_t op;     /* opcode byte */
    bool two;       /* after 0F */
    int8_t reg;     /* ModRM.reg that selects it, -1: any */
    int8_t rm;      /* ModRM.rm that does, -1: any */
    int8_t mem;     /* 1: memory form, 0: register form, -1: any */
    uint8_t one_in; /* how seldom it is taken */
};

struct generator {
    uint64_t seed;          /* of all cases */
    uint64_t random;        /* state */
    struct form form[2048]; /* what there is to choose from */
    unsigned forms;         /* how many */
};

void generator_init(struct generator *g, uint64_t seed);
void generator_make(struct generator *g, uint64_t number, struct experiment *x);

/* What the window holds before every case, besides the code and a case's own values. */
void generator_pattern(uint64_t seed, uint8_t *window);

#endif
