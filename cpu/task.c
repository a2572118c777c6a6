/* SPDX-License-Identifier: MIT */
/*
 * task.c - what the current task state segment is asked for: inner stacks and the I/O permission
 * bitmap (SDM vol. 3, 7.2; vol. 1, 18.5.2).
 *
 * Not modelled yet: switching tasks by hardware; far.c and intr.c say so where it would happen.
 */
#include "cpu/internal.h"

static bool tss_is_32(const struct cpu *c)
{
    return c->tr.attr & 8;
}

void task_inner_stack(struct cpu *c, unsigned cpl, struct inner_stack *out, uint32_t ext)
{
    bool big = tss_is_32(c);
    uint32_t off = big ? 4 + cpl * 8 : 2 + cpl * 4;
    uint32_t last = off + (big ? 5 : 3);
    if (!(c->tr.sel & ~3u) || last > c->tr.limit)
        cpu_fault_code(c, EXC_TS, (c->tr.sel & ~3u) | ext, WHY_TSS_LIMIT, last, c->tr.limit);
    out->esp = lin_read(c, c->tr.base + off, big ? 4 : 2, 0);
    out->ss = (uint16_t)lin_read(c, c->tr.base + off + (big ? 4 : 2), 2, 0);
}

void task_check_io(struct cpu *c, uint16_t port, unsigned size)
{
    if (cpu_real_mode(c) || c->cpl <= cpu_iopl(c))
        return;
    if (!(c->tr.sel & ~3u) || !tss_is_32(c) || c->tr.limit < 103)
        cpu_fault_code(c, EXC_GP, 0, WHY_IO_BITMAP, port, size);
    /* Two bytes are read, so that the bits of an unaligned port are always in hand. */
    uint32_t at = lin_read(c, c->tr.base + 102, 2, 0) + port / 8u;
    if (at + 1 > c->tr.limit)
        cpu_fault_code(c, EXC_GP, 0, WHY_IO_BITMAP, port, size);
    uint32_t bits = lin_read(c, c->tr.base + at, 2, 0) >> (port & 7);
    if (bits & ((1u << size) - 1))
        cpu_fault_code(c, EXC_GP, 0, WHY_IO_BITMAP, port, size);
}
