/* SPDX-License-Identifier: MIT */
/*
 * syscall.h - system calls; abi.h has the numbers and the convention.
 */
#ifndef KERNEL_SYSCALL_H
#define KERNEL_SYSCALL_H

struct trapframe;

/* Carries out the call that the registers ask for and puts the result into EAX. */
void syscall(struct trapframe *tf);

#endif
