/* SPDX-License-Identifier: MIT */
/*
 * backtrace.h - what unwind.h finds, for people and for programs; and an interrupt or exception in
 * words.
 */
#ifndef MONITOR_BACKTRACE_H
#define MONITOR_BACKTRACE_H

#include "base/types.h"
#include "monitor/unwind.h"

struct answer;

#define BACKTRACE_FRAMES 64u /* shown without being asked for more */

/* from may be NULL: from the processor's registers. */
void backtrace_answer(const struct machine *m, const struct symbols *s,
                      const struct unwind_from *from, unsigned most, struct answer *to);

/* "exception 0e (#PF)", "INT 80h", "interrupt 20h (IRQ 0, timer)", "NMI", as snprintf. */
int backtrace_event(const struct machine *m, bool external, bool software, uint8_t vector,
                    char *text, size_t n);

#endif
