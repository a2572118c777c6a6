/* SPDX-License-Identifier: MIT */
/*
 * native.h - the host's own processor runs 32-bit and 16-bit user code.
 *
 * The fuzzer is a 64-bit process; it enters a 32-bit code segment by IRETQ, which is the mode in
 * which a 32-bit process runs, and comes back by the signal of the exception that ends the code.
 * The signal's context is the complete state, as the processor pushed it.
 */
#ifndef TESTS_DIFF_NATIVE_H
#define TESTS_DIFF_NATIVE_H

#include "base/types.h"

struct state;
struct result;

/* Maps the window, makes the LDT, takes the signals. False, with the reason, if this host cannot
   run 32-bit code in a process. */
bool native_init(const char **why_not);

/* The window's memory, WIN_SIZE bytes; pages that are not mapped must not be touched. The code
   pages are written through an address of their own. */
uint8_t *native_window(void);
void native_fill(const uint8_t *pattern); /* all mapped pages, the read-only one included */
uint8_t *native_code(void);

/* Runs from s until an exception. r->hung if the timer came first, once a second: which may also
   be in the middle of a case that is all right. */
void native_run(const struct state *s, struct result *r);

#endif
