/* SPDX-License-Identifier: MIT */
/*
 * portio.c - IN and OUT (SDM vol. 2; rights: SDM vol. 1, 18.5). A device that drives a wire of the
 * processor calls for attention by that; here is only to be seen whether an event is due sooner now.
 */
#include "cpu/bodies.h"

#include "cpu/internal.h"

#include "mmu/bus.h"

static uint16_t port_of(const struct cpu *c, const struct insn *i, enum operand where)
{
    return (uint16_t)(where == Ib ? i->imm : c->gpr[EDX]);
}

static void attend_events(struct cpu *c, uint64_t due)
{
    if (clock_next(c->clock) < due)
        cpu_attend(c, ATT_IO);
}

uint32_t x_in(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint16_t port = port_of(c, i, opcodes[i->row].src);
    task_check_io(c, port, i->size);
    debug_note_io(c, port, i->size);
    cpu_sync_clock(c);
    uint64_t due = clock_next(c->clock);
    uint32_t v = bus_in(c->bus, port, i->size);
    observe_port(c, port, i->size, false, v);
    reg_set(c, EAX * 4, v, i->size);
    attend_events(c, due);
    return 0;
}

uint32_t x_out(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint16_t port = port_of(c, i, opcodes[i->row].dst);
    task_check_io(c, port, i->size);
    debug_note_io(c, port, i->size);
    cpu_sync_clock(c);
    uint64_t due = clock_next(c->clock);
    uint32_t v = reg_get(c, EAX * 4, i->size);
    bus_out(c->bus, port, v, i->size);
    observe_port(c, port, i->size, true, v);
    attend_events(c, due);
    return 0;
}
