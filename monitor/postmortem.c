/* SPDX-License-Identifier: MIT */
/*
 * postmortem.c - how a triple fault came about. The processor keeps the faults that were raised one on
 * the way to the other (struct fault_link); nothing was committed since the first of them, so memory
 * and registers are what they were then, and the delivery can be followed again: gate, code segment,
 * stack (SDM vol. 3, 6.10-6.14), until the step that fails. In real mode there is a vector instead
 * of a gate (20.1.4).
 */
#include "monitor/postmortem.h"

#include "base/out.h"
#include "cpu/cpu.h"
#include "machine/debug.h"
#include "machine/inspect.h"
#include "machine/machine.h"
#include "monitor/answer.h"
#include "monitor/backtrace.h"
#include "monitor/descriptor.h"
#include "monitor/history.h"
#include "monitor/symbols.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LAST_INSNS 32u
#define LAST_REACH 96u /* always remembered in full, whatever the engine */
#define LAST_EVENTS 8u

struct report {
    const struct machine *m;
    const struct cpu *c;
    const struct symbols *s;
    struct answer *to;
};

static void annotated(const struct report *r, const char *plain, char *text, size_t n)
{
    struct out to;
    out_buffer(&to, text, n);
    symbols_annotate(r->s, r->c->mmu.cr3, plain, &to);
}

/* A sentence that is known only without names. */
static void say(const struct report *r, const char *key, const char *before, const char *plain)
{
    char text[600];
    annotated(r, plain, text, sizeof text);
    answer_text(r->to, "%s%s\n", before, text);
    answer_string(r->to, key, text);
}

/* ---- Delivery -------------------------------------------------------------------------- */

/* Is the stack there that the frame goes to? */
static void show_stack(const struct report *r, bool inner, uint32_t ss, uint32_t base, uint32_t esp,
                       uint32_t frame)
{
    struct mmu_fault f;
    char name[200], state[64] = "which can be written";
    uint32_t first = base + esp - frame, last = base + esp - 1;
    bool good = true;
    for (uint32_t at = first; good && at - first < frame; at = (at | 0xfff) + 1) {
        good = mmu_check(&r->c->mmu, at, MMU_WRITE, &f);
        if (!good)
            snprintf(state, sizeof state, "but %08x is %s", at,
                     f.code & PF_P ? "read-only" : "not mapped");
    }
    if (!symbols_text(r->s, r->c->mmu.cr3, base + esp, name, sizeof name))
        name[0] = 0;
    answer_text(r->to, "    stack, %s: %04x:%08x%s%s%s; the frame takes %08x-%08x, %s\n",
                inner ? "from the TSS" : "in use", ss, esp, *name ? " <" : "", name,
                *name ? ">" : "", first, last, state);
    answer_object(r->to, "stack");
    answer_number(r->to, "ss", ss);
    answer_number(r->to, "esp", esp);
    answer_bool(r->to, "from_tss", inner);
    answer_number(r->to, "first", first);
    answer_number(r->to, "last", last);
    answer_bool(r->to, "writable", good);
    answer_string(r->to, "text", state);
    answer_close(r->to);
}

/* The stack of a more privileged ring, as the TSS names it. */
static void show_inner_stack(const struct report *r, unsigned ring, uint32_t frame)
{
    const struct seg *tr = &r->c->tr;
    bool big = tr->attr & 8;
    uint32_t off = big ? 4 + 8 * ring : 2 + 4 * ring, size = big ? 4 : 2;
    struct descriptor d;
    uint32_t esp = 0;
    uint16_t ss = 0;
    char why[200];
    if (!(tr->attr & DESC_P) || !(tr->sel & ~3u))
        snprintf(why, sizeof why, "none: ring %u needs one from the TSS, and TR holds none", ring);
    else if (off + size + 1 > tr->limit)
        snprintf(why, sizeof why, "none: the TSS at %08x is too short for it", tr->base);
    else if (!descriptor_peek(r->m, tr->base + off, &esp, size) ||
             !descriptor_peek(r->m, tr->base + off + size, &ss, 2))
        snprintf(why, sizeof why, "none: the TSS at %08x is not mapped", tr->base);
    else if (descriptor_find(r->m, ss, &d, why, sizeof why)) {
        show_stack(r, true, ss, d.base, esp, frame);
        return;
    }
    say(r, "stack_problem", "    stack: ", why);
}

static void show_gate(const struct report *r, const struct fault_link *l, unsigned vector)
{
    struct descriptor gate, code;
    char text[200], kind[64], problem[200];
    uint32_t at = r->c->idtr.base + 8 * vector;
    bool pushes_code = vector == 8 || (vector >= 10 && vector <= 14) || vector == 17;
    if (!descriptor_gate(r->m, vector, &gate, problem, sizeof problem)) {
        say(r, "gate", "    no gate: ", problem);
        return;
    }
    snprintf(text, sizeof text, "    IDT[%02x] at %08x: ", vector, at);
    descriptor_type_text(gate.attr, kind, sizeof kind);
    descriptor_check_gate(r->m, &gate, problem, sizeof problem);
    char line[500];
    if (!gate.lo && !gate.hi)
        snprintf(line, sizeof line, "null: all its bytes are zero");
    else if (gate.type == TYPE_TASK_GATE)
        snprintf(line, sizeof line, "%s to TSS %04x, DPL %u%s%s", kind, gate.sel, gate.dpl,
                 *problem ? " -- " : "", problem);
    else
        snprintf(line, sizeof line, "%s to %04x:%08x, DPL %u%s%s", kind, gate.sel, gate.off,
                 gate.dpl, *problem ? " -- " : "", problem);
    say(r, "gate", text, line);
    if (!descriptor_is_gate(&gate) || gate.type == TYPE_TASK_GATE ||
        !descriptor_find(r->m, gate.sel, &code, problem, sizeof problem))
        return;
    uint32_t size = gate.type & 8 ? 4 : 2;
    bool inner = !(code.attr & DESC_CONFORM) && code.dpl < l->cpl;
    bool v86 = cpu_eflags(r->c) & FLAG_VM;
    uint32_t frame = size * ((v86 ? 9 : inner ? 5 : 3) + pushes_code);
    if (inner)
        show_inner_stack(r, code.dpl, frame);
    else
        show_stack(r, false, l->ss, r->c->seg[SS].base,
                   r->c->seg[SS].attr & DESC_BIG ? l->esp : l->esp & 0xffff, frame);
}

static void show_vector(const struct report *r, const struct fault_link *l, unsigned vector)
{
    uint32_t at = r->c->idtr.base + 4 * vector, entry;
    char text[120], line[120] = "not in memory";
    snprintf(text, sizeof text, "    interrupt vector %02x at %08x: ", vector, at);
    if (4 * vector + 3 > r->c->idtr.limit)
        snprintf(line, sizeof line, "beyond the limit %04x of the table", r->c->idtr.limit);
    else if (descriptor_peek(r->m, at, &entry, 4))
        snprintf(line, sizeof line, "%04x:%04x", entry >> 16, entry & 0xffff);
    say(r, "gate", text, line);
    show_stack(r, false, l->ss, r->c->seg[SS].base, l->esp & 0xffff, 6);
}

/* ---- The chain ------------------------------------------------------------------------- */

static void show_place(const struct report *r, const struct fault_link *l)
{
    uint32_t lin = r->c->seg[CS].base + l->eip;
    char name[200];
    const char *file;
    unsigned line;
    answer_text(r->to, "    at %04x:%08x", l->cs, l->eip);
    answer_number(r->to, "cs", l->cs);
    answer_number(r->to, "eip", l->eip);
    answer_number(r->to, "ring", l->cpl);
    if (symbols_text(r->s, r->c->mmu.cr3, lin, name, sizeof name)) {
        answer_text(r->to, " <%s>", name);
        answer_string(r->to, "symbol", name);
    }
    if (symbols_line(r->s, r->c->mmu.cr3, lin, &file, &line)) {
        answer_text(r->to, " %s:%u", file, line);
        answer_string(r->to, "file", file);
        answer_number(r->to, "line", line);
    }
    answer_text(r->to, ", ring %u\n", l->cpl);
}

static void show_link(const struct report *r, unsigned n)
{
    const struct fault_link *l = &r->c->chain[n];
    const struct fault *f = &l->fault;
    bool last = n + 1 == r->c->links, doubled = n + 2 == r->c->links && n > 0;
    char what[160], why[300];
    backtrace_event(r->m, f->external, f->software, f->vector, what, sizeof what);
    answer_object(r->to, NULL);
    answer_string(r->to, "what", what);
    answer_number(r->to, "vector", f->vector);
    answer_text(r->to, "%s%s", n ? "then, on the way to its handler: " : "first: ", what);
    if (f->has_code) {
        answer_text(r->to, ", code %04x", f->code);
        answer_number(r->to, "code", f->code);
    }
    if (f->vector == 14) {
        answer_text(r->to, ", CR2 %08x", l->cr2);
        answer_number(r->to, "cr2", l->cr2);
    }
    answer_text(r->to, "\n");
    if (!n)
        show_place(r, l);
    if (!f->external && !f->software) {
        fault_explain(f, why, sizeof why);
        say(r, "why", "    ", why);
    }
    if (last) {
        answer_text(r->to, "    A fault on the way to the handler of a double fault shuts the "
                           "processor down.\n");
    } else {
        unsigned vector = doubled ? 8 : f->vector;
        if (doubled && f->vector != 8)
            answer_text(r->to, "    Together they are a double fault (#DF).\n");
        answer_object(r->to, "delivery");
        answer_number(r->to, "vector", vector);
        if (r->c->cr0 & CR0_PE)
            show_gate(r, l, vector);
        else
            show_vector(r, l, vector);
        answer_close(r->to);
    }
    answer_close(r->to);
}

static void show_registers(const struct report *r)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = r->to->json ? NULL : open_memstream(&text, &size);
    struct out to;
    if (!memory)
        return;
    out_file(&to, memory);
    machine_registers(r->m, &to);
    if (fclose(memory) == 0)
        answer_text(r->to, "registers, as the first fault left them:\n%s", text);
    free(text);
}

/* Was the instruction before the one that could not be fetched a MOV to CR0 or CR3? */
static bool after_paging(const struct report *r)
{
    struct debug_insn last[2];
    uint8_t code[2];
    return debug_history(r->m, last, 2) == 2 &&
           debug_peek_in(r->m, last[1].cr3, last[1].lin, code, 2) == 2 && code[0] == 0x0f &&
           code[1] == 0x22;
}

/* What a person would think of first. NULL: nothing comes to mind. */
static const char *guess_mistake(const struct report *r)
{
    const struct fault_link *l = &r->c->chain[0];
    uint32_t lin = r->c->seg[CS].base + l->eip, below = r->c->seg[SS].base + l->esp - l->cr2;
    if (l->fault.vector == 14 && l->cr2 == lin && after_paging(r))
        return "the tables do not map the code that turned them on";
    if (l->fault.vector == 14 && l->cr2 == lin)
        return lin < 0x1000 ? "a null pointer was called" : "a jump to where no code is";
    if (l->fault.vector == 14 && !(l->fault.code & PF_P) && below - 1 < 256)
        return "the stack has overflowed: it reached a page that is not mapped";
    if (r->c->idtr.limit < 0x7f || (!r->c->idtr.base && (r->c->cr0 & CR0_PE)))
        return "the IDT was not loaded, or is too short for the exceptions";
    return NULL;
}

/* The whole in one sentence: what came, where, and why its handler was not reached. */
static void show_headline(const struct report *r)
{
    const struct cpu *c = r->c;
    char what[160], why[300], place[200];
    if (c->links < 2)
        return;
    const struct fault *f = &c->chain[0].fault;
    backtrace_event(r->m, f->external, f->software, f->vector, what, sizeof what);
    fault_explain(&c->chain[1].fault, why, sizeof why);
    if (!symbols_text(r->s, c->mmu.cr3, c->seg[CS].base + c->chain[0].eip, place, sizeof place))
        snprintf(place, sizeof place, "%04x:%08x", c->chain[0].cs, c->chain[0].eip);
    char line[700];
    snprintf(line, sizeof line, "%s at %s could not be delivered: %s", what, place, why);
    say(r, "cause", "", line);
    const char *mistake = guess_mistake(r);
    if (mistake)
        answer_text(r->to, "perhaps: %s\n", mistake);
    if (mistake)
        answer_string(r->to, "perhaps", mistake);
}

bool postmortem_answer(const struct machine *m, const struct symbols *s, struct answer *to,
                       struct error *err)
{
    const struct cpu *c = inspect_cpu(m);
    struct report r = {m, c, s, to};
    if (!c->shutdown) {
        answer_text(to, "there was no triple fault\n");
        answer_list(to, "faults");
        answer_close(to);
        return true;
    }
    answer_text(to, "triple fault after %" PRIu64 " instructions\n", c->icount);
    answer_number(to, "icount", c->icount);
    show_headline(&r);
    answer_list(to, "faults");
    for (unsigned n = 0; n < c->links; n++)
        show_link(&r, n);
    answer_close(to);
    show_registers(&r);
    answer_text(to, "who called:\n");
    backtrace_answer(m, s, NULL, BACKTRACE_FRAMES, to);
    answer_text(to, "the last instructions:\n");
    if (!history_insns(m, s, LAST_INSNS, LAST_REACH, to, err))
        return false;
    answer_text(to, "the last interrupts and exceptions:\n");
    history_events(m, s, LAST_EVENTS, to);
    return true;
}

void postmortem_print(const struct machine *m, const struct symbols *s, struct out *to)
{
    struct answer answer = {.to = to};
    if (inspect_cpu(m)->shutdown)
        postmortem_answer(m, s, &answer, NULL);
}

void postmortem_findings(const struct machine *m, const struct symbols *s, bool strays,
                         struct out *to)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    struct out plain;
    if (!memory) {
        machine_findings(m, strays, to);
        return;
    }
    out_file(&plain, memory);
    machine_findings(m, strays, &plain);
    if (fclose(memory) == 0)
        symbols_annotate(s, inspect_cpu(m)->mmu.cr3, text, to);
    free(text);
}
