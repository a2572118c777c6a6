/* SPDX-License-Identifier: MIT */
/*
 * serial.c - the first serial port: input by interrupt, output by polling.
 * Source: National Semiconductor PC16550D data sheet, section 8 (registers).
 */
#include "drivers/drivers.h"

#include <stdbool.h>

#include "drivers/x86.h"

#define COM1 0x3f8
#define DATA (COM1 + 0)    /* DLAB 0: receive and transmit; DLAB 1: divisor, low byte */
#define IER (COM1 + 1)     /* DLAB 0: interrupt enable; DLAB 1: divisor, high byte */
#define FCR (COM1 + 2)     /* FIFO control */
#define LCR (COM1 + 3)     /* line control */
#define MCR (COM1 + 4)     /* modem control */
#define LSR (COM1 + 5)     /* line status */
#define SCRATCH (COM1 + 7) /* remembers a byte */

#define IER_RECEIVED 0x01
#define FCR_ENABLE_CLEAR 0x07 /* FIFOs on and emptied, interrupt at the first byte */
#define LCR_8N1 0x03
#define LCR_DLAB 0x80
#define MCR_DTR_RTS_OUT2 0x0b /* OUT2 connects the interrupt line on a PC */
#define LSR_DATA_READY 0x01
#define LSR_THR_EMPTY 0x20

static bool present;
static void (*input)(char c);

static void serial_interrupt(void)
{
    while (inb(LSR) & LSR_DATA_READY) {
        char c = (char)inb(DATA);
        input(c == '\r' ? '\n' : c);
    }
}

void serial_init(void (*receive)(char c))
{
    input = receive;
    outb(SCRATCH, 0x5a);
    present = inb(SCRATCH) == 0x5a;
    if (!present)
        return;
    outb(IER, 0);
    outb(LCR, LCR_DLAB);
    outb(DATA, 1); /* divisor 1: 115200 baud */
    outb(IER, 0);
    outb(LCR, LCR_8N1);
    outb(FCR, FCR_ENABLE_CLEAR);
    outb(MCR, MCR_DTR_RTS_OUT2);
    pic_handle(IRQ_COM1, serial_interrupt);
    outb(IER, IER_RECEIVED);
}

void serial_put(char c)
{
    if (!present)
        return;
    /* A port that never gets ready must not stop the kernel. */
    for (int tries = 0; tries < 1000000 && !(inb(LSR) & LSR_THR_EMPTY); tries++)
        continue;
    outb(DATA, (uint8_t)c);
}
