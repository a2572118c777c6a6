/* SPDX-License-Identifier: MIT */
/*
 * timer.h - the tick: 100 times a second.
 */
#ifndef KERNEL_TIMER_H
#define KERNEL_TIMER_H

#include <stdint.h>

enum { TICKS_PER_SECOND = 100 };

void timer_init(void);

/* Ticks since timer_init(); wraps around. */
uint32_t timer_now(void);

#endif
