/* SPDX-License-Identifier: MIT */
/* descriptor.c - see descriptor.h. */
#include "monitor/descriptor.h"

#include "cpu/cpu.h"
#include "machine/debug.h"
#include "machine/inspect.h"
#include "mmu/mmu.h"

#include <stdio.h>
#include <string.h>

bool descriptor_peek(const struct machine *m, uint32_t lin, void *buf, size_t n)
{
    return debug_peek(m, SPACE_LINEAR, lin, buf, n) == n;
}

void descriptor_decode(uint32_t lo, uint32_t hi, struct descriptor *d)
{
    *d = (struct descriptor){.lo = lo,
                             .hi = hi,
                             .base = lo >> 16 | (hi & 0xff) << 16 | (hi & 0xff000000),
                             .limit = (lo & 0xffff) | (hi & 0xf0000),
                             .attr = (uint16_t)((hi >> 8 & 0xff) | (hi >> 8 & 0xf000)),
                             .type = hi >> 8 & 0x1f,
                             .dpl = hi >> 13 & 3,
                             .sel = (uint16_t)(lo >> 16)};
    if (d->attr & DESC_GRAN)
        d->limit = d->limit << 12 | 0xfff;
    d->off = (lo & 0xffff) | (d->type & 8 ? hi & 0xffff0000 : 0);
}

bool descriptor_is_gate(const struct descriptor *d)
{
    return d->type == TYPE_CALL16 || d->type == TYPE_TASK_GATE || d->type == TYPE_INT16 ||
           d->type == TYPE_TRAP16 || d->type == TYPE_CALL32 || d->type == TYPE_INT32 ||
           d->type == TYPE_TRAP32;
}

bool descriptor_is_tss(const struct descriptor *d)
{
    return d->type == TYPE_TSS16 || d->type == TYPE_TSS16_BUSY || d->type == TYPE_TSS32 ||
           d->type == TYPE_TSS32_BUSY;
}

void descriptor_type_text(uint16_t attr, char *text, size_t n)
{
    static const char *const system[16] = {
        "reserved type 0",
        "TSS 16-bit",
        "LDT",
        "TSS 16-bit, busy",
        "call gate 16-bit",
        "task gate",
        "interrupt gate 16-bit",
        "trap gate 16-bit",
        "reserved type 8",
        "TSS 32-bit",
        "reserved type 10",
        "TSS 32-bit, busy",
        "call gate 32-bit",
        "reserved type 13",
        "interrupt gate 32-bit",
        "trap gate 32-bit",
    };
    const char *size = attr & DESC_BIG ? "32-bit" : "16-bit";
    if (!(attr & DESC_S))
        snprintf(text, n, "%s", system[attr & 15]);
    else if (attr & DESC_CODE)
        snprintf(text, n, "code %s, %s%s", size, attr & DESC_RW ? "readable" : "execute only",
                 attr & DESC_CONFORM ? ", conforming" : "");
    else
        snprintf(text, n, "data %s, %s%s", size, attr & DESC_RW ? "writable" : "read-only",
                 attr & DESC_CONFORM ? ", expand-down" : "");
}

bool descriptor_find(const struct machine *m, uint16_t sel, struct descriptor *d, char *why,
                     size_t n)
{
    const struct cpu *c = inspect_cpu(m);
    const char *table = sel & 4 ? "LDT" : "GDT";
    uint32_t base = sel & 4 ? c->ldtr.base : c->gdtr.base;
    uint32_t limit = sel & 4 ? c->ldtr.limit : c->gdtr.limit;
    uint32_t raw[2];
    memset(d, 0, sizeof *d);
    if (!(sel & ~3u)) {
        snprintf(why, n, "selector %04x is null", sel);
    } else if ((sel & 4) && !(c->ldtr.attr & DESC_P)) {
        snprintf(why, n, "selector %04x is in the LDT, and LDTR is null", sel);
    } else if ((sel | 7u) > limit) {
        snprintf(why, n, "selector %04x is beyond the %s limit %04x", sel, table, limit);
    } else if (!descriptor_peek(m, base + (sel & ~7u), raw, sizeof raw)) {
        snprintf(why, n, "the %s entry of selector %04x, at %08x, is not mapped", table, sel,
                 base + (sel & ~7u));
    } else {
        descriptor_decode(raw[0], raw[1], d);
        return true;
    }
    return false;
}

bool descriptor_gate(const struct machine *m, unsigned vector, struct descriptor *d, char *why,
                     size_t n)
{
    const struct cpu *c = inspect_cpu(m);
    uint32_t at = vector * 8, raw[2];
    memset(d, 0, sizeof *d);
    if (at + 7 > c->idtr.limit)
        snprintf(why, n, "vector %02x is beyond the IDT limit %04x", vector, c->idtr.limit);
    else if (!descriptor_peek(m, c->idtr.base + at, raw, sizeof raw))
        snprintf(why, n, "IDT entry %02x, at %08x, is not mapped", vector, c->idtr.base + at);
    else {
        descriptor_decode(raw[0], raw[1], d);
        return true;
    }
    return false;
}

/* The code segment and the entry point behind a gate. */
static void check_target(const struct machine *m, const struct descriptor *d, char *why, size_t n)
{
    struct descriptor to;
    char reason[100];
    struct mmu_fault f;
    if (!descriptor_find(m, d->sel, &to, reason, sizeof reason))
        snprintf(why, n, "%s", reason);
    else if (d->type == TYPE_TASK_GATE && !descriptor_is_tss(&to))
        snprintf(why, n, "selector %04x names no TSS", d->sel);
    else if (d->type != TYPE_TASK_GATE && (to.type & 0x18) != 0x18)
        snprintf(why, n, "selector %04x names no code segment", d->sel);
    else if (!(to.attr & DESC_P))
        snprintf(why, n, "the segment of selector %04x is not present", d->sel);
    else if (d->type == TYPE_TASK_GATE)
        return;
    else if (d->off > to.limit)
        snprintf(why, n, "entry point %08x is beyond the limit %08x of selector %04x", d->off,
                 to.limit, d->sel);
    else if (!mmu_check(&inspect_cpu(m)->mmu, to.base + d->off, 0, &f))
        snprintf(why, n, "entry point %08x is not mapped", to.base + d->off);
}

void descriptor_check_gate(const struct machine *m, const struct descriptor *d, char *why, size_t n)
{
    why[0] = '\0';
    if (!descriptor_is_gate(d) || d->type == TYPE_CALL16 || d->type == TYPE_CALL32)
        snprintf(why, n, "type %02x is no interrupt, trap or task gate", d->type);
    else if (!(d->attr & DESC_P))
        snprintf(why, n, "not present");
    else
        check_target(m, d, why, n);
}

void descriptor_check(const struct machine *m, const struct descriptor *d, char *why, size_t n)
{
    uint32_t need = d->type & 8 ? 103 : 43;
    why[0] = '\0';
    if (!(d->type & 0x10) && (d->type == 0 || d->type == 8 || d->type == 10 || d->type == 13))
        snprintf(why, n, "the type is reserved");
    else if (!(d->attr & DESC_P))
        snprintf(why, n, "not present");
    else if (descriptor_is_gate(d) && (d->type & 3) != 0 && d->type != TYPE_TASK_GATE)
        snprintf(why, n, "an interrupt or trap gate belongs into the IDT");
    else if (descriptor_is_gate(d))
        check_target(m, d, why, n);
    else if (descriptor_is_tss(d) && d->limit < need)
        snprintf(why, n, "a TSS of this kind has at least %u bytes", need + 1);
    else if ((descriptor_is_tss(d) || d->type == TYPE_LDT)) {
        uint8_t byte;
        if (!descriptor_peek(m, d->base, &byte, 1))
            snprintf(why, n, "its base %08x is not mapped", d->base);
    }
}
