/* SPDX-License-Identifier: MIT */
/*
 * names.h - what a name in an expression stands for: an event's variable, a register or part of
 * one, a variable of the user's, a symbol, a source line; and what is before the colon of seg:off.
 */
#ifndef MONITOR_NAMES_H
#define MONITOR_NAMES_H

#include "base/types.h"

struct expr;
struct line;
struct monitor;

/* Takes a name from l->at. */
bool names_find(struct line *l, struct expr *out, struct error *err);
/* f000:fff0: four hexadecimal digits, a colon, four (or eight). False: it is something else. */
bool names_hex_pair(struct line *l, struct expr *out);
/* Base of what stands before a colon: a segment register's as it is loaded, or a selector's. */
bool names_segment(struct line *l, const struct expr *seg, const char *at, uint32_t *base,
                   struct error *err);
/* For completion: the n-th name that begins with prefix, NULL past the last. */
const char *names_register(struct monitor *mon, const char *prefix, unsigned n);
const char *names_event(const char *prefix, unsigned n);

#endif
