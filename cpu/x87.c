/* SPDX-License-Identifier: MIT */
/*
 * x87.c - the floating-point unit around its instructions: exceptions and their reporting (SDM
 * vol. 1, 8.5-8.7; vol. 3, 9.7.2 for CR0.NE), instruction and operand pointers, operands in memory.
 */
#include "cpu/x87.h"

#include "base/snap.h"
#include "cpu/x87_ops.h"

/* The FERR# pin follows ES once it has been driven, and never while #MF reports. */
static void drive_ferr(struct cpu *c, bool level)
{
    if (c->x87.ferr == level)
        return;
    c->x87.ferr = level;
    cpu_sync_clock(c);
    irq_set(&c->ferr, level);
}

/* ES and B say whether any exception is pending and unmasked. */
static void summarise(struct cpu *c)
{
    struct x87 *f = &c->x87;
    bool pending = f->sw & ~f->cw & SW_EXCEPTIONS;
    f->sw = (uint16_t)((f->sw & ~(SW_ES | SW_B)) | (pending ? SW_ES | SW_B : 0));
    if (!pending)
        drive_ferr(c, false);
    else if (c->model->level == 3)
        drive_ferr(c, true);
}

bool x87_raise(struct cpu *c, unsigned flags)
{
    c->x87.sw |= (uint16_t)(flags & (SW_EXCEPTIONS | SW_SF));
    summarise(c);
    return !(flags & ~c->x87.cw & (SW_IE | SW_DE | SW_ZE));
}

bool x87_stack_fault(struct cpu *c, bool overflow)
{
    x87_cc(&c->x87, SW_C1, overflow ? SW_C1 : 0);
    return x87_raise(c, SW_IE | SW_SF);
}

bool x87_settle(struct cpu *c, const struct f80_out *out, unsigned which)
{
    x87_cc(&c->x87, SW_C1 | which, out->sw);
    return x87_raise(c, out->sw);
}

void x87_set_cw(struct cpu *c, uint16_t cw)
{
    f80_fresh();
    c->x87.cw = X87_CW(cw);
    summarise(c);
}

void x87_set_sw(struct cpu *c, uint16_t sw)
{
    f80_fresh();
    c->x87.sw = sw;
    summarise(c);
}

void x87_init(struct cpu *c)
{
    struct x87 *f = &c->x87;
    f->full = 0;
    f->fop = f->fcs = f->fds = 0;
    f->fip = f->fdp = 0;
    f->sw = 0;
    x87_set_cw(c, 0x37f);
}

void x87_reset(struct cpu *c)
{
    for (unsigned n = 0; n < 8; n++)
        c->x87.reg[n] = (struct f80){0};
    x87_init(c);
}

bool x87_ready(struct cpu *c)
{
    struct x87 *f = &c->x87;
    if (__builtin_expect(!(f->sw & SW_ES), 1))
        return true;
    if (c->cr0 & CR0_NE)
        cpu_fault(c, EXC_MF, WHY_FPU, f->sw, f->cw);
    drive_ferr(c, true);
    if (f->ignne)
        return true;
    /* The processor stands before this instruction until an interrupt comes. */
    c->halted = true;
    c->next = c->eip;
    cpu_attend(c, ATT_IO);
    return false;
}

void cpu_set_ignne(struct cpu *c, bool level)
{
    c->x87.ignne = level;
}

void x87_note(struct cpu *c, const struct insn *i)
{
    struct x87 *f = &c->x87;
    f->fip = c->eip;
    f->fcs = c->seg[CS].sel;
    f->fop = (uint16_t)((i->imm & 7) << 8 | i->modrm);
    if (i->flags & INSN_MEM) {
        f->fdp = exec_ea(c, i);
        f->fds = c->seg[i->seg].sel;
    }
}

/* SDM vol. 3, table 6-7: environments are words or doublewords by the operand size, and a
   ten-byte value counts as a quadword. */
static unsigned alignment(unsigned size)
{
    if (size == 14 || size == 14 + 80)
        return 2;
    return size == 8 || size == 10 ? 8 : size < 4 ? size : 4;
}

static lin_t proven(struct cpu *c, const struct insn *i, unsigned size, bool write)
{
    lin_t lin = seg_lin(c, &c->seg[i->seg], exec_ea(c, i), size, write);
    if ((lin & PAGE_OFFSET_MASK) + size > PAGE_SIZE)
        lin_probe(c, lin, size, mem_user(c) | (write ? MMU_WRITE : MMU_READ));
    lin_align(c, lin, alignment(size), mem_user(c) | (write ? MMU_WRITE : MMU_READ));
    return lin;
}

void x87_mem_probe(struct cpu *c, const struct insn *i, unsigned size)
{
    mem_probe(c, i->seg, exec_ea(c, i), size, true);
    (void)proven(c, i, size, true); /* alignment of ten bytes */
}

/* Bytes to move next: no more than are aligned together. */
static unsigned step(unsigned left, unsigned size)
{
    unsigned most = alignment(size) < 4 ? alignment(size) : 4;
    return left < most ? left : most;
}

void x87_mem_read(struct cpu *c, const struct insn *i, uint8_t *to, unsigned size)
{
    lin_t lin = proven(c, i, size, false);
    const uint8_t *p = mmu_load(&c->mmu, c->cpl == 3, lin, size);
    if (p) {
        memcpy(to, p, size);
        return;
    }
    for (unsigned n = 0; n < size; n += step(size - n, size))
        host_put(to + n, lin_read(c, lin + n, step(size - n, size), mem_user(c)),
                 step(size - n, size));
}

void x87_mem_write(struct cpu *c, const struct insn *i, const uint8_t *from, unsigned size)
{
    lin_t lin = proven(c, i, size, true);
    uint8_t *p = mmu_store(&c->mmu, c->cpl == 3, lin, size);
    if (p) {
        memcpy(p, from, size);
        return;
    }
    for (unsigned n = 0; n < size; n += step(size - n, size))
        lin_write(c, lin + n, host_get(from + n, step(size - n, size)), step(size - n, size),
                  mem_user(c));
}

void x87_snap(struct cpu *c, struct snap *s)
{
    struct x87 *f = &c->x87;
    for (unsigned n = 0; n < 8; n++) {
        snap_u64(s, &f->reg[n].m);
        snap_u16(s, &f->reg[n].se);
    }
    snap_u8(s, &f->full);
    snap_bool(s, &f->ferr);
    snap_bool(s, &f->ignne);
    snap_u16(s, &f->cw);
    snap_u16(s, &f->sw);
    snap_u16(s, &f->fop);
    snap_u16(s, &f->fcs);
    snap_u16(s, &f->fds);
    snap_u32(s, &f->fip);
    snap_u32(s, &f->fdp);
}
