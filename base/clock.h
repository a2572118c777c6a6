/* SPDX-License-Identifier: MIT */
/*
 * clock.h - the one virtual clock of a machine, and its list of events.
 *
 * Unit: 1/1024 of a tick of the 8254 (1.193181818... MHz), so 0.818... ns. A PIT tick is an
 * exact number of units, and an instruction costs a power of two of them (machine/config.h).
 * Nothing here knows the host's time: the same image, options and input give the same times.
 *
 * - clock_now() reads it; only the CPU and the run loop move it (clock_advance).
 * - A device owns its struct event, says what it means with event_init, and arms it only for
 *   an edge that somebody can see. Counters are computed from `now`, never ticked.
 * - Events with the same deadline fire in the order in which they were initialised: the order
 *   of machine_init. An event may arm or disarm any event, itself included, while it fires.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/types.h"

struct snap;

#define CLOCK_PIT_TICK 1024u /* units in one tick of the 8254 */
/* Units in a second are the fraction CLOCK_HZ_NUM / CLOCK_HZ_DEN (14.31818...MHz / 12 * 1024). */
#define CLOCK_HZ_NUM UINT64_C(13440000000)
#define CLOCK_HZ_DEN UINT64_C(11)
#define CLOCK_NEVER UINT64_MAX

struct event {
    const char *name;        /* for traces and the monitor */
    void (*fire)(void *arg); /* called when now >= when, after the event is disarmed */
    void *arg;               /* the device */
    uint64_t when;           /* deadline in clock units, valid while armed */
    struct event *next;      /* in the clock's list, ordered by (when, order) */
    unsigned order;          /* ties: order of initialisation */
    bool armed;              /* is in the list */
};

struct clock {
    uint64_t now;       /* clock units since power-on */
    struct event *head; /* earliest event */
    unsigned events;    /* how many were initialised */
};

void clock_init(struct clock *k);
void event_init(struct clock *k, struct event *e, const char *name, void (*fire)(void *arg),
                void *arg);

/* Arms e for `when` (a time in the past fires at the next clock_fire); re-arms if armed. */
void clock_arm(struct clock *k, struct event *e, uint64_t when);
void clock_disarm(struct clock *k, struct event *e);

/* Deadline of the earliest event, CLOCK_NEVER if there is none. */
uint64_t clock_next(const struct clock *k);

/* Fires every event whose deadline is not after now, earliest first. */
void clock_fire(struct clock *k);

/* Units in n periods of a frequency of `hz`, rounded down: exact over any n (no drift).
   A result beyond 64 bits is CLOCK_NEVER. hz > 0. */
uint64_t clock_periods(uint64_t n, uint32_t hz);
/* How many whole periods of `hz` have ended by `units`: the largest n with
   clock_periods(n, hz) <= units, so an event armed for the end of period n finds n. */
uint64_t clock_count(uint64_t units, uint32_t hz);

/* Saves or restores `now`. Each device saves its own events with event_snap, after this. */
void clock_snap(struct clock *k, struct snap *s);
void event_snap(struct clock *k, struct event *e, struct snap *s);

#endif
