/* SPDX-License-Identifier: MIT */
/*
 * far.c - far JMP, CALL and RET, call gates and IRET (SDM vol. 3, 5.8; vol. 2, CALL JMP RET IRET).
 * Every check and every stack access is made before CS, SS, ESP or EIP change.
 */
#include "cpu/bodies.h"

#include "cpu/flags.h"
#include "cpu/internal.h"

static uint32_t limit_check(struct cpu *c, uint32_t eip, uint32_t limit, uint32_t code)
{
    if (eip > limit)
        cpu_fault_code(c, EXC_GP, code, WHY_LIMIT, eip, CS | 1 << 8);
    return eip;
}

void far_enter_code(struct cpu *c, uint16_t sel, const struct desc *d, uint32_t eip, unsigned cpl)
{
    seg_from_desc(&c->seg[CS], (uint16_t)((sel & ~3u) | cpl), d);
    c->cpl = (uint8_t)cpl;
    c->next = eip;
    cpu_update_mode(c);
}

static void enter_paragraph(struct cpu *c, uint16_t sel, uint32_t eip)
{
    struct seg *cs = &c->seg[CS];
    if (cpu_v86(c)) {
        limit_check(c, eip, 0xffff, 0);
        seg_set_v86(cs, sel);
        c->next = eip;
        return;
    }
    if (c->model->level <= 4) { /* 386, 486: a real-mode load of CS sets fixed attributes */
        cs->attr = 0;
        cs->limit = 0xffff;
    }
    limit_check(c, eip, cs->limit, 0);
    seg_set_real(cs, sel);
    c->next = eip;
    cpu_update_mode(c);
}

/* A direct transfer to this code segment keeps CPL: is it allowed? */
static void check_direct(struct cpu *c, uint16_t sel, const struct desc *d)
{
    unsigned attr = desc_attr(d), dpl = desc_dpl(d);
    bool ok = attr & DESC_CONFORM ? dpl <= c->cpl : dpl == c->cpl && (sel & 3u) <= c->cpl;
    if (!ok)
        cpu_fault_code(c, EXC_GP, sel & ~3u, WHY_DESC_DPL, sel, dpl);
    if (!(attr & DESC_P))
        cpu_fault_code(c, EXC_NP, sel & ~3u, WHY_NOT_PRESENT, sel, 0);
}

static bool is_code(const struct desc *d)
{
    return (desc_attr(d) & (DESC_S | DESC_CODE)) == (DESC_S | DESC_CODE);
}

/* The last checks before a transfer to eip; a CALL pushes its return address. Its room is looked at
   before the target's limit (SDM vol. 2, CALL). */
static void leave_for(struct cpu *c, bool call, unsigned size, uint32_t eip, uint32_t limit)
{
    struct stack s;
    stack_here(c, &s);
    if (call)
        stack_probe(c, &s, 2, size);
    limit_check(c, eip, limit, 0);
    if (!call)
        return;
    stack_push(c, &s, c->seg[CS].sel, size);
    stack_push(c, &s, c->next, size);
    stack_commit(c, &s);
}

/* CALL through a gate to a more privileged segment: new stack, parameters copied. */
static void call_inner(struct cpu *c, uint16_t sel, struct desc *code, uint32_t eip,
                       unsigned params, unsigned size)
{
    unsigned cpl = desc_dpl(code);
    struct desc ssd;
    struct stack old, s;
    uint32_t param[31];

    stack_inner(c, cpl, &s, &ssd, 0);
    stack_here(c, &old);
    uint32_t esp = c->gpr[ESP];
    for (unsigned n = 0; n < params; n++)
        param[n] = stack_pop(c, &old, size);
    stack_probe(c, &s, 4 + params, size);
    limit_check(c, eip, desc_limit(code), 0);
    desc_mark_accessed(c, &ssd);
    desc_mark_accessed(c, code);
    stack_push(c, &s, c->seg[SS].sel, size);
    stack_push(c, &s, esp, size);
    for (unsigned n = params; n-- > 0;)
        stack_push(c, &s, param[n], size);
    stack_push(c, &s, c->seg[CS].sel, size);
    stack_push(c, &s, c->next, size);
    c->seg[SS] = s.seg;
    far_enter_code(c, sel, code, eip, cpl);
    stack_commit(c, &s);
}

static void through_gate(struct cpu *c, uint16_t gate_sel, const struct desc *gate, bool call)
{
    unsigned size = desc_attr(gate) & 8 ? 4 : 2;
    uint16_t sel = (uint16_t)(gate->lo >> 16);
    uint32_t eip = (gate->lo & 0xffff) | (size == 4 ? gate->hi & 0xffff0000 : 0);
    struct desc d;

    if (desc_dpl(gate) < c->cpl || desc_dpl(gate) < (gate_sel & 3u))
        cpu_fault_code(c, EXC_GP, gate_sel & ~3u, WHY_GATE_DPL, gate_sel, desc_dpl(gate));
    if (!(desc_attr(gate) & DESC_P))
        cpu_fault_code(c, EXC_NP, gate_sel & ~3u, WHY_NOT_PRESENT, gate_sel, 0);
    if (!(sel & ~3u))
        cpu_fault_code(c, EXC_GP, 0, WHY_NULL_SEG, CS, sel);
    desc_read(c, sel, &d, EXC_GP, 0);
    if (!is_code(&d))
        cpu_fault_code(c, EXC_GP, sel & ~3u, WHY_DESC_TYPE, sel, desc_attr(&d) & 0xff);
    bool inner = call && !(desc_attr(&d) & DESC_CONFORM) && desc_dpl(&d) < c->cpl;
    bool ok =
        call || (desc_attr(&d) & DESC_CONFORM) ? desc_dpl(&d) <= c->cpl : desc_dpl(&d) == c->cpl;
    if (!ok)
        cpu_fault_code(c, EXC_GP, sel & ~3u, WHY_DESC_DPL, sel, desc_dpl(&d));
    if (!(desc_attr(&d) & DESC_P))
        cpu_fault_code(c, EXC_NP, sel & ~3u, WHY_NOT_PRESENT, sel, 0);
    if (inner) {
        call_inner(c, sel, &d, eip, gate->hi & 31, size);
        return;
    }
    leave_for(c, call, size, eip, desc_limit(&d));
    desc_mark_accessed(c, &d);
    far_enter_code(c, sel, &d, eip, c->cpl);
}

static void far_transfer(struct cpu *c, const struct insn *i, uint16_t sel, uint32_t eip, bool call)
{
    unsigned size = i->flags & INSN_OS32 ? 4 : 2;
    struct desc d;
    if (cpu_paragraphs(c)) {
        bool fixed = c->model->level <= 4 || cpu_v86(c);
        leave_for(c, call, size, eip, fixed ? 0xffff : c->seg[CS].limit);
        enter_paragraph(c, sel, eip);
        return;
    }
    if (!(sel & ~3u))
        cpu_fault_code(c, EXC_GP, 0, WHY_NULL_SEG, CS, sel);
    desc_read(c, sel, &d, EXC_GP, 0);
    if (is_code(&d)) {
        check_direct(c, sel, &d);
        leave_for(c, call, size, eip, desc_limit(&d));
        desc_mark_accessed(c, &d);
        far_enter_code(c, sel, &d, eip, c->cpl);
        return;
    }
    unsigned type = desc_attr(&d) & 0x1f;
    if (type == 4 || type == 12)
        through_gate(c, sel, &d, call);
    else if (type == 1 || type == 5 || type == 9)
        task_transfer(c, sel, &d, call ? TASK_CALL : TASK_JUMP);
    else
        cpu_fault_code(c, EXC_GP, sel & ~3u, WHY_DESC_TYPE, sel, desc_attr(&d) & 0xff);
}

static void far_memory(struct cpu *c, const struct insn *i, bool call)
{
    unsigned size = i->flags & INSN_OS32 ? 4 : 2;
    uint32_t off = exec_ea(c, i), wrap = i->flags & INSN_AS32 ? UINT32_MAX : 0xffff;
    uint32_t eip = mem_read(c, i->seg, off, size);
    far_transfer(c, i, (uint16_t)mem_read(c, i->seg, (off + size) & wrap, 2), eip, call);
}

uint32_t x_call_far_imm(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    far_transfer(c, i, (uint16_t)i->imm, i->disp, true);
    return 0;
}

uint32_t x_call_far_mem(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    far_memory(c, i, true);
    return 0;
}

uint32_t x_jmp_far_imm(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    far_transfer(c, i, (uint16_t)i->imm, i->disp, false);
    return 0;
}

uint32_t x_jmp_far_mem(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    far_memory(c, i, false);
    return 0;
}

/* The code segment that RETF and IRET go back to. */
static void check_return(struct cpu *c, uint16_t sel, struct desc *d)
{
    if (!(sel & ~3u))
        cpu_fault_code(c, EXC_GP, 0, WHY_NULL_SEG, CS, sel);
    desc_read(c, sel, d, EXC_GP, 0);
    unsigned rpl = sel & 3, attr = desc_attr(d);
    if (rpl < c->cpl)
        cpu_fault_code(c, EXC_GP, sel & ~3u, WHY_DESC_DPL, sel, c->cpl);
    if (!is_code(d))
        cpu_fault_code(c, EXC_GP, sel & ~3u, WHY_DESC_TYPE, sel, attr & 0xff);
    if (attr & DESC_CONFORM ? desc_dpl(d) > rpl : desc_dpl(d) != rpl)
        cpu_fault_code(c, EXC_GP, sel & ~3u, WHY_DESC_DPL, sel, desc_dpl(d));
    if (!(attr & DESC_P))
        cpu_fault_code(c, EXC_NP, sel & ~3u, WHY_NOT_PRESENT, sel, 0);
}

/* Data segments that the outer level may not keep become null (SDM vol. 3, 5.8.6). */
void seg_drop_inner(struct cpu *c)
{
    static const uint8_t data[] = {ES, DS, FS, GS};
    for (unsigned n = 0; n < ARRAY_LEN(data); n++) {
        struct seg *s = &c->seg[data[n]];
        bool conforming = (s->attr & DESC_CODE) && (s->attr & DESC_CONFORM);
        if ((s->attr >> 5 & 3u) < c->cpl && !conforming)
            seg_set_null(s, 0);
    }
}

/* Common end of RETF and IRET: s holds the popped stack, `extra` bytes are released. */
static void return_to(struct cpu *c, struct stack *s, uint16_t sel, uint32_t eip, uint32_t extra,
                      unsigned size)
{
    struct desc d, ssd;
    check_return(c, sel, &d);
    unsigned rpl = sel & 3;
    if (rpl == c->cpl) {
        limit_check(c, eip, desc_limit(&d), 0);
        desc_mark_accessed(c, &d);
        s->esp += extra;
        stack_commit(c, s);
        far_enter_code(c, sel, &d, eip, rpl);
        return;
    }
    s->esp = (s->esp + extra) & s->mask;
    uint32_t esp = stack_pop(c, s, size);
    uint16_t ss = (uint16_t)stack_pop(c, s, size);
    seg_check_stack(c, ss, rpl, &ssd, EXC_GP, 0);
    limit_check(c, eip, desc_limit(&d), 0);
    desc_mark_accessed(c, &d);
    desc_mark_accessed(c, &ssd);
    seg_from_desc(&c->seg[SS], ss, &ssd);
    far_enter_code(c, sel, &d, eip, rpl);
    /* With a 16-bit outer stack only SP is loaded; the upper half keeps what it had. */
    uint32_t mask = c->seg[SS].attr & DESC_BIG ? UINT32_MAX : 0xffff;
    c->gpr[ESP] = (c->gpr[ESP] & ~mask) | ((esp + extra) & mask);
    seg_drop_inner(c);
    cpu_update_mode(c);
}

uint32_t x_retf(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    unsigned size = i->flags & INSN_OS32 ? 4 : 2;
    struct stack s;
    stack_here(c, &s);
    uint32_t eip = stack_pop(c, &s, size);
    uint16_t sel = (uint16_t)stack_pop(c, &s, size);
    if (!cpu_paragraphs(c)) {
        return_to(c, &s, sel, eip, i->imm, size);
        return 0;
    }
    enter_paragraph(c, sel, eip);
    s.esp += i->imm;
    stack_commit(c, &s);
    return 0;
}

uint32_t iret_flags(const struct cpu *c, uint32_t v, unsigned size)
{
    uint32_t old = cpu_eflags(c), can = c->model->eflags_mask | FLAG_RF;
    if (!cpu_real_mode(c)) {
        if (c->cpl > 0)
            can &= ~(uint32_t)(FLAG_IOPL | FLAG_VIF | FLAG_VIP);
        if (c->cpl > cpu_iopl(c))
            can &= ~(uint32_t)FLAG_IF;
    }
    if (size == 2)
        can &= 0xffff;
    return (old & ~can) | (v & can);
}

/* The rest of a frame that was pushed when virtual-8086 mode was left. */
static void return_to_v86(struct cpu *c, struct stack *s, uint16_t cs, uint32_t eip, uint32_t flags)
{
    static const uint8_t order[] = {ES, DS, FS, GS};
    uint16_t sel[SEGS];
    uint32_t esp = stack_pop(c, s, 4);
    sel[CS] = cs;
    sel[SS] = (uint16_t)stack_pop(c, s, 4);
    for (unsigned n = 0; n < ARRAY_LEN(order); n++)
        sel[order[n]] = (uint16_t)stack_pop(c, s, 4);
    limit_check(c, eip, 0xffff, 0);
    cpu_set_eflags(c, flags);
    for (unsigned n = 0; n < SEGS; n++)
        seg_set_v86(&c->seg[n], sel[n]);
    c->gpr[ESP] = esp;
    c->next = eip;
    c->cpl = 3;
    cpu_update_mode(c);
}

uint32_t x_iret(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    unsigned size = i->flags & INSN_OS32 ? 4 : 2;
    struct stack s;
    bool virtual = cpu_v86(c) && cpu_iopl(c) < 3;
    if (virtual && (!(c->cr4 & CR4_VME) || size == 4))
        cpu_fault_code(c, EXC_GP, 0, WHY_IOPL, 3, cpu_iopl(c));
    c->nmi_blocked = false;
    OBSERVE(c, OBSERVE_IRET, 0, 0, 0);
    if (!cpu_paragraphs(c) && (c->eflags & FLAG_NT)) {
        task_return(c);
        return 0;
    }
    if (size == 4 && !cpu_paragraphs(c) && straight_iret(c))
        return 0;
    stack_here(c, &s);
    uint32_t eip = stack_pop(c, &s, size);
    uint16_t sel = (uint16_t)stack_pop(c, &s, size);
    uint32_t image = stack_pop(c, &s, size);
    uint32_t flags = iret_flags(c, image, size);
    if (virtual) { /* CR4.VME: IF in the image is the virtual one */
        if ((image & FLAG_TF) || ((image & FLAG_IF) && (flags & FLAG_VIP)))
            cpu_fault_code(c, EXC_GP, 0, WHY_IOPL, 3, cpu_iopl(c));
        flags = (flags & ~(uint32_t)FLAG_VIF) | (image & FLAG_IF ? FLAG_VIF : 0);
    }
    if (cpu_paragraphs(c)) {
        enter_paragraph(c, sel, eip);
        stack_commit(c, &s);
    } else if (size == 4 && c->cpl == 0 && (image & FLAG_VM)) {
        return_to_v86(c, &s, sel, eip, image);
        return 0;
    } else {
        return_to(c, &s, sel, eip, 0, size);
    }
    cpu_set_eflags(c, flags);
    return 0;
}
