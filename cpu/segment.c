/* SPDX-License-Identifier: MIT */
/*
 * segment.c - descriptors and the hidden part of segment registers (SDM vol. 3, chapter 3 and
 * 5.3-5.7; i386 manual, chapters 5 and 6), and the instructions that load data segments.
 */
#include "cpu/bodies.h"

#include "cpu/internal.h"

uint32_t desc_base(const struct desc *d)
{
    return d->lo >> 16 | (d->hi & 0xff) << 16 | (d->hi & 0xff000000);
}

uint32_t desc_limit(const struct desc *d)
{
    uint32_t limit = (d->lo & 0xffff) | (d->hi & 0xf0000);
    return desc_attr(d) & DESC_GRAN ? limit << 12 | 0xfff : limit;
}

/* The table that sel points into, or false: outside it, or no LDT. */
static bool desc_place(const struct cpu *c, uint16_t sel, lin_t *at)
{
    uint32_t base = c->gdtr.base, limit = c->gdtr.limit;
    if (sel & 4) {
        if (!(c->ldtr.attr & DESC_P)) /* a null LLDT; after reset it is valid: base 0 */
            return false;
        base = c->ldtr.base;
        limit = c->ldtr.limit;
    }
    if ((sel | 7u) > limit)
        return false;
    *at = base + (sel & ~7u);
    return true;
}

bool desc_try(struct cpu *c, uint16_t sel, struct desc *d)
{
    if (!(sel & ~3u) || !desc_place(c, sel, &d->at))
        return false;
    d->lo = lin_read(c, d->at, 4, 0);
    d->hi = lin_read(c, d->at + 4, 4, 0);
    return true;
}

void desc_read(struct cpu *c, uint16_t sel, struct desc *d, unsigned vector, uint32_t ext)
{
    if (!desc_try(c, sel, d))
        cpu_fault_code(c, vector, (sel & ~3u) | ext, WHY_SELECTOR_LIMIT, sel, 0);
}

void desc_mark_accessed(struct cpu *c, struct desc *d)
{
    if (d->hi & (DESC_ACCESSED << 8))
        return;
    d->hi |= DESC_ACCESSED << 8;
    lin_write(c, d->at + 5, d->hi >> 8 & 0xff, 1, 0);
}

void seg_update(struct seg *s)
{
    bool code = s->attr & DESC_CODE;
    bool down = !code && (s->attr & DESC_CONFORM); /* bit 2 of a data segment: expand-down */
    uint64_t bytes = (uint64_t)s->limit + 1;
    s->lo = 0;
    if (down) {
        uint32_t top = s->attr & DESC_BIG ? UINT32_MAX : 0xffff;
        s->lo = s->limit + 1;
        bytes = s->limit < top ? top - s->limit : 0;
    } else if (s->limit == UINT32_MAX) {
        bytes = SEG_ALL_BYTES;
    }
    if (!(s->attr & DESC_P) || !(s->attr & DESC_S))
        bytes = 0;
    s->rd_bytes = code && !(s->attr & DESC_RW) ? 0 : bytes;
    s->wr_bytes = code || !(s->attr & DESC_RW) ? 0 : bytes;
    s->rw_bytes = s->rd_bytes < s->wr_bytes ? s->rd_bytes : s->wr_bytes;
    s->flat = s->base == 0 && s->limit == UINT32_MAX && !down && s->rw_bytes;
}

void seg_from_desc(struct seg *s, uint16_t sel, const struct desc *d)
{
    s->sel = sel;
    s->attr = (uint16_t)desc_attr(d);
    s->base = desc_base(d);
    s->limit = desc_limit(d);
    seg_update(s);
}

/* In real mode a load changes selector and base only; limit and size stay ("unreal mode"). */
void seg_set_real(struct seg *s, uint16_t sel)
{
    s->sel = sel;
    s->base = (uint32_t)sel << 4;
    s->attr = (uint16_t)((s->attr & 0xf000) | DESC_P | DESC_S | DESC_RW | DESC_ACCESSED);
    seg_update(s);
}

/* Virtual-8086 mode: everything is fixed but the base (SDM vol. 3, 20.2.4). */
void seg_set_v86(struct seg *s, uint16_t sel)
{
    *s = (struct seg){.sel = sel,
                      .base = (uint32_t)sel << 4,
                      .limit = 0xffff,
                      .attr = DESC_P | 3 << 5 | DESC_S | DESC_RW | DESC_ACCESSED};
    seg_update(s);
}

void seg_set_null(struct seg *s, uint16_t sel)
{
    s->sel = sel;
    s->attr = 0;
    s->base = 0;
    s->limit = 0;
    seg_update(s);
}

void seg_check_stack(struct cpu *c, uint16_t sel, unsigned cpl, struct desc *d, unsigned vector,
                     uint32_t ext)
{
    if (!(sel & ~3u))
        cpu_fault_code(c, vector, vector == EXC_GP ? 0 : ext, WHY_NULL_SEG, SS, sel);
    desc_read(c, sel, d, vector, ext);
    uint32_t code = (sel & ~3u) | ext;
    unsigned attr = desc_attr(d);
    if ((sel & 3u) != cpl || desc_dpl(d) != cpl)
        cpu_fault_code(c, vector, code, WHY_DESC_DPL, sel, desc_dpl(d));
    if (!(attr & DESC_S) || (attr & DESC_CODE) || !(attr & DESC_RW))
        cpu_fault_code(c, vector, code, WHY_DESC_TYPE, sel, attr & 0xff);
    if (!(attr & DESC_P))
        cpu_fault_code(c, EXC_SS, code, WHY_NOT_PRESENT, sel, 0);
}

static void check_data(struct cpu *c, uint16_t sel, const struct desc *d)
{
    unsigned attr = desc_attr(d), rpl = sel & 3;
    bool code = attr & DESC_CODE;
    if (!(attr & DESC_S) || (code && !(attr & DESC_RW)))
        cpu_fault_code(c, EXC_GP, sel & ~3u, WHY_DESC_TYPE, sel, attr & 0xff);
    bool conforming = code && (attr & DESC_CONFORM);
    if (!conforming && (desc_dpl(d) < rpl || desc_dpl(d) < c->cpl))
        cpu_fault_code(c, EXC_GP, sel & ~3u, WHY_DESC_DPL, sel, desc_dpl(d));
    if (!(attr & DESC_P))
        cpu_fault_code(c, EXC_NP, sel & ~3u, WHY_NOT_PRESENT, sel, 0);
}

void seg_load(struct cpu *c, unsigned n, uint16_t sel)
{
    struct desc d;
    if (cpu_real_mode(c)) {
        seg_set_real(&c->seg[n], sel);
    } else if (cpu_v86(c)) {
        seg_set_v86(&c->seg[n], sel);
    } else if (straight_load(c, n, sel)) {
        return;
    } else if (n == SS) {
        seg_check_stack(c, sel, c->cpl, &d, EXC_GP, 0);
        desc_mark_accessed(c, &d);
        seg_from_desc(&c->seg[SS], sel, &d);
    } else if (!(sel & ~3u)) {
        seg_set_null(&c->seg[n], sel);
    } else {
        desc_read(c, sel, &d, EXC_GP, 0);
        check_data(c, sel, &d);
        desc_mark_accessed(c, &d);
        seg_from_desc(&c->seg[n], sel, &d);
    }
    cpu_update_mode(c);
}

uint32_t x_mov_to_sreg(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint32_t v = i->flags & INSN_MEM ? mem_read(c, i->seg, exec_ea(c, i), 2) : reg_get(c, i->rm, 2);
    seg_load(c, i->reg, (uint16_t)v);
    if (i->reg == SS)
        c->inhibit = INHIBIT_SS;
    return 0;
}

/* LES, LDS, ...: offset first, then selector; the register changes last. */
static uint32_t load_pointer(struct cpu *c, const struct insn *i, unsigned n)
{
    uint32_t off = exec_ea(c, i), wrap = i->flags & INSN_AS32 ? UINT32_MAX : 0xffff;
    unsigned size = i->flags & INSN_OS32 ? 4 : 2;
    uint32_t v = mem_read(c, i->seg, off, size);
    uint16_t sel = (uint16_t)mem_read(c, i->seg, (off + size) & wrap, 2);
    seg_load(c, n, sel);
    reg_set(c, i->reg, v, size);
    return 0;
}

uint32_t x_les(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return load_pointer(c, i, ES);
}

uint32_t x_lds(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return load_pointer(c, i, DS);
}

uint32_t x_lss(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return load_pointer(c, i, SS);
}

uint32_t x_lfs(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return load_pointer(c, i, FS);
}

uint32_t x_lgs(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return load_pointer(c, i, GS);
}
