/* SPDX-License-Identifier: MIT */
/*
 * trap.c - the interrupt descriptor table and what happens behind it.
 * Source: Intel 80386 Programmer's Reference Manual, chapter 9.
 *
 *   vector    who                           how it ends
 *   0-31      exceptions                    from ring 3: repaired or the process dies; else panic
 *   32-47     interrupts, via the PICs      the handler of the line
 *   128       system calls (DPL 3)          the result in EAX
 *
 * Every gate turns interrupts off. System calls and page faults turn them on again, so the kernel
 * can be interrupted, but it is never preempted: processes are switched only on the way back to
 * ring 3 or where the kernel itself waits.
 */
#include "kernel/core.h"

#include <stdbool.h>

#include "drivers/drivers.h"
#include "drivers/x86.h"
#include "kernel/layout.h"
#include "kernel/mm.h"
#include "kernel/proc.h"
#include "kernel/syscall.h"

enum {
    VECTOR_INT3 = 3,
    VECTOR_INTO = 4,
    VECTOR_PAGE_FAULT = 14,
    VECTOR_SYSCALL = 128,
    VECTORS = 129,
};

#define GATE_INTERRUPT 0x8e00u /* present, DPL 0, 32-bit interrupt gate */
#define GATE_DPL3 0x6000u      /* INT n from ring 3 may use it */

struct gate {
    uint16_t offset_low;  /* of the handler */
    uint16_t selector;    /* its code segment */
    uint16_t attributes;  /* GATE_ */
    uint16_t offset_high; /* of the handler */
};

extern const char trap_entries[], trap_syscall_entry[]; /* entry.S */

static struct gate idt[VECTORS];

static void set_gate(unsigned vector, const char *entry, uint32_t attributes)
{
    uint32_t offset = (uint32_t)entry;
    idt[vector] =
        (struct gate){(uint16_t)offset, SEL_KCODE, (uint16_t)attributes, (uint16_t)(offset >> 16)};
}

void trap_init(void)
{
    for (unsigned vector = 0; vector < IRQ_VECTOR + IRQS; vector++)
        set_gate(vector, trap_entries + 16 * vector, GATE_INTERRUPT);
    set_gate(VECTOR_INT3, trap_entries + 16 * VECTOR_INT3, GATE_INTERRUPT | GATE_DPL3);
    set_gate(VECTOR_INTO, trap_entries + 16 * VECTOR_INTO, GATE_INTERRUPT | GATE_DPL3);
    set_gate(VECTOR_SYSCALL, trap_syscall_entry, GATE_INTERRUPT | GATE_DPL3);

    struct table_register idtr = {sizeof idt - 1, (uint32_t)idt};
    __asm__ volatile("lidt %0" : : "m"(idtr));
}

static bool from_user(const struct trapframe *tf)
{
    return (tf->cs & 3) == 3;
}

static void exception(struct trapframe *tf)
{
    uint32_t lin = read_cr2(); /* before anything else can fault */
    if (!from_user(tf)) {
        print_error("\nexception %u in the kernel\n", tf->vector);
        print_registers(tf);
        panic("unexpected exception");
    }
    if (tf->vector == VECTOR_PAGE_FAULT) {
        sti();
        fault_page(tf, lin);
        cli();
    } else if (!fault_exception(tf)) {
        print_registers(tf);
        panic("unexpected interrupt %u", tf->vector);
    }
}

void trap(struct trapframe *tf)
{
    if (from_user(tf) && (tf->vector < IRQ_VECTOR || tf->vector == VECTOR_SYSCALL))
        current->in_kernel = true;
    if (tf->vector == VECTOR_SYSCALL) {
        sti();
        syscall(tf);
        cli();
    } else if (tf->vector >= IRQ_VECTOR) {
        pic_interrupt(tf->vector - IRQ_VECTOR);
    } else {
        exception(tf);
    }
    if (from_user(tf)) {
        proc_before_user(tf);
        current->in_kernel = false;
    }
}
