/* SPDX-License-Identifier: MIT */
/*
 * cache.h - small objects of one size each, cut from page frames.
 * A cache grows by a frame when it is empty and keeps its frames.
 */
#ifndef KERNEL_CACHE_H
#define KERNEL_CACHE_H

#include <stddef.h>

struct cache {
    size_t size; /* bytes of an object, at least a pointer, at most a page */
    void *free;  /* free objects; each begins with a pointer to the next */
};

#define CACHE_OF(type)                                                                             \
    {                                                                                              \
        .size = sizeof(type)                                                                       \
    }

/* A zeroed object, or NULL when memory is exhausted. */
void *cache_alloc(struct cache *c);
void cache_free(struct cache *c, void *object);

#endif
