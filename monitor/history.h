/* SPDX-License-Identifier: MIT */
/*
 * history.h - the last instructions and the last interrupts and exceptions, for `hist`, `ints` and the
 * report of a triple fault. Instructions are decoded from what memory holds now, in the address space
 * in which they were executed.
 */
#ifndef MONITOR_HISTORY_H
#define MONITOR_HISTORY_H

#include "base/types.h"

struct answer;
struct machine;
struct symbols;

#define HISTORY_INSNS 4096u

/* The last n, the oldest first; interrupts and exceptions between them where they happened. People see
   the rounds of a loop once, with their number; programs see every instruction. `reach`: how many are
   looked at (at least n). */
bool history_insns(const struct machine *m, const struct symbols *s, unsigned n, unsigned reach,
                   struct answer *to, struct error *err);
/* The last n interrupts and exceptions, the oldest first, with their reasons. */
void history_events(const struct machine *m, const struct symbols *s, unsigned n,
                    struct answer *to);

#endif
