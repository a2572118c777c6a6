/* SPDX-License-Identifier: MIT */
/*
 * limits.h - the ends of the integer types.
 */
#ifndef LIBC_LIMITS_H
#define LIBC_LIMITS_H

#define INT_MAX __INT_MAX__
#define INT_MIN (-INT_MAX - 1)
#define LONG_MAX __LONG_MAX__
#define LONG_MIN (-LONG_MAX - 1)
#define ULONG_MAX (2UL * LONG_MAX + 1)

#endif
