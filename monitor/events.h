/* SPDX-License-Identifier: MIT */
/*
 * events.h - the events that points watch, in words and as JSON: the nouns of break, trace, until,
 * count and next.
 */
#ifndef MONITOR_EVENTS_H
#define MONITOR_EVENTS_H

#include "machine/debug.h"

struct answer;
struct line;
struct monitor;

/* The noun of a kind: "exec", "tlb-stale". */
const char *event_noun(enum debug_kind kind);
/* Does a noun stand at l->at? It is not taken. */
bool event_noun_next(struct line *l);

/* Takes [-p|-v] [-cr3 X] [NOUN] ARGS [once] from the line into spec; without a noun it is an
   execution point. False and err: refused. */
bool event_parse(struct line *l, struct debug_spec *spec, struct error *err);

/* An exception: 14, pf, #PF. */
bool event_vector(struct line *l, uint32_t *vector, struct error *err);

/* "write c0101000 to c0101003": what a point waits for, as snprintf. */
int event_wish(const struct monitor *mon, const struct debug_spec *spec, char *text, size_t n);
/* "wrote 00000005 (was 00000004) to c0101000 <ticks>": what happened. */
int event_text(const struct monitor *mon, const struct debug_event *e, char *text, size_t n);
/* The same as fields of the open object. */
void event_fields(const struct debug_event *e, struct answer *to);

#endif
