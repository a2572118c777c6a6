/* SPDX-License-Identifier: MIT */
/*
 * fault.c - raising exceptions, the double-fault rules (SDM vol. 3, 6.15, table 6-5), and the
 * sentence that explains a fault.
 */
#include "cpu/fault.h"

#include "base/trace.h"
#include "cpu/internal.h"
#include "mmu/paging.h"

#include <stdio.h>

_Noreturn void cpu_fault(struct cpu *c, unsigned vector, enum reason why, uint32_t a, uint32_t b)
{
    c->fault = (struct fault){.vector = (uint8_t)vector, .why = why, .arg = {a, b}};
    longjmp(c->unwind, 1);
}

/* In real mode exceptions push no error code. */
_Noreturn void cpu_fault_code(struct cpu *c, unsigned vector, uint32_t code, enum reason why,
                              uint32_t a, uint32_t b)
{
    c->fault = (struct fault){.vector = (uint8_t)vector,
                              .has_code = !cpu_real_mode(c),
                              .code = code,
                              .why = why,
                              .arg = {a, b}};
    longjmp(c->unwind, 1);
}

/* WHY_PAGE, beside the flags of the two entries in arg[1]. */
enum { PAGE_PAE = 1 << 12, PAGE_NO_POINTER = 1 << 13 };

void cpu_note_page_fault(struct cpu *c, const struct mmu_fault *f)
{
    mmu_fault_taken(&c->mmu, f);
    c->cr2 = f->lin;
    c->fault = (struct fault){
        .vector = EXC_PF,
        .has_code = true,
        .code = f->code,
        .why = WHY_PAGE,
        .arg = {f->lin, (uint32_t)(f->walk.pde & 0xfff) | (uint32_t)(f->walk.pte & 0xfff) << 16 |
                            (c->mmu.mode.pae ? PAGE_PAE : 0) |
                            (f->walk.result == WALK_PDPTE_GONE ? PAGE_NO_POINTER : 0)}};
}

_Noreturn void cpu_page_fault(struct cpu *c, const struct mmu_fault *f)
{
    cpu_note_page_fault(c, f);
    longjmp(c->unwind, 1);
}

static bool contributory(int vector)
{
    return vector == EXC_DE || (vector >= EXC_TS && vector <= EXC_GP);
}

/* A second exception while the first is being delivered: both in turn, or a double fault? */
static bool doubles(int first, int second)
{
    if (first == EXC_PF)
        return second == EXC_PF || contributory(second);
    return contributory(first) && contributory(second);
}

static void shut_down(struct cpu *c)
{
    TRACE(c->trace, TRACE_CPU, "triple fault at %04x:%08x: shutdown", c->seg[CS].sel, c->eip);
    c->shutdown = true;
    c->delivering = -1;
}

/* For post-mortems: what was raised, one on the way to the other. */
static void add_link(struct cpu *c, const struct fault *f)
{
    if (c->links == FAULT_CHAIN)
        return;
    c->chain[c->links++] = (struct fault_link){.fault = *f,
                                               .cs = c->seg[CS].sel,
                                               .eip = c->eip,
                                               .ss = c->seg[SS].sel,
                                               .esp = c->gpr[ESP],
                                               .cr2 = c->cr2,
                                               .cr3 = c->mmu.cr3,
                                               .icount = c->icount,
                                               .cpl = c->cpl};
}

/* A fault by itself, or while something that is none was being delivered, begins a chain. */
static void note_fault(struct cpu *c, const struct fault *f)
{
    if (c->delivering < 0 || c->delivering == DELIVERING_BENIGN)
        c->links = 0;
    if (c->delivering == DELIVERING_BENIGN) {
        const struct delivery *d = &c->delivery[(c->deliveries - 1) % DELIVERIES];
        add_link(c, &(struct fault){.vector = d->vector,
                                    .software = d->software,
                                    .external = d->external,
                                    .why = (enum reason)d->why,
                                    .arg = {d->arg[0], d->arg[1]}});
    }
    add_link(c, f);
}

void fault_dispatch(struct cpu *c)
{
    struct fault f = c->fault;
    int first = c->delivering;
    if (c->ahead) { /* the faulting instruction counts; the rest of its block was not executed */
        c->icount -= c->ahead - 1;
        c->ahead = 0;
    }
    note_fault(c, &f);
    if (first == EXC_DF) {
        shut_down(c);
        return;
    }
    if (first < 0) {
        c->undelivered = OBSERVED(c, OBSERVE_FAULT) && c->observer.fault(c->observer.arg, &f);
        if (c->undelivered)
            return;
    } else if (f.vector == EXC_DF || doubles(first, f.vector)) {
        f = (struct fault){.vector = EXC_DF,
                           .has_code = !cpu_real_mode(c),
                           .why = WHY_DOUBLE,
                           .arg = {(uint32_t)first, f.vector}};
        c->fault = f;
    }
    fault_deliver(c);
}

bool cpu_inject(struct cpu *c, unsigned vector, bool has_code, uint32_t code)
{
    struct fault f = {
        .vector = (uint8_t)vector, .has_code = has_code, .code = code, .why = WHY_INJECTED};
    if (c->undelivered || c->shutdown)
        return false;
    c->fault = f;
    c->halted = false;
    c->undelivered = true;
    note_fault(c, &f);
    return true;
}

void fault_deliver(struct cpu *c)
{
    struct fault f = c->fault;
    c->undelivered = false;
    c->delivering = f.vector;
    c->next = c->eip;
    intr_deliver(c, &f);
    c->delivering = -1;
    c->eip = c->next;
}

const char *fault_name(unsigned vector)
{
    static const char *const names[] = {
        "#DE", "#DB", "NMI", "#BP", "#OF", "#BR",      "#UD", "#NM", "#DF", "coprocessor overrun",
        "#TS", "#NP", "#SS", "#GP", "#PF", "reserved", "#MF", "#AC", "#MC",
    };
    return vector < ARRAY_LEN(names) ? names[vector] : "interrupt";
}

static int explain_page(const struct fault *f, char *text, size_t n)
{
    uint32_t lin = f->arg[0], pde = f->arg[1] & 0xfff, pte = f->arg[1] >> 16;
    bool pae = f->arg[1] & PAGE_PAE;
    const char *who = f->code & PF_US ? "user" : "supervisor";
    const char *what = f->code & PF_WR ? "write to" : "read of";
    const char *why = "the page-table entry is not present";
    if (f->code & PF_RSVD)
        why = "reserved bits are set in a paging entry";
    else if (f->code & PF_P)
        why = f->code & PF_US && !(pde & pte & PTE_US) ? "the page belongs to the supervisor"
                                                       : "the page is read-only";
    else if (!(pde & PTE_P))
        why = "the page-directory entry is not present";
    if (f->arg[1] & PAGE_NO_POINTER)
        return snprintf(text, n, "%s %s %08x: the directory pointer (PDPTE[%u]) is not present",
                        who, what, lin, lin >> 30);
    int len = snprintf(text, n, "%s %s %08x: %s (PDE[%u] flags %03x", who, what, lin, why,
                       pae ? lin >> 21 & 0x1ff : lin >> 22, pde);
    if (len < 0 || (size_t)len >= n)
        return len;
    if (!(pde & PTE_P) || (pde & PTE_PS))
        return len + snprintf(text + len, n - (size_t)len, ")");
    return len + snprintf(text + len, n - (size_t)len, ", PTE[%u] flags %03x)",
                          lin >> 12 & (pae ? 0x1ff : 0x3ff), pte);
}

int fault_explain(const struct fault *f, char *text, size_t n)
{
    static const char *const seg[] = {"ES", "CS", "SS", "DS", "FS", "GS", "TR"};
    uint32_t a = f->arg[0], b = f->arg[1];
    const char *sname = seg[(b & 0xff) < ARRAY_LEN(seg) ? b & 0xff : 0];
    switch (f->why) {
    case WHY_PAGE: return explain_page(f, text, n);
    case WHY_LIMIT:
        return snprintf(text, n, "offset %08x (%u bytes) is beyond the limit of %s", a, b >> 8,
                        sname);
    case WHY_SEG_RIGHTS:
        return snprintf(text, n, "the segment in %s does not allow this access (offset %08x)",
                        sname, a);
    case WHY_NULL_SEG: return snprintf(text, n, "a null selector was used (%08x, %x)", a, b);
    case WHY_SELECTOR_LIMIT:
        return snprintf(text, n, "selector %04x lies outside its descriptor table", a);
    case WHY_DESC_TYPE:
        return snprintf(text, n,
                        "descriptor of selector %04x has the wrong type (access byte %02x)", a, b);
    case WHY_DESC_DPL: return snprintf(text, n, "privilege: selector %04x, DPL %u", a, b);
    case WHY_NOT_PRESENT:
        return snprintf(text, n, b ? "IDT gate %02x is not present" : "segment %04x is not present",
                        a);
    case WHY_PRIVILEGED: return snprintf(text, n, "the instruction needs CPL 0, CPL is %u", a);
    case WHY_IOPL: return snprintf(text, n, "CPL %u is above IOPL %u", a, b);
    case WHY_IDT_LIMIT: return snprintf(text, n, "vector %02x is beyond the IDT limit %04x", a, b);
    case WHY_GATE_TYPE: return snprintf(text, n, "IDT entry %02x is no gate (type %02x)", a, b);
    case WHY_GATE_DPL: return snprintf(text, n, "gate %02x has DPL %u, below CPL or RPL", a, b);
    case WHY_TSS_LIMIT: return snprintf(text, n, "offset %x is beyond the TSS limit %x", a, b);
    case WHY_IO_BITMAP:
        return snprintf(text, n, "port %04x (%u bytes) is not permitted by the TSS", a, b);
    case WHY_LOCK: return snprintf(text, n, "LOCK is not allowed on this instruction");
    case WHY_NO_INSN: return snprintf(text, n, "no such instruction");
    case WHY_OTHER_MODEL:
        return snprintf(text, n, "the instruction is not there on this processor model");
    case WHY_TOO_LONG: return snprintf(text, n, "the instruction is longer than 15 bytes");
    case WHY_REG_FORM: return snprintf(text, n, "the instruction needs a memory operand");
    case WHY_DIVIDE: return snprintf(text, n, "division by %x overflows or is by zero", a);
    case WHY_BOUND: return snprintf(text, n, "index outside the bounds %d..%d", (int)a, (int)b);
    case WHY_RESERVED_BITS: return snprintf(text, n, "reserved bits set: %08x", a);
    case WHY_NO_FPU: return snprintf(text, n, "CR0.EM or CR0.TS is set");
    case WHY_TRAP_FLAG: return snprintf(text, n, "single step: EFLAGS.TF was set");
    case WHY_DOUBLE:
        return snprintf(text, n, "%s while delivering %s", fault_name(b), fault_name(a));
    case WHY_BREAKPOINT:
        return snprintf(text, n, "debug register breakpoint at %08x (DR6 bits %04x)", a, b);
    case WHY_FPU:
        return snprintf(text, n, "an x87 exception is pending: status %04x, control %04x", a, b);
    case WHY_INJECTED: return snprintf(text, n, "a debugger injected it");
    case WHY_MODE: return snprintf(text, n, "the instruction exists in protected mode only");
    case WHY_MSR: return snprintf(text, n, "there is no model-specific register %x here", a);
    case WHY_SYSENTER: return snprintf(text, n, "the SYSENTER_CS register holds no selector");
    case WHY_CR4: return snprintf(text, n, "CR4 (%08x) reserves the instruction to CPL 0", a);
    case WHY_ALIGNMENT:
        return snprintf(text, n, "linear address %08x is not a multiple of %u (CR0.AM, EFLAGS.AC)",
                        a, b);
    default: return snprintf(text, n, "requested by software");
    }
}
