/* SPDX-License-Identifier: MIT */
/*
 * swaparea.c - finds the swap area, in memory or on an IDE disk.
 *
 *   swap=SIZE            so much from the end of memory; 0: none
 *   swap=hda .. hdd      that disk, if it carries a swap area: mkswap(8) makes one
 *   swap=disk            the first disk that carries one
 *   swap=hda,force       the whole disk, whatever is on it (its first page stays)
 *   (nothing)            the second boot module; else the first disk that carries one; else a
 *                        sixteenth of the memory, at most 8 MiB
 *
 * The format on disk is version 1 of Linux's: the first page holds, from byte 1024 on, version, number of
 * the last page, number of bad pages (an area with such is left alone); and ends with "SWAPSPACE2".
 * Partitions are not looked for.
 */
#include "boot/swaparea.h"

#include <stddef.h>

#include "boot/bootinfo.h"
#include "drivers/drivers.h"
#include "kernel/core.h"
#include "kernel/layout.h"
#include "lib/string.h"

enum {
    SECTORS = PAGE_SIZE / IDE_SECTOR, /* of a page */
    MOST_PLACES = 1 << 19, /* what page-table entries and the kernel's list have room for */
    PLACES_PER_MIB = 4096, /* of memory: the list takes at most a 64th of it */
};

static const char signature[] = "SWAPSPACE2";

/* The first page of a disk. */
static union {
    uint8_t bytes[PAGE_SIZE];
    struct {
        uint32_t boot[256]; /* room for a boot sector */
        uint32_t version;   /* 1 */
        uint32_t last;      /* number of the last page */
        uint32_t bad_count; /* pages not to be used */
    };
} first;

static void name_drive(char name[8], unsigned drive)
{
    strlcpy(name, "hda", 8);
    name[2] = (char)('a' + drive);
}

/* Is there a disk, and could its first page be read? */
static bool read_first(unsigned drive, uint32_t *pages)
{
    *pages = ide_init(drive) / SECTORS;
    return *pages > 1 && ide_read(drive, 0, first.bytes, SECTORS);
}

static bool carries_area(uint32_t pages)
{
    const uint8_t *end = first.bytes + PAGE_SIZE - (sizeof signature - 1);
    return strncmp((const char *)end, signature, sizeof signature - 1) == 0 && first.version == 1 &&
           first.last > 0 && first.last < pages && first.bad_count == 0;
}

/* The area on a disk whose first page was read; says why not. */
static struct swap_area area_on(const struct bootinfo *b, unsigned drive, uint32_t places)
{
    struct swap_area a = {.drive = drive};
    name_drive(a.name, drive);
    /* To write what is there already does no harm, and shows whether the disk can be written. */
    if (!ide_write(drive, 0, first.bytes, 1)) {
        print_error("swap: %s cannot be written\n", a.name);
        return a;
    }
    uint32_t most = b->mib < MOST_PLACES / PLACES_PER_MIB ? b->mib * PLACES_PER_MIB : MOST_PLACES;
    a.places = places < most ? places : most;
    return a;
}

/* swap=disk, or no word about it: the first disk with an area. */
static struct swap_area search(const struct bootinfo *b)
{
    uint32_t pages;
    for (unsigned drive = 0; drive < IDE_DRIVES; drive++) {
        struct swap_area a = {.places = 0};
        if (read_first(drive, &pages) && carries_area(pages))
            a = area_on(b, drive, first.last + 1);
        if (a.places)
            return a;
    }
    return (struct swap_area){.drive = IDE_DRIVES};
}

/* swap=hdX: that one or none. */
static struct swap_area one_disk(const struct bootinfo *b, unsigned drive, bool force)
{
    struct swap_area none = {.drive = IDE_DRIVES};
    uint32_t pages;
    name_drive(none.name, drive);
    if (!read_first(drive, &pages)) {
        print_error("swap: there is no disk %s, or it cannot be read\n", none.name);
        return none;
    }
    bool carries = carries_area(pages);
    if (!carries && !force) {
        print_error("swap: %s carries no swap area: mkswap makes one, swap=%s,force takes the disk "
                    "as it is\n",
                    none.name, none.name);
        return none;
    }
    return area_on(b, drive, carries ? first.last + 1 : pages);
}

static struct swap_area in_memory(struct range r)
{
    uint32_t base = (r.start + PAGE_SIZE - 1) & PAGE_MASK;
    return (struct swap_area){"memory", r.end > base ? (r.end - base) / PAGE_SIZE : 0, base,
                              IDE_DRIVES};
}

static struct swap_area from_memory(struct bootinfo *b, uint32_t wanted)
{
    struct range area = bootinfo_carve(b, wanted);
    if (wanted && area.start == area.end)
        panic("swap=%u: there is not so much memory to spare", wanted);
    return in_memory(area);
}

struct swap_area swaparea_find(struct bootinfo *b)
{
    const char *value = bootinfo_option(b, "swap=");
    if (value && bootinfo_word(b, "swap=disk")) {
        struct swap_area a = search(b);
        if (!a.places)
            print_error("swap: no disk carries a swap area (mkswap makes one)\n");
        return a;
    }
    if (value && value[0] == 'h' && value[1] == 'd' && value[2] >= 'a' &&
        value[2] < 'a' + IDE_DRIVES)
        return one_disk(b, (unsigned)(value[2] - 'a'), strncmp(value + 3, ",force", 6) == 0);
    if (value && (*value < '0' || *value > '9'))
        print_error("swap: neither a size nor a disk: swap=%s\n", value);
    if (b->module_count > 1)
        return in_memory(b->modules[1]);
    if (value)
        return from_memory(b, bootinfo_size(b, "swap="));
    struct swap_area a = search(b);
    uint32_t end = b->ram[b->ram_count - 1].end;
    return a.places ? a : from_memory(b, end / 16 < 8u << 20 ? end / 16 : 8u << 20);
}
