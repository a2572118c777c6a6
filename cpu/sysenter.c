/* SPDX-License-Identifier: MIT */
/*
 * sysenter.c - SYSENTER and SYSEXIT (SDM vol. 2; vol. 3, 5.8.7). No descriptor is read: the
 * segments are flat and their selectors follow from the SYSENTER_CS register.
 */
#include "cpu/bodies.h"
#include "cpu/internal.h"

/* CS and SS at the new privilege level: their hidden parts are always the same. */
static void set_flat(struct cpu *c, uint32_t cs, unsigned cpl)
{
#define FLAT (DESC_P | DESC_S | DESC_BIG | DESC_GRAN | DESC_ACCESSED | DESC_RW)
    static const struct seg code = {.limit = UINT32_MAX,
                                    .attr = FLAT | DESC_CODE,
                                    .rd_bytes = SEG_ALL_BYTES},
                            stack = {.limit = UINT32_MAX,
                                     .attr = FLAT,
                                     .rd_bytes = SEG_ALL_BYTES,
                                     .wr_bytes = SEG_ALL_BYTES,
                                     .flat = true};
    c->seg[CS] = code;
    c->seg[CS].sel = (uint16_t)(cs | cpl);
    c->seg[CS].attr |= (uint16_t)(cpl << 5);
    c->seg[SS] = stack;
    c->seg[SS].sel = (uint16_t)((cs + 8) | cpl);
    c->seg[SS].attr |= (uint16_t)(cpl << 5);
    c->cpl = (uint8_t)cpl;
    cpu_update_mode(c);
}

/* SYSENTER_CS; #GP(0) in real mode or if it holds the null selector. */
static uint32_t base_selector(struct cpu *c)
{
    uint32_t cs = (uint32_t)c->msr[SLOT_SYSENTER_CS];
    if (cpu_real_mode(c) || !(cs & 0xfffc))
        cpu_fault_code(c, EXC_GP, 0, WHY_SYSENTER, cs, 0);
    return cs & 0xfffc;
}

uint32_t x_sysenter(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint32_t cs = base_selector(c);
    cpu_note_if_off(c, -1);
    c->eflags &= ~(uint32_t)(FLAG_VM | FLAG_IF | FLAG_RF);
    c->gpr[ESP] = (uint32_t)c->msr[SLOT_SYSENTER_ESP];
    c->next = (uint32_t)c->msr[SLOT_SYSENTER_EIP];
    set_flat(c, cs, 0);
    return 0;
}

uint32_t x_sysexit(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint32_t cs = base_selector(c);
    if (c->cpl)
        cpu_fault_code(c, EXC_GP, 0, WHY_PRIVILEGED, c->cpl, 0);
    c->gpr[ESP] = c->gpr[ECX];
    c->next = c->gpr[EDX];
    set_flat(c, cs + 16, 3);
    return 0;
}
