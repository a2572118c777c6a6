/* SPDX-License-Identifier: MIT */
/* tlb.c - the command tlb: the architectural TLB, entry by entry, beside the page tables. */
#include "monitor/pages.h"

#include "cpu/cpu.h"
#include "machine/inspect.h"
#include "mmu/bus.h"
#include "monitor/answer.h"
#include "monitor/line.h"
#include "monitor/sentence.h"
#include "monitor/session.h"
#include "monitor/space.h"
#include "monitor/tlbview.h"

#include <inttypes.h>
#include <stdio.h>

/* Entries that follow each other and are alike. */
struct stretch {
    uint32_t first, last; /* linear pages, inclusive addresses */
    struct tlbview v;     /* of the first */
    unsigned n;           /* pages; 0: none */
};

static void say_run(const struct monitor *mon, const struct stretch *r, unsigned sets,
                    struct answer *to)
{
    char text[500] = "", place[40] = "", pages[16];
    const struct tlbview *v = &r->v;
    if (!r->n)
        return;
    if (v->state == TLBVIEW_STALE)
        tlbview_explain(mon, v, text, sizeof text);
    if (v->way >= 0)
        snprintf(place, sizeof place, "  set %u way %d", r->first >> 12 & (sets - 1), v->way);
    answer_object(to, NULL);
    answer_number(to, "first", r->first);
    answer_number(to, "last", r->last);
    answer_number(to, "phys", v->phys);
    answer_bool(to, "user", v->bits & PTE_US);
    answer_bool(to, "writable", v->bits & PTE_RW);
    answer_bool(to, "dirty", v->bits & PTE_D);
    answer_bool(to, "global", v->bits & PTE_G);
    answer_bool(to, "large", v->bits & PTE_PS);
    answer_bool(to, "stale", v->state == TLBVIEW_STALE);
    if (v->way >= 0)
        answer_number(to, "way", (unsigned)v->way);
    if (v->state == TLBVIEW_STALE)
        answer_string(to, "why", text);
    answer_close(to);
    space_size((uint64_t)r->n * PAGE_SIZE, pages, sizeof pages);
    answer_text(to, "%08x-%08x  %08x  %6s  %s %s %s  %s%s%s\n", r->first, r->last, v->phys, pages,
                space_rights(v->bits), v->bits & PTE_D ? "D" : "-", v->bits & PTE_G ? "G" : "-",
                v->state == TLBVIEW_STALE    ? "STALE"
                : v->state == TLBVIEW_BEHIND ? "behind: the tables allow more"
                                             : "agrees",
                v->bits & PTE_PS ? "  (of a large page)" : "", place);
    if (v->state == TLBVIEW_STALE) {
        answer_text(to, "    ");
        answer_sentence(to, 4, 4, "%s", text);
    }
}

static bool alike(const struct stretch *r, const struct tlbview *v, uint32_t lin)
{
    return r->n && r->last + 1 == lin && r->v.state == v->state && r->v.bits == v->bits &&
           r->v.phys + r->n * PAGE_SIZE == v->phys && v->way < 0 &&
           (v->state != TLBVIEW_STALE ||
            (r->v.walk.frame == v->walk.frame && r->v.writer_icount == v->writer_icount));
}

static void say_geometry(const struct mmu *m, struct answer *to)
{
    answer_number(to, "sets", m->tlb.shape.sets);
    answer_number(to, "ways", m->tlb.shape.ways);
    if (m->tlb.shape.ways)
        answer_text(to, "TLB of %u sets of %u entries, %s\n", m->tlb.shape.sets, m->tlb.shape.ways,
                    m->tlb.shape.pseudo_lru ? "pseudo-LRU" : "round-robin");
    else
        answer_text(to, "TLB with room for every page (--tlb makes it smaller)\n");
}

bool tlb_show(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    const struct machine *m = monitor_machine(mon);
    const struct mmu *mmu = &inspect_cpu(m)->mmu;
    bool stale = line_keyword(line, "stale"), one = !stale && line_more(line);
    uint32_t only = 0, count = 0, bad = 0;
    struct stretch run = {0};
    if (one && !line_address(line, "a linear address", &only, err))
        return false;
    if (!line_end(line, err))
        return false;
    answer_bool(to, "paging", mmu->paging);
    if (!mmu->paging) {
        answer_text(to, "paging is off: the TLB is not used\n");
        return true;
    }
    say_geometry(mmu, to);
    answer_text(to, "linear             physical    size  rights  D G  against the tables\n");
    answer_list(to, "entries");
    for (uint32_t page = 0; page < TLB_PAGES; page++) {
        struct tlbview v;
        uint32_t lin = page << 12;
        if (!tlb_look(&mmu->tlb, lin))
            continue;
        tlbview_look(m, lin, &v);
        count++;
        bad += v.state == TLBVIEW_STALE;
        if ((one && page != only >> 12) || (stale && v.state != TLBVIEW_STALE))
            continue;
        if (alike(&run, &v, lin)) {
            run.n++;
        } else {
            say_run(mon, &run, mmu->tlb.shape.sets, to);
            run = (struct stretch){.first = lin, .v = v, .n = 1};
        }
        run.last = lin + PAGE_SIZE - 1;
    }
    say_run(mon, &run, mmu->tlb.shape.sets, to);
    answer_close(to);
    answer_number(to, "pages", count);
    answer_number(to, "stale", bad);
    answer_text(to, "%u page%s in the TLB, %u STALE%s\n", count, count == 1 ? "" : "s", bad,
                bad ? ": INVLPG or a load of CR3 is missing" : "");
    return true;
}
