/* SPDX-License-Identifier: MIT */
/* trail.h - noting what is executed for debug_history and for reports (observe.h says how it is kept). */
#ifndef CPU_TRAIL_H
#define CPU_TRAIL_H

#include "cpu/cpu.h"

/* Executed lately: from here on. Meanwhile the engine comes to its run loop for every block. */
static inline void trail_note(struct cpu *c, lin_t lin)
{
    if (c->keeps_trail)
        c->trail[c->icount % TRAIL] = (struct trail){.lin = lin, .icount = (uint32_t)c->icount};
}

/* One instruction that was executed when `at` had retired, where no trail is kept. */
static inline void trail_note_one(struct cpu *c, lin_t lin, uint64_t at)
{
    if (c->keeps_trail)
        return;
    c->trail[at % TRAIL] = (struct trail){.lin = lin, .icount = (uint32_t)at};
    c->trail[(at + 1) % TRAIL] = (struct trail){.lin = TRAIL_GAP, .icount = (uint32_t)at + 1};
}

#endif
