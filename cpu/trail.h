/* SPDX-License-Identifier: MIT */
/* trail.h - noting what is executed for debug_history and for reports (observe.h says how it is kept). */
#ifndef CPU_TRAIL_H
#define CPU_TRAIL_H

#include "cpu/cpu.h"

/* From here on, one behind the other. */
static inline void trail_note(struct cpu *c, lin_t lin)
{
    c->trail[c->icount & c->trail_mask] = (struct trail){.lin = lin, .icount = (uint32_t)c->icount};
}

#endif
