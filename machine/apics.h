/* SPDX-License-Identifier: MIT */
/*
 * apics.h - the local APIC and the I/O APIC on the board: present on `pc` with a processor that has one
 * (a Pentium or later), wired beside the 8259s. For the files of machine/ only.
 *
 * Source: Intel MultiProcessor Specification 1.4, chapter 3 ("virtual wire mode"); IRQ 0 is on pin 2 of
 * the I/O APIC, the 8259s on pin 0, every other ISA line on the pin of its number.
 */
#ifndef MACHINE_APICS_H
#define MACHINE_APICS_H

#include "base/irq.h"
#include "base/types.h"

struct config;
struct machine;

bool apics_present(const struct config *cfg);
void apics_wire(struct machine *m);
void apics_reset(struct machine *m);
/* What a BIOS does: enabled by software, the 8259s by LINT0 (virtual wire), NMI by LINT1. */
void apics_as_firmware_leaves_them(struct machine *m);
/* An ISA line changed. */
void apics_line(struct machine *m, unsigned n, bool level);
/* Where the 8259s' INT goes. */
struct irq apics_pic_output(struct machine *m);
/* The processor's acknowledge cycle; *line says whose interrupt it was: a line of the ISA bus, 16 to 23
   the pin of the I/O APIC, LINE_APIC (lines.h). */
uint8_t apics_acknowledge(struct machine *m, unsigned *line);
/* The pin of the I/O APIC behind an ISA line. */
unsigned apics_pin(unsigned line);
/* The registers of the local APIC are where IA32_APIC_BASE says: after it was written or loaded. */
void apics_place(struct machine *m);
/* The same, as the processor's hook: its WRMSR enables and disables the unit too. */
void apics_moved(void *machine);

#endif
