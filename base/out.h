/* SPDX-License-Identifier: MIT */
/*
 * out.h - a text sink: a FILE, a test's buffer, later a gdb packet. Whoever prints does not
 * know which. A sink is a value; it owns nothing.
 */
#ifndef BASE_OUT_H
#define BASE_OUT_H

#include "base/types.h"

#include <stdarg.h>
#include <stdio.h>

struct out {
    void (*write)(struct out *o, const char *text, size_t n);
    void *ctx;  /* FILE *, or the buffer */
    size_t cap; /* out_buffer: its size */
    size_t len; /* out_buffer: characters written so far (may exceed cap - 1: truncated) */
};

void out_file(struct out *o, FILE *f);
/* buf is always terminated; cap >= 1. */
void out_buffer(struct out *o, char *buf, size_t cap);

void out_text(struct out *o, const char *text);
void out_printf(struct out *o, const char *fmt, ...) PRINTF_LIKE(2, 3);
void out_vprintf(struct out *o, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);

#endif
