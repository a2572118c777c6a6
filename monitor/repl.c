/* SPDX-License-Identifier: MIT */
/* repl.c - see repl.h. */
#include "monitor/repl.h"

#include "base/out.h"
#include "monitor/prompt.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INPUT 8192 /* the longest line from a pipe */

struct repl {
    struct monitor *mon;         /* whose commands */
    struct repl_options options; /* as given */
    unsigned next;               /* prepared command */
    bool running;                /* a command lets the machine run */
    bool failed;                 /* see repl_failed */
    bool ended;                  /* standard input is at its end */
    char input[INPUT];           /* from a pipe, not yet a line */
    size_t input_len;            /* how much */
    struct error mistake;        /* of the last command */
};

struct repl *repl_open(struct monitor *mon, const struct repl_options *options, struct error *err)
{
    struct repl *r = calloc(1, sizeof *r);

    if (!r) {
        error_set(err, "no memory for the prompt");
        return NULL;
    }
    r->mon = mon;
    r->options = *options;
    if (options->input && options->terminal)
        prompt_open(mon, options->history);
    return r;
}

void repl_close(struct repl *r)
{
    if (!r)
        return;
    if (r->options.input && r->options.terminal)
        prompt_close();
    free(r);
}

bool repl_done(const struct repl *r)
{
    return r->next == r->options.count && !r->options.input && !r->options.elsewhere && !r->failed;
}

bool repl_running(const struct repl *r)
{
    return r->running;
}

bool repl_failed(const struct repl *r)
{
    return r->failed;
}

/* A terminal is there, and everything prepared is done. */
static bool at_terminal(const struct repl *r)
{
    return r->options.input && r->options.terminal;
}

/* At a terminal: a mark under the place of the typed line that "column N: " names. */
static void point_at(const struct repl *r, const char *typed)
{
    unsigned column;

    if (typed && !strchr(typed, ';') && sscanf(r->mistake.text, "column %u:", &column) == 1 &&
        column <= strlen(typed) + 1)
        printf("%*s^\n", PROMPT_WIDTH + (int)(strspn(typed, " \t") + column) - 1, "");
}

/* Says what went wrong. False: the session is over. */
static bool complain(struct repl *r, const char *where)
{
    if (r->options.elsewhere) {
        r->options.elsewhere->mistake(r->options.elsewhere->ctx, r->mistake.text);
        r->mistake.text[0] = 0;
        return true;
    }
    fflush(stdout);
    fprintf(stderr, "%s%s%s%s\n", at_terminal(r) ? "" : "emu386: ", where ? where : "",
            where ? ": " : "", r->mistake.text);
    r->mistake.text[0] = 0;
    if (at_terminal(r)) {
        r->next = r->options.count; /* prepared commands behind it expect it to have worked */
        return true;
    }
    r->failed = true;
    return false;
}

static enum repl_want obey(struct repl *r, enum monitor_want want)
{
    r->running = want == MONITOR_RUN;
    switch (want) {
    case MONITOR_RUN: return REPL_GO;
    case MONITOR_QUIT: return REPL_END;
    case MONITOR_PROMPT: break;
    }
    return REPL_KEEP;
}

static enum repl_want do_line(struct repl *r, const char *line, const char *where, bool typed)
{
    enum monitor_want want;
    bool ok = monitor_do(r->mon, line, &want, &r->mistake);

    if (!ok && typed)
        point_at(r, line);
    if (!ok && !complain(r, where))
        return REPL_END;
    return obey(r, want);
}

/* ---- Prepared commands ----------------------------------------------------------------- */

static enum repl_want do_prepared(struct repl *r)
{
    const struct repl_command *c = &r->options.commands[r->next++];
    char line[4200];
    size_t n = 0;

    if (!c->is_file)
        return do_line(r, c->text, c->option, false);
    if (c->optional && access(c->text, F_OK) != 0)
        return REPL_KEEP;
    n = (size_t)snprintf(line, sizeof line, "source \"");
    for (const char *s = c->text; *s && n < sizeof line - 3; s++) {
        if (*s == '"' || *s == '\\')
            line[n++] = '\\';
        line[n++] = *s;
    }
    strcpy(line + n, "\"");
    return do_line(r, line, NULL, false);
}

/* ---- A pipe ---------------------------------------------------------------------------- */

static bool readable(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    return poll(&p, 1, 0) > 0;
}

/* Takes the next line out of the buffer; the last one needs no end. */
static bool take_line(struct repl *r, char *line)
{
    char *end = memchr(r->input, '\n', r->input_len);
    size_t len = end ? (size_t)(end - r->input) : r->input_len, used = len + (end != NULL);

    if (!end && !(r->ended && len) && len < INPUT)
        return false;
    memcpy(line, r->input, len);
    line[len] = 0;
    r->input_len -= used;
    memmove(r->input, r->input + used, r->input_len);
    return true;
}

static enum repl_want do_pipe(struct repl *r)
{
    char line[INPUT + 1];
    ssize_t n;

    while (!take_line(r, line)) {
        if (r->ended)
            return REPL_END;
        if (!readable(STDIN_FILENO))
            return REPL_HOLD;
        n = read(STDIN_FILENO, r->input + r->input_len, INPUT - r->input_len);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            return REPL_HOLD;
        if (n <= 0)
            r->ended = true;
        else
            r->input_len += (size_t)n;
    }
    if (strlen(line) == INPUT) {
        error_set(&r->mistake, "standard input: a line is longer than %d characters", INPUT);
        return complain(r, NULL) ? REPL_KEEP : REPL_END;
    }
    /* An empty line of a file is no wish to repeat anything. */
    return line[strspn(line, " \t\r")] ? do_line(r, line, "standard input", false) : REPL_KEEP;
}

/* ---- A terminal ------------------------------------------------------------------------ */

/* Runs a typed line with its answer collected, so that it can be shown in pages. */
static enum repl_want do_typed(struct repl *r, const char *line)
{
    char *text = NULL;
    size_t n = 0;
    FILE *memory = open_memstream(&text, &n);
    struct out to;
    struct monitor_face before;
    enum repl_want want;

    if (!memory)
        return do_line(r, line, NULL, false);
    out_file(&to, memory);
    before = monitor_redirect(r->mon, (struct monitor_face){&to, monitor_json(r->mon)});
    want = do_line(r, line, NULL, true);
    before.json = monitor_json(r->mon);
    monitor_redirect(r->mon, before);
    fclose(memory);
    if (want == REPL_GO) {
        fwrite(text, 1, n, stdout);
        fflush(stdout);
    } else {
        prompt_page(text, n);
    }
    free(text);
    return want;
}

static enum repl_want do_terminal(struct repl *r)
{
    const char *line;
    enum repl_want want = REPL_HOLD;

    switch (prompt_read(&line)) {
    case PROMPT_TYPING: return REPL_HOLD;
    case PROMPT_END: return REPL_END;
    case PROMPT_LINE: want = do_typed(r, line); break;
    }
    return want;
}

/* ---- A prompt elsewhere ---------------------------------------------------------------- */

static enum repl_want do_given(struct repl *r)
{
    const char *line;

    switch (r->options.elsewhere->line(r->options.elsewhere->ctx, &line)) {
    case REPL_NO_LINE: return REPL_HOLD;
    case REPL_LEFT: return REPL_GO;
    case REPL_LINE: break;
    }
    return do_line(r, line, NULL, false);
}

/* ---- The run loop ---------------------------------------------------------------------- */

enum repl_want repl_serve(struct repl *r)
{
    enum repl_want want = REPL_KEEP;

    while (want == REPL_KEEP) {
        if (r->next < r->options.count)
            want = do_prepared(r);
        else if (r->options.elsewhere)
            want = do_given(r);
        else if (!r->options.input)
            return REPL_END;
        else if (r->options.terminal)
            want = do_terminal(r);
        else
            want = do_pipe(r);
    }
    return want;
}

static enum repl_want after(struct repl *r, bool ok, enum monitor_want want)
{
    if (!ok && !complain(r, NULL))
        return REPL_END;
    fflush(stdout);
    return obey(r, want);
}

enum repl_want repl_stopped(struct repl *r, enum machine_stop stop)
{
    enum monitor_want want;
    bool ok;

    repl_hide(r);
    ok = monitor_stopped(r->mon, stop, &want, &r->mistake);
    fflush(stdout);
    repl_show(r);
    return after(r, ok, want);
}

enum repl_want repl_ran(struct repl *r)
{
    enum monitor_want want;
    bool ok;

    if (!r->running)
        return REPL_KEEP;
    ok = monitor_ran(r->mon, &want, &r->mistake);
    return after(r, ok, want);
}

enum repl_want repl_interrupt(struct repl *r)
{
    if (r->running || !at_terminal(r))
        return REPL_HOLD;
    prompt_cancel();
    return REPL_KEEP;
}

void repl_hide(struct repl *r)
{
    if (at_terminal(r) && !r->running)
        prompt_hide();
}

void repl_show(struct repl *r)
{
    if (at_terminal(r) && !r->running)
        prompt_show();
}

unsigned repl_files(const struct repl *r, struct pollfd *files)
{
    if (!r->options.input || r->running || r->ended)
        return 0;
    files[0] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
    return 1;
}
