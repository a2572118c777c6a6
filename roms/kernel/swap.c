/* SPDX-License-Identifier: MIT */
/*
 * swap.c - the swap area. See paging.h. Place 0 stays unused, so that 0 can mean none.
 */
#include "kernel/paging.h"

#include <stddef.h>

#include "boot/bootinfo.h"
#include "kernel/core.h"
#include "kernel/layout.h"
#include "kernel/page.h"
#include "lib/string.h"

struct swap_state swap;

static uint32_t base;   /* physical address of the area */
static uint32_t *users; /* how many page-table entries and frames refer to each place */
static uint32_t hand;   /* where the last search ended */

void swap_init(const struct range *area)
{
    base = (area->start + PAGE_SIZE - 1) & PAGE_MASK;
    uint32_t places = area->end > base ? (area->end - base) / PAGE_SIZE : 0;
    users = places > 1 ? vmalloc(places * sizeof *users) : NULL;
    swap.total = swap.free = users ? places - 1 : 0; /* none wanted, or no memory for the list */
}

uint32_t swap_take(void)
{
    if (swap.free == 0)
        return 0;
    do
        hand = hand < swap.total ? hand + 1 : 1;
    while (users[hand]);
    users[hand] = 1;
    swap.free--;
    return hand;
}

static uint32_t *users_of(uint32_t slot)
{
    if (slot > swap.total || users[slot] == 0)
        panic("place %u of the swap area is not in use", slot);
    return &users[slot];
}

void swap_get(uint32_t slot)
{
    ++*users_of(slot);
}

void swap_put(uint32_t slot)
{
    if (--*users_of(slot) == 0)
        swap.free++;
}

uint32_t swap_users(uint32_t slot)
{
    return *users_of(slot);
}

uint32_t swap_uses(void)
{
    uint32_t sum = 0;
    for (uint32_t slot = 1; slot <= swap.total; slot++)
        sum += users[slot];
    return sum;
}

static void copy(uint32_t to, uint32_t from)
{
    void *dst = kmap(to), *src = kmap(from);
    memcpy(dst, src, PAGE_SIZE);
    kunmap(src);
    kunmap(dst);
}

void swap_write(uint32_t slot, uint32_t phys)
{
    swap.out++;
    copy(base + slot * PAGE_SIZE, phys);
}

void swap_read(uint32_t slot, uint32_t phys)
{
    swap.in++;
    copy(phys, base + slot * PAGE_SIZE);
}
