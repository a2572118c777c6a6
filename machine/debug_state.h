/* SPDX-License-Identifier: MIT */
/*
 * debug_state.h - what the debug door keeps (debug.c), and what run.c asks it. For machine/ only.
 */
#ifndef MACHINE_DEBUG_STATE_H
#define MACHINE_DEBUG_STATE_H

#include "cpu/observe.h"
#include "machine/debug.h"

#define DEBUG_NOTES 16u

/* Something that happened within the current instruction and waits to be judged. */
struct debug_note {
    struct observed what;
    uint32_t cs, eip; /* the instruction */
    uint64_t icount;  /* retired before it */
    uint32_t old;     /* DATA: what was there, if it is memory */
};

/* An execution point's place, sorted by page. */
struct debug_place {
    uint32_t page; /* linear or physical page number */
    struct debug_point *point;
};

struct debug_places {
    struct debug_place *list; /* owned */
    size_t n;
};

enum step_state {
    STEP_NONE,
    STEP_GOING,   /* until one more instruction is done */
    STEP_HANDLER, /* an interrupt came between: until it returns */
};

struct debug_steps {
    enum step_state state;
    bool irqs;           /* handlers of interrupts are stepped into */
    bool arrived;        /* STEP_GOING: an interrupt was entered, and irqs is set */
    uint64_t begun;      /* icount when it began */
    uint64_t within;     /* instructions of handlers since, not the guest's own step */
    uint64_t entered;    /* icount when the handler was entered */
    bool delivery;       /* it delivers the fault that was held back, and no more */
    uint32_t return_lin; /* STEP_HANDLER: where it returns to */
    uint32_t return_esp; /* ... with this stack pointer */
    uint8_t return_cpl;  /* ... and privilege level */
};

struct debug {
    struct debug_point **point; /* by id, ascending (owned, each owned too) */
    size_t points;
    int last_id;
    bool dirty;               /* points changed: prepare before running */
    unsigned attached;        /* clients */
    struct debug_places lin;  /* enabled execution points, by linear page */
    struct debug_places phys; /* the same, by physical page */
    uint64_t applied;         /* signature of the execution points the engine was told of */
    bool watching;            /* there are data points: pages carry PAGE_WATCH */
    uint64_t next_icount;     /* of the enabled ICOUNT points, the next; UINT64_MAX: none */
    struct debug_note note[DEBUG_NOTES];
    unsigned notes;
    bool acknowledged; /* the next interrupt comes from the PICs ... */
    uint32_t line;     /* ... by this line */
    uint32_t mode;     /* debug_mode and CPL when last looked at */
    uint8_t cpl;
    bool leave; /* judged: the machine stops here */
    bool halt;  /* debug_halt */
    bool skip;  /* the instruction it stopped at is not asked about again: */
    uint32_t skip_lin;
    uint64_t skip_icount;
    struct debug_steps step;
    struct debug_stop stop;
};

void debug_init(struct machine *m);
/* run.c: before running; the instruction count to run to at most; after cpu_run came back; true:
   stop with MACHINE_BREAK. */
void debug_begin(struct machine *m);
uint64_t debug_goal(const struct machine *m);
bool debug_reached(struct machine *m);
/* The acknowledge cycle gave the vector of this line. */
void debug_acknowledged(struct machine *m, unsigned line);
/* debug_points.c. debug_prepare: what the processor and the MMU must be asked for, from the points. */
/* Does a data point want every frame behind the page of this linear address? */
bool debug_follows(const struct machine *m, lin_t lin);
void debug_prepare(struct machine *m);
void debug_ask(struct machine *m); /* only which events are asked for */
void debug_points_free(struct machine *m);
/* The first of a page's execution points in a sorted list, NULL if it has none. */
const struct debug_place *debug_place_find(const struct debug_places *p, uint32_t page);

#endif
