/* SPDX-License-Identifier: MIT */
/*
 * ide.c - ATA disks on the two IDE channels of a PC, by programmed I/O with 28-bit addresses.
 * Source: AT Attachment with Packet Interface - 6, 9.5 and 9.6 (PIO data-in and data-out protocol),
 * 9.12 (IDENTIFY DEVICE); the channels are where the IBM PC/AT had its controller.
 *
 * Who waits for a drive with interrupts on halts the processor until the drive (or the timer)
 * interrupts; with interrupts off, as at boot, the status is looked at until it changes. A drive that
 * does not answer in time is given up for good. Not here: DMA, packet devices, disks without LBA.
 */
#include "drivers/drivers.h"

#include <stddef.h>

#include "drivers/x86.h"

/* Registers of a channel, from its base. */
enum { DATA, ERROR, COUNT, LOW, MID, HIGH, DEVICE, STATUS, COMMAND = STATUS };

enum {
    ERR = 0x01,
    DRQ = 0x08,
    DF = 0x20,
    BSY = 0x80,
    DEVICE_LBA = 0xe0,
    READ_SECTORS = 0x20,
    WRITE_SECTORS = 0x30,
    READ_MULTIPLE = 0xc4,
    WRITE_MULTIPLE = 0xc5,
    SET_MULTIPLE = 0xc6,
    IDENTIFY = 0xec,
    BLOCK = 8,            /* sectors between two interrupts, if the drive can do that */
    LOOKS = 50000000,     /* at the status, with interrupts off: at least some seconds */
    SECONDS = 30,         /* with interrupts on */
    IDENTITY_LBA = 1 << 9 /* in word 49 */
};

static const struct channel {
    uint16_t base;    /* the first of eight registers */
    uint16_t control; /* write: device control; read: the status, and the interrupt stays */
    unsigned irq;     /* of the channel */
} channels[] = {{0x1f0, 0x3f6, IRQ_IDE0}, {0x170, 0x376, IRQ_IDE1}};

static struct drive {
    uint32_t sectors; /* that can be reached; 0: there is no disk */
    unsigned block;   /* sectors to move at each DRQ */
} drives[IDE_DRIVES];

static const struct channel *channel_of(unsigned drive)
{
    return &channels[drive / 2];
}

/* Reading the status takes the interrupt back; who waits looks for himself. */
static void acknowledge0(void)
{
    (void)inb((uint16_t)(channels[0].base + STATUS));
}

static void acknowledge1(void)
{
    (void)inb((uint16_t)(channels[1].base + STATUS));
}

/* The status when the drive is no longer busy; BSY: it stays so. `halt`: it will interrupt. */
static uint8_t settle(const struct channel *c, bool halt)
{
    uint32_t start = timer_now();
    for (unsigned n = 0; n < 4; n++)
        (void)inb(c->control); /* 400 ns, after which the status is valid */
    for (uint32_t looks = 0; inb(c->control) & BSY; looks++) {
        if (looks >= LOOKS || timer_now() - start > SECONDS * TICKS_PER_SECOND)
            return BSY;
        uint32_t flags = irq_save();
        if (halt && flags & EFLAGS_IF && inb(c->control) & BSY)
            sti_hlt();
        irq_restore(flags);
    }
    return inb((uint16_t)(c->base + STATUS));
}

/* Selects the drive, and tells it where and how much. */
static bool address(unsigned drive, uint32_t sector, unsigned count)
{
    const struct channel *c = channel_of(drive);
    uint8_t device = (uint8_t)(DEVICE_LBA | (drive & 1) << 4 | (sector >> 24 & 15));
    if (settle(c, false) & BSY)
        return false;
    outb((uint16_t)(c->base + DEVICE), device);
    if (settle(c, false) & (BSY | DRQ))
        return false;
    outb((uint16_t)(c->base + COUNT), (uint8_t)count);
    outb((uint16_t)(c->base + LOW), (uint8_t)sector);
    outb((uint16_t)(c->base + MID), (uint8_t)(sector >> 8));
    outb((uint16_t)(c->base + HIGH), (uint8_t)(sector >> 16));
    return true;
}

/* One command with `count` sectors of data; block: as many at each DRQ. */
static bool command(unsigned drive, uint8_t code, void *data, unsigned count, unsigned block,
                    bool write)
{
    const struct channel *c = channel_of(drive);
    uint8_t *at = data, status = 0;
    outb((uint16_t)(c->base + COMMAND), code);
    for (unsigned left = count; left > 0;) {
        unsigned n = left < block ? left : block;
        /* The first block of a write is asked for without an interrupt. */
        status = settle(c, !write || left != count);
        if (status & (BSY | ERR | DF) || !(status & DRQ))
            break;
        if (write)
            outsw((uint16_t)(c->base + DATA), at, n * IDE_SECTOR / 2);
        else
            insw((uint16_t)(c->base + DATA), at, n * IDE_SECTOR / 2);
        at += n * IDE_SECTOR;
        left -= n;
    }
    bool all = at == (uint8_t *)data + count * IDE_SECTOR;
    if (all && (write || count == 0))
        status = settle(c, true);
    if (status & BSY)
        drives[drive].sectors = 0;
    return all && !(status & (BSY | ERR | DF));
}

uint32_t ide_init(unsigned drive)
{
    static uint16_t identity[IDE_SECTOR / 2];
    const struct channel *c = channel_of(drive);
    struct drive *d = &drives[drive];
    d->sectors = 0;
    outb(c->control, 0); /* it may interrupt */
    outb((uint16_t)(c->base + DEVICE), (uint8_t)(DEVICE_LBA | (drive & 1) << 4));
    (void)inb(c->control);
    uint8_t status = inb(c->control);
    if (status == 0 || status == 0xff || !address(drive, 0, 0) ||
        !command(drive, IDENTIFY, identity, 1, 1, false) || !(identity[49] & IDENTITY_LBA))
        return 0;
    d->block =
        address(drive, 0, BLOCK) && command(drive, SET_MULTIPLE, NULL, 0, 1, false) ? BLOCK : 1;
    d->sectors = identity[60] | (uint32_t)identity[61] << 16;
    pic_handle(c->irq, c == channels ? acknowledge0 : acknowledge1);
    return d->sectors;
}

static bool move(unsigned drive, uint32_t sector, void *data, unsigned count, bool write)
{
    const struct drive *d = &drives[drive];
    bool multiple = d->block > 1;
    uint8_t code = write ? (multiple ? WRITE_MULTIPLE : WRITE_SECTORS)
                         : (multiple ? READ_MULTIPLE : READ_SECTORS);
    if (sector >= d->sectors || count > d->sectors - sector)
        return false;
    return address(drive, sector, count) && command(drive, code, data, count, d->block, write);
}

bool ide_read(unsigned drive, uint32_t sector, void *data, unsigned count)
{
    return move(drive, sector, data, count, false);
}

bool ide_write(unsigned drive, uint32_t sector, const void *data, unsigned count)
{
    return move(drive, sector, (void *)(uintptr_t)data, count, true);
}
