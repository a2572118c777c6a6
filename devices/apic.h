/* SPDX-License-Identifier: MIT */
/*
 * apic.h - a message on the APIC bus, as I/O and local APICs exchange them.
 *
 * Source: Intel SDM vol. 3, 10.6 "Issuing interprocessor interrupts"; Intel 82093AA data sheet, 3.2.4.
 */
#ifndef DEVICES_APIC_H
#define DEVICES_APIC_H

#include "base/types.h"

/* Delivery modes, bits 10-8 of an ICR, an LVT entry or a redirection entry. */
enum apic_mode {
    APIC_FIXED = 0,
    APIC_LOWEST = 1, /* the processor of the lowest priority: with one, as fixed */
    APIC_SMI = 2,
    APIC_NMI = 4,
    APIC_INIT = 5,
    APIC_STARTUP = 6,
    APIC_EXTINT = 7, /* the vector comes from the 8259s */
};

struct apic_message {
    uint8_t destination; /* an APIC's number, or a set of logical ones */
    bool logical;        /* which of the two */
    uint8_t mode;        /* enum apic_mode */
    uint8_t vector;
    bool level; /* level-triggered: the receiver broadcasts its EOI */
};

#endif
