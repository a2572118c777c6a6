/* SPDX-License-Identifier: MIT */
/*
 * fwcfg.h - the firmware configuration device of QEMU: how a board tells its firmware what it is made
 * of, as numbered items and as files with names.
 *
 * Source: QEMU documentation, "QEMU Firmware Configuration (fw_cfg) Device" (docs/specs/fw_cfg).
 *
 * - fwcfg_ops: offset 0 (a word) selects an item, offset 1 (a byte) reads it on, byte by byte; past the
 *   end, and from an item that does not exist, zeroes.
 * - fwcfg_dma_ops: offsets 0 and 4 take the halves of the address of a request, high half first, both
 *   big-endian; the low half starts it. Reads spell "QEMU CFG". A request (all big-endian):
 *       0 control: key << 16 | 1 error | 2 read | 4 skip | 8 select | 16 write    4 length    8 address
 *   and control is written back, 0 or error. Every transfer is complete when the write returns.
 * - Items are the board's: it adds them before the machine runs, they are borrowed and never change.
 *
 * No item can be written. A request reaches memory only: at the first byte that is none it ends in error.
 */
#ifndef DEVICES_FWCFG_H
#define DEVICES_FWCFG_H

#include "base/types.h"

struct bus;
struct io_ops;
struct out;
struct snap;
struct trace;

/* Keys of the items that have one of their own. */
enum {
    FWCFG_SIGNATURE = 0x00,
    FWCFG_ID = 0x01,
    FWCFG_UUID = 0x02,
    FWCFG_RAM_SIZE = 0x03,
    FWCFG_NO_GRAPHIC = 0x04,
    FWCFG_CPUS = 0x05,
    FWCFG_NUMA = 0x0d,
    FWCFG_BOOT_MENU = 0x0e,
    FWCFG_MAX_CPUS = 0x0f,
    FWCFG_DIRECTORY = 0x19,
    FWCFG_FILE_FIRST = 0x20,
    FWCFG_IRQ0_OVERRIDE = 0x8002,
};

#define FWCFG_ITEMS 48u
#define FWCFG_FILES 24u
#define FWCFG_NAME 56u /* bytes for a file's name, its end included */

struct fwcfg_item {
    uint16_t key;
    uint32_t size;
    const uint8_t *data; /* borrowed */
    const char *name;    /* of a file, else NULL; borrowed */
};

struct fwcfg {
    struct bus *bus;                                       /* where requests are */
    struct trace *trace;                                   /* may be NULL */
    struct fwcfg_item item[FWCFG_ITEMS];                   /* what there is */
    unsigned items;                                        /* how many */
    unsigned files;                                        /* of them files */
    uint8_t directory[4 + FWCFG_FILES * (8 + FWCFG_NAME)]; /* the directory, as it is read */
    uint16_t key;                                          /* selected */
    uint32_t at;                                           /* next byte of it */
    uint32_t dma_high;                                     /* high half of a request's address */
};

extern const struct io_ops fwcfg_ops;
extern const struct io_ops fwcfg_dma_ops;

void fwcfg_init(struct fwcfg *f, struct bus *b, struct trace *t);
void fwcfg_reset(struct fwcfg *f);
void fwcfg_snap(struct fwcfg *f, struct snap *s);
void fwcfg_info(const struct fwcfg *f, struct out *to);

void fwcfg_add(struct fwcfg *f, uint16_t key, const void *data, uint32_t size);
void fwcfg_add_file(struct fwcfg *f, const char *name, const void *data, uint32_t size);

#endif
