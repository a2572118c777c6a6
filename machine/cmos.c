/* SPDX-License-Identifier: MIT */
/*
 * cmos.c - what the setup program of a PC keeps in CMOS memory and a BIOS reads: memory sizes, disk
 * types, the order in which to boot.
 *
 * Sources: IBM AT Technical Reference, "CMOS RAM"; the bytes beyond it as Bochs's BIOS and SeaBIOS
 * (src/hw/rtc.h) read them.
 *
 *   12h      types of disks 0 and 1: F, more in 19h and 1Ah; 0 none
 *   14h      equipment: 7-6 floppies - 1 | 2 mouse | 1 x87 | 0 there are floppies (board_wire adds them)
 *   15h-18h  base and extended memory, KiB; 30h, 31h again
 *   19h-24h  disk types (47: the user's), and their geometry; 39h, 3Ah translation, 2 bits a disk
 *   34h, 35h memory above 16 MiB, 64 KiB units; 5Bh-5Dh above 4 GiB: none
 *   38h, 3Dh boot order: 1 floppy, 2 disk, 3 CD; 38h bit 0: do not look at a floppy's signature
 *   5Fh      processors - 1
 */
#include "base/block.h"
#include "machine/board.h"
#include "machine/chipset.h"

#include <string.h>

#define LOW_MEMORY UINT32_C(0xa0000)
#define HIGH_MEMORY UINT32_C(0x100000)

static uint8_t byte_of(uint32_t v, unsigned n)
{
    return (uint8_t)(v >> 8 * n);
}

static void put16(struct machine *m, unsigned index, uint32_t v)
{
    v = v < 0xffff ? v : 0xffff;
    rtc_cmos_set(&m->rtc, index, byte_of(v, 0));
    rtc_cmos_set(&m->rtc, index + 1, byte_of(v, 1));
}

static void fill_memory(struct machine *m)
{
    uint32_t size = m->cfg.memory;
    uint32_t low = size < LOW_MEMORY ? size : LOW_MEMORY;
    uint32_t high = size > HIGH_MEMORY ? size - HIGH_MEMORY : 0;

    put16(m, 0x15, low >> 10);
    put16(m, 0x17, high >> 10);
    put16(m, 0x30, high >> 10);
    put16(m, 0x34, high > 15u << 20 ? (high - (15u << 20)) >> 16 : 0);
}

/* Types of the disks on the first channel, for a BIOS: "47, with these numbers"; and how addresses of
   more than 1024 cylinders are translated, two bits a disk (0 not, 1 by LBA, 2 by doubling heads). */
static void fill_disks(struct machine *m)
{
    uint8_t types = 0, translations = 0;
    for (unsigned n = 0; n < CONFIG_UNITS; n++) {
        const struct config_unit *u = &m->cfg.ide[n];
        if (u->kind != IDE_DISK)
            continue;
        struct ata_geometry g = ata_geometry(u->medium->sectors);
        unsigned large = g.cylinders * g.heads <= 131072u ? 2 : 1;
        translations |= (uint8_t)((g.cylinders > 1024 ? large : 0) << (2 * n));
        if (n > 1)
            continue;
        const uint8_t numbers[9] = {(uint8_t)g.cylinders,
                                    (uint8_t)(g.cylinders >> 8),
                                    g.heads,
                                    0xff, /* no write precompensation */
                                    0xff,
                                    (uint8_t)(0xc0 | (g.heads > 8 ? 8 : 0)),
                                    (uint8_t)g.cylinders,
                                    (uint8_t)(g.cylinders >> 8), /* landing zone */
                                    g.track};
        types |= n ? 0x0f : 0xf0;
        rtc_cmos_set(&m->rtc, 0x19 + n, 47);
        for (unsigned k = 0; k < ARRAY_LEN(numbers); k++)
            rtc_cmos_set(&m->rtc, 0x1b + 9 * n + k, numbers[k]);
    }
    rtc_cmos_set(&m->rtc, 0x12, types);
    rtc_cmos_set(&m->rtc, 0x39, translations);
}

static uint8_t boot_code(char device)
{
    return device == 'a' ? 1 : device == 'c' ? 2 : device == 'd' ? 3 : 0;
}

static bool has_medium(const struct config *cfg, char device)
{
    enum config_ide kind = device == 'c' ? IDE_DISK : IDE_CDROM;

    if (device == 'a')
        return cfg->floppy[0];
    for (unsigned n = 0; n < CONFIG_UNITS; n++)
        if (cfg->ide[n].kind == kind && cfg->ide[n].medium)
            return true;
    return false;
}

/* As found: disk, floppy, CD, but first those that have a medium: firmware waits long for the index hole
   of a drive that is empty. */
static void find_order(const struct config *cfg, char order[4])
{
    unsigned n = 0;

    for (unsigned pass = 0; pass < 2; pass++)
        for (const char *at = "cad"; *at; at++)
            if (has_medium(cfg, *at) == !pass)
                order[n++] = *at;
    order[n] = 0;
}

static void fill_boot_order(struct machine *m)
{
    char order[4];
    uint8_t code[3] = {0};

    if (m->cfg.boot_order[0])
        memcpy(order, m->cfg.boot_order, sizeof order);
    else
        find_order(&m->cfg, order);
    for (unsigned n = 0; n < 3 && order[n]; n++)
        code[n] = boot_code(order[n]);
    rtc_cmos_set(&m->rtc, 0x3d, (uint8_t)(code[1] << 4 | code[0]));
    rtc_cmos_set(&m->rtc, 0x38, (uint8_t)(code[2] << 4 | 1));
}

void cmos_fill(struct machine *m)
{
    rtc_cmos_set(&m->rtc, 0x14, 0x06);
    fill_memory(m);
    fill_disks(m);
    fill_boot_order(m);
}
