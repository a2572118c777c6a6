/* SPDX-License-Identifier: MIT */
/*
 * intr.c - delivery of interrupts and exceptions through the IDT (SDM vol. 3, 6.10-6.14; real mode
 * 20.1.4), and the instructions that ask for one.
 */
#include "cpu/bodies.h"

#include "base/trace.h"
#include "cpu/flags.h"
#include "cpu/internal.h"

/* EIP that is pushed: traps and interrupts return after the instruction, faults to it. */
static uint32_t return_eip(const struct cpu *c, const struct fault *f)
{
    return f->software || f->external ? c->next : c->eip;
}

/* Faults push RF set, so that the restarted instruction does not hit its breakpoint again
   (SDM vol. 3, 17.3.1.1). */
static uint32_t flags_image(const struct cpu *c, const struct fault *f)
{
    bool is_fault = !f->software && !f->external && f->vector != EXC_DF && f->vector != EXC_DB;
    return cpu_eflags(c) | (is_fault ? FLAG_RF : 0);
}

static void deliver_real(struct cpu *c, const struct fault *f)
{
    struct stack s;
    uint32_t at = f->vector * 4u;
    if (at + 3 > c->idtr.limit)
        cpu_fault_code(c, f->vector == EXC_DF ? EXC_GP : EXC_DF, 0, WHY_IDT_LIMIT, f->vector,
                       c->idtr.limit);
    uint32_t vector = lin_read(c, c->idtr.base + at, 4, 0);
    stack_here(c, &s);
    stack_probe(c, &s, 3, 2);
    stack_push(c, &s, cpu_eflags(c), 2);
    stack_push(c, &s, c->seg[CS].sel, 2);
    stack_push(c, &s, return_eip(c, f), 2);
    stack_commit(c, &s);
    cpu_note_if_off(c, f->vector);
    c->eflags &= ~(uint32_t)(FLAG_IF | FLAG_TF | FLAG_RF | FLAG_AC);
    seg_set_real(&c->seg[CS], (uint16_t)(vector >> 16));
    c->next = vector & 0xffff;
    cpu_update_align(c);
}

struct gate {
    uint32_t lo, hi; /* the descriptor */
    uint16_t sel;    /* code segment */
    uint32_t eip;    /* entry point */
    unsigned size;   /* 2 or 4: width of what is pushed */
    uint32_t ext;    /* EXT bit for error codes */
    bool task;       /* a task gate: sel names a TSS */
};

static void gate_read(struct cpu *c, const struct fault *f, struct gate *g)
{
    uint32_t at = f->vector * 8u;
    g->ext = f->software ? 0 : 1;
    uint32_t code = at | 2 | g->ext;
    if (at + 7 > c->idtr.limit)
        cpu_fault_code(c, EXC_GP, code, WHY_IDT_LIMIT, f->vector, c->idtr.limit);
    g->lo = lin_read(c, c->idtr.base + at, 4, 0);
    g->hi = lin_read(c, c->idtr.base + at + 4, 4, 0);
    unsigned type = g->hi >> 8 & 0x1f;
    if (type != 5 && type != 6 && type != 7 && type != 14 && type != 15)
        cpu_fault_code(c, EXC_GP, code, WHY_GATE_TYPE, f->vector, type);
    if (f->software && (g->hi >> 13 & 3) < c->cpl)
        cpu_fault_code(c, EXC_GP, code, WHY_GATE_DPL, f->vector, g->hi >> 13 & 3);
    if (!(g->hi & DESC_P << 8))
        cpu_fault_code(c, EXC_NP, code, WHY_NOT_PRESENT, f->vector, 1);
    g->task = type == 5;
    g->size = type & 8 ? 4 : 2;
    g->sel = (uint16_t)(g->lo >> 16);
    g->eip = (g->lo & 0xffff) | (g->size == 4 ? g->hi & 0xffff0000 : 0);
}

static void gate_target(struct cpu *c, const struct gate *g, struct desc *d)
{
    if (!(g->sel & ~3u))
        cpu_fault_code(c, EXC_GP, g->ext, WHY_NULL_SEG, CS, g->sel);
    desc_read(c, g->sel, d, EXC_GP, g->ext);
    uint32_t code = (g->sel & ~3u) | g->ext;
    unsigned attr = desc_attr(d);
    if ((attr & (DESC_S | DESC_CODE)) != (DESC_S | DESC_CODE))
        cpu_fault_code(c, EXC_GP, code, WHY_DESC_TYPE, g->sel, attr & 0xff);
    if (desc_dpl(d) > c->cpl)
        cpu_fault_code(c, EXC_GP, code, WHY_DESC_DPL, g->sel, desc_dpl(d));
    if (!(attr & DESC_P))
        cpu_fault_code(c, EXC_NP, code, WHY_NOT_PRESENT, g->sel, 0);
}

/* Virtual-8086 mode is left: its data segments go to the stack and become null. */
static void push_v86_segments(struct cpu *c, struct stack *s, unsigned size)
{
    static const uint8_t order[] = {GS, FS, DS, ES};
    for (unsigned n = 0; n < ARRAY_LEN(order); n++)
        stack_push(c, s, c->seg[order[n]].sel, size);
    for (unsigned n = 0; n < ARRAY_LEN(order); n++)
        seg_set_null(&c->seg[order[n]], 0);
}

/* Through a task gate: the error code goes to the new task's stack. */
static void deliver_task(struct cpu *c, const struct fault *f, const struct gate *g)
{
    struct stack s;
    c->next = return_eip(c, f);
    task_gate(c, g->sel, TASK_CALL, flags_image(c, f), g->ext);
    if (!f->has_code)
        return;
    stack_here(c, &s);
    stack_push(c, &s, f->code, c->tr.attr & 8 ? 4 : 2);
    stack_commit(c, &s);
}

static void deliver_protected(struct cpu *c, const struct fault *f)
{
    struct gate g;
    struct desc d, ssd = {0};
    struct stack s;
    bool v86 = cpu_v86(c);
    if (straight_deliver(c, f, flags_image(c, f), return_eip(c, f)))
        return;
    gate_read(c, f, &g);
    if (g.task) {
        deliver_task(c, f, &g);
        return;
    }
    gate_target(c, &g, &d);

    bool inner = !(desc_attr(&d) & DESC_CONFORM) && desc_dpl(&d) < c->cpl;
    unsigned cpl = inner ? desc_dpl(&d) : c->cpl;
    if (v86 && (!inner || cpl != 0)) /* handlers of virtual-8086 tasks run at CPL 0 */
        cpu_fault_code(c, EXC_GP, (g.sel & ~3u) | g.ext, WHY_DESC_DPL, g.sel, desc_dpl(&d));
    uint32_t esp = c->gpr[ESP], flags = flags_image(c, f);
    stack_here(c, &s);
    if (inner)
        stack_inner(c, cpl, &s, &ssd, g.ext);
    s.code |= g.ext;
    stack_probe(c, &s, (v86 ? 9u : inner ? 5u : 3u) + f->has_code, g.size);
    if (g.eip > desc_limit(&d))
        cpu_fault_code(c, EXC_GP, g.ext, WHY_LIMIT, g.eip, CS | 1 << 8);
    desc_mark_accessed(c, &d);
    if (inner)
        desc_mark_accessed(c, &ssd);
    if (v86)
        push_v86_segments(c, &s, g.size);
    if (inner) {
        stack_push(c, &s, c->seg[SS].sel, g.size);
        stack_push(c, &s, esp, g.size);
    }
    stack_push(c, &s, flags, g.size);
    stack_push(c, &s, c->seg[CS].sel, g.size);
    stack_push(c, &s, return_eip(c, f), g.size);
    if (f->has_code)
        stack_push(c, &s, f->code, g.size);
    if (inner)
        c->seg[SS] = s.seg;
    c->eflags &= ~(uint32_t)(FLAG_TF | FLAG_NT | FLAG_RF | FLAG_VM);
    if (!(g.hi >> 8 & 1)) { /* an interrupt gate; trap gates leave IF */
        cpu_note_if_off(c, f->vector);
        c->eflags &= ~(uint32_t)FLAG_IF;
    }
    far_enter_code(c, g.sel, &d, g.eip, cpl);
    stack_commit(c, &s);
}

static void remember(struct cpu *c, const struct fault *f)
{
    c->delivery[c->deliveries++ % DELIVERIES] = (struct delivery){
        .icount = c->icount - c->ahead,
        .eip = c->eip,
        .code = f->code,
        .cr2 = c->cr2,
        .cr3 = c->mmu.cr3,
        .arg = {f->arg[0], f->arg[1]},
        .cs = c->seg[CS].sel,
        .vector = f->vector,
        .cpl = c->cpl,
        .why = (uint8_t)f->why,
        .has_code = f->has_code,
        .software = f->software,
        .external = f->external,
    };
}

void intr_deliver(struct cpu *c, const struct fault *f)
{
    struct fault mine = *f; /* a fault on the way overwrites c->fault */
    TRACE(c->trace, TRACE_INT, "%s %02x%s code %04x at %04x:%08x cr2 %08x",
          mine.external   ? "interrupt"
          : mine.software ? "INT"
                          : fault_name(mine.vector),
          mine.vector, mine.has_code ? "" : " (no code)", mine.code, c->seg[CS].sel, c->eip,
          c->cr2);
    remember(c, &mine);
    if (OBSERVED(c, OBSERVE_INTERRUPT))
        observe_note(c, &(struct observed){.kind = OBSERVE_INTERRUPT,
                                           .number = mine.vector,
                                           .software = mine.software,
                                           .external = mine.external});
    c->halted = c->is_repeating = false;
    c->stepping = false; /* INT n with TF set: the step trap comes after the IRET */
    if (cpu_real_mode(c))
        deliver_real(c, &mine);
    else
        deliver_protected(c, &mine);
    if (mine.vector == EXC_DB)
        c->dr[7] &= ~DR7_GD; /* the handler may look at the debug registers */
    c->inhibit = INHIBIT_NONE;
}

void intr_external(struct cpu *c, uint8_t vector, bool nmi)
{
    struct fault f = {.vector = vector, .external = true};
    c->next = c->eip;
    c->delivering = DELIVERING_BENIGN;
    if (nmi)
        c->nmi_blocked = true;
    intr_deliver(c, &f);
    c->delivering = -1;
    c->eip = c->next;
}

/* INT n in virtual-8086 mode. With CR4.VME the bitmap below the I/O bitmap may hand it to the task's
   own 8086 handler: then it is done here (SDM vol. 3, 20.3). */
static bool v86_int(struct cpu *c, uint8_t vector)
{
    bool redirect = false;
    if (c->cr4 & CR4_VME) {
        uint32_t map = lin_read(c, c->tr.base + 102, 2, 0);
        uint32_t at = map + vector / 8u - 32;
        if (at > c->tr.limit)
            cpu_fault_code(c, EXC_GP, 0, WHY_IO_BITMAP, vector, 1);
        redirect = !(lin_read(c, c->tr.base + at, 1, 0) >> (vector & 7) & 1);
    }
    if (!redirect) {
        if (cpu_iopl(c) < 3)
            cpu_fault_code(c, EXC_GP, 0, WHY_IOPL, 3, cpu_iopl(c));
        return false;
    }
    struct stack s;
    uint32_t flags = cpu_eflags(c), to = lin_read(c, vector * 4u, 4, MMU_USER);
    if (cpu_iopl(c) < 3) { /* the image shows the virtual interrupt flag, and IOPL 3 */
        flags = flags_as_virtual(flags);
    }
    stack_here(c, &s);
    stack_probe(c, &s, 3, 2);
    stack_push(c, &s, flags, 2);
    stack_push(c, &s, c->seg[CS].sel, 2);
    stack_push(c, &s, c->next, 2);
    stack_commit(c, &s);
    if (cpu_iopl(c) == 3)
        cpu_note_if_off(c, vector);
    c->eflags &= ~(uint32_t)(FLAG_TF | FLAG_RF | (cpu_iopl(c) < 3 ? FLAG_VIF : FLAG_IF));
    seg_set_v86(&c->seg[CS], (uint16_t)(to >> 16));
    c->next = to & 0xffff;
    c->stepping = false;
    return true;
}

static void software(struct cpu *c, uint8_t vector)
{
    struct fault f = {.vector = vector, .software = true, .why = WHY_SOFTWARE};
    c->delivering = DELIVERING_BENIGN;
    intr_deliver(c, &f);
    c->delivering = -1;
}

uint32_t x_int(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    if (cpu_v86(c) && v86_int(c, (uint8_t)i->imm))
        return 0;
    software(c, (uint8_t)i->imm);
    return 0;
}

uint32_t x_int3(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    software(c, EXC_BP);
    return 0;
}

uint32_t x_into(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    if (flag_of(c->res, c->aux))
        software(c, EXC_OF);
    return 0;
}

/* ICEBP: a trap that does not look at the gate's DPL. */
uint32_t x_int1(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    struct fault f = {.vector = EXC_DB, .external = true, .why = WHY_SOFTWARE};
    c->delivering = DELIVERING_BENIGN;
    intr_deliver(c, &f);
    c->delivering = -1;
    return 0;
}
