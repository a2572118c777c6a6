/* SPDX-License-Identifier: MIT */
/*
 * trace.c - the ring of the last lines.
 *
 * A line is "seconds.nanoseconds category text", cut at TRACE_WIDTH. Text may quote what the
 * guest sent, so control characters are shown as dots: a trace never steers the terminal.
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

void trace_line(struct trace *t, enum trace_cat cat, const char *fmt, ...)
{
    uint32_t bit = UINT32_C(1) << cat;
    uint64_t ns;
    char line[TRACE_WIDTH];
    int n;
    va_list ap;

    if (!t || !((t->ring_mask | t->echo_mask) & bit))
        return;
    ns = t->now ? nanoseconds(*t->now) : 0;
    n = snprintf(line, sizeof line, "%4" PRIu64 ".%09" PRIu64 " %-5s ", ns / 1000000000,
                 ns % 1000000000, trace_cat_name(cat));
    va_start(ap, fmt);
    if (n > 0 && (size_t)n < sizeof line)
        (void)vsnprintf(line + n, sizeof line - (size_t)n, fmt, ap);
    va_end(ap);
    for (char *p = line; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            *p = '.';
    if (t->ring_mask & bit)
        memcpy(t->ring[t->lines++ % TRACE_LINES], line, sizeof line);
    if (t->echo_to && (t->echo_mask & bit))
        out_printf(t->echo_to, "%s\n", line);
}

void trace_dump(const struct trace *t, struct out *to, unsigned n)
{
    uint64_t have = t->lines < TRACE_LINES ? t->lines : TRACE_LINES;
    uint64_t take = n < have ? n : have;

    for (uint64_t i = t->lines - take; i < t->lines; i++)
        out_printf(to, "%s\n", t->ring[i % TRACE_LINES]);
}
