/* SPDX-License-Identifier: MIT */
/*
 * atapi.c - a CD-ROM drive: the packet protocol (ATA/ATAPI-6, 9.8 and 9.9; SFF-8020i, 5), and what reads
 * a disc or moves the tray (MMC-3). A disc is one session of one data track in mode 1; one that is too
 * large for a CD is shown as a DVD.
 *
 * At power-on and reset no UNIT ATTENTION is due, as if firmware had asked already; after a change of
 * medium one is. A disc that the guest ejects stays in the open tray.
 */
#include "devices/atapi_parts.h"

#include "base/block.h"
#include "base/trace.h"

#include <string.h>

enum { REASON_COMMAND = 1, REASON_TO_HOST = 2 };

/* ---- The end of a command ----------------------------------------------------------------- */

bool atapi_has_medium(const struct ata_drive *d)
{
    return d->medium && !d->open;
}

uint32_t atapi_sectors(const struct ata_drive *d)
{
    uint64_t n = d->medium ? d->medium->sectors / (CD_SECTOR / ATA_SECTOR) : 0;
    return n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

static void finish(struct ata_drive *d, struct atapi_sense sense)
{
    d->sense = sense;
    d->at = d->stop = d->end = 0;
    d->left = 0;
    d->count[0] = REASON_COMMAND | REASON_TO_HOST;
    if (sense.key)
        TRACE(d->channel->trace, TRACE_DISK, "%s.%u: packet %02x: sense %x/%02x/%02x",
              d->channel->name, d->unit, d->packet[0], sense.key, sense.asc, sense.ascq);
    ata_end(d, (uint8_t)(sense.key << 4));
}

void atapi_good(struct ata_drive *d)
{
    finish(d, (struct atapi_sense){0});
}

void atapi_fail(struct ata_drive *d, uint8_t key, uint8_t asc, uint8_t ascq)
{
    finish(d, (struct atapi_sense){key, asc, ascq});
}

/* ---- Data to the host --------------------------------------------------------------------- */

static uint32_t sector_size(const struct ata_drive *d)
{
    return atapi_form_size(d->form);
}

/* What grows is made from the end of the buffer backwards, so that no sector is overwritten before it
   was used; what shrinks from the beginning. */
static void bring_into_form(struct ata_drive *d, uint32_t n)
{
    uint32_t size = sector_size(d);
    uint8_t data[CD_SECTOR];
    if (d->form == FORM_DATA)
        return;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t k = size > CD_SECTOR ? n - 1 - i : i;
        memcpy(data, d->buf + k * CD_SECTOR, CD_SECTOR);
        atapi_form(d->buf + k * size, d->form, (uint32_t)d->lba + k, data);
    }
}

/* Fills the buffer with the sectors that are next. False: it could not, and the command has ended. */
static bool fill(struct ata_drive *d)
{
    const struct block *b = d->medium;
    uint32_t size = sector_size(d), want = d->dma ? CD_BATCH : d->block / size;
    uint32_t n = d->left < CD_BATCH ? d->left : CD_BATCH, factor = CD_SECTOR / ATA_SECTOR;
    n = want && want < n ? want : n;
    if (!atapi_has_medium(d)) {
        atapi_fail(d, SENSE_NOT_READY, ASC_NO_MEDIUM, d->open ? 2 : 1);
        return false;
    }
    if (d->lba + n > atapi_sectors(d)) { /* another medium than at the beginning */
        atapi_fail(d, SENSE_ILLEGAL_REQUEST, ASC_BEYOND_END, 0);
        return false;
    }
    if (!b->read(b->ctx, d->lba * factor, n * factor, d->buf)) {
        n = 1; /* as far as it goes */
        if (!b->read(b->ctx, d->lba * factor, factor, d->buf)) {
            atapi_fail(d, SENSE_MEDIUM_ERROR, ASC_READ_ERROR, 0);
            return false;
        }
    }
    bring_into_form(d, n);
    d->lba += n;
    d->left -= n;
    d->moved += n;
    d->at = d->stop = 0;
    d->end = n * size;
    return true;
}

/* The next block of data by PIO: as much as the host's limit allows. */
static void next_block(struct ata_drive *d)
{
    if (d->at == d->end && d->left && !fill(d))
        return;
    uint32_t n = d->end - d->at;
    if (n == 0) {
        atapi_good(d);
        return;
    }
    if (n > d->block) /* only the last block may be odd */
        n = d->block > 1 ? d->block & ~1u : 2;
    d->count[0] = REASON_TO_HOST;
    d->address[MID][0] = (uint8_t)n;
    d->address[HIGH][0] = (uint8_t)(n >> 8);
    ata_give(d, n);
}

void atapi_dma(struct ata_drive *d)
{
    while (d->at < d->end || d->left) {
        if (d->at == d->end && !fill(d))
            return;
        d->stop = d->end;
        if (!ata_dma_move(d, true))
            return;
    }
    atapi_good(d);
}

static void begin_data(struct ata_drive *d)
{
    d->count[0] = REASON_TO_HOST;
    if (d->dma)
        ata_dma_ready(d);
    else
        next_block(d);
}

void atapi_answer(struct ata_drive *d, uint32_t n, uint32_t most)
{
    d->flow = ATA_FLOW_ANSWER;
    d->at = d->stop = 0;
    d->end = n < most ? n : most;
    d->left = 0;
    if (d->end) {
        d->sense = (struct atapi_sense){0};
        begin_data(d);
    } else {
        atapi_good(d);
    }
}

/* ---- Commands ----------------------------------------------------------------------------- */

static void begin_read(struct ata_drive *d, uint32_t from, uint32_t n, uint8_t form)
{
    uint32_t sectors = atapi_sectors(d);
    if (from >= sectors || n > sectors - from) {
        atapi_fail(d, SENSE_ILLEGAL_REQUEST, ASC_BEYOND_END, 0);
        return;
    }
    d->flow = ATA_FLOW_SECTORS;
    d->form = form;
    d->lba = from;
    d->left = n;
    d->at = d->stop = d->end = 0;
    if (n)
        begin_data(d);
    else
        atapi_good(d);
}

static void read_10(struct ata_drive *d)
{
    begin_read(d, big32(d->packet + 2), big16(d->packet + 7), FORM_DATA);
}

static void read_12(struct ata_drive *d)
{
    uint32_t n = big32(d->packet + 6), sectors = atapi_sectors(d);
    begin_read(d, big32(d->packet + 2), n <= sectors ? n : sectors + 1, FORM_DATA);
}

/* Which parts of a sector, and of which kind of sector: this disc has mode 1 alone. */
static void read_form(struct ata_drive *d, uint32_t from, uint32_t n)
{
    uint8_t kind = d->packet[1] >> 2 & 7, parts = d->packet[9] & 0xf8;
    if (kind != 0 && kind != 2) {
        atapi_fail(d, SENSE_ILLEGAL_REQUEST, ASC_WRONG_MODE, 0);
        return;
    }
    parts &= (uint8_t)~0x40; /* mode 1 has no sub-header */
    if ((d->packet[9] & 0x06) || (d->packet[10] & 7) || (parts && !atapi_form_size(parts))) {
        atapi_fail(d, SENSE_ILLEGAL_REQUEST, ASC_BAD_FIELD, 0);
        return;
    }
    begin_read(d, from, parts ? n : 0, parts ? parts : FORM_DATA);
}

static void read_cd(struct ata_drive *d)
{
    read_form(d, big32(d->packet + 2), (uint32_t)d->packet[6] << 16 | big16(d->packet + 7));
}

static void read_cd_msf(struct ata_drive *d)
{
    const uint8_t *p = d->packet;
    uint32_t from = (p[3] * 60u + p[4]) * 75 + p[5], to = (p[6] * 60u + p[7]) * 75 + p[8];
    if (from < 150 || to < from)
        atapi_fail(d, SENSE_ILLEGAL_REQUEST, ASC_BAD_FIELD, 0);
    else
        read_form(d, from - 150, to - from);
}

static void seek(struct ata_drive *d)
{
    if (big32(d->packet + 2) >= atapi_sectors(d))
        atapi_fail(d, SENSE_ILLEGAL_REQUEST, ASC_BEYOND_END, 0);
    else
        atapi_good(d);
}

static void read_capacity(struct ata_drive *d)
{
    put_big32(d->buf, atapi_sectors(d) - 1);
    put_big32(d->buf + 4, CD_SECTOR);
    atapi_answer(d, 8, 8);
}

static void request_sense(struct ata_drive *d)
{
    struct atapi_sense sense = d->sense;
    if (!sense.key && d->changed) {
        sense = (struct atapi_sense){SENSE_UNIT_ATTENTION, ASC_MEDIUM_CHANGED, 0};
        d->changed = false;
    }
    memset(d->buf, 0, 18);
    d->buf[0] = 0x70;
    d->buf[2] = sense.key;
    d->buf[7] = 10;
    d->buf[12] = sense.asc;
    d->buf[13] = sense.ascq;
    d->sense = (struct atapi_sense){0};
    atapi_answer(d, 18, d->packet[4]);
}

/* START, and LOEJ: with it the tray moves. */
static void start_stop(struct ata_drive *d)
{
    bool start = d->packet[4] & 1, tray = d->packet[4] & 2;
    if (tray && !start && d->locked) {
        atapi_fail(d, SENSE_ILLEGAL_REQUEST, ASC_REMOVAL_PREVENTED, 2);
        return;
    }
    if (tray && d->open == start) {
        d->open = !start;
        d->changed = start && d->medium;
        if (d->medium)
            d->media_event = start ? MEDIA_NEW : MEDIA_REMOVED;
        TRACE(d->channel->trace, TRACE_DISK, "%s.%u: the guest %s the tray", d->channel->name,
              d->unit, start ? "closes" : "opens");
    }
    atapi_good(d);
}

static void prevent_removal(struct ata_drive *d)
{
    d->locked = d->packet[4] & 1;
    atapi_good(d);
}

enum {
    MEDIUM = 1 << 0,   /* fails without a medium */
    ANY_TIME = 1 << 1, /* does not report a UNIT ATTENTION */
};

struct packet_row {
    uint8_t code;
    uint8_t flags;
    void (*run)(struct ata_drive *d);
};

/* clang-format off */
static const struct packet_row packet_rows[] = {
    {0x00, MEDIUM,   atapi_good},              /* TEST UNIT READY */
    {0x03, ANY_TIME, request_sense},
    {0x12, ANY_TIME, atapi_inquiry},
    {0x1b, 0,        start_stop},
    {0x1e, 0,        prevent_removal},
    {0x25, MEDIUM,   read_capacity},
    {0x28, MEDIUM,   read_10},
    {0x2b, MEDIUM,   seek},
    {0x42, MEDIUM,   atapi_read_subchannel},
    {0x43, MEDIUM,   atapi_read_toc},
    {0x46, ANY_TIME, atapi_get_configuration},
    {0x4a, ANY_TIME, atapi_get_event},
    {0x4e, MEDIUM,   atapi_good},              /* STOP PLAY: nothing plays */
    {0x51, MEDIUM,   atapi_disc_information},
    {0x5a, 0,        atapi_mode_sense},
    {0xa8, MEDIUM,   read_12},
    {0xb9, MEDIUM,   read_cd_msf},
    {0xbb, 0,        atapi_good},              /* SET CD SPEED */
    {0xbd, 0,        atapi_mechanism_status},
    {0xbe, MEDIUM,   read_cd},
};
/* clang-format on */

static void execute(struct ata_drive *d)
{
    const struct packet_row *row = NULL;
    for (unsigned n = 0; n < ARRAY_LEN(packet_rows); n++) {
        if (packet_rows[n].code == d->packet[0])
            row = &packet_rows[n];
    }
    TRACE(d->channel->trace, TRACE_DISK, "%s.%u: packet %02x %08x %08x", d->channel->name, d->unit,
          d->packet[0], big32(d->packet + 2), big32(d->packet + 6));
    if (!row) {
        atapi_fail(d, SENSE_ILLEGAL_REQUEST, ASC_UNKNOWN_COMMAND, 0);
    } else if (d->changed && !(row->flags & ANY_TIME)) {
        d->changed = false;
        atapi_fail(d, SENSE_UNIT_ATTENTION, ASC_MEDIUM_CHANGED, 0);
    } else if ((row->flags & MEDIUM) && !atapi_has_medium(d)) {
        atapi_fail(d, SENSE_NOT_READY, ASC_NO_MEDIUM, d->open ? 2 : 1);
    } else {
        row->run(d);
    }
}

/* ---- The protocol ------------------------------------------------------------------------- */

void atapi_begin(struct ata_drive *d)
{
    uint32_t limit = (uint32_t)d->address[HIGH][0] << 8 | d->address[MID][0];
    if (d->feature[0] & 2) { /* overlapped */
        d->flow = ATA_FLOW_REPLY;
        ata_busy(d, ATA_STARTING, ATA_COMMAND_US * 1000);
        return;
    }
    d->dma = d->feature[0] & 1;
    d->block = limit == 0 || limit == 0xffff ? 0xfffe : limit;
    d->flow = ATA_FLOW_PACKET;
    d->count[0] = REASON_COMMAND;
    ata_take(d, ATA_PACKET_BYTES);
}

void atapi_moved(struct ata_drive *d)
{
    bool packet = d->flow == ATA_FLOW_PACKET;
    if (packet) {
        memcpy(d->packet, d->buf, ATA_PACKET_BYTES);
        d->at = d->stop = d->end = 0;
    }
    ata_busy(d, ATA_WORKING, (packet ? ATAPI_COMMAND_US : ATA_BLOCK_US) * 1000);
}

void atapi_work(struct ata_drive *d)
{
    if (d->flow == ATA_FLOW_PACKET)
        execute(d);
    else
        next_block(d);
}

bool ata_is_locked(const struct ata *a, unsigned unit)
{
    return a->drive[unit].locked && a->drive[unit].medium;
}

void ata_insert(struct ata *a, unsigned unit, struct block *medium)
{
    struct ata_drive *d = &a->drive[unit];
    d->medium = medium;
    d->open = !medium;
    d->changed = medium != NULL;
    d->media_event = medium ? MEDIA_NEW : MEDIA_REMOVED;
    if (!medium)
        d->locked = false;
    TRACE(a->trace, TRACE_DISK, "%s.%u: %s", a->name, unit,
          medium ? "a medium is inserted" : "the medium is taken out");
}

void ata_ask_for_medium(struct ata *a, unsigned unit)
{
    a->drive[unit].media_event = MEDIA_EJECT_REQUEST;
}
