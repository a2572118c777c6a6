/* SPDX-License-Identifier: MIT */
/*
 * lpt.h - the parallel port of a PC with a printer that is always ready: data, status and control
 * registers. A byte is printed when STROBE goes active; what is printed goes to a back-end.
 *
 * Source: IBM PC/AT Technical Reference, "Serial/Parallel Adapter". The printer takes a byte at
 * once: BUSY is never seen. The interrupt line follows the printer's ACK while it is enabled.
 * Not modelled: bidirectional, EPP and ECP modes.
 */
#ifndef DEVICES_LPT_H
#define DEVICES_LPT_H

#include "base/irq.h"
#include "base/types.h"

struct io_ops;
struct out;
struct snap;

struct lpt {
    void (*write)(void *ctx, uint8_t byte); /* the printer, may be NULL */
    void *ctx;                              /* passed to write */
    struct irq irq;                         /* IRQ 7 */
    uint8_t data;                           /* data latch */
    uint8_t control;                        /* LPT_* */
    uint64_t bytes;                         /* printed so far */
};

extern const struct io_ops lpt_ops; /* three ports: data, status, control */

void lpt_init(struct lpt *p, struct irq irq, void (*write)(void *ctx, uint8_t byte), void *ctx);
void lpt_reset(struct lpt *p);
void lpt_snap(struct lpt *p, struct snap *s);
void lpt_info(const struct lpt *p, struct out *to);

#endif
