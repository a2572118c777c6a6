/* SPDX-License-Identifier: MIT */
/*
 * format.c - printf's formatting, for any sink of characters. See format.h for what it knows.
 * Not here: 64-bit numbers, floating point, %n, octal, and the flags '+', ' ' and '#'.
 */
#include "lib/format.h"

#include <stdbool.h>
#include <stdint.h>

#include "lib/string.h"

/* What stands between '%' and the conversion letter. */
struct spec {
    bool left;     /* '-': pad on the right */
    bool zero;     /* '0': pad with zeros */
    int width;     /* least number of characters */
    int precision; /* most characters of a string, -1 for all */
};

static void put_padded(struct sink *s, const struct spec *spec, const char *text, int length)
{
    int pad = spec->width - length;
    char fill = spec->zero && !spec->left ? '0' : ' ';
    if (fill == '0' && length > 0 && *text == '-') {
        s->put(s, *text++); /* the sign comes before the zeros */
        length--;
    }
    for (int i = 0; !spec->left && i < pad; i++)
        s->put(s, fill);
    for (int i = 0; i < length; i++)
        s->put(s, text[i]);
    for (int i = 0; spec->left && i < pad; i++)
        s->put(s, ' ');
}

static void put_number(struct sink *s, const struct spec *spec, uint32_t n, uint32_t base,
                       const char *digits, bool negative)
{
    char text[12];
    int at = sizeof text;
    do {
        text[--at] = digits[n % base];
        n /= base;
    } while (n);
    if (negative)
        text[--at] = '-';
    put_padded(s, spec, text + at, (int)sizeof text - at);
}

static void put_string(struct sink *s, const struct spec *spec, const char *text)
{
    int length = 0;
    if (!text)
        text = "(null)";
    while (text[length] && (spec->precision < 0 || length < spec->precision))
        length++;
    put_padded(s, spec, text, length);
}

static int parse_number(const char **fmt)
{
    int n = 0;
    for (; **fmt >= '0' && **fmt <= '9'; (*fmt)++)
        n = n * 10 + (**fmt - '0');
    return n;
}

void format(struct sink *s, const char *fmt, va_list ap)
{
    static const char lower[] = "0123456789abcdef", upper[] = "0123456789ABCDEF";
    for (; *fmt; fmt++) {
        if (*fmt != '%') {
            s->put(s, *fmt);
            continue;
        }
        struct spec spec = {.precision = -1};
        for (fmt++; *fmt == '-' || *fmt == '0'; fmt++) {
            spec.left |= *fmt == '-';
            spec.zero |= *fmt == '0';
        }
        if (*fmt == '*') {
            spec.width = va_arg(ap, int);
            fmt++;
        } else {
            spec.width = parse_number(&fmt);
        }
        if (*fmt == '.') {
            fmt++;
            spec.precision = parse_number(&fmt);
        }
        switch (*fmt) {
        case 'd': {
            int n = va_arg(ap, int);
            put_number(s, &spec, n < 0 ? -(uint32_t)n : (uint32_t)n, 10, lower, n < 0);
            break;
        }
        case 'u': put_number(s, &spec, va_arg(ap, uint32_t), 10, lower, false); break;
        case 'x': put_number(s, &spec, va_arg(ap, uint32_t), 16, lower, false); break;
        case 'X': put_number(s, &spec, va_arg(ap, uint32_t), 16, upper, false); break;
        case 'p':
            spec.zero = true;
            spec.width = 8;
            put_number(s, &spec, (uintptr_t)va_arg(ap, void *), 16, lower, false);
            break;
        case 'c': {
            char c = (char)va_arg(ap, int);
            put_padded(s, &spec, &c, 1);
            break;
        }
        case 's': put_string(s, &spec, va_arg(ap, const char *)); break;
        case '\0': return;
        default: s->put(s, *fmt); break;
        }
    }
}

/* A sink that fills a buffer and counts what did not fit. */
struct buffer_sink {
    struct sink sink; /* first: put() gets a pointer to it */
    char *buf;        /* where the text goes */
    size_t size;      /* room in buf, with the terminator */
    size_t length;    /* characters put so far */
};

static void buffer_put(struct sink *s, char c)
{
    struct buffer_sink *b = (struct buffer_sink *)s;
    if (b->length + 1 < b->size)
        b->buf[b->length] = c;
    b->length++;
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
    struct buffer_sink b = {.sink = {.put = buffer_put}, .buf = buf, .size = size};
    format(&b.sink, fmt, ap);
    if (size > 0)
        buf[b.length < size ? b.length : size - 1] = '\0';
    return (int)b.length;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int length = vsnprintf(buf, size, fmt, ap);
    va_end(ap);
    return length;
}
