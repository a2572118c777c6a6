/* SPDX-License-Identifier: MIT */
/* trail.h - noting what is executed for debug_history and for reports (observe.h says how it is kept). */
#ifndef CPU_TRAIL_H
#define CPU_TRAIL_H

#include "cpu/cpu.h"

/* Where what is executed after `at` instructions, as 32 bits, is noted. (Computed by hand: gcc would add where the trail
   begins to the index, in an instruction of its own.) */
static inline struct trail *trail_at(struct cpu *c, uint32_t at)
{
    uint64_t slot = (uint64_t)(at & c->trail_mask) * sizeof(struct trail);
    return (struct trail *)(void *)((uint8_t *)c + offsetof(struct cpu, trail) + slot);
}

/* From here on, one behind the other. */
static inline void trail_note(struct cpu *c, lin_t lin)
{
    uint32_t at = (uint32_t)c->icount;
    *trail_at(c, at) = (struct trail){.lin = lin, .icount = at};
}

#endif
