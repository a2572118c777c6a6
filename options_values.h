/* SPDX-License-Identifier: MIT */
/*
 * options_values.h - the values of options, from text, with messages that name the option and
 * say what would be right; and the help topics that are plain text.
 */
#ifndef OPTIONS_VALUES_H
#define OPTIONS_VALUES_H

#include "base/types.h"

#include <stdio.h>

struct gdb_address;

/* Index of value in names (NULL-terminated). */
bool value_choice(const char *option, const char *value, const char *const *names, unsigned *n,
                  struct error *err);
/* "64M": bytes, a multiple of 4K within the machine's limits. */
bool value_memory(const char *value, uint32_t *bytes, struct error *err);
/* Instructions per virtual microsecond, as the nearest power of two of clock units each. */
/* large, 386, 486 or WAYSxSETS; ways = 0 means large. */
bool value_tlb(const char *value, unsigned *ways, unsigned *sets, bool *pseudo_lru,
               struct error *err);
bool value_speed(const char *value, unsigned *cost_log2, struct error *err);
/* A whole number above zero. */
bool value_count(const char *option, const char *value, uint64_t *n, struct error *err);
/* An I/O port, 1 to FFFFh; 0x for hexadecimal. */
bool value_port(const char *option, const char *value, uint16_t *port, struct error *err);
/* Seconds above zero, fractions allowed. */
bool value_seconds(const char *option, const char *value, double *seconds, struct error *err);
/* YYYY-MM-DDTHH:MM:SS in seconds since 1970. */
bool value_date(const char *option, const char *value, int64_t *seconds, struct error *err);
/* "pit,int:FILE": categories of base/trace.h, all, summary, isa. */
bool value_trace(const char *value, uint32_t *mask, bool *summary, bool *isa, const char **file,
                 struct error *err);

/* vnc or vnc:ADDR:PORT, ADDR dotted. */
bool value_vnc(const char *option, const char *value, char address[16], unsigned *port,
               struct error *err);
/* [ADDR:]PORT, unix:PATH or stdio. */
bool value_gdb(const char *option, const char *value, struct gdb_address *a, struct error *err);

/* A help topic other than "options"; NULL: the overview. */
bool help_print(const char *topic, FILE *to, struct error *err);

#endif
