/* SPDX-License-Identifier: MIT */
/*
 * cache.c - small objects of one size each, cut from page frames. See cache.h.
 */
#include "kernel/cache.h"

#include <stdint.h>

#include "kernel/layout.h"
#include "kernel/page.h"
#include "lib/string.h"

void *cache_alloc(struct cache *c)
{
    if (!c->free) {
        uint32_t phys = page_alloc();
        if (!phys)
            return NULL;
        char *page = phys_to_lin(phys);
        for (size_t at = PAGE_SIZE / c->size * c->size; at > 0; at -= c->size)
            cache_free(c, page + at - c->size);
    }
    void *object = c->free;
    c->free = *(void **)object;
    return memset(object, 0, c->size);
}

void cache_free(struct cache *c, void *object)
{
    *(void **)object = c->free;
    c->free = object;
}
