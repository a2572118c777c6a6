/* SPDX-License-Identifier: MIT */
/*
 * armed.c - the places where a debugger wants to be asked before an instruction is executed: a set
 * of physical addresses. Blocks end before such a place, so that the instruction there is left
 * to the reference layer, which asks. Pages that have one carry PAGE_BREAK; for all others the
 * set is never looked at.
 */
#include "cpu/engine/block.h"

#include "mmu/bus.h"

#include <stdlib.h>

static uint64_t *slot_of(const struct armed *a, phys_t phys)
{
    uint32_t n = (phys * UINT32_C(2654435761)) >> 7 & (a->size - 1);
    while (a->slot[n] && a->slot[n] != (uint64_t)phys + 1)
        n = (n + 1) & (a->size - 1);
    return &a->slot[n];
}

/* Keeps it at most half full. */
static bool make_room(struct armed *a)
{
    struct armed bigger = {.size = a->size ? a->size * 2 : 64, .used = a->used};
    if (2 * (a->used + 1) <= a->size)
        return true;
    bigger.slot = calloc(bigger.size, sizeof *bigger.slot);
    if (!bigger.slot)
        return false;
    for (unsigned n = 0; n < a->size; n++) {
        if (a->slot[n])
            *slot_of(&bigger, (phys_t)(a->slot[n] - 1)) = a->slot[n];
    }
    free(a->slot);
    *a = bigger;
    return true;
}

bool armed_has(const struct engine *e, phys_t phys)
{
    return e->armed.used && *slot_of(&e->armed, phys);
}

bool engine_arm(struct engine *e, phys_t phys)
{
    if (armed_has(e, phys))
        return true;
    if (!make_room(&e->armed))
        return false;
    *slot_of(&e->armed, phys) = (uint64_t)phys + 1;
    e->armed.used++;
    e->bus->page_flags[phys >> 12] |= PAGE_BREAK;
    engine_cut(e, phys);
    return true;
}

void engine_disarm(struct engine *e)
{
    for (unsigned n = 0; n < e->armed.size; n++) {
        if (e->armed.slot[n])
            e->bus->page_flags[(e->armed.slot[n] - 1) >> 12] &= (uint8_t)~PAGE_BREAK;
    }
    armed_free(&e->armed);
    engine_flush(e);
}

void armed_free(struct armed *a)
{
    free(a->slot);
    *a = (struct armed){0};
}
