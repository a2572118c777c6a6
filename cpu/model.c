/* SPDX-License-Identifier: MIT */
/*
 * model.c - what tells one processor generation from another (Intel 386, 486 and Pentium manuals;
 * SDM vol. 3, chapter 22 "Architecture compatibility"; Intel application note 485 for signatures
 * and cache descriptors). Instructions have their first model in opcodes.c, model-specific
 * registers in msr.c.
 *
 *   386      80386DX, D step: no CR4, CPUID, AC, WP, AM, NE; no INVLPG, BSWAP, XADD, CMPXCHG, WBINVD
 *   486      IntelDX4: the last of them, with CPUID, CR4 and VME (boot loaders and memory testers that
 *            run on a 486 ask for these)
 *   pentium  P54C
 *   ppro     the P6 family as it stood with MMX and FXSAVE: signature of the Pentium II 652h, since
 *            kernels do not believe SYSENTER below 633h
 *
 * CPUID announces, and CR4 accepts, what the model had AND this version implements.
 */
#include "cpu/internal.h"

/* The APIC only where the board says so: cpu_config.apic. */
#define FEATURES_HERE                                                                              \
    (CPUID_FPU | CPUID_VME | CPUID_DE | CPUID_TSC | CPUID_MSR | CPUID_MCE | CPUID_CX8 |            \
     CPUID_SEP | CPUID_MTRR | CPUID_MCA | CPUID_CMOV | CPUID_PAT | CPUID_PSE | CPUID_PSE36 |       \
     CPUID_PAE | CPUID_PGE | CPUID_MMX | CPUID_FXSR | CPUID_APIC)
#define CR4_HERE                                                                                   \
    (CR4_VME | CR4_PVI | CR4_TSD | CR4_DE | CR4_PSE | CR4_PAE | CR4_MCE | CR4_PGE | CR4_PCE |      \
     CR4_OSFXSR)

#define FLAGS_386 (FLAG_ARITH | FLAG_TF | FLAG_IF | FLAG_DF | FLAG_IOPL | FLAG_NT)
#define FLAGS_486 (FLAGS_386 | FLAG_AC | FLAG_VIF | FLAG_VIP | FLAG_ID)
#define CR0_386 (CR0_PE | CR0_MP | CR0_EM | CR0_TS | CR0_PG)
#define CR0_486 (CR0_386 | CR0_NE | CR0_WP | CR0_AM | CR0_NW | CR0_CD)
#define CR3_486 (PAGE_FRAME_MASK | PTE_PWT | PTE_PCD)
#define CR3_P6 UINT32_C(0xfffffff8) /* the PAE directory pointers need only 32-byte alignment */
#define CR4_486 (CR4_VME | CR4_PVI)
#define CR4_P5 (CR4_486 | CR4_TSD | CR4_DE | CR4_PSE | CR4_MCE)
#define CR4_P6 (CR4_P5 | CR4_PAE | CR4_PGE | CR4_PCE | CR4_OSFXSR)
#define FEATURES_486 (CPUID_FPU | CPUID_VME)
#define FEATURES_P5                                                                                \
    (CPUID_FPU | CPUID_VME | CPUID_DE | CPUID_PSE | CPUID_TSC | CPUID_MSR | CPUID_MCE |            \
     CPUID_CX8 | CPUID_APIC)
#define FEATURES_P6                                                                                \
    (FEATURES_P5 | CPUID_PAE | CPUID_SEP | CPUID_MTRR | CPUID_PGE | CPUID_MCA | CPUID_CMOV |       \
     CPUID_PAT | CPUID_PSE36 | CPUID_MMX | CPUID_FXSR)

const struct cpu_model *cpu_model_find(unsigned level)
{
    static const struct cpu_model models[] = {
        {.name = "386",
         .level = 3,
         .reset_edx = 0x0308,
         .cr0_mask = CR0_386 | CR0_ET,
         .cr0_fixed = 0,
         .cr3_mask = PAGE_FRAME_MASK,
         .eflags_mask = FLAGS_386},
        {.name = "486",
         .level = 4,
         .reset_edx = 0x0483,
         .cr0_mask = CR0_486,
         .cr0_fixed = CR0_ET,
         .cr3_mask = CR3_486,
         .eflags_mask = FLAGS_486,
         .cr4_mask = CR4_486 & CR4_HERE,
         .features = FEATURES_486 & FEATURES_HERE,
         .leaves = 1},
        {.name = "pentium",
         .level = 5,
         .reset_edx = 0x0526,
         .cr0_mask = CR0_486,
         .cr0_fixed = CR0_ET,
         .cr3_mask = CR3_486,
         .eflags_mask = FLAGS_486,
         .cr4_mask = CR4_P5 & CR4_HERE,
         .features = FEATURES_P5 & FEATURES_HERE,
         .leaves = 1},
        {.name = "ppro",
         .level = 6,
         .reset_edx = 0x0652,
         .cr0_mask = CR0_486,
         .cr0_fixed = CR0_ET,
         .cr3_mask = CR3_P6,
         .eflags_mask = FLAGS_486,
         .cr4_mask = CR4_P6 & CR4_HERE,
         .features = FEATURES_P6 & FEATURES_HERE,
         .leaves = 2,
         /* TLBs; 16 KiB of code and of data, 512 KiB of level 2 */
         .caches = {0x03020101, 0, 0, 0x0c040843}},
    };
    for (unsigned n = 0; n < ARRAY_LEN(models); n++) {
        if (models[n].level == level)
            return &models[n];
    }
    return NULL;
}

uint32_t cpu_signature(const struct cpu *c)
{
    return c->model->reset_edx;
}

/* The local APIC only where there is one, and while it is on. */
uint32_t cpu_features(const struct cpu *c)
{
    return c->model->features & ~(cpu_apic_base(c) & CPU_APIC_ON ? 0 : (uint32_t)CPUID_APIC);
}

bool model_has(const struct cpu *c, uint32_t feature)
{
    return (c->model->features & feature) == feature;
}
