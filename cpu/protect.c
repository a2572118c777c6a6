/* SPDX-License-Identifier: MIT */
/*
 * protect.c - ARPL LAR LSL VERR VERW SLDT STR LLDT LTR (SDM vol. 2 and vol. 3, 5.10).
 */
#include "cpu/bodies.h"

#include "cpu/flags.h"
#include "cpu/internal.h"

static uint16_t selector_operand(struct cpu *c, const struct insn *i)
{
    return (uint16_t)(i->flags & INSN_MEM ? mem_read(c, i->seg, exec_ea(c, i), 2)
                                          : reg_get(c, i->rm, 2));
}

uint32_t x_arpl(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    bool mem = i->flags & INSN_MEM;
    uint32_t sel = mem ? mem_rmw(c, i->seg, exec_ea(c, i), 2) : reg_get(c, i->rm, 2);
    uint32_t rpl = reg_get(c, i->reg, 2) & 3;
    bool raise = (sel & 3) < rpl;
    if (raise)
        sel = (sel & ~3u) | rpl;
    if (mem)
        mem_rmw_store(c, sel, 2);
    else
        reg_set(c, i->rm, sel, 2);
    flags_set_zf(c, raise);
    return 0;
}

/* Is the descriptor visible at CPL and RPL, and its type one of these (bit per system type)? */
static bool visible(struct cpu *c, uint16_t sel, struct desc *d, unsigned system_types)
{
    if (!desc_try(c, sel, d))
        return false;
    unsigned attr = desc_attr(d);
    if (!(attr & DESC_S) && !(system_types >> (attr & 15) & 1))
        return false;
    if ((attr & DESC_S) && (attr & DESC_CODE) && (attr & DESC_CONFORM))
        return true;
    return desc_dpl(d) >= c->cpl && desc_dpl(d) >= (sel & 3u);
}

uint32_t x_lar(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    /* TSS, LDT, call gates and the task gate, 16- and 32-bit. */
    const unsigned types = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 9 | 1 << 11 | 1 << 12;
    struct desc d;
    bool ok = visible(c, selector_operand(c, i), &d, types);
    if (ok)
        reg_set(c, i->reg, d.hi & 0x00ffff00, i->size);
    flags_set_zf(c, ok);
    return 0;
}

uint32_t x_lsl(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    const unsigned types = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 9 | 1 << 11;
    struct desc d;
    bool ok = visible(c, selector_operand(c, i), &d, types);
    if (ok)
        reg_set(c, i->reg, desc_limit(&d), i->size);
    flags_set_zf(c, ok);
    return 0;
}

uint32_t x_verr(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    struct desc d;
    bool ok = visible(c, selector_operand(c, i), &d, 0);
    flags_set_zf(c, ok && (!(desc_attr(&d) & DESC_CODE) || (desc_attr(&d) & DESC_RW)));
    return 0;
}

uint32_t x_verw(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    struct desc d;
    bool ok = visible(c, selector_operand(c, i), &d, 0);
    flags_set_zf(c, ok && !(desc_attr(&d) & DESC_CODE) && (desc_attr(&d) & DESC_RW));
    return 0;
}

uint32_t x_sldt(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return c->ldtr.sel;
}

uint32_t x_str(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return c->tr.sel;
}

/* LDT and TSS descriptors live in the GDT only. */
static void read_system(struct cpu *c, uint16_t sel, struct desc *d, unsigned types)
{
    if (sel & 4)
        cpu_fault_code(c, EXC_GP, sel & ~3u, WHY_SELECTOR_LIMIT, sel, 0);
    desc_read(c, sel, d, EXC_GP, 0);
    unsigned attr = desc_attr(d);
    if ((attr & DESC_S) || !(types >> (attr & 15) & 1))
        cpu_fault_code(c, EXC_GP, sel & ~3u, WHY_DESC_TYPE, sel, attr & 0xff);
    if (!(attr & DESC_P))
        cpu_fault_code(c, EXC_NP, sel & ~3u, WHY_NOT_PRESENT, sel, 0);
}

uint32_t x_lldt(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint16_t sel = selector_operand(c, i);
    struct desc d;
    if (!(sel & ~3u)) {
        seg_set_null(&c->ldtr, sel);
        return 0;
    }
    read_system(c, sel, &d, 1 << 2);
    seg_from_desc(&c->ldtr, sel, &d);
    return 0;
}

uint32_t x_ltr(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint16_t sel = selector_operand(c, i);
    struct desc d;
    if (!(sel & ~3u))
        cpu_fault_code(c, EXC_GP, 0, WHY_NULL_SEG, SEGS, sel);
    read_system(c, sel, &d, 1 << 1 | 1 << 9); /* available only, not busy */
    d.hi |= 2 << 8;                           /* now busy */
    lin_write(c, d.at + 5, d.hi >> 8 & 0xff, 1, 0);
    seg_from_desc(&c->tr, sel, &d);
    return 0;
}
