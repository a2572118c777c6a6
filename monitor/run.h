/* SPDX-License-Identifier: MIT */
/*
 * run.h - what the machine runs for: the part of continue, step, next, finish, until and wait that
 * comes after the machine has stopped. `step 5` is five stops; a stop is said when the command is
 * satisfied or something else came between.
 *
 * A step over a call is a point of our own behind it, on the same stack; so is one over a fault,
 * which is at the same instruction again.
 */
#ifndef MONITOR_RUN_H
#define MONITOR_RUN_H

#include "machine/machine.h"

struct monitor;

enum run_kind {
    RUN_NONE,     /* nobody here lets it run */
    RUN_CONTINUE, /* until something stops it */
    RUN_INSN,     /* `left` instructions */
    RUN_LINE,     /* `left` source lines */
    RUN_OUT,      /* until the present function has returned */
    RUN_WAIT,     /* until a text has come */
};

struct run {
    enum run_kind kind; /* the command */
    bool over;          /* INSN, LINE: calls and faults are one step */
    bool irqs;          /* steps enter interrupt handlers (step-irqs); stays between commands */
    uint64_t left;      /* INSN, LINE: how many more */
    int point;          /* of our own, which ends the present part; 0: none */
    bool again;         /* it is where a faulting instruction is tried again: that is no step */
    uint32_t esp;       /* stack pointer when the present step began */
    uint32_t esp_max;   /* the point holds while ESP is in between */
    uint32_t cr3;       /* address space then */
    uint32_t pc;        /* the instruction being stepped */
    uint32_t after;     /* behind it, if it can go nowhere else; else 0 */
    const char *file;   /* LINE: the line being left */
    unsigned line;      /* LINE */
};

/* Each lets the machine run for a command: sets what the session wants. */
void run_continue(struct monitor *mon);
bool run_insns(struct monitor *mon, bool over, uint64_t n, struct error *err);
/* By instructions where no line is known. */
bool run_lines(struct monitor *mon, bool over, uint64_t n, struct error *err);
bool run_out(struct monitor *mon, struct error *err);
void run_wait(struct monitor *mon);

#endif
