/* SPDX-License-Identifier: MIT */
/*
 * command.h - one row per command. `help`, completion, abbreviation, docs/monitor.md and the
 * commands that gdb's `monitor` offers all read these rows.
 *
 * A command takes its arguments from `line` (line.h), says what it has to say through `answer`
 * (answer.h), and answers false with err filled when it cannot. Commands of kind LOOK and EXPLAIN
 * leave the machine as it was, bit for bit (tests/monitor checks).
 */
#ifndef MONITOR_COMMAND_H
#define MONITOR_COMMAND_H

#include "base/types.h"

struct answer;
struct line;
struct monitor;

enum command_kind {
    COMMAND_LOOK,
    COMMAND_EXPLAIN,
    COMMAND_POINT,
    COMMAND_RUN,
    COMMAND_CHANGE,
    COMMAND_META
};

struct command {
    const char *name;     /* "page" */
    const char *aliases;  /* "pg walk": other names, separated by blanks; NULL: none */
    const char *args;     /* "VA [cr3 X]"; "" if none */
    const char *summary;  /* one line for the list */
    const char *detail;   /* what help NAME says beyond that; NULL: nothing */
    const char *example;  /* a line that works on the built-in kernel; several: separated by \n */
    const char *complete; /* what its arguments are, for completion: words out of "symbol register
                             device file command event on|off ...", NULL: nothing */
    enum command_kind kind;
    bool repeats; /* an empty line after it does it again (x and dis go on from there) */
    bool (*run)(struct monitor *mon, struct line *line, struct answer *to, struct error *err);
};

/* One table per file of commands, closed by a row without a name; commands.c joins them. */
extern const struct command commands_meta[];      /* help, json, quit ... */
extern const struct command commands_run[];       /* continue, step, until ... */
extern const struct command commands_points[];    /* break, trace, count ... */
extern const struct command commands_change[];    /* set, poke, inject, key, type, wait ... */
extern const struct command commands_memory[];    /* x, xp, p */
extern const struct command commands_source[];    /* symbols, list, dis, bt */
extern const struct command commands_history[];   /* hist, ints */
extern const struct command commands_registers[]; /* r, seg, cr, dr, fpu */
extern const struct command commands_pages[];     /* page, maps, pd, pt, tlb, rmap, lint, as */
extern const struct command commands_tables[];    /* gdt, idt, ldt, tss, ivt */
extern const struct command commands_devices[];   /* dev, info */
extern const struct command commands_drives[];    /* insert, eject */
extern const struct command commands_why[];       /* why, irq */

#endif
