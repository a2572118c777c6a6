/* SPDX-License-Identifier: MIT */
/*
 * fault.h - exceptions that a program caused.
 */
#ifndef KERNEL_FAULT_H
#define KERNEL_FAULT_H

#include <stdbool.h>
#include <stdint.h>

struct trapframe;

/* A page fault of the running process at linear address lin: repaired, or a signal for it. */
void fault_page(struct trapframe *tf, uint32_t lin);

/* Any other exception: a signal. False if no program can cause that one. */
bool fault_exception(struct trapframe *tf);

#endif
