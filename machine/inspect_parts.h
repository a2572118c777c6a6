/* SPDX-License-Identifier: MIT */
/*
 * inspect_parts.h - what inspect.c and inspect_apic.c know of each other: the pins of the I/O APIC above the
 * ISA's lines, where the board has event timers.
 */
#ifndef MACHINE_INSPECT_PARTS_H
#define MACHINE_INSPECT_PARTS_H

#include "base/types.h"

struct inspect_irq;
struct machine;

/* As inspect_irq and inspect_irq_source, of a pin from 16 on. */
void inspect_pin(const struct machine *m, unsigned pin, struct inspect_irq *irq);
int inspect_pin_source(const struct machine *m, unsigned pin, char *text, size_t size);
/* The HPET's timer that interrupts by this pin, HPET_TIMERS: none. */
unsigned inspect_pin_timer(const struct machine *m, unsigned pin);

#endif
