/* SPDX-License-Identifier: MIT */
/*
 * cache.h - small objects of one size each, cut from page frames.
 * A cache grows by a frame when it is empty and keeps its frames.
 */
#ifndef KERNEL_CACHE_H
#define KERNEL_CACHE_H

#include <stddef.h>
#include <stdint.h>

struct cache {
    const char *name;   /* of the objects, for the audit */
    size_t size;        /* bytes of an object, at least a pointer, at most a page */
    void *free;         /* free objects; each begins with a pointer to the next */
    uint32_t live;      /* objects in use */
    uint32_t pages;     /* frames that were cut */
    struct cache *next; /* all caches that have frames */
};

#define CACHE_OF(what)                                                                             \
    {                                                                                              \
        .name = #what, .size = sizeof(struct what)                                                 \
    }

/* A zeroed object, or NULL when memory is exhausted. */
void *cache_alloc(struct cache *c);
void cache_free(struct cache *c, void *object);

/* Objects of that name that are in use; frames of all caches together. */
uint32_t cache_live(const char *name);
uint32_t cache_pages(void);

#endif
