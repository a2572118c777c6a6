/* SPDX-License-Identifier: MIT */
/*
 * points.c - see points.h. A verdict is given between two instructions, inside machine_run: there
 * commands may look, and add or remove points; what lets the machine run has no effect.
 */
#include "monitor/points.h"

#include "base/out.h"
#include "machine/debug.h"
#include "monitor/answer.h"
#include "monitor/events.h"
#include "monitor/line.h"
#include "monitor/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const verbs[] = {"break", "trace", "count", "until"};

/* Executes the action on the side: what waits in the session's scripts is not touched. */
static void act(struct monitor *mon, const char *action)
{
    struct script *waiting = mon->script;
    unsigned depth = mon->depth;
    enum monitor_want want, before = mon->want;
    struct error err;

    mon->script = NULL;
    mon->depth = 0;
    if (!session_push(mon, action, NULL, &err) || !session_go(mon, &want, &err))
        session_complain(mon, &err);
    session_drop(mon);
    mon->script = waiting;
    mon->depth = depth;
    mon->want = before;
}

static void print_trace(struct monitor *mon, const struct point *p, const struct debug_event *e)
{
    struct answer to = {.to = mon->to, .json = mon->json};
    char text[300], place[300];

    event_text(mon, e, text, sizeof text);
    session_place(mon, debug_pc(mon->machine), place, sizeof place);
    if (e->kind == DEBUG_EXEC)
        answer_text(&to, "%d: %s\n", p->number, place);
    else
        answer_text(&to, "%d: %s, at %s\n", p->number, text, place);
    answer_object(&to, NULL);
    answer_string(&to, "event", "trace");
    answer_number(&to, "point", (uint64_t)p->number);
    event_fields(e, &to);
    answer_number(&to, "pc", debug_pc(mon->machine));
    answer_close(&to);
    if (mon->json)
        out_text(mon->to, "\n");
}

/* The condition. One that cannot be evaluated stops the machine and says why. */
static bool holds(struct point *p)
{
    struct line line = {.mon = p->mon, .text = p->condition, .at = p->condition};
    struct error err;
    uint64_t value;

    free(p->complaint);
    p->complaint = NULL;
    if (!p->condition)
        return true;
    if (line_value(&line, "condition", &value, &err))
        return value != 0;
    p->complaint = strdup(err.text);
    return true;
}

static bool on_hit(void *ctx, struct machine *m, const struct debug_point *d,
                   const struct debug_event *e)
{
    struct point *p = ctx;
    struct monitor *mon = p->mon;
    const struct debug_event *before = mon->event;
    bool stop = true;

    (void)m;
    (void)d;
    mon->event = e;
    if (!holds(p)) {
        mon->event = before;
        return false;
    }
    p->hits++;
    if (p->complaint) {
        stop = true;
    } else if (p->ignore) {
        p->ignore--;
        stop = false;
    } else if (p->verb == POINT_TRACE) {
        print_trace(mon, p, e);
        if (p->action)
            act(mon, p->action);
        stop = false;
    } else if (p->verb == POINT_COUNT) {
        stop = false;
    }
    mon->event = before;
    return stop;
}

static void point_free(struct point *p)
{
    free(p->condition);
    free(p->action);
    free(p->complaint);
    free(p);
}

static bool copy(char **to, const char *text)
{
    *to = text ? strdup(text) : NULL;
    return !text || *to;
}

/* A condition with a mistake in its grammar or names is refused now, not when it is met. */
static bool check(struct monitor *mon, const struct debug_spec *spec, const char *condition,
                  struct error *err)
{
    struct debug_event event = {.kind = spec->kind};
    const struct debug_event *before = mon->event;
    struct line line = {.mon = mon, .text = condition, .at = condition};
    struct error mistake;
    bool ok;

    if (!condition)
        return true;
    mon->event = &event;
    ok = line_parse_only(&line, "condition", &mistake) && line_end(&line, &mistake);
    mon->event = before;
    return ok || error_set(err, "condition: %s", mistake.text);
}

struct point *point_add(struct monitor *mon, const struct debug_spec *spec, enum point_verb verb,
                        const char *condition, const char *action, struct error *err)
{
    struct debug_spec with = *spec;
    struct point *p, **at = &mon->points;

    if (!check(mon, spec, condition, err))
        return NULL;
    p = calloc(1, sizeof *p);
    if (!p || !copy(&p->condition, condition) || !copy(&p->action, action)) {
        if (p)
            point_free(p);
        error_set(err, "no memory for the point");
        return NULL;
    }
    p->mon = mon;
    p->verb = verb;
    with.hit = on_hit;
    with.ctx = p;
    p->id = debug_add(mon->machine, &with, err);
    if (!p->id) {
        point_free(p);
        return NULL;
    }
    if (verb != POINT_UNTIL)
        p->number = ++mon->last_point;
    while (*at)
        at = &(*at)->next;
    *at = p;
    return p;
}

struct point *point_numbered(const struct monitor *mon, uint64_t number)
{
    for (struct point *p = mon->points; p; p = p->next)
        if (p->number && (uint64_t)p->number == number)
            return p;
    return NULL;
}

static void unlink_point(struct monitor *mon, struct point *p)
{
    for (struct point **at = &mon->points; *at; at = &(*at)->next) {
        if (*at == p) {
            *at = p->next;
            point_free(p);
            return;
        }
    }
}

bool point_remove(struct monitor *mon, int id)
{
    struct point *p = point_find(mon, id);

    if (!debug_remove(mon->machine, id))
        return false;
    if (p)
        unlink_point(mon, p);
    return true;
}

void point_remove_all(struct monitor *mon)
{
    while (mon->points)
        if (!point_remove(mon, mon->points->id))
            unlink_point(mon, mon->points);
}

struct point *point_find(const struct monitor *mon, int id)
{
    for (struct point *p = mon->points; p; p = p->next)
        if (p->id == id)
            return p;
    return NULL;
}

void point_sweep(struct monitor *mon, bool until)
{
    struct point *next;

    for (struct point *p = mon->points; p; p = next) {
        next = p->next;
        if (!debug_find(mon->machine, p->id))
            unlink_point(mon, p);
        else if (until && p->verb == POINT_UNTIL)
            point_remove(mon, p->id);
    }
}

void point_text(const struct monitor *mon, const struct point *p, char *text, size_t n)
{
    const struct debug_point *d = debug_find(mon->machine, p->id);
    char wish[300] = "";

    if (d)
        event_wish(mon, &d->spec, wish, sizeof wish);
    snprintf(text, n, "%s %s%s%s%s%s", verbs[p->verb], wish, p->condition ? " if " : "",
             p->condition ? p->condition : "", p->action ? " do " : "", p->action ? p->action : "");
}
