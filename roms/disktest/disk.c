/* SPDX-License-Identifier: MIT */
/*
 * disk.c - an ATA disk as a driver meets it. The disk is the harness's (tests/disk): double word n of
 * sector s is s * 131 + n. The upper half may be written; sectors=N says how large it is.
 */
#include "disktest.h"

static uint16_t id[256];
#define DATA_BYTES (64 * SECTOR)
/* On a boundary of 64 KiB, as DMA wants it, and behind the program. */
static uint32_t *const data = (uint32_t *)0x400000;

static bool is_fresh(uint32_t lba, uint32_t count)
{
    for (uint32_t s = 0; s < count; s++)
        for (uint32_t n = 0; n < 128; n++)
            if (data[s * 128 + n] != (lba + s) * 131 + n)
                return false;
    return true;
}

static void clear(void)
{
    for (uint32_t n = 0; n < DATA_BYTES / 4; n++)
        data[n] = 0xdeadbeef;
}

static void test_identify(struct ide *d, uint32_t sectors)
{
    uint8_t sum = 0;
    ide_reset(d);
    ide_put(d, DEVICE, (uint8_t)(0xa0 | d->unit << 4));
    check(ide_get(d, COUNT) == 1 && ide_get(d, LOW) == 1, "signature: count, sector",
          ide_get(d, COUNT), 1);
    check(ide_get(d, MID) == 0 && ide_get(d, HIGH) == 0, "signature: a disk", ide_get(d, MID), 0);
    ide_address(d, 0, 0, false);
    uint8_t status = ide_read(d, 0xec, 1, 1, id);
    check((status & (ERR | DRDY)) == DRDY, "IDENTIFY DEVICE", status, DRDY);
    check((id[0] & 0x8000) == 0, "word 0: ATA", id[0], 0x40);
    check(id[3] == 16 && id[6] == 63, "words 3, 6: geometry", (uint32_t)id[3] << 16 | id[6],
          16 << 16 | 63);
    check(id[1] == sectors / (16 * 63), "word 1: cylinders", id[1], sectors / (16 * 63));
    check((id[47] & 0xff) == 16, "word 47: multiple of 16", id[47] & 0xff, 16);
    check((id[49] & 0x300) == 0x300, "word 49: LBA, DMA", id[49], 0x300);
    check((id[53] & 7) == 7, "word 53", id[53], 7);
    check((id[60] | (uint32_t)id[61] << 16) == sectors, "words 60, 61: sectors", id[60], sectors);
    check((id[63] & 7) == 7, "word 63: multiword DMA 0 to 2", id[63], 7);
    check((id[64] & 3) == 3, "word 64: PIO 3 and 4", id[64], 3);
    check((id[83] & 0xf400) == 0x7400, "word 83: 48 bits, FLUSH CACHE", id[83], 0x7400);
    check((id[100] | (uint32_t)id[101] << 16) == sectors, "words 100, 101", id[100], sectors);
    for (unsigned n = 0; n < 256; n++)
        sum = (uint8_t)(sum + id[n] + (id[n] >> 8));
    check((id[255] & 0xff) != 0xa5 || sum == 0, "word 255: sum", sum, 0);
}

static void test_read(struct ide *d)
{
    clear();
    ide_address(d, 1000, 8, false);
    uint8_t status = ide_read(d, 0x20, 8, 1, data);
    check(!(status & ERR) && is_fresh(1000, 8), "READ SECTORS", data[0], 1000 * 131);
    clear();
    ide_address(d, 2000, 3, false);
    ide_put(d, DEVICE, (uint8_t)(0xa0 | d->unit << 4)); /* by cylinder 0, head 0, sector 17 */
    ide_put(d, LOW, 17);
    ide_put(d, MID, 0);
    status = ide_read(d, 0x20, 3, 1, data);
    check(!(status & ERR) && is_fresh(16, 3), "READ SECTORS, cylinder 0, sector 17", data[0],
          16 * 131);
    clear();
    ide_address(d, 3000, 16, true);
    status = ide_read(d, 0x24, 16, 1, data);
    check(!(status & ERR) && is_fresh(3000, 16), "READ SECTORS EXT", data[0], 3000 * 131);
    ide_address(d, 0, 8, false);
    check(!(ide_command(d, 0xc6) & ERR), "SET MULTIPLE MODE 8", 0, 0);
    clear();
    ide_address(d, 400, 20, false);
    status = ide_read(d, 0xc4, 20, 8, data);
    check(!(status & ERR) && is_fresh(400, 20), "READ MULTIPLE", data[0], 400 * 131);
    ide_address(d, 64, 1, false);
    clear();
    if (ide_command(d, 0x20) & DRQ)
        insl(d->base, data, 128);
    check(is_fresh(64, 1) && !(ide_wait(d) & DRQ), "by double words", data[0], 64 * 131);
    ide_address(d, 5, 10, false);
    check(!(ide_command(d, 0x40) & ERR), "READ VERIFY", 0, 0);
    check(!(ide_command(d, 0x70) & ERR), "SEEK", 0, 0);
    check(!(ide_command(d, 0x10) & ERR), "RECALIBRATE", 0, 0);
}

/* An interrupt request comes to the PIC with the data. */
static void test_interrupt(struct ide *d)
{
    outb(0xa1, 0xff);
    ide_address(d, 7, 1, false);
    ide_put(d, STATUS, 0x20);
    for (unsigned n = 0; n < 1000000 && (inb(d->control) & BSY); n++)
        continue;
    outb(0xa0, 0x0a);
    uint8_t irr = inb(0xa0);
    check(irr & (d->base == 0x1f0 ? 0x40 : 0x80), "an interrupt with the data", irr, 0x40);
    insw(d->base, data, 256);
    check(is_fresh(7, 1), "and the data", data[0], 7 * 131);
}

static void fill(uint32_t seed, uint32_t count)
{
    for (uint32_t n = 0; n < count * 128; n++)
        data[n] = seed * 77 + n;
}

static bool is_filled(uint32_t seed, uint32_t count)
{
    for (uint32_t n = 0; n < count * 128; n++)
        if (data[n] != seed * 77 + n)
            return false;
    return true;
}

static void test_write(struct ide *d, uint32_t half)
{
    fill(1, 5);
    ide_address(d, half + 10, 5, false);
    uint8_t status = ide_write(d, 0x30, 5, 1, data);
    check(!(status & (ERR | DRQ)), "WRITE SECTORS", status, DRDY);
    fill(2, 20);
    ide_address(d, half + 100, 20, true);
    status = ide_write(d, 0x39, 20, 8, data);
    check(!(status & (ERR | DRQ)), "WRITE MULTIPLE EXT", status, DRDY);
    check(!(ide_command(d, 0xe7) & ERR), "FLUSH CACHE", 0, 0);
    check(!(ide_command(d, 0xea) & ERR), "FLUSH CACHE EXT", 0, 0);
    clear();
    ide_address(d, half + 10, 5, false);
    (void)ide_read(d, 0x20, 5, 1, data);
    check(is_filled(1, 5), "read back", data[0], 77);
    ide_address(d, half + 100, 20, false);
    (void)ide_read(d, 0xc4, 20, 8, data);
    check(is_filled(2, 20), "read back, multiple", data[0], 2 * 77);
}

static void test_errors(struct ide *d, uint32_t sectors)
{
    ide_address(d, sectors, 1, false);
    uint8_t status = ide_command(d, 0x20);
    check((status & (ERR | DRQ)) == ERR, "behind the end", status, ERR);
    ide_address(d, 0, 3, false);
    status = ide_command(d, 0xc6);
    check(status & ERR && ide_get(d, ERROR) & 4, "SET MULTIPLE MODE 3", status, ERR);
    status = ide_command(d, 0x02);
    check(status & ERR && ide_get(d, ERROR) & 4, "no such command", status, ERR);
    status = ide_command(d, 0xa1);
    check(status & ERR && ide_get(d, ERROR) & 4, "IDENTIFY PACKET DEVICE of a disk", status, ERR);
    ide_put(d, DEVICE, (uint8_t)(0xa0 | (d->unit ^ 1) << 4));
    check(ide_get(d, STATUS) == 0, "the other drive is not there", ide_get(d, STATUS), 0);
    ide_put(d, DEVICE, (uint8_t)(0xa0 | d->unit << 4));
    status = ide_command(d, 0x90);
    check(!(status & ERR) && ide_get(d, ERROR) == 1, "EXECUTE DEVICE DIAGNOSTIC", ide_get(d, ERROR),
          1);
}

static void test_dma(struct ide *d, uint32_t half)
{
    if (!d->master)
        return;
    ide_address(d, 0, 0x22, false);
    ide_put(d, ERROR, 3);
    check(!(ide_command(d, 0xef) & ERR), "SET FEATURES: multiword DMA 2", 0, 0);
    clear();
    ide_address(d, 600, 32, false);
    uint8_t status = ide_dma(d, 0xc8, true, data, 32 * SECTOR);
    check(!(status & (ERR | DRQ | BSY)) && is_fresh(600, 32), "READ DMA", data[0], 600 * 131);
    check((inb((uint16_t)(d->master + 2)) & 5) == 4, "interrupt, no longer active",
          inb((uint16_t)(d->master + 2)), 4);
    fill(3, 32);
    ide_address(d, half + 200, 32, true);
    status = ide_dma(d, 0x35, false, data, 32 * SECTOR);
    check(!(status & (ERR | DRQ | BSY)), "WRITE DMA EXT", status, DRDY);
    clear();
    ide_address(d, half + 200, 32, true);
    status = ide_dma(d, 0x25, true, data, 32 * SECTOR);
    check(is_filled(3, 32), "READ DMA EXT", data[0], 3 * 77);
}

void test_disk(struct ide *d)
{
    uint32_t sectors = option("sectors", 0);
    test_identify(d, sectors);
    test_read(d);
    test_interrupt(d);
    test_write(d, sectors / 2);
    test_errors(d, sectors);
    test_dma(d, sectors / 2);
}
