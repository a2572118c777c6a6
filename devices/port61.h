/* SPDX-License-Identifier: MIT */
/*
 * port61.h - system control port B of the AT: the gate of timer 2, the speaker, the refresh bit.
 *
 * Source: IBM PC/AT technical reference, "System board: port 61h"; Intel 82371SB, NMISC.
 *
 *   7 RAM parity | 6 channel check | 5 OUT2 | 4 refresh | 3 -check | 2 -parity | 1 data | 0 gate
 *
 * Bits 0-3 are written and read back; bit 4 changes with each refresh, every 18 pulses of the
 * timer's clock (15.085 us). Not modelled: parity and channel check errors (bits 6, 7 read 0).
 */
#ifndef DEVICES_PORT61_H
#define DEVICES_PORT61_H

#include "base/types.h"

struct clock;
struct io_ops;
struct out;
struct snap;
struct trace;

/* The two pins of timer 2 that the port reaches. */
struct port61_timer {
    void (*set_gate)(void *ctx, bool level); /* GATE 2 */
    bool (*out)(void *ctx);                  /* OUT 2 */
    void *ctx;                               /* passed to both */
};

struct port61 {
    struct clock *clock;       /* time, for the refresh bit */
    struct port61_timer timer; /* timer 2 */
    struct trace *trace;       /* may be NULL */
    uint8_t value;             /* bits 0-3 as written */
};

extern const struct io_ops port61_ops;

void port61_init(struct port61 *p, struct clock *k, struct port61_timer timer, struct trace *t);
void port61_reset(struct port61 *p);
void port61_snap(struct port61 *p, struct snap *s);
void port61_info(const struct port61 *p, struct out *to);

/* Timer 2 runs and its output reaches the speaker. */
bool port61_speaker_on(const struct port61 *p);

#endif
