/* SPDX-License-Identifier: MIT */
/*
 * generic.c - the handlers that stand behind every record: they settle EIP, count and flags, and
 * call the reference executor. Specialised handlers fall back to h_generic for everything that is
 * not their fast case. And the cold ends of blocks: links that are not there yet, searches, the
 * way back to the run loop.
 */
#include "cpu/engine/block.h"

#include "cpu/engine/enter.h"
#include "cpu/internal.h"
#include "cpu/opcodes.h"

/* To the run loop; EIP is set. */
static inline void leave(struct cpu *c, uint64_t res, uint64_t aux, int64_t left)
{
    c->res = res;
    c->aux = aux;
    c->icount = c->stop - (uint64_t)left;
}

/* The record is executed outside; the processor's state is all in c meanwhile. */
static inline void hand_over(struct cpu *c, const struct rec *ip, uint64_t res, uint64_t aux,
                             int64_t left)
{
    leave(c, res, aux, left);
    c->eip = ip->eip;
    c->next = ip->eip + ip->i.len;
    c->ahead = ip->after;
    c->engine->at = ip;
}

/* By the reference executor; rows that fetch their operands themselves need little of it. */
static inline void execute(struct cpu *c, const struct rec *ip, uint64_t res, uint64_t aux,
                           int64_t left)
{
    const struct opcode *o = &opcodes[ip->i.row];
    hand_over(c, ip, res, aux, left);
    if (o->shape == S_RAW && !(o->flags & (OPC_PROT | OPC_FPU)) &&
        !((o->flags & OPC_CPL0) && c->cpl) && o->level <= c->model->level)
        (void)o->body(c, &ip->i, 0, 0);
    else
        exec_insn(c, &ip->i);
}

/* On to the next record, or, with attention, to the run loop. */
#define GO_ON()                                                                                    \
    do {                                                                                           \
        if (__builtin_expect(c->limit == 0, 0)) {                                                  \
            c->icount -= c->ahead - 1;                                                             \
            c->ahead = 0;                                                                          \
            c->eip = c->next;                                                                      \
            return;                                                                                \
        }                                                                                          \
        c->ahead = 0;                                                                              \
        res = c->res;                                                                              \
        aux = c->aux;                                                                              \
        tlb = c->host;                                                                             \
        left = (int64_t)(c->stop - c->icount);                                                     \
        GO(ip + 1);                                                                                \
    } while (0)

void h_generic(ARGS)
{
    execute(c, ip, res, aux, left);
    GO_ON();
}

void h_body(ARGS)
{
    hand_over(c, ip, res, aux, left);
    (void)opcodes[ip->i.row].body(c, &ip->i, 0, 0);
    GO_ON();
}

/* Must the run loop look before the next instruction? */
static inline bool restless(const struct cpu *c)
{
    return c->limit == 0 || c->inhibit || c->halted || c->shutdown || c->debug_hit ||
           c->break_code || (c->intr && (c->eflags & FLAG_IF)) || c->nmi || (c->eflags & FLAG_TF);
}

/* EIP, count and flags are in the processor: on to c->eip, if the run loop need not look. */
#define RESUME()                                                                                   \
    do {                                                                                           \
        if (restless(c))                                                                           \
            return;                                                                                \
        res = c->res;                                                                              \
        aux = c->aux;                                                                              \
        tlb = c->host;                                                                             \
        left = (int64_t)(c->stop - c->icount);                                                     \
        GO_TO(h_search, ip);                                                                       \
    } while (0)

void h_generic_end(ARGS)
{
    execute(c, ip, res, aux, left);
    c->ahead = 0;
    c->eip = c->next;
    RESUME();
}

/* What MISS falls back to. */
static handler *otherwise(const struct rec *ip)
{
    return opcodes[ip->i.row].flags & OPC_BRANCH ? h_generic_end : h_generic;
}

/* Fetches the host pointer; nothing is decided for what may reach into the next page. */
static inline bool refill(struct cpu *c, unsigned access)
{
    return (c->missed & PAGE_OFFSET_MASK) <= PAGE_SIZE - 4 &&
           mmu_refill(&c->mmu, c->missed, access | mem_user(c));
}

/* The access to c->missed faults: true, and the fault is being delivered as if the executor had raised
   it. */
static bool page_faults(struct cpu *c, const struct rec *ip, unsigned access, uint64_t res,
                        uint64_t aux, int64_t left)
{
    struct mmu_fault f;
    access |= mem_user(c);
    if ((c->missed & PAGE_OFFSET_MASK) > PAGE_SIZE - 4 || OBSERVED(c, OBSERVE_FAULT) ||
        !mmu_refills(&c->mmu) || mmu_check(&c->mmu, c->missed, access, &f))
        return false;
    hand_over(c, ip, res, aux, left);
    cpu_note_page_fault(c, &f);
    fault_dispatch(c);
    return true;
}

/* A store to a page that is there and dirty: decoded code or paging entries stand in its way. */
static inline bool hindered(const struct cpu *c, unsigned access)
{
    const struct tlb_entry *e = &c->mmu.tlb.entry[c->missed >> 12];
    return (access & MMU_WRITE) && c->mmu.paging && (e->frame & TLB_D) &&
           mmu_permits(&c->mmu, e->frame, access | mem_user(c)) && tlb_host(c->host, c->missed);
}

#define MISS_HANDLER(name, access)                                                                 \
    void name(ARGS)                                                                                \
    {                                                                                              \
        if (hindered(c, access))                                                                   \
            GO_TO(otherwise(ip), ip);                                                              \
        if (refill(c, access))                                                                     \
            GO(ip);                                                                                \
        if (!page_faults(c, ip, access, res, aux, left))                                           \
            GO_TO(otherwise(ip), ip);                                                              \
        RESUME();                                                                                  \
    }
MISS_HANDLER(h_miss_load, MMU_READ)
MISS_HANDLER(h_miss_store, MMU_WRITE)

/* Of a run, the executor knows which one faults. */
#define MISS_RUN_HANDLER(name, access)                                                             \
    void name(ARGS)                                                                                \
    {                                                                                              \
        if (refill(c, access))                                                                     \
            GO(ip);                                                                                \
        GO_TO(h_generic, ip);                                                                      \
    }
MISS_RUN_HANDLER(h_miss_run_load, MMU_READ)
MISS_RUN_HANDLER(h_miss_run_store, MMU_WRITE)

/* Rows that may change the mode, translations or what interrupts do, but mostly do not: then the
   block goes on. */
void h_careful(ARGS)
{
    uint32_t key = jump_key(c);
    execute(c, ip, res, aux, left);
    res = c->res;
    aux = c->aux;
    tlb = c->host;
    if (restless(c) || jump_key(c) != key || c->next != ip->to) {
        c->icount -= c->ahead - 1;
        c->ahead = 0;
        c->eip = c->next;
        RESUME();
    }
    c->ahead = 0;
    left = (int64_t)(c->stop - c->icount);
    GO(ip + 1);
}

/* On to c->eip, if the jump cache knows the block there and it may be entered. */
void h_search(ARGS)
{
    const struct jump *j = jump_slot(c->engine, c->eip);
    if (j->eip != c->eip || j->key != jump_key(c) || (c->eflags & FLAG_RF))
        GO_TO(h_renew, ip);
    int64_t rest = left - j->rec->after;
    if (rest >= 0) {
        left = rest;
        ENTER(j->rec);
    }
    leave(c, res, aux, left);
}

void h_renew(ARGS)
{
    const struct rec *to = jump_renew(c->engine, c, left);
    if (to && c->limit != 0 && block_resumes(c, to)) {
        c->eflags &= ~(uint32_t)FLAG_RF;
        left -= to->after;
        ENTER(to);
    }
    leave(c, res, aux, left);
}

/* The cost of the link was subtracted and `left` went below zero: there is none, or no more
   instructions may be charged. Only links inside one linear page are made: such a pair stays
   together whatever is mapped where, as the page that is being executed can only change with a new
   code_epoch, and that ends the block. */
void h_not_linked(ARGS)
{
    left += (int64_t)ip->delta + (ip->after - 1);
    c->eip = ip->to;
    if ((ip->eip ^ ip->to) >> 12 != 0)
        GO_TO(h_search, ip);
    if (ip->delta == NOT_LINKED) {
        c->engine->from = ip;
        c->engine->from_key = jump_key(c);
    }
    leave(c, res, aux, left);
}

void h_through(ARGS)
{
    left -= ip->delta;
    if (__builtin_expect(left < 0, 0))
        GO_TO(h_not_linked, ip);
    ENTER(ip->link);
}
