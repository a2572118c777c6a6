/* SPDX-License-Identifier: MIT */
/*
 * sys/types.h - the names of small types.
 */
#ifndef LIBC_SYS_TYPES_H
#define LIBC_SYS_TYPES_H

#include <stdint.h>

typedef int pid_t;
typedef int ssize_t;
typedef int32_t off_t;
typedef int32_t time_t;
typedef unsigned mode_t;
typedef int key_t;

#endif
