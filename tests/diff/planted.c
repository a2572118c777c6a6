/* SPDX-License-Identifier: MIT */
/*
 * planted.c - would the differential fuzzer see a wrong instruction? This program is the fuzzer
 * linked with bodies that are wrong in one way at a time (the linker's --wrap puts them in the
 * place of the real ones): a flag, a result, an exception that does not come, another exception, a
 * store. Each has to be found within CASES cases, and none without one.
 */
#include "cpu/bodies.h"
#include "cpu/flags.h"
#include "cpu/internal.h"
#include "tests/diff/fuzz.h"
#include "tests/report.h"

#include <string.h>

#define CASES 40000u

enum plant {
    PLANT_NOTHING,
    PLANT_FLAG,   /* SHL by one: OF */
    PLANT_RESULT, /* IMUL by an operand with bit 7 set */
    PLANT_SILENT, /* BOUND never complains */
    PLANT_FAULT,  /* AAM 0 is #GP */
    PLANT_STORE,  /* NOT of a byte in memory */
    PLANT_ENGINE, /* RCR of a word, in the fast engine alone */
    PLANTS
};

static enum plant planted;

opcode_body __real_x_shl, __wrap_x_shl, __real_x_imul1, __wrap_x_imul1, __real_x_bound,
    __wrap_x_bound, __real_x_aam, __wrap_x_aam, __real_x_not, __wrap_x_not, __real_x_rcr,
    __wrap_x_rcr;

uint32_t __wrap_x_shl(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint32_t r = __real_x_shl(c, i, a, b);
    if (planted == PLANT_FLAG && (b & 31) == 1)
        c->aux ^= AUX_SIGN;
    return r;
}

uint32_t __wrap_x_imul1(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    bool wrong = planted == PLANT_RESULT && (a & 0x80);
    uint32_t r = __real_x_imul1(c, i, a, b);
    if (wrong)
        c->gpr[EDX] ^= 1;
    return r;
}

uint32_t __wrap_x_bound(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return planted == PLANT_SILENT ? 0 : __real_x_bound(c, i, a, b);
}

uint32_t __wrap_x_aam(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    if (planted == PLANT_FAULT && !i->imm)
        cpu_fault_code(c, EXC_GP, 0, WHY_DIVIDE, 0, 0);
    return __real_x_aam(c, i, a, b);
}

uint32_t __wrap_x_not(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint32_t r = __real_x_not(c, i, a, b);
    return planted == PLANT_STORE && i->size == 1 && (i->flags & INSN_MEM) ? r ^ 0x80 : r;
}

uint32_t __wrap_x_rcr(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint32_t r = __real_x_rcr(c, i, a, b);
    return planted == PLANT_ENGINE && c->engine && i->size == 2 ? r ^ 1 : r;
}

int main(void)
{
    static const char *const names[PLANTS] = {
        "nothing",           "a wrong flag",  "a wrong product", "a missing exception",
        "a wrong exception", "a wrong store", "a wrong engine"};
    static struct fuzz f;
    static struct tally t;
    if (!fuzz_init(&f, 3, &t))
        return 2;
    f.show = 0;
    if (!f.native)
        printf("not compared with the host: %s\n", f.why_not);
    for (unsigned p = 0; p < PLANTS; p++) {
        if (!f.native && p != PLANT_NOTHING && p != PLANT_ENGINE)
            continue;
        memset(&t, 0, sizeof t);
        planted = (enum plant)p;
        for (uint64_t n = 0; n < CASES; n++)
            fuzz_case(&f, n);
        CHECK((t.differences > 0) == (p != PLANT_NOTHING && p != PLANT_ENGINE),
              "%s: %llu differences from the host", names[p], (unsigned long long)t.differences);
        /* The engine has handlers of its own for some of the rows. */
        if (p == PLANT_NOTHING || p == PLANT_ENGINE)
            CHECK((t.layers > 0) == (p == PLANT_ENGINE), "%s: %llu differences of the layers",
                  names[p], (unsigned long long)t.layers);
    }
    fuzz_fini(&f);
    return report_end();
}
