/* SPDX-License-Identifier: MIT */
/*
 * test_cpu_priority.c - which of two faults an instruction raises when it could raise both: SDM
 * vol. 3, table 6-2, and the pseudo-code of vol. 2. Each row makes both wrong and names the one
 * that must come. docs/hardware.md has the order in words.
 *
 * The trap for memory is page 3 (3000h-3fffh), which is not present; EBX points into it. ESI points
 * to good memory, EDI beyond the limit of ES and into page 6, which is not present either, and ECX
 * into page 4, which is read-only.
 */
#include "tests/unit/cpu_one.h"

enum {
    USER = 1 << 0,      /* CPL 3 */
    TASK = 1 << 1,      /* CR0.TS */
    BAD_STACK = 1 << 2, /* ESP in the page that is not present */
    ALIGN = 1 << 3,     /* #AC armed, and everything crooked */
    EDGE = 1 << 4,      /* the limit of CS ends after two bytes */
    REAL = 1 << 5,      /* real mode */
    SOURCE = 1 << 6,    /* ESI in the page that is not present */
};

static void set_up(struct rig *r, unsigned flags)
{
    struct cpu *c = &r->cpu;
    struct era e = {.iret = RIG_IRET};
    uint8_t image[RIG_DATA];
    one_begin(r, flags & USER);
    for (unsigned p = 0; p < 16; p++)
        e.pte[p] = p << 12 | PTE_P | PTE_RW | PTE_US;
    e.pte[3] = e.pte[6] = 0;
    e.pte[4] &= ~(uint32_t)PTE_RW;
    memcpy(image, r->bus.ram, sizeof image);
    rig_begin(r, &e);
    memcpy(r->bus.ram, image, sizeof image);
    c->cr0 |= CR0_PG | CR0_WP | (flags & TASK ? CR0_TS : 0) | (flags & ALIGN ? CR0_AM : 0);
    c->mmu.cr3 = RIG_PD;
    mmu_set_cr0(&c->mmu, true, true);
    c->seg[ES].limit = 0x4fff;
    c->seg[ES].attr &= (uint16_t)~DESC_GRAN;
    seg_update(&c->seg[ES]);
    if (flags & EDGE) {
        c->seg[CS].limit = RIG_CODE + 1;
        c->seg[CS].attr &= (uint16_t)~DESC_GRAN;
    }
    if (flags & REAL) {
        c->cr0 &= ~(uint32_t)(CR0_PE | CR0_PG);
        mmu_set_cr0(&c->mmu, false, true);
    }
    unsigned crooked = flags & ALIGN ? 1 : 0;
    c->gpr[EBX] = 0x3100 + crooked;
    c->gpr[ESI] = (flags & SOURCE ? 0x3100 : 0x2100) + crooked;
    c->gpr[EDI] = 0x6000 + crooked;
    c->gpr[ECX] = 0x4000 + crooked;
    c->gpr[ESP] = (flags & BAD_STACK ? 0x3800 : 0x2800) + crooked;
    cpu_update_mode(c);
    cpu_set_eflags(c, flags & ALIGN ? FLAG_AC : 0);
}

static const struct {
    const char *name;
    uint16_t flags;
    int8_t vector;
    uint8_t n, code[16];
} rows[] = {
    {"no such opcode, CPL 3", USER, EXC_UD, 2, {0x0f, 0xff}},
    {"lock hlt at CPL 3", USER, EXC_UD, 2, {0xf0, 0xf4}},
    {"lock with a bad address", 0, EXC_UD, 3, {0xf0, 0x8b, 0x03}},
    {"lock on a register, TS set", TASK, EXC_UD, 3, {0xf0, 0xd9, 0xc0}},
    {"15 prefixes before no such opcode",
     0,
     EXC_GP,
     16,
     {0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x0f,
      0xff}},
    {"limit of CS before #UD", EDGE, EXC_GP, 3, {0x66, 0x0f, 0xff}},
    {"#UD before limit of CS, if two bytes say so", EDGE, EXC_UD, 2, {0x0f, 0xff}},
    {"lgdt of a bad address at CPL 3", USER, EXC_GP, 3, {0x0f, 0x01, 0x13}},
    {"lgdt of a register at CPL 3", USER, EXC_UD, 3, {0x0f, 0x01, 0xd3}},
    {"lgdt of a bad address", 0, EXC_PF, 3, {0x0f, 0x01, 0x13}},
    {"lldt of a bad address in real mode", REAL, EXC_UD, 3, {0x0f, 0x00, 0x13}},
    {"fld of a bad address, TS set", TASK, EXC_NM, 2, {0xd9, 0x03}},
    {"fld of a bad address", 0, EXC_PF, 2, {0xd9, 0x03}},
    {"limit before page", 0, EXC_GP, 3, {0x26, 0x8b, 0x07}},
    {"limit before alignment", USER | ALIGN, EXC_GP, 3, {0x26, 0x8b, 0x07}},
    {"page before alignment", USER | ALIGN, EXC_PF, 2, {0x8b, 0x03}},
    {"rights of the page before alignment", USER | ALIGN, EXC_PF, 2, {0x01, 0x01}},
    {"alignment", USER | ALIGN, EXC_AC, 2, {0x01, 0x06}},
    {"div by a zero that cannot be read", 0, EXC_PF, 2, {0xf7, 0x33}},
    {"div by zero, crooked", USER | ALIGN, EXC_AC, 2, {0xf7, 0x36}},
    {"div by zero", 0, EXC_DE, 2, {0xf7, 0x36}},
    {"push of a bad source on a bad stack", USER | BAD_STACK, EXC_GP, 3, {0x26, 0xff, 0x37}},
    {"push on a bad stack", USER | BAD_STACK, EXC_PF, 2, {0xff, 0x36}},
    {"pop from a bad stack to a bad address", USER | BAD_STACK, EXC_PF, 3, {0x26, 0x8f, 0x07}},
    {"pop to a bad address", 0, EXC_GP, 3, {0x26, 0x8f, 0x07}},
    {"movs: the source first", SOURCE, EXC_PF, 1, {0xa5}},
    {"call to a bad pointer on a bad stack", USER | BAD_STACK, EXC_GP, 3, {0x26, 0xff, 0x17}},
    {"int through a gate, at CPL 3 to DPL 0 and absent", USER, EXC_GP, 2, {0xcd, 0x0f}},
    {"mov ss of a null selector that cannot be read", 0, EXC_PF, 2, {0x8e, 0x13}},
    {"mov ss of a null selector", 0, EXC_GP, 2, {0x8e, 0x16}},
    {"cmpxchg8b of read-only memory beyond nothing", 0, EXC_PF, 3, {0x0f, 0xc7, 0x09}},
    {"in at CPL 3 to a bad address: ins", USER, EXC_GP, 1, {0x6d}},
    {"rdmsr of nothing at CPL 3", USER, EXC_GP, 2, {0x0f, 0x32}},
    {"bound outside, unreadable", 0, EXC_PF, 2, {0x62, 0x03}},
    {"sysenter at CPL 3, no selector", USER, EXC_GP, 2, {0x0f, 0x34}},
    {"cmov reads although the condition is false", 0, EXC_PF, 3, {0x0f, 0x44, 0x03}},
};

int main(void)
{
    for (unsigned fast = 0; fast < 2; fast++) {
        struct rig r;
        if (!rig_init(&r, fast, 6)) {
            CHECK(false, "no memory");
            return report_end();
        }
        for (unsigned n = 0; n < ARRAY_LEN(rows); n++) {
            set_up(&r, rows[n].flags);
            /* vector 15: a gate for CPL 0 only that is not present */
            host_put(r.bus.ram + RIG_IDT + 8 * 15 + 4, 0x0e00, 4);
            int v = one_run(&r, rows[n].code, rows[n].n);
            CHECK(v == rows[n].vector, "%s: %d, not %d", rows[n].name, v, rows[n].vector);
        }
        rig_fini(&r);
    }
    return report_end();
}
