/* SPDX-License-Identifier: MIT */
/*
 * trap.h - the interrupt descriptor table and what happens behind it.
 */
#ifndef KERNEL_TRAP_H
#define KERNEL_TRAP_H

#include <stdint.h>

struct trapframe;

/* Fills and loads the IDT. */
void trap_init(void);

/* Called by entry.S for every interrupt, exception and system call. */
void trap(struct trapframe *tf);

/* entry.S: the end of every trap; a new process begins here. */
void trap_return(void);

/* entry.S: saves this kernel context and continues another. */
void switch_context(uint32_t *save_esp, uint32_t load_esp);

#endif
