/* SPDX-License-Identifier: MIT */
/*
 * ata.h - an IDE channel: two drives, ATA disks or ATAPI CD-ROM drives, on one cable.
 *
 * Source: ATA/ATAPI-6 (T13/1410D rev. 3b), for the older forms ATA-1 (X3.221-1994); packet commands:
 * SFF-8020i rev. 2.6 and MMC-3. Command block, offsets from 1F0h or 170h:
 *
 *     0 data (16 or 32 bits)   1 error / features     2 sector count, interrupt reason
 *     3 LBA low, sector        4 LBA mid, cylinder    5 LBA high, cylinder
 *     6 device                 7 status / command
 *
 * Control block (3F6h or 376h): alternate status / device control. Its neighbour, 3F7h, belongs to
 * the floppy controller.
 *
 * - Both drives hear every write of a register; the one that is selected answers. Drive 0 answers
 *   for a drive 1 that is not there, with status 0. Without drive 0 the bus floats: 7Fh, as DD7 is
 *   pulled down.
 * - A command takes virtual time: ATA_COMMAND_US until it begins, then for each block of PIO data
 *   ATA_BLOCK_US, for DMA ATA_DMA_SECTOR_NS a sector; those of a CD-ROM drive are in atapi_parts.h.
 *   The seek time is 0. The first block of a write is taken at once: DRQ follows the command within
 *   400 ns, and drivers that do not look at it work, as with most drives.
 * - A write is complete when it is with the medium; on the host's disk it is after FLUSH CACHE, or at
 *   once when the guest has switched the write cache off.
 *
 * Not modelled: overlapped and queued commands, SMART, security, host protected area, media card
 * pass through, READ and WRITE LONG, FORMAT TRACK. All of them are aborted, as by a drive
 * without these feature sets.
 */
#ifndef DEVICES_ATA_H
#define DEVICES_ATA_H

#include "base/clock.h"
#include "base/irq.h"
#include "base/types.h"

struct ata;
struct block;
struct io_ops;
struct out;
struct snap;
struct trace;

#define ATA_COMMAND_US 10u
#define ATA_BLOCK_US 1u
#define ATA_DMA_SECTOR_NS 4000u
#define ATA_RESET_US 100u

#define ATA_SECTOR 512u
#define ATA_BUFFER 65536u
#define ATA_PACKET_BYTES 12u

enum ata_kind { ATA_NONE, ATA_DISK, ATA_CDROM };

enum ata_phase {
    ATA_IDLE,     /* waits for a command */
    ATA_RESET,    /* reset: busy while SRST is set, and until `work` fires */
    ATA_STARTING, /* busy: `work` begins the command */
    ATA_GIVING,   /* DRQ: the host reads buf[at..end) */
    ATA_TAKING,   /* DRQ: the host writes buf[at..end) */
    ATA_WORKING,  /* busy between two blocks: `work` goes on */
    ATA_DMA_WAIT, /* DMARQ: ready, but the host's engine does not run */
    ATA_DMA_MOVE, /* busy: `work` moves the data */
    ATA_PHASES
};

/* What follows a block of data. */
enum ata_flow {
    ATA_FLOW_REPLY,   /* nothing: one block, and the command has ended */
    ATA_FLOW_READ,    /* sectors to the host */
    ATA_FLOW_WRITE,   /* sectors from it */
    ATA_FLOW_BUFFER,  /* WRITE BUFFER: they stay where they are */
    ATA_FLOW_PACKET,  /* the bytes of a packet command */
    ATA_FLOW_ANSWER,  /* of a packet command: what is in the buffer, and no more */
    ATA_FLOW_SECTORS, /* of a packet command: sectors of the medium */
    ATA_FLOWS
};

/* SCSI's way to say what went wrong: SPC-2, 7.20. */
struct atapi_sense {
    uint8_t key, asc, ascq;
};

struct ata_drive {
    struct ata *channel;   /* whose drive this is */
    unsigned unit;         /* 0 or 1 */
    enum ata_kind kind;    /* ATA_NONE: nothing is plugged in */
    struct block *medium;  /* of a CD-ROM drive NULL while it is empty */
    struct event work;     /* the drive has done what it was busy with */
    enum ata_phase phase;  /* where a command is */
    enum ata_flow flow;    /* of its data */
    uint8_t feature[2];    /* task file: last value written, and the one before (48-bit commands) */
    uint8_t count[2];      /* sector count; of a packet command the interrupt reason */
    uint8_t address[3][2]; /* LBA low, mid, high */
    uint8_t device;        /* device register without DEV */
    uint8_t status;        /* status register */
    uint8_t error;         /* error register */
    uint8_t command;       /* the last one written */
    bool intrq;            /* wants an interrupt */
    uint64_t lba;          /* the sector (of a CD: of 2048 bytes) that is next */
    uint32_t left;         /* how many are yet to come */
    uint32_t at, end;      /* buf: what has been moved, what is there */
    uint32_t stop;         /* buf: end of the block that the host moves now */
    uint32_t block;        /* sectors (of a packet command bytes) in a block of PIO data */
    uint8_t multiple;      /* SET MULTIPLE MODE, 0: off */
    uint8_t heads, track;  /* geometry in use: heads, sectors on a track */
    uint8_t pio, mwdma;    /* SET FEATURES: mode in use; mwdma and udma: 0xff if the other is */
    uint8_t udma;          /* the same */
    bool cache;            /* write cache on: writes are durable after FLUSH CACHE */
    bool standby;          /* CHECK POWER MODE */
    bool dma;              /* the command moves its data by DMA */
    bool locked;           /* CD-ROM: PREVENT MEDIUM REMOVAL */
    bool open;             /* CD-ROM: the tray is open */
    bool changed;          /* CD-ROM: UNIT ATTENTION is due: there is another medium */
    uint8_t media_event;   /* CD-ROM: what GET EVENT STATUS NOTIFICATION reports next */
    struct atapi_sense sense; /* CD-ROM: of the last packet command */
    uint8_t form;             /* CD-ROM: which parts of a sector READ CD wants, 0: its 2048 bytes */
    uint64_t moved;           /* sectors read and written so far, for who looks */
    uint8_t packet[ATA_PACKET_BYTES]; /* the packet command */
    uint8_t buf[ATA_BUFFER];          /* data on their way */
};

/* The engine that moves a drive's data into the host's memory and out of it. */
struct ata_dma {
    /* Moves up to n bytes; gives how many it moved: fewer if it is stopped or at its end. */
    uint32_t (*move)(void *ctx, uint8_t *buf, uint32_t n, bool to_memory);
    bool (*running)(void *ctx); /* has the host started it? */
    void *ctx;                  /* passed to both */
};

struct ata {
    struct clock *clock;       /* time */
    struct irq irq;            /* INTRQ of the selected drive, gated by nIEN */
    struct ata_dma dma;        /* {0}: none */
    struct trace *trace;       /* may be NULL */
    const char *name;          /* "ide0" */
    struct ata_drive drive[2]; /* by unit */
    unsigned selected;         /* DEV of the device register */
    uint8_t control;           /* device control: SRST, nIEN, HOB */
    bool level;                /* of the wire */
};

extern const struct io_ops ata_ops;         /* the command block: 8 ports */
extern const struct io_ops ata_control_ops; /* the control block: 1 port */

/* The drives come by ata_plug, before the first instruction. */
void ata_init(struct ata *a, const char *name, struct clock *k, struct irq irq, struct ata_dma dma,
              struct trace *t);
void ata_plug(struct ata *a, unsigned unit, enum ata_kind kind, struct block *medium);
/* RESET- of the cable: power-on, and the reset button. */
void ata_reset(struct ata *a);
void ata_snap(struct ata *a, struct snap *s);
void ata_info(const struct ata *a, struct out *to);

/* CD-ROM: a medium comes or, NULL, goes; whether the guest holds the tray shut; the user presses its
   button in vain. */
void ata_insert(struct ata *a, unsigned unit, struct block *medium);
bool ata_is_locked(const struct ata *a, unsigned unit);
void ata_ask_for_medium(struct ata *a, unsigned unit);

/* The DMA engine was started: a drive that waits for it goes on. */
void ata_dma_started(struct ata *a);

/* The geometry that a disk of this size reports: cylinders, heads, sectors on a track. */
struct ata_geometry {
    uint16_t cylinders;
    uint8_t heads, track;
};
struct ata_geometry ata_geometry(uint64_t sectors);

#endif
