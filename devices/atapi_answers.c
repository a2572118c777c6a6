/* SPDX-License-Identifier: MIT */
/*
 * atapi_answers.c - packet commands that answer with a table: INQUIRY, MODE SENSE, the table of contents
 * and what else a driver asks about drive and disc. Numbers of paragraphs are MMC-3's.
 */
#include "devices/atapi_parts.h"

#include "base/version.h"

#include <string.h>

enum {
    SPEED = 8467, /* KB/s: 48 times that of an audio CD */
    CONTROL_DATA = 0x14,
    LEAD_OUT = 0xaa,
    PROFILE_NONE = 0x0000,
    PROFILE_CD = 0x0008,
    PROFILE_DVD = 0x0010,
};

static void bad_field(struct ata_drive *d)
{
    atapi_fail(d, SENSE_ILLEGAL_REQUEST, ASC_BAD_FIELD, 0);
}

static void put_text(uint8_t *to, unsigned n, const char *text)
{
    for (unsigned k = 0; k < n; k++) {
        to[k] = (uint8_t)(*text ? *text : ' ');
        text += *text != 0;
    }
}

void atapi_inquiry(struct ata_drive *d)
{
    uint8_t *b = d->buf;
    if (d->packet[1] & 1) { /* vital product data */
        bad_field(d);
        return;
    }
    memset(b, 0, 36);
    b[0] = 5;    /* CD-ROM */
    b[1] = 0x80; /* removable */
    b[3] = 0x21; /* ATAPI's form of the answer */
    b[4] = 31;
    put_text(b + 8, 8, "EMU386");
    put_text(b + 16, 16, "CD-ROM");
    put_text(b + 32, 4, EMU386_VERSION);
    atapi_answer(d, 36, d->packet[4]);
}

/* ---- The table of contents (5.24) --------------------------------------------------------- */

void atapi_msf(uint8_t *msf, uint32_t sector)
{
    uint32_t frames = sector + 150;
    msf[0] = (uint8_t)(frames / (60 * 75));
    msf[1] = (uint8_t)(frames / 75 % 60);
    msf[2] = (uint8_t)(frames % 75);
}

static void put_address(struct ata_drive *d, uint8_t *to, uint32_t sector)
{
    if (d->packet[1] & 2) {
        to[0] = 0;
        atapi_msf(to + 1, sector);
    } else {
        put_big32(to, sector);
    }
}

static uint8_t *put_track(struct ata_drive *d, uint8_t *to, uint8_t track, uint32_t sector)
{
    to[0] = to[3] = 0;
    to[1] = CONTROL_DATA;
    to[2] = track;
    put_address(d, to + 4, sector);
    return to + 8;
}

static uint8_t *put_point(uint8_t *to, uint8_t point, uint8_t m, uint8_t s, uint8_t f)
{
    const uint8_t entry[11] = {1, CONTROL_DATA, 0, point, 0, 0, 0, 0, m, s, f};
    memcpy(to, entry, sizeof entry);
    return to + sizeof entry;
}

void atapi_read_toc(struct ata_drive *d)
{
    uint8_t format = d->packet[2] & 0x0f, first = d->packet[6], *b = d->buf, *end = b + 4, msf[3];
    if (!format)
        format = d->packet[9] >> 6; /* where SFF-8020i has it */
    b[2] = b[3] = 1;
    atapi_msf(msf, atapi_sectors(d));
    switch (format) {
    case 0:
        if (first > 1 && first != LEAD_OUT) {
            bad_field(d);
            return;
        }
        if (first <= 1)
            end = put_track(d, end, 1, 0);
        end = put_track(d, end, LEAD_OUT, atapi_sectors(d));
        break;
    case 1: end = put_track(d, end, 1, 0); break;
    case 2:
        end = put_point(end, 0xa0, 1, 0, 0);
        end = put_point(end, 0xa1, 1, 0, 0);
        end = put_point(end, 0xa2, msf[0], msf[1], msf[2]);
        end = put_point(end, 1, 0, 2, 0);
        break;
    default: bad_field(d); return;
    }
    put_big16(b, (uint32_t)(end - b) - 2);
    atapi_answer(d, (uint32_t)(end - b), big16(d->packet + 7));
}

/* ---- Mode pages (6.3) --------------------------------------------------------------------- */

static uint8_t *page_errors(const struct ata_drive *d, uint8_t *to)
{
    static const uint8_t page[12] = {0x01, 10, 0x00, 5}; /* read retries */
    (void)d;
    memcpy(to, page, sizeof page);
    return to + sizeof page;
}

static uint8_t *page_audio(const struct ata_drive *d, uint8_t *to)
{
    static const uint8_t page[16] = {0x0e, 14, 0x04, 0, 0, 0, 0, 75, 1, 0xff, 2, 0xff};
    (void)d;
    memcpy(to, page, sizeof page);
    return to + sizeof page;
}

static uint8_t *page_capabilities(const struct ata_drive *d, uint8_t *to)
{
    uint8_t page[20] = {0x2a, 18, 0x3b, 0x00, 0x70, 0x00, 0x29, 0x00};
    page[6] |= d->locked ? 2 : 0;
    put_big16(page + 8, SPEED);
    put_big16(page + 12, ATA_BUFFER / 1024);
    put_big16(page + 14, SPEED);
    memcpy(to, page, sizeof page);
    return to + sizeof page;
}

static uint8_t medium_type(const struct ata_drive *d)
{
    return d->open ? 0x71 : d->medium ? 0x01 : 0x70;
}

void atapi_mode_sense(struct ata_drive *d)
{
    static const struct {
        uint8_t code;
        uint8_t *(*put)(const struct ata_drive *d, uint8_t *to);
    } pages[] = {{0x01, page_errors}, {0x0e, page_audio}, {0x2a, page_capabilities}};
    uint8_t which = d->packet[2] & 0x3f, values = d->packet[2] >> 6, *b = d->buf, *end = b + 8;
    if (values == 3) {
        atapi_fail(d, SENSE_ILLEGAL_REQUEST, ASC_SAVING_UNSUPPORTED, 0);
        return;
    }
    memset(b, 0, 8);
    for (unsigned n = 0; n < ARRAY_LEN(pages); n++) {
        if (which != pages[n].code && which != 0x3f)
            continue;
        uint8_t *page = end;
        end = pages[n].put(d, end);
        if (values == 1) /* which bits can be changed: none */
            memset(page + 2, 0, (size_t)(end - page) - 2);
    }
    if (end == b + 8) {
        bad_field(d);
        return;
    }
    put_big16(b, (uint32_t)(end - b) - 2);
    b[2] = medium_type(d);
    atapi_answer(d, (uint32_t)(end - b), big16(d->packet + 7));
}

/* ---- Drive and disc ----------------------------------------------------------------------- */

void atapi_mechanism_status(struct ata_drive *d)
{
    memset(d->buf, 0, 8);
    d->buf[1] = d->open ? 0x10 : 0;
    d->buf[5] = 1;
    atapi_answer(d, 8, big16(d->packet + 8));
}

static unsigned profile(const struct ata_drive *d)
{
    if (!atapi_has_medium(d))
        return PROFILE_NONE;
    return atapi_sectors(d) <= CD_MAX_SECTORS ? PROFILE_CD : PROFILE_DVD;
}

struct feature {
    uint16_t code;
    uint8_t flags; /* version << 2 | persistent << 1 | current */
    uint8_t length;
    uint8_t data[8];
};

/* Features that the drive has; those of a medium are current when it is there (5.2). */
static const struct feature features[] = {
    {0x0000, 0x03, 8, {0, PROFILE_DVD, 0, 0, 0, PROFILE_CD, 0, 0}},
    {0x0001, 0x03, 4, {0, 0, 0, 2}},             /* core: ATAPI */
    {0x0002, 0x03, 4, {0}},                      /* morphing: events are asked for */
    {0x0003, 0x03, 4, {0x29, 0, 0, 0}},          /* a tray, eject, lock */
    {0x0010, 0x00, 8, {0, 0, 8, 0, 0, 1, 0, 0}}, /* random read, blocks of 2048 */
    {0x001e, 0x00, 4, {0}},                      /* CD */
    {0x001f, 0x00, 0, {0}},                      /* DVD */
};

static bool is_current(const struct feature *f, unsigned now)
{
    return (f->flags & 1) || (f->code == 0x0010 && now != PROFILE_NONE) ||
           (f->code == 0x001e && now == PROFILE_CD) || (f->code == 0x001f && now == PROFILE_DVD);
}

void atapi_get_configuration(struct ata_drive *d)
{
    uint8_t want = d->packet[1] & 3, *b = d->buf, *end = b + 8;
    unsigned start = big16(d->packet + 2), now = profile(d);
    if (want == 3) {
        bad_field(d);
        return;
    }
    memset(b, 0, 8);
    for (unsigned n = 0; n < ARRAY_LEN(features); n++) {
        const struct feature *f = &features[n];
        bool current = is_current(f, now);
        if (f->code < start || (want == 1 && !current) || (want == 2 && f->code != start))
            continue;
        put_big16(end, f->code);
        end[2] = (uint8_t)((f->flags & ~1u) | current);
        end[3] = f->length;
        memcpy(end + 4, f->data, f->length);
        if (f->code == 0) { /* which of the profiles */
            end[6] = now == PROFILE_DVD;
            end[10] = now == PROFILE_CD;
        }
        end += 4 + f->length;
    }
    put_big32(b, (uint32_t)(end - b) - 4);
    put_big16(b + 6, now);
    atapi_answer(d, (uint32_t)(end - b), big16(d->packet + 7));
}

/* Only polled, only about the medium: the class with bit 4 (5.6). */
void atapi_get_event(struct ata_drive *d)
{
    uint8_t *b = d->buf;
    if (!(d->packet[1] & 1)) {
        bad_field(d);
        return;
    }
    memset(b, 0, 8);
    b[3] = 0x10;
    if (!(d->packet[4] & 0x10)) {
        b[1] = 2;
        b[2] = 0x80; /* none of these classes */
        atapi_answer(d, 4, big16(d->packet + 7));
        return;
    }
    b[1] = 6;
    b[2] = 4;
    b[4] = d->media_event;
    b[5] = (uint8_t)((d->open ? 1 : 0) | (atapi_has_medium(d) ? 2 : 0));
    if (big16(d->packet + 7) > 4)
        d->media_event = MEDIA_NO_CHANGE;
    atapi_answer(d, 8, big16(d->packet + 7));
}

void atapi_disc_information(struct ata_drive *d)
{
    static const uint8_t finished[34] = {0, 32, 0x0e, 1, 1, 1, 1, 0x20};
    memcpy(d->buf, finished, sizeof finished);
    atapi_answer(d, sizeof finished, big16(d->packet + 7));
}

/* Nothing plays; where the head is (5.23). */
void atapi_read_subchannel(struct ata_drive *d)
{
    uint8_t format = d->packet[3], *b = d->buf;
    uint32_t n = 4, last = d->lba ? (uint32_t)d->lba - 1 : 0;
    memset(b, 0, 24);
    b[1] = 0x15;
    if (d->packet[2] & 0x40) {
        if (format < 1 || format > 3) {
            bad_field(d);
            return;
        }
        n = format == 1 ? 16 : 24;
        b[3] = (uint8_t)(n - 4);
        b[4] = format;
        if (format == 1) {
            b[5] = CONTROL_DATA;
            b[6] = b[7] = 1;
            put_address(d, b + 8, last);
            put_address(d, b + 12, last);
        }
    }
    atapi_answer(d, n, big16(d->packet + 7));
}
