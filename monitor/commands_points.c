/* SPDX-License-Identifier: MIT */
/*
 * commands_points.c - break, trace, count and their like: verbs before one grammar of events
 * (events.c), and the list of points.
 */
#include "monitor/command.h"

#include "machine/debug.h"
#include "monitor/answer.h"
#include "monitor/events.h"
#include "monitor/line.h"
#include "monitor/points.h"
#include "monitor/session.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* [if EXPR] [do COMMANDS], then the end. Buffers of MONITOR_LINE. */
static bool take_tail(struct line *line, char *condition, const char **action, struct error *err)
{
    condition[0] = 0;
    *action = NULL;
    if (line_keyword(line, "if") &&
        !line_until(line, "condition", "do", condition, MONITOR_LINE, err))
        return false;
    if (line_keyword(line, "do")) {
        *action = line_rest(line);
        if (!**action)
            return line_error(line, line->at, err, "commands are missing after do");
    }
    return line_end(line, err);
}

/* Adds the point whose event is already parsed. */
static struct point *add_point(struct monitor *mon, struct line *line,
                               const struct debug_spec *spec, enum point_verb verb,
                               struct error *err)
{
    char condition[MONITOR_LINE];
    const char *action;

    if (!take_tail(line, condition, &action, err))
        return NULL;
    return point_add(mon, spec, verb, condition[0] ? condition : NULL, action, err);
}

static bool say_added(struct monitor *mon, const struct point *p, struct answer *to)
{
    char text[MONITOR_LINE];

    if (!p)
        return false;
    point_text(mon, p, text, sizeof text);
    answer_text(to, "point %d: %s\n", p->number, text);
    answer_number(to, "point", (uint64_t)p->number);
    answer_string(to, "text", text);
    return true;
}

static bool add_verb(struct monitor *mon, struct line *line, struct answer *to,
                     enum point_verb verb, struct error *err)
{
    struct debug_spec spec;

    return event_parse(line, &spec, err) &&
           say_added(mon, add_point(mon, line, &spec, verb, err), to);
}

bool points_run_to(struct monitor *mon, struct line *line, struct error *err)
{
    struct debug_spec spec;

    if (!event_parse(line, &spec, err))
        return false;
    spec.once = true;
    if (!add_point(mon, line, &spec, POINT_UNTIL, err))
        return false;
    run_continue(mon);
    return true;
}

static bool run_break(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    struct debug_spec spec = {.kind = DEBUG_EXEC};

    struct line ahead = *line;

    if (line_more(&ahead) && !line_keyword(&ahead, "if"))
        return add_verb(mon, line, to, POINT_BREAK, err);
    spec.first = spec.last = debug_pc(mon->machine);
    return say_added(mon, add_point(mon, line, &spec, POINT_BREAK, err), to);
}

static bool run_trace(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    return add_verb(mon, line, to, POINT_TRACE, err);
}

static bool run_count(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    return add_verb(mon, line, to, POINT_COUNT, err);
}

/* tb, watch, rwatch, awatch: gdb's names; the event's kind is given. */
static bool run_watch(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    char whole[MONITOR_LINE];
    size_t name = strcspn(line->text, " /");
    const char *noun = line->text[0] == 'r' ? "read" : line->text[0] == 'a' ? "access" : "write";

    if (name == 0 || !line_more(line))
        return line_error(line, line->at, err, "address is missing");
    /* Options stand before the noun as well as behind it. */
    snprintf(whole, sizeof whole, "break %s %s", noun, line->at);
    struct line other = {.mon = mon, .text = whole, .at = whole + strlen("break ")};

    return add_verb(mon, &other, to, POINT_BREAK, err);
}

static bool run_tbreak(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    struct debug_spec spec;

    if (!event_parse(line, &spec, err))
        return false;
    spec.once = true;
    return say_added(mon, add_point(mon, line, &spec, POINT_BREAK, err), to);
}

/* ---- The list -------------------------------------------------------------------------- */

static void list_point(struct monitor *mon, const struct debug_point *d, struct answer *to)
{
    const struct point *p = point_find(mon, d->id);
    char text[MONITOR_LINE], name[16] = "gdb";
    uint64_t hits = p ? p->hits : d->hits;

    if (p) {
        snprintf(name, sizeof name, "%d", p->number);
        point_text(mon, p, text, sizeof text);
    } else {
        event_wish(mon, &d->spec, text, sizeof text);
    }
    answer_text(to, "%3s %-3s %8" PRIu64 "  %s\n", name, d->enabled ? "on" : "off", hits, text);
    if (p && p->ignore)
        answer_text(to, "%18s the next %" PRIu64 " are passed over\n", "", p->ignore);
    answer_object(to, NULL);
    if (p)
        answer_number(to, "point", (uint64_t)p->number);
    answer_bool(to, "enabled", d->enabled);
    answer_number(to, "hits", hits);
    answer_string(to, "text", text);
    answer_string(to, "owner", p ? "monitor" : "gdb");
    if (p)
        answer_number(to, "ignore", p->ignore);
    answer_close(to);
}

static bool run_points(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    const struct debug_point *d;
    int id = 0;

    if (!line_end(line, err))
        return false;
    answer_list(to, "points");
    if (!debug_after(mon->machine, 0))
        answer_text(to, "no points; break, trace, count and watch make them\n");
    else
        answer_text(to, " id        hits  what\n");
    for (; (d = debug_after(mon->machine, id)); id = d->id)
        list_point(mon, d, to);
    answer_close(to);
    return true;
}

static bool take_point(struct monitor *mon, struct line *line, struct point **p, struct error *err)
{
    const char *at = (line_more(line), line->at);
    uint64_t n;

    if (!line_value(line, "point", &n, err))
        return false;
    *p = point_numbered(mon, n);
    return *p || line_error(line, at, err, "there is no point %" PRIi64, (int64_t)n);
}

static bool run_delete(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    struct point *p;

    if (!line_more(line))
        return error_set(err, "delete: which? delete all removes every point of the monitor's");
    if (line_keyword(line, "all")) {
        if (!line_end(line, err))
            return false;
        point_remove_all(mon);
        return true;
    }
    while (line_more(line)) {
        if (!take_point(mon, line, &p, err))
            return false;
        point_remove(mon, p->id);
    }
    return true;
}

static bool switch_points(struct monitor *mon, struct line *line, bool on, struct error *err)
{
    struct point *p;

    if (!line_more(line) || line_keyword(line, "all")) {
        for (p = mon->points; p; p = p->next)
            debug_enable(mon->machine, p->id, on);
        return line_end(line, err);
    }
    while (line_more(line)) {
        if (!take_point(mon, line, &p, err))
            return false;
        debug_enable(mon->machine, p->id, on);
    }
    return true;
}

static bool run_enable(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    return switch_points(mon, line, true, err);
}

static bool run_disable(struct monitor *mon, struct line *line, struct answer *to,
                        struct error *err)
{
    return switch_points(mon, line, false, err);
}

static bool run_ignore(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    struct point *p;
    uint64_t n;

    if (!take_point(mon, line, &p, err) || !line_value(line, "count", &n, err) ||
        !line_end(line, err))
        return false;
    p->ignore = n;
    answer_text(to, "point %d passes over %" PRIu64 "\n", p->number, n);
    answer_number(to, "point", (uint64_t)p->number);
    answer_number(to, "ignore", n);
    return true;
}

#define EVENTS                                                                                     \
    "EVENT is one of\n"                                                                            \
    "  exec A              the instruction at A is about to be executed\n"                         \
    "  read|write|access A [LENGTH]   data (4 bytes)\n"                                            \
    "  exc [V|NAME|all]    exceptions 0-31, one of them (14, pf), or any vector 0-255 by number\n" \
    "  irq [N|apic|nmi]    an interrupt was acknowledged: by its line (16-23: that pin of the "    \
    "I/O\n"                                                                                        \
    "                      APIC), or the local APIC's own (timer, messages)\n"                     \
    "  io PORT [COUNT]     ports were read or written\n"                                           \
    "  cr N [VALUE/MASK]   control register N was written\n"                                       \
    "  mode task cpl iret hlt tlb-stale\n"                                                         \
    "  icount N            N instructions have retired\n"                                          \
    "An address alone is exec. -p: physical addresses, by whichever linear one. -v: linear, in "   \
    "any\n"                                                                                        \
    "address space. -cr3 X: in that one only. Data points see every alias of the page.\n"          \
    "In EXPR an event has names: address phys size old value write, vector code cr2 software,\n"   \
    "line, port, number, and at (EIP of the instruction)."

const struct command commands_points[] = {
    /* clang-format off */
    { "break", "b br", "[once] EVENT [if EXPR] [do COMMANDS]", "stop when it happens", EVENTS,
      "break sys_fork\nbreak exc 14 if cr2 < 0x1000\nbreak write ticks if value > 100 do p *ticks; bt",
      "event symbol register", COMMAND_POINT, false, run_break },
    { "trace", NULL, "EVENT [if EXPR] [do COMMANDS]", "print a line when it happens, and go on",
      "As break; COMMANDS can look, not run.", "trace irq 1 do p $eip", "event symbol register",
      COMMAND_POINT, false, run_trace },
    { "count", NULL, "EVENT [if EXPR]", "count how often it happens; points shows it",
      "As break.", "count exc pf", "event symbol register", COMMAND_POINT, false, run_count },
    { "tbreak", "tb", "EVENT [if EXPR] [do COMMANDS]", "break once", NULL, "tb kmain",
      "event symbol register", COMMAND_POINT, false, run_tbreak },
    { "watch", "rwatch awatch", "[-p|-v] A [LENGTH] [if EXPR]", "break write; rwatch: read; awatch: access",
      NULL, "watch ticks", "symbol register", COMMAND_POINT, false, run_watch },
    { "points", "bl", "", "the points, and how often each was hit", NULL, "points", NULL, COMMAND_LOOK,
      false, run_points },
    { "delete", "d", "ID ...|all", "remove points", NULL, "delete 2", "all", COMMAND_POINT, false,
      run_delete },
    { "enable", NULL, "[ID ...]", "let points work again; without ID: all", NULL, "enable 1", "all",
      COMMAND_POINT, false, run_enable },
    { "disable", NULL, "[ID ...]", "keep points without effect", NULL, "disable 1", "all",
      COMMAND_POINT, false, run_disable },
    { "ignore", NULL, "ID N", "pass over the next N hits", NULL, "ignore 1 10", NULL, COMMAND_POINT,
      false, run_ignore },
    { .name = NULL },
    /* clang-format on */
};
