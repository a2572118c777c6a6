/* SPDX-License-Identifier: MIT */
/*
 * ata_parts.h - what the files of the IDE drives share: ata.c is the cable, the registers and the
 * flow of data, ata_disk.c the commands of a disk, ata_identify.c what a drive says of itself,
 * atapi*.c packet commands. For these alone.
 */
#ifndef DEVICES_ATA_PARTS_H
#define DEVICES_ATA_PARTS_H

#include "devices/ata.h"

/* Status and error registers. */
enum {
    ST_ERR = 0x01,
    ST_DRQ = 0x08,
    ST_DSC = 0x10,
    ST_DF = 0x20,
    ST_DRDY = 0x40,
    ST_BSY = 0x80,
    ER_ABRT = 0x04,
    ER_IDNF = 0x10,
    ER_WP = 0x40, /* of a medium that may not be written; as UNC, which is of a read */
    ER_UNC = 0x40,
    DEVICE_LBA = 0x40,
    DEVICE_DEV = 0x10,
};

enum { LOW, MID, HIGH }; /* struct ata_drive.address */

/* ---- ata.c ---- */

/* Busy for so long; then `work` goes on as the phase says. */
void ata_busy(struct ata_drive *d, enum ata_phase phase, uint64_t ns);
/* The command has ended; with an error register that is not 0, badly. Raises INTRQ. */
void ata_end(struct ata_drive *d, uint8_t error);
/* buf[at..stop) waits for the host, or buf is to be filled by it. */
void ata_give(struct ata_drive *d, uint32_t n);
void ata_take(struct ata_drive *d, uint32_t n);
void ata_raise(struct ata_drive *d, bool intrq);
/* Ready to move data by DMA: as soon as the engine runs, and `ns` have passed. */
void ata_dma_ready(struct ata_drive *d);
/* Moves as much of buf[at..end) as the engine takes. True: all of it; else the drive waits. */
bool ata_dma_move(struct ata_drive *d, bool to_memory);
/* What a drive that was just reset shows in its registers. */
void ata_signature(struct ata_drive *d);

/* ---- ata_disk.c ---- */

/* True: a disk takes data from the host by PIO, at once. */
bool ata_takes_data(uint8_t command);
/* Begins the command in d->command. */
void ata_command(struct ata_drive *d);
/* The host has moved a block, or the time for one has passed. */
void ata_disk_moved(struct ata_drive *d);
void ata_disk_work(struct ata_drive *d);
void ata_disk_dma(struct ata_drive *d);
/* Settings that a reset brings back. */
void ata_defaults(struct ata_drive *d);

/* ---- ata_identify.c ---- */

/* Fills the first 512 bytes of buf. */
void ata_identify(struct ata_drive *d);

/* ---- atapi.c ---- */

/* PACKET was written. */
void atapi_begin(struct ata_drive *d);
void atapi_moved(struct ata_drive *d);
void atapi_work(struct ata_drive *d);
void atapi_dma(struct ata_drive *d);

#endif
