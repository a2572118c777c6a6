/* SPDX-License-Identifier: MIT */
/*
 * exclude.h - what the differential fuzzer leaves out, each with its reason, and what the manual
 * leaves undefined.
 *
 * - row_reason: rows that are never made.
 * - exclude_form: encodings of other rows that mean something else on later processors.
 * - exclude_state: instructions whose effect in this state depends on the host's system tables.
 * - partial_effect: what an instruction that faults in the middle may have changed already. AMD
 *   stores as it goes, emu386 proves that it can first; neither is seen by who restarts it.
 * - undefined_flags, undefined_result: by row and operands.
 */
#ifndef TESTS_DIFF_EXCLUDE_H
#define TESTS_DIFF_EXCLUDE_H

#include "base/types.h"

struct cpu;
struct emulated;
struct insn;

const char *row_reason(unsigned row);
const char *exclude_form(const struct insn *i, const uint8_t *code);
const char *exclude_state(struct emulated *e, const struct insn *i);
/* Bits of the x87's status word: FCOMI clears C1 by the manual, AMD leaves it alone. */
uint16_t undefined_status(const struct insn *i);
bool pointers_stored(const struct cpu *c, const struct insn *i, uint32_t *lin, unsigned *n);
uint32_t undefined_flags(const struct cpu *c, const struct insn *i);
bool undefined_result(const struct cpu *c, const struct insn *i);

enum partial {
    PARTIAL_NOTHING,
    PARTIAL_STACK,     /* memory below ESP */
    PARTIAL_REGISTERS, /* registers but ESP */
};
enum partial partial_effect(const struct insn *i);

#endif
