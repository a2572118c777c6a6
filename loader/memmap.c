/* SPDX-License-Identifier: MIT */
/*
 * memmap.c - the ranges of memmap.h in ascending order, as kernels expect them.
 */
#include "loader/memmap.h"

#include "loader/image.h"

#define ROM_BASE UINT32_C(0xf0000)
#define FIRMWARE_BASE UINT32_C(0xfffc0000)

unsigned memmap_fill(struct memmap_entry map[MEMMAP_ENTRIES], uint32_t memory)
{
    unsigned n = 0;

    map[n++] = (struct memmap_entry){0, MEMMAP_EBDA, MEMMAP_USABLE};
    map[n++] = (struct memmap_entry){MEMMAP_EBDA, PLAN_LOW_END - MEMMAP_EBDA, MEMMAP_RESERVED};
    map[n++] = (struct memmap_entry){ROM_BASE, PLAN_HIGH_BASE - ROM_BASE, MEMMAP_RESERVED};
    if (memory > PLAN_HIGH_BASE)
        map[n++] = (struct memmap_entry){PLAN_HIGH_BASE, memory - PLAN_HIGH_BASE, MEMMAP_USABLE};
    map[n++] = (struct memmap_entry){FIRMWARE_BASE, -FIRMWARE_BASE, MEMMAP_RESERVED};
    return n;
}
