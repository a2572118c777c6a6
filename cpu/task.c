/* SPDX-License-Identifier: MIT */
/*
 * task.c - the task state segment: switching tasks, inner stacks, the I/O permission bitmap
 * (SDM vol. 3, chapter 7; i386 manual, chapter 7; vol. 1, 18.5.2).
 *
 * A switch has two halves. Up to the commit everything that concerns the old task and the TSS
 * descriptors is checked, and a fault belongs to the old task. After it the processor is in the
 * new task: a bad selector in its TSS faults there, with EIP at the task's first instruction.
 *
 *   32-bit TSS: 00 link  04 ESP0 SS0 ...  1c CR3  20 EIP EFLAGS EAX..EDI  48 ES CS SS DS FS GS
 *               60 LDT  64 T  66 bitmap
 *   16-bit TSS: 00 link  02 SP0 SS0 ...  0e IP FLAGS AX..DI  22 ES CS SS DS  2a LDT
 */
#include "cpu/internal.h"

#include "base/trace.h"

enum {
    TSS_BUSY = 2, /* in the type field: 1/9 available, 3/b busy */
    TSS_32 = 8,
    TSS16_SIZE = 0x2c,
    TSS32_SIZE = 0x68,
};

/* What a TSS says a task starts with. */
struct task {
    uint32_t cr3, eip, eflags;
    uint32_t gpr[8];
    uint16_t sel[SEGS], ldt;
    bool trap; /* the T bit */
};

static bool tss_is_32(const struct cpu *c)
{
    return c->tr.attr & TSS_32;
}

void task_inner_stack(struct cpu *c, unsigned cpl, struct inner_stack *out, uint32_t ext)
{
    bool big = tss_is_32(c);
    uint32_t off = big ? 4 + cpl * 8 : 2 + cpl * 4;
    uint32_t last = off + (big ? 5 : 3);
    if (last > c->tr.limit)
        cpu_fault_code(c, EXC_TS, (c->tr.sel & ~3u) | ext, WHY_TSS_LIMIT, last, c->tr.limit);
    out->esp = lin_read(c, c->tr.base + off, big ? 4 : 2, 0);
    out->ss = (uint16_t)lin_read(c, c->tr.base + off + (big ? 4 : 2), 2, 0);
}

/* In virtual-8086 mode IOPL says nothing about ports: the bitmap alone decides. */
void task_check_io(struct cpu *c, uint16_t port, unsigned size)
{
    if (!cpu_v86(c) && (cpu_real_mode(c) || c->cpl <= cpu_iopl(c)))
        return;
    if (!tss_is_32(c) || c->tr.limit < 103)
        cpu_fault_code(c, EXC_GP, 0, WHY_IO_BITMAP, port, size);
    /* Two bytes are read, so that the bits of an unaligned port are always in hand. */
    uint32_t at = lin_read(c, c->tr.base + 102, 2, 0) + port / 8u;
    if (at + 1 > c->tr.limit)
        cpu_fault_code(c, EXC_GP, 0, WHY_IO_BITMAP, port, size);
    uint32_t bits = lin_read(c, c->tr.base + at, 2, 0) >> (port & 7);
    if (bits & ((1u << size) - 1))
        cpu_fault_code(c, EXC_GP, 0, WHY_IO_BITMAP, port, size);
}

static void read_task(struct cpu *c, const struct seg *tss, struct task *t)
{
    memset(t, 0, sizeof *t);
    if (tss->attr & TSS_32) {
        t->cr3 = lin_read(c, tss->base + 0x1c, 4, 0);
        t->eip = lin_read(c, tss->base + 0x20, 4, 0);
        t->eflags = lin_read(c, tss->base + 0x24, 4, 0);
        for (unsigned n = 0; n < 8; n++)
            t->gpr[n] = lin_read(c, tss->base + 0x28 + 4 * n, 4, 0);
        for (unsigned n = 0; n < SEGS; n++)
            t->sel[n] = (uint16_t)lin_read(c, tss->base + 0x48 + 4 * n, 2, 0);
        t->ldt = (uint16_t)lin_read(c, tss->base + 0x60, 2, 0);
        t->trap = lin_read(c, tss->base + 0x64, 1, 0) & 1;
        return;
    }
    t->eip = lin_read(c, tss->base + 0x0e, 2, 0);
    t->eflags = lin_read(c, tss->base + 0x10, 2, 0);
    for (unsigned n = 0; n < 8; n++) /* upper halves: undefined; all ones, as a 386 leaves them */
        t->gpr[n] = 0xffff0000 | lin_read(c, tss->base + 0x12 + 2 * n, 2, 0);
    for (unsigned n = ES; n <= DS; n++)
        t->sel[n] = (uint16_t)lin_read(c, tss->base + 0x22 + 2 * n, 2, 0);
    t->ldt = (uint16_t)lin_read(c, tss->base + 0x2a, 2, 0);
}

/* The part of the current TSS that a switch writes: proves that it can be. */
static void probe_save(struct cpu *c)
{
    lin_probe(c, c->tr.base, tss_is_32(c) ? TSS32_SIZE - 8 : TSS16_SIZE - 2, MMU_WRITE);
}

static void save_task(struct cpu *c, uint32_t eip, uint32_t eflags)
{
    lin_t at = c->tr.base;
    if (tss_is_32(c)) {
        lin_write(c, at + 0x20, eip, 4, 0);
        lin_write(c, at + 0x24, eflags, 4, 0);
        for (unsigned n = 0; n < 8; n++)
            lin_write(c, at + 0x28 + 4 * n, c->gpr[n], 4, 0);
        for (unsigned n = 0; n < SEGS; n++)
            lin_write(c, at + 0x48 + 4 * n, c->seg[n].sel, 2, 0);
        return;
    }
    lin_write(c, at + 0x0e, eip, 2, 0);
    lin_write(c, at + 0x10, eflags, 2, 0);
    for (unsigned n = 0; n < 8; n++)
        lin_write(c, at + 0x12 + 2 * n, c->gpr[n], 2, 0);
    for (unsigned n = ES; n <= DS; n++)
        lin_write(c, at + 0x22 + 2 * n, c->seg[n].sel, 2, 0);
}

static void set_busy(struct cpu *c, lin_t desc_at, bool busy)
{
    uint32_t type = lin_read(c, desc_at + 5, 1, 0);
    lin_write(c, desc_at + 5, busy ? type | TSS_BUSY : type & ~(uint32_t)TSS_BUSY, 1, 0);
}

static void load_ldt(struct cpu *c, uint16_t sel, uint32_t ext)
{
    struct desc d;
    seg_set_null(&c->ldtr, sel);
    if (!(sel & ~3u))
        return;
    uint32_t code = (sel & ~3u) | ext;
    if (sel & 4)
        cpu_fault_code(c, EXC_TS, code, WHY_SELECTOR_LIMIT, sel, 0);
    desc_read(c, sel, &d, EXC_TS, ext);
    if ((desc_attr(&d) & 0x1f) != 2)
        cpu_fault_code(c, EXC_TS, code, WHY_DESC_TYPE, sel, desc_attr(&d) & 0xff);
    if (!(desc_attr(&d) & DESC_P))
        cpu_fault_code(c, EXC_TS, code, WHY_NOT_PRESENT, sel, 0);
    seg_from_desc(&c->ldtr, sel, &d);
}

static void load_code(struct cpu *c, uint16_t sel, uint32_t ext)
{
    struct desc d;
    uint32_t code = (sel & ~3u) | ext;
    if (!(sel & ~3u))
        cpu_fault_code(c, EXC_TS, code, WHY_NULL_SEG, CS, sel);
    desc_read(c, sel, &d, EXC_TS, ext);
    unsigned attr = desc_attr(&d), rpl = sel & 3;
    if ((attr & (DESC_S | DESC_CODE)) != (DESC_S | DESC_CODE))
        cpu_fault_code(c, EXC_TS, code, WHY_DESC_TYPE, sel, attr & 0xff);
    if (attr & DESC_CONFORM ? desc_dpl(&d) > rpl : desc_dpl(&d) != rpl)
        cpu_fault_code(c, EXC_TS, code, WHY_DESC_DPL, sel, desc_dpl(&d));
    if (!(attr & DESC_P))
        cpu_fault_code(c, EXC_NP, code, WHY_NOT_PRESENT, sel, 0);
    desc_mark_accessed(c, &d);
    seg_from_desc(&c->seg[CS], sel, &d);
}

static void load_data(struct cpu *c, unsigned n, uint16_t sel, uint32_t ext)
{
    struct desc d;
    uint32_t code = (sel & ~3u) | ext;
    if (!(sel & ~3u))
        return;
    desc_read(c, sel, &d, EXC_TS, ext);
    unsigned attr = desc_attr(&d), dpl = desc_dpl(&d);
    bool exec = attr & DESC_CODE, conforming = exec && (attr & DESC_CONFORM);
    if (!(attr & DESC_S) || (exec && !(attr & DESC_RW)))
        cpu_fault_code(c, EXC_TS, code, WHY_DESC_TYPE, sel, attr & 0xff);
    if (!conforming && (dpl < c->cpl || dpl < (sel & 3u)))
        cpu_fault_code(c, EXC_TS, code, WHY_DESC_DPL, sel, dpl);
    if (!(attr & DESC_P))
        cpu_fault_code(c, EXC_NP, code, WHY_NOT_PRESENT, sel, 0);
    desc_mark_accessed(c, &d);
    seg_from_desc(&c->seg[n], sel, &d);
}

/* The second half: the new task's own selectors, checked in its own context. */
static void load_segments(struct cpu *c, const struct task *t, uint32_t ext)
{
    static const uint8_t data[] = {DS, ES, FS, GS};
    struct desc d;
    load_ldt(c, t->ldt, ext);
    if (cpu_v86(c)) {
        for (unsigned n = 0; n < SEGS; n++)
            seg_set_v86(&c->seg[n], t->sel[n]);
        return;
    }
    load_code(c, t->sel[CS], ext);
    seg_check_stack(c, t->sel[SS], c->cpl, &d, EXC_TS, ext);
    desc_mark_accessed(c, &d);
    seg_from_desc(&c->seg[SS], t->sel[SS], &d);
    for (unsigned n = 0; n < ARRAY_LEN(data); n++)
        load_data(c, data[n], t->sel[data[n]], ext);
}

static void load_cr3(struct cpu *c, uint32_t cr3, uint16_t tss, uint32_t ext)
{
    uint32_t old = c->mmu.cr3;
    if (!mmu_set_cr3(&c->mmu, cr3 & c->model->cr3_mask))
        cpu_fault_code(c, EXC_TS, (tss & ~3u) | ext, WHY_RESERVED_BITS, cr3, 0);
    cpu_note_era(c);
    OBSERVE(c, OBSERVE_CR, 3, old, c->mmu.cr3);
}

/* d is a present TSS descriptor of the right busyness. */
static void task_switch(struct cpu *c, uint16_t sel, struct desc *d, enum task_cause why,
                        uint32_t flags, uint32_t ext)
{
    struct seg tss;
    struct task t;
    seg_from_desc(&tss, sel, d);
    uint32_t least = (tss.attr & TSS_32 ? TSS32_SIZE : TSS16_SIZE) - 1u;
    if (tss.limit < least)
        cpu_fault_code(c, EXC_TS, (sel & ~3u) | ext, WHY_TSS_LIMIT, least, tss.limit);
    probe_save(c);
    if (why == TASK_CALL)
        lin_probe(c, tss.base, 2, MMU_WRITE);
    read_task(c, &tss, &t);

    TRACE(c->trace, TRACE_CPU, "task %04x -> %04x at %08x", c->tr.sel, sel, c->eip);
    OBSERVE(c, OBSERVE_TASK, 0, c->tr.sel, sel);
    lin_t old_desc = c->gdtr.base + (c->tr.sel & ~7u);
    if (why == TASK_IRET)
        flags &= ~(uint32_t)FLAG_NT;
    save_task(c, c->next, flags);
    if (why != TASK_CALL && (c->tr.sel & ~3u))
        set_busy(c, old_desc, false);
    if (why == TASK_CALL) {
        lin_write(c, tss.base, c->tr.sel, 2, 0);
        t.eflags |= FLAG_NT;
    }
    if (why != TASK_IRET) {
        set_busy(c, d->at, true);
        tss.attr |= TSS_BUSY;
    }

    /* Committed: from here on this is the new task. */
    c->tr = tss;
    c->cr0 |= CR0_TS;
    if ((tss.attr & TSS_32) && (c->cr0 & CR0_PG) && t.cr3 != c->mmu.cr3)
        load_cr3(c, t.cr3, sel, ext);
    memcpy(c->gpr, t.gpr, sizeof t.gpr);
    cpu_set_eflags(c, t.eflags);
    c->dr[7] &= ~UINT32_C(0x155); /* local breakpoints and LE */
    debug_update(c);
    c->eip = c->next = t.eip;
    c->cpl = cpu_v86(c) ? 3 : t.sel[CS] & 3;
    c->inhibit = INHIBIT_NONE;
    for (unsigned n = 0; n < SEGS; n++)
        seg_set_null(&c->seg[n], t.sel[n]);
    load_segments(c, &t, ext);
    cpu_update_mode(c);
    if (t.eip > c->seg[CS].limit)
        cpu_fault_code(c, EXC_GP, ext, WHY_LIMIT, t.eip, CS | 1 << 8);
    if (t.trap) {
        c->debug_hit |= DR6_BT;
        cpu_attend(c, ATT_DEBUG);
    }
}

static void check_present(struct cpu *c, uint16_t sel, const struct desc *d, uint32_t ext)
{
    if (!(desc_attr(d) & DESC_P))
        cpu_fault_code(c, EXC_NP, (sel & ~3u) | ext, WHY_NOT_PRESENT, sel, 0);
}

void task_gate(struct cpu *c, uint16_t tss, enum task_cause why, uint32_t flags, uint32_t ext)
{
    struct desc d;
    uint32_t code = (tss & ~3u) | ext;
    if (!(tss & ~3u) || (tss & 4))
        cpu_fault_code(c, EXC_GP, code, WHY_SELECTOR_LIMIT, tss, 0);
    desc_read(c, tss, &d, EXC_GP, ext);
    unsigned type = desc_attr(&d) & 0x1f;
    if (type != 1 && type != 9) /* not an available TSS: busy ones are refused, too */
        cpu_fault_code(c, EXC_GP, code, WHY_DESC_TYPE, tss, desc_attr(&d) & 0xff);
    check_present(c, tss, &d, ext);
    task_switch(c, tss, &d, why, flags, ext);
}

void task_transfer(struct cpu *c, uint16_t sel, const struct desc *d, enum task_cause why)
{
    struct desc tss = *d;
    unsigned type = desc_attr(d) & 0x1f;
    if (desc_dpl(d) < c->cpl || desc_dpl(d) < (sel & 3u))
        cpu_fault_code(c, EXC_GP, sel & ~3u, WHY_DESC_DPL, sel, desc_dpl(d));
    if (type != 5 && (sel & 4)) /* a TSS belongs into the GDT (SDM vol. 3, 7.2.2) */
        cpu_fault_code(c, EXC_GP, sel & ~3u, WHY_SELECTOR_LIMIT, sel, 0);
    check_present(c, sel, d, 0);
    if (type == 5)
        task_gate(c, (uint16_t)(d->lo >> 16), why, cpu_eflags(c), 0);
    else
        task_switch(c, sel, &tss, why, cpu_eflags(c), 0);
}

void task_return(struct cpu *c)
{
    uint16_t link = (uint16_t)lin_read(c, c->tr.base, 2, 0);
    struct desc d;
    if (!(link & ~3u) || (link & 4))
        cpu_fault_code(c, EXC_TS, link & ~3u, WHY_SELECTOR_LIMIT, link, 0);
    desc_read(c, link, &d, EXC_TS, 0);
    unsigned type = desc_attr(&d) & 0x1f;
    if (type != 3 && type != 11)
        cpu_fault_code(c, EXC_TS, link & ~3u, WHY_DESC_TYPE, link, desc_attr(&d) & 0xff);
    check_present(c, link, &d, 0);
    task_switch(c, link, &d, TASK_IRET, cpu_eflags(c), 0);
}
