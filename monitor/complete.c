/* SPDX-License-Identifier: MIT */
/*
 * complete.c - candidates for the word before the cursor: commands at the beginning, then whatever
 * kinds of words the command's row names.
 */
#include "monitor/command.h"

#include "machine/inspect.h"
#include "monitor/names.h"
#include "monitor/session.h"
#include "monitor/symbols.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define MAX_SYMBOLS 2000 /* candidates that readline is given at most */

struct completion {
    struct monitor *mon;                      /* the session */
    char word[256];                           /* what was typed of it */
    size_t len;                               /* its length */
    bool *files;                              /* see monitor_complete */
    void (*add)(void *ctx, const char *word); /* takes a candidate */
    void *ctx;                                /* handed to it */
};

static void add_if(struct completion *c, const char *word)
{
    if (strncmp(word, c->word, c->len) == 0)
        c->add(c->ctx, word);
}

static void add_commands(struct completion *c)
{
    const struct command *row;

    for (unsigned n = 0; (row = command_at(n)); n++)
        add_if(c, row->name);
    for (const struct alias *a = c->mon->aliases; a; a = a->next)
        add_if(c, a->name);
}

static void add_symbols(struct completion *c)
{
    const char *name;

    for (unsigned n = 0; n < MAX_SYMBOLS && (name = symbols_complete(c->mon->symbols, c->word, n));
         n++)
        c->add(c->ctx, name);
}

/* $eax as well as eax. */
static void add_registers(struct completion *c)
{
    bool dollar = c->word[0] == '$';
    const char *name;
    char text[64];

    if (!dollar && !c->len)
        return; /* all of them would hide the rest */
    for (unsigned n = 0; (name = names_register(c->mon, c->word + dollar, n)); n++) {
        snprintf(text, sizeof text, "%s%s", dollar ? "$" : "", name);
        c->add(c->ctx, text);
    }
    for (const struct variable *v = c->mon->variables; dollar && v; v = v->next) {
        snprintf(text, sizeof text, "$%s", v->name);
        add_if(c, text);
    }
}

static void add_devices(struct completion *c)
{
    const struct inspect_device *d;

    for (unsigned n = 0; (d = inspect_device(n)); n++)
        add_if(c, d->name);
}

static void add_events(struct completion *c)
{
    static const char *const nouns[] = {"exec", "read", "write", "access",    "exc",    "irq",
                                        "io",   "cr",   "mode",  "task",      "cpl",    "iret",
                                        "hlt",  "once", "if",    "tlb-stale", "icount", "do"};
    const char *name;

    for (size_t i = 0; i < ARRAY_LEN(nouns); i++)
        add_if(c, nouns[i]);
    for (unsigned n = 0; c->len && (name = names_event(c->word, n)); n++)
        c->add(c->ctx, name);
}

static bool is_kind(const char *kind, size_t len, const char *name)
{
    return strlen(name) == len && strncmp(kind, name, len) == 0;
}

/* One word of command.complete: a kind, or literal words separated by bars. */
static void add_kind(struct completion *c, const char *kind, size_t len)
{
    char text[128];

    if (is_kind(kind, len, "symbol")) {
        add_symbols(c);
    } else if (is_kind(kind, len, "register")) {
        add_registers(c);
    } else if (is_kind(kind, len, "device")) {
        add_devices(c);
    } else if (is_kind(kind, len, "event")) {
        add_events(c);
    } else if (is_kind(kind, len, "command")) {
        add_commands(c);
    } else if (is_kind(kind, len, "file")) {
        *c->files = true;
    } else if (len < sizeof text) {
        memcpy(text, kind, len);
        text[len] = 0;
        for (char *word = strtok(text, "|"); word; word = strtok(NULL, "|"))
            add_if(c, word);
    }
}

/* The row of the command that the line begins with, behind its last semicolon; NULL: none yet. */
static const struct command *find_row(const char *line, size_t at)
{
    const char *start = line;
    struct error none;
    size_t len = 0;

    for (const char *s = line; s < line + at; s++)
        if (*s == ';')
            start = s + 1;
    while (*start == ' ')
        start++;
    while (isalnum((unsigned char)start[len]) || start[len] == '-' || start[len] == '_')
        len++;
    return len && start + len < line + at ? command_find(start, len, &none) : NULL;
}

static bool is_word(char ch)
{
    return isalnum((unsigned char)ch) || strchr("_.$-/~", ch);
}

void monitor_complete(struct monitor *mon, const char *line, size_t at, size_t *start, bool *files,
                      void (*add)(void *ctx, const char *word), void *ctx)
{
    struct completion c = {.mon = mon, .files = files, .add = add, .ctx = ctx};
    const struct command *row = find_row(line, at);

    *files = false;
    for (*start = at; *start > 0 && line[*start - 1] && is_word(line[*start - 1]);)
        --*start;
    c.len = at - *start;
    if (c.len >= sizeof c.word)
        return;
    memcpy(c.word, line + *start, c.len);
    if (!row) {
        add_commands(&c);
        return;
    }
    for (const char *kind = row->complete; kind && *kind;) {
        size_t len = strcspn(kind, " ");

        add_kind(&c, kind, len);
        kind += len;
        kind += strspn(kind, " ");
    }
}
