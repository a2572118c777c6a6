/* SPDX-License-Identifier: MIT */
/*
 * points.h - the monitor's points: a verb, a condition and an action around what machine/debug.h
 * watches for. Points of the same machine that somebody else made (gdb) are listed, not owned.
 */
#ifndef MONITOR_POINTS_H
#define MONITOR_POINTS_H

#include "base/types.h"

struct answer;
struct debug_event;
struct debug_spec;
struct line;
struct monitor;

enum point_verb {
    POINT_BREAK, /* stop and say so */
    POINT_TRACE, /* print a line, go on */
    POINT_COUNT, /* count, go on */
    POINT_UNTIL, /* stop, and go with the stop, whatever stopped */
};

struct point {
    int id;               /* the debug_point's */
    int number;           /* what the user calls it; 0: until, which has no name */
    enum point_verb verb; /* what to do */
    char *condition;      /* an expression, NULL: always */
    char *action;         /* commands, NULL: none */
    uint64_t hits;        /* times it happened and the condition held */
    uint64_t ignore;      /* hits still to be passed over */
    char *complaint;      /* why the condition could not be evaluated, NULL: it could */
    struct monitor *mon;  /* the session */
    struct point *next;   /* by id */
};

/* Adds one; condition and action (or NULL) are copied. NULL and err: refused. */
struct point *point_add(struct monitor *mon, const struct debug_spec *spec, enum point_verb verb,
                        const char *condition, const char *action, struct error *err);
bool point_remove(struct monitor *mon, int id);
void point_remove_all(struct monitor *mon);
/* The point with this id of debug.h, or with the user's number; NULL: there is none of the monitor's. */
struct point *point_find(const struct monitor *mon, int id);
struct point *point_numbered(const struct monitor *mon, uint64_t number);
/* Forgets those that went with a stop (once), and with `until` those that every stop ends. */
void point_sweep(struct monitor *mon, bool until);

/* until EVENT: adds the point that the line describes and lets the machine run to it. */
bool points_run_to(struct monitor *mon, struct line *line, struct error *err);

/* "break exec c0100000 <kmain> if $eax > 4 do r" */
void point_text(const struct monitor *mon, const struct point *p, char *text, size_t n);

#endif
