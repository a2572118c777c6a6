/* SPDX-License-Identifier: MIT */
/*
 * swap.h - the swap area: places for pages that have no frame.
 * It is a piece of memory that is used for nothing else: the boot module called "swap" (QEMU and
 * others name a module by its file), or what swap=SIZE on the command line takes.
 */
#ifndef KERNEL_SWAP_H
#define KERNEL_SWAP_H

#include <stdbool.h>
#include <stdint.h>

struct range;

/* How much was paged in and out, for /proc/vmstat. */
struct swap_counters {
    uint32_t in, out;  /* pages read, pages written */
    uint32_t dropped;  /* pages given up without writing them: an up-to-date copy existed */
    uint32_t examined; /* frames the clock looked at */
};

extern struct swap_counters swap_counters;

void swap_init(const struct range *area);

/* Takes a free place, with one user; 0: there is none. */
uint32_t swap_take(void);

/* One user more, one user less. */
void swap_get(uint32_t slot);
void swap_put(uint32_t slot);

/* Users of a place. */
uint32_t swap_users(uint32_t slot);

/* Users of all places together. */
uint32_t swap_uses(void);

/* Moves a page between its frame and its place. */
void swap_write(uint32_t slot, uint32_t phys);
void swap_read(uint32_t slot, uint32_t phys);

/* Places that exist, are free; more than half are in use. */
uint32_t swap_total(void);
uint32_t swap_free(void);
bool swap_is_tight(void);

#endif
