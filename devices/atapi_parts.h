/* SPDX-License-Identifier: MIT */
/*
 * atapi_parts.h - what the files of the CD-ROM drive share: atapi.c is the packet protocol, the commands
 * that read or move something, and their end; atapi_answers.c the commands that answer with a
 * table; atapi_raw.c whole sectors. For these alone.
 */
#ifndef DEVICES_ATAPI_PARTS_H
#define DEVICES_ATAPI_PARTS_H

#include "devices/ata_parts.h"

#define ATAPI_COMMAND_US 40u /* from a packet to its first data */

#define CD_SECTOR 2048u
#define CD_RAW 2352u /* with synchronisation, header and correction codes */
#define CD_BATCH 26u /* sectors in the buffer, whatever their form */
/* More than a CD has: it is taken for a DVD. */
#define CD_MAX_SECTORS UINT32_C(449850) /* 99:59:74, less the two seconds before sector 0 */

/* Sense keys, with the codes that go with them. */
enum {
    SENSE_NONE = 0,
    SENSE_NOT_READY = 2,
    SENSE_MEDIUM_ERROR = 3,
    SENSE_ILLEGAL_REQUEST = 5,
    SENSE_UNIT_ATTENTION = 6,
    ASC_READ_ERROR = 0x11,
    ASC_UNKNOWN_COMMAND = 0x20,
    ASC_BEYOND_END = 0x21,
    ASC_BAD_FIELD = 0x24,
    ASC_MEDIUM_CHANGED = 0x28,
    ASC_SAVING_UNSUPPORTED = 0x39,
    ASC_NO_MEDIUM = 0x3a,
    ASC_REMOVAL_PREVENTED = 0x53,
    ASC_WRONG_MODE = 0x64,
};

/* GET EVENT STATUS NOTIFICATION, media class. */
enum { MEDIA_NO_CHANGE = 0, MEDIA_EJECT_REQUEST = 1, MEDIA_NEW = 2, MEDIA_REMOVED = 3 };

static inline uint32_t big16(const uint8_t *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}

static inline uint32_t big32(const uint8_t *p)
{
    return big16(p) << 16 | big16(p + 2);
}

static inline void put_big16(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static inline void put_big32(uint8_t *p, uint32_t v)
{
    put_big16(p, v >> 16);
    put_big16(p + 2, v & 0xffff);
}

/* ---- atapi.c ---- */

bool atapi_has_medium(const struct ata_drive *d); /* in a closed tray */
uint32_t atapi_sectors(const struct ata_drive *d);
void atapi_good(struct ata_drive *d);
void atapi_fail(struct ata_drive *d, uint8_t key, uint8_t asc, uint8_t ascq);
/* The first n bytes of buf are the answer, of which the host wants at most `most`. */
void atapi_answer(struct ata_drive *d, uint32_t n, uint32_t most);

/* ---- atapi_answers.c ---- */

void atapi_inquiry(struct ata_drive *d);
void atapi_read_toc(struct ata_drive *d);
void atapi_mode_sense(struct ata_drive *d);
void atapi_mechanism_status(struct ata_drive *d);
void atapi_get_configuration(struct ata_drive *d);
void atapi_get_event(struct ata_drive *d);
void atapi_disc_information(struct ata_drive *d);
void atapi_read_subchannel(struct ata_drive *d);
/* Minute, second, frame of a sector: two seconds lie before sector 0. */
void atapi_msf(uint8_t *msf, uint32_t sector);

/* ---- atapi_raw.c ---- */

/* The parts of a mode 1 sector, as bits of READ CD's byte 9. */
enum { FORM_SYNC = 0x80, FORM_HEADER = 0x20, FORM_DATA = 0x10, FORM_CODES = 0x08 };

/* Bytes of a sector in this form; 0: the parts do not follow each other. */
uint32_t atapi_form_size(uint8_t form);
/* Makes the form of a sector out of its 2048 bytes of data. */
void atapi_form(uint8_t *to, uint8_t form, uint32_t sector, const uint8_t *data);

#endif
