/* SPDX-License-Identifier: MIT */
/*
 * session.h - the inside of a monitor's session: shared by the files of monitor/, by nobody else.
 *
 * A session executes commands from a stack of scripts: the typed line, a file that it sources, the
 * action of a point. A command that lets the machine run leaves the rest where it is; when the
 * machine has stopped and the command is satisfied (run.h), the rest goes on.
 */
#ifndef MONITOR_SESSION_H
#define MONITOR_SESSION_H

#include "machine/debug.h"
#include "monitor/monitor.h"
#include "monitor/registers.h"
#include "monitor/run.h"
#include "monitor/wait.h"

struct command;
struct point;
struct view;

#define MONITOR_LINE 4096 /* the longest command */
#define MONITOR_NEST 16   /* scripts inside scripts */

struct script {
    char *text;           /* owned */
    char *at;             /* what comes next */
    bool tried;           /* a mistake in it is printed and does not end what called it */
    char *name;           /* the file, for messages; NULL: typed */
    unsigned line;        /* of `at`, from 1 */
    struct script *outer; /* who called it */
};

struct variable {
    char name[32];         /* without the dollar sign */
    uint64_t value;        /* as set */
    struct variable *next; /* or NULL */
};

struct alias {
    char name[32];      /* what is typed */
    char *text;         /* what it stands for */
    struct alias *next; /* or NULL */
};

struct monitor {
    struct machine *machine;         /* borrowed */
    struct symbols *symbols;         /* owned */
    struct out *to;                  /* answers */
    bool json;                       /* for programs */
    struct monitor_host host;        /* what main can do for us */
    struct script *script;           /* the innermost one, NULL: nothing to do */
    unsigned depth;                  /* scripts on the stack */
    enum monitor_want want;          /* set by the commands of the present line */
    bool verbose;                    /* commands of scripts are printed before they are done */
    const struct debug_event *event; /* while a point is judged or has stopped the machine */
    struct variable *variables;      /* set $name = ... */
    struct alias *aliases;           /* alias NAME = TEXT */
    struct point *points;            /* verbs, conditions and actions, in order of id */
    int last_point;                  /* the number of the point that was made last */
    struct run run;                  /* what the machine runs for */
    struct registers_seen seen;      /* the registers when the machine last began to run */
    struct view *views;              /* address spaces by name, owned */
    struct wait wait;                /* what it waits for, what is to be typed */
    struct debug_event stop_event;   /* the event of the last stop at a point */
    char last[MONITOR_LINE];         /* what an empty line repeats */
    bool repeating;                  /* the present command was repeated by an empty line: go on */
    uint32_t next_x;                 /* x: where an empty line goes on */
    char format_x[16];               /* x: and its format */
    uint32_t next_dis;               /* dis: where an empty line goes on */
    char next_list_file[256];        /* list: where an empty line goes on */
    unsigned next_list_line;         /* list: and the line */
};

/* The rows, in the order of `help`. NULL past the last. */
const struct command *command_at(unsigned n);
/* By name, alias or unambiguous beginning. NULL and err, which lists the choices. */
const struct command *command_find(const char *word, size_t len, struct error *err);
/* Is word the row's name or one of its aliases? */
bool command_called(const struct command *c, const char *word, size_t len);

/* Puts text on the stack of scripts, to be executed next. name: file for messages, or NULL. */
bool session_push(struct monitor *mon, const char *text, const char *name, struct error *err);
/* Forgets everything that waits. */
void session_drop(struct monitor *mon);
/* Something failed in the middle of a run: what tried it goes on, else all that waits is forgotten, and
   false is for the caller to return. */
bool session_fail(struct monitor *mon, const struct error *mistake, enum monitor_want *want,
                  struct error *err);
/* Executes what waits, until the machine is to run or nothing is left. */
bool session_go(struct monitor *mon, enum monitor_want *want, struct error *err);

/* Says that something failed, where nobody can be handed an error: in the middle of a run. */
void session_complain(struct monitor *mon, const struct error *err);

/* A register by its name in debug.h; 0 if there is none. */
uint64_t session_reg(const struct monitor *mon, const char *name);
/* "c0100010 <kmain+16> main.c:12" as far as it is known. */
void session_place(const struct monitor *mon, uint32_t lin, char *text, size_t n);

#endif
