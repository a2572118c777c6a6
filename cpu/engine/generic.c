/* SPDX-License-Identifier: MIT */
/*
 * generic.c - the handlers that stand behind every record: they settle EIP, count and flags, and
 * call the reference executor. Specialised handlers fall back to h_generic for everything that is
 * not their fast case.
 */
#include "cpu/engine/block.h"

#include "cpu/internal.h"

void h_generic(struct cpu *c, const struct rec *ip, uint64_t res, uint64_t cv)
{
    uint32_t start = c->eip;
    c->res = res;
    c->cv = cv;
    c->eip = start + ip->off;
    c->next = c->eip + ip->i.len;
    c->ahead = c->block->n - ip->icnt;
    exec_insn(c, &ip->i);
    if (__builtin_expect(c->limit == 0, 0)) { /* attention: come up after this instruction */
        c->icount -= c->ahead - 1;
        c->ahead = 0;
        c->eip = c->next;
        return;
    }
    c->ahead = 0;
    c->eip = start;
    res = c->res;
    cv = c->cv;
    GO(ip + 1);
}

void h_generic_end(struct cpu *c, const struct rec *ip, uint64_t res, uint64_t cv)
{
    c->res = res;
    c->cv = cv;
    c->eip += ip->off;
    c->next = c->eip + ip->i.len;
    c->ahead = 1;
    exec_insn(c, &ip->i);
    c->ahead = 0;
    c->eip = c->next;
}

void h_through(struct cpu *c, const struct rec *ip, uint64_t res, uint64_t cv)
{
    struct block *next = c->block->link[0];
    c->eip += ip->off;
    if (next && c->icount + next->n <= c->limit) {
        trail_note(c, c->seg[CS].base + c->eip);
        c->icount += next->n;
        c->block = next;
        GO(next->rec);
    }
    c->res = res;
    c->cv = cv;
    block_leaves(c, 0, ip->off);
}

/* Nothing of a killed block is executed; the run loop looks again. */
void h_dead(struct cpu *c, const struct rec *ip, uint64_t res, uint64_t cv)
{
    (void)ip;
    c->icount -= c->block->n;
    c->res = res;
    c->cv = cv;
}
