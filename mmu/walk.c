/* SPDX-License-Identifier: MIT */
/* walk.c - the walk of 32-bit and PAE paging (SDM vol. 3, 4.3 and 4.4; reserved bits: table 4-2). */
#include "mmu/walk.h"

#include "mmu/bus.h"
#include "mmu/paging.h"

#include <string.h>

#define PAE_FRAME UINT64_C(0x0000000ffffff000)    /* 36 physical bits */
#define PAE_RESERVED UINT64_C(0xfffffff000000000) /* no execute-disable bit on these models */
#define PDPTE_RESERVED (PAE_RESERVED | 0x1e6)
#define LARGE_PAE_RESERVED (PAE_RESERVED | 0x1fe000) /* bit 12 is PAT */

/* An entry outside RAM and ROM reads as all ones, as the open bus does. */
static uint64_t entry_at(const struct bus *b, phys_t at, unsigned size)
{
    uint64_t v = 0;
    at = bus_a20(b, at);
    const uint8_t *page = bus_host_page(b, at);
    if (!page)
        return size == 8 ? UINT64_MAX : UINT32_MAX;
    memcpy(&v, page + (at & PAGE_OFFSET_MASK), size); /* little-endian, like the host */
    return v;
}

/* Both levels' rights; a large page has one level. */
static void combine_rights(struct walk *w)
{
    w->user = w->pde & w->pte & PTE_US;
    w->writable = w->pde & w->pte & PTE_RW;
}

static bool large_page(struct walk *w, uint64_t base, lin_t within, bool reserved)
{
    w->large = true;
    w->pte_at = w->pde_at;
    w->pte = w->pde;
    w->result = reserved ? WALK_RESERVED : WALK_OK;
    w->frame = base | (within & PAGE_FRAME_MASK);
    combine_rights(w);
    return !reserved;
}

static bool walk_32(const struct bus *b, uint32_t cr3, const struct walk_mode *mode, lin_t lin,
                    struct walk *w)
{
    w->pde_at = (cr3 & PAGE_FRAME_MASK) | (lin >> 20 & 0xffcu);
    w->pde = entry_at(b, w->pde_at, 4);
    w->result = WALK_PDE_GONE;
    if (!(w->pde & PTE_P))
        return false;
    if ((w->pde & PTE_PS) && mode->pse) {
        uint64_t base = w->pde & 0xffc00000, reserved = 0x3fe000; /* bit 12 is PAT */
        if (mode->wide) {
            base |= (w->pde >> 13 & 15) << 32;
            reserved = 0x3e0000;
        }
        return large_page(w, base, lin & 0x3fffff, w->pde & reserved);
    }
    w->pte_at = ((uint32_t)w->pde & PAGE_FRAME_MASK) | (lin >> 10 & 0xffcu);
    w->pte = entry_at(b, w->pte_at, 4);
    w->result = WALK_PTE_GONE;
    if (!(w->pte & PTE_P))
        return false;
    w->result = WALK_OK;
    w->frame = w->pte & PAGE_FRAME_MASK;
    combine_rights(w);
    return true;
}

/* Tables above 4 GiB would be where nothing is: entries read as all ones. */
static uint64_t pae_entry(const struct bus *b, uint64_t table, unsigned index, phys_t *at)
{
    *at = (phys_t)(table & PAGE_FRAME_MASK) | index * 8;
    return table >> 32 ? UINT64_MAX : entry_at(b, *at, 8);
}

static bool walk_pae(const struct bus *b, const struct walk_mode *mode, lin_t lin, struct walk *w)
{
    uint64_t pdpte = mode->pdpte[lin >> 30];
    w->result = WALK_PDPTE_GONE;
    if (!(pdpte & PTE_P))
        return false;
    w->pde = pae_entry(b, pdpte & PAE_FRAME, lin >> 21 & 0x1ff, &w->pde_at);
    w->result = WALK_PDE_GONE;
    if (!(w->pde & PTE_P))
        return false;
    if (w->pde & PTE_PS)
        return large_page(w, w->pde & PAE_FRAME & ~UINT64_C(0x1fffff), lin & 0x1fffff,
                          w->pde & LARGE_PAE_RESERVED);
    w->result = WALK_RESERVED;
    if (w->pde & PAE_RESERVED)
        return false;
    w->pte = pae_entry(b, w->pde & PAE_FRAME, lin >> 12 & 0x1ff, &w->pte_at);
    w->result = WALK_PTE_GONE;
    if (!(w->pte & PTE_P))
        return false;
    w->result = WALK_RESERVED;
    if (w->pte & PAE_RESERVED)
        return false;
    w->result = WALK_OK;
    w->frame = w->pte & PAE_FRAME;
    combine_rights(w);
    return true;
}

bool walk_page(const struct bus *b, uint32_t cr3, const struct walk_mode *mode, lin_t lin,
               struct walk *w)
{
    memset(w, 0, sizeof *w);
    return mode->pae ? walk_pae(b, mode, lin, w) : walk_32(b, cr3, mode, lin, w);
}

bool walk_pdptes(const struct bus *b, uint32_t cr3, uint64_t pdpte[4])
{
    bool good = true;
    for (unsigned n = 0; n < 4; n++) {
        pdpte[n] = entry_at(b, (cr3 & ~31u) + 8 * n, 8);
        if ((pdpte[n] & PTE_P) && (pdpte[n] & PDPTE_RESERVED))
            good = false;
    }
    return good;
}
