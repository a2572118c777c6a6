/* SPDX-License-Identifier: MIT */
/*
 * commands_meta.c - commands about the session itself: help, json, alias, source, quit.
 */
#include "monitor/command.h"

#include "base/version.h"
#include "machine/debug.h"
#include "monitor/answer.h"
#include "monitor/line.h"
#include "monitor/session.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- help ------------------------------------------------------------------------------ */

static const struct {
    enum command_kind kind;
    const char *key, *title;
} kinds[] = {
    {COMMAND_RUN, "run", "Run"},
    {COMMAND_POINT, "point", "Points: stop, print or count when something happens"},
    {COMMAND_LOOK, "look", "Look"},
    {COMMAND_EXPLAIN, "explain", "Explain"},
    {COMMAND_CHANGE, "change", "Change"},
    {COMMAND_META, "session", "Session"},
};

static void list_kind(enum command_kind kind, struct answer *to)
{
    const struct command *c;

    for (unsigned n = 0; (c = command_at(n)); n++) {
        char usage[200];

        if (c->kind != kind)
            continue;
        snprintf(usage, sizeof usage, "%s%s%s", c->name, *c->args ? " " : "", c->args);
        if (strlen(usage) > 30)
            answer_text(to, "  %s\n  %-30s  %s\n", usage, "", c->summary);
        else
            answer_text(to, "  %-30s  %s\n", usage, c->summary);
        answer_object(to, NULL);
        answer_string(to, "name", c->name);
        answer_string(to, "args", c->args);
        answer_string(to, "summary", c->summary);
        answer_close(to);
    }
}

static void indent(struct answer *to, const char *text, const char *before)
{
    while (*text) {
        size_t len = strcspn(text, "\n");

        answer_text(to, "%s%.*s\n", before, (int)len, text);
        text += len + (text[len] == '\n');
    }
}

static void help_one(const struct command *c, struct answer *to)
{
    answer_text(to, "%s%s%s\n  %s\n", c->name, *c->args ? " " : "", c->args, c->summary);
    if (c->aliases && *c->aliases)
        answer_text(to, "  Also called: %s\n", c->aliases);
    if (c->detail)
        indent(to, c->detail, "  ");
    if (c->example) {
        answer_text(to, "Example:\n");
        indent(to, c->example, "  ");
    }
    answer_string(to, "name", c->name);
    answer_string(to, "args", c->args);
    answer_string(to, "summary", c->summary);
    if (c->aliases && *c->aliases)
        answer_string(to, "aliases", c->aliases);
    if (c->detail)
        answer_string(to, "detail", c->detail);
    if (c->example)
        answer_string(to, "example", c->example);
}

static bool run_help(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    char word[32];

    if (line_more(line)) {
        const struct command *c;

        if (!line_word(line, "command", word, sizeof word, err) || !line_end(line, err))
            return false;
        c = command_find(word, strlen(word), err);
        if (c)
            help_one(c, to);
        return c != NULL;
    }
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        answer_text(to, "%s%s\n", i ? "\n" : "", kinds[i].title);
        answer_list(to, kinds[i].key);
        list_kind(kinds[i].kind, to);
        answer_close(to);
    }
    answer_text(to, "\nhelp COMMAND says more, with an example. Names can be shortened.\n");
    return true;
}

/* ---- json, echo, version --------------------------------------------------------------- */

static bool run_json(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    bool on = mon->json;

    if (line_keyword(line, "on"))
        on = true;
    else if (line_keyword(line, "off"))
        on = false;
    if (!line_end(line, err))
        return false;
    answer_text(to, "answers are for %s\n", on ? "programs" : "people");
    answer_bool(to, "json", on);
    mon->json = on;
    return true;
}

static bool run_echo(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    char text[MONITOR_LINE];

    text[0] = 0;
    if (line_more(line) && *line->at == '"') {
        if (!line_word(line, "text", text, sizeof text, err) || !line_end(line, err))
            return false;
    } else {
        snprintf(text, sizeof text, "%s", line_rest(line));
    }
    answer_text(to, "%s\n", text);
    answer_string(to, "text", text);
    return true;
}

static bool run_version(struct monitor *mon, struct line *line, struct answer *to,
                        struct error *err)
{
    if (!line_end(line, err))
        return false;
    answer_text(to, "emu386 %s\n", EMU386_VERSION);
    answer_string(to, "version", EMU386_VERSION);
    return true;
}

/* ---- source, alias --------------------------------------------------------------------- */

#define MAX_SCRIPT (1u << 20)

static bool run_source(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    char name[1024];
    char *text;
    size_t n;
    FILE *f;
    bool ok;

    if (!line_word(line, "file", name, sizeof name, err) || !line_end(line, err))
        return false;
    f = fopen(name, "re");
    if (!f)
        return error_set(err, "%s: cannot read: %s", name, strerror(errno));
    text = malloc(MAX_SCRIPT + 1);
    n = text ? fread(text, 1, MAX_SCRIPT + 1, f) : 0;
    ok = text && !ferror(f) && n <= MAX_SCRIPT;
    if (!ok)
        error_set(err, "%s: %s", name,
                  !text            ? "no memory"
                  : n > MAX_SCRIPT ? "longer than 1 MiB: not a script"
                                   : strerror(errno));
    if (ok && memchr(text, 0, n))
        ok = error_set(err, "%s: not a text", name);
    if (ok) {
        text[n] = 0;
        ok = session_push(mon, text, name, err);
    }
    answer_string(to, "file", name);
    free(text);
    fclose(f);
    return ok;
}

static void list_aliases(struct monitor *mon, struct answer *to)
{
    if (!mon->aliases)
        answer_text(to, "no aliases; alias NAME = COMMAND makes one\n");
    answer_list(to, "aliases");
    for (const struct alias *a = mon->aliases; a; a = a->next) {
        answer_text(to, "alias %s = %s\n", a->name, a->text);
        answer_object(to, NULL);
        answer_string(to, "name", a->name);
        answer_string(to, "text", a->text);
        answer_close(to);
    }
    answer_close(to);
}

static void drop_alias(struct monitor *mon, const char *name)
{
    for (struct alias **at = &mon->aliases; *at; at = &(*at)->next) {
        struct alias *a = *at;

        if (strcmp(a->name, name) != 0)
            continue;
        *at = a->next;
        free(a->text);
        free(a);
        return;
    }
}

static bool run_alias(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    struct alias *a;
    const char *text;
    char name[32];

    if (!line_more(line)) {
        list_aliases(mon, to);
        return true;
    }
    if (!line_word(line, "name", name, sizeof name, err))
        return false;
    for (const char *s = name; *s; s++)
        if (!isalnum((unsigned char)*s) && *s != '-' && *s != '_')
            return error_set(err, "alias: a name has letters, digits, - and _ only");
    (void)line_keyword(line, "=");
    text = line_rest(line);
    drop_alias(mon, name);
    if (!*text)
        return true;
    a = calloc(1, sizeof *a);
    if (!a || !(a->text = strdup(text))) {
        free(a);
        return error_set(err, "no memory for the alias");
    }
    strcpy(a->name, name);
    a->next = mon->aliases;
    mon->aliases = a;
    answer_string(to, "name", a->name);
    answer_string(to, "text", a->text);
    return true;
}

static bool run_try(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    if (!line_more(line))
        return line_error(line, line->at, err, "command is missing");
    if (!session_push(mon, line_rest(line), NULL, err))
        return false;
    mon->script->tried = true;
    return true;
}

static bool run_verbose(struct monitor *mon, struct line *line, struct answer *to,
                        struct error *err)
{
    bool on = !line_keyword(line, "off");

    (void)line_keyword(line, "on");
    if (!line_end(line, err))
        return false;
    mon->verbose = on;
    answer_bool(to, "verbose", on);
    return true;
}

/* ---- quit ------------------------------------------------------------------------------- */

static bool run_quit(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    if (!line_end(line, err))
        return false;
    session_drop(mon);
    mon->want = MONITOR_QUIT;
    return true;
}

const struct command commands_meta[] = {
    /* clang-format off */
    { "help", "h ?", "[COMMAND]", "what there is, or what COMMAND does",
      NULL, "help x", "command", COMMAND_META, false, run_help },
    { "source", NULL, "FILE", "execute the commands of a file",
      "One a line, or separated by semicolons; # begins a comment line. The first that fails ends it.",
      NULL, "file", COMMAND_META, false, run_source },
    { "alias", NULL, "[NAME = COMMAND]", "another name for a command and its first arguments",
      "Without arguments: lists them. Without a command: forgets NAME.",
      "alias stack = x/8xw $esp", "command", COMMAND_META, false, run_alias },
    { "echo", NULL, "TEXT", "print TEXT", "In quotes, with the escapes of C.",
      "echo \"ready\\n\"", NULL, COMMAND_META, false, run_echo },
    { "try", NULL, "COMMAND", "execute COMMAND; if it fails, print why and go on",
      "In scripts, where else a failure is the end.", "try x 0", "command", COMMAND_META, false, run_try },
    { "verbose", NULL, "[on|off]", "print the commands of scripts before they are done", NULL,
      "verbose on", "on|off", COMMAND_META, false, run_verbose },
    { "json", NULL, "[on|off]", "answers as JSON objects, one a line",
      "docs/monitor-json.md has the keys.", "json on", "on|off", COMMAND_META, false, run_json },
    { "version", NULL, "", "the version of emu386", NULL, NULL, NULL, COMMAND_META, false,
      run_version },
    { "quit", "q exit", "", "end emu386", NULL, NULL, NULL, COMMAND_META, false, run_quit },
    { .name = NULL },
    /* clang-format on */
};
