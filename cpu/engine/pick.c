/* SPDX-License-Identifier: MIT */
/* pick.c - which specialised handler, if any, serves a record in a mode. */
#include "cpu/engine/ops.h"

#include "cpu/opcodes.h"

bool flat_memory(const struct rec *r, uint8_t mode)
{
    static const uint8_t flag[SEGS] = {
        [ES] = MODE_FLAT_ES, [SS] = MODE_FLAT_SS, [DS] = MODE_FLAT_DS};
    return (r->i.flags & INSN_AS32) && (mode & flag[r->i.seg]);
}

static bool is_imm(enum operand o)
{
    return o == Ib || o == Iv || o == Is || o == N_1;
}

/* Byte offset of the register that an operand names. */
static uint8_t reg_of(const struct rec *r, enum operand o)
{
    if (o == R_AL || o == R_AX)
        return EAX * 4;
    return o == Gb || o == Gv || o == Zb || o == Zv ? r->i.reg : r->i.rm;
}

handler *forms_pick(const struct forms *f, struct rec *r, uint8_t mode)
{
    const struct opcode *o = &opcodes[r->i.row];
    if (!(r->i.flags & INSN_MEM)) {
        r->i.base = reg_of(r, o->dst);
        if (is_imm(o->src))
            return f->ri;
        r->i.index = o->src == O_NONE ? REG_NONE : reg_of(r, o->src);
        return f->rr;
    }
    if (!flat_memory(r, mode))
        return NULL;
    if (o->dst == Gb || o->dst == Gv || o->dst == R_AL || o->dst == R_AX) {
        r->i.reg = reg_of(r, o->dst);
        return f->rm;
    }
    if (is_imm(o->src))
        return f->mi;
    if (o->src != O_NONE)
        r->i.reg = reg_of(r, o->src);
    return f->mr;
}

handler *handler_pick(struct rec *r, uint8_t mode)
{
    handler *h = pick_move(r, mode);
    if (!h)
        h = pick_alu(r, mode);
    if (!h)
        h = pick_flow(r, mode);
    if (!h)
        h = pick_stack(r, mode);
    return h ? h : pick_shift(r, mode);
}
