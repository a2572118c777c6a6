/* SPDX-License-Identifier: MIT */
/* walk.c - two-level page walk of the i386 (i386 Programmer's Reference Manual, 5.2). */
#include "mmu/walk.h"

#include "mmu/bus.h"
#include "mmu/paging.h"

#include <string.h>

/* An entry outside RAM and ROM reads as all ones, as the open bus does. */
static uint32_t entry_at(const struct bus *b, phys_t at)
{
    uint8_t raw[4];
    at = bus_a20(b, at);
    const uint8_t *page = bus_host_page(b, at);
    if (!page)
        return UINT32_MAX;
    memcpy(raw, page + (at & PAGE_OFFSET_MASK), sizeof raw);
    return (uint32_t)raw[0] | (uint32_t)raw[1] << 8 | (uint32_t)raw[2] << 16 |
           (uint32_t)raw[3] << 24;
}

bool walk_page(const struct bus *b, uint32_t cr3, lin_t lin, struct walk *w)
{
    memset(w, 0, sizeof *w);
    w->pde_at = pde_addr(cr3, lin);
    w->pde = entry_at(b, w->pde_at);
    if (!(w->pde & PTE_P)) {
        w->result = WALK_PDE_GONE;
        return false;
    }
    w->pte_at = pte_addr(w->pde, lin);
    w->pte = entry_at(b, w->pte_at);
    if (!(w->pte & PTE_P)) {
        w->result = WALK_PTE_GONE;
        return false;
    }
    w->result = WALK_OK;
    w->frame = w->pte & PAGE_FRAME_MASK;
    w->user = w->pde & w->pte & PTE_US;
    w->writable = w->pde & w->pte & PTE_RW;
    return true;
}
