/* SPDX-License-Identifier: MIT */
/*
 * lapic.h - the local APIC of a P6 or Pentium processor: interrupts by priority, local sources, timer.
 *
 * Source: Intel SDM vol. 3, chapter 10 (the 3-wire APIC of the P6 family).
 *
 * - lapic_ops: the 4 KiB of registers; each is 32 bits at a multiple of 16. Narrower stores are dropped.
 * - lapic_deliver takes a message of the APIC bus; false: it is not for this processor.
 * - lapic_pin: LINT0 (the 8259s) and LINT1.
 * - lapic_ack is the processor's acknowledge cycle. A vector of its own comes before an ExtINT; when
 *   nothing is left by then, the spurious vector.
 * - The timer counts a bus clock of LAPIC_BUS_HZ, divided; computed, with an event only when somebody
 *   could see it. A period is as many ticks as the initial count says.
 * - After reset LINT0 passes ExtINT although the unit is disabled by software, as a BIOS or the APICEN pin
 *   would have it: firmware that knows no APIC works.
 *
 * There is one processor: what is sent to others is a send accept error. Not modelled: x2APIC, TSC
 * deadline, SMI (kept in registers, ignored), bus arbitration, remote reads, focus processor checking.
 */
#ifndef DEVICES_LAPIC_H
#define DEVICES_LAPIC_H

#include "base/clock.h"
#include "base/irq.h"
#include "base/types.h"

struct apic_message;
struct io_ops;
struct out;
struct snap;
struct trace;

#define LAPIC_BUS_HZ 1000000000u /* as QEMU's and KVM's; hardware of the time had 66 to 133 MHz */
#define LAPIC_SIZE 4096u

enum { LAPIC_TIMER, LAPIC_PERF, LAPIC_LINT0, LAPIC_LINT1, LAPIC_ERROR, LAPIC_LVTS };
enum { LAPIC_LVT_MASKED = 1 << 16 };

/* What the unit drives and calls. */
struct lapic_board {
    struct irq intr;              /* INTR of the processor */
    struct irq nmi;               /* its NMI, pulsed */
    struct irq init;              /* its INIT, pulsed */
    uint8_t (*extint)(void *ctx); /* the acknowledge cycle of the 8259s */
    /* The end of a level-triggered interrupt is broadcast to the I/O APICs. */
    void (*eoi)(void *ctx, uint8_t vector);
    /* The unit takes interrupts that it refused before: who holds one may send it again. */
    void (*ready)(void *ctx);
    void *ctx;
};

struct lapic {
    struct lapic_board board; /* the far ends */
    struct clock *clock;      /* time */
    struct trace *trace;      /* may be NULL */
    struct event expiry;      /* the timer reaches zero, while its interrupt is not masked */
    uint64_t started;         /* timer: when it was last started, clock units */
    uint32_t count;           /* timer: what it counted down from then; 0: it stands still */
    uint32_t initial;         /* timer: initial count register */
    uint32_t divide;          /* timer: divide configuration register */
    uint32_t lvt[LAPIC_LVTS]; /* local vector table */
    uint32_t irr[8];          /* requested, a bit a vector */
    uint32_t isr[8];          /* in service */
    uint32_t tmr[8];          /* level-triggered */
    uint32_t id;              /* bits 27-24 */
    uint32_t ldr;             /* logical destination, bits 31-24 */
    uint32_t dfr;             /* its format, bits 31-28 */
    uint32_t svr;             /* spurious interrupt vector register */
    uint32_t icr[2];          /* interrupt command register, low and high */
    uint32_t esr;             /* errors as latched by the last write */
    uint32_t errors;          /* errors since */
    uint8_t tpr;              /* task priority */
    bool pin[2];              /* levels of LINT0 and LINT1 */
    bool extint_sent;         /* an ExtINT message waits to be acknowledged */
    bool enabled;             /* IA32_APIC_BASE: globally */
    bool intr;                /* level of INTR */
};

/* For debuggers: what becomes of a vector; the first that applies. */
enum lapic_fate {
    LAPIC_IDLE,    /* there is no request */
    LAPIC_OFF,     /* the unit is off */
    LAPIC_LOW,     /* its priority is not above the processor's (PPR) */
    LAPIC_WAITS,   /* another request has priority */
    LAPIC_DELIVERS /* INTR is high for it */
};

struct lapic_view {
    enum lapic_fate fate;
    uint8_t ppr; /* processor priority */
    uint8_t by;  /* LAPIC_LOW: the vector in service (0: the TPR does it); LAPIC_WAITS: the other */
    bool requested;  /* IRR */
    bool in_service; /* ISR */
};

extern const struct io_ops lapic_ops;

void lapic_init(struct lapic *l, struct clock *k, const struct lapic_board *board, struct trace *t);
void lapic_reset(struct lapic *l);
void lapic_snap(struct lapic *l, struct snap *s);
void lapic_info(const struct lapic *l, struct out *to);
void lapic_view(const struct lapic *l, uint8_t vector, struct lapic_view *v);

bool lapic_deliver(struct lapic *l, const struct apic_message *message);
void lapic_pin(struct lapic *l, unsigned n, bool level); /* LINTn */
uint8_t lapic_ack(struct lapic *l, bool *external);      /* external: the 8259s gave the vector */
/* IA32_APIC_BASE: while the unit is off, LINT0 is INTR and LINT1 is NMI. */
void lapic_enable(struct lapic *l, bool on);

#endif
