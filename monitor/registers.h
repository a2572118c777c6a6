/* SPDX-License-Identifier: MIT */
/*
 * registers.h - the registers as they were when the machine last began to run, so that `r` can show
 * what changed since.
 */
#ifndef MONITOR_REGISTERS_H
#define MONITOR_REGISTERS_H

#include "base/types.h"

struct machine;

/* eax ecx edx ebx esp ebp esi edi, eip, eflags, es cs ss ds fs gs, cr0 cr2 cr3 cr4 */
#define REGISTERS_SHOWN 20u

struct registers_seen {
    bool valid;                      /* the machine has run at all */
    uint64_t icount;                 /* instructions retired then */
    uint32_t value[REGISTERS_SHOWN]; /* in the order above */
};

/* Called before the machine runs. */
void registers_note(struct registers_seen *r, const struct machine *m);

#endif
