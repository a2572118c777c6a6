/* SPDX-License-Identifier: MIT */
/*
 * cpu.c - life of the processor: reset, the run loop, single steps, and what the board may do.
 *
 * The run loop comes up between instructions whenever `limit` is reached: an event is due, the
 * asked-for count is done, or attention was called (which sets limit to 0). In that order it
 * returns, takes interrupts, and executes again. A fault unwinds to it by longjmp.
 */
#include "cpu/cpu.h"

#include "base/snap.h"
#include "base/trace.h"
#include "cpu/engine/engine.h"
#include "cpu/flags.h"
#include "cpu/internal.h"
#include "cpu/trail.h"
#include "mmu/bus.h"

#include <assert.h>
#include <stdlib.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "guest memory is read in place");

/* The bus reports stores into pages that decoded code came from. */
static void code_written(void *arg, phys_t at, unsigned n)
{
    struct cpu *c = arg;
    if (c->engine && engine_invalidate(c->engine, at, n))
        cpu_attend(c, ATT_CODE);
}

static void mapping_changed(void *arg, bool code)
{
    struct cpu *c = arg;
    mmu_mapping_changed(&c->mmu);
    if (c->engine && code)
        engine_flush(c->engine);
    cpu_attend(c, ATT_CODE);
}

/* Somebody stores into a watched page of memory. An instruction's own accesses were noted already. */
static void watched(void *arg, phys_t at, unsigned n)
{
    struct cpu *c = arg;
    if (OBSERVED(c, OBSERVE_DATA) && !c->accessing)
        observe_note(
            c, &(struct observed){
                   .kind = OBSERVE_DATA, .phys = {at, 0}, .size = n, .first = n, .write = true});
}

static void where_am_i(void *arg, uint64_t *icount, uint32_t *eip)
{
    const struct cpu *c = arg;
    *icount = c->icount - c->ahead;
    *eip = c->eip;
}

static void finding_made(void *arg, const struct finding *f)
{
    struct cpu *c = arg;
    char text[512];
    finding_explain(f, text, sizeof text);
    TRACE(c->trace, TRACE_MMU, "%s", text);
    if (f->kind == FINDING_STALE)
        OBSERVE(c, OBSERVE_STALE, f->lin, f->phys, f->now);
    if (!c->strict || c->finding_stop)
        return;
    c->finding = *f;
    c->finding_stop = true;
    cpu_break(c);
}

bool cpu_init(struct cpu *c, const struct cpu_config *cfg, struct bus *b, struct clock *k,
              struct trace *t, struct error *err)
{
    memset(c, 0, sizeof *c);
    c->model = cpu_model_find(cfg->model);
    assert(c->model);
    c->bus = b;
    c->clock = k;
    c->trace = t;
    c->inta = cfg->inta;
    c->inta_arg = cfg->inta_arg;
    c->ferr = cfg->ferr;
    c->apic = cfg->apic;
    c->apic.present = c->apic.present && (c->model->features & CPUID_APIC);
    c->cost_log2 = cfg->cost_log2;
    if (!mmu_init(&c->mmu, b, cfg->tlb, t, err))
        return false;
    c->strict = cfg->strict;
    c->mmu.sanitizer.where = where_am_i;
    c->mmu.sanitizer.found = finding_made;
    c->mmu.sanitizer.arg = c;
    c->mmu.mode.wide = c->model->level >= 6;
    if (cfg->fast) {
        c->engine = engine_new(b, &c->mmu);
        if (!c->engine) {
            mmu_fini(&c->mmu);
            return error_set(err, "not enough memory for the block engine");
        }
    }
    b->code_written = code_written;
    b->code_written_arg = c;
    b->mapping_changed = mapping_changed;
    b->mapping_arg = c;
    b->watched = watched;
    b->watched_arg = c;
    cpu_keep_trail(c, false);
    cpu_reset(c);
    return true;
}

void cpu_keep_trail(struct cpu *c, bool on)
{
    memset(c->trail, 0xff, sizeof c->trail);
    c->trail_mask = on ? TRAIL - 1 : TRAIL_SHORT - 1;
}

void cpu_fini(struct cpu *c)
{
    engine_free(c->engine);
    c->engine = NULL;
    mmu_fini(&c->mmu);
}

/* State after RESET: SDM vol. 3, table 9-1; i386 manual, 10.1. Time and counts go on. */
void cpu_reset(struct cpu *c)
{
    memset(c->gpr, 0, sizeof c->gpr);
    c->gpr[EDX] = c->model->reset_edx;
    c->eflags = 0;
    c->if_off.icount = UINT64_MAX;
    flags_put(0, &c->res, &c->aux);
    c->cr0 = c->model->cr0_fixed;
    c->cr0 |= c->model->level >= 4 ? CR0_NW | CR0_CD : CR0_ET; /* ET: there is a 387 */
    c->cr2 = 0;
    c->cr4 = 0;
    memset(c->dr, 0, sizeof c->dr);
    c->dr[6] = c->model->level >= 5 ? 0xffff0ff0 : 0xffff1ff0;
    c->dr[7] = c->model->level >= 5 ? 0x400 : 0;
    c->debug_hit = 0;
    debug_update(c);
    c->cpl = 0;
    for (unsigned n = 0; n < SEGS; n++) {
        c->seg[n] = (struct seg){.limit = 0xffff};
        seg_set_real(&c->seg[n], 0);
    }
    c->seg[CS].sel = 0xf000;
    c->seg[CS].base = 0xffff0000;
    c->ldtr = (struct seg){.limit = 0xffff, .attr = 0x82};
    c->tr = (struct seg){.limit = 0xffff, .attr = 0x8b};
    c->gdtr = c->idtr = (struct dtable){.limit = 0xffff};
    c->idtr.limit = 0x3ff;
    c->eip = 0xfff0;
    c->halted = c->shutdown = c->nmi = c->nmi_blocked = false;
    c->inhibit = INHIBIT_NONE;
    c->delivering = -1;
    c->ahead = 0;
    memset(c->tr_test, 0, sizeof c->tr_test);
    msr_reset(c);
    mmu_reset(&c->mmu);
    x87_reset(c);
    cpu_update_align(c);
    cpu_note_era(c);
    TRACE(c->trace, TRACE_CPU, "reset (%s)", c->model->name);
}

void cpu_initialize(struct cpu *c)
{
    struct x87 x87 = c->x87;
    uint64_t msr[MSR_SLOTS], tsc_base = c->tsc_base;
    uint32_t caches = c->cr0 & (CR0_CD | CR0_NW);
    memcpy(msr, c->msr, sizeof msr);
    cpu_reset(c);
    memcpy(c->msr, msr, sizeof msr);
    c->tsc_base = tsc_base;
    c->x87 = x87;
    c->cr0 = (c->cr0 & ~(uint32_t)(CR0_CD | CR0_NW)) | caches;
}

void cpu_enter_flat32(struct cpu *c, uint32_t eip)
{
    c->cr0 = (c->cr0 & ~(uint32_t)(CR0_NW | CR0_CD)) | CR0_PE;
    for (unsigned n = 0; n < SEGS; n++) {
        c->seg[n] =
            (struct seg){.sel = 0x10,
                         .limit = UINT32_MAX,
                         .attr = DESC_P | DESC_S | DESC_RW | DESC_ACCESSED | DESC_BIG | DESC_GRAN};
        if (n == CS) {
            c->seg[n].sel = 0x08;
            c->seg[n].attr |= DESC_CODE;
        }
        seg_update(&c->seg[n]);
    }
    c->eip = eip;
    cpu_update_mode(c);
}

void cpu_enter_real(struct cpu *c, const uint16_t sel[SEGS], uint32_t eip)
{
    c->cr0 &= ~(uint32_t)(CR0_NW | CR0_CD); /* firmware turns the caches on */
    for (unsigned n = 0; n < SEGS; n++)
        seg_set_real(&c->seg[n], sel[n]);
    c->eip = eip;
    cpu_update_mode(c);
}

void cpu_note_era(struct cpu *c)
{
    struct trail_era now = {.icount = c->icount - c->ahead + (c->ahead != 0),
                            .cr3 = c->mmu.paging ? c->mmu.cr3 : ERA_UNPAGED,
                            .code16 = !(c->mode & MODE_CODE32)};
    const struct trail_era *last = &c->era[(c->eras - 1) % ERAS];
    if (!c->eras || last->cr3 != now.cr3 || last->code16 != now.code16)
        c->era[c->eras++ % ERAS] = now;
}

void cpu_update_mode(struct cpu *c)
{
    const struct seg *cs = &c->seg[CS];
    uint8_t before = c->mode;
    c->mode =
        (uint8_t)((cs->attr & DESC_BIG ? MODE_CODE32 : 0) |
                  (c->seg[SS].attr & DESC_BIG ? MODE_STACK32 : 0) | (c->cpl == 3 ? MODE_USER : 0) |
                  (cs->base == 0 && cs->limit == UINT32_MAX ? MODE_FLAT_CS : 0) |
                  (c->seg[DS].flat ? MODE_FLAT_DS : 0) | (c->seg[ES].flat ? MODE_FLAT_ES : 0) |
                  (c->seg[SS].flat ? MODE_FLAT_SS : 0) |
                  (c->cpl == 3 && c->mmu.user_slow ? MODE_ALIGN : 0));
    c->host = c->mmu.tlb.host[c->cpl == 3];
    if ((c->mode ^ before) & MODE_CODE32)
        cpu_note_era(c);
    OBSERVE(c, OBSERVE_MODE, 0, 0, 0);
}

void cpu_update_align(struct cpu *c)
{
    mmu_set_user_slow(&c->mmu, (c->eflags & FLAG_AC) && (c->cr0 & CR0_AM));
    cpu_update_mode(c);
}

uint32_t cpu_eflags(const struct cpu *c)
{
    return c->eflags | flags_get(c->res, c->aux) | FLAG_1;
}

void cpu_set_eflags(struct cpu *c, uint32_t value)
{
    uint32_t was = c->eflags;
    if (!(value & FLAG_IF))
        cpu_note_if_off(c, -1);
    flags_put(value, &c->res, &c->aux);
    c->eflags = value & (c->model->eflags_mask | FLAG_RF | FLAG_VM) & ~(uint32_t)FLAG_ARITH;
    if ((was ^ c->eflags) & FLAG_AC)
        cpu_update_align(c);
}

void cpu_set_intr(struct cpu *c, bool level)
{
    c->intr = level;
    cpu_attend(c, ATT_IO);
}

void cpu_pulse_nmi(struct cpu *c)
{
    c->nmi = true;
    cpu_attend(c, ATT_IO);
}

void cpu_break(struct cpu *c)
{
    cpu_attend(c, ATT_BREAK);
}

void cpu_skip_to(struct cpu *c, uint64_t now)
{
    c->clock->now = now;
    c->time_base = now - (c->icount << c->cost_log2);
}

bool cpu_can_wake(const struct cpu *c)
{
    return (c->eflags & FLAG_IF) || c->nmi;
}

void cpu_step(struct cpu *c)
{
    struct insn i;
    bool shadow = c->inhibit == INHIBIT_SS; /* no breakpoint behind MOV SS and POP SS */
    if (OBSERVED(c, OBSERVE_EXEC) && observe_exec(c))
        return;
    if (!c->is_repeating || c->repeating != c->seg[CS].base + c->eip)
        trail_note(c, c->seg[CS].base + c->eip);
    c->stepping = c->eflags & FLAG_TF;
    c->inhibit = INHIBIT_NONE;
    c->icount++;
    c->ahead = 1;
    c->limit = 0; /* one iteration of a string instruction */
    if (c->break_code && !shadow)
        debug_check_code(c);
    fetch_insn(c, &i);
    c->next = c->eip + i.len;
    uint32_t rf = c->eflags & FLAG_RF;
    c->eflags &= ~(uint32_t)FLAG_RF;
    exec_insn(c, &i);
    if (rf && c->next == c->eip && (i.flags & (INSN_REP | INSN_REPNE)))
        c->eflags |= rf; /* RF lasts until the whole instruction is done */
    c->eip = c->next;
    c->ahead = 0;
    if (c->row_count)
        c->row_count[i.row]++;
    if (c->stepping && c->inhibit != INHIBIT_SS)
        c->debug_hit |= DR6_BS;
}

/* The instruction count at which the clock's next event is due, at most `until`. */
static uint64_t next_limit(const struct cpu *c)
{
    uint64_t due = clock_next(c->clock);
    if (due == CLOCK_NEVER)
        return c->until;
    uint64_t round = (UINT64_C(1) << c->cost_log2) - 1;
    uint64_t from_base = due > c->time_base ? due - c->time_base : 0;
    uint64_t count = (from_base + round) >> c->cost_log2;
    return count < c->until ? count : c->until;
}

static bool take_interrupt(struct cpu *c)
{
    if (c->inhibit == INHIBIT_SS)
        return false;
    if (c->nmi && !c->nmi_blocked) {
        c->nmi = false;
        intr_external(c, EXC_NMI, true);
        return true;
    }
    if (!c->intr || !(c->eflags & FLAG_IF) || c->inhibit)
        return false;
    cpu_sync_clock(c);
    intr_external(c, c->inta(c->inta_arg), false);
    return true;
}

enum cpu_stop cpu_run(struct cpu *c, uint64_t until)
{
    c->until = until;
    f80_fresh();
    if (setjmp(c->unwind))
        fault_dispatch(c); /* may come back here by itself: a fault during delivery */
    else if (c->undelivered)
        fault_deliver(c);
    for (;;) {
        unsigned attention = c->attention;
        c->attention = 0;
        cpu_sync_clock(c);
        if (c->shutdown)
            return CPU_TRIPLE;
        if ((attention & ATT_BREAK) || c->undelivered)
            return CPU_BREAK;
        if ((attention & ATT_JUDGE) && c->observer.judge && c->observer.judge(c->observer.arg))
            return CPU_BREAK;
        c->limit = next_limit(c);
        if (c->icount >= c->limit)
            return CPU_LIMIT;
        if (c->debug_hit && c->inhibit != INHIBIT_SS) {
            debug_trap(c);
            continue;
        }
        if (take_interrupt(c))
            continue;
        if (c->halted)
            return CPU_HALT;
        if (c->engine && !c->inhibit && !(c->eflags & FLAG_TF) && !c->break_code)
            engine_run(c->engine, c);
        else
            cpu_step(c);
    }
}
