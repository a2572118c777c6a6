/* SPDX-License-Identifier: MIT */
/*
 * lapic_parts.h - what lapic.c (priorities and delivery), lapic_regs.c (registers) and lapic_timer.c
 * share. For these three alone.
 */
#ifndef DEVICES_LAPIC_PARTS_H
#define DEVICES_LAPIC_PARTS_H

#include "base/types.h"

struct lapic;

#define FIRST_VECTOR 16u /* those below are illegal */

enum { SVR_ENABLE = 1 << 8 };
enum {
    LVT_ACTIVE_LOW = 1 << 13,
    LVT_REMOTE_IRR = 1 << 14,
    LVT_LEVEL = 1 << 15,
    LVT_PERIODIC = 1 << 17
};
enum {
    ESR_NOT_ACCEPTED = 1 << 2,    /* what was sent, nobody took */
    ESR_SENT_VECTOR = 1 << 5,     /* an illegal vector was sent */
    ESR_RECEIVED_VECTOR = 1 << 6, /* or received */
    ESR_REGISTER = 1 << 7,        /* there is no such register */
};

/* lapic.c */
int lapic_highest(const uint32_t set[8]); /* the highest vector of a set, -1: it is empty */
uint8_t lapic_ppr(const struct lapic *l);
bool lapic_software_on(const struct lapic *l);
void lapic_update(struct lapic *l); /* INTR, after anything changed */
void lapic_accept(struct lapic *l, unsigned vector, bool level);
void lapic_error(struct lapic *l, uint32_t bit);
void lapic_local(struct lapic *l, unsigned source);
void lapic_pins_again(struct lapic *l);
void lapic_eoi(struct lapic *l);

/* lapic_timer.c */
void lapic_timer_init(struct lapic *l);
void lapic_timer_arm(struct lapic *l);                /* after what it depends on changed */
void lapic_timer_mode(struct lapic *l, uint32_t lvt); /* a write to its LVT entry */
void lapic_timer_start(struct lapic *l, uint32_t count);
void lapic_timer_divide(struct lapic *l, uint32_t value);
unsigned lapic_timer_divider(const struct lapic *l);
uint32_t lapic_timer_now(const struct lapic *l);

#endif
