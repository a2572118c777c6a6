/* SPDX-License-Identifier: MIT */
/*
 * unwind.h - who called, frame by frame, from the innermost: `bt`, `finish`, the report of a triple
 * fault. Frames come from DWARF frame information, else from the EBP chain, else from looking for
 * return addresses on the stack, which is a guess and says so. Interrupts, exceptions and system
 * calls are crossed: on the kernel's stack lies what the processor pushed.
 *
 *     struct unwind u;
 *     for (bool more = unwind_start(&u, m, symbols, NULL); more; more = unwind_next(&u))
 *         ... u.frame ...
 *
 * Not modelled: call gates and task gates in between, 16-bit stacks (only the first frame is given).
 */
#ifndef MONITOR_UNWIND_H
#define MONITOR_UNWIND_H

#include "base/types.h"

struct machine;
struct symbols;

#define UNWIND_FRAMES 65536u /* deeper is a runaway recursion: enough of it */

enum frame_how {
    FRAME_FIRST,     /* where the processor is */
    FRAME_CFI,       /* by DWARF frame information */
    FRAME_EBP,       /* by the saved EBP */
    FRAME_ENTRY,     /* the callee had only begun, or was about to return */
    FRAME_GUESS,     /* a return address was found on the stack */
    FRAME_INTERRUPT, /* what an interrupt or exception pushed */
};

/* How control went from this frame to the one below it (FRAME_INTERRUPT). */
struct frame_event {
    bool known;    /* the processor remembers it; else only that it happened */
    bool external; /* an interrupt line or NMI */
    bool software; /* INT n; also if only the instruction says so */
    bool has_code; /* an exception with an error code */
    uint8_t vector;
    uint32_t code;   /* error code */
    uint32_t cr2;    /* page faults */
    uint64_t icount; /* when */
};

struct frame {
    enum frame_how how;
    uint32_t reg[8]; /* EAX ... EDI; ESP as the frame's function has it */
    uint16_t known;  /* which of them are known, a bit each */
    uint32_t cs, eip;
    uint32_t pc;   /* linear address of eip */
    uint32_t at;   /* an address inside the instruction that is being executed or that made
                                 the call: for symbols and lines */
    unsigned ring; /* privilege level */
    struct frame_event event; /* FRAME_INTERRUPT */
};

struct unwind {
    const struct machine *m;
    const struct symbols *symbols;
    uint32_t cr3;     /* address space */
    uint32_t ss_base; /* of the stack */
    uint64_t before;  /* only events that happened before this are still to come */
    bool narrow;      /* 16-bit code: the walk ends here */
    unsigned count;   /* frames so far */
    struct frame frame;
};

/* Where to begin instead of the processor's registers. */
struct unwind_from {
    uint32_t eip, esp, ebp;
    bool cr3_given;
    uint32_t cr3;
};

/* from may be NULL. False: there is no frame. */
bool unwind_start(struct unwind *u, const struct machine *m, const struct symbols *s,
                  const struct unwind_from *from);
/* Goes to the caller. False: there is none, or it cannot be found. */
bool unwind_next(struct unwind *u);

#endif
