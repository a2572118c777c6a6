/* SPDX-License-Identifier: MIT */
/* test_devices_ata.c - ATA disks on an IDE channel: presence, task file, PIO, errors, resets, snapshots. */
#include "tests/unit/ide_rig.h"

static struct rig r, q; /* large: not on the stack */

static void read_words(struct rig *rig, uint16_t *to, unsigned n)
{
    for (unsigned k = 0; k < n; k++)
        to[k] = (uint16_t)in16(rig);
}

/* The next sector of the data port is this one of a fresh medium. */
static bool sector_is(struct rig *rig, uint64_t s)
{
    bool good = true;
    for (unsigned w = 0; w < 256; w++)
        good = in16(rig) == rig_word(s, w) && good;
    return good;
}

static void test_presence(void)
{
    rig_init(&r, ATA_NONE, ATA_NONE);
    CHECK(rd(&r, STATUS) == 0x7f && alt(&r) == 0x7f && rd(&r, COUNT) == 0x7f,
          "an empty cable floats");
    wr(&r, COUNT, 0x55);
    CHECK(rd(&r, COUNT) == 0x7f, "and keeps nothing");
    wr(&r, STATUS, 0xec);
    CHECK(settle(&r) == 0x7f && !r.rises, "no answer to a command");
    rig_init(&r, ATA_DISK, ATA_NONE);
    CHECK(rd(&r, STATUS) == (DRDY | DSC), "a disk is ready");
    CHECK(rd(&r, ERROR) == 1 && rd(&r, COUNT) == 1 && rd(&r, LOW) == 1 && rd(&r, MID) == 0 &&
              rd(&r, HIGH) == 0,
          "and shows its signature");
    wr(&r, DEVICE, 0xb0);
    CHECK(rd(&r, STATUS) == 0, "disk 0 answers for disk 1: status 0");
    wr(&r, COUNT, 0x55);
    wr(&r, LOW, 0xaa);
    CHECK(rd(&r, COUNT) == 0x55 && rd(&r, LOW) == 0xaa, "its registers are those of disk 0");
    CHECK(command(&r, 0xec) == 0 && !r.rises, "there is nobody to identify");
    wr(&r, DEVICE, 0xa0);
    CHECK(rd(&r, STATUS) == (DRDY | DSC), "disk 0 has not heard that");
    rig_init(&r, ATA_NONE, ATA_DISK);
    CHECK(rd(&r, STATUS) == 0x7f, "nobody answers for a missing disk 0");
    wr(&r, DEVICE, 0xb0);
    CHECK(rd(&r, STATUS) == (DRDY | DSC), "disk 1 does for itself");
}

static void test_identify(void)
{
    uint16_t id[256];
    uint8_t sum = 0;
    rig_init(&r, ATA_DISK, ATA_NONE);
    wr(&r, STATUS, 0xec);
    CHECK(rd(&r, STATUS) == BSY && !r.irq, "busy at first");
    CHECK(settle(&r) == (DRDY | DSC | DRQ) && r.irq, "then data and an interrupt");
    CHECK(rd(&r, STATUS) == (DRDY | DSC | DRQ) && !r.irq, "reading the status takes it back");
    read_words(&r, id, 256);
    CHECK(alt(&r) == (DRDY | DSC), "after 256 words it is done");
    CHECK(in16(&r) == 0xffff, "a word too many");
    for (unsigned n = 0; n < 256; n++)
        sum = (uint8_t)(sum + id[n] + (id[n] >> 8));
    CHECK(sum == 0 && (id[255] & 0xff) == 0xa5, "the sum of its bytes is 0");
    CHECK(id[0] == 0x40 && id[1] == 4 && id[3] == 16 && id[6] == 63, "geometry %u/%u/%u", id[1],
          id[3], id[6]);
    CHECK(id[60] == RIG_SECTORS && id[61] == 0 && id[100] == RIG_SECTORS, "size");
    CHECK((id[49] & 0x300) == 0x300 && (id[83] & 0x6400) == 0x6400,
          "LBA, DMA, 48 bits, FLUSH CACHE");
    CHECK(id[27] == ('e' << 8 | 'm'), "model, high byte first");
}

/* No cylinder, head and sector of a geometry lies behind the end of its disk. */
static void test_geometry(void)
{
    static const uint64_t sizes[] = {1, 2, 62, 63, 64, 500, 1007, 1008, 1009, 4096, 1 << 20};
    for (unsigned n = 0; n < ARRAY_LEN(sizes); n++) {
        struct ata_geometry g = ata_geometry(sizes[n]);
        uint64_t all = (uint64_t)g.cylinders * g.heads * g.track;
        CHECK(all && all <= sizes[n] && g.heads <= 16 && g.track <= 63, "%u/%u/%u for %u",
              g.cylinders, g.heads, g.track, (unsigned)sizes[n]);
    }
    CHECK(ata_geometry(UINT64_C(1) << 40).cylinders == 16383, "a large one: 16383 cylinders");
}

static void test_timing(void)
{
    rig_init(&r, ATA_DISK, ATA_NONE);
    address(&r, 0, 0, 2);
    wr(&r, STATUS, 0x20);
    r.k.now += clock_periods(9, 1000000);
    clock_fire(&r.k);
    CHECK(alt(&r) == BSY, "9 us");
    r.k.now += clock_periods(2, 1000000);
    clock_fire(&r.k);
    CHECK(alt(&r) == (DRDY | DSC | DRQ), "11 us");
}

static void test_read(void)
{
    rig_init(&r, ATA_DISK, ATA_DISK);
    address(&r, 0, 1000, 3);
    CHECK(command(&r, 0x20) == (DRDY | DSC | DRQ) && r.rises == 1, "READ SECTORS");
    CHECK(sector_is(&r, 1000), "first sector");
    CHECK(alt(&r) == BSY, "busy with the next");
    CHECK(settle(&r) == (DRDY | DSC | DRQ), "which comes");
    rd(&r, STATUS);
    CHECK(sector_is(&r, 1001) && settle(&r) && sector_is(&r, 1002), "two more");
    CHECK(alt(&r) == (DRDY | DSC) && r.rises == 2, "one interrupt for each that was acknowledged");
    CHECK(rd(&r, LOW) == (1002 & 0xff) && rd(&r, MID) == 1002 >> 8 && rd(&r, COUNT) == 0,
          "the address is that of the last");
    address(&r, 1, 7, 1);
    rd(&r, STATUS);
    CHECK(command(&r, 0x21) == (DRDY | DSC | DRQ) &&
              ata_ops.read(&r.a, DATA, 4) == ((uint32_t)rig_word(7, 1) << 16 | rig_word(7, 0)),
          "disk 1, by double words");
    for (unsigned n = 1; n < 128; n++)
        ata_ops.read(&r.a, DATA, 4);
    CHECK(alt(&r) == (DRDY | DSC), "128 of them are a sector");
    address(&r, 0, RIG_SECTORS - 256, 0);
    command(&r, 0x20);
    unsigned good = 0;
    for (unsigned n = 0; n < 256; n++, settle(&r))
        good += sector_is(&r, RIG_SECTORS - 256 + n);
    CHECK(good == 256 && alt(&r) == (DRDY | DSC), "a count of 0 is 256");
}

/* A string instruction moves many words at once: the same as one by one. */
static void test_many(void)
{
    uint8_t got[1024];
    rig_init(&r, ATA_DISK, ATA_NONE);
    address(&r, 0, 30, 2);
    command(&r, 0x20);
    CHECK(ata_ops.read_many(&r.a, DATA, 2, got, 100) == 100, "a hundred of 256 words");
    CHECK(ata_ops.read_many(&r.a, DATA, 2, got + 200, 156) == 155 && (alt(&r) & DRQ),
          "all but the last of a sector");
    CHECK(ata_ops.read_many(&r.a, DATA, 2, got + 510, 1) == 0, "which comes alone");
    CHECK(in16(&r) == rig_word(30, 255) && alt(&r) == BSY, "and ends the sector");
    CHECK(memcmp(got, r.disk[0].bytes + 30 * 512, 510) == 0, "the words are right");
    CHECK(ata_ops.read_many(&r.a, DATA, 2, got, 256) == 0, "none while it is busy");
    settle(&r);
    CHECK(ata_ops.read_many(&r.a, DATA, 4, got, 1000) == 127, "double words");
    CHECK(ata_ops.read_many(&r.a, STATUS, 1, got, 4) == 0, "only of the data port");
    (void)ata_ops.read(&r.a, DATA, 4);
    address(&r, 0, 40, 1);
    command(&r, 0x30);
    memset(got, 0x66, sizeof got);
    CHECK(ata_ops.write_many(&r.a, DATA, 2, got, 512) == 255, "written as well");
    out16(&r, 0x7777);
    settle(&r);
    CHECK(r.disk[0].bytes[40 * 512 + 509] == 0x66 && r.disk[0].bytes[41 * 512 - 1] == 0x77,
          "to the end");
}

static void test_chs(void)
{
    rig_init(&r, ATA_DISK, ATA_NONE);
    address(&r, 0, 0, 1);
    wr(&r, DEVICE, 0xa0 | 5); /* cylinder 2, head 5, sector 63 */
    wr(&r, LOW, 63);
    wr(&r, MID, 2);
    command(&r, 0x20);
    CHECK(sector_is(&r, (2 * 16 + 5) * 63 + 62), "cylinder, head, sector");
    wr(&r, LOW, 64);
    wr(&r, COUNT, 1);
    CHECK(command(&r, 0x20) == (DRDY | DSC | ERR) && rd(&r, ERROR) == 0x10, "no sector 64: IDNF");
    CHECK(rd(&r, LOW) == 64 && rd(&r, MID) == 2, "the task file stays");
    wr(&r, COUNT, 17);
    wr(&r, DEVICE, 0xa3);
    CHECK(command(&r, 0x91) == (DRDY | DSC), "INITIALIZE DEVICE PARAMETERS: 4 heads, 17 sectors");
    wr(&r, COUNT, 2);
    wr(&r, LOW, 17);
    wr(&r, MID, 10);
    command(&r, 0x20);
    CHECK(sector_is(&r, (10 * 4 + 3) * 17 + 16), "in the new geometry");
    settle(&r);
    CHECK(sector_is(&r, 11 * 4 * 17) && rd(&r, LOW) == 1 && rd(&r, MID) == 11 &&
              rd(&r, DEVICE) == 0xa0,
          "on the next cylinder");
    wr(&r, DEVICE, 0xa4);
    wr(&r, COUNT, 1);
    CHECK(command(&r, 0x20) & ERR, "no head 4");
}

static void test_write(void)
{
    rig_init(&r, ATA_DISK, ATA_NONE);
    address(&r, 0, 20, 2);
    CHECK(command(&r, 0x30) == (DRDY | DSC | DRQ) && r.rises == 0, "no interrupt before the first");
    for (unsigned n = 0; n < 256; n++)
        out16(&r, 0x1111);
    CHECK(alt(&r) == BSY, "busy");
    CHECK(settle(&r) == (DRDY | DSC | DRQ) && r.irq, "the next one is wanted");
    rd(&r, STATUS);
    for (unsigned n = 0; n < 128; n++)
        ata_ops.write(&r.a, DATA, 0x22222222, 4);
    CHECK(settle(&r) == (DRDY | DSC) && r.irq, "done");
    CHECK(r.disk[0].bytes[20 * 512] == 0x11 && r.disk[0].bytes[21 * 512 + 511] == 0x22, "written");
    CHECK(r.disk[0].bytes[22 * 512] == (uint8_t)rig_word(22, 0), "and no more");
    CHECK(r.disk[0].flushes == 0, "not flushed");
    CHECK(command(&r, 0xe7) == (DRDY | DSC) && r.disk[0].flushes == 1, "FLUSH CACHE");
    CHECK(command(&r, 0xea) == (DRDY | DSC) && r.disk[0].flushes == 2, "FLUSH CACHE EXT");
    r.disk[0].flush_fails = true;
    CHECK(command(&r, 0xe7) == (DRDY | DSC | ERR), "that the host could not is told");
    r.disk[0].flush_fails = false;
    wr(&r, ERROR, 0x82);
    CHECK(command(&r, 0xef) == (DRDY | DSC), "write cache off");
    r.disk[0].flushes = 0;
    address(&r, 0, 20, 1);
    command(&r, 0x30);
    for (unsigned n = 0; n < 256; n++)
        out16(&r, 0x3333);
    settle(&r);
    CHECK(r.disk[0].flushes == 1, "then each write is flushed");
    r.disk[0].block.read_only = true;
    address(&r, 0, 20, 1);
    CHECK(command(&r, 0x30) == (DRDY | DSC | ERR) && rd(&r, ERROR) == 0x44, "write-protected");
}

/* Teaching kernels write the command and the data without a look at DRQ between the two. */
static void test_write_without_a_look_at_drq(void)
{
    rig_init(&r, ATA_DISK, ATA_DISK);
    address(&r, 1, 33, 1);
    wr(&r, STATUS, 0x30);
    for (unsigned n = 0; n < 128; n++)
        ata_ops.write(&r.a, DATA, 0x44444444, 4);
    CHECK(!r.irq && settle(&r) == (DRDY | DSC) && r.rises == 1, "one interrupt, at the end");
    CHECK(r.disk[1].bytes[33 * 512] == 0x44 && r.disk[1].bytes[34 * 512 - 1] == 0x44, "written");
    rd(&r, STATUS);
    wr(&r, STATUS, 0xe8);
    CHECK(alt(&r) == (DRDY | DSC | DRQ), "WRITE BUFFER takes its data at once, too");
    for (unsigned n = 0; n < 256; n++)
        out16(&r, 0x5555);
    CHECK(settle(&r) == (DRDY | DSC), "and ends");
    address(&r, 1, 33, 1);
    wr(&r, STATUS, 0xca);
    CHECK(alt(&r) == BSY, "a write by DMA begins as any other command");
}

static void test_errors(void)
{
    rig_init(&r, ATA_DISK, ATA_NONE);
    r.disk[0].bad = 101;
    address(&r, 0, 100, 4);
    command(&r, 0x20);
    CHECK(sector_is(&r, 100), "before the bad sector all is well");
    CHECK(settle(&r) == (DRDY | DSC | ERR) && rd(&r, ERROR) == 0x40, "UNC");
    CHECK(rd(&r, LOW) == 101 && rd(&r, COUNT) == 3, "where, and what is left");
    address(&r, 0, 90, 64);
    CHECK(command(&r, 0x40) & ERR && rd(&r, LOW) == 101, "READ VERIFY finds it");
    address(&r, 0, 101, 1);
    command(&r, 0x30);
    for (unsigned n = 0; n < 256; n++)
        out16(&r, 0);
    CHECK(settle(&r) & ERR, "a write that the host refuses is an error");
    address(&r, 0, RIG_SECTORS - 1, 2);
    command(&r, 0x20);
    CHECK(sector_is(&r, RIG_SECTORS - 1) && settle(&r) & ERR && rd(&r, ERROR) == 0x10,
          "the end of the disk: IDNF");
    address(&r, 0, RIG_SECTORS, 1);
    CHECK(command(&r, 0x30) & ERR && rd(&r, ERROR) == 0x10, "nor can be written there");
    CHECK(command(&r, 0xff) & ERR && rd(&r, ERROR) == 0x04, "unknown command: ABRT");
    CHECK(command(&r, 0xa1) & ERR && rd(&r, ERROR) == 0x04, "IDENTIFY PACKET DEVICE of a disk");
    CHECK(command(&r, 0xc8) & ERR || alt(&r) & DRQ, "READ DMA waits for an engine");
    control(&r, 4);
    control(&r, 0);
    settle(&r);
    address(&r, 0, 0, 3);
    CHECK(command(&r, 0xc6) & ERR, "a multiple of 3 sectors");
    CHECK(command(&r, 0xc4) & ERR, "turns READ MULTIPLE off");
}

static void test_multiple(void)
{
    rig_init(&r, ATA_DISK, ATA_NONE);
    address(&r, 0, 50, 8);
    CHECK(command(&r, 0xc6) == (DRDY | DSC), "SET MULTIPLE MODE 8");
    rd(&r, STATUS);
    r.rises = 0;
    address(&r, 0, 50, 10);
    command(&r, 0xc4);
    unsigned good = 0;
    for (unsigned n = 0; n < 8; n++)
        good += sector_is(&r, 50 + n);
    CHECK(good == 8 && alt(&r) == BSY && r.rises == 1, "eight at once");
    rd(&r, STATUS);
    settle(&r);
    CHECK(r.rises == 2 && sector_is(&r, 58) && sector_is(&r, 59) && alt(&r) == (DRDY | DSC),
          "then the rest");
    address(&r, 0, 50, 10);
    command(&r, 0xc5);
    for (unsigned n = 0; n < 8 * 256; n++)
        out16(&r, 0x4444);
    CHECK(alt(&r) == BSY && (settle(&r) & DRQ), "eight are taken");
    for (unsigned n = 0; n < 2 * 256; n++)
        out16(&r, 0x4444);
    CHECK(settle(&r) == (DRDY | DSC) && r.disk[0].bytes[60 * 512 - 1] == 0x44, "then two");
}

static void test_lba48(void)
{
    rig_init(&r, ATA_DISK, ATA_NONE);
    wr(&r, DEVICE, 0xe0);
    const uint8_t twice[][2] = {{COUNT, 1}, {COUNT, 2}, {LOW, 0},  {LOW, 5},
                                {MID, 0},   {MID, 1},   {HIGH, 0}, {HIGH, 0}};
    for (unsigned n = 0; n < ARRAY_LEN(twice); n++)
        wr(&r, twice[n][0], twice[n][1]);
    control(&r, 0x80);
    CHECK(rd(&r, COUNT) == 1 && rd(&r, LOW) == 0, "HOB shows what was written before");
    wr(&r, LOW, 5);
    CHECK(rd(&r, COUNT) == 2, "a write ends that");
    wr(&r, LOW, 0);
    wr(&r, LOW, 5);
    command(&r, 0x24);
    unsigned good = 0;
    for (unsigned n = 0; n < 258; n++, settle(&r))
        good += sector_is(&r, 261 + n);
    CHECK(good == 258 && alt(&r) == (DRDY | DSC), "READ SECTORS EXT: 258 sectors");
    CHECK(command(&r, 0x27) == (DRDY | DSC) && rd(&r, LOW) == (RIG_SECTORS - 1) % 256 &&
              rd(&r, MID) == (RIG_SECTORS - 1) / 256,
          "READ NATIVE MAX ADDRESS EXT");
}

static void test_resets(void)
{
    rig_init(&r, ATA_DISK, ATA_DISK);
    wr(&r, DEVICE, 0xf0);
    wr(&r, COUNT, 77);
    wr(&r, STATUS, 0xec);
    control(&r, 4);
    CHECK(alt(&r) == BSY && settle(&r) == BSY, "SRST: busy as long as it is set");
    control(&r, 0);
    CHECK(alt(&r) == BSY && settle(&r) == (DRDY | DSC), "and a while");
    CHECK(rd(&r, DEVICE) == 0xa0 && rd(&r, COUNT) == 1 && rd(&r, ERROR) == 1, "signature, disk 0");
    CHECK(r.rises == 0, "without an interrupt");
    wr(&r, DEVICE, 0xf0);
    CHECK(rd(&r, COUNT) == 1, "of disk 1 as well");
    CHECK(command(&r, 0x90) == (DRDY | DSC) && r.irq && rd(&r, DEVICE) == 0xa0 &&
              rd(&r, ERROR) == 1,
          "EXECUTE DEVICE DIAGNOSTIC ends at disk 0");
    rd(&r, STATUS);
    control(&r, 2);
    CHECK(command(&r, 0x10) == (DRDY | DSC) && !r.irq, "nIEN holds the wire down");
    control(&r, 0);
    CHECK(r.irq, "until it is cleared");
    wr(&r, DEVICE, 0xb0);
    CHECK(!r.irq, "only the selected disk drives it");
    wr(&r, DEVICE, 0xa0);
    CHECK(r.irq, "which it does again");
    CHECK(command(&r, 0xe0) == (DRDY | DSC) && command(&r, 0xe5) == (DRDY | DSC) &&
              rd(&r, COUNT) == 0,
          "in standby");
    address(&r, 0, 1, 1);
    command(&r, 0x40);
    CHECK(command(&r, 0xe5) == (DRDY | DSC) && rd(&r, COUNT) == 0xff, "active again");
    wr(&r, COUNT, 0x22);
    wr(&r, ERROR, 3);
    CHECK(command(&r, 0xef) == (DRDY | DSC), "multiword DMA 2");
    wr(&r, COUNT, 0x47);
    CHECK(command(&r, 0xef) & ERR, "there is no Ultra DMA 7");
}

/* Bochs's BIOS looks for the signature of disk 1 right behind the reset: where it saw that of the
   CD-ROM drive, which answers for both, it took it for two. */
static void test_one_drive_is_not_taken_for_two_during_a_reset(void)
{
    rig_init(&r, ATA_CDROM, ATA_NONE);
    wr(&r, DEVICE, 0xf0);
    wr(&r, COUNT, 0x55);
    control(&r, 4);
    control(&r, 0);
    wr(&r, DEVICE, 0xf0);
    CHECK(rd(&r, COUNT) == 0x55, "no signature before the reset is over");
    settle(&r);
    CHECK(rd(&r, COUNT) == 1, "then it is there");
}

static void test_snapshot(void)
{
    struct snap s, l;
    rig_init(&r, ATA_DISK, ATA_NONE);
    rig_init(&q, ATA_DISK, ATA_NONE);
    address(&r, 0, 300, 5);
    command(&r, 0x20);
    CHECK(sector_is(&r, 300) && in16(&r) == 0xffff, "in the middle: between two sectors");
    snap_save_init(&s);
    clock_snap(&r.k, &s);
    ata_snap(&r.a, &s);
    snap_load_init(&l, s.buf, s.len);
    clock_snap(&q.k, &l);
    ata_snap(&q.a, &l);
    CHECK(snap_ok(&l) && l.pos == l.len, "restored");
    CHECK(settle(&q) == (DRDY | DSC | DRQ) && sector_is(&q, 301), "it goes on there");
    for (size_t n = 0; n < s.len; n++) {
        for (unsigned way = 0; way < 2; way++) {
            s.buf[n] ^= way ? 0x81 : 0xff;
            rig_init(&q, way ? ATA_DISK : ATA_NONE, ATA_NONE);
            snap_load_init(&l, s.buf, s.len);
            clock_snap(&q.k, &l);
            ata_snap(&q.a, &l);
            settle(&q);
            for (unsigned k = 0; k < 600; k++)
                (void)in16(&q);
            for (unsigned k = 0; k < 600; k++)
                out16(&q, k);
            settle(&q);
            s.buf[n] ^= way ? 0x81 : 0xff;
        }
    }
    CHECK(true, "hostile snapshots are survived");
    snap_free(&s);
}

/* Any register, any value, at any moment. */
static void test_random(void)
{
    uint32_t seed = 3, answers = 0;
    for (unsigned kinds = 0; kinds < 9; kinds++) {
        rig_init(&r, (enum ata_kind)(kinds % 3), (enum ata_kind)(kinds / 3));
        r.disk[1].bad = 77;
        for (unsigned n = 0; n < 60000; n++) {
            seed = seed * 1664525 + 1013904223;
            unsigned what = seed >> 28, value = seed >> 16 & 0xff, reg = seed >> 24 & 7;
            if (what < 6)
                wr(&r, reg, value);
            else if (what < 8)
                answers ^= rd(&r, reg);
            else if (what < 11)
                for (unsigned k = 0; k < value * 4; k++)
                    answers ^= ata_ops.read(&r.a, DATA, what & 1 ? 2 : 4);
            else if (what < 13)
                for (unsigned k = 0; k < value * 4; k++)
                    ata_ops.write(&r.a, DATA, seed, what & 1 ? 4 : 2);
            else if (what == 13 && value < 40)
                control(&r, value);
            else if (what > 13)
                settle(&r);
        }
    }
    CHECK(answers != 1, "survived");
}

int main(void)
{
    test_presence();
    test_identify();
    test_geometry();
    test_timing();
    test_read();
    test_many();
    test_chs();
    test_write();
    test_write_without_a_look_at_drq();
    test_errors();
    test_multiple();
    test_lba48();
    test_resets();
    test_one_drive_is_not_taken_for_two_during_a_reset();
    test_snapshot();
    test_random();
    return report_end();
}
