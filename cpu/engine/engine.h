/* SPDX-License-Identifier: MIT */
/*
 * engine.h - the fast layer, as cpu.c sees it: guest code is decoded once into blocks of records
 * and executed by handlers that jump from one to the next. Whatever has no handler of its own
 * goes through the reference executor, so both layers do the same by construction.
 */
#ifndef CPU_ENGINE_ENGINE_H
#define CPU_ENGINE_ENGINE_H

#include "base/types.h"

struct bus;
struct cpu;
struct engine;
struct mmu;

struct engine_stats {
    uint64_t decoded; /* instructions decoded into blocks */
    uint64_t blocks;  /* blocks made */
    uint64_t copied;  /* blocks whose handlers got copies (splice.h) */
    uint64_t killed;  /* blocks killed by stores into their code */
    uint64_t patched; /* records changed in place by stores into their code */
    uint64_t flushes; /* arena flushes */
    uint64_t lookups; /* times the run loop looked a block up */
    uint64_t steps;   /* instructions left to the reference layer */
};

/* NULL if there is no memory. free accepts NULL. */
struct engine *engine_new(struct bus *b, struct mmu *m);
void engine_free(struct engine *e);

/* Executes a chain of blocks, or one instruction in the reference layer when no block fits before
   c->limit. EIP, flags and icount are exact on return. Faults unwind past it. */
void engine_run(struct engine *e, struct cpu *c);

/* The instruction at phys goes alone from now on, in no block. False: no memory. */
bool engine_arm(struct engine *e, phys_t phys);
/* None does any longer; forgets every block. As engine_flush, not from inside a handler. */
void engine_disarm(struct engine *e);

/* Bytes [at, at + n) changed: kills the blocks made from them. True if any was. */
bool engine_invalidate(struct engine *e, phys_t at, unsigned n);
/* Which bytes of the page are code that blocks were made from (tlb.h); NULL: none. Stores beside them may
   go by unseen; the map is good until tlb_forget_beside is called. */
const uint8_t *engine_code_map(const struct engine *e, phys_t at);
/* Forgets every block. Must not be called from inside a handler that goes on. */
void engine_flush(struct engine *e);

const struct engine_stats *engine_stats(const struct engine *e);

#endif
