/* SPDX-License-Identifier: MIT */
/*
 * hpet.h - the high precision event timers: a 64-bit counter and three comparators.
 *
 * Source: IA-PC HPET specification 1.0a, chapter 2; the frequency is that of Intel's I/O controller
 * hubs, 14.31818 MHz: exactly twelve ticks for one of the 8254.
 *
 *   000 what there is (low), period in femtoseconds (high) | 010 1 legacy routes, 0 counting
 *   020 a bit a timer: its level-triggered interrupt is active | 0f0 counter
 *   100 + 20n timer: 63-32 pins it may use, 13-9 the pin in use, 8 works with 32 bits, 6 value set,
 *       5 has 64 bits, 4 can be periodic, 3 is periodic, 2 interrupts, 1 level-triggered
 *   108 + 20n its comparator
 *
 * - hpet_ops: 1 KiB of registers, by double words; narrower stores are dropped.
 * - The counter is computed from the clock; a timer has an event only for a match that somebody sees.
 * - The counter is written while it stands still only; a comparator that is passed when it is written
 *   matches the next time round, as in hardware that compares for equality.
 * - An interrupt by edge leaves its wire high until the next match: there is always an edge, and an
 *   edge-triggered 8259 input that falls too early would be a spurious interrupt.
 *
 * Not modelled: delivery as messages (FSB).
 */
#ifndef DEVICES_HPET_H
#define DEVICES_HPET_H

#include "base/clock.h"
#include "base/irq.h"
#include "base/types.h"

struct hpet;
struct io_ops;
struct out;
struct snap;
struct trace;

#define HPET_TIMERS 3u
#define HPET_SIZE 1024u
#define HPET_BASE UINT32_C(0xfed00000)
#define HPET_ID UINT32_C(0x8086a201)   /* revision 1, three timers, 64 bits, legacy routes */
#define HPET_PINS UINT32_C(0x00f00000) /* of the I/O APIC, that the timers may use: as the ICH's */

/* What the chip drives. */
struct hpet_board {
    struct irq legacy[2]; /* timers 0 and 1 with legacy routes: in place of the 8254 and the RTC */
    struct irq replace;   /* high: legacy routes are in use */
    struct irq pin;       /* the I/O APIC: .set is called with the number of the pin */
    uint32_t pins;        /* which of them there are */
};

struct hpet_timer {
    struct event match; /* the next one that somebody sees */
    struct hpet *hpet;  /* for the event */
    uint64_t compare;   /* comparator */
    uint64_t period;    /* what was written to it last */
    uint64_t seen;      /* the counter up to which matches are accounted for */
    uint32_t config;    /* low half of the register, without what is constant */
    bool active;        /* it drives its wire */
};

struct hpet {
    struct hpet_board board; /* the far ends */
    struct clock *clock;     /* time */
    struct trace *trace;     /* may be NULL */
    struct hpet_timer timer[HPET_TIMERS];
    uint64_t counter; /* while it stands still; else its distance from the ticks since power-on */
    uint32_t config;  /* general configuration */
    uint32_t status;  /* general interrupt status */
    uint32_t driven;  /* pins that are high */
    uint8_t legacy;   /* legacy wires that are high */
};

extern const struct io_ops hpet_ops;

void hpet_init(struct hpet *h, struct clock *k, const struct hpet_board *board, struct trace *t);
void hpet_reset(struct hpet *h);
void hpet_snap(struct hpet *h, struct snap *s);
void hpet_info(const struct hpet *h, struct out *to);

#endif
