/* SPDX-License-Identifier: MIT */
/*
 * run.h - what the machine runs for: the part of continue, step, next, finish, until and wait that
 * comes after the machine has stopped. `step 5` is five stops; a stop is said when the command is
 * satisfied or something else came between.
 */
#ifndef MONITOR_RUN_H
#define MONITOR_RUN_H

#include "machine/machine.h"

struct monitor;

enum run_kind {
    RUN_NONE,     /* nobody here lets it run */
    RUN_CONTINUE, /* until something stops it */
    RUN_INSN,     /* `left` instructions; over: calls in one go */
    RUN_LINE,     /* `left` source lines; over: calls in one go */
    RUN_OUT,      /* until the function of frame `esp` has returned */
    RUN_WAIT,     /* until a text comes */
};

struct run {
    enum run_kind kind; /* the command */
    bool over;          /* INSN, LINE: calls are one step */
    bool irqs;          /* steps enter interrupt handlers (step-irqs) */
    bool satisfied;     /* WAIT: the text has come */
    uint64_t left;      /* INSN, LINE: how many more */
    int point;          /* of our own, which ends the present step; 0: none */
    uint32_t esp;       /* the stack pointer when it began */
    uint32_t cr3;       /* the address space then */
    uint32_t start;     /* LINE: where the line begins */
    const char *file;   /* LINE: the line left behind, NULL: none known */
    unsigned line;      /* LINE */
    uint64_t until;     /* WAIT: virtual time of its end */
    uint64_t began;     /* WAIT: icount, to say when nothing ran at all */
};

#endif
