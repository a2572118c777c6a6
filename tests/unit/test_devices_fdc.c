/* SPDX-License-Identifier: MIT */
/*
 * test_devices_fdc.c - the floppy controller behind a DMA controller: commands, result tables of the
 * data sheet, disk change, resets, media that are absent, protected, small or broken.
 */
#include "tests/unit/fdc_rig.h"

static void resets(struct rig *r)
{
    unsigned st0, pcn;
    CHECK(in(r, 0x3f4) == 0x00, "held in reset: the status is 0");
    out(r, 0x3f5, 0x10);
    out(r, 0x3f2, 0x0c);
    CHECK(in(r, 0x3f4) == 0x80, "running: it wants a command");
    CHECK(!r->level && wait(r) && r->edges == 1, "one interrupt after a reset");
    for (unsigned n = 0; n < 4; n++)
        CHECK(sense(r, &st0, &pcn) && st0 == (0xc0 | n), "drive %u polled: %02x", n, st0);
    CHECK(!sense(r, &st0, &pcn) && st0 == 0x80, "a fifth SENSE INTERRUPT is invalid");
    uint8_t a[10];
    SEND(r, 0x10);
    CHECK(answer(r, a, 10) == 1 && a[0] == 0x90, "VERSION of an 82077");
    SEND(r, 0x1f);
    CHECK(answer(r, a, 10) == 1 && a[0] == 0x80, "an invalid command");
    SEND(r, 0x03, 0xd1, 0x02);
    SEND(r, 0x13, 0x00, 0x48, 0x05);
    SEND(r, 0x12, 0x84);
    SEND(r, 0x94);
    CHECK(answer(r, a, 10) == 1 && a[0] == 0x10, "LOCK");
    out(r, 0x3f4, 0x80);
    wait(r);
    for (unsigned n = 0; n < 4; n++)
        sense(r, &st0, &pcn);
    SEND(r, 0x0e);
    CHECK(answer(r, a, 10) == 10 && a[4] == 0xd1 && a[5] == 0x02 && a[7] == 0x84 && a[8] == 0x08 &&
              a[9] == 0x05,
          "DSR's reset keeps what LOCK locks: %02x %02x %02x", a[7], a[8], a[9]);
    SEND(r, 0x14);
    CHECK(answer(r, a, 10) == 1 && a[0] == 0x00, "unlocked");
    out(r, 0x3f2, 0x08);
    out(r, 0x3f2, 0x04); /* without DMAGATE there is no interrupt */
    CHECK(!wait(r), "the gate is closed");
    out(r, 0x3f2, 0x0c);
    CHECK(r->level, "and opens");
    SEND(r, 0x0e);
    answer(r, a, 10);
    CHECK(a[4] == 0xd1 && a[8] == 0x20 && a[9] == 0, "DOR's reset sets CONFIGURE back");
}

static void seeks(struct rig *r)
{
    unsigned st0, pcn;
    uint8_t a[1];
    start(r);
    CHECK(in(r, 0x3f7) & 0x80, "the medium is new");
    SEND(r, 0x07, 0x00);
    CHECK((in(r, 0x3f4) & 0x91) == 0x81, "busy seeking, and ready for a command");
    wait(r);
    CHECK(sense(r, &st0, &pcn) && st0 == 0x20 && pcn == 0, "RECALIBRATE");
    CHECK(in(r, 0x3f7) & 0x80, "no step, so the change line stays");
    CHECK(seek(r, 40) == 0x2028, "SEEK");
    CHECK(!(in(r, 0x3f7) & 0x80), "a step has cleared it");
    SEND(r, 0x04, 0x04);
    CHECK(answer(r, a, 1) == 1 && a[0] == 0x2c, "SENSE DRIVE: not track 0, side 1: %02x", a[0]);
    SEND(r, 0xcf, 0x00, 0x05);
    wait(r);
    CHECK(sense(r, &st0, &pcn) && pcn == 45, "RELATIVE SEEK inwards");
    SEND(r, 0x8f, 0x00, 0x2d);
    wait(r);
    CHECK(sense(r, &st0, &pcn) && pcn == 0, "and outwards");
    SEND(r, 0x04, 0x00);
    CHECK(answer(r, a, 1) == 1 && a[0] == 0x38, "track 0: %02x", a[0]);
    SEND(r, 0x07, 0x02);
    wait(r);
    CHECK(sense(r, &st0, &pcn) && st0 == 0x72, "no drive 2: equipment check: %02x", st0);
    SEND(r, 0x0f, 0x00, 79);
    SEND(r, 0x07, 0x01);
    while (pass(r))
        continue;
    unsigned before = r->edges;
    CHECK(sense(r, &st0, &pcn) && (st0 & 3) == 0 && pcn == 79, "two seeks at once: the first");
    CHECK(r->edges == before + 1 && sense(r, &st0, &pcn) && (st0 & 3) == 1, "and the second");
    CHECK(!r->level, "all told");
    seek(r, 200);
    SEND(r, 0x07, 0x00);
    wait(r);
    CHECK(sense(r, &st0, &pcn) && st0 == 0x70, "79 steps do not reach track 0 from the end");
    SEND(r, 0x07, 0x00);
    wait(r);
    CHECK(sense(r, &st0, &pcn) && st0 == 0x20, "a second RECALIBRATE does");
}

static void reads(struct rig *r)
{
    const uint8_t *disk = r->disk.bytes;
    start(r);
    seek(r, 3);
    dma(r, TO_MEMORY, 0x10000, 512);
    unsigned before = r->edges;
    SEND(r, 0xe6, 0x00, 3, 0, 5, 2, 18, 0x1b, 0xff);
    CHECK((in(r, 0x3f4) & 0xf0) == 0x10, "execution: busy, nothing for the processor");
    CHECK(RESULT(r, 0x00, 0, 0, 3, 0, 6, 2), "one sector");
    CHECK(r->edges == before + 1 && !r->level, "one interrupt, gone with the result");
    CHECK(memory_is(r, 0x10000, disk + (3 * 36 + 4) * 512, 512), "the right one");

    dma(r, TO_MEMORY, 0x10000, 36 * 512); /* a cylinder: both sides by MT */
    SEND(r, 0xe6, 0x00, 3, 0, 1, 2, 18, 0x1b, 0xff);
    CHECK(RESULT(r, 0x04, 0, 0, 4, 0, 1, 2), "ends behind the last sector of side 1");
    CHECK(memory_is(r, 0x10000, disk + 3 * 36 * 512, 36 * 512), "all 36 sectors");

    dma(r, TO_MEMORY, 0x10000, 18 * 512);
    SEND(r, 0xe6, 0x00, 3, 0, 1, 2, 18, 0x1b, 0xff);
    CHECK(RESULT(r, 0x00, 0, 0, 3, 1, 1, 2), "a side: the next is side 1, sector 1");
    dma(r, TO_MEMORY, 0x10000, 18 * 512);
    SEND(r, 0x46, 0x04, 3, 1, 1, 2, 18, 0x1b, 0xff);
    CHECK(RESULT(r, 0x04, 0, 0, 4, 1, 1, 2), "without MT: the next cylinder, the same side");

    dma(r, TO_MEMORY, 0x10000, 19 * 512);
    SEND(r, 0x46, 0x00, 3, 0, 1, 2, 18, 0x1b, 0xff);
    CHECK(RESULT(r, 0x40, 0x80, 0, 4, 0, 1, 2), "past EOT: end of cylinder");
    dma(r, TO_MEMORY, 0x10000, 700);
    SEND(r, 0xe6, 0x00, 3, 0, 1, 2, 18, 0x1b, 0xff);
    CHECK(RESULT(r, 0x00, 0, 0, 3, 0, 3, 2), "a terminal count inside the second sector");

    dma(r, TO_MEMORY, 0x10000, 512);
    SEND(r, 0xe6, 0x00, 4, 0, 1, 2, 18, 0x1b, 0xff);
    CHECK(RESULT(r, 0x40, 0x04, 0x10, 4, 0, 1, 2), "the heads are elsewhere: wrong cylinder");
    SEND(r, 0xe6, 0x00, 3, 0, 19, 2, 20, 0x1b, 0xff);
    CHECK(RESULT(r, 0x40, 0x04, 0, 3, 0, 19, 2), "no sector 19");
    SEND(r, 0xe6, 0x00, 3, 0, 1, 3, 18, 0x1b, 0xff);
    CHECK(RESULT(r, 0x40, 0x04, 0, 3, 0, 1, 3), "no sectors of 1024 bytes");
    SEND(r, 0xa6, 0x00, 3, 0, 1, 2, 18, 0x1b, 0xff);
    CHECK(RESULT(r, 0x40, 0x01, 0, 3, 0, 1, 2), "FM finds no address mark");
    out(r, 0x3f7, 2);
    SEND(r, 0xe6, 0x00, 3, 0, 1, 2, 18, 0x1b, 0xff);
    CHECK(RESULT(r, 0x40, 0x01, 0, 3, 0, 1, 2), "nor does the wrong data rate");
    out(r, 0x3f7, 0);
    SEND(r, 0x4a, 0x04);
    uint8_t a[7];
    CHECK(wait(r) && answer(r, a, 7) == 7 && a[0] == 0x04 && a[3] == 3 && a[4] == 1 && a[5] >= 1 &&
              a[5] <= 18 && a[6] == 2,
          "READ ID");
    out(r, 0x0a, 6);
    SEND(r, 0xe6, 0x00, 3, 0, 1, 2, 18, 0x1b, 0xff);
    CHECK(RESULT(r, 0x40, 0x10, 0, 3, 0, 1, 2), "a masked channel: overrun");

    SEND(r, 0x13, 0, 0x60, 0); /* implied seeks */
    dma(r, TO_MEMORY, 0x10000, 512);
    SEND(r, 0xe6, 0x00, 70, 0, 1, 2, 18, 0x1b, 0xff);
    CHECK(RESULT(r, 0x20, 0, 0, 70, 0, 2, 2), "implied seek");
    CHECK(memory_is(r, 0x10000, disk + 70 * 36 * 512, 512), "went there");
    SEND(r, 0x13, 0, 0x20, 0);

    dma(r, TO_MEMORY, 0x10000, 18 * 512);
    SEND(r, 0x42, 0x00, 70, 0, 1, 2, 18, 0x1b, 0xff);
    CHECK(RESULT(r, 0x00, 0, 0, 71, 0, 1, 2), "READ TRACK");
    CHECK(memory_is(r, 0x10000, disk + 70 * 36 * 512, 18 * 512), "from the index hole on");
    dma(r, TO_MEMORY, 0x10000, 3 * 512);
    SEND(r, 0x42, 0x00, 70, 0, 9, 2, 18, 0x1b, 0xff);
    CHECK(RESULT(r, 0x00, 0x04, 0, 70, 0, 12, 2), "its sector is only compared");
    CHECK(memory_is(r, 0x10000, disk + 70 * 36 * 512, 3 * 512), "still from the index hole on");

    dma(r, TO_MEMORY, 0x10000, 512);
    SEND(r, 0xcc, 0x00, 70, 0, 2, 2, 18, 0x1b, 0xff);
    CHECK(wait(r) && answer(r, a, 7) == 7 && a[0] == 0 && a[2] == 0x40,
          "READ DELETED: control mark");
    SEND(r, 0xec, 0x00, 70, 0, 2, 2, 18, 0x1b, 0xff);
    CHECK(wait(r) && answer(r, a, 7) == 7 && a[0] == 0x44 && a[1] == 0x80 && a[2] == 0x40,
          "skipping finds none: %02x %02x %02x", a[0], a[1], a[2]);
    SEND(r, 0xd6, 0x80, 70, 0, 1, 2, 18, 0x1b, 20);
    CHECK(RESULT(r, 0x04, 0, 0, 70, 1, 3, 2), "VERIFY of 20 sectors");
    SEND(r, 0x56, 0x00, 70, 0, 1, 2, 18, 0x1b, 0xff);
    CHECK(RESULT(r, 0x00, 0, 0, 71, 0, 1, 2), "VERIFY to EOT");
    SEND(r, 0x56, 0x80, 70, 0, 10, 2, 18, 0x1b, 20);
    CHECK(RESULT(r, 0x40, 0x80, 0, 71, 0, 1, 2), "VERIFY of more than there are");
    r->disk.broken = true;
    dma(r, TO_MEMORY, 0x10000, 512);
    SEND(r, 0xe6, 0x00, 70, 0, 1, 2, 18, 0x1b, 0xff);
    CHECK(RESULT(r, 0x40, 0x20, 0x20, 70, 0, 1, 2), "a host that cannot read: data error");
    r->disk.broken = false;
}

static void writes(struct rig *r)
{
    uint8_t data[1024], ids[18 * 4], track[512];
    for (unsigned i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 3 + 0x80);
    start(r);
    seek(r, 10);
    bus_dma_write(&r->bus, 0x20000, data, sizeof data);
    dma(r, FROM_MEMORY, 0x20000, 1024);
    SEND(r, 0xc5, 0x04, 10, 1, 17, 2, 18, 0x1b, 0xff);
    CHECK(RESULT(r, 0x04, 0, 0, 11, 0, 1, 2), "two sectors, the last of the cylinder");
    CHECK(memcmp(r->disk.bytes + (10 * 36 + 34) * 512, data, 1024) == 0, "they are on the medium");
    unsigned flushes = r->disk.flushes;
    out(r, 0x3f2, 0x0c);
    CHECK(r->disk.flushes == flushes + 1, "durable when the motor stops");
    out(r, 0x3f2, 0x1c);
    out(r, 0x3f2, 0x0c);
    CHECK(r->disk.flushes == flushes + 1, "once");
    out(r, 0x3f2, 0x1c);

    dma(r, FROM_MEMORY, 0x20000, 100);
    SEND(r, 0xc9, 0x00, 10, 0, 1, 2, 18, 0x1b, 0xff);
    CHECK(RESULT(r, 0x00, 0, 0, 10, 0, 2, 2), "a part of a sector");
    const uint8_t *at = r->disk.bytes + 10 * 36 * 512;
    CHECK(memcmp(at, data, 100) == 0 && at[100] == 0 && at[511] == 0, "is filled with zeroes");

    for (unsigned i = 0; i < 18; i++) {
        ids[4 * i] = 10;
        ids[4 * i + 1] = 0;
        ids[4 * i + 2] = (uint8_t)(i + 1);
        ids[4 * i + 3] = 2;
    }
    bus_dma_write(&r->bus, 0x21000, ids, sizeof ids);
    dma(r, FROM_MEMORY, 0x21000, sizeof ids);
    SEND(r, 0x4d, 0x00, 2, 18, 0x54, 0xf6);
    CHECK(RESULT(r, 0x00, 0, 0, 10, 0, 18, 2), "FORMAT TRACK");
    memset(track, 0xf6, sizeof track);
    bool same = true;
    for (unsigned i = 0; i < 18; i++)
        same = same && memcmp(at + i * 512, track, 512) == 0;
    CHECK(same && at[18 * 512] != 0xf6, "the track and nothing else");
    ids[2] = 99;
    ids[4] = 200;
    bus_dma_write(&r->bus, 0x21000, ids, sizeof ids);
    dma(r, FROM_MEMORY, 0x21000, sizeof ids);
    SEND(r, 0x4d, 0x00, 2, 18, 0x54, 0xf6);
    CHECK(RESULT(r, 0x00, 0, 0, 10, 0, 18, 2), "IDs that no image can hold do no harm");

    bus_dma_write(&r->bus, 0x22000, r->disk.bytes + 10 * 36 * 512, 512 * 3);
    dma(r, FROM_MEMORY, 0x22000, 512 * 3);
    SEND(r, 0xd1, 0x00, 10, 0, 1, 2, 18, 0x1b, 1);
    CHECK(RESULT(r, 0x00, 0, 0x08, 10, 0, 2, 2), "SCAN EQUAL hits");
    uint8_t low = 0xf5;
    bus_dma_write(&r->bus, 0x22001, &low, 1);
    dma(r, FROM_MEMORY, 0x22000, 512);
    SEND(r, 0xdd, 0x00, 10, 0, 1, 2, 18, 0x1b, 1);
    CHECK(RESULT(r, 0x00, 0, 0x00, 10, 0, 2, 2), "SCAN HIGH: the disk is higher");
    dma(r, FROM_MEMORY, 0x22000, 512);
    SEND(r, 0xd9, 0x00, 10, 0, 1, 2, 18, 0x1b, 1);
    CHECK(RESULT(r, 0x00, 0, 0x04, 10, 0, 2, 2), "SCAN LOW is not satisfied");

    r->disk.block.read_only = true;
    dma(r, FROM_MEMORY, 0x20000, 512);
    SEND(r, 0xc5, 0x00, 10, 0, 1, 2, 18, 0x1b, 0xff);
    CHECK(RESULT(r, 0x40, 0x02, 0, 10, 0, 1, 2), "write-protected");
    uint8_t a[1];
    SEND(r, 0x04, 0x00);
    CHECK(answer(r, a, 1) == 1 && a[0] & 0x40, "and SENSE DRIVE says so");
    r->disk.block.read_only = false;
    r->disk.broken = true;
    dma(r, FROM_MEMORY, 0x20000, 512);
    SEND(r, 0xc5, 0x00, 10, 0, 1, 2, 18, 0x1b, 0xff);
    CHECK(RESULT(r, 0x40, 0x20, 0x20, 10, 0, 1, 2), "a host that cannot write");
    r->disk.broken = false;
}

/* Without DMA: an interrupt for each sector, the FIFO is the way, EN at the end. */
static void programmed(struct rig *r)
{
    uint8_t data[1024];
    start(r);
    seek(r, 20);
    SEND(r, 0x03, 0xaf, 0x03);
    SEND(r, 0x46, 0x00, 20, 0, 17, 2, 18, 0x1b, 0xff);
    unsigned got = 0;
    for (unsigned sector = 0; sector < 2 && wait(r); sector++)
        while ((in(r, 0x3f4) & 0xf0) == 0xf0 && got < sizeof data)
            data[got++] = (uint8_t)in(r, 0x3f5);
    CHECK(got == 1024 && !memcmp(data, r->disk.bytes + (20 * 36 + 16) * 512, 1024), "two sectors");
    CHECK(RESULT(r, 0x40, 0x80, 0, 21, 0, 1, 2), "no TC: end of cylinder");
    SEND(r, 0x45, 0x00, 20, 0, 18, 2, 18, 0x1b, 0xff);
    unsigned put = 0;
    for (wait(r); (in(r, 0x3f4) & 0xf0) == 0xb0 && put < 600; put++)
        out(r, 0x3f5, 0x77);
    CHECK(put == 512, "asks for a sector: %u", put);
    CHECK(RESULT(r, 0x40, 0x80, 0, 21, 0, 1, 2), "end of cylinder");
    CHECK(r->disk.bytes[(20 * 36 + 17) * 512 + 511] == 0x77, "written");
    SEND(r, 0x45, 0x00, 20, 0, 18, 2, 18, 0x1b, 0xff);
    wait(r);
    fdc_insert(&r->fdc, 0, NULL);
    for (put = 0; put < 512; put++)
        out(r, 0x3f5, 0x78);
    CHECK(in(r, 0x3f4) == 0x30, "the medium is gone: nothing comes of it");
    fdc_insert(&r->fdc, 0, &r->disk.block);
}

/* Bochs's BIOS knows no SEEK; whoever has shown that he does gets what the data sheet says. */
static void never_seeks(struct rig *r)
{
    fdc_reset(&r->fdc);
    start(r);
    dma(r, TO_MEMORY, 0x10000, 512);
    SEND(r, 0xe6, 0x00, 5, 0, 1, 2, 18, 0x1b, 0xff);
    CHECK(RESULT(r, 0x00, 0, 0, 5, 0, 2, 2), "the heads go by themselves");
    seek(r, 3);
    start(r);
    dma(r, TO_MEMORY, 0x10000, 512);
    SEND(r, 0xe6, 0x00, 5, 0, 1, 2, 18, 0x1b, 0xff);
    CHECK(RESULT(r, 0x40, 0x04, 0x10, 5, 0, 1, 2), "no longer after a SEEK");
}

static void absent(struct rig *r)
{
    uint8_t a[7];
    start(r);
    out(r, 0x3f2, 0x0c);
    SEND(r, 0x4a, 0x00);
    CHECK(wait(r) && answer(r, a, 7) == 7 && a[0] == 0x40 && a[1] == 0x01,
          "motor off: READ ID finds nothing");
    start(r);
    seek(r, 5);
    fdc_insert(&r->fdc, 0, NULL);
    CHECK(in(r, 0x3f7) & 0x80, "taken out: disk change");
    seek(r, 0);
    CHECK(in(r, 0x3f7) & 0x80, "a step without a medium does not clear it");
    SEND(r, 0x4a, 0x00);
    CHECK(wait(r) && answer(r, a, 7) == 7 && a[0] == 0x40 && a[1] == 0x01,
          "no medium: READ ID finds nothing");
    fdc_insert(&r->fdc, 0, &r->disk.block);
    start(r);
    CHECK(in(r, 0x3f7) & 0x80, "another medium: disk change");
    seek(r, 1);
    CHECK(!(in(r, 0x3f7) & 0x80), "until a step");
    out(r, 0x3f2, 0x0c);
    CHECK(!(in(r, 0x3f7) & 0x80), "the line is that of a drive that is on");
    start(r);
    SEND(r, 0x4a, 0x00);
    CHECK(wait(r) && answer(r, a, 7) == 7 && a[0] == 0, "it can be read");
}

int main(void)
{
    static struct rig r;
    if (!rig_init(&r))
        return 1;
    resets(&r);
    seeks(&r);
    reads(&r);
    writes(&r);
    programmed(&r);
    never_seeks(&r);
    absent(&r);
    bus_fini(&r.bus);
    return report_end();
}
