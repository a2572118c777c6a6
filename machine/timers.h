/* SPDX-License-Identifier: MIT */
/*
 * timers.h - who drives IRQ 0 and IRQ 8: the 8254 and the RTC, or, while an HPET has legacy routes on,
 * its first two timers. For the files of machine/ only.
 *
 * Source: IA-PC HPET specification 1.0a, 2.3.5 "LegacyReplacement Route".
 */
#ifndef MACHINE_TIMERS_H
#define MACHINE_TIMERS_H

#include "base/irq.h"
#include "base/types.h"

struct config;
struct machine;
struct snap;

enum timers_legacy { TIMERS_PIT, TIMERS_RTC, TIMERS };

/* There is an HPET: on `pc`, unless the user wants none. */
bool timers_hpet_present(const struct config *cfg);
/* The interrupt line of the 8254 or the RTC. */
struct irq timers_line(struct machine *m, enum timers_legacy which);
void timers_wire(struct machine *m);
void timers_reset(struct machine *m);
void timers_snap(struct machine *m, struct snap *s);

#endif
