/* SPDX-License-Identifier: MIT */
/*
 * irq.h - one wire. Whoever drives it calls irq_set; what is at the other end is machine/'s
 * business. An unconnected wire ({0}) may be driven and does nothing.
 */
#ifndef BASE_IRQ_H
#define BASE_IRQ_H

#include "base/types.h"

struct irq {
    void (*set)(void *dev, unsigned n, bool level); /* the far end's input, or NULL */
    void *dev;                                      /* the far end */
    unsigned n;                                     /* which of its inputs */
};

static inline void irq_set(const struct irq *wire, bool level)
{
    if (wire->set)
        wire->set(wire->dev, wire->n, level);
}

#endif
