/* SPDX-License-Identifier: MIT */
/* report.c - the machine's state for a human: after a triple fault, a divergence, a test. */
#include "base/out.h"
#include "cpu/engine/engine.h"
#include "machine/board.h"

#include <inttypes.h>

static void report_flags(uint32_t f, struct out *to)
{
    static const struct {
        uint32_t bit;
        const char *name;
    } names[] = {
        {FLAG_CF, "CF"}, {FLAG_PF, "PF"}, {FLAG_AF, "AF"}, {FLAG_ZF, "ZF"}, {FLAG_SF, "SF"},
        {FLAG_TF, "TF"}, {FLAG_IF, "IF"}, {FLAG_DF, "DF"}, {FLAG_OF, "OF"}, {FLAG_NT, "NT"},
        {FLAG_RF, "RF"}, {FLAG_VM, "VM"}, {FLAG_AC, "AC"},
    };
    out_printf(to, "eflags %08x IOPL=%u", f, f >> 12 & 3);
    for (unsigned n = 0; n < ARRAY_LEN(names); n++) {
        if (f & names[n].bit)
            out_printf(to, " %s", names[n].name);
    }
    out_text(to, "\n");
}

static void report_segment(const char *name, const struct seg *s, struct out *to)
{
    out_printf(to, "%-4s %04x base %08x limit %08x attr %04x DPL %u%s\n", name, s->sel, s->base,
               s->limit, s->attr, s->attr >> 5 & 3u, s->attr & 0x80 ? "" : " not present");
}

static void report_code(const struct machine *m, struct out *to)
{
    const struct cpu *c = &m->cpu;
    uint32_t at = c->eip;
    for (unsigned n = 0; n < 6; n++) {
        uint8_t code[INSN_MAX_LENGTH];
        char text[80];
        struct insn i;
        unsigned have = 0;
        phys_t phys;
        while (have < sizeof code && mmu_peek(&c->mmu, c->seg[CS].base + at + have, &phys) &&
               bus_peek(&m->bus, phys, &code[have], 1) == 1)
            have++;
        if (!have || decode(&i, code, have, !(c->mode & MODE_CODE32)) != DECODE_OK) {
            out_printf(to, "%s %04x:%08x  (%s)\n", n ? "  " : "=>", c->seg[CS].sel, at,
                       have ? "no instruction" : "not mapped");
            return;
        }
        disasm(text, sizeof text, &i, at);
        out_printf(to, "%s %04x:%08x  %s\n", n ? "  " : "=>", c->seg[CS].sel, at, text);
        at += i.len;
    }
}

void machine_registers(const struct machine *m, struct out *to)
{
    static const char *const names[] = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};
    static const char *const segs[] = {"es", "cs", "ss", "ds", "fs", "gs"};
    const struct cpu *c = &m->cpu;
    for (unsigned n = 0; n < 8; n++)
        out_printf(to, "%s %08x%s", names[n], c->gpr[n], n % 4 == 3 ? "\n" : "  ");
    out_printf(to, "eip %08x  cpl %u%s\n", c->eip, c->cpl, c->halted ? "  in HLT" : "");
    report_flags(cpu_eflags(c), to);
    for (unsigned n = 0; n < SEGS; n++)
        report_segment(segs[n], &c->seg[n], to);
    report_segment("ldtr", &c->ldtr, to);
    report_segment("tr", &c->tr, to);
    out_printf(to, "gdtr base %08x limit %04x  idtr base %08x limit %04x\n", c->gdtr.base,
               c->gdtr.limit, c->idtr.base, c->idtr.limit);
    out_printf(to, "cr0 %08x  cr2 %08x  cr3 %08x  cr4 %08x\n", c->cr0, c->cr2, c->mmu.cr3, c->cr4);
    report_code(m, to);
}

static void report_fault(const char *what, const struct fault *f, struct out *to)
{
    char why[200];
    fault_explain(f, why, sizeof why);
    out_printf(to, "%s: %s", what, fault_name(f->vector));
    if (f->has_code)
        out_printf(to, "(%04x)", f->code);
    out_printf(to, ": %s\n", why);
}

static void report_deliveries(const struct cpu *c, struct out *to)
{
    uint64_t n = c->deliveries > 12 ? c->deliveries - 12 : 0;
    for (; n < c->deliveries; n++) {
        const struct delivery *d = &c->delivery[n % DELIVERIES];
        out_printf(to, "@%-12" PRIu64 " %s %02x at %04x:%08x", d->icount,
                   d->external   ? "interrupt"
                   : d->software ? "INT"
                                 : fault_name(d->vector),
                   d->vector, d->cs, d->eip);
        if (!d->external && !d->software)
            out_printf(to, " code %04x cr2 %08x", d->code, d->cr2);
        out_text(to, "\n");
    }
}

void machine_report(const struct machine *m, struct out *to)
{
    const struct cpu *c = &m->cpu;
    out_printf(to, "instructions %" PRIu64 ", virtual time %" PRIu64 " units\n", c->icount,
               m->clock.now);
    if (c->shutdown) {
        out_printf(to, "it began at %08x\n", c->chain[0].eip);
        for (unsigned n = 0; n < c->links; n++)
            report_fault(n ? "then" : "first fault", &c->chain[n].fault, to);
    }
    machine_registers(m, to);
    if (m->diverged) {
        out_text(to, "the reference layer has:\n");
        machine_registers(m->twin, to);
        out_printf(to, "instructions %" PRIu64 "\n", m->twin->cpu.icount);
    }
    out_text(to, "last interrupts and exceptions:\n");
    report_deliveries(c, to);
    out_text(to, "lately:\n");
    trace_dump(&m->trace, to, 16);
}

void machine_isa(const struct machine *m, struct out *to)
{
    const uint64_t *count = m->twin ? m->twin->row_count : m->row_count; /* in lockstep: theirs */
    for (unsigned row = 0; row < OPCODE_ROWS; row++) {
        if (count[row])
            out_printf(to, "isa %03x %" PRIu64 " %s\n", row, count[row], opcodes[row].name);
    }
}

void machine_findings(const struct machine *m, bool strays, struct out *to)
{
    const struct sanitizer *s = &m->cpu.mmu.sanitizer;
    for (unsigned kind = 0; kind < FINDINGS; kind++) {
        char text[600];
        if (!s->count[kind] || (!strays && (kind == FINDING_NOWHERE || kind == FINDING_ROM)))
            continue;
        finding_explain(&s->first[kind], text, sizeof text);
        out_printf(to, "@%" PRIu64 " %s", s->first[kind].icount, text);
        if (s->count[kind] > 1)
            out_printf(to, " (and %" PRIu64 " more of this kind)", s->count[kind] - 1);
        out_text(to, "\n");
    }
}

void machine_summary(const struct machine *m, struct out *to)
{
    const struct cpu *c = &m->cpu;
    const struct mmu_stats *s = &c->mmu.stats;
    out_printf(to,
               "mmu: tlb hits behind the host pointers %" PRIu64 ", walks %" PRIu64
               ", faults %" PRIu64 ", evictions %" PRIu64 "\n",
               s->hits, s->walks, s->faults, c->mmu.tlb.evictions);
    out_printf(to,
               "mmu: flushes by CR3 %" PRIu64 ", CR0 %" PRIu64 ", CR4 %" PRIu64 ", reset %" PRIu64
               ", INVLPG %" PRIu64 "\n",
               s->flushes[FLUSH_CR3], s->flushes[FLUSH_CR0], s->flushes[FLUSH_CR4],
               s->flushes[FLUSH_RESET], s->page_flushes);
    out_printf(to, "mmu: accessed set %" PRIu64 ", dirty set %" PRIu64 "\n", s->a_updates,
               s->d_updates);
    if (!c->engine)
        return;
    const struct engine_stats *e = engine_stats(c->engine);
    out_printf(to,
               "engine: blocks %" PRIu64 ", copied %" PRIu64 ", decoded %" PRIu64
               ", killed %" PRIu64 ", lookups %" PRIu64 ", steps %" PRIu64 ", flushes %" PRIu64
               "\n",
               e->blocks, e->copied, e->decoded, e->killed, e->lookups, e->steps, e->flushes);
}
