/* SPDX-License-Identifier: MIT */
/*
 * types.h - the words everybody shares: address types, sizes and error text.
 *
 * An address changes its name on the way: `off` (in a segment) -> `lin` (linear, before
 * paging) -> `phys` (on the bus). lin_t and phys_t are documentation, not protection.
 */
#ifndef BASE_TYPES_H
#define BASE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint32_t lin_t;  /* linear address */
typedef uint32_t phys_t; /* physical address */

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#if defined(__GNUC__)
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define PRINTF_LIKE(fmt, args)
#endif

/* One message for the user: what is wrong, in what, and what would be right. Empty = none. */
struct error {
    char text[512];
};

/* Formats a message into err (which may be NULL); always returns false, so that callers can
   `return error_set(err, ...)`. */
bool error_set(struct error *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
