/* SPDX-License-Identifier: MIT */
/*
 * options_values.c - reads the values of options. Numbers are decimal digits only: no sign, no
 * blanks, no silent overflow.
 */
#include "options_values.h"

#include "base/clock.h"
#include "base/trace.h"
#include "machine/config.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SPEED 1221 /* one clock unit an instruction: 13440 / 11 units in a microsecond */
#define MAX_COST_LOG2 10
#define MAX_SECONDS 1e9

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits at *text; moves it past them. False: none, or more than 64 bits. */
static bool take_number(const char **text, uint64_t *n)
{
    const char *p = *text;

    if (!is_digit(*p))
        return false;
    for (*n = 0; is_digit(*p); p++) {
        unsigned digit = (unsigned)(*p - '0');

        if (*n > (UINT64_MAX - digit) / 10)
            return false;
        *n = *n * 10 + digit;
    }
    *text = p;
    return true;
}

bool value_choice(const char *option, const char *value, const char *const *names, unsigned *n,
                  struct error *err)
{
    char list[128] = "";
    size_t used = 0;

    for (unsigned i = 0; names[i]; i++) {
        if (strcmp(value, names[i]) == 0) {
            *n = i;
            return true;
        }
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s",
                                 i == 0 ? "" : (names[i + 1] ? ", " : " or "), names[i]);
    }
    return error_set(err, "%s %s: unknown; %s would be right", option, value, list);
}

bool value_vnc(const char *option, const char *value, char address[16], unsigned *port,
               struct error *err)
{
    const char *at = value + 4, *colon = value[3] ? strrchr(at, ':') : NULL;
    struct in_addr parsed;
    uint16_t number = 5900;
    bool ok = !value[3];

    snprintf(address, 16, "127.0.0.1");
    if (colon && colon - at < 16) {
        snprintf(address, 16, "%.*s", (int)(colon - at), at);
        ok = inet_pton(AF_INET, address, &parsed) == 1 &&
             value_port(option, colon + 1, &number, NULL);
    }
    *port = number;
    return ok ||
           error_set(err, "%s %s: vnc, or vnc:ADDR:PORT as in vnc:127.0.0.1:5900", option, value);
}

bool value_memory(const char *value, uint32_t *bytes, struct error *err)
{
    const char *p = value;
    unsigned shift = 0;
    uint64_t n;

    if (!is_digit(*p))
        return error_set(err, "--memory %s: is no size; 64M would be right", value);
    if (!take_number(&p, &n))
        return error_set(err, "--memory %s: too much; at most %uM", value, CONFIG_MAX_MEMORY >> 20);
    switch (*p) {
    case 'k':
    case 'K': shift = 10; break;
    case 'm':
    case 'M': shift = 20; break;
    case 'g':
    case 'G': shift = 30; break;
    case 0: break;
    default: return error_set(err, "--memory %s: suffix K, M or G would be right", value);
    }
    if (*p && p[1])
        return error_set(err, "--memory %s: suffix K, M or G would be right", value);
    if (!*p && n < CONFIG_MIN_MEMORY)
        shift = 20; /* a bare number is MiB, as to QEMU, unless it can be bytes */
    if (n > UINT64_MAX >> shift || n << shift > CONFIG_MAX_MEMORY)
        return error_set(err, "--memory %s: too much; at most %uM", value, CONFIG_MAX_MEMORY >> 20);
    n <<= shift;
    if (n < CONFIG_MIN_MEMORY)
        return error_set(err, "--memory %s: too little; at least 1M", value);
    if (n % 4096)
        return error_set(err, "--memory %s: a multiple of 4K would be right", value);
    *bytes = (uint32_t)n;
    return true;
}

bool value_tlb(const char *value, unsigned *ways, unsigned *sets, bool *pseudo_lru,
               struct error *err)
{
    const char *p = value;
    uint64_t w, s;

    *pseudo_lru = strcmp(value, "486") == 0;
    *ways = *sets = 0;
    if (strcmp(value, "large") == 0)
        return true;
    if (strcmp(value, "386") == 0 || *pseudo_lru) {
        *ways = 4;
        *sets = 8;
        return true;
    }
    if (!take_number(&p, &w) || *p != 'x')
        return error_set(err, "--tlb %s: large, 386, 486 or WAYSxSETS (as 4x16) would be right",
                         value);
    p++;
    if (!take_number(&p, &s) || *p || w < 1 || w > 16 || s < 1 || s > 1024 || (s & (s - 1)))
        return error_set(err,
                         "--tlb %s: 1 to 16 ways, and a power of two of sets up to 1024, "
                         "would be right",
                         value);
    *ways = (unsigned)w;
    *sets = (unsigned)s;
    return true;
}

bool value_speed(const char *value, unsigned *cost_log2, struct error *err)
{
    const char *p = value;
    unsigned best = 0;
    double best_ratio = 1e9;
    uint64_t n;

    if (!take_number(&p, &n) || *p || n < 1 || n > MAX_SPEED)
        return error_set(err, "--speed %s: a whole number from 1 to %d would be right", value,
                         MAX_SPEED);
    for (unsigned log2 = 0; log2 <= MAX_COST_LOG2; log2++) {
        double per_us = (double)CLOCK_HZ_NUM / (double)CLOCK_HZ_DEN / 1e6 / (double)(1u << log2);
        double ratio = per_us > (double)n ? per_us / (double)n : (double)n / per_us;

        if (ratio < best_ratio) {
            best_ratio = ratio;
            best = log2;
        }
    }
    *cost_log2 = best;
    return true;
}

bool value_count(const char *option, const char *value, uint64_t *n, struct error *err)
{
    const char *p = value;

    if (!take_number(&p, n) || *p || *n == 0)
        return error_set(err, "%s %s: a whole number from 1 would be right", option, value);
    return true;
}

bool value_port(const char *option, const char *value, uint16_t *port, struct error *err)
{
    bool hex = value[0] == '0' && (value[1] == 'x' || value[1] == 'X');
    char *end = NULL;
    unsigned long n = is_digit(value[0]) ? strtoul(value, &end, hex ? 16 : 10) : 0;

    if (!end || *end || n == 0 || n > 0xffff)
        return error_set(err, "%s %s: a port from 1 to 0xffff would be right", option, value);
    *port = (uint16_t)n;
    return true;
}

bool value_seconds(const char *option, const char *value, double *seconds, struct error *err)
{
    char *end;

    *seconds = is_digit(value[0]) || value[0] == '.' ? strtod(value, &end) : 0;
    if (!(*seconds > 0) || *end || *seconds > MAX_SECONDS || strpbrk(value, "xXnN"))
        return error_set(err, "%s %s: seconds above 0 would be right, such as 10 or 0.5", option,
                         value);
    return true;
}

/* Days from 1970-01-01 to a date of the Gregorian calendar, from 1970 on. */
static int64_t days_since_1970(unsigned year, unsigned month, unsigned day)
{
    static const unsigned before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    unsigned last = year - 1;
    int64_t days = ((int64_t)year - 1970) * 365 + (last / 4 - last / 100 + last / 400) -
                   (1969 / 4 - 1969 / 100 + 1969 / 400);
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days + before[month - 1] + (leap && month > 2) + day - 1;
}

static unsigned days_in_month(unsigned year, unsigned month)
{
    unsigned next_year = month == 12 ? year + 1 : year;
    unsigned next_month = month == 12 ? 1 : month + 1;

    return (unsigned)(days_since_1970(next_year, next_month, 1) - days_since_1970(year, month, 1));
}

bool value_date(const char *option, const char *value, int64_t *seconds, struct error *err)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd";
    unsigned f[6] = {0}; /* year, month, day, hour, minute, second */
    unsigned field = 0;
    size_t i;

    for (i = 0; form[i]; i++) {
        if (form[i] == 'd' ? !is_digit(value[i]) : value[i] != form[i])
            break;
        if (form[i] == 'd')
            f[field] = f[field] * 10 + (unsigned)(value[i] - '0');
        else
            field++;
    }
    if (form[i] || value[i])
        return error_set(err, "%s %s: the form YYYY-MM-DDTHH:MM:SS would be right", option, value);
    if (f[0] < 1970 || f[0] > 2099 || f[1] < 1 || f[1] > 12 || f[2] < 1 ||
        f[2] > days_in_month(f[0], f[1]) || f[3] > 23 || f[4] > 59 || f[5] > 59)
        return error_set(err, "%s %s: there is no such date in 1970 to 2099", option, value);
    *seconds = days_since_1970(f[0], f[1], f[2]) * 86400 + f[3] * 3600 + f[4] * 60 + f[5];
    return true;
}

static bool refuse_category(const char *word, size_t length, struct error *err)
{
    char list[256] = "";
    size_t used = 0;

    for (unsigned i = 0; i < TRACE_CATS && used < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s, ",
                                 trace_cat_name((enum trace_cat)i));
    return error_set(err, "--trace: no category \"%.*s\"; there are %sall, summary and isa",
                     (int)length, word, list);
}

bool value_trace(const char *value, uint32_t *mask, bool *summary, bool *isa, const char **file,
                 struct error *err)
{
    const char *p = value;

    for (;;) {
        size_t length = strcspn(p, ",:");
        int cat = trace_cat_find(p, length);

        if (length == 3 && strncmp(p, "all", 3) == 0)
            *mask |= (1u << TRACE_CATS) - 1;
        else if (length == 7 && strncmp(p, "summary", 7) == 0)
            *summary = true;
        else if (length == 3 && strncmp(p, "isa", 3) == 0)
            *isa = true;
        else if (cat >= 0)
            *mask |= 1u << cat;
        else
            return refuse_category(p, length, err);
        p += length;
        if (*p != ',')
            break;
        p++;
    }
    if (*p == ':') {
        if (!p[1])
            return error_set(err, "--trace %s: a file name after the colon would be right", value);
        *file = p + 1;
    }
    return true;
}
