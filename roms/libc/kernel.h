/* SPDX-License-Identifier: MIT */
/*
 * kernel.h - what the library's own files share. Programs do not see it.
 */
#ifndef LIBC_KERNEL_H
#define LIBC_KERNEL_H

#include <stdint.h>

#define HIDDEN __attribute__((visibility("hidden")))

/* The system call as it is: up to six arguments, a negative error number when it failed. */
HIDDEN long kernel_call(long number, ...);

/* The kernel's answer in C's manner: -1 and errno when it is an error. */
HIDDEN long result_of(long answer);

/* Where signal handlers return to. */
HIDDEN void signal_return(void);
HIDDEN void signal_return_info(void);

#endif
