/* SPDX-License-Identifier: MIT */
/*
 * case.h - one experiment of the differential fuzzer: what the processor starts from, and what it
 * looks like when something ended it. Both sides, the host's processor and the emulated one, see
 * the same linear addresses:
 *
 *     WIN + 0000, 1000   data          WIN + 4000         stack
 *     WIN + 2000         read-only     WIN + 7000, 8000   code, read-only, filled with INT3
 *     WIN + 3000, 5000, 6000, 9000 ... nothing      WIN + f000   data, the end of 16 bits
 *
 * and the same selectors: 23h and 2Bh are flat code and data, the table below is the LDT. What is
 * in SYSTEM_AREA differs between the two, so cases that fault there are not compared.
 */
#ifndef TESTS_DIFF_CASE_H
#define TESTS_DIFF_CASE_H

#include "base/types.h"
#include "cpu/insn.h"

enum {
    WIN = 0x10000000,
    WIN_PAGES = 16,
    WIN_READ_ONLY = 0x2000,
    WIN_STACK = 0x4000,
    WIN_CODE = 0x7000,
    WIN_CODE_END = 0x9000,
    WIN_LAST = 0xf000,
    WIN_SIZE = 0x10000,
    SYSTEM_AREA = 0x20000000,
    SYSTEM_AREA_SIZE = 0x20000,
    PAGE = 0x1000,
};

enum {
    SEL_CODE = 0x23,
    SEL_DATA = 0x2b,
    /* 12 and 13 are the compiler's names for it: selectors of the LDT at privilege level 3 */
};
#define SEL_LDT(n) ((uint16_t)((n) << 3 | 7))

/* The LDT, as modify_ldt(2) wants it. */
enum {
    LDT_FLAT,
    LDT_BASED,
    LDT_BASED16,
    LDT_READ_ONLY,
    LDT_DOWN,
    LDT_DOWN16,
    LDT_SHORT,
    LDT_CODE,
    LDT_CODE_BASED,
    LDT_CODE16,
    LDT_ABSENT,
    LDT_EMPTY,
    LDT_CONFORMING,
    LDT_USED
};

struct ldt_entry {
    uint32_t base;
    uint32_t limit;   /* bytes, or pages if pages */
    bool big;         /* 32-bit */
    bool pages;       /* granularity */
    bool absent;      /* not present */
    bool locked;      /* read-only data, execute-only code */
    uint8_t contents; /* 0 data, 1 expand-down, 2 code, 3 conforming code */
    bool loads_data;  /* DS, ES, FS and GS can hold it */
    bool loads_stack; /* SS can */
    bool loads_code;  /* CS can */
};
extern const struct ldt_entry ldt_table[LDT_USED];

struct state {
    uint32_t gpr[8];                               /* registers */
    uint32_t eip;                                  /* offset in CS */
    uint32_t eflags;                               /* all of it */
    uint16_t sel[SEGS];                            /* ES CS SS DS FS GS */
    uint8_t fpu[512] __attribute__((aligned(16))); /* as FXSAVE writes it */
};

struct result {
    struct state s; /* at the exception that ended it */
    uint32_t code;  /* error code, 0 if the exception has none */
    uint32_t cr2;   /* page faults: the address, otherwise 0 */
    uint8_t vector; /* exception */
    bool hung;      /* nothing ended it */
};

#define POKES 12
struct poke {
    uint32_t at;    /* offset in the window */
    uint32_t value; /* lowest byte first */
    uint8_t size;   /* 1 to 4 */
};

#define CODE_MAX 80
struct experiment {
    uint64_t number;         /* which one, for the report */
    struct state start;      /* registers */
    uint32_t code_at;        /* offset in the window */
    uint32_t code_bytes;     /* of code[] */
    uint8_t code[CODE_MAX];  /* instructions; INT3 all around */
    unsigned pokes;          /* of poke[] */
    struct poke poke[POKES]; /* what memory holds besides the common pattern */
};

/* The window's writable pages. */
static inline bool window_writable(unsigned page)
{
    return page <= 1 || page == WIN_STACK / PAGE || page == WIN_LAST / PAGE;
}
static inline bool window_mapped(unsigned page)
{
    return window_writable(page) || page == WIN_READ_ONLY / PAGE || page == WIN_CODE / PAGE ||
           page == WIN_CODE / PAGE + 1;
}

#endif
