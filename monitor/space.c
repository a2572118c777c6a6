/* SPDX-License-Identifier: MIT */
/* space.c - see space.h. Entries: mmu/paging.h. */
#include "monitor/space.h"

#include "cpu/cpu.h"
#include "machine/inspect.h"
#include "mmu/bus.h"
#include "mmu/paging.h"

#include <stdio.h>
#include <string.h>

void space_at(struct space *s, const struct machine *m, uint32_t cr3)
{
    const struct cpu *c = inspect_cpu(m);
    *s = (struct space){.bus = inspect_bus(m),
                        .cr3 = cr3,
                        .paging = c->mmu.paging,
                        .wp = c->mmu.wp,
                        .pge = c->mmu.pge,
                        .mode = c->mmu.mode};
    if (s->mode.pae && (cr3 & ~31u) != (c->mmu.cr3 & ~31u))
        walk_pdptes(s->bus, cr3, s->mode.pdpte);
}

void space_current(struct space *s, const struct machine *m)
{
    space_at(s, m, inspect_cpu(m)->mmu.cr3);
}

bool space_walk(const struct space *s, uint32_t lin, struct walk *w)
{
    if (s->paging)
        return walk_page(s->bus, s->cr3, &s->mode, lin, w);
    *w = (struct walk){.frame = lin & PAGE_FRAME_MASK, .user = true, .writable = true};
    return true;
}

static uint32_t bits_of(const struct space *s, const struct walk *w, unsigned how)
{
    uint32_t leaf = (uint32_t)w->pte & (PTE_PCD | PTE_PWT | (s->pge ? PTE_G : 0));
    if (how & SPACE_AD)
        leaf |= (uint32_t)w->pte & (PTE_A | PTE_D);
    return leaf | (w->user ? PTE_US : 0) | (w->writable ? PTE_RW : 0) | (w->large ? PTE_PS : 0);
}

/* How far the answer of a walk reaches: to the end of its page, or of what is missing. */
static uint64_t reach(const struct space *s, const struct walk *w, uint64_t lin)
{
    uint64_t size = PAGE_SIZE;
    if (w->result == WALK_PDPTE_GONE)
        size = UINT64_C(1) << 30;
    else if (w->result == WALK_PDE_GONE || w->large)
        size = s->mode.pae ? UINT64_C(1) << 21 : UINT64_C(1) << 22;
    return (lin | (size - 1)) + 1;
}

bool space_next(const struct space *s, uint64_t from, uint64_t end, unsigned how, struct extent *e)
{
    bool found = false;
    end = end > UINT64_C(1) << 32 ? UINT64_C(1) << 32 : end;
    for (uint64_t at = from, next; at < end; at = next) {
        struct walk w;
        bool there = space_walk(s, (uint32_t)at, &w);
        next = s->paging ? reach(s, &w, at) : end;
        if (!there && !found)
            continue;
        uint64_t phys = w.frame | (at & PAGE_OFFSET_MASK);
        uint32_t bits = there ? bits_of(s, &w, how) : 0;
        bool one = found && e->last - e->first < PAGE_SIZE && !(bits & PTE_PS);
        bool again = there && found && (one || e->repeated) && phys == e->phys;
        bool follows = there && found && !e->repeated && phys == e->phys + (at - e->first);
        if (found && (!there || bits != e->bits || (!again && !follows && !(how & SPACE_SCATTER))))
            break;
        if (!found)
            *e = (struct extent){.first = (uint32_t)at, .phys = phys, .bits = bits};
        else if (!follows && !again)
            e->scattered = true;
        e->repeated |= again;
        found = true;
        e->last = (uint32_t)((next < end ? next : end) - 1);
    }
    return found;
}

bool space_before(const struct space *s, uint32_t lin, struct extent *e)
{
    bool found = false;
    struct extent next;
    for (uint64_t at = 0; space_next(s, at, lin, 0, &next); at = (uint64_t)next.last + 1) {
        *e = next;
        found = true;
    }
    return found;
}

const char *space_rights(uint32_t bits)
{
    static const char *const text[4] = {"kern r-", "kern rw", "user r-", "user rw"};
    return text[(bits & PTE_RW ? 1 : 0) | (bits & PTE_US ? 2 : 0)];
}

const char *space_rights_long(uint32_t bits)
{
    static const char *const text[4] = {"supervisor, read-only", "supervisor, writable",
                                        "user, read-only", "user, writable"};
    return text[(bits & PTE_RW ? 1 : 0) | (bits & PTE_US ? 2 : 0)];
}

/* Appends a word, with a blank between words. */
static void word(char *text, size_t n, const char *add)
{
    size_t len = strlen(text);
    snprintf(text + len, n - len, "%s%s", len ? " " : "", add);
}

void space_attributes(uint32_t bits, char *text, size_t n)
{
    text[0] = '\0';
    if (bits & PTE_PS)
        word(text, n, "large");
    if (bits & PTE_G)
        word(text, n, "G");
    if (bits & PTE_PCD)
        word(text, n, "PCD");
    if (bits & PTE_PWT)
        word(text, n, "PWT");
    if (bits & PTE_A)
        word(text, n, "A");
    if (bits & PTE_D)
        word(text, n, "D");
}

void space_size(uint64_t bytes, char *text, size_t n)
{
    if (bytes >= 1 << 20 && bytes % (1 << 20) == 0)
        snprintf(text, n, "%uM", (unsigned)(bytes >> 20));
    else
        snprintf(text, n, "%uK", (unsigned)(bytes >> 10));
}

const char *space_behind(const struct space *s, uint64_t phys)
{
    if (phys >> 32)
        return "nothing (beyond 4 GiB)";
    const struct bus *b = s->bus;
    const struct bus_region *r = &b->region[b->page_region[bus_a20(b, (phys_t)phys) >> 12]];
    if (r == &b->region[0])
        return "nothing";
    return r->ops || r->rom ? r->name : "RAM";
}

void space_entry_text(const struct space *s, uint64_t entry, bool page, char *text, size_t n)
{
    static const struct {
        uint32_t bit;
        const char *set, *clear;
    } names[] = {
        {PTE_P, "P", "not present"}, {PTE_RW, "RW", "RO"},   {PTE_US, "US", "S"},
        {PTE_PWT, "PWT", NULL},      {PTE_PCD, "PCD", NULL}, {PTE_A, "A", NULL},
    };
    char avail[16];
    text[0] = '\0';
    if (!(entry & PTE_P)) {
        snprintf(text, n, entry ? "not present; the kernel keeps %08llx there" : "not present",
                 (unsigned long long)entry);
        return;
    }
    for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
        const char *name = entry & names[i].bit ? names[i].set : names[i].clear;
        if (name)
            word(text, n, name);
    }
    if (page && (entry & PTE_D))
        word(text, n, "D");
    if (page && (entry & PTE_G))
        word(text, n, s->pge ? "G" : "(G)");
    snprintf(avail, sizeof avail, "avl=%u", (unsigned)(entry >> 9 & 7));
    if (entry >> 9 & 7)
        word(text, n, avail);
}

unsigned space_known(const struct machine *m, struct known_space list[KNOWN_SPACES])
{
    const struct cpu *c = inspect_cpu(m);
    const struct spaces *all = &c->mmu.spaces;
    unsigned n = 0;
    uint32_t mine = c->mmu.cr3 & (c->mmu.mode.pae ? ~31u : PAGE_FRAME_MASK);
    if (!all->n || all->seen[0].cr3 != mine) /* set behind the guest's back */
        list[n++] = (struct known_space){.cr3 = mine, .current = true};
    for (unsigned i = 0; i < all->n; i++) {
        const struct space_seen *seen = &all->seen[i];
        list[n++] = (struct known_space){.cr3 = seen->cr3,
                                         .current = seen->cr3 == mine,
                                         .gone = !inspect_space_alive(m, seen->cr3),
                                         .loads = seen->loads,
                                         .icount = seen->icount,
                                         .eip = seen->eip};
    }
    return n;
}
