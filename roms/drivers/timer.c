/* SPDX-License-Identifier: MIT */
/*
 * timer.c - the tick, from channel 0 of the 8254 timer in mode 2 (rate generator).
 * Source: Intel 8254 data sheet; the PC clocks it with 1193182 Hz.
 */
#include "drivers/drivers.h"

#include "drivers/x86.h"

#define CHANNEL0 0x40
#define CONTROL 0x43
#define CHANNEL0_MODE2 0x34 /* channel 0, low byte then high byte, mode 2, binary */

enum { PIT_HZ = 1193182, DIVISOR = (PIT_HZ + TICKS_PER_SECOND / 2) / TICKS_PER_SECOND };

static volatile uint32_t ticks;
static void (*call)(uint32_t now);

static void timer_interrupt(void)
{
    ticks++;
    call(ticks);
}

void timer_init(void (*tick)(uint32_t now))
{
    call = tick;
    outb(CONTROL, CHANNEL0_MODE2);
    outb(CHANNEL0, DIVISOR & 0xff);
    outb(CHANNEL0, DIVISOR >> 8);
    pic_handle(IRQ_TIMER, timer_interrupt);
}

uint32_t timer_now(void)
{
    return ticks;
}
