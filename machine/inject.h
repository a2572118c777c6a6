/* SPDX-License-Identifier: MIT */
/*
 * inject.h - what a debugger makes happen to the machine from outside: exceptions, interrupt requests,
 * NMI, the reset button. The guest's run is another one from then on.
 */
#ifndef MACHINE_INJECT_H
#define MACHINE_INJECT_H

#include "base/types.h"

struct machine;

/* The machine goes on with the delivery of this exception at its present instruction. An error code is
   pushed where the vector has one and the processor is in protected mode. */
bool inject_exception(struct machine *m, unsigned vector, uint32_t code, struct error *err);
/* A request on line 0 to 15, or at pin 16 to 23 of the I/O APIC, which stays until it is acknowledged:
   by the I/O APIC where its pin is open, else by the 8259s. */
bool inject_irq(struct machine *m, unsigned line, struct error *err);
/* A request at the local APIC. */
bool inject_vector(struct machine *m, unsigned vector, struct error *err);
void inject_nmi(struct machine *m);
/* The reset button: the image starts again. */
void inject_reset(struct machine *m);

#endif
