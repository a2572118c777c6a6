/* SPDX-License-Identifier: MIT */
/*
 * dma.h - the DMA controllers of an AT: two 8237A, the second in front of the first, and the page
 * registers that give a channel the address bits its controller does not have.
 *
 * Source: Intel 8237A data sheet; IBM PC/AT Technical Reference, "System board: direct memory
 * access" (page registers, word channels).
 *
 *   first   00h + r      channels 0-3, bytes; page << 16 | address, inside 64 KiB
 *   second  C0h + 2r     channel 4 cascades the first; 5-7 words; page << 16 | address << 1,
 *                        inside 128 KiB, bit 0 of the page not used
 *   pages   80h-8Fh      87h 83h 81h 82h channels 0-3, 8Bh 89h 8Ah channels 5-7, 8Fh refresh
 *
 * - A device that has its DREQ up calls dma_transfer: as much as the channel lets through moves at
 *   once, at the device's own time. What the cycles would cost the processor is not charged.
 * - A software request on a channel in block mode runs it to its terminal count with nobody at the
 *   other end: memory that is written gets FFh. In the other modes it waits for a device.
 * - A channel of the first controller works only while channel 4 is unmasked in cascade mode and
 *   the second controller is on, as its HRQ goes through there.
 *
 * Not modelled: memory to memory (an AT has no page register for it), rotating priority and the
 * timing bits of the command register, which nobody can see as transfers do not overlap.
 */
#ifndef DEVICES_DMA_H
#define DEVICES_DMA_H

#include "base/types.h"

struct bus;
struct io_ops;
struct out;
struct snap;
struct trace;

#define DMA_CHANNELS 4 /* of one controller */

struct dma_channel {
    uint16_t base_address, base_count; /* as programmed: what autoinitialize brings back */
    uint16_t address, count;           /* current; count is one less than what is left */
    uint8_t mode;                      /* mode register, without the channel's number */
};

struct dma_chip {
    struct dma_channel channel[DMA_CHANNELS]; /* its four channels */
    uint8_t command;                          /* command register */
    uint8_t mask;                             /* a bit a channel: 1 masked */
    uint8_t request;                          /* software requests */
    uint8_t reached;                          /* terminal counts since the status was read */
    bool high;                                /* byte pointer flip-flop: the high byte is next */
};

struct dma {
    struct bus *bus;         /* where memory is */
    struct trace *trace;     /* may be NULL */
    struct dma_chip chip[2]; /* channels 0-3 and 4-7 */
    uint8_t page[16];        /* ports 80h-8Fh */
};

extern const struct io_ops dma_first_ops;  /* 16 ports from 00h */
extern const struct io_ops dma_second_ops; /* 32 ports from C0h */
extern const struct io_ops dma_page_ops;   /* 16 ports from 80h */

/* A page register, 80h + n, that gives a channel its upper address bits. */
bool dma_page_used(unsigned n);

void dma_init(struct dma *d, struct bus *bus, struct trace *t);
void dma_reset(struct dma *d);
void dma_snap(struct dma *d, struct snap *s);
void dma_info(const struct dma *d, struct out *to);

/* The device on channel 0-7 (not 4) moves up to n bytes: into memory if `to_memory`, else out of it.
   Returns how many were moved; `*tc`: the terminal count came with the last one. 0 without it:
   the channel is masked or off. A word channel moves whole words only. Where the programmed
   direction is not the device's, the count runs and nothing reaches the other side (verify). */
size_t dma_transfer(struct dma *d, unsigned channel, bool to_memory, uint8_t *buf, size_t n,
                    bool *tc);

#endif
