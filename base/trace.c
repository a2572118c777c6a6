/* SPDX-License-Identifier: MIT */
/*
 * trace.c - the ring of the last lines.
 *
 * A line is "seconds.nanoseconds category text", cut at TRACE_WIDTH. Text may quote what the
 * guest sent, so control characters are shown as dots: a trace never steers the terminal.
 * Most lines are never read: those that have only words as arguments are kept as they came.
 */
#include "base/trace.h"

#include "base/out.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* clang-format off */
static const char *const cat_names[TRACE_CATS] = {
    [TRACE_CPU]   = "cpu",
    [TRACE_INT]   = "int",
    [TRACE_MMU]   = "mmu",
    [TRACE_BUS]   = "bus",
    [TRACE_PIC]   = "pic",
    [TRACE_PIT]   = "pit",
    [TRACE_RTC]   = "rtc",
    [TRACE_KBD]   = "kbd",
    [TRACE_UART]  = "uart",
    [TRACE_VGA]   = "vga",
    [TRACE_BOARD] = "board",
    [TRACE_POST]  = "post",
    [TRACE_NET]   = "net",
    [TRACE_DISK]  = "disk",
    [TRACE_DMA]   = "dma",
    [TRACE_FLOPPY] = "floppy",
    [TRACE_BIOS]  = "bios",
};
/* clang-format on */

void trace_init(struct trace *t, const uint64_t *now)
{
    memset(t, 0, sizeof *t);
    t->now = now;
    /* Every interrupt, CR3 load or stray access would cost more to format than to execute. */
    t->ring_mask =
        ((UINT32_C(1) << TRACE_CATS) - 1) &
        ~(UINT32_C(1) << TRACE_INT | UINT32_C(1) << TRACE_MMU | UINT32_C(1) << TRACE_BUS);
}

const char *trace_cat_name(enum trace_cat cat)
{
    return (unsigned)cat < TRACE_CATS ? cat_names[cat] : NULL;
}

int trace_cat_find(const char *name, size_t len)
{
    for (int i = 0; i < TRACE_CATS; i++)
        if (strlen(cat_names[i]) == len && memcmp(cat_names[i], name, len) == 0)
            return i;
    return -1;
}

/* A clock unit is 11 / 13.44 ns, that is 275 / 336; split so that nothing overflows. */
static uint64_t nanoseconds(uint64_t units)
{
    return units / 336 * 275 + units % 336 * 275 / 336;
}

/* How many words the format takes; -1 if something else is among them. */
static int words_of(const char *fmt)
{
    int n = 0;
    while ((fmt = strchr(fmt, '%'))) {
        do
            fmt++;
        while (*fmt >= '0' && *fmt <= '9');
        if (*fmt != 'u' && *fmt != 'x' && *fmt != 'X' && *fmt != 'd' && *fmt != 'c')
            return -1;
        if (++n > TRACE_WORDS)
            return -1;
    }
    return n;
}

static void PRINTF_LIKE(4, 0)
    format(char line[TRACE_WIDTH], uint64_t when, enum trace_cat cat, const char *fmt, va_list ap)
{
    uint64_t ns = nanoseconds(when);
    int n = snprintf(line, TRACE_WIDTH, "%4" PRIu64 ".%09" PRIu64 " %-5s ", ns / 1000000000,
                     ns % 1000000000, trace_cat_name(cat));
    if (n > 0 && n < TRACE_WIDTH)
        (void)vsnprintf(line + n, TRACE_WIDTH - (size_t)n, fmt, ap);
    for (char *p = line; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            *p = '.';
}

/* As format, of words that were kept; fmt need not take all of them. */
static void format_words(char line[TRACE_WIDTH], const struct trace_entry *e, ...)
{
    va_list ap;
    va_start(ap, e);
    format(line, e->when, (enum trace_cat)e->cat, e->fmt, ap);
    va_end(ap);
}

void trace_line(struct trace *t, enum trace_cat cat, const char *fmt, ...)
{
    uint32_t bit = UINT32_C(1) << cat;
    if (!t || !((t->ring_mask | t->echo_mask) & bit))
        return;
    uint64_t when = t->now ? *t->now : 0;
    bool echo = t->echo_to && (t->echo_mask & bit);
    int words = echo || !(t->ring_mask & bit) ? -1 : words_of(fmt);
    struct trace_entry *e = &t->ring[t->lines % TRACE_LINES];
    va_list ap;
    va_start(ap, fmt);
    if (words >= 0) {
        e->fmt = fmt;
        e->when = when;
        e->cat = (uint8_t)cat;
        for (int n = 0; n < words; n++)
            e->word[n] = va_arg(ap, unsigned);
        t->lines++;
    } else {
        char line[TRACE_WIDTH];
        format(line, when, cat, fmt, ap);
        if (t->ring_mask & bit) {
            e->fmt = NULL;
            memcpy(e->text, line, sizeof line);
            t->lines++;
        }
        if (echo)
            out_printf(t->echo_to, "%s\n", line);
    }
    va_end(ap);
}

void trace_dump(const struct trace *t, struct out *to, unsigned n)
{
    uint64_t have = t->lines < TRACE_LINES ? t->lines : TRACE_LINES;
    uint64_t take = n < have ? n : have;

    for (uint64_t i = t->lines - take; i < t->lines; i++) {
        const struct trace_entry *e = &t->ring[i % TRACE_LINES];
        const unsigned *w = e->word;
        char line[TRACE_WIDTH];
        if (e->fmt)
            format_words(line, e, w[0], w[1], w[2], w[3], w[4], w[5]);
        out_printf(to, "%s\n", e->fmt ? line : e->text);
    }
}
