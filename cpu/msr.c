/* SPDX-License-Identifier: MIT */
/*
 * msr.c - model-specific registers, RDMSR, WRMSR, RDTSC and RDPMC (SDM vol. 4, chapter 2, the
 * tables of the Pentium and the P6 family; vol. 3, 11.11 for MTRRs, 17.17 for the counters).
 *
 * A register outside the table, a reserved bit or a bad memory type is #GP(0), with a trace line,
 * as kernels of later days look for registers that are not there.
 *
 * The time-stamp counter counts instruction costs of virtual time: one per instruction, and on
 * through HLT. Performance counters keep what is written to them and count nothing; memory types,
 * machine checks, branch records and caches are kept values without effect.
 */
#include "cpu/msr.h"

#include "base/trace.h"
#include "cpu/bodies.h"
#include "cpu/internal.h"

#include <assert.h>

enum msr_kind {
    KEPT,      /* keeps its value; a bit outside the mask is #GP */
    FIXED,     /* reads `reset`; a write is #GP */
    DEAF,      /* reads `reset`; a write is ignored */
    TRIGGER,   /* a write starts something that is not modelled; a read is #GP */
    CLEARED,   /* reads 0; only 0 may be written */
    TIME,      /* the time-stamp counter */
    COUNTER,   /* 40 bits; a write gives the low 32, with sign */
    TYPES,     /* eight MTRR memory types */
    PAT_TYPES, /* eight PAT memory types */
    RANGE,     /* MTRR PhysBase and PhysMask in turn */
    DEF_TYPE,  /* MTRRdefType */
    APIC_BASE, /* IA32_APIC_BASE, if there is a local APIC */
};

struct msr_row {
    uint32_t first;       /* number */
    uint8_t n;            /* how many in a row */
    uint8_t level, until; /* first and last model that has it */
    uint8_t kind;         /* enum msr_kind */
    uint64_t mask;        /* KEPT: bits that exist */
    uint64_t reset;       /* value after RESET */
};

#define ALL64 UINT64_MAX
#define ALL32 UINT64_C(0xffffffff)
#define ALL40 UINT64_C(0xffffffffff)
#define PHYS_BITS UINT64_C(0xffffff000) /* 36 address bits, in pages */
#define BANK(n)                                                                                    \
    {(n), 1, 6, 6, KEPT, ALL64, 0},                                                                \
    {                                                                                              \
        (n) + 1, 2, 6, 6, CLEARED, 0, 0                                                            \
    }

static const struct msr_row rows[] = {
    /* clang-format off */
    {0x174, 3, 6, 6, KEPT, ALL32, 0},         /* SYSENTER_CS, ESP, EIP: in these slots (msr.h) */
    {0x000, 2, 5, 6, DEAF, 0, 0},             /* P5_MC_ADDR, P5_MC_TYPE */
    {0x002, 1, 5, 5, KEPT, ALL32, 0},         /* TR1: parity reversal */
    {0x004, 6, 5, 5, KEPT, ALL32, 0},         /* TR2-TR7: cache and TLB tests */
    {0x00b, 3, 5, 5, KEPT, ALL32, 0},         /* TR9-TR11: BTB tests */
    {0x00e, 1, 5, 5, KEPT, 0x3ff, 0},         /* TR12: feature control */
    {0x010, 1, 5, 6, TIME, ALL64, 0},
    {0x011, 1, 5, 5, KEPT, 0x03ff03ff, 0},    /* CESR */
    {0x012, 2, 5, 5, KEPT, ALL40, 0},         /* CTR0, CTR1 */
    {0x017, 1, 6, 6, FIXED, 0, 0},            /* platform ID */
    {0x02a, 1, 6, 6, KEPT, 0x07ffffff, 0},    /* EBL_CR_POWERON */
    {0x033, 1, 6, 6, KEPT, 0xc0000000, 0},    /* TEST_CTL */
    {0x079, 1, 6, 6, TRIGGER, 0, 0},          /* BIOS_UPDT_TRIG: microcode */
    {0x088, 4, 6, 6, KEPT, ALL64, 0},         /* BBL_CR_D0-D2, BIOS_SIGN_ID */
    {0x0c1, 2, 6, 6, COUNTER, ALL40, 0},      /* PERFCTR0, 1 */
    {0x0fe, 1, 6, 6, FIXED, 0, 0x508},        /* MTRRcap: WC, fixed, eight ranges */
    {0x116, 1, 6, 6, KEPT, ALL64, 0},         /* BBL_CR_ADDR */
    {0x118, 4, 6, 6, KEPT, ALL64, 0},         /* BBL_CR_DECC, CTL, TRIG, BUSY */
    {0x11e, 1, 6, 6, KEPT, ALL64, 0},         /* BBL_CR_CTL3 */
    {0x179, 1, 6, 6, FIXED, 0, 0x105},        /* MCG_CAP: five banks, MCG_CTL */
    {0x17a, 1, 6, 6, KEPT, 7, 0},             /* MCG_STATUS */
    {0x17b, 1, 6, 6, KEPT, ALL64, 0},         /* MCG_CTL */
    {0x186, 2, 6, 6, KEPT, 0xffdfffff, 0},    /* EVNTSEL0, 1 */
    {0x1d9, 1, 6, 6, KEPT, 0x7f, 0},          /* DEBUGCTL */
    {0x1db, 4, 6, 6, DEAF, 0, 0},             /* last branch and exception, from and to */
    {0x1e0, 1, 6, 6, KEPT, ALL32, 0},         /* ROB_CR_BKUPTMPDR6 */
    {0x200, 16, 6, 6, RANGE, 0, 0},           /* MTRRphysBase0, Mask0, ... */
    {0x250, 1, 6, 6, TYPES, 0, 0},            /* MTRRfix64K */
    {0x258, 2, 6, 6, TYPES, 0, 0},            /* MTRRfix16K */
    {0x268, 8, 6, 6, TYPES, 0, 0},            /* MTRRfix4K */
    {0x277, 1, 6, 6, PAT_TYPES, 0, UINT64_C(0x0007040600070406)},
    {0x2ff, 1, 6, 6, DEF_TYPE, 0, 0},
    {0x01b, 1, 6, 6, APIC_BASE, PHYS_BITS | 0x800, 0xfee00900},
    BANK(0x400), BANK(0x404), BANK(0x408), BANK(0x40c), BANK(0x410), /* CTL, STATUS, ADDR */
    /* clang-format on */
};

/* The row of a register that the model has, and its slot. */
static const struct msr_row *find(const struct cpu *c, uint32_t number, unsigned *slot)
{
    unsigned at = 0;
    for (unsigned r = 0; r < ARRAY_LEN(rows); r++) {
        const struct msr_row *row = &rows[r];
        if (number - row->first < row->n) {
            *slot = at + (number - row->first);
            if (row->kind == APIC_BASE && !c->apic.present)
                return NULL;
            return row->level <= c->model->level && c->model->level <= row->until ? row : NULL;
        }
        at += row->n;
    }
    return NULL;
}

void msr_reset(struct cpu *c)
{
    unsigned slot = 0;
    for (unsigned r = 0; r < ARRAY_LEN(rows); r++) {
        for (unsigned n = 0; n < rows[r].n; n++) {
            assert(slot < MSR_SLOTS);
            c->msr[slot++] = rows[r].reset;
        }
    }
    c->tsc_base = 0;
    c->tsc_base = msr_tsc(c);
}

/* A Pentium has no such register: its APIC is where it is. */
uint64_t cpu_apic_base(const struct cpu *c)
{
    uint64_t base = UINT64_C(0xfee00900);
    (void)msr_read(c, MSR_APIC_BASE, &base);
    return c->apic.present ? base : 0;
}

uint64_t msr_tsc(const struct cpu *c)
{
    uint64_t now = c->time_base + ((c->icount - c->ahead) << c->cost_log2);
    return (now >> c->cost_log2) - c->tsc_base;
}

/* Memory types: UC WC WT WP WB, and UC- in the PAT only. */
static bool good_type(uint8_t type, bool pat)
{
    return type <= 7 && type != 2 && type != 3 && (type != 7 || pat);
}

static bool good_types(uint64_t v, bool pat)
{
    for (unsigned n = 0; n < 64; n += 8) {
        if (!good_type(v >> n & 0xff, pat))
            return false;
    }
    return true;
}

static bool acceptable(const struct msr_row *row, uint32_t number, uint64_t v)
{
    switch ((enum msr_kind)row->kind) {
    case KEPT: return !(v & ~row->mask);
    case APIC_BASE: return !(v & ~(row->mask | 0x100)); /* bit 8: this is the bootstrap processor */
    case FIXED: return false;
    case CLEARED: return v == 0;
    case TYPES: return good_types(v, false);
    case PAT_TYPES: return good_types(v, true);
    case RANGE:
        return number & 1 ? !(v & ~(PHYS_BITS | 0x800))
                          : !(v & ~(PHYS_BITS | 0xff)) && good_type(v & 0xff, false);
    case DEF_TYPE: return !(v & ~UINT64_C(0xcff)) && good_type(v & 0xff, false);
    case DEAF:
    case TRIGGER:
    case TIME:
    case COUNTER: break;
    }
    return true;
}

bool msr_read(const struct cpu *c, uint32_t number, uint64_t *value)
{
    unsigned slot;
    const struct msr_row *row = find(c, number, &slot);
    if (!row || row->kind == TRIGGER)
        return false;
    *value = row->kind == TIME ? msr_tsc(c) : c->msr[slot];
    return true;
}

bool msr_write(struct cpu *c, uint32_t number, uint64_t value)
{
    unsigned slot;
    const struct msr_row *row = find(c, number, &slot);
    if (!row || !acceptable(row, number, value))
        return false;
    switch ((enum msr_kind)row->kind) {
    case DEAF:
    case TRIGGER: break;
    case TIME:
        /* The P6 takes 32 bits and clears the rest. */
        c->tsc_base += msr_tsc(c) - (c->model->level >= 6 ? value & ALL32 : value);
        break;
    case COUNTER: c->msr[slot] = (uint64_t)(int64_t)(int32_t)value & ALL40; break;
    case APIC_BASE:
        c->msr[slot] = value | 0x100;
        if (c->apic.moved)
            c->apic.moved(c->apic.arg);
        break;
    default: c->msr[slot] = value; break;
    }
    return true;
}

static void put_pair(struct cpu *c, uint64_t v)
{
    c->gpr[EAX] = (uint32_t)v;
    c->gpr[EDX] = (uint32_t)(v >> 32);
}

uint32_t x_rdmsr(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint64_t v = 0;
    uint32_t number = c->gpr[ECX];
    if (!msr_read(c, number, &v)) {
        TRACE(c->trace, TRACE_CPU, "RDMSR of %x at %08x: no such register; raising #GP", number,
              c->eip);
        cpu_fault_code(c, EXC_GP, 0, WHY_MSR, number, 0);
    }
    put_pair(c, v);
    return 0;
}

uint32_t x_wrmsr(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint64_t v = c->gpr[EAX] | (uint64_t)c->gpr[EDX] << 32;
    uint32_t number = c->gpr[ECX];
    if (!msr_write(c, number, v)) {
        TRACE(c->trace, TRACE_CPU, "WRMSR of %x with %08x:%08x at %08x: refused; raising #GP",
              number, c->gpr[EDX], c->gpr[EAX], c->eip);
        cpu_fault_code(c, EXC_GP, 0, WHY_MSR, number, 0);
    }
    return 0;
}

uint32_t x_rdtsc(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    if ((c->cr4 & CR4_TSD) && c->cpl)
        cpu_fault_code(c, EXC_GP, 0, WHY_CR4, c->cr4, 0);
    put_pair(c, msr_tsc(c));
    return 0;
}

uint32_t x_rdpmc(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint64_t v = 0;
    if (!(c->cr4 & CR4_PCE) && c->cpl)
        cpu_fault_code(c, EXC_GP, 0, WHY_CR4, c->cr4, 0);
    if (c->gpr[ECX] > 1 || !msr_read(c, MSR_PERFCTR0 + c->gpr[ECX], &v))
        cpu_fault_code(c, EXC_GP, 0, WHY_MSR, MSR_PERFCTR0 + c->gpr[ECX], 0);
    put_pair(c, v);
    return 0;
}
