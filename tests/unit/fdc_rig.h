/* SPDX-License-Identifier: MIT */
/*
 * fdc_rig.h - for the tests of the floppy controller: the chip with its DMA controller, memory and a
 * medium in memory, and what a driver does with them (send a command, wait, read the result).
 */
#ifndef TESTS_UNIT_FDC_RIG_H
#define TESTS_UNIT_FDC_RIG_H

#include "devices/dma.h"
#include "devices/fdc.h"
#include "mmu/bus.h"
#include "tests/report.h"
#include "tests/unit/floppy_disk.h"

#include <string.h>

#define SECTORS 2880u

struct rig {
    struct clock clock;
    struct bus bus;
    struct dma dma;
    struct fdc fdc;
    struct disk disk;
    unsigned edges;
    bool level;
};

static inline void wire(void *rig, unsigned n, bool level)
{
    struct rig *r = rig;
    (void)n;
    r->edges += level && !r->level;
    r->level = level;
}

static inline size_t channel2(void *dma, bool to_memory, uint8_t *buf, size_t n, bool *tc)
{
    return dma_transfer(dma, 2, to_memory, buf, n, tc);
}

static inline void out(struct rig *r, unsigned port, unsigned v)
{
    const struct io_ops *ops = port == 0x3f7   ? &fdc_dir_ops
                               : port >= 0x3f0 ? &fdc_ops
                               : port >= 0xc0  ? &dma_second_ops
                               : port >= 0x80  ? &dma_page_ops
                                               : &dma_first_ops;
    unsigned base = port == 0x3f7   ? 0x3f7
                    : port >= 0x3f0 ? 0x3f0
                    : port >= 0xc0  ? 0xc0
                                    : port & 0x80;
    ops->write(port >= 0x3f0 ? (void *)&r->fdc : (void *)&r->dma, port - base, v, 1);
}

static inline unsigned in(struct rig *r, unsigned port)
{
    return port == 0x3f7 ? fdc_dir_ops.read(&r->fdc, 0, 1) : fdc_ops.read(&r->fdc, port - 0x3f0, 1);
}

/* Sends a command; false: the chip does not want as many bytes. */
static inline bool send(struct rig *r, const uint8_t *bytes, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        if ((in(r, 0x3f4) & 0xc0) != 0x80)
            return false;
        out(r, 0x3f5, bytes[i]);
    }
    return true;
}
#define SEND(r, ...) send(r, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

/* Time passes up to the next event; false: there is none. */
static inline bool pass(struct rig *r)
{
    if (clock_next(&r->clock) == CLOCK_NEVER)
        return false;
    r->clock.now = clock_next(&r->clock);
    clock_fire(&r->clock);
    return true;
}

/* Lets time pass until the interrupt; false: nothing is going to happen. */
static inline bool wait(struct rig *r)
{
    while (!r->level && pass(r))
        continue;
    return r->level;
}

/* Reads all of the result; how many bytes there were. */
static inline unsigned answer(struct rig *r, uint8_t *to, unsigned room)
{
    unsigned n = 0;
    while ((in(r, 0x3f4) & 0xd0) == 0xd0 && n < room)
        to[n++] = (uint8_t)in(r, 0x3f5);
    return n;
}

static inline bool sense(struct rig *r, unsigned *st0, unsigned *pcn)
{
    uint8_t a[2] = {0, 0};
    SEND(r, 0x08);
    unsigned n = answer(r, a, 2);
    *st0 = a[0];
    *pcn = a[1];
    return n == 2;
}

/* Seek drive 0, as a driver does it. */
static inline unsigned seek(struct rig *r, unsigned cylinder)
{
    unsigned st0, pcn;
    SEND(r, 0x0f, 0, (uint8_t)cylinder);
    wait(r);
    sense(r, &st0, &pcn);
    return st0 << 8 | pcn;
}

static inline void dma(struct rig *r, unsigned mode, phys_t at, unsigned count)
{
    const uint16_t program[][2] = {{0x0a, 6},
                                   {0x0c, 0},
                                   {0x0b, (uint16_t)mode},
                                   {0x04, at & 0xff},
                                   {0x04, at >> 8 & 0xff},
                                   {0x05, (count - 1) & 0xff},
                                   {0x05, (count - 1) >> 8 & 0xff},
                                   {0x81, (uint16_t)(at >> 16)},
                                   {0x0a, 2}};
    for (unsigned i = 0; i < 9; i++)
        out(r, program[i][0], program[i][1]);
}
enum { TO_MEMORY = 0x46, FROM_MEMORY = 0x4a };

static inline bool result_is(struct rig *r, const uint8_t *want)
{
    uint8_t a[16];
    unsigned n = answer(r, a, sizeof a);
    bool same = n == 7 && memcmp(a, want, 7) == 0;
    if (!same)
        printf("result of %u: %02x %02x %02x %02x %02x %02x %02x\n", n, a[0], a[1], a[2], a[3],
               a[4], a[5], a[6]);
    return same;
}
#define RESULT(r, ...) (wait(r) && result_is(r, (const uint8_t[7]){__VA_ARGS__}))

static inline bool memory_is(struct rig *r, phys_t at, const uint8_t *want, size_t n)
{
    static uint8_t got[65536];
    bus_dma_read(&r->bus, at, got, n);
    return memcmp(got, want, n) == 0;
}

/* Out of reset with the motor of drive 0 on, four interrupts taken, SPECIFY, 500 kbit/s. */
static inline void start(struct rig *r)
{
    unsigned st0, pcn;
    out(r, 0x3f2, 0x00);
    out(r, 0x3f2, 0x1c);
    wait(r);
    for (unsigned n = 0; n < 4; n++)
        sense(r, &st0, &pcn);
    SEND(r, 0x03, 0xaf, 0x02);
    out(r, 0x3f7, 0);
}

/* Drives 0 and 1 of 1.44 MB, a medium in the first. */
static inline bool rig_init(struct rig *r)
{
    struct error err;
    if (!bus_init(&r->bus, 0x100000, NULL, &err))
        return false;
    bus_map_ram(&r->bus, "ram", 0, 0x100000, 0);
    clock_init(&r->clock);
    fill(&r->disk, SECTORS);
    dma_init(&r->dma, &r->bus, NULL);
    out(r, 0xd6, 0xc0);
    out(r, 0xd4, 0x00);
    fdc_init(&r->fdc, &r->clock, (struct irq){wire, r, 6}, (struct fdc_dma){channel2, &r->dma},
             NULL);
    fdc_attach(&r->fdc, 0, FDC_1440K);
    fdc_attach(&r->fdc, 1, FDC_1440K);
    fdc_insert(&r->fdc, 0, &r->disk.block);
    return true;
}

#endif
