/* SPDX-License-Identifier: MIT */
/*
 * pic.h - one 8259A programmable interrupt controller (the board has two, cascaded).
 *
 * Source: Intel 8259A data sheet (231468); ELCR: Intel 82371SB (PIIX3) data sheet, 4D0h/4D1h.
 *
 * - pic_set_irq is the far end of an interrupt wire: input n of this chip.
 * - pic_ack is the INTA cycle: it answers with the vector and moves the request into service.
 *   Where the level is one of ICW3's cascade inputs, the vector comes from the slave.
 * - pic_ops: offset 0 = A0 low (ICW1, OCW2, OCW3; IRR/ISR/poll), 1 = A0 high (ICW2-4, IMR).
 * - pic_elcr_ops: one byte, edge (0) or level (1) per input.
 *
 * A request must stay up until it is acknowledged, else the acknowledge finds nothing and gets
 * level 7 without an in-service bit, as the data sheet says. Not modelled: the 8080/8085 CALL
 * sequence (ICW4 bit 0 clear still gives one vector byte), the SP/EN pin as a buffer enable.
 */
#ifndef DEVICES_PIC_H
#define DEVICES_PIC_H

#include "base/irq.h"
#include "base/types.h"

struct io_ops;
struct out;
struct snap;
struct trace;

/* Where a master gets the vector of its slave from; {0} on a slave. */
struct pic_slave {
    uint8_t (*ack)(void *ctx); /* the slave's INTA cycle */
    void *ctx;                 /* the slave, or the board */
};

struct pic {
    struct irq out;         /* INT pin */
    struct pic_slave slave; /* cascade bus */
    struct trace *trace;    /* may be NULL */
    const char *name;       /* for traces: "master", "slave" */
    uint8_t elcr_mask;      /* inputs whose ELCR bit can be set on this board */
    uint8_t lines;          /* levels of the eight inputs now */
    uint8_t irr;            /* interrupt request register */
    uint8_t isr;            /* in-service register */
    uint8_t imr;            /* interrupt mask register */
    uint8_t icw[5];         /* ICW1..ICW4 as written, [0] unused */
    uint8_t elcr;           /* edge/level control: 1 = level */
    uint8_t step;           /* next ICW expected (2..4), 0 = ready, 1 = never initialised */
    uint8_t lowest;         /* level that has the lowest priority, 7 unless rotated */
    bool rotate_aeoi;       /* rotate in automatic EOI mode */
    bool special_mask;      /* special mask mode */
    bool poll;              /* the next read is a poll */
    bool read_isr;          /* reads at offset 0 give ISR, not IRR */
    bool intr;              /* level of INT */
    uint8_t accepted;       /* the input that was acknowledged last (8: spurious); not state */
};

/* What would become of a request at one input now; the first that applies. */
enum pic_fate {
    PIC_NOT_READY, /* the chip was never initialised, or is in the middle of its ICWs */
    PIC_IDLE,      /* there is no request */
    PIC_MASKED,    /* IMR */
    PIC_BLOCKED,   /* an input of the same or a higher priority is in service: no EOI yet */
    PIC_WAITS,     /* another request has priority */
    PIC_GOES,      /* INT is high for it */
};

/* For debuggers: one input as the priority resolver sees it. */
struct pic_view {
    enum pic_fate fate;
    uint8_t by;      /* PIC_BLOCKED, PIC_WAITS: the other input */
    uint8_t vector;  /* that it would interrupt by */
    bool line;       /* level of the input */
    bool requested;  /* IRR */
    bool in_service; /* ISR */
    bool masked;     /* IMR */
    bool level;      /* level-triggered */
    bool cascade;    /* a slave is behind it */
    bool auto_eoi;   /* ICW4: nothing ever stays in service */
};

extern const struct io_ops pic_ops;
extern const struct io_ops pic_elcr_ops;

void pic_init(struct pic *p, const char *name, struct irq out, struct pic_slave slave,
              uint8_t elcr_mask, struct trace *t);
void pic_reset(struct pic *p);
void pic_snap(struct pic *p, struct snap *s);
void pic_info(const struct pic *p, struct out *to);

/* A request that no wire carries, for debuggers: it stays until it is acknowledged. */
void pic_request(struct pic *p, unsigned n);
void pic_set_irq(void *pic, unsigned n, bool level);
uint8_t pic_ack(struct pic *p);
void pic_view(const struct pic *p, unsigned n, struct pic_view *v);

#endif
