/* SPDX-License-Identifier: MIT */
/*
 * print.h - what the kernel itself has to say, on every console.
 */
#ifndef KERNEL_PRINT_H
#define KERNEL_PRINT_H

struct trapframe;

void print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same, in the colour of bad news where there are colours. */
void print_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The registers of an interrupted context. */
void print_registers(const struct trapframe *tf);

/* The kernel cannot go on: says why and stops the machine with exit status PANIC_STATUS. */
void panic(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
