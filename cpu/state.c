/* SPDX-License-Identifier: MIT */
/* state.c - saving and restoring the processor, and its registers as text. */
#include "base/snap.h"
#include "cpu/engine/engine.h"
#include "cpu/flags.h"
#include "cpu/internal.h"

static void snap_seg(struct seg *g, struct snap *s)
{
    snap_u16(s, &g->sel);
    snap_u16(s, &g->attr);
    snap_u32(s, &g->base);
    snap_u32(s, &g->limit);
    seg_update(g);
}

static void snap_fault(struct fault *f, struct snap *s)
{
    uint8_t why = (uint8_t)f->why;
    snap_u8(s, &f->vector);
    snap_bool(s, &f->has_code);
    snap_bool(s, &f->software);
    snap_bool(s, &f->external);
    snap_u32(s, &f->code);
    snap_u8(s, &why);
    snap_u32(s, &f->arg[0]);
    snap_u32(s, &f->arg[1]);
    f->why = (enum reason)why;
}

static void snap_chain(struct cpu *c, struct snap *s)
{
    uint8_t links = (uint8_t)c->links;
    snap_u8(s, &links);
    c->links = links <= FAULT_CHAIN ? links : 0;
    for (unsigned n = 0; n < c->links; n++) {
        struct fault_link *l = &c->chain[n];
        snap_fault(&l->fault, s);
        snap_u32(s, &l->cs);
        snap_u32(s, &l->eip);
        snap_u32(s, &l->ss);
        snap_u32(s, &l->esp);
        snap_u32(s, &l->cr2);
        snap_u32(s, &l->cr3);
        snap_u64(s, &l->icount);
        snap_u8(s, &l->cpl);
    }
}

void cpu_snap(struct cpu *c, struct snap *s)
{
    uint8_t level = (uint8_t)c->model->level, cost = (uint8_t)c->cost_log2;
    uint32_t arith = flags_get(c->res, c->aux);
    if (!snap_section(s, "cpu", 2))
        return;
    snap_u8(s, &level);
    snap_u8(s, &cost);
    if (level != c->model->level || cost != c->cost_log2) {
        snap_fail(s, "the snapshot was made with another --cpu or --speed");
        return;
    }
    for (unsigned n = 0; n < 8; n++)
        snap_u32(s, &c->gpr[n]);
    snap_u32(s, &c->eip);
    snap_u32(s, &arith);
    flags_put(arith, &c->res, &c->aux);
    snap_u64(s, &c->icount);
    snap_u64(s, &c->time_base);
    if (s->loading && snap_ok(s) && c->clock->now != c->time_base + (c->icount << c->cost_log2)) {
        c->time_base = c->clock->now - (c->icount << c->cost_log2);
        snap_fail(s, "the processor's time is not the clock's");
        return;
    }
    snap_u32(s, &c->eflags);
    snap_u8(s, &c->cpl);
    c->cpl &= 3;
    snap_bool(s, &c->halted);
    snap_bool(s, &c->shutdown);
    snap_u8(s, &c->inhibit);
    snap_u8(s, &c->attention);
    snap_bool(s, &c->intr);
    snap_bool(s, &c->nmi);
    snap_bool(s, &c->nmi_blocked);
    for (unsigned n = 0; n < SEGS; n++)
        snap_seg(&c->seg[n], s);
    snap_seg(&c->ldtr, s);
    snap_seg(&c->tr, s);
    snap_u32(s, &c->gdtr.base);
    snap_u16(s, &c->gdtr.limit);
    snap_u32(s, &c->idtr.base);
    snap_u16(s, &c->idtr.limit);
    snap_u32(s, &c->cr0);
    snap_u32(s, &c->cr2);
    snap_u32(s, &c->cr4);
    for (unsigned n = 0; n < 8; n++)
        snap_u32(s, &c->dr[n]);
    snap_u32(s, &c->debug_hit);
    for (unsigned n = 0; n < ARRAY_LEN(c->tr_test); n++)
        snap_u32(s, &c->tr_test[n]);
    snap_u64(s, &c->tsc_base);
    for (unsigned n = 0; n < MSR_SLOTS; n++)
        snap_u64(s, &c->msr[n]);
    x87_snap(c, s);
    snap_fault(&c->fault, s);
    snap_chain(c, s);
    snap_bool(s, &c->undelivered);
    bool fetching = c->fetch.epoch == c->mmu.code_epoch;
    uint32_t user = c->fetch.user;
    snap_bool(s, &fetching);
    snap_u32(s, &c->fetch.lin);
    snap_u32(s, &c->fetch.page);
    snap_u32(s, &user);
    mmu_snap(&c->mmu, s);
    c->fetch.user = user & MMU_USER;
    c->fetch.epoch = c->mmu.code_epoch - !fetching;
    if (s->loading) {
        c->if_off.icount = UINT64_MAX;
        memset(c->trail, 0xff, sizeof c->trail);
        c->eras = 0;
        c->is_repeating = false;
        if (c->engine)
            engine_flush(c->engine);
        debug_update(c);
        cpu_update_align(c);
        cpu_note_era(c);
    }
}
