/* SPDX-License-Identifier: MIT */
/*
 * debug.c - DR0-DR7 (SDM vol. 3, 17.2 and 17.3; i386 manual, chapter 12).
 *
 *   DR7  31-16 LEN3 R/W3 ... LEN0 R/W0   13 GD   9 GE 8 LE   7-0 G3 L3 ... G0 L0
 *        R/W: 0 execute, 1 write, 2 port (with CR4.DE), 3 read or write; LEN: 1, 2, 8, 4 bytes
 *
 * Execution breakpoints are faults: while one is armed, instructions go one by one through the
 * reference layer. Data breakpoints are traps: the MMU gives out no host pointers for their linear
 * pages, so that accesses come by mem.c's slow half, which reports them here; the trap is taken
 * when the instruction (or the iteration) has ended. Pages without one cost nothing.
 */
#include "cpu/bodies.h"

#include "base/trace.h"
#include "cpu/internal.h"

enum { EXECUTE, WRITE, PORT, ACCESS };

static unsigned kind_of(const struct cpu *c, unsigned n)
{
    return c->dr[7] >> (16 + 4 * n) & 3;
}

static unsigned length_of(const struct cpu *c, unsigned n)
{
    static const uint8_t length[4] = {1, 2, 8, 4};
    return length[c->dr[7] >> (18 + 4 * n) & 3];
}

static bool armed(const struct cpu *c, unsigned n)
{
    return c->dr[7] >> (2 * n) & 3;
}

static bool is_port(const struct cpu *c, unsigned n)
{
    return kind_of(c, n) == PORT && (c->cr4 & CR4_DE);
}

void debug_update(struct cpu *c)
{
    lin_t page[4];
    unsigned pages = 0;
    c->break_code = c->break_io = false;
    for (unsigned n = 0; n < 4; n++) {
        if (!armed(c, n))
            continue;
        if (kind_of(c, n) == EXECUTE)
            c->break_code = true;
        else if (is_port(c, n))
            c->break_io = true;
        else if (kind_of(c, n) != PORT)
            page[pages++] = c->dr[n] & PAGE_FRAME_MASK;
    }
    mmu_watch_pages(&c->mmu, page, pages);
}

/* DR6 bits of all breakpoints of these kinds (a bit each) that touch [lin, lin + size), if at least
   one of them is armed. */
static uint32_t hits(const struct cpu *c, uint32_t lin, unsigned size, unsigned kinds)
{
    uint32_t bits = 0;
    bool any = false;
    for (unsigned n = 0; n < 4; n++) {
        unsigned length = length_of(c, n);
        uint32_t first = c->dr[n] & ~(length - 1);
        if (!(kinds >> kind_of(c, n) & 1))
            continue;
        if (lin - first >= length && first - lin >= size)
            continue;
        bits |= 1u << n;
        any |= armed(c, n);
    }
    return any ? bits : 0;
}

void debug_check_code(struct cpu *c)
{
    if (c->eflags & FLAG_RF)
        return;
    uint32_t bits = hits(c, c->seg[CS].base + c->eip, 1, 1 << EXECUTE);
    if (!bits)
        return;
    c->dr[6] |= bits;
    cpu_fault(c, EXC_DB, WHY_BREAKPOINT, c->eip, bits);
}

static void note(struct cpu *c, uint32_t bits)
{
    if (!bits)
        return;
    c->debug_hit |= bits;
    cpu_attend(c, ATT_DEBUG);
}

void debug_note_data(struct cpu *c, lin_t lin, unsigned size, bool write)
{
    note(c, hits(c, lin, size, write ? 1 << WRITE | 1 << ACCESS : 1 << ACCESS));
}

void debug_note_io(struct cpu *c, uint16_t port, unsigned size)
{
    if (c->break_io)
        note(c, hits(c, port, size, 1 << PORT));
}

void debug_trap(struct cpu *c)
{
    struct fault f = {
        .vector = EXC_DB, .external = true, .why = WHY_TRAP_FLAG, .arg = {c->debug_hit}};
    c->dr[6] |= c->debug_hit;
    c->debug_hit = 0;
    c->next = c->eip;
    c->delivering = DELIVERING_BENIGN;
    intr_deliver(c, &f);
    c->delivering = -1;
    c->eip = c->next;
}

/* DR4 and DR5 are other names of DR6 and DR7, unless CR4.DE makes them invalid. */
static unsigned reg_of(struct cpu *c, const struct insn *i)
{
    if (i->reg != 4 && i->reg != 5)
        return i->reg;
    if (c->cr4 & CR4_DE)
        cpu_fault(c, EXC_UD, WHY_RESERVED_BITS, i->reg, 0);
    return i->reg + 2u;
}

static void check_general_detect(struct cpu *c)
{
    if (!(c->dr[7] & DR7_GD))
        return;
    c->dr[6] |= DR6_BD;
    cpu_fault(c, EXC_DB, WHY_BREAKPOINT, c->eip, DR6_BD);
}

uint32_t x_mov_from_dr(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    unsigned n = reg_of(c, i);
    check_general_detect(c);
    reg_set(c, i->rm, c->dr[n], 4);
    return 0;
}

uint32_t x_mov_to_dr(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    unsigned n = reg_of(c, i);
    uint32_t v = reg_get(c, i->rm, 4);
    check_general_detect(c);
    if (n == 6)
        v = (v & 0x0000e00f) | (c->model->level >= 5 ? 0xffff0ff0 : 0xffff1ff0);
    else if (n == 7)
        v = (v & 0xffff23ff) | (c->model->level >= 4 ? 0x400 : 0);
    c->dr[n] = v;
    TRACE(c->trace, TRACE_CPU, "DR%u = %08x", n, v);
    debug_update(c);
    return 0;
}
