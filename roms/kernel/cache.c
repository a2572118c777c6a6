/* SPDX-License-Identifier: MIT */
/*
 * cache.c - small objects of one size each, cut from page frames. See page.h.
 */
#include "kernel/page.h"

#include "kernel/layout.h"
#include "lib/string.h"

static struct cache *caches;

static void push(struct cache *c, void *object)
{
    *(void **)object = c->free;
    c->free = object;
}

void *cache_alloc(struct cache *c)
{
    if (!c->free) {
        uint32_t phys = page_alloc(PAGE_SLAB);
        if (!phys)
            return NULL;
        if (c->pages++ == 0) {
            c->next = caches;
            caches = c;
        }
        char *page = phys_to_lin(phys);
        for (size_t at = PAGE_SIZE / c->size * c->size; at > 0; at -= c->size)
            push(c, page + at - c->size);
    }
    void *object = c->free;
    c->free = *(void **)object;
    c->live++;
    return memset(object, 0, c->size);
}

void cache_free(struct cache *c, void *object)
{
    c->live--;
    push(c, object);
}

uint32_t cache_live(const char *name)
{
    for (const struct cache *c = caches; c; c = c->next) {
        if (strcmp(c->name, name) == 0)
            return c->live;
    }
    return 0;
}

uint32_t cache_pages(void)
{
    uint32_t pages = 0;
    for (const struct cache *c = caches; c; c = c->next)
        pages += c->pages;
    return pages;
}
