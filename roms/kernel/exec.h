/* SPDX-License-Identifier: MIT */
/*
 * exec.h - turns a program file into an address space.
 */
#ifndef KERNEL_EXEC_H
#define KERNEL_EXEC_H

#include <stdint.h>

struct proc;

/* Arguments and environment: the strings one after the other, each with its terminator. */
struct exec_args {
    uint32_t argc, envc;       /* how many of each; the arguments come first */
    uint32_t used;             /* bytes of text in use */
    char text[32 * 4096 - 12]; /* the strings: 128 KiB, as on Linux */
};

/* Appends one string; -E2BIG if there is no room. The caller counts argc or envc. */
int exec_args_add(struct exec_args *a, const char *string);

/*
 * Gives the process the program at path: a new address space and the registers that a program
 * expects at its entry point. 0, or -errno and nothing has changed.
 */
int exec_program(struct proc *p, const char *path, const struct exec_args *a);

#endif
