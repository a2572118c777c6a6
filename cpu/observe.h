/* SPDX-License-Identifier: MIT */
/*
 * observe.h - what a debugger may ask the processor to tell it. Nothing is spent on what is not
 * asked for: each kind is a bit of `asked`, looked at where the thing happens and nowhere else.
 *
 * - `note` is called in the middle of an instruction: it remembers, and nothing more. Then `judge`
 *   is called at the next boundary and decides whether cpu_run returns CPU_BREAK.
 * - `before` is called when an instruction is about to be executed by itself. While OBSERVE_EXEC is
 *   asked for, the engine calls `page` when it comes to code in a linear page; the observer
 *   answers with engine_arm for the places it cares about. No block holds such a place, so
 *   that instructions there do go by themselves.
 * - `fault` is called before an exception is delivered. If it answers true, cpu_run returns
 *   CPU_BREAK with EIP at the faulting instruction, and the next cpu_run begins with the delivery.
 */
#ifndef CPU_OBSERVE_H
#define CPU_OBSERVE_H

#include "base/types.h"

struct cpu;
struct fault;

/* Where a run of instructions, one behind the other in memory, was entered: the trail of what was
   executed lately, at [icount & trail_mask]. It covers the last TRAIL instructions while somebody is
   interested, otherwise the last TRAIL_SHORT, which stay in the host's nearest cache. */
#define TRAIL 4096u
#define TRAIL_SHORT 256u
struct trail {
    uint32_t lin;    /* linear address of its first instruction */
    uint32_t icount; /* low half of the count before it */
};

/* How the trail is to be read from an instruction on: the last changes, at [number % ERAS]. */
#define ERAS 256u
#define ERA_UNPAGED 1u /* instead of a CR3: paging was off */
struct trail_era {
    uint64_t icount; /* retired before its first instruction */
    uint32_t cr3;    /* the address space, or ERA_UNPAGED */
    bool code16;     /* 16-bit code */
};

enum observe_kind {
    OBSERVE_EXEC,
    OBSERVE_DATA,      /* an instruction's access to a page without host pointers */
    OBSERVE_FAULT,     /* an exception, before it is delivered */
    OBSERVE_INTERRUPT, /* an interrupt, NMI, trap or INT n was delivered */
    OBSERVE_PORT,      /* IN, OUT and their string forms: the value read or written in `now` */
    OBSERVE_CR,        /* a control register was written */
    OBSERVE_MODE,      /* CPL, or what MODE_* depends on, may have changed */
    OBSERVE_TASK,      /* a hardware task switch: old and new TSS selector */
    OBSERVE_IRET,
    OBSERVE_HLT,
    OBSERVE_STALE, /* the sanitizer saw a stale TLB entry used */
};

struct observed {
    enum observe_kind kind;
    uint32_t number;   /* vector, port or control register */
    uint32_t old, now; /* CR: values; TASK: selectors */
    lin_t lin;         /* DATA */
    phys_t phys[2];    /* DATA: of the first byte, and of the second page's first byte */
    unsigned size;     /* DATA, PORT: bytes */
    unsigned first;    /* DATA: how many of them are in the first page */
    bool write;        /* DATA, PORT */
    bool by_cpu;       /* DATA: an instruction's own access; else the page walker or a device */
    bool software;     /* INTERRUPT: INT n, INT3, INTO */
    bool external;     /* INTERRUPT: by the INTR or NMI pin, or a trap */
};

struct observer {
    uint32_t asked; /* 1 << OBSERVE_* */
    void *arg;      /* handed to all of these */
    void (*note)(void *arg, const struct observed *what);
    bool (*judge)(void *arg);
    bool (*before)(void *arg, lin_t lin);
    void (*page)(void *arg, lin_t lin, phys_t page);
    bool (*fault)(void *arg, const struct fault *f);
};

/* The slow half of a question whose answer was yes: calls note, and judge at the next boundary. */
void observe_note(struct cpu *c, const struct observed *what);
void observe_data(struct cpu *c, lin_t lin, unsigned size, bool write, const phys_t phys[2],
                  unsigned first);

#define OBSERVED(c, kind_) __builtin_expect((c)->observer.asked >> (kind_)&1u, 0)

/* Kinds that need no more than a number and two values. */
#define OBSERVE(c, kind_, number_, old_, now_)                                                     \
    do {                                                                                           \
        if (OBSERVED(c, kind_))                                                                    \
            observe_note(c,                                                                        \
                         &(struct observed){                                                       \
                             .kind = (kind_), .number = (number_), .old = (old_), .now = (now_)}); \
    } while (0)

#endif
