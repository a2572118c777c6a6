/* SPDX-License-Identifier: MIT */
/*
 * format.c - printf's formatting, for any sink of characters. See format.h for what it knows.
 * Source: ISO C11, 7.21.6.1.
 */
#include "lib/format.h"

#include <stdbool.h>
#include <stdint.h>

/* One conversion: what stands between '%' and its letter, and where it goes. */
struct spec {
    struct sink *sink; /* takes the characters */
    int *total;        /* how many it got so far */
    bool left;         /* '-': pad on the right */
    bool zero;         /* '0': pad with zeros */
    bool alternate;    /* '#': 0x or 0 in front */
    char plus;         /* '+' or ' ': what stands in front of numbers that are not negative */
    int width;         /* least number of characters */
    int precision;     /* most characters of a string, least digits of a number; -1: not given */
    char size;         /* 'H' for hh, 'h', 0, 'q' for ll and j */
};

static void put(const struct spec *spec, char c)
{
    spec->sink->put(spec->sink, c);
    ++*spec->total;
}

static void put_repeated(const struct spec *spec, char c, int times)
{
    for (; times > 0; times--)
        put(spec, c);
}

static void put_text(const struct spec *spec, const char *text, int length)
{
    put_repeated(spec, ' ', spec->left ? 0 : spec->width - length);
    for (int i = 0; i < length; i++)
        put(spec, text[i]);
    put_repeated(spec, ' ', spec->left ? spec->width - length : 0);
}

static void put_string(const struct spec *spec, const char *text)
{
    int length = 0;
    if (!text)
        text = "(null)";
    while ((spec->precision < 0 || length < spec->precision) && text[length])
        length++;
    put_text(spec, text, length);
}

/* Divides n by base and returns the remainder: 64 by 32 bits, as two steps of DIV. */
static uint32_t divide(uint64_t *n, uint32_t base)
{
    uint32_t high = (uint32_t)(*n >> 32), low = (uint32_t)*n, rest = high % base;
    high /= base;
    __asm__("divl %2" : "+a"(low), "+d"(rest) : "r"(base) : "cc");
    *n = (uint64_t)high << 32 | low;
    return rest;
}

/* Puts prefix (a sign, 0x), zeros and digits. */
static void put_number(const struct spec *spec, uint64_t n, uint32_t base, bool upper,
                       const char *prefix)
{
    const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    char text[22]; /* 2^64 in octal */
    int at = sizeof text, lead = 0;
    while (prefix[lead])
        lead++;
    while (n)
        text[--at] = digits[divide(&n, base)];
    int length = (int)sizeof text - at;
    int zeros = (spec->precision < 0 ? 1 : spec->precision) - length;
    if (spec->precision < 0 && spec->zero && !spec->left)
        zeros = spec->width - lead - length;
    if (length == 0 && zeros < 1 && spec->precision < 0)
        zeros = 1;
    if (zeros < 0)
        zeros = 0;
    int pad = spec->width - lead - zeros - length;
    put_repeated(spec, ' ', spec->left ? 0 : pad);
    while (*prefix)
        put(spec, *prefix++);
    put_repeated(spec, '0', zeros);
    for (; at < (int)sizeof text; at++)
        put(spec, text[at]);
    put_repeated(spec, ' ', spec->left ? pad : 0);
}

static void put_signed(const struct spec *spec, int64_t n)
{
    const char sign[2] = {n < 0 ? '-' : spec->plus, '\0'};
    put_number(spec, n < 0 ? -(uint64_t)n : (uint64_t)n, 10, false, sign);
}

static void put_unsigned(const struct spec *spec, uint64_t n, char letter)
{
    const bool alternate = spec->alternate && n != 0;
    switch (letter) {
    case 'u': put_number(spec, n, 10, false, ""); break;
    case 'o': put_number(spec, n, 8, false, alternate ? "0" : ""); break;
    case 'x': put_number(spec, n, 16, false, alternate ? "0x" : ""); break;
    case 'X': put_number(spec, n, 16, true, alternate ? "0X" : ""); break;
    }
}

static bool read_flag(struct spec *spec, char c)
{
    switch (c) {
    case '-': spec->left = true; return true;
    case '0': spec->zero = true; return true;
    case '#': spec->alternate = true; return true;
    case '+': spec->plus = '+'; return true;
    case ' ': spec->plus = spec->plus ? spec->plus : ' '; return true;
    }
    return false;
}

/* A width or precision; '*' takes it from the arguments. */
static int read_number(const char **fmt, va_list *ap)
{
    int n = 0;
    if (**fmt == '*') {
        ++*fmt;
        return va_arg(*ap, int);
    }
    for (; **fmt >= '0' && **fmt <= '9'; ++*fmt)
        n = n * 10 + (**fmt - '0');
    return n;
}

/* int, long, size_t and ptrdiff_t are all 32 bits wide here. */
static char read_size(const char **fmt)
{
    char size = 0;
    for (;; ++*fmt) {
        switch (**fmt) {
        case 'h': size = size == 'h' ? 'H' : 'h'; break;
        case 'l': size = size == 'l' ? 'q' : 'l'; break;
        case 'j': size = 'q'; break;
        case 'z':
        case 't': break;
        default: return size;
        }
    }
}

static int64_t signed_argument(const struct spec *spec, va_list *ap)
{
    if (spec->size == 'q')
        return va_arg(*ap, int64_t);
    int n = va_arg(*ap, int);
    return spec->size == 'H' ? (signed char)n : spec->size == 'h' ? (short)n : n;
}

static uint64_t unsigned_argument(const struct spec *spec, va_list *ap)
{
    if (spec->size == 'q')
        return va_arg(*ap, uint64_t);
    uint32_t n = va_arg(*ap, uint32_t);
    return spec->size == 'H' ? (uint8_t)n : spec->size == 'h' ? (uint16_t)n : n;
}

/* Reads what follows a '%' and does it; returns the last character that belongs to it. */
static const char *convert(struct spec *spec, const char *fmt, va_list *ap)
{
    while (read_flag(spec, *fmt))
        fmt++;
    spec->width = read_number(&fmt, ap);
    if (spec->width < 0) {
        spec->left = true;
        spec->width = -spec->width;
    }
    spec->precision = -1;
    if (*fmt == '.') {
        fmt++;
        spec->precision = read_number(&fmt, ap);
    }
    spec->size = read_size(&fmt);
    switch (*fmt) {
    case 'd':
    case 'i': put_signed(spec, signed_argument(spec, ap)); break;
    case 'u':
    case 'o':
    case 'x':
    case 'X': put_unsigned(spec, unsigned_argument(spec, ap), *fmt); break;
    case 'p':
        spec->precision = 8;
        put_number(spec, (uintptr_t)va_arg(*ap, void *), 16, false, "");
        break;
    case 'c': {
        char c = (char)va_arg(*ap, int);
        put_text(spec, &c, 1);
        break;
    }
    case 's': put_string(spec, va_arg(*ap, const char *)); break;
    case '\0': return fmt - 1;
    default: put(spec, *fmt); break;
    }
    return fmt;
}

int format(struct sink *s, const char *fmt, va_list ap)
{
    int total = 0;
    va_list
        args; /* a copy, because a va_list parameter may be an array, whose address is not ours */
    va_copy(args, ap);
    for (; *fmt; fmt++) {
        struct spec spec = {.sink = s, .total = &total};
        if (*fmt == '%')
            fmt = convert(&spec, fmt + 1, &args);
        else
            put(&spec, *fmt);
    }
    va_end(args);
    return total;
}

/* A sink that fills a buffer and drops what does not fit. */
struct buffer_sink {
    struct sink sink; /* first: put() gets a pointer to it */
    char *at;         /* where the next character goes */
    size_t room;      /* how many still fit, without the terminator */
};

static void buffer_put(struct sink *s, char c)
{
    struct buffer_sink *b = (struct buffer_sink *)s;
    if (b->room > 0) {
        *b->at++ = c;
        b->room--;
    }
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
    struct buffer_sink b = {.sink.put = buffer_put, .at = buf, .room = size ? size - 1 : 0};
    int length = format(&b.sink, fmt, ap);
    if (size > 0)
        *b.at = '\0';
    return length;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int length = vsnprintf(buf, size, fmt, ap);
    va_end(ap);
    return length;
}
