/* SPDX-License-Identifier: MIT */
/*
 * bmdma.h - the IDE function of the PIIX3 (function 1 of its slot): bus-master DMA for two channels.
 *
 * Source: Intel 82371SB (PIIX3) data sheet, 3.2 (configuration) and 3.5 (bus-master registers);
 * Programming Interface for Bus Master IDE Controller, rev. 1.0.
 *
 *   40h-43h  IDETIM, 44h SIDETIM  timings: kept, and of no effect
 *   BAR 4    16 ports, for each channel 8:
 *            0 BMIC   3 direction: 1 to memory | 0 start
 *            2 BMIS   6, 5 drive can do DMA | 2 interrupt (write 1: clear) | 1 error (same) | 0 active
 *            4 BMIDTP physical address of the table of regions, a multiple of 4
 *
 * A region of the table is 8 bytes: address (even); length (even, 0: 64 KiB) in bits 0-15, bit 31 in the
 * last one. Whatever the table says, a transfer moves no more than its drive has and takes a
 * region for every two bytes at most.
 *
 * - The engine runs while started, active and allowed to be master. It becomes inactive at the end of the
 *   last region; a drive that has more waits, as on hardware, until it is started again or reset.
 * - The interrupt bit is set by a rising INTRQ, whatever the command was.
 *
 * Not modelled: that legacy ports are decoded only when IDETIM bit 15 and the command register say so
 * (they always are), that a drive with its timing bits clear is slower.
 */
#ifndef DEVICES_BMDMA_H
#define DEVICES_BMDMA_H

#include "base/irq.h"
#include "base/types.h"
#include "devices/ata.h"
#include "devices/pci.h"

struct bus;
struct out;
struct snap;
struct trace;

struct bmdma_channel {
    struct bmdma *owner; /* whose channel this is */
    struct ata *ata;     /* its drives */
    struct irq irq;      /* INTRQ goes on to there */
    uint8_t command;     /* BMIC */
    uint8_t status;      /* BMIS */
    bool last;           /* the region in work is the last */
    uint32_t table;      /* BMIDTP */
    uint32_t next;       /* where the next region is described */
    uint32_t address;    /* the region in work: where it goes on */
    uint32_t left;       /* bytes left of it */
};

struct bmdma {
    struct pci_function pci;
    struct bus *bus;                 /* the host's memory */
    struct trace *trace;             /* may be NULL */
    struct bmdma_channel channel[2]; /* primary, secondary */
};

/* irq: where the INTRQs of the channels go. */
void bmdma_init(struct bmdma *b, struct bus *bus, struct ata *ata[2], const struct irq irq[2],
                struct trace *t);
void bmdma_reset(struct bmdma *b);
void bmdma_snap(struct bmdma *b, struct snap *s);
void bmdma_info(const struct bmdma *b, struct out *to);

/* What the drives of channel n are given: their engine, and where their INTRQ ends. */
struct ata_dma bmdma_engine(struct bmdma *b, unsigned n);
void bmdma_intrq(void *bmdma, unsigned n, bool level);

#endif
