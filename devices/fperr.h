/* SPDX-License-Identifier: MIT */
/*
 * fperr.h - the board's way of telling of an x87 error: the processor's FERR# pin sets a latch that
 * drives IRQ 13; a write to port F0h clears it and holds IGNNE# until FERR# goes away, so that the
 * handler can use the x87 (AT Technical Reference, "Coprocessor"; SDM vol. 1, appendix D).
 *
 * Port F1h, the 80287's reset on an AT, does nothing: there is no separate chip to reset.
 */
#ifndef DEVICES_FPERR_H
#define DEVICES_FPERR_H

#include "base/irq.h"

struct io_ops;
struct out;
struct snap;
struct trace;

struct fperr {
    struct irq irq;      /* IRQ 13 */
    struct irq ignne;    /* the processor's IGNNE# pin */
    struct trace *trace; /* may be NULL */
    bool ferr;           /* level of FERR# */
    bool latched;        /* IRQ 13 is driven */
    bool ignoring;       /* IGNNE# is driven */
};

extern const struct io_ops fperr_ops; /* F0h, F1h */

void fperr_init(struct fperr *p, struct irq irq, struct irq ignne, struct trace *t);
void fperr_reset(struct fperr *p);
void fperr_set(struct fperr *p, bool level); /* FERR# */
void fperr_snap(struct fperr *p, struct snap *s);
void fperr_info(const struct fperr *p, struct out *to);

#endif
