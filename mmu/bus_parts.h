/* SPDX-License-Identifier: MIT */
/*
 * bus_parts.h - what bus.c (accesses), bus_map.c, bus_copy.c (copies and snapshots) and refill.c
 * (page walks that find nothing but memory) share. For these alone.
 */
#ifndef MMU_BUS_PARTS_H
#define MMU_BUS_PARTS_H

#include "mmu/bus.h"

#define PAGE_SIZE 4096u
#define PAGE_SHIFT 12
#define A20_BIT (UINT32_C(1) << 20)

/* Who would answer at `a` if r, and what covers r, were not there. */
const struct bus_region *bus_region_below(const struct bus *b, const struct bus_region *r,
                                          phys_t a);

static inline const struct bus_region *bus_region_at(const struct bus *b, phys_t a)
{
    return &b->region[b->page_region[a >> PAGE_SHIFT]];
}

/* Who answers loads from there: not a region that takes only stores. */
static inline const struct bus_region *bus_loads_at(const struct bus *b, phys_t a)
{
    const struct bus_region *r = bus_region_at(b, a);

    return r->store ? bus_region_below(b, r, a) : r;
}

/* Tells who asked that addresses mean something else now. */
void bus_changed(struct bus *b);
/* An access of n bytes to a region that is not memory that way: its device's, or nobody's. */
uint32_t bus_mmio_read(struct bus *b, const struct bus_region *r, phys_t a, unsigned n);
void bus_mmio_write(struct bus *b, const struct bus_region *r, phys_t a, uint32_t value,
                    unsigned n);
/* Around a store of n bytes into memory: bytes that paging entries in use are made of are about to
   change; bytes that decoded code may have come from have changed. */
void bus_before_store(struct bus *b, phys_t a, unsigned n);
void bus_stored(struct bus *b, phys_t a, unsigned n);

#endif
