/* SPDX-License-Identifier: MIT */
/*
 * format.h - printf's formatting, for any sink of characters.
 * Understands %d %i %u %o %x %X %p %c %s %% with the flags - 0 + space and #, a width and a precision
 * (also *), and the sizes hh h l ll z j t. %p prints eight hexadecimal digits, the way addresses
 * appear everywhere here. Not here: floating point, %n.
 */
#ifndef LIB_FORMAT_H
#define LIB_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

struct sink {
    void (*put)(struct sink *s, char c); /* takes one character */
};

/* Returns how many characters it put. */
int format(struct sink *s, const char *fmt, va_list ap);

/* Formats into buf, always terminated; returns the length the whole text would have. */
int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap);
int snprintf(char *buf, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
