/* SPDX-License-Identifier: MIT */
/*
 * ne2000.h - an NE2000 network card for the ISA bus: a DP8390D with 16 KiB of memory of its own.
 *
 * Sources: National Semiconductor DP8390D/NS32490D data sheet (July 1995); AN-937 (what registers
 * show in loopback); AN-874 (writing drivers); the Novell card's layout as every driver knows it.
 *
 * - ne2000_ops: offsets 00-0F registers in pages that CR selects, 10-17 data port of the remote DMA
 *   (8 or 16 bits, DCR), 18-1F reset (a read).
 * - The remote DMA sees the address PROM at 0000 (each byte doubled, 57h 57h says "16-bit card") and
 *   the memory at 4000-7FFF; elsewhere all ones. It wraps at PSTOP, as the ring does.
 * - A frame is handed to `send` when TXP is set; PTX comes when its last bit would be on the cable.
 *   Short frames are not padded: that is the driver's business, as on the card.
 * - ne2000_receive takes a frame from the cable. One for which the ring has no room is lost, counted
 *   (CNTR2) and reported (OVW).
 *
 * Not modelled: collisions and other errors of the cable, DCR's byte order and FIFO thresholds,
 * page 3. In the word mode of loopback both lanes carry bytes.
 */
#ifndef DEVICES_NE2000_H
#define DEVICES_NE2000_H

#include "base/clock.h"
#include "base/irq.h"
#include "base/types.h"

struct io_ops;
struct out;
struct snap;
struct trace;

#define NE2000_MEMORY 0x4000u          /* bytes, and where the chip sees them */
#define NE2000_RATE UINT32_C(10000000) /* bits in a second */
#define NE2000_PORTS 32u

struct ne2000 {
    struct clock *clock;                                            /* time */
    struct irq irq;                                                 /* INT */
    void (*send)(void *ctx, const uint8_t *frame, uint16_t length); /* the cable, may be NULL */
    void *ctx;                                                      /* passed to send */
    struct trace *trace;                                            /* may be NULL */
    struct event sent;                                              /* the last bit has left */
    uint8_t prom[32];              /* the address, as the remote DMA reads it */
    uint8_t memory[NE2000_MEMORY]; /* packets */
    uint8_t cr;                    /* command: PS1 PS0 RD2 RD1 RD0 TXP STA STP */
    uint8_t isr, imr;              /* interrupt status and mask */
    uint8_t dcr, tcr, rcr;         /* data, transmit and receive configuration */
    uint8_t tsr, rsr;              /* status of the last frame sent and received */
    uint8_t pstart, pstop, bnry;   /* the ring: first page, page behind it, what the driver holds */
    uint8_t curr;                  /* the page that the next frame goes to */
    uint8_t tpsr;                  /* first page of the frame to send */
    uint8_t par[6], mar[8];        /* own address, multicast filter */
    uint8_t counter[3];            /* frame alignment, CRC, missed */
    uint8_t fifo[8];               /* what a loopback left */
    uint8_t fifo_at;               /* the next byte to read of it */
    uint8_t rnpp, lnpp;            /* page 2: next packet pointers, kept as written */
    uint16_t address;              /* page 2: address counter, kept as written */
    uint16_t clda;                 /* local DMA address */
    uint16_t crda;                 /* remote DMA address */
    uint16_t rbcr;                 /* bytes that the remote DMA has left */
    uint16_t tbcr;                 /* bytes to send */
    uint8_t tsr_after;             /* what TSR becomes when the frame is out */
    bool intr;                     /* level of the wire */
    uint64_t frames_sent;          /* for people */
    uint64_t frames_received;      /* the same */
};

extern const struct io_ops ne2000_ops;

void ne2000_init(struct ne2000 *n, struct clock *k, struct irq irq, const uint8_t address[6],
                 void (*send)(void *ctx, const uint8_t *frame, uint16_t length), void *ctx,
                 struct trace *t);
void ne2000_reset(struct ne2000 *n);
void ne2000_snap(struct ne2000 *n, struct snap *s);
void ne2000_info(const struct ne2000 *n, struct out *to);
/* At least 60 bytes, at most ETH_MAX. */
void ne2000_receive(void *ne2000, const uint8_t *frame, unsigned length);

#endif
