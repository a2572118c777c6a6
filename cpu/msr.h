/* SPDX-License-Identifier: MIT */
/*
 * msr.h - model-specific registers and the time-stamp counter. msr.c has the table that says which
 * model has which, and what may be written.
 *
 * - Every register that keeps a value has a slot in struct cpu; which one is msr.c's secret.
 * - msr_read and msr_write are false for a register or a value that raises #GP(0).
 */
#ifndef CPU_MSR_H
#define CPU_MSR_H

#include "base/types.h"

struct cpu;

#define MSR_SLOTS 112

enum {
    MSR_TSC = 0x10,
    MSR_APIC_BASE = 0x1b,
    MSR_BIOS_SIGN_ID = 0x8b,
    MSR_PERFCTR0 = 0xc1,
    MSR_MTRRCAP = 0xfe,
    MSR_SYSENTER_CS = 0x174,
    MSR_SYSENTER_ESP = 0x175,
    MSR_SYSENTER_EIP = 0x176,
    MSR_MCG_CAP = 0x179,
    MSR_MTRR_BASE0 = 0x200,
    MSR_MTRR_DEF_TYPE = 0x2ff,
    MSR_PAT = 0x277,
};

/* Where c->msr[] has what SYSENTER reads. */
enum { SLOT_SYSENTER_CS, SLOT_SYSENTER_ESP, SLOT_SYSENTER_EIP };

/* The local APIC is the board's: the processor tells where it is (IA32_APIC_BASE). */
struct cpu_apic {
    bool present;
    void (*moved)(void *arg); /* the register was written; may be NULL */
    void *arg;
};

#define CPU_APIC_ON (UINT64_C(1) << 11)
/* IA32_APIC_BASE, CPU_APIC_ON in it; 0: no local APIC. */
uint64_t cpu_apic_base(const struct cpu *c);
uint32_t cpu_signature(const struct cpu *c); /* as in EDX after RESET */
uint32_t cpu_features(const struct cpu *c);  /* as CPUID announces them; 0: no CPUID */

bool msr_read(const struct cpu *c, uint32_t number, uint64_t *value);
bool msr_write(struct cpu *c, uint32_t number, uint64_t value);
void msr_reset(struct cpu *c);

uint64_t msr_tsc(const struct cpu *c); /* as RDTSC gives it at the current instruction */

#endif
