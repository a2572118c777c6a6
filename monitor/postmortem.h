/* SPDX-License-Identifier: MIT */
/*
 * postmortem.h - the report of a triple fault: each fault on the way with its reason, the gate by which
 * it was to be delivered and the stack that was tried, then registers, who called, and what was
 * executed last. Printed when it happens, with or without a session; `triple` shows it again.
 */
#ifndef MONITOR_POSTMORTEM_H
#define MONITOR_POSTMORTEM_H

#include "base/types.h"

struct answer;
struct machine;
struct out;
struct symbols;

/* s may be NULL. False and err: there is no memory to say it. */
bool postmortem_answer(const struct machine *m, const struct symbols *s, struct answer *to,
                       struct error *err);
/* For people; nothing if there was none. */
void postmortem_print(const struct machine *m, const struct symbols *s, struct out *to);
/* What the sanitizer found (machine_findings), with names. */
void postmortem_findings(const struct machine *m, const struct symbols *s, bool strays,
                         struct out *to);

#endif
