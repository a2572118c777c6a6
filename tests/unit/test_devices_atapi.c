/* SPDX-License-Identifier: MIT */
/* test_devices_atapi.c - a CD-ROM drive: the packet protocol, what it answers, changes of the disc. */
#include "tests/unit/ide_rig.h"

static struct rig r; /* large */
static uint8_t got[65536 * 2];

#define BLOCKS (RIG_SECTORS / 4)

static void setup(void)
{
    rig_init(&r, ATA_CDROM, ATA_NONE);
    r.disk[0].block.read_only = true;
}

/* Sends a packet with a byte count limit; the status then. */
static unsigned send(const uint8_t packet[12], unsigned limit)
{
    wr(&r, DEVICE, 0xa0);
    wr(&r, ERROR, 0);
    wr(&r, MID, limit & 0xff);
    wr(&r, HIGH, limit >> 8);
    unsigned status = command(&r, 0xa0);
    if (!(status & DRQ) || (rd(&r, COUNT) & 3) != 1)
        return status;
    for (unsigned n = 0; n < 12; n += 2)
        out16(&r, packet[n] | (unsigned)packet[n + 1] << 8);
    return settle(&r);
}

/* All that comes; -1: it failed. `blocks`: in how many pieces. */
static int transfer(const uint8_t packet[12], unsigned limit, unsigned *blocks)
{
    unsigned status = send(packet, limit), n = 0, count = 0;
    for (; status & DRQ; status = settle(&r), count++) {
        unsigned bytes = rd(&r, MID) | rd(&r, HIGH) << 8;
        if ((rd(&r, COUNT) & 3) != 2 || bytes > limit || !bytes || n + bytes > sizeof got)
            return -2;
        rd(&r, STATUS);
        for (unsigned k = 0; k < bytes; k += 2) {
            unsigned word = in16(&r);
            got[n++] = (uint8_t)word;
            if (k + 1 < bytes)
                got[n++] = (uint8_t)(word >> 8);
        }
    }
    if (blocks)
        *blocks = count;
    if ((rd(&r, COUNT) & 3) != 3)
        return -3;
    return status & ERR ? -1 : (int)n;
}

#define DO(limit, ...) transfer((const uint8_t[12]){__VA_ARGS__}, limit, NULL)

static unsigned sense(void)
{
    return DO(0xfffe, 0x03, 0, 0, 0, 18) == 18 ? (got[2] & 15u) << 16 | got[12] << 8 | got[13] : 0;
}

static bool is_disc(unsigned lba, unsigned n)
{
    return memcmp(got, r.disk[0].bytes + lba * 2048, n * 2048) == 0;
}

static void test_protocol(void)
{
    unsigned blocks;
    setup();
    CHECK(alt(&r) == 0 && rd(&r, MID) == 0x14 && rd(&r, HIGH) == 0xeb, "signature; not yet ready");
    CHECK(command(&r, 0xec) & ERR && rd(&r, ERROR) == 4 && rd(&r, MID) == 0x14, "IDENTIFY DEVICE");
    CHECK(command(&r, 0x20) & ERR, "READ SECTORS is no command of a CD-ROM drive");
    r.rises = 0;
    rd(&r, STATUS);
    wr(&r, STATUS, 0xa0);
    CHECK(alt(&r) == (DRDY | DSC | DRQ) && rd(&r, COUNT) == 1 && !r.irq,
          "PACKET: asks for the command, without an interrupt");
    for (unsigned n = 0; n < 6; n++)
        out16(&r, 0);
    CHECK(alt(&r) == BSY && settle(&r) == (DRDY | DSC) && r.irq && rd(&r, COUNT) == 3,
          "TEST UNIT READY: status, with an interrupt");
    const uint8_t read3[12] = {0x28, 0, 0, 0, 0, 10, 0, 0, 3};
    r.rises = 0;
    rd(&r, STATUS);
    CHECK(transfer(read3, 0xfffe, &blocks) == 6144 && blocks == 1 && is_disc(10, 3),
          "in one piece");
    CHECK(r.rises == 2, "two interrupts: data, status");
    CHECK(transfer(read3, 2048, &blocks) == 6144 && blocks == 3 && is_disc(10, 3), "a sector each");
    CHECK(transfer(read3, 1000, &blocks) == 6144 && is_disc(10, 3), "pieces of 1000");
    CHECK(transfer(read3, 999, &blocks) == 6144 && is_disc(10, 3), "an odd limit: even pieces");
    CHECK(transfer(read3, 1, &blocks) == -2, "a limit of one byte cannot be kept");
    control(&r, 4);
    control(&r, 0);
    settle(&r);
    CHECK(DO(5, 0x12, 0, 0, 0, 5) == 5 && got[0] == 5, "an odd answer of five bytes");
    CHECK(DO(0xfffe, 0x12, 0, 0, 0, 0) == 0, "none at all");
    CHECK(DO(63488, 0xa8, 0, 0, 0, 0, 1, 0, 0, 0, 62) == 62 * 2048 && is_disc(1, 62), "READ(12)");
    CHECK(DO(0xfffe, 0x28, 0, 0, 0, 0, 1) == 0, "no sectors");
    wr(&r, ERROR, 2);
    CHECK(command(&r, 0xa0) & ERR && rd(&r, ERROR) == 4, "overlapped: ABRT");
    wr(&r, STATUS, 0xa0);
    wr(&r, STATUS, 0x08);
    CHECK(settle(&r) == 0 && rd(&r, MID) == 0x14, "DEVICE RESET at any time");
}

static void test_sense(void)
{
    setup();
    CHECK(DO(0xfffe, 0xee) == -1 && rd(&r, ERROR) >> 4 == 5 && sense() == 0x052000,
          "no such command");
    CHECK(sense() == 0, "said once");
    CHECK(DO(0xfffe, 0x28, 0, 0, 0, BLOCKS >> 8, 0, 0, 0, 1) == -1 && sense() == 0x052100,
          "beyond");
    CHECK(DO(0xfffe, 0x28, 0, 0, 0, 0, 1, 0, 0xff, 0xff) == -1 && sense() == 0x052100, "too many");
    CHECK(DO(0xfffe, 0xa8, 0, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff) == -1 && sense() == 0x052100,
          "far too many");
    r.disk[0].bad = 4 * 12 + 1;
    CHECK(DO(2048, 0x28, 0, 0, 0, 0, 10, 0, 0, 4) == -1 && is_disc(10, 2) && sense() == 0x031100,
          "a bad sector: what lies before it comes");
}

static void test_answers(void)
{
    setup();
    CHECK(DO(0xfffe, 0x25) == 8 && got[2] == (BLOCKS - 1) >> 8 && got[6] == 8, "READ CAPACITY");
    CHECK(DO(0xfffe, 0x43, 0, 0, 0, 0, 0, 0, 0, 100) == 20 && got[1] == 18 && got[14] == 0xaa,
          "TOC");
    CHECK(DO(0xfffe, 0x43, 2, 0, 0, 0, 0, 0xaa, 0, 100) == 12 && got[6] == 0xaa && got[9] == 0 &&
              got[10] == (BLOCKS + 150) / 75 && got[11] == (BLOCKS + 150) % 75,
          "lead-out, MSF");
    CHECK(DO(0xfffe, 0x43, 0, 0, 0, 0, 0, 2, 0, 100) == -1 && sense() == 0x052400, "no track 2");
    CHECK(DO(0xfffe, 0x43, 0, 1, 0, 0, 0, 0, 0, 100) == 12 && got[2] == 1, "sessions");
    CHECK(DO(0xfffe, 0x43, 2, 2, 0, 0, 0, 0, 0, 100) == 48 && got[7] == 0xa0 && got[40] == 1,
          "full TOC");
    CHECK(DO(0xfffe, 0x43, 0, 0, 0, 0, 0, 0, 0, 12, 0x40) == 12, "format where SFF-8020i has it");
    CHECK(DO(0xfffe, 0x5a, 0, 0x2a, 0, 0, 0, 0, 0, 128) == 28 && got[8] == 0x2a && got[1] == 26 &&
              got[2] == 1,
          "MODE SENSE: capabilities");
    CHECK(DO(0xfffe, 0x5a, 0, 0x3f, 0, 0, 0, 0, 0, 255) == 56, "all pages");
    CHECK(DO(0xfffe, 0x5a, 0, 0x41, 0, 0, 0, 0, 0, 255) == 20 && got[10] == 0, "nothing to change");
    CHECK(DO(0xfffe, 0x5a, 0, 0xc1, 0, 0, 0, 0, 0, 255) == -1 && sense() == 0x053900, "nor saved");
    CHECK(DO(0xfffe, 0x5a, 0, 0x05, 0, 0, 0, 0, 0, 255) == -1 && sense() == 0x052400, "no page 5");
    CHECK(DO(0xfffe, 0x46, 0, 0, 0, 0, 0, 0, 1, 0) > 40 && got[7] == 8, "a CD is there");
    CHECK(DO(0xfffe, 0x46, 2, 0, 0x1e, 0, 0, 0, 1, 0) == 16 && got[9] == 0x1e && (got[10] & 1),
          "the feature CD is current");
    CHECK(DO(0xfffe, 0x51, 0, 0, 0, 0, 0, 0, 0, 34) == 34 && got[2] == 0x0e, "a finished disc");
    CHECK(DO(0xfffe, 0x42, 0, 0x40, 1, 0, 0, 0, 0, 16) == 16 && got[4] == 1 && got[6] == 1,
          "READ SUB-CHANNEL");
    CHECK(DO(0xfffe, 0xbd, 0, 0, 0, 0, 0, 0, 0, 8) == 8 && got[1] == 0, "the tray is shut");
    CHECK(DO(0xfffe, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8) == 8 && got[4] == 0 && got[5] == 2,
          "no event");
    CHECK(DO(0xfffe, 0x4a, 0, 0, 0, 0x10, 0, 0, 0, 8) == -1 && sense() == 0x052400, "only polled");
}

/* Against a second model: the two codes are zero when all symbols are put in. */
static unsigned times(unsigned a, unsigned b)
{
    unsigned sum = 0;
    for (; b; b >>= 1, a = a << 1 ^ (a & 0x80 ? 0x11d : 0))
        sum ^= b & 1 ? a : 0;
    return sum;
}

static bool is_codeword(const uint8_t *symbol, unsigned n)
{
    unsigned zero = 0, one = 0;
    for (unsigned k = 0; k < n; k++) {
        zero ^= symbol[k];
        one = times(one, 2) ^ symbol[k];
    }
    return zero == 0 && one == 0;
}

static void test_raw(void)
{
    unsigned good = 0;
    uint8_t symbol[45];
    setup();
    CHECK(DO(0xfffe, 0xbe, 0, 0, 0, 0, 16, 0, 0, 3, 0xf8) == 3 * 2352, "READ CD, whole sectors");
    const uint8_t *raw = got + 2352;
    CHECK(raw[0] == 0 && raw[1] == 0xff && raw[11] == 0 && raw[12] == 0 && raw[13] == 2 &&
              raw[14] == 0x17 && raw[15] == 1,
          "sector 17 is 00:02:17, mode 1");
    CHECK(memcmp(raw + 16, r.disk[0].bytes + 17 * 2048, 2048) == 0, "its data");
    for (unsigned n = 0; n < 86; n++) { /* P: columns */
        for (unsigned k = 0; k < 26; k++)
            symbol[k] = raw[12 + 86 * k + n];
        good += is_codeword(symbol, 26);
    }
    CHECK(good == 86, "%u of 86 P words", good);
    good = 0;
    for (unsigned n = 0; n < 26; n++) { /* Q: diagonals, of even and odd bytes */
        for (unsigned odd = 0; odd < 2; odd++) {
            for (unsigned k = 0; k < 43; k++)
                symbol[k] = raw[12 + 2 * ((43 * n + 44 * k) % 1118) + odd];
            symbol[43] = raw[12 + 2 * (1118 + n) + odd];
            symbol[44] = raw[12 + 2 * (1144 + n) + odd];
            good += is_codeword(symbol, 45);
        }
    }
    CHECK(good == 52, "%u of 52 Q words", good);
    uint32_t crc = 0; /* the CRC of data with their CRC is 0 */
    for (unsigned n = 0; n < 2068; n++) {
        crc ^= raw[n];
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xd8018001 : crc >> 1;
    }
    CHECK(crc == 0, "EDC");
    CHECK(DO(0xfffe, 0xbe, 0, 0, 0, 0, 16, 0, 0, 2, 0x10) == 4096 && is_disc(16, 2), "data only");
    CHECK(DO(0xfffe, 0xbe, 0, 0, 0, 0, 16, 0, 0, 2, 0x20) == 8 && got[2] == 0x16, "headers only");
    CHECK(DO(0xfffe, 0xb9, 0, 0, 0, 2, 16, 0, 2, 18, 0x10) == 4096 && is_disc(16, 2),
          "READ CD MSF");
    CHECK(DO(0xfffe, 0xbe, 4, 0, 0, 0, 16, 0, 0, 1, 0x10) == -1 && sense() == 0x056400, "no audio");
    CHECK(DO(0xfffe, 0xbe, 0, 0, 0, 0, 16, 0, 0, 1, 0x90) == -1 && sense() == 0x052400,
          "parts that do not follow each other");
    CHECK(DO(0xfffe, 0xbe, 0, 0, 0, 0, 16, 0, 0, 1, 0x10, 1) == -1, "no sub-channels");
}

static void test_change(void)
{
    setup();
    CHECK(DO(0xfffe, 0x1e, 0, 0, 0, 1) == 0 && ata_is_locked(&r.a, 0), "the guest locks the tray");
    CHECK(DO(0xfffe, 0x1b, 0, 0, 0, 2) == -1 && sense() == 0x055302, "and cannot open it then");
    ata_ask_for_medium(&r.a, 0);
    CHECK(DO(0xfffe, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8) == 8 && got[4] == 1,
          "the user wants the disc");
    CHECK(DO(0xfffe, 0x1e, 0, 0, 0, 0) == 0 && DO(0xfffe, 0x1b, 0, 0, 0, 2) == 0, "it opens");
    CHECK(DO(0xfffe, 0x00) == -1 && sense() == 0x023a02, "not ready: open");
    CHECK(DO(0xfffe, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8) == 8 && got[4] == 3 && got[5] == 1,
          "removed");
    CHECK(DO(0xfffe, 0x1b, 0, 0, 0, 3) == 0, "it closes");
    CHECK(DO(0xfffe, 0x00) == -1 && sense() == 0x062800, "another disc, perhaps");
    CHECK(DO(0xfffe, 0x00) == 0, "said once");
    ata_insert(&r.a, 0, NULL);
    CHECK(DO(0xfffe, 0x25) == -1 && sense() == 0x023a02, "taken out");
    CHECK(DO(0xfffe, 0x12, 0, 0, 0, 36) == 36, "INQUIRY needs no disc");
    CHECK(DO(0xfffe, 0x46, 0, 0, 0, 0, 0, 0, 1, 0) > 8 && got[7] == 0, "no profile is current");
    rig_medium_init(&r.disk[1], 400);
    ata_insert(&r.a, 0, &r.disk[1].block);
    CHECK(DO(0xfffe, 0x03, 0, 0, 0, 18) == 18 && got[2] == 6 && got[12] == 0x28,
          "REQUEST SENSE tells");
    CHECK(DO(0xfffe, 0x25) == 8 && got[3] == 99, "the new one");
    CHECK(DO(0xfffe, 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8) == 8 && got[4] == 2, "is an event");
    /* While sectors are on their way. */
    (void)send((const uint8_t[12]){0x28, 0, 0, 0, 0, 10, 0, 0, 40}, 2048);
    ata_insert(&r.a, 0, NULL);
    for (unsigned n = 0; n < 1024; n++)
        (void)in16(&r);
    CHECK(settle(&r) & ERR && sense() == 0x023a02, "taken out in the middle of a read");
}

static void test_hostile(void)
{
    uint32_t seed = 7;
    struct snap s, l;
    setup();
    for (unsigned round = 0; round < 20000; round++) {
        uint8_t packet[12];
        static const uint8_t codes[] = {0x03, 0x12, 0x1b, 0x1e, 0x25, 0x28, 0x42, 0x43, 0x46,
                                        0x4a, 0x51, 0x5a, 0xa8, 0xb9, 0xbd, 0xbe, 0x2b, 0x00};
        for (unsigned n = 0; n < 12; n++) {
            seed = seed * 1664525 + 1013904223;
            packet[n] = (uint8_t)(seed >> 24 & (seed & 0x8000 ? 0xff : 0x07));
        }
        packet[0] = codes[seed % sizeof codes];
        (void)send(packet, seed >> 12 & 0xffff);
        for (unsigned n = seed >> 20 & 0xfff; n && (alt(&r) & DRQ); n--)
            (void)in16(&r);
        settle(&r);
        if (seed % 7 == 0)
            ata_insert(&r.a, 0, seed & 0x100 ? &r.disk[seed >> 9 & 1].block : NULL);
        if (alt(&r) & DRQ && seed % 3 == 0)
            wr(&r, STATUS, 8);
        settle(&r);
    }
    CHECK(true, "random packets are survived");
    setup();
    (void)send((const uint8_t[12]){0x28, 0, 0, 0, 0, 10, 0, 0, 40}, 2048);
    snap_save_init(&s);
    ata_snap(&r.a, &s);
    for (size_t n = 0; n < 400 && n < s.len; n++) {
        s.buf[n] ^= 0xff;
        setup();
        snap_load_init(&l, s.buf, s.len);
        ata_snap(&r.a, &l);
        for (unsigned k = 0; k < 3000; k++)
            (void)in16(&r);
        settle(&r);
        for (unsigned k = 0; k < 3000; k++)
            (void)in16(&r);
        s.buf[n] ^= 0xff;
    }
    CHECK(true, "hostile snapshots are survived");
    snap_free(&s);
}

int main(void)
{
    test_protocol();
    test_sense();
    test_answers();
    test_raw();
    test_change();
    test_hostile();
    return report_end();
}
