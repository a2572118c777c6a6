/* SPDX-License-Identifier: MIT */
/*
 * block.h - records, blocks and the way from one handler to the next.
 *
 * A record is one decoded instruction and the handler that executes it. A block is a straight run
 * of records inside one page, keyed by the physical address of its first byte, its EIP and the
 * mode word. It may be left in the middle by a conditional jump that is taken. The whole block is
 * charged when it is entered; who leaves in the middle gives the rest back.
 *
 * Handler protocol: what is hot travels in arguments: arithmetic flags (res, aux: lazy.h), the
 * host TLB of the current privilege (tlb), and how many more instructions may be charged before
 * the run loop must look (left; c->icount is c->stop - left). EIP is in the records. A handler
 * either goes on to a record (GO), or leaves to the run loop with all of this stored in the
 * processor. Nothing is committed before a handler has decided not to fall back to h_generic.
 */
#ifndef CPU_ENGINE_BLOCK_H
#define CPU_ENGINE_BLOCK_H

#include "cpu/cpu.h"
#include "cpu/engine/engine.h"

struct rec;
#define ARGS                                                                                       \
    struct cpu *c, const struct rec *ip, uint64_t res, uint64_t aux, uint64_t *tlb, int64_t left
typedef void handler(ARGS);

struct rec {
    handler *fn;            /* executes it */
    const struct rec *link; /* relative branch: the target's block, once it is known: its rec[0] */
    struct insn i;          /* as decoded */
    uint32_t eip;           /* of its first byte */
    uint32_t to;            /* where a relative branch leads; else the next instruction */
    int32_t delta;          /* what going to `link` costs: NOT_LINKED if there is no link */
    uint32_t next_in;       /* list of the records that link to one block (see block.in) */
    uint16_t after;         /* instructions of the block from this one on */
    uint8_t a, b;           /* byte offsets of the registers that the handler works on */
};
_Static_assert(sizeof(void *) != 8 || sizeof(struct rec) == 56, "records are small");

#define NOT_LINKED INT32_MAX /* more than is ever left */
#define BLOCK_MAX 64u        /* instructions */
#define BLOCK_EXITS 4u       /* conditional jumps in the middle */

struct block {
    struct block *hash_next; /* same bucket */
    struct block *page_next; /* same physical page */
    phys_t phys;             /* first byte */
    uint32_t eip;            /* of the first byte */
    uint32_t in;             /* who links to it: offset of a record in the arena, 0: nobody */
    uint16_t bytes;          /* length of the guest code */
    uint16_t n;              /* instructions */
    uint8_t mode;            /* MODE_* when it was decoded */
    uint8_t heat;            /* how often it was looked up: at most engine.hot */
    bool copied;             /* its handlers are copies (splice.h) */
    struct rec rec[];        /* n records and a sentinel that falls through */
};

/* RF holds for the first instruction only, which does without if no breakpoint is set; but an
   interrupted REP keeps it (SDM vol. 3, 17.3.1.1). */
static inline bool block_resumes(const struct cpu *c, const struct rec *first)
{
    return !(c->eflags & FLAG_RF) || !(first->i.flags & (INSN_REP | INSN_REPNE));
}

#define JUMP_CACHE 4096u

/* Where the targets of indirect jumps, returns and jumps to other pages are found. */
struct jump {
    uint32_t eip;          /* the target */
    uint32_t key;          /* jump_key when it was looked up */
    const struct rec *rec; /* the block there: its rec[0] */
};

/* What decoded code on one physical page there is. */
struct code_page {
    struct block *blocks; /* live blocks */
    uint8_t *map;  /* CODE_MAP_BYTES: which bytes they were made from; NULL: none yet (owned) */
    uint32_t idle; /* stores that hit none of it since the last block was made */
    bool patched;  /* immediates or displacements here change: handlers are not copied */
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
    const struct rec *from; /* a link waits to be made from here ... */
    uint32_t from_key;      /* ... if jump_key is still this */
    const struct rec *loop; /* portable dispatch: the record to go on with */
    const struct rec *at;   /* the record that the reference layer executes, NULL: none */
    uint32_t epoch_high;    /* the bits of mmu.code_epoch that jump_key leaves out */
    struct block *hash[HASH_SIZE];
    struct code_page *page; /* per physical page */
    uint8_t *arena;         /* where blocks live */
    size_t used;            /* bytes of it */
    struct armed armed;     /* where a debugger wants to be asked first */
    struct splice *splice;  /* NULL: handlers are not copied (owned) */
    uint8_t hot; /* lookups from which on a block is linked to and has copies; 0 without */
    struct bus *bus;
    struct mmu *mmu;
    struct engine_stats stats;
};

static inline struct jump *jump_slot(struct engine *e, uint32_t eip)
{
    return &e->jump[eip & (JUMP_CACHE - 1)];
}

static inline const struct block *block_of(const struct rec *first)
{
    return (const struct block *)(const void *)((const uint8_t *)first -
                                                offsetof(struct block, rec));
}

/* Translations and mode that an entry of the jump cache holds for. */
static inline uint32_t jump_key(const struct cpu *c)
{
    return c->mmu.code_epoch ^ (uint32_t)c->mode << 24;
}

/* How a handler reaches the next record. A tail call where the compiler guarantees one or is known
   to make it; otherwise (sanitizers, -O0) a return to the loop in engine_run. The empty asm makes
   gcc compute the record first, which saves it a register. */
#if defined(__clang__) || (defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__))
#ifdef __clang__
#define TAIL_CALL __attribute__((musttail))
#else
#define TAIL_CALL
#endif
#define GO(record)                                                                                 \
    do {                                                                                           \
        const struct rec *go_ = (record);                                                          \
        __asm__("" : "+r"(go_));                                                                   \
        TAIL_CALL return go_->fn(c, go_, res, aux, tlb, left);                                     \
    } while (0)
/* To a handler that is not the record's own. */
#define GO_TO(function, record)                                                                    \
    do {                                                                                           \
        TAIL_CALL return function(c, record, res, aux, tlb, left);                                 \
    } while (0)
#else
#define GO(record)                                                                                 \
    do {                                                                                           \
        c->res = res;                                                                              \
        c->aux = aux;                                                                              \
        c->icount = c->stop - (uint64_t)left;                                                      \
        (void)tlb; /* the loop takes it from c->host */                                            \
        c->engine->loop = (record);                                                                \
        return;                                                                                    \
    } while (0)
#define GO_TO(function, record)                                                                    \
    do {                                                                                           \
        function(c, record, res, aux, tlb, left);                                                  \
        return;                                                                                    \
    } while (0)
#endif

/* generic.c: handlers for every row, through the reference executor. */
handler h_generic;        /* goes on to the next record */
handler h_body;           /* the same, when the executor has nothing to do around the row's body */
handler h_generic_end;    /* the row ends the block */
handler h_careful;        /* the row may end the block */
handler h_miss_load;      /* no host pointer at c->missed, where this record loads from */
handler h_miss_store;     /* the same, where it stores */
handler h_miss_run_load;  /* the same, where it and its successors load from */
handler h_miss_run_store; /* the same, where they store */
handler h_through;        /* sentinel: on to whatever follows the block */
handler h_not_linked;     /* a relative branch that is taken and does not know its target */
handler h_search;         /* to c->eip */
handler h_renew;          /* the same; what the jump cache knows may be out of date */
handler h_again; /* in copies (splice.h): the record's handler as it is, from the beginning */

/* pick.c: the specialised handler for this record in this mode, or NULL. */
handler *handler_pick(struct rec *r, uint8_t mode);
/* Better handlers for the records of a block, which know their neighbours. */
void handlers_fuse(struct rec *r, unsigned n, uint8_t mode);
struct block *block_find(struct engine *e, struct cpu *c);
/* What the jump cache knows of c->eip, after looking whether that is still so; NULL: nothing, or more
   than `left` instructions. */
const struct rec *jump_renew(struct engine *e, struct cpu *c, int64_t left);
/* Kills the blocks that hold the byte at `at`. */
void engine_cut(struct engine *e, phys_t at);

#endif
