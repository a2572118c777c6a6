/* SPDX-License-Identifier: MIT */
/*
 * wait.h - a script's hands and eyes: text and keys to be typed at the guest's keyboard, and waiting for
 * a text on its screen or a serial line. All of it happens at virtual times, so that a script's run
 * repeats however fast the host is. What is still to be typed belongs to the script and not to the
 * machine: it is in no snapshot.
 *
 * What `wait` has found on a serial line is used up, as expect does it: the next wait looks behind
 * it. The screen has no such order: there a text counts while it stands there, and a line end in it is
 * the blank rest of a row.
 */
#ifndef MONITOR_WAIT_H
#define MONITOR_WAIT_H

#include "base/input.h"
#include "base/screen.h"

struct monitor;

#define WAIT_TEXT 256
#define WAIT_SERIAL 32768
#define WAIT_KEYS 8192

#define WAIT_LINES 2 /* COM1, COM2 */

/* Anywhere: on the screen or COM1. */
enum wait_where { WAIT_ANYWHERE, WAIT_ON_SCREEN, WAIT_ON_SERIAL, WAIT_ON_SERIAL2 };
enum wait_state { WAIT_GOES_ON, WAIT_OVER, WAIT_LATE };

struct wait_line {
    char bytes[WAIT_SERIAL]; /* what came on this serial line and was not used up */
    size_t len;              /* how much */
};

struct wait {
    char text[WAIT_TEXT];  /* what is waited for */
    size_t len;            /* its length */
    enum wait_where where; /* where it may come */
    bool found;            /* it came on a serial line */
    uint64_t until;        /* virtual time at which it is too late; UINT64_MAX: never */
    uint64_t limit_ms;     /* the same as the user said it, for the message */
    uint64_t next_look;    /* virtual time of the next look at the screen */
    struct wait_line lines[WAIT_LINES]; /* the serial lines */
    struct input keys[WAIT_KEYS];       /* to be typed: ring */
    unsigned keys_head, keys_len;       /* the oldest, how many */
    uint64_t next_key;                  /* virtual time of the next helping */
    struct screen screen;               /* for looking at it */
};

/* Begins to wait. True: it has already come, nothing needs to run. */
bool wait_begin(struct monitor *mon, const char *text, enum wait_where where, uint64_t limit_ms);
/* Between slices: looks at the screen and the time. */
enum wait_state wait_look(struct monitor *mon, struct error *err);
/* Something else stopped the machine: false, and says so in err, unless the text has come by then. */
bool wait_stopped(struct monitor *mon, struct error *err);
/* Types what is due. */
void wait_type(struct monitor *mon);
/* Puts n events behind what is to be typed. False: no room. */
bool wait_keys(struct monitor *mon, const struct input *events, unsigned n);

#endif
