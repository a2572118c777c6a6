/* SPDX-License-Identifier: MIT */
/*
 * mmumap.c - collecting what the MMU view draws (mmumap.h). Page tables are read whole, a page at a
 * time, because a picture is drawn several times a second; one page of every stretch goes through
 * the pure walk all the same, which knows about reserved bits.
 */
#include "machine/mmumap.h"

#include "machine/board.h"
#include "machine/inspect.h"

#include <stdlib.h>
#include <string.h>

#define STRETCH (UINT32_C(4) << 20)

struct map_space map_space_now(const struct machine *m)
{
    const struct mmu *mmu = &m->cpu.mmu;
    return (struct map_space){.paging = mmu->paging,
                              .pae = mmu->mode.pae,
                              .cr3 = mmu->cr3 & (mmu->mode.pae ? ~UINT32_C(31) : PAGE_FRAME_MASK)};
}

unsigned map_spaces(const struct machine *m, uint32_t cr3[MAP_SPACES])
{
    const struct spaces *seen = &m->cpu.mmu.spaces;
    unsigned n = 0;
    if (!m->cpu.mmu.paging)
        return 0;
    cr3[n++] = map_space_now(m).cr3;
    for (unsigned k = 0; k < seen->n && n < MAP_SPACES; k++) {
        if (seen->seen[k].cr3 != cr3[0] && inspect_space_alive(m, seen->seen[k].cr3))
            cr3[n++] = seen->seen[k].cr3;
    }
    return n;
}

/* The mode to walk the tables at cr3 with. */
static struct walk_mode mode_for(const struct machine *m, uint32_t cr3)
{
    struct walk_mode mode = m->cpu.mmu.mode;
    if (mode.pae && (cr3 ^ m->cpu.mmu.cr3) >> 5)
        (void)walk_pdptes(&m->bus, cr3, mode.pdpte);
    return mode;
}

/* ---- Pages ------------------------------------------------------------------------------- */

static void cell_of_walk(const struct machine *m, const struct walk *w, struct map_cell *c)
{
    *c = (struct map_cell){.entry = w->pte_at ? w->pte : w->pde};
    if (w->result == WALK_RESERVED)
        c->kind = MAP_RESERVED;
    if (w->result != WALK_OK)
        return;
    c->kind = MAP_PAGE;
    c->user = w->user;
    c->writable = w->writable;
    c->large = w->large;
    c->global = m->cpu.mmu.pge && (w->pte & PTE_G);
    c->accessed = w->pte & PTE_A;
    c->dirty = w->pte & PTE_D;
    c->pages = 1;
    c->frame = w->frame;
}

/* Does the TLB of now say what the walk says? */
static bool is_stale(const struct machine *m, uint32_t lin, const struct walk *w)
{
    const struct tlb_entry *e = tlb_look(&m->cpu.mmu.tlb, lin);
    return e && mmu_entry_stale(&m->cpu.mmu, e, w->result == WALK_OK, w);
}

void map_pages(const struct machine *m, uint32_t cr3, uint32_t base,
               struct map_cell cell[MAP_CELLS])
{
    struct walk_mode mode = mode_for(m, cr3);
    bool now = !((cr3 ^ m->cpu.mmu.cr3) >> 12);
    memset(cell, 0, MAP_CELLS * sizeof *cell);
    if (!m->cpu.mmu.paging)
        return;
    for (uint32_t n = 0; n < MAP_CELLS; n++) {
        uint32_t lin = (base & ~(STRETCH - 1)) + n * PAGE_SIZE;
        struct walk w;
        (void)walk_page(&m->bus, cr3, &mode, lin, &w);
        cell_of_walk(m, &w, &cell[n]);
        cell[n].stale = now && is_stale(m, lin, &w);
    }
}

/* ---- Directory --------------------------------------------------------------------------- */

struct entries {
    union {
        uint32_t narrow[1024];
        uint64_t wide[512];
    } raw;
    unsigned n;
    bool pae;
};

static bool read_entries(const struct machine *m, phys_t at, bool pae, struct entries *e)
{
    e->pae = pae;
    e->n = pae ? 512 : 1024;
    return bus_peek(&m->bus, bus_a20(&m->bus, at), &e->raw, PAGE_SIZE) == PAGE_SIZE;
}

static uint64_t entry_at(const struct entries *e, unsigned n)
{
    return e->pae ? e->raw.wide[n] : e->raw.narrow[n];
}

/* Adds the pages of one table to a cell. */
static void add_table(const struct machine *m, uint64_t pde, bool pae, struct map_cell *c)
{
    struct entries table;
    uint64_t at = pde & UINT64_C(0xffffff000);
    if (at >> 32 || !read_entries(m, (phys_t)at, pae, &table))
        return;
    for (unsigned n = 0; n < table.n; n++) {
        uint64_t pte = entry_at(&table, n);
        if (!(pte & PTE_P))
            continue;
        c->pages++;
        c->user |= (pde & pte & PTE_US) != 0;
        c->writable |= (pde & pte & PTE_RW) != 0;
        c->accessed |= (pte & PTE_A) != 0;
        c->dirty |= (pte & PTE_D) != 0;
        c->global |= m->cpu.mmu.pge && (pte & PTE_G);
    }
}

static void add_entry(const struct machine *m, uint64_t pde, const struct walk_mode *mode,
                      struct map_cell *c)
{
    bool large = (pde & PTE_PS) && (mode->pae || mode->pse);
    if (!c->kind)
        c->entry = pde;
    if (!(pde & PTE_P))
        return;
    if (!c->kind)
        c->frame = pde & UINT64_C(0xffffff000);
    c->kind = large ? MAP_PAGE : MAP_TABLE;
    if (!large) {
        add_table(m, pde, mode->pae, c);
        return;
    }
    c->large = true;
    c->pages = (uint16_t)(c->pages + (mode->pae ? 512 : 1024));
    c->user |= (pde & PTE_US) != 0;
    c->writable |= (pde & PTE_RW) != 0;
    c->accessed |= (pde & PTE_A) != 0;
    c->dirty |= (pde & PTE_D) != 0;
    c->global |= m->cpu.mmu.pge && (pde & PTE_G);
}

static void mark_stale(const struct machine *m, struct map_cell cell[MAP_CELLS])
{
    struct map_tlb list[64];
    size_t stale;
    size_t n = map_tlb(m, list, ARRAY_LEN(list), &stale);
    for (size_t k = 0; k < stale && k < n && k < ARRAY_LEN(list); k++)
        cell[list[k].lin >> 22].stale = true;
}

void map_directory(const struct machine *m, uint32_t cr3, struct map_cell cell[MAP_CELLS])
{
    struct walk_mode mode = mode_for(m, cr3);
    struct entries dir;
    struct walk w;
    unsigned per_cell = mode.pae ? 2 : 1, per_table = mode.pae ? 256 : 1024;
    memset(cell, 0, MAP_CELLS * sizeof *cell);
    if (!m->cpu.mmu.paging)
        return;
    for (unsigned n = 0; n < MAP_CELLS; n++) {
        if (n % per_table == 0) {
            uint64_t at = mode.pae ? mode.pdpte[n / 256] : cr3 | PTE_P;
            if (!(at & PTE_P) || !read_entries(m, (phys_t)(at & PAGE_FRAME_MASK), mode.pae, &dir))
                memset(&dir.raw, 0, sizeof dir.raw);
        }
        for (unsigned k = 0; k < per_cell; k++)
            add_entry(m, entry_at(&dir, n % per_table * per_cell + k), &mode, &cell[n]);
        if (cell[n].kind && !walk_page(&m->bus, cr3, &mode, n * STRETCH, &w) &&
            w.result == WALK_RESERVED)
            cell[n].kind = MAP_RESERVED;
    }
    if (!((cr3 ^ m->cpu.mmu.cr3) >> 12))
        mark_stale(m, cell);
}

/* ---- Frames of RAM ------------------------------------------------------------------------ */

uint32_t map_frame_count(const struct machine *m)
{
    return m->cfg.memory / PAGE_SIZE;
}

static void mark_table(struct map_frame *list, uint32_t frames, uint64_t at)
{
    if (at / PAGE_SIZE < frames)
        list[at / PAGE_SIZE].use = FRAME_TABLE;
}

static void note_page(struct map_frame *list, uint32_t frames, const struct map_cell *c)
{
    uint32_t n = c->large ? MAP_CELLS : 1;
    for (uint64_t f = c->frame / PAGE_SIZE; n-- && f < frames; f++) {
        struct map_frame *p = &list[f];
        if (p->use == FRAME_TABLE)
            continue;
        if (c->user) {
            p->use = FRAME_USER;
            p->owners = (uint8_t)(p->owners + (p->owners < 255));
            p->writable |= c->writable;
        } else if (p->use != FRAME_USER && p->use != FRAME_UNTOUCHED) {
            p->use = FRAME_KERNEL;
        }
    }
}

/* One address space: its tables, its pages. */
static void note_space(const struct machine *m, uint32_t cr3, struct map_frame *list,
                       uint32_t frames)
{
    struct map_cell dir[MAP_CELLS], page[MAP_CELLS];
    map_directory(m, cr3, dir);
    mark_table(list, frames, cr3);
    for (uint32_t n = 0; n < MAP_CELLS; n++) {
        if (dir[n].kind == MAP_TABLE)
            mark_table(list, frames, dir[n].frame);
        if (dir[n].kind == MAP_PAGE && dir[n].large)
            note_page(list, frames, &dir[n]);
        if (dir[n].kind != MAP_TABLE)
            continue;
        map_pages(m, cr3, n * STRETCH, page);
        for (uint32_t k = 0; k < MAP_CELLS; k++) {
            if (page[k].kind == MAP_PAGE)
                note_page(list, frames, &page[k]);
        }
    }
}

void map_frames(const struct machine *m, struct map_frame *list)
{
    uint32_t frames = map_frame_count(m), space[MAP_SPACES];
    unsigned spaces = map_spaces(m, space);
    for (uint32_t n = 0; n < frames; n++) {
        uint8_t flags = m->bus.page_flags[n];
        list[n] = (struct map_frame){.use = flags & PAGE_TOUCHED ? FRAME_FREE : FRAME_UNTOUCHED,
                                     .code = flags & PAGE_CODE};
    }
    for (unsigned n = 0; n < spaces; n++)
        note_space(m, space[n], list, frames);
}

/* ---- TLB ---------------------------------------------------------------------------------- */

size_t map_tlb(const struct machine *m, struct map_tlb *list, size_t n, size_t *stale)
{
    const struct mmu *mmu = &m->cpu.mmu;
    size_t count = 0, bad = 0;
    for (uint32_t page = 0; mmu->paging && page < TLB_PAGES; page++) {
        const struct tlb_entry *e = tlb_look(&mmu->tlb, page << 12);
        struct walk w;
        if (!e)
            continue;
        (void)walk_page(&m->bus, mmu->cr3, &mmu->mode, page << 12, &w);
        struct map_tlb t = {.lin = page << 12,
                            .frame = e->frame,
                            .stale = is_stale(m, page << 12, &w),
                            .user = e->frame & TLB_U,
                            .writable = e->frame & TLB_W,
                            .dirty = e->frame & TLB_D,
                            .global = e->frame & TLB_G,
                            .large = e->frame & TLB_LARGE};
        size_t at = t.stale ? bad++ : count;
        if (t.stale && at < n) /* among the first; the last one makes room */
            memmove(&list[at + 1], &list[at], (count < n ? count - at : n - 1 - at) * sizeof *list);
        if (at < n)
            list[at] = t;
        count++;
    }
    *stale = bad;
    return count;
}
