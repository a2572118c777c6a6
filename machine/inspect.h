/* SPDX-License-Identifier: MIT */
/*
 * inspect.h - a look at the board for debuggers: the processor and the bus to read from, what each
 * chip says of itself, and the way of an interrupt from its chip to the processor. Nothing here
 * changes anything.
 */
#ifndef MACHINE_INSPECT_H
#define MACHINE_INSPECT_H

#include "base/types.h"

struct bus;
struct config;
struct cpu;
struct machine;
struct out;

const struct cpu *inspect_cpu(const struct machine *m);
const struct bus *inspect_bus(const struct machine *m);
const struct config *inspect_config(const struct machine *m);

/* Is a page directory that was in CR3 still an address space? One that was freed maps no more the IDT
   and the GDT as the one in use does, whatever else a kernel does with its upper half. */
bool inspect_space_alive(const struct machine *m, uint32_t cr3);

/* A chip, or what people call one. */
struct inspect_device {
    const char *name;    /* "pic" */
    const char *aliases; /* other names, separated by blanks; "" if none */
    const char *summary; /* "the two 8259A interrupt controllers" */
    void (*info)(const struct machine *m, struct out *to);
};

/* The n-th device, NULL past the last; the one of this name or alias, NULL: there is none. */
const struct inspect_device *inspect_device(unsigned n);
const struct inspect_device *inspect_device_find(const char *name);

/* How far a request on a line gets at its controller; the first that applies. */
enum inspect_fate {
    IRQ_NOT_READY, /* the controller was never initialised, or is in the middle of its ICWs */
    IRQ_IDLE,      /* there is no request */
    IRQ_MASKED,    /* IMR */
    IRQ_BLOCKED,   /* `by`, of the same or a higher priority, is in service: no EOI yet */
    IRQ_WAITS,     /* `by` has priority */
    IRQ_GOES,      /* the controller asks for it */
};

/* One of the sixteen interrupt lines of the board, or a pin of the I/O APIC above them. */
struct inspect_irq {
    enum inspect_fate fate;
    unsigned by;           /* IRQ_BLOCKED, IRQ_WAITS: the other line */
    const char *source;    /* the chip that drives it, NULL: nothing does */
    const char *pic;       /* "master", "slave"; NULL: none */
    unsigned input;        /* of that controller */
    uint8_t vector;        /* that it would interrupt by */
    bool line;             /* level of the wire; of a pin: an open one is active */
    bool requested;        /* IRR */
    bool in_service;       /* ISR */
    bool masked;           /* IMR */
    bool level;            /* level-triggered */
    bool auto_eoi;         /* the controller's ICW4: nothing stays in service */
    uint64_t taken;        /* how often the processor acknowledged it */
    uint64_t taken_icount; /* when it did so last */
    uint32_t taken_eip;    /* what that interrupted */
    uint16_t taken_cs;
};

/* How far a vector gets at the local APIC; the first that applies. */
enum inspect_local {
    LOCAL_IDLE,  /* there is no request */
    LOCAL_OFF,   /* the unit is off */
    LOCAL_LOW,   /* its class is not above the processor's: `by` is in service, or (0) the TPR */
    LOCAL_WAITS, /* `by` has priority */
    LOCAL_GOES,  /* the local APIC asks for it */
};

/* The way of a line or a vector through the APICs, beside that through the 8259s. */
struct inspect_apic {
    bool present;      /* there are APICs */
    bool virtual_wire; /* the 8259s reach the processor */
    bool open;         /* the line's pin of the I/O APIC is not masked and gives a vector */
    bool level;        /* level-triggered */
    bool waits_eoi;    /* it was sent and not ended (remote IRR) */
    bool refused;      /* the local APIC did not take it */
    bool requested;    /* IRR of the local APIC */
    bool in_service;   /* its ISR */
    unsigned pin;      /* of the I/O APIC */
    uint8_t vector;    /* that the pin gives */
    uint8_t ppr;       /* the processor's priority */
    enum inspect_local fate;
    uint8_t by; /* LOCAL_LOW, LOCAL_WAITS: the other vector */
};

/* An interrupt of the local APIC itself, as its local vector table has it. */
struct inspect_lvt {
    const char *name; /* "timer", "LINT1"... */
    uint8_t vector;   /* of fixed delivery, else 0 */
    bool masked;
};

#define INSPECT_LVTS 5u

/* line: 0 to LINES_ALL - 1. */
void inspect_apic(const struct machine *m, unsigned line, struct inspect_apic *a);
/* Of a vector only what the local APIC knows. */
void inspect_vector(const struct machine *m, uint8_t vector, struct inspect_apic *a);
bool inspect_lvt(const struct machine *m, unsigned n, struct inspect_lvt *lvt);
/* Interrupts of the local APIC's own that the processor acknowledged. */
uint64_t inspect_local_taken(const struct machine *m);
/* Who interrupts by a vector, as the board is set up: "IRQ 14, ide0", "APIC timer"; false: nobody. */
bool inspect_vector_name(const struct machine *m, unsigned vector, char *text, size_t size);
/* Who it is and what it is about, or why nothing comes from there: one sentence, as snprintf. */
int inspect_vector_source(const struct machine *m, uint8_t vector, char *text, size_t size);
void inspect_irq(const struct machine *m, unsigned n, struct inspect_irq *irq);
/* Why the chip behind line n drives it or does not: one sentence, as snprintf. */
int inspect_irq_source(const struct machine *m, unsigned n, char *text, size_t size);

#endif
