/* SPDX-License-Identifier: MIT */
/*
 * swap.c - the swap area. See paging.h. Place 0 stays unused, so that 0 can mean none.
 */
#include "kernel/paging.h"

#include <stddef.h>

#include "boot/swaparea.h"
#include "drivers/drivers.h"
#include "kernel/core.h"
#include "kernel/layout.h"
#include "kernel/page.h"

enum { SECTORS = PAGE_SIZE / IDE_SECTOR };

#define BAD 0xffffffffu /* users of a place that does not work */

struct swap_state swap;

static struct swap_area area;
static uint32_t *users; /* how many page-table entries and frames refer to each place */
static uint32_t hand;   /* where the last search ended */

void swap_init(const struct swap_area *where)
{
    area = *where;
    swap.name = area.name;
    users = area.places > 1 ? vmalloc(area.places * sizeof *users) : NULL;
    if (!users) /* none wanted, or no memory for the list */
        area.places = 1;
    swap.total = swap.free = area.places - 1;
}

uint32_t swap_take(void)
{
    if (swap.free == 0)
        return 0;
    do
        hand = hand + 1 < area.places ? hand + 1 : 1;
    while (users[hand]);
    users[hand] = 1;
    swap.free--;
    return hand;
}

static uint32_t *users_of(uint32_t slot)
{
    if (slot >= area.places || users[slot] == 0 || users[slot] == BAD)
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
    for (uint32_t slot = 1; slot < area.places; slot++)
        sum += users[slot] == BAD ? 0 : users[slot];
    return sum;
}

/* Between a frame and a place on the disk. */
static bool transfer(uint32_t slot, uint32_t phys, bool write)
{
    void *page = kmap(phys);
    swap.waiting = true;
    bool ok = write ? ide_write(area.drive, slot * SECTORS, page, SECTORS)
                    : ide_read(area.drive, slot * SECTORS, page, SECTORS);
    swap.waiting = false;
    kunmap(page);
    if (!ok)
        print_error("swap: %s: page %u cannot be %s\n", area.name, slot,
                    write ? "written" : "read");
    return ok;
}

bool swap_write(uint32_t slot, uint32_t phys)
{
    if (area.drive == IDE_DRIVES) {
        page_copy(area.base + slot * PAGE_SIZE, phys);
    } else if (!transfer(slot, phys, true)) {
        *users_of(slot) = BAD;
        swap.total--;
        return false;
    }
    swap.out++;
    return true;
}

bool swap_read(uint32_t slot, uint32_t phys)
{
    if (area.drive == IDE_DRIVES)
        page_copy(phys, area.base + slot * PAGE_SIZE);
    else if (!transfer(slot, phys, false))
        return false;
    swap.in++;
    return true;
}
