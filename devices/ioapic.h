/* SPDX-License-Identifier: MIT */
/*
 * ioapic.h - the 82093AA I/O APIC: 24 interrupt pins, each with an entry that says what becomes of it.
 *
 * Source: Intel 82093AA data sheet (290566).
 *
 *   63-56 destination | 16 masked | 15 level | 14 remote IRR | 13 active low | 12 being sent |
 *   11 logical | 10-8 delivery mode | 7-0 vector
 *
 * - ioapic_ops: 00h selects a register (ID, version, arbitration, 10h + 2n entry n), 10h is its window.
 * - ioapic_set_irq is the far end of a wire: pin n. An edge on a masked pin is lost; a level is sent
 *   when it is unmasked.
 * - A message goes through `deliver`; it says whether a processor took it. What nobody took stays to be
 *   sent (bit 12) until ioapic_retry.
 * - A level-triggered entry sends again after ioapic_eoi of its vector, while its pin is active.
 *
 * Pins are wires with active-high levels: an entry that says active low sees them inverted, as the chip
 * does. Not modelled: the EOI register of version 20h, arbitration.
 */
#ifndef DEVICES_IOAPIC_H
#define DEVICES_IOAPIC_H

#include "base/types.h"

struct apic_message;
struct io_ops;
struct out;
struct snap;
struct trace;

#define IOAPIC_PINS 24u
#define IOAPIC_BASE UINT32_C(0xfec00000)

enum {
    IOAPIC_PENDING = 1 << 12,
    IOAPIC_ACTIVE_LOW = 1 << 13,
    IOAPIC_REMOTE_IRR = 1 << 14,
    IOAPIC_LEVEL = 1 << 15,
    IOAPIC_MASKED = 1 << 16,
};

struct ioapic {
    bool (*deliver)(void *ctx, const struct apic_message *message); /* the APIC bus */
    void *ctx;                                                      /* its far end */
    struct trace *trace;                                            /* may be NULL */
    uint32_t low[IOAPIC_PINS];                                      /* entries, bits 31-0 */
    uint8_t destination[IOAPIC_PINS];                               /* entries, bits 63-56 */
    uint32_t lines;                                                 /* levels of the pins */
    uint32_t id;                                                    /* bits 27-24 */
    uint8_t select;                                                 /* register behind the window */
};

extern const struct io_ops ioapic_ops;

void ioapic_init(struct ioapic *a, bool (*deliver)(void *ctx, const struct apic_message *message),
                 void *ctx, struct trace *t);
void ioapic_reset(struct ioapic *a);
void ioapic_snap(struct ioapic *a, struct snap *s);
void ioapic_info(const struct ioapic *a, struct out *to);

void ioapic_set_irq(void *ioapic, unsigned n, bool level);
void ioapic_eoi(struct ioapic *a, uint8_t vector);
void ioapic_retry(struct ioapic *a);
/* As if there were an edge on the pin; false: it is masked. */
bool ioapic_request(struct ioapic *a, unsigned n);
/* The pin whose entry is unmasked and gives this vector, -1: none. */
int ioapic_pin_of(const struct ioapic *a, uint8_t vector);

#endif
