/* SPDX-License-Identifier: MIT */
/*
 * pirtable.h - the PCI interrupt routing table of the `pc` board ($PIR): which PIRQ each slot's pins are
 * wired to, for kernels that route interrupts without ACPI and APICs.
 *
 * Source: Microsoft, PCI IRQ Routing Table Specification 1.0; 82371SB (PIIX3) datasheet, PIRQRC: the
 * link values are the registers' numbers, 60h to 63h.
 */
#ifndef MACHINE_PIRTABLE_H
#define MACHINE_PIRTABLE_H

#include "base/types.h"

struct pci;

#define PIRTABLE_ROOM (32u + 32u * 16u)

/* Writes the table, with an entry for every slot that holds something. Bytes written. */
uint32_t pirtable_build(const struct pci *p, uint8_t to[PIRTABLE_ROOM]);

#endif
