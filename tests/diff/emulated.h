/* SPDX-License-Identifier: MIT */
/*
 * emulated.h - emu386's processor in the same situation as the host's: user mode, paging, the same
 * selectors and linear addresses. Exceptions go through an IDT to ring 0, and the result is read
 * from the frame that was pushed there.
 */
#ifndef TESTS_DIFF_EMULATED_H
#define TESTS_DIFF_EMULATED_H

#include "base/clock.h"
#include "cpu/cpu.h"
#include "mmu/bus.h"
#include "tests/diff/case.h"

struct emulated {
    struct bus bus;     /* its RAM: the window, then the system area */
    struct clock clock; /* stands still */
    struct cpu cpu;
};

bool emulated_init(struct emulated *e, bool fast);
void emulated_fini(struct emulated *e);

/* The window's memory, WIN_SIZE bytes. Code is written by emulated_code. */
uint8_t *emulated_window(struct emulated *e);
void emulated_code(struct emulated *e, uint32_t at, const uint8_t *bytes, unsigned n);

/* Puts the processor at the start of a case. */
void emulated_place(struct emulated *e, const struct state *s);

/* One instruction, or one iteration of a string instruction, with what follows from it. False if
   the processor has left user mode, so that the case is over. */
bool emulated_step(struct emulated *e);
/* At most so many. */
void emulated_run(struct emulated *e, unsigned insns);

/* What the exception left. hung if the case is not over. */
void emulated_result(struct emulated *e, struct result *r);

/* The descriptor that a selector means here; all zero if none. */
uint64_t emulated_descriptor(const struct emulated *e, uint16_t sel);

#endif
