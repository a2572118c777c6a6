/* SPDX-License-Identifier: MIT */
/*
 * lockstep.c - the engine against the reference layer: two whole machines get the same state and
 * the same input and run the same stretches; after each, every register must agree, and from
 * time to time all of RAM. Possible because a run is a function of its inputs.
 *
 * A stretch is short enough to point at the culprit and long enough for blocks to be executed as
 * blocks. The machine stops at the first difference; machine_report then shows both sides.
 */
#include "base/snap.h"
#include "machine/board.h"

#include <string.h>

#define STRETCH 997u                  /* instructions; prime, so that it cuts loops everywhere */
#define RAM_EVERY 32u                 /* bytes of RAM for an instruction between two comparisons */
#define RAM_AT_MOST UINT64_C(4000000) /* and no more often than after these instructions */

static void give_state(struct machine *m)
{
    struct snap save, load;
    snap_save_init(&save);
    board_snap(m, &save);
    snap_load_init(&load, save.buf, save.len);
    board_snap(m->twin, &load);
    board_restart_media(m);
    m->diverged = !snap_ok(&load);
    snap_free(&save);
    m->twin_fresh = false;
    m->ram_compared = m->cpu.icount;
}

static bool same_registers(const struct machine *m)
{
    const struct cpu *a = &m->cpu, *b = &m->twin->cpu;
    if (a->icount != b->icount || m->clock.now != m->twin->clock.now || a->eip != b->eip ||
        memcmp(a->gpr, b->gpr, sizeof a->gpr) != 0 || cpu_eflags(a) != cpu_eflags(b))
        return false;
    for (unsigned n = 0; n < SEGS; n++) {
        const struct seg *s = &a->seg[n], *t = &b->seg[n];
        if (s->sel != t->sel || s->base != t->base || s->limit != t->limit || s->attr != t->attr)
            return false;
    }
    if (memcmp(&a->x87, &b->x87, sizeof a->x87) != 0)
        return false;
    return a->cr0 == b->cr0 && a->cr2 == b->cr2 && a->cr4 == b->cr4 && a->mmu.cr3 == b->mmu.cr3 &&
           a->tsc_base == b->tsc_base && memcmp(a->msr, b->msr, sizeof a->msr) == 0 &&
           a->cpl == b->cpl && a->halted == b->halted && a->inhibit == b->inhibit &&
           a->mmu.stats.walks == b->mmu.stats.walks && a->mmu.stats.faults == b->mmu.stats.faults &&
           a->mmu.tlb.evictions == b->mmu.tlb.evictions;
}

/* Comparing costs what RAM is large, so it is done the more rarely. */
static bool ram_is_due(const struct machine *m)
{
    uint64_t since = m->cpu.icount - m->ram_compared;
    return since >= RAM_AT_MOST && since >= m->bus.ram_size / RAM_EVERY;
}

static bool same_ram(struct machine *m)
{
    m->ram_compared = m->cpu.icount;
    return memcmp(m->bus.ram, m->twin->bus.ram, m->bus.ram_size) == 0 &&
           memcmp(m->vga_memory->bytes, m->twin->vga_memory->bytes, VGA_MEMORY) == 0;
}

enum machine_stop lockstep_run(struct machine *m, uint64_t until, uint64_t max_insns)
{
    for (;;) {
        if (m->twin_fresh)
            give_state(m);
        uint64_t to = m->cpu.icount + STRETCH;
        if (to > max_insns)
            to = max_insns;
        enum machine_stop stop = board_run(m, until, to);
        if (stop == MACHINE_BREAK) /* debuggers see only this side: the twin goes as far */
            to = m->cpu.icount;
        bool reset = m->twin_fresh; /* a reset reloaded our memory: start over with its state */
        enum machine_stop other = reset ? stop : board_run(m->twin, until, to);
        if (stop == MACHINE_BREAK) /* perhaps behind an interrupt that the twin is still before: */
            return stop;           /* the end of the next stretch is compared */
        if (!reset && (stop != other || !same_registers(m) || !board_media_agree(m)))
            m->diverged = true;
        bool last = stop != MACHINE_INSNS || to == max_insns;
        bool ended = last && stop != MACHINE_RAN; /* else somebody looks at the window */
        if (!reset && !m->diverged && (ended || ram_is_due(m)))
            m->diverged = !same_ram(m);
        if (m->diverged)
            return MACHINE_DIVERGED;
        if (last)
            return stop;
    }
}
