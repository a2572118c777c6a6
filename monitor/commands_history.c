/* SPDX-License-Identifier: MIT */
/* commands_history.c - the past: hist, ints. */
#include "monitor/command.h"

#include "cpu/fault.h"
#include "monitor/history.h"
#include "monitor/line.h"
#include "monitor/postmortem.h"
#include "monitor/session.h"

/* An optional number of things, at least one and at most `most`. */
static bool take_count(struct line *line, uint64_t *n, uint64_t most, struct error *err)
{
    if (line_more(line) && !line_value(line, "number", n, err))
        return false;
    if (!*n || *n > most)
        return error_set(err, "the number must be from 1 to %u", (unsigned)most);
    return line_end(line, err);
}

static bool run_hist(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    uint64_t n = 20;
    return take_count(line, &n, HISTORY_INSNS, err) &&
           history_insns(mon->machine, mon->symbols, (unsigned)n, HISTORY_INSNS, to, err);
}

static bool run_ints(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    uint64_t n = 16;
    if (!take_count(line, &n, DELIVERIES, err))
        return false;
    history_events(mon->machine, mon->symbols, (unsigned)n, to);
    return true;
}

static bool run_triple(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    return line_end(line, err) && postmortem_answer(mon->machine, mon->symbols, to, err);
}

const struct command commands_history[] = {
    /* clang-format off */
    { "hist", "history", "[N]", "the last instructions, the newest last",
      "Twenty, or N up to 4096. @ is the number of instructions before it since power-on. Interrupts and\n"
      "exceptions stand between them where they came. An instruction with REP appears once, and the rounds\n"
      "of a loop are shown once, with their number; JSON has each of them.",
      "hist 50", NULL, COMMAND_LOOK, false, run_hist },
    { "ints", NULL, "[N]", "the last interrupts, exceptions and INT n, with their reasons",
      "Sixteen, or N up to 256, the newest last.", "ints 5", NULL, COMMAND_LOOK, false, run_ints },
    { "triple", "postmortem", "", "how the triple fault came about: the report again",
      "Each fault with its reason, the gate and the stack that were tried, registers, who called, and the\n"
      "last instructions. Memory and registers are those of the first fault.",
      "triple", NULL, COMMAND_EXPLAIN, false, run_triple },
    { .name = NULL },
    /* clang-format on */
};
