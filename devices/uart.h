/* SPDX-License-Identifier: MIT */
/*
 * uart.h - a 16550A serial port.
 *
 * Source: National Semiconductor PC16550D data sheet.
 *
 * - uart_ops: offsets 0-7 (RBR/THR/DLL, IER/DLM, IIR/FCR, LCR, MCR, LSR, MSR, SCR).
 * - uart_receive takes a byte from outside into a queue; the line brings it to the receiver at
 *   the programmed rate, and waits while the receiver has no room, as a partner with hardware
 *   flow control does: nothing typed or pasted is lost. Overrun can be had by loopback.
 * - The backend gets a byte when the guest writes it; the time on the wire is what the guest
 *   sees in LSR and in its interrupts. So output is complete at every moment the guest stops,
 *   and that of a guest that does not wait for THRE too: the wire would lose of it, the file does
 *   not (a line of --trace uart says where). In loopback the byte is lost, as in the chip.
 * - The far end is there: CTS, DSR and DCD are on, RI is off.
 * - The interrupt pin is gated by OUT2, as on a PC card; in loopback the OUT2 pin is inactive.
 *
 * Not modelled: parity and framing errors, the one-character delay of the transmitter interrupt
 * in FIFO mode, DMA pins. A divisor of 0 counts as 65536.
 */
#ifndef DEVICES_UART_H
#define DEVICES_UART_H

#include "base/clock.h"
#include "base/irq.h"
#include "base/types.h"

struct io_ops;
struct out;
struct snap;
struct trace;

#define UART_FIFO 16
#define UART_QUEUE 4096

struct uart {
    struct clock *clock;                    /* time */
    struct irq irq;                         /* INTR, gated by OUT2 */
    void (*write)(void *ctx, uint8_t byte); /* output backend, may be NULL */
    void *ctx;                              /* passed to write */
    struct trace *trace;                    /* may be NULL */
    const char *name;                       /* "com1" */
    struct event tx_done;                   /* the shift register has sent its last stop bit */
    struct event rx_done;                   /* a byte from outside is complete */
    struct event timeout;                   /* four character times without a byte */
    uint8_t ier, lcr, mcr, scr;             /* registers as written */
    uint8_t fcr;                            /* bit 0 enable, 7-6 trigger */
    uint8_t lsr_error;                      /* LSR bits 1-4 as read: OE, PE, FE, BI */
    uint8_t msr_delta;                      /* MSR bits 0-3 */
    uint16_t divisor;                       /* DLM:DLL */
    uint8_t rx[UART_FIFO];                  /* received bytes (one of them without FIFO) */
    uint8_t rx_error[UART_FIFO];            /* LSR bits that came with each */
    uint8_t rx_first, rx_count;             /* ring of UART_FIFO */
    uint8_t tx[UART_FIFO];                  /* bytes to send (one of them without FIFO) */
    uint8_t tx_first, tx_count;             /* ring of UART_FIFO */
    uint8_t tsr;                            /* transmitter shift register */
    bool tx_busy;                           /* it is shifting */
    bool thre_pending;                      /* transmitter interrupt, not yet acknowledged */
    bool rx_timeout;                        /* character timeout interrupt */
    bool intr;                              /* level of the wire */
    uint8_t queue[UART_QUEUE];              /* bytes from outside that wait for the line */
    uint16_t queue_first, queue_count;      /* ring of UART_QUEUE */
};

extern const struct io_ops uart_ops;

void uart_init(struct uart *u, const char *name, struct clock *k, struct irq irq,
               void (*write)(void *ctx, uint8_t byte), void *ctx, struct trace *t);
void uart_reset(struct uart *u);
void uart_snap(struct uart *u, struct snap *s);
void uart_info(const struct uart *u, struct out *to);

/* A byte from outside; false (and the byte is lost) when the queue is full. */
bool uart_receive(struct uart *u, uint8_t byte);
/* How many bytes uart_receive will take now. */
unsigned uart_room(const struct uart *u);

#endif
