/* SPDX-License-Identifier: MIT */
/* pages.h - commands about pages that live in files of their own; commands_pages.c has the rows. */
#ifndef MONITOR_PAGES_H
#define MONITOR_PAGES_H

#include "base/types.h"

struct answer;
struct line;
struct monitor;
struct space;
struct walk;

bool tlb_show(struct monitor *mon, struct line *line, struct answer *to, struct error *err);
bool rmap_show(struct monitor *mon, struct line *line, struct answer *to, struct error *err);
bool lint_show(struct monitor *mon, struct line *line, struct answer *to, struct error *err);
bool as_show(struct monitor *mon, struct line *line, struct answer *to, struct error *err);

/* The entries of a walk, one line each: "PDE[768] at 00101c00 = 00102067  P RW US A". */
void pages_say_walk(const struct space *s, uint32_t lin, const struct walk *w, struct answer *to);

#endif
