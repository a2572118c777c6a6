/* SPDX-License-Identifier: MIT */
/*
 * ata_identify.c - what a drive says of itself: IDENTIFY DEVICE (ATA/ATAPI-6, 8.15) and IDENTIFY PACKET
 * DEVICE (8.16), 256 words of which those that are not named here are 0.
 */
#include "devices/ata_parts.h"

#include "base/block.h"
#include "base/version.h"

#include <stdio.h>
#include <string.h>

enum { MULTIPLE_MAX = 16, LBA28_MAX = 0x0fffffff };

static void put(struct ata_drive *d, unsigned word, uint32_t value)
{
    d->buf[2 * word] = (uint8_t)value;
    d->buf[2 * word + 1] = (uint8_t)(value >> 8);
}

static void put_long(struct ata_drive *d, unsigned word, uint32_t value)
{
    put(d, word, value & 0xffff);
    put(d, word + 1, value >> 16);
}

/* Text in words, first character in the upper half, blanks to the end. */
static void put_text(struct ata_drive *d, unsigned word, unsigned words, const char *text)
{
    for (unsigned n = 0; n < 2 * words; n++) {
        d->buf[2 * word + (n ^ 1)] = (uint8_t)(*text ? *text : ' ');
        text += *text != 0;
    }
}

static void put_names(struct ata_drive *d, const char *model, const char *series)
{
    char serial[21];
    unsigned channel = d->channel->name[3] == '1' ? 1 : 0;
    snprintf(serial, sizeof serial, "%s%05u", series, channel * 2 + d->unit + 1);
    put_text(d, 10, 10, serial);
    put_text(d, 23, 4, EMU386_VERSION);
    put_text(d, 27, 20, model);
}

/* Transfer modes: which there are, and in the upper byte which is in use. */
static void put_modes(struct ata_drive *d)
{
    put(d, 53, 0x07); /* words 54-58, 64-70 and 88 are valid */
    put(d, 63, 0x07 | (d->mwdma <= 2 ? 0x100u << d->mwdma : 0));
    put(d, 64, 0x03); /* PIO 3 and 4 */
    for (unsigned n = 65; n <= 68; n++)
        put(d, n, 120); /* ns of a cycle: multiword DMA 2, PIO 4 */
    put(d, 88, 0x3f | (d->udma <= 5 ? 0x100u << d->udma : 0));
}

struct ata_geometry ata_geometry(uint64_t sectors)
{
    struct ata_geometry g = {.heads = 16, .track = 63};
    uint64_t cylinders = sectors / (16 * 63);
    if (cylinders == 0) { /* a tiny one: no address may be beyond its end */
        g.track = sectors < 63 ? (uint8_t)sectors : 63;
        g.heads = (uint8_t)(sectors / g.track);
        cylinders = 1;
    }
    g.cylinders = cylinders > 16383 ? 16383 : (uint16_t)cylinders;
    return g;
}

static void identify_disk(struct ata_drive *d)
{
    uint64_t sectors = d->medium->sectors;
    struct ata_geometry g = ata_geometry(sectors);
    uint32_t track = (uint32_t)d->heads * d->track;
    uint64_t cylinders = sectors / track;
    if (cylinders > 65535)
        cylinders = 65535;
    if (cylinders > 16383 && d->heads == 16 && d->track == 63)
        cylinders = 16383;
    put(d, 0, 0x0040); /* a fixed disk */
    put(d, 1, g.cylinders);
    put(d, 3, g.heads);
    put(d, 4, 512u * g.track);
    put(d, 5, 512);
    put(d, 6, g.track);
    put(d, 20, 3); /* a buffer with look-ahead ... */
    put(d, 21, ATA_BUFFER / ATA_SECTOR);
    put(d, 22, 4);
    put_names(d, "emu386 disk", "HD");
    put(d, 47, 0x8000 | MULTIPLE_MAX);
    put(d, 48, 1);      /* 32-bit data port */
    put(d, 49, 0x0f00); /* DMA, LBA, IORDY */
    put(d, 50, 0x4000);
    put(d, 51, 0x0200);
    put(d, 52, 0x0200);
    put_modes(d);
    put(d, 54, (uint32_t)cylinders);
    put(d, 55, d->heads);
    put(d, 56, d->track);
    put_long(d, 57, (uint32_t)(cylinders * track));
    put(d, 59, d->multiple ? 0x100u | d->multiple : 0);
    put_long(d, 60, sectors > LBA28_MAX ? LBA28_MAX : (uint32_t)sectors);
    put(d, 80, 0x007e); /* ATA-1 to ATA/ATAPI-6 */
    put(d, 82, 0x3068); /* buffer commands, look-ahead, write cache, power */
    put(d, 83, 0x7400); /* FLUSH CACHE and its EXT, 48-bit addresses */
    put(d, 84, 0x4040); /* writes through the cache (FUA) */
    put(d, 85, d->cache ? 0x3068 : 0x3048);
    put(d, 86, 0x3400);
    put(d, 87, 0x4040);
    put(d, 93, d->unit ? 0x6b00 : 0x600b); /* an 80-conductor cable */
    put_long(d, 100, (uint32_t)sectors);
    put_long(d, 102, (uint32_t)(sectors >> 32));
}

static void identify_cdrom(struct ata_drive *d)
{
    put(d, 0, 0x85c0); /* CD-ROM, removable, DRQ within 50 us, packets of 12 bytes */
    put_names(d, "emu386 CD-ROM", "CD");
    put(d, 48, 1);
    put(d, 49, 0x0b00); /* DMA, LBA, IORDY */
    put(d, 51, 0x0200);
    put_modes(d);
    put(d, 71, 30); /* us from a packet to its end */
    put(d, 72, 30);
    put(d, 80, 0x007e);
    put(d, 82, 0x4218); /* NOP, DEVICE RESET, packets, power management */
    put(d, 83, 0x4000);
    put(d, 84, 0x4000);
    put(d, 85, 0x4218);
    put(d, 87, 0x4000);
    put(d, 93, d->unit ? 0x6b00 : 0x600b);
}

void ata_identify(struct ata_drive *d)
{
    uint8_t sum = 0xa5;
    memset(d->buf, 0, ATA_SECTOR);
    if (d->kind == ATA_CDROM)
        identify_cdrom(d);
    else
        identify_disk(d);
    /* Word 255: A5h and what makes the sum of all bytes 0. */
    for (unsigned n = 0; n < ATA_SECTOR - 2; n++)
        sum = (uint8_t)(sum + d->buf[n]);
    d->buf[510] = 0xa5;
    d->buf[511] = (uint8_t)(0u - sum);
}
