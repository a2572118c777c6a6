/* SPDX-License-Identifier: MIT */
/*
 * string.c - MOVS CMPS STOS LODS SCAS INS OUTS and REP (SDM vol. 2). Every iteration commits by
 * itself and counts as one instruction; between two iterations events and interrupts are served,
 * with EIP still at the REP prefix. A fault leaves the registers as the last whole iteration did.
 */
#include "cpu/bodies.h"

#include "cpu/flags.h"
#include "cpu/internal.h"

#include "mmu/bus.h"

static uint32_t get(const struct cpu *c, const struct insn *i, unsigned reg)
{
    return i->flags & INSN_AS32 ? c->gpr[reg] : c->gpr[reg] & 0xffff;
}

static void step(struct cpu *c, const struct insn *i, unsigned reg)
{
    uint32_t by = c->eflags & FLAG_DF ? 0u - i->size : i->size;
    reg_set(c, reg * 4, c->gpr[reg] + by, i->flags & INSN_AS32 ? 4 : 2);
}

typedef void one_iteration(struct cpu *c, const struct insn *i);

/* Another iteration without going back to the run loop? */
static bool may_continue(struct cpu *c)
{
    if (c->icount >= c->limit)
        return false;
    c->icount++; /* charged; `ahead` stays 1: the iteration to come */
    return true;
}

/* until_zf: REPE and REPNE end on the flag (CMPS, SCAS). */
static void repeat(struct cpu *c, const struct insn *i, one_iteration *one, bool until_zf)
{
    if (!(i->flags & (INSN_REP | INSN_REPNE))) {
        one(c, i);
        return;
    }
    unsigned size = i->flags & INSN_AS32 ? 4 : 2;
    uint32_t left = reg_get(c, ECX * 4, size);
    if (!left)
        return;
    for (;;) {
        one(c, i);
        reg_set(c, ECX * 4, --left, size);
        if (!left || (until_zf && flag_zf(c->res) != !!(i->flags & INSN_REP)))
            return;
        if (!may_continue(c)) {
            c->next = c->eip;
            return;
        }
    }
}

static void movs(struct cpu *c, const struct insn *i)
{
    uint32_t v = mem_read(c, i->seg, get(c, i, ESI), i->size);
    mem_write(c, ES, get(c, i, EDI), v, i->size);
    step(c, i, ESI);
    step(c, i, EDI);
}

static void stos(struct cpu *c, const struct insn *i)
{
    mem_write(c, ES, get(c, i, EDI), reg_get(c, EAX * 4, i->size), i->size);
    step(c, i, EDI);
}

static void lods(struct cpu *c, const struct insn *i)
{
    reg_set(c, EAX * 4, mem_read(c, i->seg, get(c, i, ESI), i->size), i->size);
    step(c, i, ESI);
}

static void scas(struct cpu *c, const struct insn *i)
{
    uint32_t v = mem_read(c, ES, get(c, i, EDI), i->size);
    flags_sub(c, i->size, reg_get(c, EAX * 4, i->size), v, 0);
    step(c, i, EDI);
}

static void cmps(struct cpu *c, const struct insn *i)
{
    uint32_t a = mem_read(c, i->seg, get(c, i, ESI), i->size);
    uint32_t b = mem_read(c, ES, get(c, i, EDI), i->size);
    flags_sub(c, i->size, a, b, 0);
    step(c, i, ESI);
    step(c, i, EDI);
}

/* The destination is proven before the port is read: a device must not lose a byte to a fault. */
static void ins(struct cpu *c, const struct insn *i)
{
    uint32_t to = get(c, i, EDI);
    mem_probe(c, ES, to, i->size, true);
    cpu_sync_clock(c);
    debug_note_io(c, (uint16_t)c->gpr[EDX], i->size);
    uint32_t v = bus_in(c->bus, (uint16_t)c->gpr[EDX], i->size);
    cpu_attend(c, ATT_IO);
    mem_write(c, ES, to, v, i->size);
    step(c, i, EDI);
}

static void outs(struct cpu *c, const struct insn *i)
{
    uint32_t v = mem_read(c, i->seg, get(c, i, ESI), i->size);
    cpu_sync_clock(c);
    debug_note_io(c, (uint16_t)c->gpr[EDX], i->size);
    bus_out(c->bus, (uint16_t)c->gpr[EDX], v, i->size);
    cpu_attend(c, ATT_IO);
    step(c, i, ESI);
}

uint32_t x_movs(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    repeat(c, i, movs, false);
    return 0;
}

uint32_t x_stos(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    repeat(c, i, stos, false);
    return 0;
}

uint32_t x_lods(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    repeat(c, i, lods, false);
    return 0;
}

uint32_t x_scas(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    repeat(c, i, scas, true);
    return 0;
}

uint32_t x_cmps(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    repeat(c, i, cmps, true);
    return 0;
}

uint32_t x_ins(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    task_check_io(c, (uint16_t)c->gpr[EDX], i->size);
    repeat(c, i, ins, false);
    return 0;
}

uint32_t x_outs(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    task_check_io(c, (uint16_t)c->gpr[EDX], i->size);
    repeat(c, i, outs, false);
    return 0;
}
