/* SPDX-License-Identifier: MIT */
/*
 * fdc_parts.h - what the files of the floppy controller share: fdc.c (registers, resets, snapshot),
 * fdc_command.c (the commands), fdc_transfer.c (those that read or write the disk).
 * Source: Intel 82077AA data sheet.
 */
#ifndef DEVICES_FDC_PARTS_H
#define DEVICES_FDC_PARTS_H

#include "devices/fdc.h"

enum {
    DOR_SELECT = 0x03,
    DOR_RUN = 0x04, /* RESET, active low */
    DOR_DMAGATE = 0x08,
    DOR_MOTOR = 0x10, /* of drive 0; drive n's is shifted by n */

    ST0_ABNORMAL = 0x40,
    ST0_INVALID = 0x80,
    ST0_READY_CHANGED = 0xC0,
    ST0_SEEK_END = 0x20,
    ST0_EQUIPMENT = 0x10,
    ST0_HEAD = 0x04,
    ST1_END_OF_CYLINDER = 0x80,
    ST1_DATA_ERROR = 0x20,
    ST1_OVERRUN = 0x10,
    ST1_NO_DATA = 0x04,
    ST1_NOT_WRITABLE = 0x02,
    ST1_MISSING_MARK = 0x01,
    ST2_CONTROL_MARK = 0x40,
    ST2_DATA_ERROR = 0x20,
    ST2_WRONG_CYLINDER = 0x10,
    ST2_SCAN_HIT = 0x08,
    ST2_SCAN_NOT_SATISFIED = 0x04,
    ST3_FIXED = 0x28,
    ST3_PROTECTED = 0x40,
    ST3_TRACK0 = 0x10,
    ST3_HEAD = 0x04,

    CONFIGURE_IMPLIED_SEEK = 0x40,
    CONFIGURE_NO_FIFO = 0x20,

    COMMAND_MT = 0x80,
    COMMAND_MFM = 0x40,
    COMMAND_SK = 0x20,

    FDC_FASTER = 16,  /* than real drives */
    FDC_ANY_RATE = 4, /* none was selected yet: whatever the medium has */
};

/* What a command does to the disk; FDC_OTHER: nothing. */
enum fdc_operation {
    FDC_OTHER,
    FDC_READ,
    FDC_READ_DELETED,
    FDC_READ_TRACK,
    FDC_READ_ID,
    FDC_VERIFY,
    FDC_WRITE,
    FDC_FORMAT_TRACK,
    FDC_SCAN_EQUAL,
    FDC_SCAN_LOW,
    FDC_SCAN_HIGH,
};

/* fdc.c */
void fdc_set_pending(struct fdc *f, bool pending);
/* The result phase; `interrupt`: the command had an execution phase. */
void fdc_give(struct fdc *f, const uint8_t *bytes, unsigned n, bool interrupt);
bool fdc_motor_on(const struct fdc *f, unsigned n);

/* fdc_command.c */
/* A byte of a command has come in the command phase. */
void fdc_command_byte(struct fdc *f, uint8_t byte);
/* What the command in f->row does, and what it is called. */
enum fdc_operation fdc_operation_of(const struct fdc *f);
unsigned fdc_rows(void);
void fdc_seek_done(struct fdc *f, unsigned n);
/* Time of so many steps; and moving the heads of drive n by as many, until they are stopped. */
uint64_t fdc_step_time(const struct fdc *f, unsigned steps);
void fdc_move_heads(struct fdc_drive *d, int steps);

/* fdc_transfer.c */
void fdc_transfer_begin(struct fdc *f);
void fdc_transfer_step(struct fdc *f);
/* Without DMA: the direction of the data that the FIFO asks for, and a byte of it. */
bool fdc_transfer_to_host(const struct fdc *f);
uint8_t fdc_transfer_take(struct fdc *f);
void fdc_transfer_put(struct fdc *f, uint8_t byte);

#endif
