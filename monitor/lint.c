/* SPDX-License-Identifier: MIT */
/*
 * lint.c - the command lint: looks at the page tables, the descriptor tables, the task state and the
 * interrupt controllers as they are now, for what will fault, what user code could exploit, and
 * what works by luck only.
 *
 * Frames are told apart by physical page: what user code may write through any address of the
 * current space is marked first, then everything that it must not reach is looked up there.
 */
#include "monitor/pages.h"

#include "cpu/cpu.h"
#include "machine/inspect.h"
#include "machine/lines.h"
#include "mmu/bus.h"
#include "mmu/paging.h"
#include "monitor/answer.h"
#include "monitor/descriptor.h"
#include "monitor/line.h"
#include "monitor/sentence.h"
#include "monitor/session.h"
#include "monitor/space.h"
#include "monitor/tlbview.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum severity { ERROR, WARNING, NOTE, SEVERITIES };

struct lint {
    const struct machine *m;
    const struct cpu *c;
    struct space space; /* the current one */
    struct answer *to;  /* where findings go */
    bool all;           /* notes are wanted */
    unsigned count[SEVERITIES];
    uint8_t *writable; /* per physical page: user code may write it (owned) */
    bool user;         /* there are pages for user code */
};

static void say(struct lint *l, enum severity how, const char *kind, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

static void say(struct lint *l, enum severity how, const char *kind, const char *fmt, ...)
{
    static const char *const names[SEVERITIES] = {"error", "warning", "note"};
    char text[600];
    va_list ap;
    l->count[how]++;
    if (how == NOTE && !l->all)
        return;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    answer_object(l->to, NULL);
    answer_string(l->to, "severity", names[how]);
    answer_string(l->to, "kind", kind);
    answer_string(l->to, "text", text);
    answer_close(l->to);
    answer_text(l->to, "%-7s  %-16s ", names[how], kind);
    answer_sentence(l->to, 26, 26, "%s", text);
}

/* ---- Page tables ------------------------------------------------------------------------- */

static void mark_writable(struct lint *l)
{
    struct extent e;
    for (uint64_t at = 0; space_next(&l->space, at, UINT64_C(1) << 32, 0, &e);
         at = (uint64_t)e.last + 1) {
        uint64_t size = e.repeated ? 1 : (uint64_t)e.last - e.first + 1;
        l->user |= (e.bits & PTE_US) != 0;
        if ((e.bits & (PTE_US | PTE_RW)) != (PTE_US | PTE_RW))
            continue;
        for (uint64_t n = 0; n < size && !((e.phys + n) >> 32); n += PAGE_SIZE)
            l->writable[(e.phys + n) >> 12] = 1;
    }
}

static bool user_writes_frame(const struct lint *l, uint64_t phys)
{
    return !(phys >> 32) && l->writable[phys >> 12];
}

/* The first of several entries of a kind, and how many there were. */
struct tally {
    unsigned n;
    uint32_t lin;   /* of the first */
    uint64_t value; /* its entry, or its physical address */
};

static void count_one(struct tally *t, uint32_t lin, uint64_t value)
{
    if (!t->n++) {
        t->lin = lin;
        t->value = value;
    }
}

struct tallies {
    struct tally reserved, nothing, user_nothing, device, table, disagree, alias;
};

static void look_at_page(struct lint *l, uint32_t lin, const struct walk *w, struct tallies *t)
{
    if (w->result == WALK_RESERVED)
        count_one(&t->reserved, lin, w->pte ? w->pte : w->pde);
    if (w->result != WALK_OK)
        return;
    if (!w->large && (w->pte & ~w->pde & (PTE_US | PTE_RW)))
        count_one(&t->disagree, lin, w->pte);
    const struct bus *b = l->space.bus;
    uint8_t region = w->frame >> 32 ? 0 : b->page_region[bus_a20(b, (phys_t)w->frame) >> 12];
    if (!region)
        count_one(w->user ? &t->user_nothing : &t->nothing, lin, w->frame);
    else if (b->region[region].ops && !(w->pte & PTE_PCD))
        count_one(&t->device, lin, w->frame);
    if (w->user && !w->writable && user_writes_frame(l, w->frame))
        count_one(&t->alias, lin, w->frame);
}

/* One directory entry's worth of linear memory. Large pages are looked at once. */
static void look_at_directory(struct lint *l, uint32_t lin, struct tallies *t)
{
    struct walk w;
    unsigned pages = l->space.mode.pae ? 512 : 1024;
    space_walk(&l->space, lin, &w);
    if (w.result == WALK_PDPTE_GONE || w.result == WALK_PDE_GONE)
        return;
    if (!w.large && user_writes_frame(l, w.pde & UINT64_C(0xffffff000)))
        count_one(&t->table, lin, w.pde & UINT64_C(0xffffff000));
    for (unsigned n = 0; n < (w.large ? 1 : pages); n++) {
        struct walk page;
        space_walk(&l->space, lin | n << 12, &page);
        look_at_page(l, lin | n << 12, &page, t);
    }
}

static const char *plural(const struct tally *t)
{
    return t->n == 1 ? "" : "s";
}

static void say_nothing(struct lint *l, enum severity how, const char *whose, const struct tally *t)
{
    if (t->n)
        say(l, how, "maps-nothing",
            "%u of %s pages lead%s to physical addresses where nothing is; the first is %08x -> "
            "%08" PRIx64,
            t->n, whose, t->n == 1 ? "s" : "", t->lin, t->value);
}

static void check_pages(struct lint *l)
{
    struct tallies t = {0};
    unsigned shift = l->space.mode.pae ? 21 : 22;
    struct walk w;
    for (uint64_t lin = 0; lin < UINT64_C(1) << 32; lin += UINT64_C(1) << shift)
        look_at_directory(l, (uint32_t)lin, &t);
    if (user_writes_frame(l, l->space.cr3 & PAGE_FRAME_MASK))
        say(l, ERROR, "user-tables", "user code can write the page directory at %08x",
            l->space.cr3 & PAGE_FRAME_MASK);
    if (t.table.n)
        say(l, ERROR, "user-tables",
            "user code can write %u page table%s; the first, at %08" PRIx64 ", maps %08x",
            t.table.n, plural(&t.table), t.table.value, t.table.lin);
    if (t.reserved.n)
        say(l, ERROR, "reserved-bits",
            "%u entr%s with reserved bits set, for %08x first (%08" PRIx64 "): every use faults",
            t.reserved.n, t.reserved.n == 1 ? "y" : "ies", t.reserved.lin, t.reserved.value);
    say_nothing(l, WARNING, "user code's", &t.user_nothing);
    say_nothing(l, NOTE, "the kernel's", &t.nothing);
    if (t.alias.n)
        say(l, WARNING, "writable-alias",
            "%u page%s that user code may only read can be written by another address; the first "
            "is %08x, frame %08" PRIx64,
            t.alias.n, plural(&t.alias), t.alias.lin, t.alias.value);
    if (space_walk(&l->space, 0, &w))
        say(l, WARNING, "null-page", "page 0 is mapped (%s): a null pointer%s does not fault",
            space_rights_long((w.user ? PTE_US : 0) | (w.writable ? PTE_RW : 0)),
            w.user ? "" : " of the kernel\'s");
    if (t.disagree.n)
        say(l, NOTE, "levels-disagree",
            "%u page%s whose table grants what the directory denies (RW or US has no effect); the "
            "first is %08x",
            t.disagree.n, plural(&t.disagree), t.disagree.lin);
    if (t.device.n)
        say(l, NOTE, "cached-device",
            "%u page%s of device memory without PCD; the first is %08x -> %08" PRIx64, t.device.n,
            plural(&t.device), t.device.lin, t.device.value);
    if (!l->space.wp && l->user)
        say(l, NOTE, "no-write-protect",
            "CR0.WP is clear: the kernel's own stores into read-only pages do not fault (no "
            "copy-on-write for system calls)");
}

static void check_tlb(struct lint *l)
{
    unsigned stale = 0;
    uint32_t first = 0;
    for (uint32_t page = 0; page < TLB_PAGES; page++) {
        struct tlbview v;
        if (!tlb_look(&l->c->mmu.tlb, page << 12))
            continue;
        tlbview_look(l->m, page << 12, &v);
        if (v.state == TLBVIEW_STALE && !stale++)
            first = page << 12;
    }
    if (stale)
        say(l, WARNING, "stale-tlb",
            "%u TLB entr%s older than the page tables, %08x first: INVLPG or a load of CR3 is "
            "missing (`tlb stale`)",
            stale, stale == 1 ? "y is" : "ies are", first);
}

/* ---- Descriptor tables ------------------------------------------------------------------- */

/* A table of the processor's own must be mapped, and not for user code to write. */
static void check_place(struct lint *l, const char *what, uint32_t base, uint32_t limit)
{
    struct walk w;
    for (uint64_t at = base & PAGE_FRAME_MASK; at <= (uint64_t)base + limit; at += PAGE_SIZE) {
        if (!space_walk(&l->space, (uint32_t)at, &w)) {
            say(l, ERROR, "unmapped-table", "the %s (%08x-%08x) is not mapped at %08x", what, base,
                base + limit, (uint32_t)(at < base ? base : at));
            return;
        }
        if (l->writable && user_writes_frame(l, w.frame)) {
            say(l, ERROR, "user-tables", "user code can write the %s (%08x-%08x)", what, base,
                base + limit);
            return;
        }
    }
}

static void check_gates(struct lint *l)
{
    static const uint8_t vital[] = {EXC_DF, EXC_GP, EXC_PF};
    unsigned broken = 0, first = 0, writable = 0;
    uint32_t handler = 0;
    char why[160], why_first[160] = "";
    struct descriptor d;
    struct walk w;
    for (unsigned n = 0; n < 256; n++) {
        if (!descriptor_gate(l->m, n, &d, why, sizeof why) || !(d.lo | d.hi) || !(d.attr & DESC_P))
            continue;
        descriptor_check_gate(l->m, &d, why, sizeof why);
        if (*why && !broken++) {
            first = n;
            snprintf(why_first, sizeof why_first, "%s", why);
        }
        if (!*why && l->writable && d.type != TYPE_TASK_GATE && space_walk(&l->space, d.off, &w) &&
            user_writes_frame(l, w.frame) && !writable++)
            handler = d.off;
    }
    if (broken)
        say(l, ERROR, "broken-gate", "%u gate%s of the IDT would fault; the first is %02x: %s",
            broken, broken == 1 ? "" : "s", first, why_first);
    if (writable)
        say(l, ERROR, "user-handler",
            "user code can write the code of %u interrupt handler%s, the first at %08x", writable,
            writable == 1 ? "" : "s", handler);
    for (unsigned n = 0; n < ARRAY_LEN(vital); n++) {
        if (!descriptor_gate(l->m, vital[n], &d, why, sizeof why) || !(d.attr & DESC_P))
            say(l, WARNING, "missing-gate",
                "the IDT has no gate for %s (vector %u): it would end in a %s fault",
                fault_name(vital[n]), vital[n], vital[n] == EXC_DF ? "triple" : "double or triple");
    }
}

/* Where the next interrupt from ring 3 pushes its frame. */
static void check_ring0_stack(struct lint *l)
{
    const struct seg *tr = &l->c->tr;
    uint32_t esp0 = 0, ss0 = 0;
    bool wide = tr->attr & 8;
    struct descriptor d;
    struct walk w;
    char why[160];
    if (!(tr->attr & DESC_P) || !tr->sel) {
        if (l->user)
            say(l, WARNING, "no-tss",
                "there are pages for user code, but TR is null: an interrupt from ring 3 would "
                "triple-fault");
        return;
    }
    check_place(l, "TSS", tr->base, wide ? 103 : 43);
    if (!descriptor_peek(l->m, tr->base + (wide ? 4 : 2), &esp0, wide ? 4 : 2) ||
        !descriptor_peek(l->m, tr->base + (wide ? 8 : 4), &ss0, 2))
        return;
    if (!l->user && !esp0)
        return;
    if (!descriptor_find(l->m, (uint16_t)ss0, &d, why, sizeof why)) {
        say(l, ERROR, "ring0-stack", "ss0 in the TSS: %s: an interrupt from ring 3 would fault",
            why);
        return;
    }
    if ((d.type & (0x10 | DESC_CODE | DESC_RW)) != (0x10 | DESC_RW) || d.dpl || (ss0 & 3) ||
        !(d.attr & DESC_P))
        say(l, ERROR, "ring0-stack",
            "ss0 in the TSS is %04x, which is no writable data segment of "
            "ring 0",
            ss0);
    else if (!space_walk(&l->space, d.base + esp0 - 4, &w) || (l->space.wp && !w.writable))
        say(l, l->c->cpl == 3 ? ERROR : WARNING, "ring0-stack",
            "esp0 in the TSS is %08x, and %08x below it is %s: an interrupt from ring 3 would "
            "triple-fault%s",
            esp0, d.base + esp0 - 4, w.result == WALK_OK ? "read-only" : "not mapped",
            l->c->cpl == 3 ? "" : " if the kernel does not set it before");
    else if (w.user)
        say(l, NOTE, "user-stack", "the stack for ring 0 (esp0 %08x) is in a page of user code's",
            esp0);
}

static void check_code(struct lint *l)
{
    struct walk w;
    if (l->c->cpl == 0 && space_walk(&l->space, l->c->seg[CS].base + l->c->eip, &w)) {
        if (w.user)
            say(l, WARNING, "kernel-in-user",
                "ring 0 executes a page that belongs to user code "
                "(%08x)",
                l->c->seg[CS].base + l->c->eip);
        else if (w.writable)
            say(l, NOTE, "writable-code", "the kernel's code at %08x is writable",
                l->c->seg[CS].base + l->c->eip);
    }
}

static void check_pics(struct lint *l)
{
    for (unsigned n = 0; n < LINES_ISA; n += 8) {
        struct inspect_irq irq;
        bool open = false;
        for (unsigned i = 0; i < 8; i++) {
            inspect_irq(l->m, n + i, &irq);
            open |= !irq.masked && irq.fate != IRQ_NOT_READY;
        }
        inspect_irq(l->m, n, &irq);
        if (open && irq.vector < 32)
            say(l, WARNING, "pic-overlap",
                "the %s PIC delivers vectors %02x-%02x, which are the processor's exceptions, and "
                "not all of its lines are masked",
                irq.pic, irq.vector, irq.vector + 7u);
    }
}

static void check_findings(struct lint *l)
{
    const struct sanitizer *s = &l->c->mmu.sanitizer;
    for (unsigned kind = 0; kind < FINDINGS; kind++) {
        char text[500];
        if (!s->count[kind])
            continue;
        finding_explain(&s->first[kind], text, sizeof text);
        say(l,
            kind == FINDING_STALE || kind == FINDING_EXECUTE || kind == FINDING_USER_PT ? WARNING
                                                                                        : NOTE,
            "seen-in-this-run", "@%" PRIu64 " %s (%" PRIu64 " of this kind)", s->first[kind].icount,
            text, s->count[kind]);
    }
}

static void check_all(struct lint *l)
{
    if (l->space.paging) {
        mark_writable(l);
        check_pages(l);
        check_tlb(l);
        check_code(l);
    }
    if ((l->c->cr0 & CR0_PE) && !(l->c->eflags & FLAG_VM)) {
        check_place(l, "GDT", l->c->gdtr.base, l->c->gdtr.limit);
        if (l->c->idtr.limit >= 7) {
            check_place(l, "IDT", l->c->idtr.base, l->c->idtr.limit);
            check_gates(l);
        } else {
            say(l, WARNING, "no-idt", "the IDT is empty: any exception is a triple fault");
        }
        check_ring0_stack(l);
        check_pics(l);
    }
    check_findings(l);
}

bool lint_show(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    struct lint l = {.m = monitor_machine(mon), .to = to};
    l.all = line_keyword(line, "all");
    if (!line_end(line, err))
        return false;
    l.c = inspect_cpu(l.m);
    l.writable = calloc(1, UINT32_C(1) << 20);
    if (!l.writable)
        return error_set(err, "not enough memory");
    space_current(&l.space, l.m);
    answer_list(to, "findings");
    check_all(&l);
    answer_close(to);
    free(l.writable);
    answer_number(to, "errors", l.count[ERROR]);
    answer_number(to, "warnings", l.count[WARNING]);
    answer_number(to, "notes", l.count[NOTE]);
    answer_text(to, "%u error%s, %u warning%s, %u note%s%s\n", l.count[ERROR],
                l.count[ERROR] == 1 ? "" : "s", l.count[WARNING], l.count[WARNING] == 1 ? "" : "s",
                l.count[NOTE], l.count[NOTE] == 1 ? "" : "s",
                l.count[NOTE] && !l.all ? " (`lint all` shows them)" : "");
    return true;
}
