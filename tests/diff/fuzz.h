/* SPDX-License-Identifier: MIT */
/*
 * fuzz.h - the differential fuzzer: cases from generate.h through emu386's reference layer, the
 * host's processor and emu386's fast engine, and what came of it.
 */
#ifndef TESTS_DIFF_FUZZ_H
#define TESTS_DIFF_FUZZ_H

#include "cpu/opcodes.h"
#include "tests/diff/case.h"
#include "tests/diff/emulated.h"
#include "tests/diff/generate.h"

#define FLAGS_COUNTED 6u /* CF PF AF ZF SF OF */

/* Lies in memory that the workers share; counters are atomic. */
struct tally {
    uint64_t done;                                  /* cases tried */
    uint64_t compared;                              /* with the host */
    uint64_t left_out;                              /* excluded by their state, or did not end */
    uint64_t differences;                           /* from the host */
    uint64_t layers;                                /* between the two layers of emu386 */
    uint64_t shown;                                 /* differences printed */
    uint64_t row[OPCODE_ROWS];                      /* executed and compared */
    uint64_t completed[OPCODE_ROWS];                /* by the reference layer */
    uint64_t fault[256];                            /* exceptions met, by vector */
    uint64_t undefined[OPCODE_ROWS][FLAGS_COUNTED]; /* undefined flags met ... */
    uint64_t as_host[OPCODE_ROWS][FLAGS_COUNTED];   /* ... that were as the host's */
};

struct fuzz {
    struct generator gen;
    struct emulated plain, fast;
    uint8_t pattern[WIN_SIZE]; /* memory before a case */
    bool native;               /* the host takes part */
    const char *why_not;       /* if not */
    uint64_t show;             /* how many differences to print */
    struct tally *tally;
    struct experiment x;
    /* What the reference layer did. */
    struct result expected;
    uint32_t undef;     /* flags that are undefined at the end */
    uint16_t undef_sw;  /* bits of the x87's status word that are */
    bool any_stack;     /* memory below ESP may have been written by what faulted */
    bool any_registers; /* registers may */
    struct {            /* memory that is the host's affair */
        uint32_t lin;
        unsigned bytes;
    } ignored[8];
    unsigned ignored_n;
    uint16_t row[256]; /* rows executed */
    unsigned rows;
};

bool fuzz_init(struct fuzz *f, uint64_t seed, struct tally *t);
void fuzz_fini(struct fuzz *f);
void fuzz_case(struct fuzz *f, uint64_t number);

/* show.c */
void show_difference(struct fuzz *f, const char *what, const char *name_a, const struct result *a,
                     const char *name_b, const struct result *b, const uint8_t *memory_a,
                     const uint8_t *memory_b);

#endif
