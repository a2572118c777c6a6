/* SPDX-License-Identifier: MIT */
/*
 * port92.h - system control port A of the PS/2: fast A20 gate and fast reset.
 *
 * Source: IBM PS/2 Hardware Interface Technical Reference, "System control port A"; Intel
 * 82371SB, PORT92.
 *
 *   7-6 disk lamp | 5-4 reserved | 3 CMOS lock | 2 reserved | 1 A20 gate | 0 fast reset
 *
 * A change of bit 0 from 0 to 1 pulses the reset wire. The board combines the A20 wire with the
 * keyboard controller's. Not modelled: the CMOS lock (the bit is only kept).
 */
#ifndef DEVICES_PORT92_H
#define DEVICES_PORT92_H

#include "base/irq.h"
#include "base/types.h"

struct io_ops;
struct out;
struct snap;
struct trace;

struct port92 {
    struct irq a20;      /* high = the gate is open as far as this port goes */
    struct irq reset;    /* pulsed high, then low */
    struct trace *trace; /* may be NULL */
    uint8_t value;       /* as written, reserved bits 0 */
};

extern const struct io_ops port92_ops;

void port92_init(struct port92 *p, struct irq a20, struct irq reset, struct trace *t);
void port92_reset(struct port92 *p);
void port92_snap(struct port92 *p, struct snap *s);
void port92_info(const struct port92 *p, struct out *to);

#endif
