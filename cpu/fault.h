/* SPDX-License-Identifier: MIT */
/*
 * fault.h - exceptions as values, with the reason for each, and raising them. cpu_fault unwinds to
 * the run loop, which delivers; it is the only way out of the middle of an instruction, and
 * nothing may be committed before it.
 */
#ifndef CPU_FAULT_H
#define CPU_FAULT_H

#include "base/types.h"

struct cpu;
struct mmu_fault;

/* Why a fault was raised; fault.c has the sentences. */
enum reason {
    WHY_NONE,
    WHY_PAGE,
    WHY_LIMIT,
    WHY_SEG_RIGHTS,
    WHY_NULL_SEG,
    WHY_SELECTOR_LIMIT,
    WHY_DESC_TYPE,
    WHY_DESC_DPL,
    WHY_NOT_PRESENT,
    WHY_PRIVILEGED,
    WHY_IOPL,
    WHY_IDT_LIMIT,
    WHY_GATE_TYPE,
    WHY_GATE_DPL,
    WHY_TSS_LIMIT,
    WHY_IO_BITMAP,
    WHY_LOCK,
    WHY_NO_INSN,
    WHY_OTHER_MODEL,
    WHY_TOO_LONG,
    WHY_REG_FORM,
    WHY_DIVIDE,
    WHY_BOUND,
    WHY_RESERVED_BITS,
    WHY_NO_FPU,
    WHY_SOFTWARE,
    WHY_TRAP_FLAG,
    WHY_DOUBLE,
    WHY_MODE,
    WHY_BREAKPOINT,
    WHY_MSR,      /* no such model-specific register; a = number */
    WHY_SYSENTER, /* SYSENTER_CS is null */
    WHY_CR4,      /* a CR4 bit reserves the instruction to CPL 0 */
    WHY_ALIGNMENT,
    WHY_INJECTED, /* a debugger wanted it */
    WHY_FPU,      /* an x87 exception is pending; status word, control word */
};

struct fault {
    uint8_t vector;
    bool has_code; /* an error code is pushed */
    bool software; /* INT n, INT3, INTO: gate DPL is checked, EIP is after */
    bool external; /* hardware interrupt or NMI: EXT bit */
    uint32_t code; /* error code */
    enum reason why;
    uint32_t arg[2]; /* operands of the reason */
};

/* One interrupt or exception that was delivered, for post-mortems and the monitor. */
#define DELIVERIES 256
struct delivery {
    uint64_t icount; /* instructions retired before it */
    uint32_t eip;    /* where it came */
    uint32_t code;   /* error code */
    uint32_t cr2;    /* CR2 at that moment */
    uint32_t cr3;    /* the address space it came from */
    uint32_t arg[2]; /* operands of the reason */
    uint16_t cs;     /* selector */
    uint8_t vector;
    uint8_t cpl;   /* privilege level it came from */
    uint8_t why;   /* enum reason */
    bool has_code; /* an error code was pushed */
    bool software; /* INT n, INT3, INTO */
    bool external; /* interrupt line or NMI, or a trap */
};

/* One event on the way to a double or triple fault: the longest way is an interrupt, a contributory
   fault, a page fault, another fault, and one while delivering the double fault. */
#define FAULT_CHAIN 5u
struct fault_link {
    struct fault fault;
    uint32_t cs, eip, ss, esp; /* where, and the stack in use */
    uint32_t cr2, cr3;
    uint64_t icount; /* instructions retired before it */
    uint8_t cpl;
};

/* Exceptions without and with an error code; a and b are the operands of the reason. */
_Noreturn void cpu_fault(struct cpu *c, unsigned vector, enum reason why, uint32_t a, uint32_t b);
_Noreturn void cpu_fault_code(struct cpu *c, unsigned vector, uint32_t code, enum reason why,
                              uint32_t a, uint32_t b);
/* c->fault and CR2 for fault_dispatch; the other raises it. */
void cpu_note_page_fault(struct cpu *c, const struct mmu_fault *f);
_Noreturn void cpu_page_fault(struct cpu *c, const struct mmu_fault *f);

/* One sentence that says why f was raised. Returns its length, as snprintf. */
int fault_explain(const struct fault *f, char *text, size_t n);
const char *fault_name(unsigned vector);

#endif
