/* SPDX-License-Identifier: MIT */
/*
 * emulated.c - see emulated.h. Physical memory: the window at 0, the system area behind it.
 *
 * System area: 0000 GDT, 0800 IDT, 1000 TSS, 1200 LDT, up to 2000 the stack of ring 0, 2000 one HLT
 * for each vector, 3000 page directory, 4000 and 5000 page tables.
 */
#include "tests/diff/emulated.h"

#include "cpu/engine/engine.h"
#include "cpu/internal.h"
#include "mmu/paging.h"

#include <string.h>

enum {
    SYS_PHYS = WIN_SIZE,
    SYS_IDT = 0x800,
    SYS_TSS = 0x1000,
    SYS_LDT = 0x1200,
    SYS_STACK = 0x2000,
    SYS_HLT = 0x2000,
    SYS_PD = 0x3000,
    SYS_PT_WIN = 0x4000,
    SYS_PT_SYS = 0x5000,
    RAM = SYS_PHYS + SYSTEM_AREA_SIZE,
    SEL_CODE0 = 0x08,
    SEL_DATA0 = 0x10,
    SEL_LDTR = 0x38,
    SEL_TSS = 0x40,
    GDT_LIMIT = 0x7f,
};

static uint8_t *sys(struct emulated *e, uint32_t at)
{
    return e->bus.ram + SYS_PHYS + at;
}

static uint64_t descriptor(uint32_t base, uint32_t limit, unsigned attr)
{
    uint32_t lo = (limit & 0xffff) | base << 16;
    uint32_t hi =
        (base >> 16 & 0xff) | (attr & 0xf0ff) << 8 | (limit & 0xf0000) | (base & 0xff000000);
    return (uint64_t)hi << 32 | lo;
}

static void put_descriptor(struct emulated *e, uint32_t at, uint64_t d)
{
    host_put(sys(e, at), (uint32_t)d, 4);
    host_put(sys(e, at + 4), (uint32_t)(d >> 32), 4);
}

static void make_ldt(struct emulated *e)
{
    for (unsigned n = 0; n < LDT_USED; n++) {
        const struct ldt_entry *l = &ldt_table[n];
        /* As Linux makes them: privilege level 3, accessed. */
        unsigned attr = 0x71u | (l->locked ? 0 : 2) | l->contents << 2 | (l->absent ? 0 : DESC_P) |
                        (l->big ? DESC_BIG : 0) | (l->pages ? DESC_GRAN : 0);
        if (n != LDT_EMPTY)
            put_descriptor(e, SYS_LDT + 8 * n, descriptor(l->base, l->limit, attr));
    }
}

static void make_gates(struct emulated *e)
{
    for (unsigned v = 0; v < 256; v++) {
        uint32_t to = SYSTEM_AREA + SYS_HLT + v;
        host_put(sys(e, SYS_IDT + 8 * v), (to & 0xffff) | SEL_CODE0 << 16, 4);
        host_put(sys(e, SYS_IDT + 8 * v + 4),
                 (to & 0xffff0000) | (v == EXC_BP || v == EXC_OF ? 0xee00 : 0x8e00), 4);
        *sys(e, SYS_HLT + v) = 0xf4;
    }
}

static void make_pages(struct emulated *e)
{
    const uint32_t sys_phys = SYS_PHYS;
    host_put(sys(e, SYS_PD + 4 * (WIN >> 22)), (sys_phys + SYS_PT_WIN) | PTE_P | PTE_RW | PTE_US,
             4);
    host_put(sys(e, SYS_PD + 4 * (SYSTEM_AREA >> 22)), (sys_phys + SYS_PT_SYS) | PTE_P | PTE_RW, 4);
    for (unsigned page = 0; page < WIN_PAGES; page++) {
        uint32_t pte = page * PAGE | PTE_US | (window_writable(page) ? PTE_RW : 0);
        host_put(sys(e, SYS_PT_WIN + 4 * page), window_mapped(page) ? pte | PTE_P : 0, 4);
    }
    for (unsigned page = 0; page < 6; page++)
        host_put(sys(e, SYS_PT_SYS + 4 * page), (sys_phys + page * PAGE) | PTE_P | PTE_RW, 4);
}

static void enter_protected(struct cpu *c)
{
    c->cr0 = (c->model->cr0_mask & (CR0_PE | CR0_MP | CR0_NE | CR0_WP | CR0_AM | CR0_PG)) |
             c->model->cr0_fixed;
    mmu_set_cr0(&c->mmu, true, true);
    mmu_set_cr3(&c->mmu, SYS_PHYS + SYS_PD);
    c->gdtr = (struct dtable){.base = SYSTEM_AREA, .limit = GDT_LIMIT};
    c->idtr = (struct dtable){.base = SYSTEM_AREA + SYS_IDT, .limit = 0x7ff};
    c->ldtr = (struct seg){
        .sel = SEL_LDTR, .attr = 0x82, .base = SYSTEM_AREA + SYS_LDT, .limit = 8 * LDT_USED - 1};
    c->tr =
        (struct seg){.sel = SEL_TSS, .attr = 0x8b, .base = SYSTEM_AREA + SYS_TSS, .limit = 0x67};
}

bool emulated_init(struct emulated *e, bool fast)
{
    struct cpu_config config = {.model = 6, .fast = fast};
    struct error err;
    if (!bus_init(&e->bus, RAM, NULL, &err))
        return false;
    bus_map_ram(&e->bus, "ram", 0, RAM, 0);
    clock_init(&e->clock);
    if (!cpu_init(&e->cpu, &config, &e->bus, &e->clock, NULL, &err))
        return false;
    put_descriptor(e, SEL_CODE0, descriptor(0, 0xfffff, 0xc09b));
    put_descriptor(e, SEL_DATA0, descriptor(0, 0xfffff, 0xc093));
    put_descriptor(e, SEL_CODE & ~7, descriptor(0, 0xfffff, 0xc0fb));
    put_descriptor(e, SEL_DATA & ~7, descriptor(0, 0xfffff, 0xc0f3));
    put_descriptor(e, SEL_LDTR, descriptor(SYSTEM_AREA + SYS_LDT, 8 * LDT_USED - 1, 0x82));
    put_descriptor(e, SEL_TSS, descriptor(SYSTEM_AREA + SYS_TSS, 0x67, 0x8b));
    host_put(sys(e, SYS_TSS + 4), SYSTEM_AREA + SYS_STACK, 4);
    host_put(sys(e, SYS_TSS + 8), SEL_DATA0, 4);
    host_put(sys(e, SYS_TSS + 0x64), 0x68u << 16, 4); /* no I/O permission bitmap */
    make_ldt(e);
    make_gates(e);
    make_pages(e);
    memset(emulated_window(e) + WIN_CODE, 0xcc, WIN_CODE_END - WIN_CODE);
    enter_protected(&e->cpu);
    return true;
}

void emulated_fini(struct emulated *e)
{
    cpu_fini(&e->cpu);
    bus_fini(&e->bus);
}

uint8_t *emulated_window(struct emulated *e)
{
    return e->bus.ram;
}

void emulated_code(struct emulated *e, uint32_t at, const uint8_t *bytes, unsigned n)
{
    for (unsigned k = 0; k < n; k++)
        bus_write(&e->bus, at + k, bytes[k], 1);
}

uint64_t emulated_descriptor(const struct emulated *e, uint16_t sel)
{
    uint32_t limit = sel & 4 ? 8 * LDT_USED - 1 : GDT_LIMIT;
    const uint8_t *table = e->bus.ram + SYS_PHYS + (sel & 4 ? SYS_LDT : 0);
    if ((sel | 7u) > limit || !(sel & ~3u))
        return 0;
    return host_get(table + (sel & ~7u), 4) | (uint64_t)host_get(table + (sel & ~7u) + 4, 4) << 32;
}

static void load_segments(struct emulated *e, const struct state *s)
{
    struct cpu *c = &e->cpu;
    for (unsigned n = 0; n < SEGS; n++) {
        uint64_t d = emulated_descriptor(e, s->sel[n]);
        struct desc desc = {.lo = (uint32_t)d, .hi = (uint32_t)(d >> 32)};
        if (d)
            seg_from_desc(&c->seg[n], s->sel[n], &desc);
        else
            seg_set_null(&c->seg[n], s->sel[n]);
    }
}

/* Registers in the layout of FXSAVE. */
static void load_fpu(struct x87 *f, const uint8_t *fpu)
{
    f->cw = (uint16_t)host_get(fpu, 2);
    f->sw = (uint16_t)host_get(fpu + 2, 2);
    f->full = fpu[4];
    for (unsigned n = 0; n < 8; n++) {
        struct f80 *r = &f->reg[((f->sw >> 11) + n) & 7];
        memcpy(&r->m, fpu + 32 + 16 * n, 8);
        memcpy(&r->se, fpu + 40 + 16 * n, 2);
    }
    f->fop = f->fcs = f->fds = 0;
    f->fip = f->fdp = 0;
}

static void store_fpu(const struct x87 *f, uint8_t *fpu)
{
    host_put(fpu, f->cw, 2);
    host_put(fpu + 2, f->sw, 2);
    fpu[4] = f->full;
    for (unsigned n = 0; n < 8; n++) {
        const struct f80 *r = &f->reg[((f->sw >> 11) + n) & 7];
        memcpy(fpu + 32 + 16 * n, &r->m, 8);
        memcpy(fpu + 40 + 16 * n, &r->se, 2);
    }
}

void emulated_place(struct emulated *e, const struct state *s)
{
    struct cpu *c = &e->cpu;
    memcpy(c->gpr, s->gpr, sizeof s->gpr);
    c->eip = s->eip;
    c->cpl = 3;
    c->cr2 = 0;
    load_segments(e, s);
    cpu_set_eflags(c, s->eflags);
    load_fpu(&c->x87, s->fpu);
    c->halted = c->shutdown = c->stepping = false;
    c->inhibit = INHIBIT_NONE;
    c->attention = 0;
    c->ahead = 0;
    c->delivering = -1;
    c->debug_hit = 0;
    cpu_update_mode(c);
    /* Blocks were made from the data pages: they are written behind the engine's back. */
    for (unsigned page = 0; c->engine && page < WIN_CODE / PAGE; page++) {
        if (e->bus.page_flags[page] & PAGE_CODE)
            engine_flush(c->engine);
    }
}

bool emulated_step(struct emulated *e)
{
    struct cpu *c = &e->cpu;
    (void)cpu_run(c, c->icount + 1);
    return c->cpl == 3 && !c->shutdown;
}

void emulated_run(struct emulated *e, unsigned insns)
{
    (void)cpu_run(&e->cpu, e->cpu.icount + insns);
}

static bool has_code(unsigned vector)
{
    return vector == EXC_DF || (vector >= EXC_TS && vector <= EXC_PF) || vector == EXC_AC;
}

void emulated_result(struct emulated *e, struct result *r)
{
    struct cpu *c = &e->cpu;
    memset(r, 0, sizeof *r);
    if (c->cpl == 0 && !c->halted)
        emulated_run(e, 2);
    memcpy(r->s.gpr, c->gpr, sizeof r->s.gpr);
    for (unsigned n = 0; n < SEGS; n++)
        r->s.sel[n] = c->seg[n].sel;
    r->s.eip = c->eip;
    r->s.eflags = cpu_eflags(c);
    store_fpu(&c->x87, r->s.fpu);
    uint32_t at = c->gpr[ESP] - SYSTEM_AREA, vector = c->eip - 1 - SYSTEM_AREA - SYS_HLT;
    if (!c->halted || c->shutdown || vector > 255 || at > SYS_STACK - 20) {
        r->hung = true;
        return;
    }
    r->vector = (uint8_t)vector;
    const uint8_t *p = sys(e, at);
    if (has_code(vector)) {
        r->code = host_get(p, 4);
        p += 4;
    }
    r->s.eip = host_get(p, 4);
    r->s.sel[CS] = (uint16_t)host_get(p + 4, 2);
    r->s.eflags = host_get(p + 8, 4);
    r->s.gpr[ESP] = host_get(p + 12, 4);
    r->s.sel[SS] = (uint16_t)host_get(p + 16, 2);
    r->cr2 = vector == EXC_PF ? c->cr2 : 0;
}
