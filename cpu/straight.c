/* SPDX-License-Identifier: MIT */
/*
 * straight.c - interrupts, exceptions, IRET and segment loads as kernels make them millions of times:
 * flat 32-bit segments, descriptors in the GDT that are present and already accessed, 32-bit
 * interrupt and trap gates, a frame that lies in one page with a host pointer. Each function first
 * proves that the general one (intr.c, far.c, segment.c) would find nothing to object to, then does
 * what that would have done; where the proof fails it changes nothing and answers false.
 *
 * Descriptors are remembered by their eight bytes: they are read every time, and if they are
 * those of last time, what was made of them is. So there is nothing to invalidate.
 */
#include "cpu/internal.h"

#include "cpu/flags.h"

/* Eight bytes at lin with the supervisor's rights, if that needs nothing but a host pointer. */
static bool peek8(struct cpu *c, lin_t lin, uint64_t *v)
{
    const uint8_t *p = mmu_load(&c->mmu, false, lin, 8);
    if (!p)
        return false;
    memcpy(v, p, 8);
    return true;
}

/* What seg_from_desc makes of the bytes; false: not flat, not present, not accessed, ... */
static bool decode_flat(uint64_t raw, struct seg *s)
{
    const unsigned need = DESC_P | DESC_S | DESC_ACCESSED | DESC_BIG;
    struct desc d = {.lo = (uint32_t)raw, .hi = (uint32_t)(raw >> 32)};
    unsigned attr = desc_attr(&d);
    if ((attr & need) != need || (attr & DESC_CONFORM) || !(attr & DESC_RW)) /* or expand-down */
        return false;
    seg_from_desc(s, 0, &d);
    return s->base == 0 && s->limit == UINT32_MAX;
}

/* The flat segment that a selector names in the GDT, or NULL. */
static const struct seg *flat_seg(struct cpu *c, uint16_t sel)
{
    struct seg_seen *seen = &c->seen[sel >> 3 & (SEGS_SEEN - 1)];
    uint64_t raw;
    if ((sel & 4) || !(sel & ~3u) || (sel | 7u) > c->gdtr.limit ||
        !peek8(c, c->gdtr.base + (sel & ~7u), &raw) || !raw)
        return NULL;
    if (seen->raw == raw)
        return &seen->seg;
    if (!decode_flat(raw, &seen->seg)) {
        seen->raw = 0;
        return NULL;
    }
    seen->raw = raw;
    return &seen->seg;
}

static unsigned dpl_of(const struct seg *s)
{
    return s->attr >> 5 & 3;
}

static bool flat_stack(const struct cpu *c)
{
    const uint8_t both = MODE_STACK32 | MODE_FLAT_SS;
    return (c->mode & both) == both;
}

/* SS0 and ESP0 of a 32-bit TSS. */
static const struct seg *ring0_stack(struct cpu *c, uint16_t *sel, uint32_t *esp)
{
    uint64_t raw;
    if (!(c->tr.attr & 8) || c->tr.limit < 4 + 5 || !peek8(c, c->tr.base + 4, &raw))
        return NULL;
    *esp = (uint32_t)raw;
    *sel = (uint16_t)(raw >> 32);
    const struct seg *s = flat_seg(c, *sel);
    if (!s || (*sel & 3) || dpl_of(s) != 0 || (s->attr & DESC_CODE))
        return NULL;
    return s;
}

static void put(uint8_t **p, uint32_t v)
{
    host_put(*p, v, 4);
    *p += 4;
}

bool straight_deliver(struct cpu *c, const struct fault *f, uint32_t flags, uint32_t eip)
{
    uint32_t at = f->vector * 8u, esp = c->gpr[ESP];
    uint64_t gate;
    if ((c->eflags & FLAG_VM) || at + 7 > c->idtr.limit || !peek8(c, c->idtr.base + at, &gate))
        return false;
    uint32_t hi = (uint32_t)(gate >> 32);
    uint16_t sel = (uint16_t)(gate >> 16), ss_sel = 0;
    if ((hi & 0x9e00) != 0x8e00 || (f->software && (hi >> 13 & 3) < c->cpl))
        return false;
    const struct seg *cs = flat_seg(c, sel), *ss = NULL;
    if (!cs || !(cs->attr & DESC_CODE) || dpl_of(cs) > c->cpl)
        return false;
    unsigned cpl = dpl_of(cs);
    bool inner = cpl < c->cpl;
    if (inner && (cpl != 0 || !(ss = ring0_stack(c, &ss_sel, &esp))))
        return false;
    if (!inner && !flat_stack(c))
        return false;
    unsigned bytes = 4 * ((inner ? 5 : 3) + f->has_code);
    uint8_t *p = mmu_store(&c->mmu, cpl == 3, esp - bytes, bytes);
    if (!p)
        return false;

    if (f->has_code)
        put(&p, f->code);
    put(&p, eip);
    put(&p, c->seg[CS].sel);
    put(&p, flags);
    if (inner) {
        put(&p, c->gpr[ESP]);
        put(&p, c->seg[SS].sel);
        c->seg[SS] = *ss;
        c->seg[SS].sel = ss_sel;
    }
    c->eflags &= ~(uint32_t)(FLAG_TF | FLAG_NT | FLAG_RF | FLAG_VM);
    if (!(hi >> 8 & 1)) {
        cpu_note_if_off(c, f->vector);
        c->eflags &= ~(uint32_t)FLAG_IF;
    }
    c->seg[CS] = *cs;
    c->seg[CS].sel = (uint16_t)((sel & ~3u) | cpl);
    c->cpl = (uint8_t)cpl;
    c->gpr[ESP] = esp - bytes;
    c->next = (hi & 0xffff0000) | (gate & 0xffff);
    cpu_update_mode(c);
    return true;
}

bool straight_iret(struct cpu *c)
{
    uint32_t esp = c->gpr[ESP];
    const uint8_t *p = mmu_load(&c->mmu, c->cpl == 3, esp, 12);
    if (!p || !flat_stack(c))
        return false;
    uint16_t sel = (uint16_t)host_get(p + 4, 4);
    uint32_t image = host_get(p + 8, 4);
    unsigned rpl = sel & 3;
    const struct seg *cs = flat_seg(c, sel), *ss = NULL;
    if (!cs || !(cs->attr & DESC_CODE) || dpl_of(cs) != rpl || rpl < c->cpl || (image & FLAG_VM))
        return false;
    uint32_t outer = esp + 12;
    uint16_t ss_sel = 0;
    if (rpl > c->cpl) {
        p = mmu_load(&c->mmu, c->cpl == 3, esp, 20);
        if (!p)
            return false;
        outer = host_get(p + 12, 4);
        ss_sel = (uint16_t)host_get(p + 16, 4);
        ss = flat_seg(c, ss_sel);
        if (!ss || (ss_sel & 3u) != rpl || dpl_of(ss) != rpl || (ss->attr & DESC_CODE))
            return false;
    }
    uint32_t flags = iret_flags(c, image, 4);
    c->next = host_get(p, 4);
    c->gpr[ESP] = outer;
    c->seg[CS] = *cs;
    c->seg[CS].sel = sel;
    c->cpl = (uint8_t)rpl;
    if (ss) {
        c->seg[SS] = *ss;
        c->seg[SS].sel = ss_sel;
        seg_drop_inner(c);
    }
    cpu_update_mode(c);
    cpu_set_eflags(c, flags);
    return true;
}

bool straight_load(struct cpu *c, unsigned n, uint16_t sel)
{
    const struct seg *s = flat_seg(c, sel);
    if (!s || n == SS || !s->rd_bytes || dpl_of(s) < (sel & 3u) || dpl_of(s) < c->cpl)
        return false;
    c->seg[n] = *s;
    c->seg[n].sel = sel;
    cpu_update_mode(c);
    return true;
}
