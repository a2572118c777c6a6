/* SPDX-License-Identifier: MIT */
/* stop.c - see stop.h. */
#include "monitor/stop.h"

#include "base/out.h"
#include "machine/debug.h"
#include "monitor/answer.h"
#include "monitor/code.h"
#include "monitor/events.h"
#include "monitor/points.h"
#include "monitor/postmortem.h"
#include "monitor/session.h"
#include "monitor/symbols.h"

#include <inttypes.h>
#include <stdio.h>

void stop_place(struct monitor *mon, struct answer *to)
{
    uint32_t pc = debug_pc(mon->machine);
    char place[300];
    struct code code;

    session_place(mon, pc, place, sizeof place);
    if (!code_read(&code, mon->machine, mon->symbols, (uint32_t)session_reg(mon, "cr3"), pc,
                   debug_code16(mon->machine)))
        snprintf(code.text, sizeof code.text, "(no memory is here)");
    answer_text(to, "%s:  %s\n", place, code.text);
    answer_number(to, "pc", pc);
    answer_string(to, "place", place);
    answer_string(to, "insn", code.text);
}

/* The key of a stop that is no point, and words for people; NULL words: the place says enough. */
static const char *stop_reason(const struct monitor *mon, enum machine_stop stop, char *text,
                               size_t n)
{
    const struct machine *m = mon->machine;

    switch (stop) {
    case MACHINE_RAN: snprintf(text, n, "interrupted"); return "interrupt";
    case MACHINE_INSNS: snprintf(text, n, "--max-insns is reached"); return "max_insns";
    case MACHINE_EXITED:
        snprintf(text, n, "the guest ended the run through port F4h: status %u",
                 machine_exit_status(m));
        return "exit";
    case MACHINE_POWERED_OFF:
        snprintf(text, n, "the guest switched itself off");
        return "power_off";
    case MACHINE_TRIPLE: snprintf(text, n, "triple fault"); return "triple_fault";
    case MACHINE_HALTED:
        snprintf(text, n, "HLT with interrupts off: only a reset or an NMI can end it");
        return "halted";
    case MACHINE_FINDING: snprintf(text, n, "--strict: a finding"); return "finding";
    case MACHINE_DIVERGED: snprintf(text, n, "the engines disagree"); return "diverged";
    default: text[0] = 0; return "step";
    }
}

/* A point of the monitor's has a number, one of gdb's has none, until needs none. */
static void name_point(const struct point *p, char *name, size_t n)
{
    if (!p)
        snprintf(name, n, "gdb's point");
    else if (p->number)
        snprintf(name, n, "point %d", p->number);
    else
        name[0] = 0;
}

static void say_point(struct monitor *mon, const struct debug_stop *s, struct answer *to)
{
    const struct point *p = point_find(mon, s->point);
    char text[400], name[40];

    event_text(mon, &s->event, text, sizeof text);
    name_point(p, name, sizeof name);
    if (s->event.kind != DEBUG_EXEC)
        answer_text(to, "%s%s%s\n", name, name[0] ? ": " : "", text);
    else if (name[0]) /* the place says what until wanted */
        answer_text(to, "%s\n", name);
    if (p && p->complaint)
        answer_text(to, "  its condition cannot be evaluated: %s\n", p->complaint);
    answer_string(to, "reason", "point");
    if (p && p->number)
        answer_number(to, "point", (uint64_t)p->number);
    event_fields(&s->event, to);
    if (p && p->complaint)
        answer_string(to, "complaint", p->complaint);
    mon->stop_event = s->event;
    mon->event = &mon->stop_event;
}

void stop_say(struct monitor *mon, enum machine_stop stop, bool own)
{
    const struct debug_stop *s = debug_stopped(mon->machine);
    struct answer to = {.to = mon->to, .json = mon->json};

    answer_object(&to, NULL);
    answer_string(&to, "event", "stop");
    if (stop == MACHINE_BREAK && s->why == DEBUG_AT_POINT && !own) {
        say_point(mon, s, &to);
    } else {
        char text[200];
        const char *reason = stop_reason(mon, stop, text, sizeof text);

        if (text[0] && stop != MACHINE_TRIPLE) /* its report says so itself */
            answer_text(&to, "%s\n", text);
        if (stop == MACHINE_TRIPLE) {
            answer_object(&to, "triple");
            postmortem_answer(mon->machine, mon->symbols, &to, NULL);
            answer_close(&to);
        }
        if (stop == MACHINE_FINDING && !mon->json)
            postmortem_findings(mon->machine, mon->symbols, true, mon->to);
        answer_string(&to, "reason", reason);
        answer_number(&to, "icount", machine_icount(mon->machine));
    }
    stop_place(mon, &to);
    answer_close(&to);
    if (mon->json)
        out_text(mon->to, "\n");
}
