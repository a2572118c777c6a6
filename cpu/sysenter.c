/* SPDX-License-Identifier: MIT */
/*
 * sysenter.c - SYSENTER and SYSEXIT (SDM vol. 2; vol. 3, 5.8.7). No descriptor is read: the
 * segments are flat and their selectors follow from the SYSENTER_CS register.
 */
#include "cpu/bodies.h"
#include "cpu/internal.h"

static void set_flat(struct cpu *c, unsigned n, uint32_t sel, unsigned type, unsigned dpl)
{
    c->seg[n] = (struct seg){
        .sel = (uint16_t)sel,
        .limit = UINT32_MAX,
        .attr = (uint16_t)(DESC_P | DESC_S | DESC_BIG | DESC_GRAN | DESC_ACCESSED | DESC_RW | type |
                           dpl << 5),
    };
    seg_update(&c->seg[n]);
}

/* SYSENTER_CS; #GP(0) in real mode or if it holds the null selector. */
static uint32_t base_selector(struct cpu *c)
{
    uint64_t cs = 0;
    msr_read(c, MSR_SYSENTER_CS, &cs);
    if (cpu_real_mode(c) || !(cs & 0xfffc))
        cpu_fault_code(c, EXC_GP, 0, WHY_SYSENTER, (uint32_t)cs, 0);
    return (uint32_t)cs & 0xfffc;
}

uint32_t x_sysenter(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint32_t cs = base_selector(c);
    uint64_t esp = 0, eip = 0;
    msr_read(c, MSR_SYSENTER_ESP, &esp);
    msr_read(c, MSR_SYSENTER_EIP, &eip);
    cpu_note_if_off(c, -1);
    c->eflags &= ~(uint32_t)(FLAG_VM | FLAG_IF | FLAG_RF);
    c->cpl = 0;
    set_flat(c, CS, cs, DESC_CODE, 0);
    set_flat(c, SS, cs + 8, 0, 0);
    c->gpr[ESP] = (uint32_t)esp;
    c->next = (uint32_t)eip;
    cpu_update_mode(c);
    return 0;
}

uint32_t x_sysexit(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint32_t cs = base_selector(c);
    if (c->cpl)
        cpu_fault_code(c, EXC_GP, 0, WHY_PRIVILEGED, c->cpl, 0);
    c->cpl = 3;
    set_flat(c, CS, (cs + 16) | 3, DESC_CODE, 3);
    set_flat(c, SS, (cs + 24) | 3, 0, 3);
    c->gpr[ESP] = c->gpr[ECX];
    c->next = c->gpr[EDX];
    cpu_update_mode(c);
    return 0;
}
