/* SPDX-License-Identifier: MIT */
/*
 * branch.c - near transfers (SDM vol. 2, Jcc JMP CALL RET LOOP). A target beyond the limit of CS
 * is #GP(0) at the transfer, before anything is committed; with a 16-bit operand size EIP is cut
 * to 16 bits.
 */
#include "cpu/bodies.h"

#include "cpu/flags.h"
#include "cpu/internal.h"

static uint32_t target_check(struct cpu *c, const struct insn *i, uint32_t eip)
{
    if (!(i->flags & INSN_OS32))
        eip &= 0xffff;
    if (eip > c->seg[CS].limit)
        cpu_fault_code(c, EXC_GP, 0, WHY_LIMIT, eip, CS | 1 << 8);
    return eip;
}

static void jump_relative(struct cpu *c, const struct insn *i)
{
    c->next = target_check(c, i, c->next + i->imm);
}

uint32_t x_jmp(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    jump_relative(c, i);
    return 0;
}

uint32_t x_jcc(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    if (flags_cond(i->row & 15, c->res, c->aux))
        jump_relative(c, i);
    return 0;
}

uint32_t x_jcxz(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    if (!reg_get(c, ECX * 4, i->flags & INSN_AS32 ? 4 : 2))
        jump_relative(c, i);
    return 0;
}

uint32_t x_loop(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    unsigned size = i->flags & INSN_AS32 ? 4 : 2;
    uint32_t count = (reg_get(c, ECX * 4, size) - 1) & size_mask(size);
    unsigned kind = i->row & 3; /* LOOPNE, LOOPE, LOOP */
    bool go = count && (kind == 2 || flag_zf(c->res) == (kind == 1));
    if (go)
        jump_relative(c, i);
    reg_set(c, ECX * 4, count, size);
    return 0;
}

/* The operand of JMP E and CALL E. */
static uint32_t target_of(struct cpu *c, const struct insn *i)
{
    uint32_t v = i->flags & INSN_MEM ? mem_read(c, i->seg, exec_ea(c, i), i->size)
                                     : reg_get(c, i->rm, i->size);
    return target_check(c, i, v);
}

uint32_t x_jmp_e(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    c->next = target_of(c, i);
    return 0;
}

uint32_t x_call(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint32_t to = target_check(c, i, c->next + i->imm);
    cpu_push(c, c->next, i->flags & INSN_OS32 ? 4 : 2);
    c->next = to;
    return 0;
}

uint32_t x_call_e(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint32_t to = target_of(c, i);
    cpu_push(c, c->next, i->size);
    c->next = to;
    return 0;
}

/* RET and RET imm16 (imm is zero in the short form). */
uint32_t x_ret(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    struct stack s;
    stack_here(c, &s);
    uint32_t to = target_check(c, i, stack_pop(c, &s, i->flags & INSN_OS32 ? 4 : 2));
    s.esp += i->imm;
    stack_commit(c, &s);
    c->next = to;
    return 0;
}
