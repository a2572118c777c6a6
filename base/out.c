/* SPDX-License-Identifier: MIT */
/*
 * out.c - the two sinks that need nothing but the C library, and printing on any sink.
 */
#include "base/out.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void file_write(struct out *o, const char *text, size_t n)
{
    (void)fwrite(text, 1, n, o->ctx);
}

static void buffer_write(struct out *o, const char *text, size_t n)
{
    char *buf = o->ctx;

    if (o->len < o->cap - 1) {
        size_t room = o->cap - 1 - o->len;
        size_t take = n < room ? n : room;

        memcpy(buf + o->len, text, take);
        buf[o->len + take] = '\0';
    }
    o->len += n;
}

void out_file(struct out *o, FILE *f)
{
    *o = (struct out){.write = file_write, .ctx = f};
}

void out_buffer(struct out *o, char *buf, size_t cap)
{
    assert(cap > 0);
    *o = (struct out){.write = buffer_write, .ctx = buf, .cap = cap};
    buf[0] = '\0';
}

void out_text(struct out *o, const char *text)
{
    o->write(o, text, strlen(text));
}

void out_vprintf(struct out *o, const char *fmt, va_list ap)
{
    char line[512];
    char *text = line;
    va_list again;
    int n;

    va_copy(again, ap);
    n = vsnprintf(line, sizeof line, fmt, ap);
    if (n >= (int)sizeof line) {
        text = malloc((size_t)n + 1);
        if (text) {
            (void)vsnprintf(text, (size_t)n + 1, fmt, again);
        } else { /* better the beginning than nothing */
            text = line;
            n = sizeof line - 1;
        }
    }
    va_end(again);
    if (n > 0)
        o->write(o, text, (size_t)n);
    if (text != line)
        free(text);
}

void out_printf(struct out *o, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    out_vprintf(o, fmt, ap);
    va_end(ap);
}
