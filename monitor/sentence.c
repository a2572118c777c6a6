/* SPDX-License-Identifier: MIT */
/* sentence.c - see sentence.h. */
#include "monitor/sentence.h"

#include "monitor/answer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void flow(struct answer *a, unsigned at, unsigned indent, const char *rest)
{
    for (bool first = true; *rest; first = false) {
        size_t word = strcspn(rest, " ");
        if (!first && at + 1 + word > SENTENCE_COLUMNS) {
            answer_text(a, "\n%*s", (int)indent, "");
            at = indent;
            first = true;
        }
        answer_text(a, "%s%.*s", first ? "" : " ", (int)word, rest);
        at += (unsigned)word + !first;
        rest += word;
        rest += strspn(rest, " ");
    }
    answer_text(a, "\n");
}

void answer_sentence(struct answer *a, unsigned at, unsigned indent, const char *fmt, ...)
{
    char text[1200];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    flow(a, at, indent, text);
}

void answer_paragraph(struct answer *a, unsigned indent, const char *fmt, ...)
{
    char text[1200];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    answer_text(a, "%*s", (int)indent, "");
    flow(a, indent, indent + 2, text);
}
