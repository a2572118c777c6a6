/* SPDX-License-Identifier: MIT */
/*
 * system.c - processor control (SDM vol. 2 and vol. 3, chapter 2): flags, HLT, control registers,
 * descriptor-table registers, TLB and cache instructions.
 *
 * Not modelled: caches (INVD and WBINVD have nothing to do), CR4 features.
 */
#include "cpu/bodies.h"

#include "base/trace.h"
#include "cpu/internal.h"

uint32_t x_hlt(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    c->halted = true;
    OBSERVE(c, OBSERVE_HLT, 0, 0, 0);
    return 0;
}

/* Above IOPL, CLI and STI work on the virtual interrupt flag where CR4 says so: VME in virtual-8086
   mode, PVI at CPL 3 in protected mode (SDM vol. 3, 20.3 and 20.4). */
static bool virtual_if(const struct cpu *c)
{
    if (cpu_real_mode(c) || c->cpl <= cpu_iopl(c))
        return false;
    return c->cpl == 3 && (c->cr4 & (cpu_v86(c) ? CR4_VME : CR4_PVI));
}

static void check_iopl(struct cpu *c)
{
    if (!cpu_real_mode(c) && c->cpl > cpu_iopl(c))
        cpu_fault_code(c, EXC_GP, 0, WHY_IOPL, c->cpl, cpu_iopl(c));
}

uint32_t x_cli(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    if (virtual_if(c)) {
        c->eflags &= ~(uint32_t)FLAG_VIF;
        return 0;
    }
    check_iopl(c);
    cpu_note_if_off(c, -1);
    c->eflags &= ~(uint32_t)FLAG_IF;
    return 0;
}

/* Interrupts stay off for one more instruction, but only if they were off. */
uint32_t x_sti(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    if (virtual_if(c)) {
        if (c->eflags & FLAG_VIP) /* an interrupt is waiting: the monitor wants to know */
            cpu_fault_code(c, EXC_GP, 0, WHY_IOPL, c->cpl, cpu_iopl(c));
        c->eflags |= FLAG_VIF;
        return 0;
    }
    check_iopl(c);
    if (!(c->eflags & FLAG_IF))
        c->inhibit = INHIBIT_STI;
    c->eflags |= FLAG_IF;
    return 0;
}

uint32_t x_cld(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    c->eflags &= ~(uint32_t)FLAG_DF;
    return 0;
}

uint32_t x_std(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    c->eflags |= FLAG_DF;
    return 0;
}

static void set_cr0(struct cpu *c, uint32_t v)
{
    v = (v & c->model->cr0_mask) | c->model->cr0_fixed;
    if ((v ^ c->cr0) & (CR0_PE | CR0_PG))
        TRACE(c->trace, TRACE_CPU, "CR0 %08x -> %08x at %08x", c->cr0, v, c->eip);
    if (!mmu_set_cr0(&c->mmu, v & CR0_PG, v & CR0_WP))
        cpu_fault_code(c, EXC_GP, 0, WHY_RESERVED_BITS, c->mmu.cr3, 3);
    OBSERVE(c, OBSERVE_CR, 0, c->cr0, v);
    if (!(c->cr0 & CR0_PE) && (v & CR0_PE))
        c->cpl = 0;
    c->cr0 = v;
    cpu_update_align(c);
    cpu_note_era(c);
}

uint32_t x_clts(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    c->cr0 &= ~(uint32_t)CR0_TS;
    return 0;
}

uint32_t x_smsw(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return c->cr0;
}

/* LMSW can set PE but not clear it. */
uint32_t x_lmsw(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint32_t v = i->flags & INSN_MEM ? mem_read(c, i->seg, exec_ea(c, i), 2) : reg_get(c, i->rm, 2);
    set_cr0(c, (c->cr0 & ~(uint32_t)(CR0_MP | CR0_EM | CR0_TS)) | (v & 15));
    return 0;
}

uint32_t x_mov_from_cr(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint32_t v = 0;
    switch (i->reg) {
    case 0: v = c->cr0; break;
    case 2: v = c->cr2; break;
    case 3: v = c->mmu.cr3; break;
    default:
        if (!c->model->cr4_mask)
            cpu_fault(c, EXC_UD, WHY_OTHER_MODEL, i->row, 4);
        v = c->cr4;
        break;
    }
    reg_set(c, i->rm, v, 4);
    return 0;
}

static void set_cr4(struct cpu *c, uint32_t v)
{
    if (v & ~c->model->cr4_mask) {
        TRACE(c->trace, TRACE_CPU, "CR4 <- %08x at %08x: this model has %08x; raising #GP", v,
              c->eip, c->model->cr4_mask);
        cpu_fault_code(c, EXC_GP, 0, WHY_RESERVED_BITS, v, 4);
    }
    if (!mmu_set_cr4(&c->mmu, v & CR4_PSE, v & CR4_PAE, v & CR4_PGE))
        cpu_fault_code(c, EXC_GP, 0, WHY_RESERVED_BITS, c->mmu.cr3, 3);
    OBSERVE(c, OBSERVE_CR, 4, c->cr4, v);
    c->cr4 = v;
    debug_update(c);
}

void control_load(struct cpu *c, unsigned n, uint32_t v)
{
    uint32_t old = c->mmu.cr3;
    switch (n) {
    case 0:
        if ((v & CR0_PG) && !(v & CR0_PE))
            cpu_fault_code(c, EXC_GP, 0, WHY_RESERVED_BITS, v, 0);
        if (c->model->level >= 4 && (v & CR0_NW) && !(v & CR0_CD))
            cpu_fault_code(c, EXC_GP, 0, WHY_RESERVED_BITS, v, 0);
        set_cr0(c, v);
        break;
    case 2:
        OBSERVE(c, OBSERVE_CR, 2, c->cr2, v);
        c->cr2 = v;
        break;
    case 3:
        if (!mmu_set_cr3(&c->mmu, v & c->model->cr3_mask))
            cpu_fault_code(c, EXC_GP, 0, WHY_RESERVED_BITS, v, 3);
        cpu_note_era(c);
        OBSERVE(c, OBSERVE_CR, 3, old, c->mmu.cr3);
        break;
    default:
        if (!c->model->cr4_mask)
            cpu_fault(c, EXC_UD, WHY_OTHER_MODEL, MAP_0F + 0x22, 4);
        set_cr4(c, v);
        break;
    }
}

uint32_t x_mov_to_cr(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    control_load(c, i->reg, reg_get(c, i->rm, 4));
    return 0;
}

/* With a 16-bit operand size the 386 and later store all 32 base bits (SGDT, SIDT) but load only
   24 of them (LGDT, LIDT). */
static void store_table(struct cpu *c, const struct insn *i, const struct dtable *t)
{
    uint32_t off = exec_ea(c, i), wrap = i->flags & INSN_AS32 ? UINT32_MAX : 0xffff;
    mem_probe(c, i->seg, off, 2, true);
    mem_probe(c, i->seg, (off + 2) & wrap, 4, true);
    mem_write(c, i->seg, off, t->limit, 2);
    mem_write(c, i->seg, (off + 2) & wrap, t->base, 4);
}

static void load_table(struct cpu *c, const struct insn *i, struct dtable *t)
{
    uint32_t off = exec_ea(c, i), wrap = i->flags & INSN_AS32 ? UINT32_MAX : 0xffff;
    uint16_t limit = (uint16_t)mem_read(c, i->seg, off, 2);
    uint32_t base = mem_read(c, i->seg, (off + 2) & wrap, 4);
    t->limit = limit;
    t->base = i->flags & INSN_OS32 ? base : base & 0xffffff;
}

uint32_t x_sgdt(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    store_table(c, i, &c->gdtr);
    return 0;
}

uint32_t x_sidt(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    store_table(c, i, &c->idtr);
    return 0;
}

uint32_t x_lgdt(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    load_table(c, i, &c->gdtr);
    return 0;
}

uint32_t x_lidt(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    load_table(c, i, &c->idtr);
    return 0;
}

uint32_t x_invlpg(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    mmu_invlpg(&c->mmu, c->seg[i->seg].base + exec_ea(c, i));
    return 0;
}

uint32_t x_wbinvd(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return 0;
}

uint32_t x_ud2(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    cpu_fault(c, EXC_UD, WHY_NO_INSN, i->row, 0);
}

/* The 386 has TR6 and TR7 for the TLB, the 486 TR3 to TR5 for its cache as well (kept, no effect); the
   Pentium has none. */
static void check_tr(struct cpu *c, const struct insn *i)
{
    unsigned first = c->model->level == 3 ? 6 : 3;
    if (c->model->level > 4 || i->reg < first)
        cpu_fault(c, EXC_UD, WHY_OTHER_MODEL, i->row, 0);
    if (c->cpl) /* not in the row: #UD comes first */
        cpu_fault_code(c, EXC_GP, 0, WHY_PRIVILEGED, c->cpl, 0);
}

uint32_t x_mov_from_tr(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    check_tr(c, i);
    reg_set(c, i->rm, c->tr_test[i->reg], 4);
    return 0;
}

uint32_t x_mov_to_tr(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    check_tr(c, i);
    c->tr_test[i->reg] = reg_get(c, i->rm, 4);
    if (i->reg == 6)
        mmu_test_register(&c->mmu, c->tr_test[6], &c->tr_test[7]);
    return 0;
}

uint32_t x_wait(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    if ((c->cr0 & (CR0_MP | CR0_TS)) == (CR0_MP | CR0_TS))
        cpu_fault(c, EXC_NM, WHY_NO_FPU, 0, 0);
    (void)x87_ready(c);
    return 0;
}
