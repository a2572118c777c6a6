/* SPDX-License-Identifier: MIT */
/* answer.c - see answer.h. JSON as in RFC 8259; bytes beyond ASCII are written as \u00XX. */
#include "monitor/answer.h"

#include "base/out.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

void answer_text(struct answer *a, const char *fmt, ...)
{
    va_list ap;

    if (a->json)
        return;
    va_start(ap, fmt);
    out_vprintf(a->to, fmt, ap);
    va_end(ap);
}

static void quote(struct out *to, const char *text)
{
    static const char escapes[] = "\"\"\\\\\bb\ff\nn\rr\tt";

    out_text(to, "\"");
    for (; *text; text++) {
        unsigned char ch = (unsigned char)*text;
        const char *e = escapes;

        while (*e && *e != *text)
            e += 2;
        if (*e)
            out_printf(to, "\\%c", e[1]);
        else if (ch < ' ' || ch >= 0x7F)
            out_printf(to, "\\u%04x", ch);
        else
            to->write(to, text, 1);
    }
    out_text(to, "\"");
}

/* What stands before a value: the comma, the key. */
static void begin(struct answer *a, const char *key)
{
    if (a->filled[a->depth])
        out_text(a->to, ",");
    a->filled[a->depth] = true;
    if (key) {
        quote(a->to, key);
        out_text(a->to, ":");
    }
}

static void open_one(struct answer *a, const char *key, bool list)
{
    if (!a->json)
        return;
    begin(a, key);
    assert(a->depth + 1 < ANSWER_DEPTH);
    out_text(a->to, list ? "[" : "{");
    a->depth++;
    a->filled[a->depth] = false;
    a->lists = list ? a->lists | 1u << a->depth : a->lists & ~(1u << a->depth);
}

void answer_object(struct answer *a, const char *key)
{
    open_one(a, key, false);
}

void answer_list(struct answer *a, const char *key)
{
    open_one(a, key, true);
}

void answer_close(struct answer *a)
{
    if (!a->json)
        return;
    assert(a->depth > 0);
    out_text(a->to, a->lists >> a->depth & 1 ? "]" : "}");
    a->depth--;
}

void answer_number(struct answer *a, const char *key, uint64_t value)
{
    if (!a->json)
        return;
    begin(a, key);
    out_printf(a->to, "%" PRIu64, value);
}

void answer_bool(struct answer *a, const char *key, bool value)
{
    if (!a->json)
        return;
    begin(a, key);
    out_text(a->to, value ? "true" : "false");
}

void answer_string(struct answer *a, const char *key, const char *text)
{
    if (!a->json)
        return;
    begin(a, key);
    quote(a->to, text);
}

void answer_format(struct answer *a, const char *key, const char *fmt, ...)
{
    char text[1024];
    va_list ap;

    if (!a->json)
        return;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    answer_string(a, key, text);
}

void answer_null(struct answer *a, const char *key)
{
    if (!a->json)
        return;
    begin(a, key);
    out_text(a->to, "null");
}
