/* SPDX-License-Identifier: MIT */
/*
 * monitor.c - the session: the stack of scripts, one command after the other, answers in their two
 * faces. A JSON answer is collected first, so that a command that fails half-way prints no half of an
 * object.
 */
#include "monitor/monitor.h"

#include "base/out.h"
#include "machine/debug.h"
#include "monitor/answer.h"
#include "monitor/command.h"
#include "monitor/line.h"
#include "monitor/session.h"
#include "monitor/symbols.h"
#include "monitor/views.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static bool translate(void *ctx, uint32_t cr3, uint32_t lin, uint32_t *phys)
{
    return debug_translate(ctx, cr3, lin, phys);
}

struct monitor *monitor_new(struct machine *m, struct out *to, bool json, struct error *err)
{
    struct monitor *mon = calloc(1, sizeof *mon);

    if (mon)
        mon->symbols = symbols_new();
    if (!mon || !mon->symbols) {
        free(mon);
        error_set(err, "no memory for the monitor");
        return NULL;
    }
    symbols_set_paging(mon->symbols, translate, m);
    mon->machine = m;
    mon->to = to;
    mon->json = json;
    debug_attach(m, true);
    return mon;
}

void monitor_free(struct monitor *mon)
{
    if (!mon)
        return;
    session_drop(mon);
    debug_attach(mon->machine, false);
    while (mon->variables) {
        struct variable *v = mon->variables;

        mon->variables = v->next;
        free(v);
    }
    while (mon->aliases) {
        struct alias *a = mon->aliases;

        mon->aliases = a->next;
        free(a->text);
        free(a);
    }
    views_free(mon->views);
    symbols_free(mon->symbols);
    free(mon);
}

void monitor_set_host(struct monitor *mon, const struct monitor_host *host)
{
    mon->host = *host;
}

struct machine *monitor_machine(struct monitor *mon)
{
    return mon->machine;
}

struct symbols *monitor_symbols(struct monitor *mon)
{
    return mon->symbols;
}

struct monitor_face monitor_redirect(struct monitor *mon, struct monitor_face face)
{
    struct monitor_face before = {mon->to, mon->json};

    mon->to = face.to;
    mon->json = face.json;
    return before;
}

bool monitor_json(const struct monitor *mon)
{
    return mon->json;
}

bool monitor_step_irqs(const struct monitor *mon)
{
    return mon->run.irqs;
}

uint64_t session_reg(const struct monitor *mon, const char *name)
{
    int n = debug_reg_find(mon->machine, name, strlen(name));

    return n < 0 ? 0 : debug_reg_get(mon->machine, (unsigned)n);
}

void session_place(const struct monitor *mon, uint32_t lin, char *text, size_t n)
{
    uint32_t cr3 = (uint32_t)session_reg(mon, "cr3");
    char symbol[200];
    const char *file, *slash;
    unsigned line;
    int used = snprintf(text, n, "%08x", lin);

    if (symbols_text(mon->symbols, cr3, lin, symbol, sizeof symbol))
        used += snprintf(text + used, n - (size_t)used, " <%s>", symbol);
    if (used < (int)n && symbols_line(mon->symbols, cr3, lin, &file, &line)) {
        slash = strrchr(file, '/');
        snprintf(text + used, n - (size_t)used, " %s:%u", slash ? slash + 1 : file, line);
    }
}

void session_complain(struct monitor *mon, const struct error *err)
{
    struct answer answer = {.to = mon->to, .json = mon->json};

    answer_text(&answer, "%s\n", err->text);
    answer_object(&answer, NULL);
    answer_string(&answer, "error", err->text);
    answer_close(&answer);
    if (mon->json)
        out_text(mon->to, "\n");
}

/* ---- The stack of scripts -------------------------------------------------------------- */

static void pop(struct monitor *mon)
{
    struct script *s = mon->script;

    mon->script = s->outer;
    mon->depth--;
    free(s->text);
    free(s->name);
    free(s);
}

/* A script without anything left need not be come back to, but for its `try`: an action that ends with
   `continue` would else leave one behind at each stop. */
static void drop_finished(struct monitor *mon)
{
    while (mon->script && !mon->script->tried &&
           !mon->script->at[strspn(mon->script->at, " \t\r\n;")])
        pop(mon);
}

bool session_push(struct monitor *mon, const char *text, const char *name, struct error *err)
{
    struct script *s;

    drop_finished(mon);
    if (mon->depth >= MONITOR_NEST)
        return error_set(err, "commands call each other more than %d deep", MONITOR_NEST);
    s = calloc(1, sizeof *s);
    if (!s || !(s->text = strdup(text)) || (name && !(s->name = strdup(name)))) {
        if (s)
            free(s->text);
        free(s);
        return error_set(err, "no memory for the commands");
    }
    s->at = s->text;
    s->line = 1;
    s->outer = mon->script;
    mon->script = s;
    mon->depth++;
    return true;
}

void session_drop(struct monitor *mon)
{
    while (mon->script)
        pop(mon);
}

/* Where the command that begins at `at` ends: at a semicolon outside quotes, or with its line. What
   follows `do` belongs to the command. */
static char *command_stop(char *at)
{
    char quote = 0;
    bool all = false;

    for (; *at && *at != '\n'; at++) {
        if (quote && *at == '\\' && at[1])
            at++;
        else if (*at == quote)
            quote = 0;
        else if (!quote && (*at == '"' || *at == '\''))
            quote = *at;
        else if (!quote && isspace((unsigned char)*at) && strncmp(at + 1, "do ", 3) == 0)
            all = true;
        else if (!quote && !all && *at == ';')
            break;
    }
    return at;
}

/* The next command of the innermost script into buf. False and no error: there is none. */
static bool take_command(struct monitor *mon, char *buf, unsigned *line_number, struct error *err)
{
    while (mon->script) {
        struct script *s = mon->script;
        char *start = s->at, *end;

        while (*start == ' ' || *start == '\t' || *start == ';' || *start == '\n' || *start == '\r')
            s->line += *start++ == '\n';
        if (!*start) {
            pop(mon);
            continue;
        }
        *line_number = s->line;
        end = *start == '#' ? start + strcspn(start, "\n") : command_stop(start);
        s->at = end;
        if (*start == '#')
            continue;
        if (end - start >= MONITOR_LINE)
            return error_set(err, "a command is at most %d characters", MONITOR_LINE - 1);
        while (end > start && isspace((unsigned char)end[-1]))
            end--;
        memcpy(buf, start, (size_t)(end - start));
        buf[end - start] = 0;
        return true;
    }
    return false;
}

/* ---- One command ----------------------------------------------------------------------- */

static const struct alias *find_alias(const struct monitor *mon, const char *word, size_t len)
{
    for (const struct alias *a = mon->aliases; a; a = a->next)
        if (strlen(a->name) == len && memcmp(a->name, word, len) == 0)
            return a;
    return NULL;
}

static bool run_row(struct monitor *mon, const struct command *c, struct line *line, struct out *to,
                    struct error *err)
{
    struct answer answer = {.to = to, .json = mon->json};
    bool ok;

    answer_object(&answer, NULL);
    answer_string(&answer, "command", c->name);
    ok = c->run(mon, line, &answer, err);
    if (!ok)
        return false;
    assert(answer.depth == (answer.json ? 1u : 0u));
    answer_close(&answer);
    return true;
}

/* In JSON the answer is kept until it is known to be one. */
static bool answer_row(struct monitor *mon, const struct command *c, struct line *line,
                       struct error *err)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory;
    struct out to;
    bool ok;

    if (!mon->json)
        return run_row(mon, c, line, mon->to, err);
    memory = open_memstream(&text, &size);
    if (!memory)
        return error_set(err, "no memory for the answer");
    out_file(&to, memory);
    ok = run_row(mon, c, line, &to, err);
    if (fclose(memory) != 0)
        ok = error_set(err, "no memory for the answer");
    if (ok) {
        mon->to->write(mon->to, text, size);
        out_text(mon->to, "\n");
    }
    free(text);
    return ok;
}

/* Letters, digits, - and _; one other character alone is a name as well. */
static size_t word_length(const char *text)
{
    size_t len = 0;

    while (isalnum((unsigned char)text[len]) || text[len] == '-' || text[len] == '_')
        len++;
    return len ? len : 1;
}

static bool execute(struct monitor *mon, const char *text, struct error *err)
{
    size_t len = word_length(text);
    const struct alias *alias = find_alias(mon, text, len);
    const struct command *c;
    struct line line = {.mon = mon, .text = text, .at = text + len};

    if (alias) {
        char whole[MONITOR_LINE];

        if ((size_t)snprintf(whole, sizeof whole, "%s%s", alias->text, text + len) >= sizeof whole)
            return error_set(err, "%s: the command is too long", alias->name);
        return session_push(mon, whole, NULL, err);
    }
    c = command_find(text, len, err);
    if (!c)
        return false;
    return answer_row(mon, c, &line, err);
}

/* Puts the place of a mistake in a file before its message. */
static void locate(const char *name, unsigned line, struct error *err)
{
    struct error plain = *err;

    if (name[0])
        error_set(err, "%.120s:%u: %.380s", name, line, plain.text);
}

/* A mistake inside `try`: printed, and what tried goes on. False: nobody tried. */
static bool leave_tried(struct monitor *mon, const struct error *mistake)
{
    const struct script *s = mon->script;

    while (s && !s->tried)
        s = s->outer;
    if (!s)
        return false;
    while (mon->script != s)
        pop(mon);
    pop(mon);
    session_complain(mon, mistake);
    return true;
}

bool session_go(struct monitor *mon, enum monitor_want *want, struct error *err)
{
    char text[MONITOR_LINE];
    unsigned line = 0;
    struct error mistake = {""};

    mon->want = MONITOR_PROMPT;
    while (mon->want == MONITOR_PROMPT && take_command(mon, text, &line, &mistake)) {
        char name[128]; /* the command may be the end of its script */

        snprintf(name, sizeof name, "%s", mon->script->name ? mon->script->name : "");
        if (mon->verbose && !mon->json && !mon->script->tried)
            out_printf(mon->to, "(emu386) %s\n", text);
        if (execute(mon, text, &mistake))
            continue;
        if (!leave_tried(mon, &mistake)) {
            locate(name, line, &mistake);
            break;
        }
        mistake.text[0] = 0;
    }
    *want = mon->want;
    if (*want == MONITOR_RUN)
        registers_note(&mon->seen, mon->machine);
    if (!mistake.text[0])
        return true;
    session_drop(mon);
    *want = MONITOR_PROMPT;
    if (err)
        *err = mistake;
    return false;
}

bool session_fail(struct monitor *mon, const struct error *mistake, enum monitor_want *want,
                  struct error *err)
{
    *want = MONITOR_PROMPT;
    if (leave_tried(mon, mistake))
        return session_go(mon, want, err);
    session_drop(mon);
    if (err)
        *err = *mistake;
    return false;
}

/* What an empty line repeats: the command without its arguments where those would begin anew. */
static void remember(struct monitor *mon, const char *line)
{
    size_t len;
    const struct command *c;
    struct error none;

    while (isspace((unsigned char)*line))
        line++;
    len = word_length(line);
    c = find_alias(mon, line, len) ? NULL : command_find(line, len, &none);
    mon->last[0] = 0;
    if (c && c->repeats && strlen(line) < sizeof mon->last)
        strcpy(mon->last, line);
}

bool monitor_do(struct monitor *mon, const char *line, enum monitor_want *want, struct error *err)
{
    struct error mistake = {""};
    char last[MONITOR_LINE];
    bool empty = line[strspn(line, " \t\r\n")] == 0, ok;

    *want = MONITOR_PROMPT;
    if (empty && !mon->last[0])
        return true;
    strcpy(last, mon->last);
    mon->repeating = empty;
    if (!empty)
        remember(mon, line);
    ok = session_push(mon, empty ? last : line, NULL, &mistake) && session_go(mon, want, &mistake);
    mon->repeating = false;
    if (!ok)
        mon->last[0] = 0;
    if (!ok && mon->json)
        session_complain(mon, &mistake);
    if (err)
        *err = mistake;
    return ok;
}
