/* SPDX-License-Identifier: MIT */
/*
 * ide.c - a driver that polls, for the disk test. Source: ATA/ATAPI-6, chapter 9 (protocols); Programming
 * Interface for Bus Master IDE Controller, rev. 1.0; PCI Local Bus Specification 2.1 for finding it.
 */
#include "disktest.h"

/* How often a register is looked at before it is given up: a host may be busy elsewhere. */
#define PATIENCE 50000000u
#define DMA_PATIENCE 1000000u /* one test waits in vain */

struct region {
    uint32_t address;
    uint32_t length; /* bit 31: the last */
};

static struct region regions[2] __attribute__((aligned(16)));

uint8_t ide_get(const struct ide *d, unsigned reg)
{
    return inb((uint16_t)(d->base + reg));
}

void ide_put(const struct ide *d, unsigned reg, uint8_t v)
{
    outb((uint16_t)(d->base + reg), v);
}

/* Four looks at the alternate status are 400 ns. */
uint8_t ide_wait(const struct ide *d)
{
    for (unsigned n = 0; n < 4; n++)
        (void)inb(d->control);
    for (uint32_t n = 0; n < PATIENCE; n++)
        if (!(inb(d->control) & BSY))
            return ide_get(d, STATUS);
    return BSY;
}

void ide_reset(const struct ide *d)
{
    outb(d->control, 0x06);
    for (unsigned n = 0; n < 100; n++)
        (void)inb(d->control);
    outb(d->control, 0x00);
    /* On QEMU drive 1 may stay selected, and a drive that is busy does not hear that it is not. */
    for (uint32_t n = 0; n < PATIENCE; n++) {
        ide_put(d, DEVICE, (uint8_t)(0xa0 | d->unit << 4));
        if ((ide_get(d, DEVICE) >> 4 & 1) == d->unit && !(inb(d->control) & BSY))
            break;
    }
    (void)ide_wait(d);
}

void ide_address(const struct ide *d, uint32_t lba, uint32_t count, bool ext)
{
    (void)ide_wait(d);
    ide_put(d, DEVICE, (uint8_t)(0xe0 | d->unit << 4 | (ext ? 0 : lba >> 24 & 15)));
    if (ext) {
        ide_put(d, COUNT, (uint8_t)(count >> 8));
        ide_put(d, LOW, (uint8_t)(lba >> 24));
        ide_put(d, MID, 0);
        ide_put(d, HIGH, 0);
    }
    ide_put(d, COUNT, (uint8_t)count);
    ide_put(d, LOW, (uint8_t)lba);
    ide_put(d, MID, (uint8_t)(lba >> 8));
    ide_put(d, HIGH, (uint8_t)(lba >> 16));
}

uint8_t ide_command(const struct ide *d, uint8_t code)
{
    ide_put(d, STATUS, code);
    return ide_wait(d);
}

uint8_t ide_read(const struct ide *d, uint8_t code, uint32_t count, uint32_t block, void *to)
{
    uint8_t *at = to, status = ide_command(d, code);
    while (count && (status & DRQ)) {
        uint32_t n = count < block ? count : block;
        insw(d->base, at, n * SECTOR / 2);
        at += n * SECTOR;
        count -= n;
        status = ide_wait(d);
    }
    return count ? (uint8_t)(status | ERR) : status;
}

uint8_t ide_write(const struct ide *d, uint8_t code, uint32_t count, uint32_t block,
                  const void *from)
{
    const uint8_t *at = from;
    uint8_t status = ide_command(d, code);
    while (count && (status & DRQ)) {
        uint32_t n = count < block ? count : block;
        outsw(d->base, at, n * SECTOR / 2);
        at += n * SECTOR;
        count -= n;
        status = ide_wait(d);
    }
    return count ? (uint8_t)(status | ERR) : status;
}

/* ---- DMA ---- */

static void dma_prepare(const struct ide *d, bool to_memory, void *data, uint32_t bytes)
{
    uint32_t first = bytes > 1024 ? 1024 : bytes;
    regions[0] = (struct region){(uint32_t)data, first | (first == bytes ? 1u << 31 : 0)};
    regions[1] = (struct region){(uint32_t)data + first, (bytes - first) | 1u << 31};
    outb(d->master, 0);
    outb((uint16_t)(d->master + 2), 0x66);
    outl((uint16_t)(d->master + 4), (uint32_t)regions);
    outb(d->master, to_memory ? 8 : 0);
}

/* Starts the engine and waits for the interrupt bit. */
static uint8_t dma_run(const struct ide *d)
{
    outb(d->master, inb(d->master) | 1);
    for (uint32_t n = 0; n < DMA_PATIENCE; n++)
        if (inb((uint16_t)(d->master + 2)) & 4)
            break;
    outb(d->master, inb(d->master) & 8);
    return ide_wait(d);
}

uint8_t ide_dma(const struct ide *d, uint8_t code, bool to_memory, void *data, uint32_t bytes)
{
    dma_prepare(d, to_memory, data, bytes);
    ide_put(d, STATUS, code);
    return dma_run(d);
}

static uint32_t pci_read(uint32_t slot, uint32_t function, uint32_t reg)
{
    outl(0xcf8, 1u << 31 | slot << 11 | function << 8 | reg);
    return inl(0xcfc);
}

uint16_t ide_find_master(void)
{
    for (uint32_t slot = 0; slot < 32; slot++) {
        for (uint32_t function = 0; function < 8; function++) {
            if (pci_read(slot, function, 0) == 0xffffffff ||
                pci_read(slot, function, 8) >> 16 != 0x0101)
                continue;
            uint32_t command = pci_read(slot, function, 4);
            outl(0xcf8, 1u << 31 | slot << 11 | function << 8 | 4);
            outl(0xcfc, (command & 0xffff) | 5);
            return (uint16_t)(pci_read(slot, function, 0x20) & 0xfff0);
        }
    }
    return 0;
}

/* ---- Packets ---- */

static uint8_t send_packet(const struct ide *d, const uint8_t packet[12], uint32_t limit, bool dma)
{
    (void)ide_wait(d);
    ide_put(d, DEVICE, (uint8_t)(0xa0 | d->unit << 4));
    ide_put(d, ERROR, dma);
    ide_put(d, MID, (uint8_t)limit);
    ide_put(d, HIGH, (uint8_t)(limit >> 8));
    uint8_t status = ide_command(d, 0xa0);
    if ((status & DRQ) && (ide_get(d, COUNT) & 3) == 1)
        outsw(d->base, packet, 6);
    return status;
}

int32_t ide_packet(const struct ide *d, const uint8_t packet[12], void *to, uint32_t most,
                   uint32_t limit)
{
    uint8_t *at = to;
    uint32_t got = 0;
    if (!(send_packet(d, packet, limit, false) & DRQ))
        return -1;
    uint8_t status = ide_wait(d);
    while (status & DRQ) {
        uint32_t n = ide_get(d, MID) | (uint32_t)ide_get(d, HIGH) << 8;
        if (n > limit || got + n > most || n == 0 || (ide_get(d, COUNT) & 3) != 2)
            return -1;
        insw(d->base, at + got, (n + 1) / 2);
        got += n;
        status = ide_wait(d);
    }
    return status & ERR || (ide_get(d, COUNT) & 3) != 3 ? -1 : (int32_t)got;
}

uint8_t ide_packet_dma(const struct ide *d, const uint8_t packet[12], void *to, uint32_t bytes)
{
    dma_prepare(d, true, to, bytes);
    if (!(send_packet(d, packet, 0xfffe, true) & DRQ))
        return ERR;
    return dma_run(d);
}
