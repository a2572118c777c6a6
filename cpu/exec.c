/* SPDX-License-Identifier: MIT */
/*
 * exec.c - the generic executor: one decoded instruction, by its row. Checks first, then operands,
 * then the body, then the write-back; a read-modify-write proves the right to write before it
 * reads. Every specialised handler of the engine must do exactly what this does.
 */
#include "cpu/internal.h"

#include "cpu/opcodes.h"

uint32_t exec_ea(const struct cpu *c, const struct insn *i)
{
    uint32_t off = reg_get(c, i->base, 4) + (reg_get(c, i->index, 4) << i->scale) + i->disp;
    return i->flags & INSN_AS32 ? off : off & 0xffff;
}

static void check(struct cpu *c, const struct opcode *o)
{
    if (o->level > c->model->level)
        cpu_fault(c, EXC_UD, WHY_OTHER_MODEL, 0, o->level);
    if ((o->flags & OPC_PROT) && cpu_paragraphs(c))
        cpu_fault(c, EXC_UD, WHY_MODE, 0, 0);
    if ((o->flags & OPC_CPL0) && c->cpl)
        cpu_fault_code(c, EXC_GP, 0, WHY_PRIVILEGED, c->cpl, 0);
    if ((o->flags & OPC_FPU) && (c->cr0 & (CR0_EM | CR0_TS)))
        cpu_fault(c, EXC_NM, WHY_NO_FPU, 0, 0);
}

/* Operand size by kind: b and w kinds say it themselves, the rest is the operation's. */
static unsigned size_of(const struct insn *i, enum operand o)
{
    switch (o) {
    case Eb:
    case Gb:
    case Zb:
    case Ob:
    case R_AL:
    case R_CL: return 1;
    case Ew:
    case Gw:
    case R_DX:
    case Sw: return 2;
    default: return i->size;
    }
}

static bool in_memory(const struct insn *i, enum operand o)
{
    if (o == Ob || o == Ov)
        return true;
    return (i->flags & INSN_MEM) && (o == Eb || o == Ew || o == Ev || o == Mw_Rv);
}

static unsigned reg_of(const struct insn *i, enum operand o)
{
    switch (o) {
    case Gb:
    case Gw:
    case Gv:
    case Zb:
    case Zv: return i->reg;
    case R_AL:
    case R_AX: return EAX * 4;
    case R_CL: return ECX * 4;
    case R_DX: return EDX * 4;
    default: return i->rm;
    }
}

static uint32_t load(struct cpu *c, const struct insn *i, enum operand o)
{
    switch (o) {
    case O_NONE: return 0;
    case Ib:
    case Iw: return i->imm;
    case Iv:
    case Is: return i->size == 4 ? i->imm : i->imm & (i->size == 2 ? 0xffff : 0xff);
    case N_1: return 1;
    case Sw: return c->seg[i->reg].sel;
    default: break;
    }
    if (in_memory(i, o))
        return mem_read(c, i->seg, exec_ea(c, i), size_of(i, o));
    return reg_get(c, reg_of(i, o), size_of(i, o));
}

static void store(struct cpu *c, const struct insn *i, enum operand o, uint32_t v)
{
    if (in_memory(i, o))
        mem_write(c, i->seg, exec_ea(c, i), v, o == Mw_Rv ? 2 : size_of(i, o));
    else
        reg_set(c, reg_of(i, o), v, size_of(i, o));
}

static void read_modify_write(struct cpu *c, const struct insn *i, const struct opcode *o)
{
    if (!in_memory(i, o->dst)) {
        /* The source first: it may fault, and reading a register cannot. */
        uint32_t b = load(c, i, o->src);
        store(c, i, o->dst, o->body(c, i, load(c, i, o->dst), b));
        return;
    }
    unsigned size = size_of(i, o->dst);
    uint32_t b = load(c, i, o->src);
    uint32_t a = mem_rmw(c, i->seg, exec_ea(c, i), size);
    mem_rmw_store(c, o->body(c, i, a, b), size);
}

void exec_insn(struct cpu *c, const struct insn *i)
{
    const struct opcode *o = &opcodes[i->row];
    uint32_t a, b;
    check(c, o);
    switch ((enum shape)o->shape) {
    case S_PUT:
        b = load(c, i, o->src);
        store(c, i, o->dst, o->body(c, i, 0, b));
        break;
    case S_GET:
        a = load(c, i, o->dst);
        b = load(c, i, o->src);
        o->body(c, i, a, b);
        break;
    case S_RMW: read_modify_write(c, i, o); break;
    default: o->body(c, i, 0, 0); break;
    }
}
