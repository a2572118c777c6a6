/* SPDX-License-Identifier: MIT */
/*
 * ide_rig.h - an IDE channel on the bench: a medium in memory that can be told to fail, a wire that
 * is counted, and the moves of a driver that polls.
 */
#ifndef TESTS_UNIT_IDE_RIG_H
#define TESTS_UNIT_IDE_RIG_H

#include "base/block.h"
#include "base/snap.h"
#include "devices/ata.h"
#include "mmu/bus.h"
#include "tests/report.h"

#include <string.h>

#define RIG_SECTORS 4096u

enum { DATA, ERROR, COUNT, LOW, MID, HIGH, DEVICE, STATUS };
enum { ERR = 0x01, DRQ = 0x08, DSC = 0x10, DRDY = 0x40, BSY = 0x80 };

struct rig_medium {
    struct block block;
    uint8_t bytes[RIG_SECTORS * BLOCK_SECTOR];
    uint64_t bad;       /* a sector that can be neither read nor written */
    unsigned flushes;   /* how many */
    bool flush_fails;   /* they do */
    uint64_t last_read; /* the sector that was read last */
};

struct rig {
    struct clock k;
    struct ata a;
    struct rig_medium disk[2];
    bool irq;       /* level of the wire */
    unsigned rises; /* interrupts so far */
};

static bool rig_read(void *ctx, uint64_t sector, uint32_t count, void *buf)
{
    struct rig_medium *m = ctx;
    if (sector + count > m->block.sectors || (m->bad >= sector && m->bad < sector + count))
        return false;
    memcpy(buf, m->bytes + sector * BLOCK_SECTOR, count * BLOCK_SECTOR);
    m->last_read = sector + count - 1;
    return true;
}

static bool rig_write(void *ctx, uint64_t sector, uint32_t count, const void *buf)
{
    struct rig_medium *m = ctx;
    if (sector + count > m->block.sectors || (m->bad >= sector && m->bad < sector + count))
        return false;
    memcpy(m->bytes + sector * BLOCK_SECTOR, buf, count * BLOCK_SECTOR);
    return true;
}

static bool rig_flush(void *ctx)
{
    struct rig_medium *m = ctx;
    m->flushes++;
    return !m->flush_fails;
}

static void rig_irq(void *dev, unsigned n, bool level)
{
    struct rig *r = dev;
    (void)n;
    r->irq = level;
    r->rises += level;
}

/* What is in word `w` of sector `s` of a fresh medium. */
static inline uint16_t rig_word(uint64_t s, unsigned w)
{
    return (uint16_t)(s * 257 + w);
}

static inline void rig_medium_init(struct rig_medium *m, uint64_t sectors)
{
    m->block = (struct block){
        .read = rig_read, .write = rig_write, .flush = rig_flush, .ctx = m, .sectors = sectors};
    m->bad = UINT64_MAX;
    m->flushes = 0;
    m->flush_fails = false;
    for (uint64_t s = 0; s < RIG_SECTORS; s++) {
        for (unsigned w = 0; w < 256; w++) {
            uint16_t v = rig_word(s, w);
            m->bytes[s * 512 + 2 * w] = (uint8_t)v;
            m->bytes[s * 512 + 2 * w + 1] = (uint8_t)(v >> 8);
        }
    }
}

static inline void rig_init(struct rig *r, enum ata_kind zero, enum ata_kind one)
{
    clock_init(&r->k);
    r->irq = false;
    r->rises = 0;
    ata_init(&r->a, "ide0", &r->k, (struct irq){rig_irq, r, 14}, (struct ata_dma){0}, NULL);
    rig_medium_init(&r->disk[0], RIG_SECTORS);
    rig_medium_init(&r->disk[1], RIG_SECTORS);
    if (zero)
        ata_plug(&r->a, 0, zero, &r->disk[0].block);
    if (one)
        ata_plug(&r->a, 1, one, &r->disk[1].block);
}

static inline void wr(struct rig *r, unsigned reg, unsigned v)
{
    ata_ops.write(&r->a, reg, v, 1);
}

static inline unsigned rd(struct rig *r, unsigned reg)
{
    return ata_ops.read(&r->a, reg, 1);
}

static inline unsigned in16(struct rig *r)
{
    return ata_ops.read(&r->a, DATA, 2) & 0xffff;
}

static inline void out16(struct rig *r, unsigned v)
{
    ata_ops.write(&r->a, DATA, v, 2);
}

static inline unsigned alt(struct rig *r)
{
    return ata_control_ops.read(&r->a, 0, 1);
}

static inline void control(struct rig *r, unsigned v)
{
    ata_control_ops.write(&r->a, 0, v, 1);
}

/* Time goes on until nothing is due within a second; gives the status without clearing INTRQ. */
static inline unsigned settle(struct rig *r)
{
    uint64_t end = r->k.now + clock_periods(1, 1);
    while (clock_next(&r->k) <= end) {
        r->k.now = clock_next(&r->k);
        clock_fire(&r->k);
    }
    return alt(r);
}

static inline unsigned command(struct rig *r, unsigned code)
{
    wr(r, STATUS, code);
    return settle(r);
}

/* LBA28 task file. */
static inline void address(struct rig *r, unsigned unit, uint32_t lba, unsigned count)
{
    wr(r, DEVICE, 0xe0 | unit << 4 | lba >> 24);
    wr(r, COUNT, count);
    wr(r, LOW, lba & 0xff);
    wr(r, MID, lba >> 8 & 0xff);
    wr(r, HIGH, lba >> 16 & 0xff);
}

#endif
