/* SPDX-License-Identifier: MIT */
/*
 * commands_run.c - commands that let the machine run: continue, steps, finish, wait. What happens when
 * it stops is in run.c.
 */
#include "monitor/command.h"

#include "machine/debug.h"
#include "monitor/answer.h"
#include "monitor/events.h"
#include "monitor/line.h"
#include "monitor/points.h"
#include "monitor/session.h"
#include "monitor/stop.h"
#include "monitor/wait.h"

#include <stdio.h>
#include <string.h>

static bool run_continue_command(struct monitor *mon, struct line *line, struct answer *to,
                                 struct error *err)
{
    if (!line_end(line, err))
        return false;
    run_continue(mon);
    return true;
}

/* "[N]": how often, from 1. A negative one is a way back in time. */
static bool take_count(struct line *line, uint64_t *n, struct error *err)
{
    *n = 1;
    if (line_more(line) && !line_value(line, "count", n, err))
        return false;
    if (!line_end(line, err))
        return false;
    if ((int64_t)*n < 0)
        return error_set(err, "steps backwards come with time travel");
    if (*n == 0)
        return error_set(err, "the count can be 1 or more");
    return true;
}

static bool run_step(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    uint64_t n;

    return take_count(line, &n, err) && run_lines(mon, false, n, err);
}

static bool run_stepi(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    uint64_t n;

    return take_count(line, &n, err) && run_insns(mon, false, n, err);
}

static bool run_nexti(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    uint64_t n;

    return take_count(line, &n, err) && run_insns(mon, true, n, err);
}

static bool run_next(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    uint64_t n;

    if (event_noun_next(line))
        return points_run_to(mon, line, err);
    return take_count(line, &n, err) && run_lines(mon, true, n, err);
}

static bool run_until(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    if (line_more(line))
        return points_run_to(mon, line, err);
    return run_lines(mon, true, 1, err);
}

static bool run_finish(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    return line_end(line, err) && run_out(mon, err);
}

static bool run_step_irqs(struct monitor *mon, struct line *line, struct answer *to,
                          struct error *err)
{
    bool on = mon->run.irqs;

    if (line_keyword(line, "on"))
        on = true;
    else if (line_keyword(line, "off"))
        on = false;
    if (!line_end(line, err))
        return false;
    mon->run.irqs = on;
    answer_text(to, "%s\n",
                on ? "steps enter interrupt handlers"
                   : "interrupts that come between steps run through");
    answer_bool(to, "step_irqs", on);
    return true;
}

static bool run_here(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    if (!line_end(line, err))
        return false;
    stop_place(mon, to);
    return true;
}

/* ---- wait ------------------------------------------------------------------------------ */

static bool take_where(struct line *line, enum wait_where *where, struct error *err)
{
    if (line_keyword(line, "screen"))
        *where = WAIT_ON_SCREEN;
    else if (line_keyword(line, "serial") || line_keyword(line, "com1"))
        *where = WAIT_ON_SERIAL;
    else if (line_keyword(line, "serial2") || line_keyword(line, "com2"))
        *where = WAIT_ON_SERIAL2;
    else
        return line_error(line, line->at, err, "on screen, on serial or on serial2");
    return true;
}

static bool take_limit(struct line *line, uint64_t *ms, struct error *err)
{
    const char *at = (line_more(line), line->at);

    if (!line_value(line, "time", ms, err))
        return false;
    if (line_keyword(line, "s")) {
        *ms *= 1000;
    } else if (!line_keyword(line, "ms")) {
        return line_error(line, line->at, err, "for N ms or for N s, of guest time");
    }
    if (*ms == 0 || *ms > UINT64_C(1000) * 1000 * 1000 * 1000)
        return line_error(line, at, err, "a time from 1 ms on");
    return true;
}

static bool run_wait_command(struct monitor *mon, struct line *line, struct answer *to,
                             struct error *err)
{
    enum wait_where where = WAIT_ANYWHERE;
    char text[WAIT_TEXT];
    uint64_t ms = 0;

    if (!line_word(line, "text", text, sizeof text, err))
        return false;
    if (!text[0])
        return error_set(err, "wait: the text is empty");
    if (line_keyword(line, "on") && !take_where(line, &where, err))
        return false;
    if (line_keyword(line, "for") && !take_limit(line, &ms, err))
        return false;
    if (!line_end(line, err))
        return false;
    answer_string(to, "text", text);
    if (!wait_begin(mon, text, where, ms))
        run_wait(mon);
    return true;
}

/* ---- Time ------------------------------------------------------------------------------ */

static bool run_later(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    return error_set(err, "%.*s comes with time travel: not available in this version",
                     (int)strcspn(line->text, " "), line->text);
}

const struct command commands_run[] = {
    /* clang-format off */
    { "continue", "c cont", "", "let the machine run until something stops it",
      "Ctrl-C stops it at the prompt.", "continue", NULL, COMMAND_RUN, true, run_continue_command },
    { "step", "s", "[N]", "to the next source line, into calls",
      "One instruction where no line is known. Interrupts that come between run through\n"
      "(step-irqs). A function without lines is run to its end.", "step 3", NULL, COMMAND_RUN, true,
      run_step },
    { "next", "n", "[N] | EVENT", "to the next source line, over calls; to the next event",
      "A page fault on the way is handled and the line goes on. next EVENT is until EVENT.",
      "next\nnext exc 14", "event symbol register", COMMAND_RUN, true, run_next },
    { "stepi", "si", "[N]", "one instruction, or N", "Calls, INT and faults are entered; REP is one step.",
      "si 10", NULL, COMMAND_RUN, true, run_stepi },
    { "nexti", "ni", "[N]", "one instruction, over calls, INT and faults", NULL, "ni", NULL,
      COMMAND_RUN, true, run_nexti },
    { "finish", "fin", "", "until the present function has returned",
      "The caller is found as bt finds it.", "finish", NULL, COMMAND_RUN, false, run_finish },
    { "until", "advance", "[EVENT [if EXPR]]", "until it happens; without EVENT: the next line",
      "EVENT is as for break; an address alone is exec. The point goes with the next stop.",
      "until exec sys_fork\nuntil cr 3 if value != old", "event symbol register", COMMAND_RUN, false,
      run_until },
    { "wait", NULL, "\"TEXT\" [on screen|serial|serial2] [for N ms|s]",
      "until the guest has written TEXT; fails if it is too late",
      "serial or com1 is the first serial line, serial2 or com2 the second; without on: the screen\n"
      "or the first line. What was found on a line is used up: the next wait looks behind it. On\n"
      "the screen a text counts while it stands there; \\n in it is the blank rest of a row, or the\n"
      "beginning of the first. The time is the guest's.",
      "wait \"$ \" on serial for 20 s\nwait \"\\n# \" on screen",
      "on screen serial serial2 com1 com2 for", COMMAND_RUN, false, run_wait_command },
    { "step-irqs", NULL, "[on|off]", "whether steps enter interrupt handlers", NULL, "step-irqs on",
      "on|off", COMMAND_META, false, run_step_irqs },
    { "here", NULL, "", "the instruction that is next", NULL, "here", NULL, COMMAND_LOOK, false,
      run_here },
    { "goto", NULL, "@ICOUNT", "to a moment of the run", NULL, NULL, NULL, COMMAND_RUN, false, run_later },
    { "prev", NULL, "EVENT", "back to the last time it happened", NULL, NULL, NULL, COMMAND_RUN, false,
      run_later },
    { "rc", "reverse-continue", "", "back to the last stop", NULL, NULL, NULL, COMMAND_RUN, false,
      run_later },
    { "rsi", "reverse-stepi", "[N]", "one instruction back", NULL, NULL, NULL, COMMAND_RUN, false,
      run_later },
    { "bookmark", NULL, "NAME", "remember this moment", NULL, NULL, NULL, COMMAND_RUN, false, run_later },
    { "timeline", NULL, "", "the moments that are known", NULL, NULL, NULL, COMMAND_RUN, false,
      run_later },
    { "who", NULL, "VA|pte VA|idt N", "who wrote this last", NULL, "who $esp", "symbol", COMMAND_EXPLAIN, false,
      run_later },
    { .name = NULL },
    /* clang-format on */
};
