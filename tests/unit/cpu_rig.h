/* SPDX-License-Identifier: MIT */
/*
 * cpu_rig.h - a processor with 128 KiB of RAM, descriptor tables and page tables, made so that two
 * of them can be given the same state and compared afterwards. Linear and physical map:
 *
 *     00000 GDT   00800 IDT   01000 TSS, inner stack (top 1f00), HLT (1f80), IRET (1f90)
 *     02000-07fff data and stack     08000-0afff code     0b000 linear alias of 08000
 *     0c000 linear alias of 11000    10000 page directory     11000 page table
 *
 * Every exception ends at the HLT. Interrupt 20h goes to an IRETD that may lie in the code.
 */
#ifndef TESTS_UNIT_CPU_RIG_H
#define TESTS_UNIT_CPU_RIG_H

#include "base/clock.h"
#include "cpu/engine/engine.h"
#include "cpu/internal.h"
#include "mmu/bus.h"
#include "mmu/paging.h"

#include <stdio.h>
#include <string.h>

enum {
    RIG_RAM = 0x20000,
    RIG_IDT = 0x800,
    RIG_TSS = 0x1000,
    RIG_STACK0 = 0x1f00,
    RIG_HLT = 0x1f80,
    RIG_IRET = 0x1f90,
    RIG_DATA = 0x2000,
    RIG_CODE = 0x8000,
    RIG_CODE_END = 0xb000,
    RIG_ALIAS = 0xb000,
    RIG_TABLES = 0xc000,
    RIG_IMAGE = 0xb000,
    RIG_PD = 0x10000,
    RIG_PT = 0x11000,
};

/* What a processor has through many rounds. */
struct era {
    bool user;         /* CPL 3 */
    bool paging;       /* CR0.PG */
    bool wp;           /* CR0.WP */
    uint8_t sel[SEGS]; /* index of each segment's descriptor */
    uint32_t pte[16];  /* of the first 64 KiB */
    uint32_t iret;     /* where interrupt 20h goes */
};

/* What a round starts from. */
struct start {
    uint32_t gpr[8];          /* registers */
    uint32_t eip;             /* in the code */
    uint32_t eflags;          /* arithmetic, DF, IF, TF, IOPL */
    uint64_t interrupt;       /* icount at which INTR rises, 0: never */
    uint64_t until;           /* icount at which the run ends */
    uint8_t image[RIG_IMAGE]; /* memory */
};

struct rig {
    struct bus bus;
    struct clock clock;
    struct cpu cpu;
};

enum {
    GDT_CODE0 = 1,
    GDT_DATA0,
    GDT_CODE3,
    GDT_DATA3,
    GDT_TSS,
    GDT_BASED,
    GDT_CODE0_16,
    GDT_CODE3_16,
    GDT_STACK0_16,
    GDT_STACK3_16,
    GDT_READ_ONLY,
    GDT_DOWN,
    GDT_CODE0_SHORT,
    GDT_CODE3_SHORT,
    GDT_ENTRIES
};

static inline uint8_t rig_inta(void *arg)
{
    struct rig *r = arg;
    cpu_set_intr(&r->cpu, false);
    return 0x20;
}

static inline void rig_put(uint8_t *p, uint32_t v, unsigned size)
{
    host_put(p, v, size);
}

static inline void rig_descriptor(uint8_t *gdt, unsigned n, uint32_t base, uint32_t limit,
                                  unsigned attr)
{
    rig_put(gdt + 8 * n, (limit & 0xffff) | base << 16, 4);
    rig_put(gdt + 8 * n + 4,
            (base >> 16 & 0xff) | (attr & 0xf0ff) << 8 | (limit & 0xf0000) | (base & 0xff000000),
            4);
}

static inline void rig_gate(uint8_t *image, unsigned vector, uint32_t to)
{
    rig_put(image + RIG_IDT + 8 * vector, to | (8 * GDT_CODE0) << 16, 4);
    rig_put(image + RIG_IDT + 8 * vector + 4, 0xee00, 4);
}

/* The system pages and tables of an era, into an image of memory. */
static inline void rig_system(uint8_t *image, const struct era *e)
{
    memset(image, 0, RIG_DATA);
    rig_descriptor(image, GDT_CODE0, 0, 0xfffff, 0xc09b);
    rig_descriptor(image, GDT_DATA0, 0, 0xfffff, 0xc093);
    rig_descriptor(image, GDT_CODE3, 0, 0xfffff, 0xc0fb);
    rig_descriptor(image, GDT_DATA3, 0, 0xfffff, 0xc0f3);
    rig_descriptor(image, GDT_TSS, RIG_TSS, 0x67, 0x008b);
    rig_descriptor(image, GDT_BASED, 0x1000, 0x6fff, 0x40f3);
    rig_descriptor(image, GDT_CODE0_16, 0, 0xffff, 0x009b);
    rig_descriptor(image, GDT_CODE3_16, 0, 0xffff, 0x00fb);
    rig_descriptor(image, GDT_STACK0_16, 0, 0xffff, 0x0093);
    rig_descriptor(image, GDT_STACK3_16, 0, 0xffff, 0x00f3);
    rig_descriptor(image, GDT_READ_ONLY, 0, 0xfffff, 0xc0f1);
    rig_descriptor(image, GDT_DOWN, 0, 0x4, 0xc0f7);
    rig_descriptor(image, GDT_CODE0_SHORT, 0, RIG_CODE + 0xfd5, 0x409b);
    rig_descriptor(image, GDT_CODE3_SHORT, 0, RIG_CODE + 0xfd5, 0x40fb);
    for (unsigned v = 0; v < 0x21; v++)
        rig_gate(image, v, v == 0x20 ? e->iret : RIG_HLT);
    rig_put(image + RIG_TSS + 4, RIG_STACK0, 4);
    rig_put(image + RIG_TSS + 8, 8 * GDT_DATA0, 4);
    image[RIG_HLT] = 0xf4;
    image[RIG_IRET] = 0xcf;
}

static inline bool rig_init(struct rig *r, bool fast, unsigned model)
{
    struct cpu_config config = {.model = model, .fast = fast, .inta = rig_inta, .inta_arg = r};
    struct error err;
    if (!bus_init(&r->bus, RIG_RAM, NULL, &err))
        return false;
    bus_map_ram(&r->bus, "ram", 0, RIG_RAM, 0);
    clock_init(&r->clock);
    return cpu_init(&r->cpu, &config, &r->bus, &r->clock, NULL, &err);
}

static inline void rig_fini(struct rig *r)
{
    cpu_fini(&r->cpu);
    bus_fini(&r->bus);
}

/* New page tables, and nothing remembered of the old ones. */
static inline void rig_begin(struct rig *r, const struct era *e)
{
    memset(r->bus.ram, 0, RIG_RAM);
    rig_put(r->bus.ram + RIG_PD, RIG_PT | PTE_P | PTE_RW | PTE_US, 4);
    for (unsigned n = 0; n < 16; n++)
        rig_put(r->bus.ram + RIG_PT + 4 * n, e->pte[n], 4);
    mmu_set_cr0(&r->cpu.mmu, e->paging, e->wp);
    mmu_set_cr3(&r->cpu.mmu, RIG_PD);
    if (r->cpu.engine)
        engine_flush(r->cpu.engine);
}

#endif
