/* SPDX-License-Identifier: MIT */
/*
 * fault.h - raising exceptions. cpu_fault unwinds to the run loop, which delivers; it is the
 * only way out of the middle of an instruction, and nothing may be committed before it.
 */
#ifndef CPU_FAULT_H
#define CPU_FAULT_H

#include "cpu/cpu.h"

/* Exceptions without and with an error code; a and b are the operands of the reason. */
_Noreturn void cpu_fault(struct cpu *c, unsigned vector, enum reason why, uint32_t a, uint32_t b);
_Noreturn void cpu_fault_code(struct cpu *c, unsigned vector, uint32_t code, enum reason why,
                              uint32_t a, uint32_t b);
_Noreturn void cpu_page_fault(struct cpu *c, const struct mmu_fault *f);

/* An instruction that this version does not have yet: a trace line, then #UD. */
_Noreturn void cpu_missing(struct cpu *c, const char *what);

#endif
