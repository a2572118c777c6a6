/* SPDX-License-Identifier: MIT */
/*
 * isa.h - a test says which rows of the instruction set it executed: it lets processors count
 * (struct cpu, row_count) and writes the counts as the emulator does for `--trace isa`. Nothing
 * is written unless the environment has a folder for them, ISA_DIR; tests/insn/isa.c reads them.
 */
#ifndef TESTS_ISA_H
#define TESTS_ISA_H

#include "cpu/opcodes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct isa_counts {
    uint64_t row[OPCODE_ROWS]; /* completed instructions */
};

/* Writes ISA_DIR/name.txt. False if it cannot. */
static inline bool isa_write(const struct isa_counts *counts, const char *name)
{
    const char *dir = getenv("ISA_DIR");
    char path[4096];
    if (!dir)
        return true;
    if ((size_t)snprintf(path, sizeof path, "%s/%s.txt", dir, name) >= sizeof path)
        return false;
    FILE *f = fopen(path, "we");
    if (!f)
        return false;
    for (unsigned row = 0; row < OPCODE_ROWS; row++) {
        if (counts->row[row])
            fprintf(f, "isa %03x %" PRIu64 " %s\n", row, counts->row[row], opcodes[row].name);
    }
    return fclose(f) == 0;
}

#endif
