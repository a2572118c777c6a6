/* SPDX-License-Identifier: MIT */
/*
 * sst286.h - one captured vector, the two processors that it runs on, and what is expected of
 * them. sst286.c reads and compares, sst286_rig.c is the processors and their memory,
 * sst286_rules.c what a 386 does otherwise than the 286.
 */
#ifndef TESTS_INSN_SST286_H
#define TESTS_INSN_SST286_H

#include "base/clock.h"
#include "cpu/internal.h"
#include "mmu/bus.h"

#define RAM UINT32_C(0x110000)     /* all that real mode can reach */
#define BUDGET UINT64_C(200000)    /* instructions; a REP counts each element */
#define RUNS 256u                  /* runs of memory that one vector may touch */
#define FLAGS_SEEN UINT32_C(0xfff) /* bits 12-15 are not the same on a 286 */

enum word {
    W_AX,
    W_BX,
    W_CX,
    W_DX,
    W_CS,
    W_SS,
    W_DS,
    W_ES,
    W_SP,
    W_BP,
    W_SI,
    W_DI,
    W_IP,
    W_FL,
    WORDS
};

enum layer { PLAIN, FAST, LAYERS };

struct machine16 {
    struct bus bus;     /* RAM and no ports: reads are all ones */
    struct clock clock; /* nothing is ever due */
    struct cpu cpu;     /* a 386 */
};

struct run {
    uint32_t at; /* physical */
    uint32_t n;  /* bytes */
};

/* What is expected of one vector. */
struct expected {
    uint16_t w[WORDS]; /* registers at the end */
    int vector;        /* the one exception or interrupt, -1: none */
    uint32_t pushed;   /* where the FLAGS word was pushed, if only some of it counts */
    bool masked;       /* ... it does */
    bool shutdown;     /* no HLT: the exception cannot be delivered */
    uint32_t set_cr0;  /* CR0 bits to set before */
    bool skip;         /* no rule to hold it to */
};

struct test {
    unsigned index;       /* in its form */
    char class[16];       /* "ok" or why not */
    uint8_t code[16];     /* instruction and HLT */
    unsigned length;      /* of the instruction */
    uint16_t init[WORDS]; /* registers at the start */
    struct expected e;    /* and at the end */
    struct run run[RUNS]; /* memory it touches */
    unsigned runs;        /* how many */
};

struct exclusion {
    char name[32];     /* class, or FORM/INDEX */
    unsigned expected; /* how many vectors */
    unsigned met;      /* how many there were */
};

struct suite {
    struct machine16 machine[LAYERS];
    uint8_t *want;                  /* memory as it must be afterwards; zero between vectors */
    char form[16];                  /* opcode at hand */
    uint32_t mask;                  /* FLAGS to compare */
    unsigned vectors, skipped;      /* totals */
    unsigned form_wrong;            /* disagreements in this form */
    unsigned form_vectors;          /* vectors in this form */
    bool form_planted;              /* wrong expectations were tried in this form */
    bool planting;                  /* they are being tried: nothing to explain */
    unsigned shown;                 /* explanations so far */
    struct exclusion exclusion[64]; /* the list of exclusions */
    unsigned exclusions;            /* how many there are */
};

/* sst286_rig.c */
bool machine16_init(struct machine16 *m, bool fast);
void machine16_set(struct machine16 *m, const struct test *t); /* the registers of the start */
enum cpu_stop machine16_run(struct machine16 *m, const struct test *t);
uint16_t machine16_word(const struct cpu *c, enum word w);
uint32_t real_address(uint16_t sel, uint32_t off);
/* Memory that the vector is about, zeroed after it. False: too much, or outside RAM. */
bool memory_note(struct test *t, uint32_t at, uint32_t n);
bool memory_noted(const struct test *t, uint32_t at, uint32_t n);
void memory_put(struct suite *s, uint32_t at, uint8_t byte); /* there from the start */
void memory_clear(struct suite *s, const struct test *t, bool all);

/* sst286_rules.c */
/* True if what the 286 did to memory says nothing about a 386. */
bool rule_forgets_memory(const struct test *t);
/* Turns what is expected of the 286 into what a 386 must do. False: there is no rule. */
bool rule_apply(struct suite *s, struct test *t);

#endif
