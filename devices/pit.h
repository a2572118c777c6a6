/* SPDX-License-Identifier: MIT */
/*
 * pit.h - the 8254 programmable interval timer: three counters, modes 0-5, binary or BCD.
 *
 * Source: Intel 8254 data sheet (231164), "Mode Definitions" and "Read-Back Command".
 *
 * - Counts are computed from the clock whenever somebody looks; a channel whose output wire
 *   is connected has an event at each edge of its output, a channel without has none.
 * - A count written between two CLK pulses is loaded at the next one, as on the chip, so that
 *   mode 0 rises N+1 pulses after the write and the first period of mode 2 begins there.
 * - pit_ops: offsets 0-2 the counters, 3 the control word.
 * - A count of 1 is illegal in modes 2 and 3; it acts as 2 here.
 */
#ifndef DEVICES_PIT_H
#define DEVICES_PIT_H

#include "base/clock.h"
#include "base/irq.h"
#include "base/types.h"

struct io_ops;
struct out;
struct snap;
struct trace;
struct pit;

struct pit_channel {
    struct irq wire;     /* OUT pin */
    struct event edge;   /* the next change of OUT, if the wire is connected */
    struct pit *pit;     /* for the event */
    uint64_t edge_tick;  /* CLK pulse of that change */
    uint64_t tick;       /* CLK pulse that the state below belongs to */
    uint32_t ce;         /* counting element: 0 to 65536, in decimal meaning if bcd */
    uint32_t loaded;     /* the count that was last loaded into it (mode 3: its parity) */
    uint16_t cr;         /* count register as written */
    uint16_t latch;      /* latched count, as it is read */
    uint8_t control;     /* low six bits of the control word, as written */
    uint8_t status;      /* latched status */
    uint8_t low;         /* first byte of a two-byte count */
    bool count_latched;  /* `latch` waits to be read */
    bool status_latched; /* `status` waits to be read */
    bool write_high;     /* the next count byte written is the high one */
    bool read_high;      /* the next count byte read is the high one */
    bool gate;           /* GATE pin */
    bool out;            /* OUT pin */
    bool written;        /* a whole count was written since the control word */
    bool load;           /* the next CLK pulse loads the counting element */
    bool counting;       /* it was loaded since the control word */
    bool done;           /* modes 0, 1, 4, 5: terminal count has passed */
    bool inhibit;        /* mode 0: half of a two-byte count is written */
    bool null_count;     /* the count register has not been loaded yet */
};

struct pit {
    struct clock *clock;      /* time */
    struct trace *trace;      /* may be NULL */
    struct pit_channel ch[3]; /* the counters */
};

extern const struct io_ops pit_ops;

void pit_init(struct pit *p, struct clock *k, struct irq out0, struct irq out1, struct irq out2,
              struct trace *t);
/* The chip has no reset: this is power-on, gates 0 and 1 tied high, gate 2 low. */
void pit_reset(struct pit *p);
void pit_snap(struct pit *p, struct snap *s);
void pit_info(const struct pit *p, struct out *to);

void pit_set_gate(struct pit *p, unsigned ch, bool level);
bool pit_out(struct pit *p, unsigned ch);

#endif
