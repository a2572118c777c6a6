/* SPDX-License-Identifier: MIT */
/*
 * mptable.h - the MP configuration table of the `pc` board: one processor, the I/O APIC, and which
 * interrupt is on which of its pins. For kernels that start without firmware.
 *
 * Source: Intel MultiProcessor Specification 1.4, chapter 4.
 */
#ifndef MACHINE_MPTABLE_H
#define MACHINE_MPTABLE_H

#include "base/types.h"

struct machine;

#define MPTABLE_ROOM 2048u

/* Writes the floating pointer and the table behind it as they are when they lie at `at`, with the PCI
   interrupts routed as they are now. Bytes written. */
uint32_t mptable_build(const struct machine *m, uint8_t to[MPTABLE_ROOM], uint32_t at);

#endif
