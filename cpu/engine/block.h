/* SPDX-License-Identifier: MIT */
/*
 * block.h - records, blocks and the way from one handler to the next.
 *
 * A record is one decoded instruction and the handler that executes it, 32 bytes. A block is a
 * straight run of records inside one physical page, keyed by the physical address of its first
 * byte and the mode word; it has no address of its own: c->eip is the EIP of its start, and
 * records hold offsets from it. The whole block is charged to icount before it is entered.
 *
 * Handler protocol: arithmetic flags travel in arguments (res, cv: flags.h). A handler either goes
 * on to a record (GO), or leaves to the run loop with EIP and flags stored. Nothing is committed
 * before a handler has decided not to fall back to h_generic.
 */
#ifndef CPU_ENGINE_BLOCK_H
#define CPU_ENGINE_BLOCK_H

#include "cpu/cpu.h"
#include "cpu/engine/engine.h"

struct rec;
typedef void handler(struct cpu *c, const struct rec *ip, uint64_t res, uint64_t cv);

struct rec {
    handler *fn;   /* executes it */
    struct insn i; /* relative branches: i.disp = target, from the block's start */
    uint16_t off;  /* offset of its first byte from the block's start */
    uint16_t icnt; /* instructions before it in the block */
};
_Static_assert(sizeof(void *) != 8 || sizeof(struct rec) == 32, "two records to a cache line");

#define BLOCK_MAX 64u /* instructions */

struct block {
    struct block *hash_next; /* same bucket */
    struct block *page_next; /* same physical page */
    struct block *link[2];   /* chained successors inside the page: [1] branch taken, [0] not */
    phys_t phys;             /* first byte */
    uint16_t bytes;          /* length of the guest code */
    uint16_t n;              /* instructions */
    uint8_t mode;            /* MODE_* when it was decoded */
    bool alive;              /* not killed */
    struct rec rec[];        /* n records and a sentinel that falls through */
};

#define JUMP_CACHE 4096u

struct jump {
    lin_t lin;           /* linear address of the target */
    uint32_t epoch;      /* mmu.code_epoch when it was looked up */
    struct block *block; /* what is there */
};

#define HASH_SIZE 65536u

/* armed.c: a set of physical addresses, open addressing. */
struct armed {
    uint64_t *slot; /* address + 1; 0: free (owned) */
    unsigned size;  /* of slot: 0 or a power of two */
    unsigned used;  /* how many addresses */
};
bool armed_has(const struct engine *e, phys_t phys);
void armed_free(struct armed *a);

struct engine {
    struct jump jump[JUMP_CACHE];
    struct block *from;     /* a link waits to be made from here ... */
    uint32_t from_eip;      /* ... entered at this EIP ... */
    uint32_t to_eip;        /* ... if the next block is the one here ... */
    unsigned from_slot;     /* ... in this slot */
    const struct rec *loop; /* portable dispatch: the record to go on with */
    struct block *hash[HASH_SIZE];
    struct block **page; /* per physical page: its live blocks */
    uint8_t *arena;      /* where blocks live */
    size_t used;         /* bytes of it */
    struct armed armed;  /* where a debugger wants to be asked first */
    struct bus *bus;
    struct mmu *mmu;
    struct engine_stats stats;
};

static inline struct jump *jump_slot(struct engine *e, lin_t lin)
{
    return &e->jump[(lin ^ lin >> 12) & (JUMP_CACHE - 1)];
}

/* A block ends without knowing its successor: the run loop will find it and make the link. Only
   links inside one linear page are made: such a pair stays together whatever is mapped where, as
   the page that is being executed can only change with a new code_epoch. An
   interrupt may come first: what is found then is not where this block leads. */
static inline void block_leaves(struct cpu *c, unsigned slot, uint32_t by)
{
    c->engine->from = c->block;
    c->engine->from_eip = c->eip - by;
    c->engine->to_eip = c->eip;
    c->engine->from_slot = slot;
}

/* How a handler reaches the next record. A tail call where the compiler guarantees one or is known
   to make it; otherwise (sanitizers, -O0) a return to the loop in engine_run. */
#if defined(__clang__)
#define GO(record)                                                                                 \
    do {                                                                                           \
        const struct rec *go_ = (record);                                                          \
        __attribute__((musttail)) return go_->fn(c, go_, res, cv);                                 \
    } while (0)
#elif defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__)
#define GO(record)                                                                                 \
    do {                                                                                           \
        const struct rec *go_ = (record);                                                          \
        return go_->fn(c, go_, res, cv);                                                           \
    } while (0)
#else
#define GO(record)                                                                                 \
    do {                                                                                           \
        c->res = res;                                                                              \
        c->cv = cv;                                                                                \
        c->engine->loop = (record);                                                                \
        return;                                                                                    \
    } while (0)
#endif

/* generic.c: handlers for every row, through the reference executor. */
handler h_generic;     /* goes on to the next record */
handler h_generic_end; /* the row ends the block: leaves */
handler h_through;     /* sentinel: on to whatever follows the block */
handler h_dead;        /* first record of a killed block */

/* handlers.c: the specialised handler for this record in this mode, or NULL. */
handler *handler_pick(struct rec *r, uint8_t mode);

/* blocks.c */
struct block *block_find(struct engine *e, struct cpu *c);

#endif
