/* SPDX-License-Identifier: MIT */
/*
 * page.h - physical page frames.
 * Every frame of RAM has a struct page that counts its users. The frames of the linear map
 * (ZONE_DMA and ZONE_NORMAL) are handed out; those above (ZONE_HIGHMEM) are only counted until
 * the kernel learns to map them temporarily.
 */
#ifndef KERNEL_PAGE_H
#define KERNEL_PAGE_H

#include <stdint.h>

#include "kernel/layout.h"

struct bootinfo;

enum zone_id { ZONE_DMA, ZONE_NORMAL, ZONE_HIGHMEM, ZONES };

struct page {
    uint32_t next;  /* frame number of the next free frame, 0 at the end of the list */
    uint16_t refs;  /* users of the frame: 0 is free */
    uint8_t is_ram; /* the allocator owns it: not a hole, not the kernel image */
    uint8_t unused; /* rounds the structure to 8 bytes */
};

struct zone {
    const char *name;    /* as Linux says it */
    uint32_t total;      /* frames the allocator owns */
    uint32_t free;       /* frames nobody uses */
    uint32_t first_free; /* frame number, 0 for none */
};

/* Physical address and linear address of the same byte in the linear map. */
static inline void *phys_to_lin(uint32_t phys)
{
    return (void *)(phys + PAGE_OFFSET);
}

static inline uint32_t lin_to_phys(const void *lin)
{
    return (uint32_t)lin - PAGE_OFFSET;
}

/* Builds the linear map and the free lists. Before it returns nothing else here may be called. */
void page_init(const struct bootinfo *b);

/* One frame with one user, by its physical address; 0 when memory is exhausted. */
uint32_t page_alloc(void);
uint32_t page_alloc_zeroed(void);

/* One user more, one user less; the last one frees the frame. */
void page_get(uint32_t phys);
void page_put(uint32_t phys);

const struct zone *page_zone(enum zone_id id);

#endif
