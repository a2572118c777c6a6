/* SPDX-License-Identifier: MIT */
/* tlbview.c - see tlbview.h. */
#include "monitor/tlbview.h"

#include "cpu/cpu.h"
#include "machine/inspect.h"
#include "mmu/bus.h"
#include "monitor/session.h"
#include "monitor/space.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void find_writer(const struct mmu *m, struct tlbview *v)
{
    const struct pt_write *by = sanitizer_writer(&m->sanitizer, v->walk.pte_at);
    if (!by || v->walk.result == WALK_PDE_GONE)
        by = sanitizer_writer(&m->sanitizer, v->walk.pde_at);
    if (!by)
        return;
    v->writer_known = true;
    v->entry_at = by->at;
    v->old = by->old;
    v->writer_eip = by->eip;
    v->writer_icount = by->icount;
}

void tlbview_look(const struct machine *m, uint32_t lin, struct tlbview *v)
{
    const struct mmu *mmu = &inspect_cpu(m)->mmu;
    const struct tlb_entry *e = mmu->paging ? tlb_look(&mmu->tlb, lin) : NULL;
    struct space s;
    memset(v, 0, sizeof *v);
    v->way = -1;
    space_current(&s, m);
    bool there = space_walk(&s, lin, &v->walk);
    if (!e)
        return;
    v->phys = e->frame & PAGE_FRAME_MASK;
    v->bits = (e->frame & TLB_W ? PTE_RW : 0) | (e->frame & TLB_U ? PTE_US : 0) |
              (e->frame & TLB_D ? PTE_D : 0) | (e->frame & TLB_G ? PTE_G : 0) |
              (e->frame & TLB_LARGE ? PTE_PS : 0);
    v->way = mmu->tlb.shape.ways ? tlb_slot_of(&mmu->tlb, lin) : -1;
    uint32_t rights = there ? (v->walk.user ? PTE_US : 0) | (v->walk.writable ? PTE_RW : 0) : 0;
    if (mmu_entry_stale(mmu, e, there, &v->walk)) {
        v->state = TLBVIEW_STALE;
        find_writer(mmu, v);
    } else {
        v->state = rights & ~v->bits ? TLBVIEW_BEHIND : TLBVIEW_AGREES;
    }
}

int tlbview_explain(const struct monitor *mon, const struct tlbview *v, char *text, size_t n)
{
    char now[100] = "the tables no longer map the page", who[320] = "", place[200];
    uint32_t rights = (v->walk.user ? PTE_US : 0) | (v->walk.writable ? PTE_RW : 0);
    if (v->walk.result == WALK_OK)
        snprintf(now, sizeof now, "the tables say %08llx, %s", (unsigned long long)v->walk.frame,
                 space_rights_long(rights));
    if (v->writer_known) {
        session_place(mon, v->writer_eip, place, sizeof place);
        snprintf(who, sizeof who, "; the entry at %08x was %08x until %s changed it @%" PRIu64,
                 v->entry_at, v->old, place, v->writer_icount);
    }
    return snprintf(text, n, "%s%s", now, who);
}
