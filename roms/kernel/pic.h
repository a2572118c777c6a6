/* SPDX-License-Identifier: MIT */
/*
 * pic.h - the two 8259A interrupt controllers.
 */
#ifndef KERNEL_PIC_H
#define KERNEL_PIC_H

enum {
    IRQ_VECTOR = 32, /* IRQ 0 arrives at this vector, clear of the processor's exceptions */
    IRQS = 16,
    IRQ_TIMER = 0,
    IRQ_KEYBOARD = 1,
    IRQ_CASCADE = 2,
    IRQ_COM1 = 4,
};

/* Moves the vectors to IRQ_VECTOR and masks every line. */
void pic_init(void);

/* Installs the handler of a line and lets the line through. */
void pic_handle(unsigned irq, void (*handler)(void));

/* An interrupt arrived: acknowledges it and runs its handler. */
void pic_interrupt(unsigned irq);

#endif
