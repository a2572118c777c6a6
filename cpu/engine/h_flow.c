/* SPDX-License-Identifier: MIT */
/*
 * h_flow.c - specialised handlers of near transfers: 32-bit, flat CS (so no target can be beyond
 * the limit). Targets inside the block's own page are chained directly; others are looked up in
 * the jump cache, whose entries hold for one code_epoch.
 */
#include "cpu/engine/ops.h"

#include "cpu/internal.h"
#include "cpu/opcodes.h"

/* Leaves to the run loop; c->eip is already the target. */
#define LEAVE()                                                                                    \
    do {                                                                                           \
        c->res = res;                                                                              \
        c->cv = cv;                                                                                \
        return;                                                                                    \
    } while (0)

#define ENTER(block_)                                                                              \
    do {                                                                                           \
        trail_note(c, c->eip);                                                                     \
        c->icount += (block_)->n;                                                                  \
        c->block = (block_);                                                                       \
        GO((block_)->rec);                                                                         \
    } while (0)

/* On to link `slot`, at `by` bytes from the block's start. */
#define CHAIN(slot, by)                                                                            \
    do {                                                                                           \
        struct block *to_ = c->block->link[slot];                                                  \
        uint32_t by_ = (by);                                                                       \
        c->eip += by_;                                                                             \
        if (to_ && c->icount + to_->n <= c->limit)                                                 \
            ENTER(to_);                                                                            \
        if (to_)                                                                                   \
            LEAVE();                                                                               \
        struct block *b_ = search(c);                                                              \
        if (!b_) {                                                                                 \
            block_leaves(c, slot, by_);                                                            \
            LEAVE();                                                                               \
        }                                                                                          \
        ENTER(b_);                                                                                 \
    } while (0)

/* To c->eip, wherever that is. */
#define SEARCH()                                                                                   \
    do {                                                                                           \
        struct block *b_ = search(c);                                                              \
        if (!b_)                                                                                   \
            LEAVE();                                                                               \
        ENTER(b_);                                                                                 \
    } while (0)

/* The block at c->eip if the jump cache knows it and it fits before the limit. */
static inline struct block *search(const struct cpu *c)
{
    const struct jump *j = jump_slot(c->engine, c->eip);
    struct block *b = j->block;
    if (b && j->lin == c->eip && j->epoch == c->mmu.code_epoch && b->mode == c->mode && b->alive &&
        c->icount + b->n <= c->limit)
        return b;
    return NULL;
}

HANDLER(jmp_rel)
{
    CHAIN(1, ip->i.disp);
}

#define JCC(name, condition)                                                                       \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        if (condition)                                                                             \
            CHAIN(1, ip->i.disp);                                                                  \
        CHAIN(0, ip->off + ip->i.len);                                                             \
    }

JCC(jo, flag_of(cv))
JCC(jno, !flag_of(cv))
JCC(jb, flag_cf(cv))
JCC(jae, !flag_cf(cv))
JCC(je, flag_zf(res))
JCC(jne, !flag_zf(res))
JCC(jbe, flag_cf(cv) || flag_zf(res))
JCC(ja, !flag_cf(cv) && !flag_zf(res))
JCC(js, flag_sf(res))
JCC(jns, !flag_sf(res))
JCC(jp, flag_pf(res))
JCC(jnp, !flag_pf(res))
JCC(jl, flag_sf(res) != flag_of(cv))
JCC(jge, flag_sf(res) == flag_of(cv))
JCC(jle, flag_zf(res) || flag_sf(res) != flag_of(cv))
JCC(jg, !flag_zf(res) && flag_sf(res) == flag_of(cv))

HANDLER(loop)
{
    if (--c->gpr[ECX])
        CHAIN(1, ip->i.disp);
    CHAIN(0, ip->off + ip->i.len);
}

/* Pushes the return address, or falls back with nothing done. */
#define PUSH_RETURN()                                                                              \
    do {                                                                                           \
        uint32_t to_ = c->gpr[ESP] - 4;                                                            \
        uint8_t *p_ = store_at(c, to_, 4);                                                         \
        if (UNLIKELY(!p_))                                                                         \
            SLOW_END();                                                                            \
        AT(uint32_t, p_) = c->eip + ip->off + ip->i.len;                                           \
        c->gpr[ESP] = to_;                                                                         \
    } while (0)

HANDLER(call_rel)
{
    PUSH_RETURN();
    CHAIN(1, ip->i.disp);
}

HANDLER(call_r)
{
    uint32_t to = REG(uint32_t, ip->i.base);
    PUSH_RETURN();
    c->eip = to;
    SEARCH();
}

HANDLER(call_m)
{
    uint8_t *p = load_at(c, EA(), 4);
    if (UNLIKELY(!p))
        SLOW_END();
    uint32_t to = AT(uint32_t, p);
    PUSH_RETURN();
    c->eip = to;
    SEARCH();
}

HANDLER(jmp_r)
{
    c->eip = REG(uint32_t, ip->i.base);
    SEARCH();
}

HANDLER(jmp_m)
{
    uint8_t *p = load_at(c, EA(), 4);
    if (UNLIKELY(!p))
        SLOW_END();
    c->eip = AT(uint32_t, p);
    SEARCH();
}

/* RET and RET imm16: imm is zero in the short form. */
HANDLER(ret)
{
    uint32_t esp = c->gpr[ESP];
    uint8_t *p = load_at(c, esp, 4);
    if (UNLIKELY(!p))
        SLOW_END();
    c->gpr[ESP] = esp + 4 + ip->i.imm;
    c->eip = AT(uint32_t, p);
    SEARCH();
}

static handler *pick_indirect(struct rec *r, uint8_t mode, handler *reg, handler *mem)
{
    if (r->i.flags & INSN_MEM)
        return flat_memory(r, mode) ? mem : NULL;
    r->i.base = r->i.rm;
    return reg;
}

handler *pick_flow(struct rec *r, uint8_t mode)
{
    static handler *const jcc[16] = {jo, jno, jb, jae, je, jne, jbe, ja,
                                     js, jns, jp, jnp, jl, jge, jle, jg};
    const uint8_t code = MODE_CODE32 | MODE_FLAT_CS, stack = MODE_STACK32 | MODE_FLAT_SS;
    unsigned row = r->i.row;
    if ((mode & code) != code || !(r->i.flags & INSN_OS32))
        return NULL;
    if ((row >= 0x70 && row <= 0x7f) || (row >= MAP_0F + 0x80 && row <= MAP_0F + 0x8f))
        return jcc[row & 15];
    if (row == 0xe9 || row == 0xeb)
        return jmp_rel;
    if (row == 0xe2)
        return r->i.flags & INSN_AS32 ? loop : NULL;
    if (row == G_FF + 4)
        return pick_indirect(r, mode, jmp_r, jmp_m);
    if ((mode & stack) != stack)
        return NULL;
    if (row == 0xe8)
        return call_rel;
    if (row == 0xc2 || row == 0xc3)
        return ret;
    return row == G_FF + 2 ? pick_indirect(r, mode, call_r, call_m) : NULL;
}
