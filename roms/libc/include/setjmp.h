/* SPDX-License-Identifier: MIT */
/*
 * setjmp.h - jumps out of functions. The signal mask is not part of it.
 */
#ifndef LIBC_SETJMP_H
#define LIBC_SETJMP_H

typedef struct {
    unsigned long ebx, esi, edi, ebp, esp, eip; /* what a function must preserve */
} jmp_buf[1];

int setjmp(jmp_buf place) __attribute__((returns_twice));
void longjmp(jmp_buf place, int value) __attribute__((noreturn));

#endif
