/* SPDX-License-Identifier: MIT */
/* memmap.c - see memmap.h. */
#include "loader/memmap.h"

#include "machine/config.h"

#define ROM_BASE UINT64_C(0xfffc0000)
#define ROM_END UINT64_C(0x100000000)

unsigned memmap_fill(struct firmware_range map[MEMMAP_ENTRIES], uint32_t memory)
{
    struct config cfg = {.memory = memory};
    unsigned n = firmware_memory_map(&cfg, map);

    map[n++] = (struct firmware_range){ROM_BASE, ROM_END - ROM_BASE, FIRMWARE_RESERVED};
    return n;
}
