/* SPDX-License-Identifier: MIT */
/*
 * commands_why.c - why: the last fault, or what an access would do, in sentences with the bits that
 * decide (SDM vol. 3, 4.6, 4.7 and 6.13). `irq` has its row here and its own file.
 *
 * What is said of page tables and descriptors beyond the fault's own record is what they are now.
 */
#include "monitor/command.h"

#include "cpu/cpu.h"
#include "cpu/insn.h"
#include "machine/debug.h"
#include "machine/inspect.h"
#include "mmu/paging.h"
#include "monitor/answer.h"
#include "monitor/descriptor.h"
#include "monitor/irqwhy.h"
#include "monitor/line.h"
#include "monitor/sentence.h"
#include "monitor/session.h"
#include "monitor/space.h"
#include "monitor/tlbview.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- Page faults ------------------------------------------------------------------------- */

/* "PDE[32]" and "PTE[73]" of lin. */
static void entry_names(uint32_t lin, bool pae, char pde[12], char pte[12])
{
    snprintf(pde, 12, "PDE[%u]", pae ? lin >> 21 & 511 : lin >> 22);
    snprintf(pte, 12, "PTE[%u]", lin >> 12 & (pae ? 511 : 1023));
}

/* Which bit of which entry forbids an access with error code `code`. */
static void deciding_bits(const struct space *s, uint32_t lin, uint32_t code, uint64_t pde,
                          uint64_t pte, bool large, char *text, size_t n)
{
    char d[12], t[12];
    uint32_t bit = code & PF_US && !(pde & pte & PTE_US) ? PTE_US : PTE_RW;
    const char *name = bit == PTE_US ? "US" : "RW";
    entry_names(lin, s->mode.pae, d, t);
    if (s->mode.pae && !(code & PF_P) && !(s->mode.pdpte[lin >> 30] & PTE_P))
        snprintf(text, n, "PDPTE[%u] is not present", lin >> 30);
    else if (code & PF_RSVD)
        snprintf(text, n, "reserved bits are set in %s", large ? d : "an entry");
    else if (!(code & PF_P) && !(pde & PTE_P))
        snprintf(text, n, "%s is not present", d);
    else if (!(code & PF_P))
        snprintf(text, n, "%s is not present (%s is)", t, d);
    else if (large)
        snprintf(text, n, "%s is clear in %s, a large page", name, d);
    else if (!(pde & bit) && !(pte & bit))
        snprintf(text, n, "%s is clear in %s and in %s", name, d, t);
    else if (!(pde & bit))
        snprintf(text, n, "%s is clear in %s (%s has it)", name, d, t);
    else
        snprintf(text, n, "%s is clear in %s (%s has it)", name, t, d);
}

static const char *access_text(uint32_t code)
{
    return code & PF_US ? (code & PF_WR ? "user write to" : "user read of")
                        : (code & PF_WR ? "supervisor write to" : "supervisor read of");
}

/* The kind of refusal, as people say it. */
static const char *refusal(uint32_t code, uint64_t both)
{
    return code & PF_RSVD                     ? "the paging entry is malformed"
           : !(code & PF_P)                   ? "nothing is mapped there"
           : code & PF_US && !(both & PTE_US) ? "the page belongs to the supervisor"
           : code & PF_US                     ? "the page is read-only"
                                              : "the page is read-only and CR0.WP is set";
}

static void say_range(const char *where, const struct extent *e, uint32_t lin, struct answer *to)
{
    uint64_t away = e->last < lin ? lin - e->last : e->first - lin;
    char text[24];
    if (away < 8192)
        snprintf(text, sizeof text, "%u byte%s", (unsigned)away, away == 1 ? "" : "s");
    else
        space_size(away >= 1 << 23 ? away & ~UINT64_C(0xfffff) : away, text, sizeof text);
    answer_object(to, where);
    answer_number(to, "first", e->first);
    answer_number(to, "last", e->last);
    answer_number(to, "phys", e->phys);
    answer_bool(to, "user", e->bits & PTE_US);
    answer_bool(to, "writable", e->bits & PTE_RW);
    answer_number(to, "distance", away);
    answer_close(to);
    answer_text(to, "  mapped %s: %08x-%08x, %s, %s away\n", where, e->first, e->last,
                space_rights_long(e->bits), text);
}

static void say_neighbours(const struct space *s, uint32_t lin, struct answer *to)
{
    struct extent e;
    if (space_before(s, lin & PAGE_FRAME_MASK, &e))
        say_range("below", &e, lin, to);
    if (space_next(s, lin | PAGE_OFFSET_MASK, UINT64_C(1) << 32, 0, &e))
        say_range("above", &e, lin, to);
}

/* Would the tables in memory, and nothing else, permit it? */
static bool tables_permit(const struct space *s, uint32_t lin, uint32_t access, struct walk *w)
{
    if (!space_walk(s, lin, w))
        return false;
    if (access & PF_US)
        return w->user && (!(access & PF_WR) || w->writable);
    return !(access & PF_WR) || w->writable || !s->wp;
}

static uint32_t error_code(const struct walk *w, uint32_t access)
{
    return access | (w->result == WALK_OK ? PF_P : w->result == WALK_RESERVED ? PF_P | PF_RSVD : 0);
}

/* PAE: the processor holds other directory pointers than memory. */
static bool pointers_differ(const struct machine *m)
{
    const struct mmu *mmu = &inspect_cpu(m)->mmu;
    uint64_t fresh[4];
    if (!mmu->paging || !mmu->mode.pae)
        return false;
    walk_pdptes(mmu->bus, mmu->cr3, fresh);
    return memcmp(fresh, mmu->mode.pdpte, sizeof fresh) != 0;
}

static void say_page_fault(struct monitor *mon, const struct fault_link *l, bool pending,
                           struct answer *to)
{
    const struct machine *m = monitor_machine(mon);
    const struct fault *f = &l->fault;
    uint32_t lin = f->arg[0], pde = f->arg[1] & 0xfff, pte = f->arg[1] >> 16;
    struct space s;
    struct walk w;
    char bits[120], place[200];
    space_at(&s, m, l->cr3);
    bool large = (pde & PTE_PS) && (pde & PTE_P) && pde == pte;
    deciding_bits(&s, lin, f->code, pde, pte, large, bits, sizeof bits);
    session_place(mon, lin, place, sizeof place);
    answer_number(to, "address", lin);
    answer_bool(to, "write", f->code & PF_WR);
    answer_bool(to, "user", f->code & PF_US);
    answer_bool(to, "was_present", f->code & PF_P);
    answer_string(to, "deciding", bits);
    answer_bool(to, "flush_helps", pointers_differ(m));
    answer_paragraph(to, 2, "A %s %s was refused: %s; %s.", access_text(f->code), place,
                     refusal(f->code, pde & pte), bits);
    if (pointers_differ(m))
        answer_paragraph(to, 2,
                         "A load of CR3 could help: the directory pointers in memory are not those "
                         "that the processor holds.");
    else
        answer_paragraph(to, 2,
                         "A TLB flush would not have helped: before a page fault the tables in "
                         "memory are read again.");
    bool now = tables_permit(&s, lin, f->code & (PF_WR | PF_US), &w);
    answer_bool(to, "permitted_now", now);
    if (now && !pending)
        answer_paragraph(to, 2, "By now the tables permit it: %08" PRIx64 ", %s.", w.frame,
                         space_rights_long((w.user ? PTE_US : 0) | (w.writable ? PTE_RW : 0)));
    if (!now && w.result != WALK_OK)
        say_neighbours(&s, lin, to);
}

/* ---- Other faults ------------------------------------------------------------------------ */

/* What the error code of #TS #NP #SS #GP points at: EXT, IDT, TI and an index. */
static void say_selector(const struct machine *m, uint32_t code, struct answer *to)
{
    struct descriptor d;
    char why[160], type[64];
    bool gate = code & 2;
    bool found = gate ? descriptor_gate(m, code >> 3 & 255, &d, why, sizeof why)
                      : descriptor_find(m, (uint16_t)(code & 0xfffc), &d, why, sizeof why);
    if (!(code & 0xfffc) && !gate)
        return;
    if (!found) {
        answer_string(to, "descriptor", why);
        answer_paragraph(to, 2, "By the error code: %s.", why);
        return;
    }
    descriptor_type_text(d.attr, type, sizeof type);
    answer_string(to, "descriptor", type);
    if (gate)
        answer_paragraph(
            to, 2, "The error code points at IDT entry %02x: %s to %04x:%08x, DPL %u%s.",
            code >> 3 & 255, type, d.sel, d.off, d.dpl, d.attr & DESC_P ? "" : ", not present");
    else
        answer_paragraph(to, 2,
                         "The error code points at selector %04x: %s, base %08x, limit %08x, DPL "
                         "%u%s.",
                         code & 0xfffc, type, d.base, d.limit, d.dpl,
                         d.attr & DESC_P ? "" : ", not present");
}

/* The instruction at cs:eip, as it stands in memory now. */
static void insn_text(const struct machine *m, uint16_t sel, uint32_t eip, char *text, size_t n)
{
    const struct cpu *c = inspect_cpu(m);
    uint8_t code[15];
    struct descriptor d;
    struct insn i;
    char why[160];
    bool wide = false;
    uint32_t base = (uint32_t)sel << 4;
    if (sel == c->seg[CS].sel) {
        base = c->seg[CS].base;
        wide = c->seg[CS].attr & DESC_BIG;
    } else if (c->cr0 & CR0_PE && descriptor_find(m, sel, &d, why, sizeof why)) {
        base = d.base;
        wide = d.attr & DESC_BIG;
    }
    size_t have = debug_peek(m, SPACE_LINEAR, base + eip, code, sizeof code);
    text[0] = '\0';
    if (have && decode(&i, code, (unsigned)have, !wide) == DECODE_OK)
        disasm(text, n, &i, eip);
}

static void say_link(struct monitor *mon, const struct fault_link *l, unsigned n, bool pending,
                     struct answer *to)
{
    const struct machine *m = monitor_machine(mon);
    const struct fault *f = &l->fault;
    char why[300], insn[80], place[200], code[16] = "", name[32];
    fault_explain(f, why, sizeof why);
    snprintf(name, sizeof name, "%02x", f->vector);
    if (!f->external && !f->software)
        snprintf(name, sizeof name, "%s", fault_name(f->vector));
    insn_text(m, (uint16_t)l->cs, l->eip, insn, sizeof insn);
    session_place(mon, l->eip, place, sizeof place);
    if (f->has_code)
        snprintf(code, sizeof code, "(%04x)", f->code);
    answer_object(to, NULL);
    answer_number(to, "vector", f->vector);
    answer_string(to, "name", name);
    if (f->has_code)
        answer_number(to, "code", f->code);
    answer_number(to, "cs", l->cs);
    answer_number(to, "eip", l->eip);
    answer_number(to, "cpl", l->cpl);
    answer_number(to, "ss", l->ss);
    answer_number(to, "esp", l->esp);
    answer_number(to, "cr3", l->cr3);
    answer_number(to, "icount", l->icount);
    answer_bool(to, "pending", pending);
    answer_string(to, "place", place);
    answer_string(to, "instruction", insn);
    answer_string(to, "reason", why);
    const char *kind = f->external ? "interrupt " : f->software ? "INT " : "";
    if (!n || l[0].eip != l[-1].eip)
        answer_paragraph(to, 0, "%s%s%s%s at %04x:%s, ring %u, @%" PRIu64 "%s%s%s",
                         n ? "While that was delivered: " : "", kind, name, code, l->cs, place,
                         l->cpl, l->icount, pending ? ", about to be delivered" : "",
                         *insn ? ": " : "", insn);
    else
        answer_text(to, "While %s was delivered: %s%s%s\n", n == 1 ? "that" : "the #DF for that",
                    kind, name, code);
    if (f->why == WHY_PAGE)
        say_page_fault(mon, l, pending, to);
    else if (!f->external)
        answer_paragraph(to, 2, "%c%s.", why[0] >= 'a' && why[0] <= 'z' ? why[0] - 32 : why[0],
                         why + 1);
    if (f->vector >= EXC_TS && f->vector <= EXC_GP && f->has_code)
        say_selector(m, f->code, to);
    answer_close(to);
}

/* The machine stands at the use of a stale TLB entry. */
static void say_stale(struct monitor *mon, uint32_t lin, struct answer *to)
{
    struct tlbview v;
    char text[500], place[200];
    tlbview_look(monitor_machine(mon), lin, &v);
    session_place(mon, lin, place, sizeof place);
    answer_number(to, "stale", lin);
    if (v.state != TLBVIEW_STALE)
        return;
    tlbview_explain(mon, &v, text, sizeof text);
    answer_paragraph(
        to, 0,
        "The machine stopped where a stale TLB entry was used: for %s the TLB remembers "
        "%08x, %s, but %s. After a change of a present entry comes INVLPG or a load of "
        "CR3.",
        place, v.phys, space_rights_long(v.bits), text);
}

/* The last fault, with those that followed from it. */
static void say_last(struct monitor *mon, struct answer *to)
{
    const struct cpu *c = inspect_cpu(monitor_machine(mon));
    const struct debug_stop *stop = debug_stopped(monitor_machine(mon));
    bool stale = stop->why == DEBUG_AT_POINT && stop->event.kind == DEBUG_STALE;
    if (stale)
        say_stale(mon, stop->event.lin, to);
    answer_bool(to, "triple", c->shutdown);
    answer_list(to, "faults");
    for (unsigned n = 0; n < c->links; n++)
        say_link(mon, &c->chain[n], n, c->undelivered && n + 1 == c->links, to);
    answer_close(to);
    if (!c->links && !stale)
        answer_text(to, "no fault has been raised yet\n");
    if (c->shutdown)
        answer_text(to, "A fault while #DF is delivered is a triple fault: the processor has shut "
                        "down.\n");
}

/* ---- What would happen ------------------------------------------------------------------- */

static void say_outcome(struct monitor *mon, uint32_t lin, uint32_t access, bool code,
                        struct answer *to)
{
    const struct machine *m = monitor_machine(mon);
    const struct mmu *mmu = &inspect_cpu(m)->mmu;
    struct space s;
    struct walk w;
    struct mmu_fault f;
    struct tlbview tlb;
    char bits[120];
    space_current(&s, m);
    bool allowed = mmu_check(mmu, lin, access, &f), fresh = tables_permit(&s, lin, access, &w);
    tlbview_look(m, lin, &tlb);
    const char *who = access & PF_US ? "user" : "supervisor";
    const char *what = code ? "execution at" : access & PF_WR ? "write to" : "read of";
    bool by_tlb = allowed && tlb.state != TLBVIEW_NONE;
    uint64_t phys = (by_tlb ? tlb.phys : w.frame) | (lin & PAGE_OFFSET_MASK);
    answer_bool(to, "permitted", allowed);
    answer_bool(to, "permitted_after_flush", fresh);
    if (allowed) {
        answer_number(to, "phys", phys);
        answer_bool(to, "by_tlb", by_tlb);
        answer_paragraph(to, 0,
                         "A %s %s %08x would be permitted: it leads to %08" PRIx64 " (%s)%s.", who,
                         what, lin, phys, space_behind(&s, phys),
                         by_tlb ? ", as the TLB remembers" : ", by a page walk");
        if (!fresh || phys != (w.frame | (lin & PAGE_OFFSET_MASK))) {
            char text[500];
            tlbview_explain(mon, &tlb, text, sizeof text);
            answer_paragraph(to, 2, "But the TLB entry is STALE: %s.", text);
        }
        if (!code && (access & PF_WR) && !(access & PF_US) && !w.writable && fresh)
            answer_paragraph(to, 2,
                             "The page is read-only, but CR0.WP is clear: that binds user code "
                             "only.");
    }
    if (allowed && fresh)
        return;
    uint32_t fault = error_code(&w, access);
    deciding_bits(&s, lin, fault, w.pde, w.pte, w.large, bits, sizeof bits);
    answer_number(to, "code", fault);
    answer_string(to, "deciding", bits);
    answer_paragraph(to, allowed ? 2 : 0, "%s%s %s %08x would raise #PF(%04x): %s; %s.",
                     allowed ? "After a flush a " : "A ", who, what, lin, fault,
                     refusal(fault, w.pde & w.pte), bits);
    if (!(fault & PF_P))
        say_neighbours(&s, lin, to);
}

static bool show_why(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    const struct machine *m = monitor_machine(mon);
    const struct cpu *c = inspect_cpu(m);
    uint32_t lin, access = c->cpl == 3 ? PF_US : 0;
    bool code = false;
    if (!line_more(line)) {
        say_last(mon, to);
        return true;
    }
    if (!line_address(line, "a linear address", &lin, err))
        return false;
    while (line_more(line)) {
        if (line_keyword(line, "w"))
            access |= PF_WR;
        else if (line_keyword(line, "x"))
            code = true;
        else if (line_keyword(line, "u"))
            access |= PF_US;
        else if (line_keyword(line, "s"))
            access &= ~(uint32_t)PF_US;
        else if (!line_keyword(line, "r"))
            return line_end(line, err);
    }
    answer_number(to, "address", lin);
    answer_bool(to, "write", access & PF_WR);
    answer_bool(to, "user", access & PF_US);
    if (!c->mmu.paging) {
        answer_bool(to, "permitted", true);
        answer_text(to,
                    "Paging is off: every linear address is the physical one, for everybody.\n");
        return true;
    }
    say_outcome(mon, lin, access, code, to);
    return true;
}

const struct command commands_why[] = {
    {"why", "explain", "[VA [r|w|x] [u|s]]",
     "the last fault explained; or: what would this access do?",
     "Without arguments: the last fault, with the bits that decided, whether a TLB flush\n"
     "would have helped, and what is mapped nearby. With an address: would a read (r),\n"
     "write (w) or execution (x) by user (u) or supervisor (s) code be permitted now?\n"
     "Absent: a read, by the present privilege level.",
     "why\nwhy 0 w u\nwhy $eip x s", "symbol", COMMAND_EXPLAIN, false, show_why},
    {"irq", "irqs", "[why N|vector V]", "the interrupt lines; why does interrupt N not come?",
     "`irq why N` follows the request from the chip through IRR, mask, priority and service\n"
     "of its controller (and the cascade) to EFLAGS.IF and the gate, and says where it stops;\n"
     "for a missing EOI, which handler took the interrupt and when. 16 to 23 are the pins of the\n"
     "I/O APIC; `irq why vector V` is for what the local APIC sends itself (timer, messages).",
     "irq\nirq why 0\nirq why 1", "why vector", COMMAND_EXPLAIN, false, irq_show},
    {.name = NULL},
};
