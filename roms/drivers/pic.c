/* SPDX-License-Identifier: MIT */
/*
 * pic.c - the two 8259A interrupt controllers.
 * Source: Intel 8259A data sheet (ICW1-ICW4, OCW1-OCW3, spurious interrupts).
 */
#include "drivers/drivers.h"

#include <stdbool.h>
#include <stdint.h>

#include "drivers/x86.h"

#define MASTER 0x20 /* command; data is the next port */
#define SLAVE 0xa0

#define ICW1_INIT_ICW4 0x11 /* edge triggered, cascaded, ICW4 follows */
#define ICW4_8086 0x01
#define OCW2_EOI 0x20
#define OCW3_READ_ISR 0x0b

static void (*handlers[IRQS])(void);
static uint16_t masked = 0xffff;

static void write_mask(void)
{
    outb(MASTER + 1, (uint8_t)masked);
    outb(SLAVE + 1, (uint8_t)(masked >> 8));
}

void pic_init(void)
{
    outb(MASTER, ICW1_INIT_ICW4);
    outb(MASTER + 1, IRQ_VECTOR);
    outb(MASTER + 1, 1 << IRQ_CASCADE); /* ICW3: the slave is on this line */
    outb(MASTER + 1, ICW4_8086);
    outb(SLAVE, ICW1_INIT_ICW4);
    outb(SLAVE + 1, IRQ_VECTOR + 8);
    outb(SLAVE + 1, IRQ_CASCADE); /* ICW3: its number */
    outb(SLAVE + 1, ICW4_8086);
    masked = (uint16_t) ~(1u << IRQ_CASCADE);
    write_mask();
}

void pic_handle(unsigned irq, void (*handler)(void))
{
    handlers[irq] = handler;
    masked &= (uint16_t) ~(1u << irq);
    write_mask();
}

/* A line that went away too early shows up as line 7 of its chip, without its in-service bit. */
static bool is_spurious(unsigned irq)
{
    uint16_t chip = irq < 8 ? MASTER : SLAVE;
    if (irq % 8 != 7)
        return false;
    outb(chip, OCW3_READ_ISR);
    return !(inb(chip) & 0x80);
}

void pic_interrupt(unsigned irq)
{
    bool spurious = is_spurious(irq);
    if (irq >= 8 && !spurious)
        outb(SLAVE, OCW2_EOI);
    if (irq >= 8 || !spurious)
        outb(MASTER, OCW2_EOI);
    if (!spurious && handlers[irq])
        handlers[irq]();
}
