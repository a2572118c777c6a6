/* SPDX-License-Identifier: MIT */
/*
 * piix3.h - the ISA bridge of the PIIX3: function 0 of slot 1. Routes PCI interrupts to ISA interrupt
 * lines and has the reset control register.
 *
 * Source: Intel 82371SB (PIIX3) data sheet, sections 3.1 (configuration) and 2.1.4 (CF9h).
 *
 *   60h-63h  PIRQRC[A-D]  7 routing disabled | 6-4 0 | 3-0 ISA interrupt (3-7, 9-12, 14, 15)
 *   CF9h     RCR          2 reset, when it rises | 1 hard reset
 *
 * - An ISA line is driven while any PIRQ that is routed to it is; the board joins it with the chips
 *   that sit on that line. Whether the line is level-sensitive is ELCR's business (pic.h).
 * - A soft reset (RCR bit 1 clear) resets the processor on hardware; here both reset the machine.
 *
 * Not modelled: what the other registers switch (XBCS chip selects, recovery times, DMA aliasing, SMI
 * sources): they are kept. The ISA devices of the chip are in files of their own.
 */
#ifndef DEVICES_PIIX3_H
#define DEVICES_PIIX3_H

#include "base/irq.h"
#include "base/types.h"
#include "devices/pci.h"

struct io_ops;
struct out;
struct snap;
struct trace;

enum { PIIX3_PIRQRC = 0x60, PIIX3_XBCS = 0x4e };

struct piix3 {
    struct pci_function pci;
    struct irq isa[16];  /* interrupt lines of the ISA bus */
    struct irq reset;    /* pulsed high, then low */
    struct trace *trace; /* may be NULL */
    uint8_t pirq;        /* levels of PIRQA to PIRQD, a bit each */
    uint16_t driven;     /* ISA lines that are driven for them */
    uint8_t rcr;         /* CF9h */
};

extern const struct io_ops piix3_reset_ops; /* CF8h-CFBh: the byte at offset 1 is RCR */

void piix3_init(struct piix3 *p, const struct irq isa[16], struct irq reset, struct trace *t);
void piix3_reset(struct piix3 *p);
void piix3_snap(struct piix3 *p, struct snap *s);
void piix3_info(const struct piix3 *p, struct out *to);
/* The far end of the PIRQ wires: n 0 to 3. */
void piix3_set_pirq(void *piix3, unsigned n, bool level);
/* The ISA line that PIRQ n is routed to; 0: none. */
unsigned piix3_route(const struct piix3 *p, unsigned n);

#endif
