/* SPDX-License-Identifier: MIT */
/* error.c - formatting of the one message that travels up to main(). */
#include "base/types.h"

#include <stdarg.h>
#include <stdio.h>

bool error_set(struct error *err, const char *fmt, ...)
{
    if (err) {
        va_list ap;
        va_start(ap, fmt);
        (void)vsnprintf(err->text, sizeof err->text, fmt, ap);
        va_end(ap);
    }
    return false;
}
