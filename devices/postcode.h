/* SPDX-License-Identifier: MIT */
/*
 * postcode.h - port 80h: firmware writes a code there at each step of its power-on self test, and
 * everybody else writes there to waste a microsecond. The last code can be read back, as from
 * the DMA page register that the port belongs to on an AT.
 */
#ifndef DEVICES_POSTCODE_H
#define DEVICES_POSTCODE_H

#include "base/types.h"

struct io_ops;
struct out;
struct snap;
struct trace;

struct postcode {
    struct trace *trace; /* may be NULL */
    uint8_t code;        /* last one written */
};

extern const struct io_ops postcode_ops;

void postcode_init(struct postcode *p, struct trace *t);
void postcode_reset(struct postcode *p);
void postcode_snap(struct postcode *p, struct snap *s);
void postcode_info(const struct postcode *p, struct out *to);

#endif
