/* SPDX-License-Identifier: MIT */
/* line.c - see line.h. */
#include "monitor/line.h"

#include "monitor/expr.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool is_blank(char ch)
{
    return ch == ' ' || ch == '\t';
}

static void skip_blanks(struct line *l)
{
    while (is_blank(*l->at))
        l->at++;
}

bool line_error(const struct line *l, const char *at, struct error *err, const char *fmt, ...)
{
    char text[400];
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return error_set(err, "column %d: %s", (int)(at - l->text) + 1, text);
}

bool line_more(struct line *l)
{
    skip_blanks(l);
    return *l->at != 0;
}

/* The keyword begins at `at` and ends there. */
static bool word_at(const char *at, const char *word)
{
    size_t len = strlen(word);

    return strncmp(at, word, len) == 0 && (!at[len] || is_blank(at[len]) || at[len] == '[');
}

bool line_keyword(struct line *l, const char *word)
{
    skip_blanks(l);
    if (!word_at(l->at, word))
        return false;
    l->at += strlen(word);
    return true;
}

bool line_char(const char **at, char *ch)
{
    static const char escapes[] = "n\nt\tr\rb\bf\fe\033";
    const char *s = *at;

    if (!*s)
        return false;
    if (*s != '\\') {
        *ch = *s++;
    } else if (s[1] == 'x') {
        unsigned value;
        int used = 0;

        if (sscanf(s + 2, "%2x%n", &value, &used) != 1)
            return false;
        *ch = (char)value;
        s += 2 + used;
    } else if (s[1] == '0') {
        *ch = 0;
        s += 2;
    } else {
        const char *e = escapes;

        if (!s[1])
            return false;
        while (*e && *e != s[1])
            e += 2;
        *ch = *e ? e[1] : s[1];
        s += 2;
    }
    *at = s;
    return true;
}

static bool quoted_word(struct line *l, const char *what, char *buf, size_t n, struct error *err)
{
    const char *start = l->at++;
    size_t used = 0;

    while (*l->at != '"') {
        char ch;

        if (!line_char(&l->at, &ch))
            return line_error(l, start, err, "%s: the closing \" is missing", what);
        if (used + 1 >= n)
            return line_error(l, start, err, "%s: longer than %zu characters", what, n - 1);
        buf[used++] = ch;
    }
    l->at++;
    buf[used] = 0;
    return true;
}

bool line_word(struct line *l, const char *what, char *buf, size_t n, struct error *err)
{
    size_t len = 0;

    if (!line_more(l))
        return line_error(l, l->at, err, "%s is missing", what);
    if (*l->at == '"')
        return quoted_word(l, what, buf, n, err);
    while (l->at[len] && !is_blank(l->at[len]))
        len++;
    if (len >= n)
        return line_error(l, l->at, err, "%s: longer than %zu characters", what, n - 1);
    memcpy(buf, l->at, len);
    buf[len] = 0;
    l->at += len;
    return true;
}

bool line_is_address(uint64_t value)
{
    return value <= UINT32_MAX || value >= UINT64_C(0xFFFFFFFF80000000);
}

bool line_value(struct line *l, const char *what, uint64_t *value, struct error *err)
{
    struct expr e;

    if (!expr_parse(l, what, &e, err))
        return false;
    *value = e.value;
    return true;
}

bool line_parse_only(struct line *l, const char *what, struct error *err)
{
    return expr_check(l, what, err);
}

bool line_address(struct line *l, const char *what, uint32_t *value, struct error *err)
{
    const char *start;
    uint64_t wide;

    skip_blanks(l);
    start = l->at;
    if (!line_value(l, what, &wide, err))
        return false;
    if (!line_is_address(wide))
        return line_error(l, start, err, "%s: %#llx does not fit into 32 bits", what,
                          (unsigned long long)wide);
    *value = (uint32_t)wide;
    return true;
}

const char *line_rest(struct line *l)
{
    const char *rest;

    skip_blanks(l);
    rest = l->at;
    l->at += strlen(l->at);
    return rest;
}

bool line_until(struct line *l, const char *what, const char *word, char *buf, size_t n,
                struct error *err)
{
    const char *start, *end;
    char quote = 0;

    skip_blanks(l);
    start = end = l->at;
    for (; *l->at; l->at++) {
        char ch = *l->at;

        if (!quote && l->at > start && is_blank(l->at[-1]) && word_at(l->at, word))
            break;
        if (quote && ch == '\\' && l->at[1])
            l->at++;
        else if (ch == quote)
            quote = 0;
        else if (!quote && (ch == '"' || ch == '\''))
            quote = ch;
        if (!is_blank(ch))
            end = l->at + 1;
    }
    if (end == start)
        return line_error(l, start, err, "%s is missing", what);
    if ((size_t)(end - start) >= n)
        return line_error(l, start, err, "%s: longer than %zu characters", what, n - 1);
    memcpy(buf, start, (size_t)(end - start));
    buf[end - start] = 0;
    return true;
}

bool line_end(struct line *l, struct error *err)
{
    if (!line_more(l))
        return true;
    return line_error(l, l->at, err, "'%s' is too much", l->at);
}
