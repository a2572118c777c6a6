/* SPDX-License-Identifier: MIT */
/* sanitizer.c - keeping watch over paging entries, and saying what was found (see sanitizer.h). */
#include "mmu/sanitizer.h"

#include "mmu/bus.h"
#include "mmu/mmu.h"
#include "mmu/paging.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGES (UINT32_C(1) << 20)

bool sanitizer_init(struct sanitizer *s, struct error *err)
{
    memset(s, 0, sizeof *s);
    s->stamp = calloc(PAGES, sizeof *s->stamp);
    s->part = calloc(PAGES, sizeof *s->part);
    if (s->stamp && s->part)
        return true;
    sanitizer_fini(s);
    return error_set(err, "not enough memory for the MMU");
}

void sanitizer_fini(struct sanitizer *s)
{
    free(s->stamp);
    free(s->part);
    s->stamp = NULL;
    s->part = NULL;
}

void sanitizer_mark_table(struct mmu *m, phys_t at, unsigned part)
{
    struct sanitizer *s = &m->sanitizer;
    uint32_t page = bus_a20(m->bus, at) >> 12;
    bool known = s->stamp[page] == m->tlb.gen || m->pge; /* entries from before may be alive */
    if (!(m->bus->page_flags[page] & PAGE_PT) || !known)
        s->part[page] = (uint16_t)part;
    else if (s->part[page] != part)
        s->part[page] = PART_MANY;
    s->stamp[page] = m->tlb.gen;
    if (m->bus->page_flags[page] & (PAGE_PT | PAGE_MMIO))
        return;
    m->bus->page_flags[page] |= PAGE_PT;
    mmu_protect_page(m, page << 12);
}

static struct pt_write *log_slot(const struct sanitizer *s, phys_t at)
{
    return (struct pt_write *)&s->log[at / 4 % PT_LOG];
}

const struct pt_write *sanitizer_writer(const struct sanitizer *s, phys_t at)
{
    const struct pt_write *w = log_slot(s, at);
    return w->at == at && w->eip ? w : NULL;
}

/* Entry number n of a table changes: the TLB entries that may be made of it are looked at again before
   they are used again. */
static void mistrust(struct mmu *m, uint32_t page, uint32_t n, unsigned size)
{
    struct sanitizer *s = &m->sanitizer;
    unsigned shift = size == 8 ? 21 : 22;
    if (s->part[page] == PART_MANY) {
        s->epoch++;
        tlb_flush_host(&m->tlb);
        return;
    }
    lin_t lin = (lin_t)s->part[page] << shift | n << 12;
    m->tlb.entry[lin >> 12].checked = s->epoch - 1;
    tlb_flush_host_page(&m->tlb, lin);
}

void sanitizer_entry_changes(void *mmu, phys_t at, unsigned n)
{
    struct mmu *m = mmu;
    struct sanitizer *s = &m->sanitizer;
    uint32_t page = at >> 12, size = m->mode.pae ? 8 : 4;
    if (s->updating)
        return;
    if (s->stamp[page] != m->tlb.gen && !m->pge) { /* a table no more, as far as the TLB goes */
        m->bus->page_flags[page] &= (uint8_t)~PAGE_PT;
        return;
    }
    for (phys_t entry = at & ~(size - 1); entry < at + n; entry += size) {
        uint32_t old = 0;
        bus_peek(m->bus, entry, &old, sizeof old);
        if (!(old & PTE_P))
            continue; /* nothing can have been remembered of it */
        struct pt_write *w = log_slot(s, entry);
        *w = (struct pt_write){.at = entry, .old = old};
        if (s->where)
            s->where(s->arg, &w->icount, &w->eip);
        mistrust(m, page, (entry & PAGE_OFFSET_MASK) / size, size);
    }
}

void sanitizer_report(struct sanitizer *s, struct finding *f)
{
    if (s->where)
        s->where(s->arg, &f->icount, &f->eip);
    if (!s->count[f->kind]++)
        s->first[f->kind] = *f;
    if (s->found)
        s->found(s->arg, f);
}

void sanitizer_stray(void *mmu, phys_t at, bool write, bool rom)
{
    struct mmu *m = mmu;
    struct finding f = {.kind = rom ? FINDING_ROM : FINDING_NOWHERE,
                        .phys = at,
                        .access = write ? MMU_WRITE : MMU_READ};
    sanitizer_report(&m->sanitizer, &f);
}

static const char *rights_text(uint32_t rights)
{
    static const char *const text[4] = {"supervisor, read-only", "supervisor, writable",
                                        "user, read-only", "user, writable"};
    return text[(rights & PTE_RW ? 1 : 0) | (rights & PTE_US ? 2 : 0)];
}

static int explain_stale(const struct finding *f, char *text, size_t n)
{
    char now[80] = "the page tables no longer map it", who[120] = "";
    if (f->present)
        snprintf(now, sizeof now, "the page tables now say %08x (%s)", f->now, rights_text(f->has));
    if (f->writer_known)
        snprintf(who, sizeof who,
                 " The entry at %08x was changed from %08x to %08x by eip %08x, %" PRIu64
                 " instructions before.",
                 f->entry_at, f->old, f->new, f->writer_eip, f->icount - f->writer_icount);
    return snprintf(text, n,
                    "stale TLB entry: the %s %s %08x by eip %08x went to %08x (%s), which the TLB "
                    "remembers, but %s.%s No INVLPG of that address and no CR3 load followed: "
                    "after changing a present entry, one of them must.",
                    f->access & MMU_USER ? "user" : "supervisor",
                    f->access & MMU_WRITE ? "write to" : "read of", f->lin, f->eip, f->phys,
                    rights_text(f->had), now, who);
}

int finding_explain(const struct finding *f, char *text, size_t n)
{
    switch (f->kind) {
    case FINDING_STALE: return explain_stale(f, text, n);
    case FINDING_NOWHERE:
        return snprintf(text, n,
                        "nothing there: eip %08x %s physical address %08x, where there is "
                        "neither memory nor a device",
                        f->eip, f->access & MMU_WRITE ? "writes to" : "reads", f->phys);
    case FINDING_ROM:
        return snprintf(text, n, "store into ROM: eip %08x writes to physical address %08x", f->eip,
                        f->phys);
    case FINDING_EXECUTE:
        return snprintf(text, n,
                        "wild jump: eip %08x executes from physical page %08x, which "
                        "nothing was ever loaded or written to",
                        f->lin, f->phys);
    case FINDING_USER_PT:
        return snprintf(text, n,
                        "page table writable by user code: linear page %08x maps physical "
                        "page %08x, which holds paging entries in use, as user and writable",
                        f->lin & PAGE_FRAME_MASK, f->phys & PAGE_FRAME_MASK);
    case FINDINGS: break;
    }
    return snprintf(text, n, "unknown finding");
}
