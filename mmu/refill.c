/* SPDX-License-Identifier: MIT */
/*
 * refill.c - the frequent miss of the host TLB: 32-bit paging, a TLB with room for everything, 4 KiB
 * pages, tables and page in plain memory, nobody who watches. As straight.c does for interrupts,
 * mmu_refill first proves that mmu_translate would find nothing to object to and would give out
 * the host pointer, then does what that would have done (SDM vol. 3, 4.3 and 4.8). Where the proof
 * fails it changes nothing and answers false.
 */
#include "mmu/mmu.h"

#include "mmu/bus.h"
#include "mmu/bus_parts.h"

/* Both levels' rights at once. */
_Static_assert(PTE_RW >> 1 == TLB_W && PTE_US >> 1 == TLB_U, "the same order");

/* The host's address of what is at `at`: memory that is nothing beside what `flags` (PAGE_*) says. */
static uint8_t *plain(const struct mmu *m, phys_t at, unsigned flags)
{
    const struct bus_region *r = bus_region_at(m->bus, at);
    bool more = m->bus->page_flags[at >> 12] & ~flags;
    return more || !r->host || r->dirty ? NULL : r->host + (at - r->base);
}

struct entry {
    phys_t at;      /* where it is */
    uint32_t *host; /* the same for the host */
    uint32_t value; /* as it was read */
};

static bool entry_read(const struct mmu *m, phys_t at, struct entry *e)
{
    e->at = bus_a20(m->bus, at);
    e->host = (uint32_t *)(void *)plain(m, e->at, PAGE_TOUCHED | PAGE_PT);
    if (!e->host)
        return false;
    e->value = *e->host;
    return e->value & PTE_P;
}

/* Sets A or D. */
static void entry_set(struct mmu *m, const struct entry *e, uint32_t bits)
{
    uint32_t missing = bits & ~e->value;
    if (!missing)
        return;
    m->stats.a_updates += (missing & PTE_A) != 0;
    m->stats.d_updates += (missing & PTE_D) != 0;
    *e->host |= missing;
    m->bus->page_flags[e->at >> 12] |= PAGE_TOUCHED;
}

/* The sanitizer is told what it does not know. */
static void entry_mark(struct mmu *m, const struct entry *e, unsigned part)
{
    const struct sanitizer *s = &m->sanitizer;
    uint32_t page = e->at >> 12;
    if (s->stamp[page] != m->tlb.gen || s->part[page] != part ||
        !(m->bus->page_flags[page] & PAGE_PT))
        sanitizer_mark_table(m, e->at, part);
}

/* The host's address of a page that the access may use by these rights, or NULL; *store is whether stores
   may go there from now on. */
static uint8_t *page_for(struct mmu *m, uint32_t frame, unsigned access, bool *store)
{
    phys_t phys = bus_a20(m->bus, frame & PAGE_FRAME_MASK);
    unsigned flags = m->bus->page_flags[phys >> 12] | (access & MMU_WRITE ? PAGE_TOUCHED : 0);
    uint8_t *host = plain(m, phys, PAGE_TOUCHED | PAGE_PT | PAGE_CODE | PAGE_ROM | PAGE_BREAK);
    *store = (frame & TLB_D) && mmu_permits(m, frame, MMU_WRITE | (access & MMU_USER)) &&
             (flags & (PAGE_TOUCHED | PAGE_CODE | PAGE_ROM | PAGE_PT)) == PAGE_TOUCHED;
    return access & MMU_WRITE && !*store ? NULL : host;
}

/* Walks the tables and fills the TLB. The host's address of the page, or NULL. An entry that is there
   (`had`) may get its D bit, and nothing else. */
static uint8_t *walk(struct mmu *m, lin_t lin, unsigned access, bool had, bool *store)
{
    struct tlb_entry *e = &m->tlb.entry[lin >> 12];
    struct entry pde, pte;
    const uint32_t user_writes = TLB_U | TLB_W;
    if (!entry_read(m, (m->cr3 & PAGE_FRAME_MASK) | (lin >> 20 & 0xffcu), &pde) ||
        ((pde.value & PTE_PS) && m->mode.pse) ||
        !entry_read(m, (pde.value & PAGE_FRAME_MASK) | (lin >> 10 & 0xffcu), &pte) ||
        pte.at == pde.at || !pte.at)
        return NULL;
    uint32_t frame = (pte.value & PAGE_FRAME_MASK) | ((pde.value & pte.value) >> 1 & user_writes) |
                     (m->pge && (pte.value & PTE_G) ? TLB_G : 0) |
                     ((pte.value & PTE_D) || (access & MMU_WRITE) ? TLB_D : 0);
    if (!mmu_permits(m, frame, access) ||
        (had && (frame ^ e->frame) & ~(uint32_t)(TLB_D | TLB_CODE)))
        return NULL;
    entry_mark(m, &pde, PART_MANY);
    entry_mark(m, &pte, lin >> 22);
    uint8_t *host = page_for(m, frame, access, store);
    bool finding =
        (frame & user_writes) == user_writes && (m->bus->page_flags[frame >> 12] & PAGE_PT);
    if (!host || finding)
        return NULL;
    m->stats.walks++;
    entry_set(m, &pde, PTE_A);
    entry_set(m, &pte, PTE_A | (access & MMU_WRITE ? PTE_D : 0));
    if (had) {
        tlb_flush_host_page(&m->tlb, lin);
        frame |= e->frame & TLB_CODE;
    }
    *e = (struct tlb_entry){.frame = frame,
                            .gen = frame & TLB_G ? m->tlb.global_gen : m->tlb.gen,
                            .checked = m->sanitizer.epoch};
    return host;
}

bool mmu_refill(struct mmu *m, lin_t lin, unsigned access)
{
    bool user = access & MMU_USER, store;
    const struct tlb_entry *e = tlb_look(&m->tlb, lin);
    uint8_t *host;
    if (!mmu_refills(m) || (user && m->user_slow))
        return false;
    if (e && mmu_permits(m, e->frame, access) && (!(access & MMU_WRITE) || (e->frame & TLB_D))) {
        if (e->checked != m->sanitizer.epoch)
            return false;
        host = page_for(m, e->frame, access, &store);
        m->stats.hits += host != NULL;
    } else {
        host = walk(m, lin, access, e, &store);
        e = &m->tlb.entry[lin >> 12];
    }
    if (!host)
        return false;
    if (store)
        m->bus->page_flags[bus_a20(m->bus, e->frame) >> 12] |= PAGE_TOUCHED;
    tlb_fill_host(&m->tlb, lin, user, host, store ? host : NULL);
    return tlb_host(m->tlb.host[user] + (access & MMU_WRITE ? HOST_STORES : 0), lin) != NULL;
}
