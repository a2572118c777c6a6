/* SPDX-License-Identifier: MIT */
/*
 * kbc.h - the 8042 keyboard controller of an AT with a PS/2 auxiliary port.
 *
 * Source: IBM PS/2 Hardware Interface Technical Reference, "Keyboard and auxiliary device
 * controller"; Intel UPI-42 user's manual for the status register.
 *
 *   status   PARITY TIMEOUT AUX_OBF KEYLOCK | A2 SYS IBF OBF
 *   command  0 XLATE NO_AUX NO_KBD | 0 SYS IRQ12 IRQ1
 *
 * - kbc_ops is mapped over five ports: offset 0 is data (60h), offset 4 status and command
 *   (64h). The three between belong to others: the board maps them later, or uses
 *   kbc_data_ops and kbc_command_ops, one port each.
 * - A byte takes about 1 ms to or from a device (11 bits at 11 kHz). The controller's own
 *   answers are there at once if the output buffer is free, else 50 us after it was read.
 * - Wires: IRQ1, IRQ12 (up while the output buffer holds such a byte), A20 (bit 1 of the output
 *   port), reset (pulsed up, then down).
 *
 * Not modelled: parity and time-out errors, passwords, the 8042's diagnostic dumps.
 */
#ifndef DEVICES_KBC_H
#define DEVICES_KBC_H

#include "base/clock.h"
#include "base/irq.h"
#include "base/types.h"
#include "devices/ps2.h"

struct io_ops;
struct out;
struct snap;
struct trace;

enum { KBC_KBD, KBC_AUX, KBC_PORTS }; /* the two PS/2 ports */

struct kbc {
    struct clock *clock;              /* time */
    struct irq irq[KBC_PORTS];        /* IRQ1, IRQ12 */
    struct irq a20;                   /* output port bit 1 */
    struct irq reset;                 /* output port bit 0, inverted */
    struct ps2_device dev[KBC_PORTS]; /* what is plugged in */
    struct trace *trace;              /* may be NULL */
    struct event rx_done;             /* a byte from a device is complete */
    struct event tx_done;             /* a byte to a device is complete */
    struct event answer;              /* the controller's next answer goes to the output buffer */
    uint8_t ram[32];                  /* [0] = command byte */
    uint8_t outport;                  /* output port */
    uint8_t status;                   /* OBF, SYS, A2, AUX_OBF; IBF as `input_full` */
    uint8_t data;                     /* output buffer */
    uint8_t input;                    /* input buffer, while the controller is busy sending */
    uint8_t param;                    /* command that waits for a byte at port 60h, 0 = none */
    uint8_t rx_port, rx_byte;         /* byte from a device */
    uint8_t tx_port, tx_byte;         /* byte to a device */
    uint8_t pending_port, pending;    /* an answer that waits for the output buffer */
    bool input_full;                  /* IBF */
    bool input_command;               /* it was written to port 64h */
    bool rx_busy, rx_full;            /* on the line; complete but not yet in the output buffer */
    bool tx_busy;                     /* on the line */
    bool pending_full;                /* `pending` is valid */
    bool break_prefix;                /* translation has seen F0h */
    bool level[KBC_PORTS];            /* levels of the IRQ wires */
};

extern const struct io_ops kbc_ops;
extern const struct io_ops kbc_data_ops;
extern const struct io_ops kbc_command_ops;

void kbc_init(struct kbc *k, struct clock *clock, struct irq irq1, struct irq irq12, struct irq a20,
              struct irq reset, struct ps2_device kbd, struct ps2_device aux, struct trace *t);
void kbc_reset(struct kbc *k);
void kbc_snap(struct kbc *k, struct snap *s);
void kbc_info(const struct kbc *k, struct out *to);

/* The far end of a device's `ready` wire. */
void kbc_ready(void *kbc, unsigned port, bool level);

#endif
