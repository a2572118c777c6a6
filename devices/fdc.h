/* SPDX-License-Identifier: MIT */
/*
 * fdc.h - an 82077AA floppy disk controller in AT mode, and the drives behind it.
 *
 * Source: Intel 82077AA data sheet (commands, status bits, result tables); IBM PC/AT Technical
 * Reference, "Diskette adapter" (DOR, DIR, the disk change line).
 *
 *   fdc_ops     offset 2 DOR, 3 TDR, 4 MSR / DSR, 5 FIFO (0 and 1 are PS/2 mode's: all ones)
 *   fdc_dir_ops one port, 3F7h: DIR / CCR
 *
 * - A drive is of one of the five kinds of an AT's setup (their CMOS codes); what it can read
 *   follows from it, and from the data rate that the guest selects. fdc_format recognises a medium
 *   by its size; one of an odd size is the next larger disk, zeroes at its end.
 * - Mechanics run sixteen times as fast as the real thing: 1 us a byte at 500 kbit/s, 12.5 ms a
 *   turn, a step of SPECIFY's time / 16. The sector that is asked for is under the head at once.
 * - Without a medium, or with the motor off, no index hole comes by. Only a step with a medium clears
 *   the change line.
 * - A write is handed to the medium at once, sector by sector; it is durable (flush) when the motor
 *   is switched off, the medium taken out or fdc_flush called.
 * - For Bochs's BIOS two things differ from the data sheet: until a data rate is selected, that of the
 *   medium is found (the chip begins at 250 kbit/s), and until SEEK or CONFIGURE has been given reads and writes seek by themselves. Where no index
 *   hole comes by, a command fails as on an empty disk (so on QEMU: SeaBIOS waits for seconds else).
 * - Without DMA (SPECIFY's ND) the medium waits for the processor; an interrupt for each sector.
 *   No TC pin then: such a transfer ends at EOT, with EN set, as in the chip.
 *
 * Not modelled: deleted data marks and sectors of other sizes on a medium (an image has none: they
 * are never found), head load times, write precompensation, power down, the tape drive register.
 */
#ifndef DEVICES_FDC_H
#define DEVICES_FDC_H

#include "base/block.h"
#include "base/clock.h"
#include "base/irq.h"
#include "base/types.h"

struct io_ops;
struct out;
struct snap;
struct trace;

#define FDC_DRIVES 4 /* that the chip knows; an AT has two at most */

/* As the AT's setup program numbers them (CMOS 10h). */
enum fdc_kind { FDC_NONE, FDC_360K, FDC_1200K, FDC_720K, FDC_1440K, FDC_2880K };

/* How a medium is laid out: 512-byte sectors, MFM. */
struct fdc_format {
    uint32_t sectors;  /* in all */
    uint8_t cylinders; /* tracks on a side */
    uint8_t heads;     /* sides */
    uint8_t per_track; /* sectors on a track */
    uint8_t drive;     /* enum fdc_kind: the drive that such a medium is for */
};

struct fdc_drive {
    enum fdc_kind kind;       /* FDC_NONE: nothing is connected */
    struct block *medium;     /* borrowed; NULL: none in the drive */
    struct fdc_format format; /* of the medium */
    struct event seek;        /* the heads arrive */
    uint8_t cylinder;         /* where the heads are */
    uint8_t pcn;              /* where the controller believes them */
    uint8_t target;           /* pcn at the end of the seek */
    uint8_t status;           /* ST0 that SENSE INTERRUPT STATUS will tell */
    bool seeking;             /* SEEK or RECALIBRATE under way */
    bool told;                /* no seek is waiting to be told of */
    bool changed;             /* the disk change latch */
    bool unflushed;           /* written since the last flush */
};

/* The DMA channel: as dma_transfer (devices/dma.h). */
struct fdc_dma {
    size_t (*transfer)(void *ctx, bool to_memory, uint8_t *buf, size_t n, bool *tc);
    void *ctx; /* passed to it */
};

enum fdc_phase { FDC_COMMAND, FDC_EXECUTION, FDC_RESULT };

/* The command that is being executed. */
struct fdc_transfer {
    uint8_t c, h, r, n;    /* the ID that is looked for */
    uint8_t eot;           /* last sector of a track */
    uint8_t head;          /* side of the disk */
    uint8_t left;          /* VERIFY, FORMAT: sectors to go; READ TRACK: sectors done */
    uint8_t st0, st1, st2; /* what is known so far */
    bool ending;           /* the next event ends it with that status */
    uint8_t data[512];     /* a sector, or FORMAT's ID */
    uint16_t at, length;   /* without DMA: how far the processor got in it */
};

struct fdc {
    struct clock *clock;                /* time */
    struct irq irq;                     /* INT, gated by DMAGATE */
    struct fdc_dma dma;                 /* DRQ and TC */
    struct trace *trace;                /* may be NULL */
    struct fdc_drive drive[FDC_DRIVES]; /* what is connected */
    struct event step;                  /* the next sector, or the end of a search */
    struct event poll;                  /* after a reset: the drives have been polled */
    uint8_t dor, tdr, rate;      /* DOR and TDR as written; data rate of CCR and DSR, 4: none yet */
    uint8_t specify[2];          /* SRT HUT, HLT ND */
    uint8_t configure, pretrack; /* CONFIGURE */
    uint8_t perpendicular;       /* PERPENDICULAR MODE */
    bool seeks;                  /* SEEK or CONFIGURE was given since power-on */
    bool lock;                   /* LOCK: CONFIGURE survives a software reset */
    uint8_t polled;              /* drives that SENSE INTERRUPT tells of after a reset */
    bool pending;                /* INT inside the chip */
    bool level;                  /* of the wire */
    enum fdc_phase phase;        /* what the FIFO is for */
    uint8_t command[9], given;   /* bytes of the command, and how many have come */
    uint8_t row;                 /* which command, once one has come */
    uint8_t result[10], results, taken; /* bytes of the result, how many there are and were read */
    struct fdc_transfer transfer;       /* FDC_EXECUTION */
};

extern const struct io_ops fdc_ops;     /* 6 ports from 3F0h */
extern const struct io_ops fdc_dir_ops; /* 3F7h */

/* The layout of a medium of so many sectors; false: larger than any floppy. */
bool fdc_format(uint64_t sectors, struct fdc_format *format);

void fdc_init(struct fdc *f, struct clock *k, struct irq irq, struct fdc_dma dma, struct trace *t);
/* The chip's RESET pin. Drives, media and where the heads are stay. */
void fdc_reset(struct fdc *f);
void fdc_snap(struct fdc *f, struct snap *s);
void fdc_info(const struct fdc *f, struct out *to);

/* At power-on: what is connected as drive n. */
void fdc_attach(struct fdc *f, unsigned n, enum fdc_kind kind);
/* Puts a medium into drive n, in place of the one that is there; NULL: takes it out. */
void fdc_insert(struct fdc *f, unsigned n, struct block *medium);
/* What was written is made durable; false: a medium failed. */
bool fdc_flush(struct fdc *f);

/* "1.44 MB": of a drive, or of a medium for it. */
const char *fdc_kind_name(enum fdc_kind kind);

#endif
