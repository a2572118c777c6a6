/* SPDX-License-Identifier: MIT */
/*
 * cdrom.c - an ATAPI CD-ROM drive as a driver meets it. The disc is the harness's: double word n of
 * sector s (2048 bytes) is s * 131 + n; blocks=N says how many there are.
 */
#include "disktest.h"

#define DATA_BYTES (40 * 2048)
/* On a boundary of 64 KiB, as DMA wants it, and behind the program. */
static uint32_t *const data = (uint32_t *)0x400000;
static uint8_t *const bytes = (uint8_t *)0x400000;

static bool is_disc(uint32_t lba, uint32_t count)
{
    for (uint32_t s = 0; s < count; s++)
        for (uint32_t n = 0; n < 512; n++)
            if (data[s * 512 + n] != (lba + s) * 131 + n)
                return false;
    return true;
}

static uint32_t big(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Key, code and qualifier of what went wrong. */
static uint32_t sense(const struct ide *d)
{
    const uint8_t packet[12] = {0x03, 0, 0, 0, 18};
    if (ide_packet(d, packet, bytes, 18, 0xfffe) < 14)
        return 0xffffff;
    return (uint32_t)(bytes[2] & 15) << 16 | (uint32_t)bytes[12] << 8 | bytes[13];
}

static void test_identify(struct ide *d)
{
    ide_reset(d);
    ide_put(d, DEVICE, (uint8_t)(0xa0 | d->unit << 4));
    check(ide_get(d, MID) == 0x14 && ide_get(d, HIGH) == 0xeb, "signature: packets",
          ide_get(d, MID), 0x14);
    uint8_t status = ide_command(d, 0xec);
    check(status & ERR && ide_get(d, MID) == 0x14 && ide_get(d, HIGH) == 0xeb,
          "IDENTIFY DEVICE of a CD-ROM", status, ERR);
    status = ide_read(d, 0xa1, 1, 1, data);
    check(!(status & ERR) && (data[0] & 0xff1f) == 0x8500, "IDENTIFY PACKET DEVICE", data[0],
          0x8580);
}

static void test_answers(struct ide *d, uint32_t blocks)
{
    const uint8_t inquiry[12] = {0x12, 0, 0, 0, 36}, ready[12] = {0}, capacity[12] = {0x25},
                  bad[12] = {0xee}, toc[12] = {0x43, 0, 0, 0, 0, 0, 0, 0, 20},
                  beyond[12] = {0x28, 0, 0x7f, 0, 0, 0, 0, 0, 1},
                  status_event[12] = {0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8};
    check(ide_packet(d, inquiry, bytes, 36, 0xfffe) == 36 && bytes[0] == 5 && bytes[1] == 0x80,
          "INQUIRY", big(bytes), 0x05800000);
    (void)ide_packet(d, ready, bytes, 0, 0xfffe);
    (void)sense(d); /* a new disc may be reported once */
    check(ide_packet(d, ready, bytes, 0, 0xfffe) == 0, "TEST UNIT READY", 0, 0);
    check(ide_packet(d, capacity, bytes, 8, 0xfffe) == 8 && big(bytes) == blocks - 1 &&
              big(bytes + 4) == 2048,
          "READ CAPACITY", big(bytes), blocks - 1);
    check(ide_packet(d, toc, bytes, 20, 0xfffe) == 20 && bytes[2] == 1 && bytes[3] == 1 &&
              bytes[5] == 0x14 && bytes[6] == 1 && bytes[14] == 0xaa && big(bytes + 16) == blocks,
          "READ TOC: track 1, and the end", big(bytes + 16), blocks);
    check(ide_packet(d, bad, bytes, 0, 0xfffe) == -1 && sense(d) == 0x052000, "no such command",
          sense(d), 0x052000);
    check(ide_packet(d, beyond, bytes, 2048, 0xfffe) == -1 && sense(d) == 0x052100,
          "behind the end", sense(d), 0x052100);
    check(ide_packet(d, status_event, bytes, 8, 0xfffe) == 8 && (bytes[2] & 7) == 4 &&
              bytes[5] == 2,
          "GET EVENT STATUS: a disc is there", big(bytes + 4), 2);
}

static void test_read(struct ide *d)
{
    const uint8_t one[12] = {0x28, 0, 0, 0, 0, 17, 0, 0, 1},
                  many[12] = {0xa8, 0, 0, 0, 0, 100, 0, 0, 0, 40},
                  user[12] = {0xbe, 0, 0, 0, 0, 9, 0, 0, 2, 0x10};
    check(ide_packet(d, one, bytes, 2048, 2048) == 2048 && is_disc(17, 1), "READ(10)", data[0],
          17 * 131);
    check(ide_packet(d, one, bytes, 2048, 512) == 2048 && is_disc(17, 1), "in pieces of 512",
          data[0], 17 * 131);
    check(ide_packet(d, many, bytes, DATA_BYTES, 63488) == DATA_BYTES && is_disc(100, 40),
          "READ(12)", data[0], 100 * 131);
    check(ide_packet(d, user, bytes, 4096, 0xfffe) == 4096 && is_disc(9, 2), "READ CD", data[0],
          9 * 131);
    if (!d->master)
        return;
    data[0] = 0;
    uint8_t status = ide_packet_dma(d, many, data, 30 * 2048);
    ide_reset(d); /* the table was shorter than the command on purpose */
    check(!(status & ERR) && is_disc(100, 30), "READ(12) by DMA, until memory ends", data[0],
          100 * 131);
    const uint8_t whole[12] = {0x28, 0, 0, 0, 0, 50, 0, 0, 16};
    data[0] = 0;
    ide_put(d, DEVICE, (uint8_t)(0xa0 | d->unit << 4));
    status = ide_packet_dma(d, whole, data, 16 * 2048);
    check(!(status & (ERR | DRQ)) && is_disc(50, 16), "READ(10) by DMA", data[0], 50 * 131);
}

void test_cdrom(struct ide *d)
{
    uint32_t blocks = option("blocks", 0);
    test_identify(d);
    test_answers(d, blocks);
    test_read(d);
}
