/* SPDX-License-Identifier: MIT */
/*
 * stack.c - PUSH to LEAVE (SDM vol. 2). ESP changes only after the last access that can fault; the
 * width of the stack pointer is SS.B, the width of the data the operand size.
 *
 * Segment registers move as words even with a 32-bit operand size: the upper half of the stack
 * slot is left as it was (SDM vol. 2, PUSH; 386 and 486 do the same).
 */
#include "cpu/bodies.h"

#include "cpu/flags.h"
#include "cpu/internal.h"

static uint32_t stack_mask(const struct seg *ss)
{
    return ss->attr & DESC_BIG ? UINT32_MAX : 0xffff;
}

void stack_here(struct cpu *c, struct stack *s)
{
    s->seg = c->seg[SS];
    s->esp = c->gpr[ESP];
    s->mask = stack_mask(&s->seg);
    s->user = mem_user(c);
    s->code = 0;
}

void stack_inner(struct cpu *c, unsigned cpl, struct stack *s, struct desc *ssd, uint32_t ext)
{
    struct inner_stack to;
    task_inner_stack(c, cpl, &to, ext);
    seg_check_stack(c, to.ss, cpl, ssd, EXC_TS, ext);
    seg_from_desc(&s->seg, to.ss, ssd);
    s->seg.attr |= DESC_ACCESSED;
    s->esp = to.esp;
    s->mask = s->seg.attr & DESC_BIG ? UINT32_MAX : 0xffff;
    s->user = 0; /* an inner stack is never ring 3's */
    s->code = to.ss & ~3u;
}

static lin_t stack_lin(struct cpu *c, const struct stack *s, uint32_t off, unsigned size,
                       bool write)
{
    uint64_t bytes = write ? s->seg.wr_bytes : s->seg.rd_bytes;
    if ((uint64_t)(uint32_t)(off - s->seg.lo) + size > bytes)
        cpu_fault_code(c, EXC_SS, s->code, WHY_LIMIT, off, SS | size << 8);
    return s->seg.base + off;
}

void stack_push(struct cpu *c, struct stack *s, uint32_t v, unsigned size)
{
    uint32_t off = (s->esp - size) & s->mask;
    lin_write(c, stack_lin(c, s, off, size, true), v, size, s->user);
    s->esp = off;
}

uint32_t stack_pop(struct cpu *c, struct stack *s, unsigned size)
{
    uint32_t off = s->esp & s->mask;
    uint32_t v = lin_read(c, stack_lin(c, s, off, size, false), size, s->user);
    s->esp = (off + size) & s->mask;
    return v;
}

void stack_probe(struct cpu *c, const struct stack *s, unsigned n, unsigned size)
{
    uint32_t off = s->esp;
    while (n--) {
        off = (off - size) & s->mask;
        lin_probe(c, stack_lin(c, s, off, size, true), size, s->user | MMU_WRITE);
    }
}

void stack_commit(struct cpu *c, const struct stack *s)
{
    c->gpr[ESP] = (c->gpr[ESP] & ~s->mask) | (s->esp & s->mask);
}

static void set_esp(struct cpu *c, uint32_t esp)
{
    uint32_t mask = stack_mask(&c->seg[SS]);
    c->gpr[ESP] = (c->gpr[ESP] & ~mask) | (esp & mask);
}

void cpu_push(struct cpu *c, uint32_t v, unsigned size)
{
    uint32_t off = (c->gpr[ESP] - size) & stack_mask(&c->seg[SS]);
    mem_write(c, SS, off, v, size);
    set_esp(c, off);
}

/* The value at the top of the stack; the caller moves ESP when nothing can fault any more. */
static uint32_t top(struct cpu *c, unsigned size)
{
    return mem_read(c, SS, c->gpr[ESP] & stack_mask(&c->seg[SS]), size);
}

uint32_t x_push(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    enum operand src = opcodes[i->row].src;
    uint32_t v = i->imm;
    if (src == Zv)
        v = reg_get(c, i->reg, i->size);
    else if (src == Ev)
        v = i->flags & INSN_MEM ? mem_read(c, i->seg, exec_ea(c, i), i->size)
                                : reg_get(c, i->rm, i->size);
    cpu_push(c, v, i->size);
    return 0;
}

uint32_t x_pop_reg(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint32_t v = top(c, i->size);
    set_esp(c, c->gpr[ESP] + i->size); /* POP ESP: the popped value wins */
    reg_set(c, i->reg, v, i->size);
    return 0;
}

/* An ESP-based address is computed with the incremented ESP (SDM vol. 2, POP). */
uint32_t x_pop_e(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint32_t v = top(c, i->size), old = c->gpr[ESP];
    if (!(i->flags & INSN_MEM)) {
        set_esp(c, old + i->size);
        reg_set(c, i->rm, v, i->size);
        return 0;
    }
    set_esp(c, old + i->size);
    uint32_t off = exec_ea(c, i), after = c->gpr[ESP];
    c->gpr[ESP] = old; /* the write may fault */
    mem_write(c, i->seg, off, v, i->size);
    c->gpr[ESP] = after;
    return 0;
}

uint32_t x_push_sreg(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint32_t off = (c->gpr[ESP] - i->size) & stack_mask(&c->seg[SS]);
    mem_write(c, SS, off, c->seg[i->reg].sel, 2);
    set_esp(c, off);
    return 0;
}

uint32_t x_pop_sreg(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint16_t sel = (uint16_t)top(c, 2);
    uint32_t esp = c->gpr[ESP] + i->size, mask = stack_mask(&c->seg[SS]);
    seg_load(c, i->reg, sel);
    c->gpr[ESP] = (c->gpr[ESP] & ~mask) | (esp & mask); /* the width of the old SS */
    if (i->reg == SS)
        c->inhibit = INHIBIT_SS;
    return 0;
}

uint32_t x_pusha(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    struct stack s;
    stack_here(c, &s);
    stack_probe(c, &s, 8, i->size);
    for (unsigned r = EAX; r <= EDI; r++)
        stack_push(c, &s, c->gpr[r], i->size); /* ESP: the value before the instruction */
    stack_commit(c, &s);
    return 0;
}

uint32_t x_popa(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint32_t v[8];
    struct stack s;
    stack_here(c, &s);
    for (unsigned r = 8; r-- > 0;)
        v[r] = stack_pop(c, &s, i->size);
    for (unsigned r = EAX; r <= EDI; r++) {
        if (r != ESP)
            reg_set(c, r * 4, v[r], i->size);
    }
    stack_commit(c, &s);
    return 0;
}

/* In virtual-8086 mode below IOPL 3 a 16-bit PUSHF or POPF works on the virtual interrupt flag if
   CR4.VME is set; everything else is the monitor's business: #GP(0). */
static bool v86_virtual(struct cpu *c, unsigned size)
{
    if (!cpu_v86(c) || cpu_iopl(c) == 3)
        return false;
    if (!(c->cr4 & CR4_VME) || size == 4)
        cpu_fault_code(c, EXC_GP, 0, WHY_IOPL, 3, cpu_iopl(c));
    return true;
}

uint32_t x_pushf(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint32_t image = cpu_eflags(c) & ~(uint32_t)(FLAG_VM | FLAG_RF);
    if (v86_virtual(c, i->size)) {
        image = flags_as_virtual(image);
    }
    cpu_push(c, image, i->size);
    return 0;
}

uint32_t x_popf(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    bool virtual = v86_virtual(c, i->size);
    uint32_t v = top(c, i->size), old = cpu_eflags(c);
    uint32_t can = c->model->eflags_mask & ~(uint32_t)(FLAG_VM | FLAG_RF | FLAG_VIF | FLAG_VIP);
    if (c->cpl > 0 && !cpu_real_mode(c))
        can &= ~(uint32_t)FLAG_IOPL;
    if (c->cpl > cpu_iopl(c) && !cpu_real_mode(c))
        can &= ~(uint32_t)FLAG_IF;
    if (i->size == 2)
        can &= 0xffff;
    if (virtual) {
        if ((v & FLAG_TF) || ((v & FLAG_IF) && (old & FLAG_VIP)))
            cpu_fault_code(c, EXC_GP, 0, WHY_IOPL, 3, cpu_iopl(c));
        old = (old & ~(uint32_t)FLAG_VIF) | (v & FLAG_IF ? FLAG_VIF : 0);
    }
    set_esp(c, c->gpr[ESP] + i->size);
    cpu_set_eflags(c, ((old & ~can) | (v & can)) & ~(uint32_t)FLAG_RF);
    return 0;
}

/* ENTER size, level: the frame pointers of `level` outer frames are copied. */
uint32_t x_enter(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    unsigned level = i->disp & 31, size = i->flags & INSN_OS32 ? 4 : 2;
    struct stack s;
    stack_here(c, &s);
    struct stack probe = s;
    probe.esp = s.esp;
    stack_probe(c, &probe, level + 1, size);
    stack_push(c, &s, c->gpr[EBP], size);
    uint32_t frame = (c->gpr[ESP] & ~s.mask) | s.esp; /* EBP gets all of it, SP or ESP */
    uint32_t ebp = c->gpr[EBP];
    for (unsigned n = 1; n < level; n++) {
        ebp = (ebp - size) & s.mask;
        lin_t at = stack_lin(c, &s, ebp, size, false);
        stack_push(c, &s, lin_read(c, at, size, s.user), size);
    }
    if (level)
        stack_push(c, &s, frame, size);
    s.esp = (s.esp - i->imm) & s.mask;
    /* The manual checks that the new top of the stack could be written. */
    lin_probe(c, stack_lin(c, &s, s.esp, size, true), size, s.user | MMU_WRITE);
    reg_set(c, EBP * 4, frame, size);
    stack_commit(c, &s);
    return 0;
}

uint32_t x_leave(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint32_t mask = stack_mask(&c->seg[SS]), off = c->gpr[EBP] & mask;
    uint32_t v = mem_read(c, SS, off, i->size);
    set_esp(c, off + i->size);
    reg_set(c, EBP * 4, v, i->size);
    return 0;
}
