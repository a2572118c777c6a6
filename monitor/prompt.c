/* SPDX-License-Identifier: MIT */
/*
 * prompt.c - see prompt.h. readline's callbacks carry no context, so what they need stands in one
 * static structure; readline itself is such a thing.
 */
#include "monitor/prompt.h"

#include "monitor/monitor.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

#define TEXT "(emu386) "
#define MORE "-- more: space, enter, or q --"
#define HISTORY_LINES 1000

static struct {
    struct monitor *mon;   /* completes, NULL: no prompt is open */
    const char *history;   /* its file, or NULL */
    bool shown;            /* the prompt is there, the terminal is readline's */
    bool given;            /* a line is complete */
    char *line;            /* it; NULL with given: end of input */
    unsigned rows, cols;   /* of the terminal, to notice a change */
    char *rest;            /* text that waits for the next page, NULL: none */
    const char *rest_at;   /* what comes next of it */
    struct termios cooked; /* the terminal before a page */
    char **found;          /* candidates of a completion */
    size_t found_len;      /* how many */
    size_t found_next;     /* which readline has not seen */
} prompt;

/* ---- Completion ------------------------------------------------------------------------ */

static void add_candidate(void *ctx, const char *word)
{
    char **more = realloc(prompt.found, (prompt.found_len + 1) * sizeof *more);

    (void)ctx;
    if (!more)
        return;
    prompt.found = more;
    more[prompt.found_len] = strdup(word);
    if (more[prompt.found_len])
        prompt.found_len++;
}

/* readline's generator: hands over one candidate after the other, which it will free. */
static char *next_candidate(const char *text, int state)
{
    (void)text;
    if (!state)
        prompt.found_next = 0;
    return prompt.found_next < prompt.found_len ? prompt.found[prompt.found_next++] : NULL;
}

static char **complete(const char *text, int start, int end)
{
    char **matches;
    bool files;
    size_t from;

    (void)start;
    prompt.found_len = 0;
    monitor_complete(prompt.mon, rl_line_buffer, (size_t)end, &from, &files, add_candidate, NULL);
    rl_attempted_completion_over = !files;
    matches = prompt.found_len ? rl_completion_matches(text, next_candidate) : NULL;
    free(prompt.found);
    prompt.found = NULL;
    prompt.found_len = 0;
    return matches;
}

/* ---- The line -------------------------------------------------------------------------- */

static void on_line(char *line)
{
    rl_callback_handler_remove();
    prompt.shown = false;
    prompt.given = true;
    free(prompt.line);
    prompt.line = line;
    if (line && *line) {
        HIST_ENTRY *last = history_length ? history_get(history_base + history_length - 1) : NULL;

        if (!last || strcmp(last->line, line) != 0)
            add_history(line);
    }
}

static void follow_size(void)
{
    struct winsize size;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || !size.ws_row || !size.ws_col)
        return;
    if (prompt.shown && (size.ws_row != prompt.rows || size.ws_col != prompt.cols))
        rl_resize_terminal();
    prompt.rows = size.ws_row;
    prompt.cols = size.ws_col;
}

void prompt_open(struct monitor *mon, const char *history)
{
    static char name[] = "emu386", breaks[] = " \t\n;,()[]{}*&|<>=!?:\"'+%^@#";

    memset(&prompt, 0, sizeof prompt);
    prompt.mon = mon;
    prompt.history = history;
    prompt.rows = 24;
    prompt.cols = 80;
    rl_readline_name = name;
    rl_catch_signals = 0;
    rl_catch_sigwinch = 0;
    rl_attempted_completion_function = complete;
    rl_completer_word_break_characters = breaks;
    using_history();
    stifle_history(HISTORY_LINES);
    if (history)
        (void)read_history(history);
    follow_size();
}

static void end_page(void)
{
    if (!prompt.rest)
        return;
    free(prompt.rest);
    prompt.rest = NULL;
    fputs("\r\033[K", stdout);
    fflush(stdout);
    tcsetattr(STDIN_FILENO, TCSADRAIN, &prompt.cooked);
}

void prompt_close(void)
{
    if (!prompt.mon)
        return;
    end_page();
    prompt_remove();
    if (prompt.history)
        (void)write_history(prompt.history);
    free(prompt.line);
    memset(&prompt, 0, sizeof prompt);
}

void prompt_remove(void)
{
    if (!prompt.shown)
        return;
    rl_clear_visible_line();
    rl_callback_handler_remove();
    prompt.shown = false;
}

void prompt_cancel(void)
{
    if (prompt.rest) {
        end_page();
        return;
    }
    if (!prompt.shown)
        return;
    rl_callback_sigcleanup();
    rl_replace_line("", 0);
    fputs("^C\n", stdout);
    fflush(stdout);
    rl_on_new_line();
    rl_redisplay();
}

void prompt_hide(void)
{
    if (prompt.shown)
        rl_clear_visible_line();
}

void prompt_show(void)
{
    if (!prompt.shown)
        return;
    rl_on_new_line();
    rl_redisplay();
}

/* ---- Pages ----------------------------------------------------------------------------- */

/* Prints at most `rows` rows of the rest; long lines take more than one. True: that was all. */
static bool print_rows(unsigned rows)
{
    while (*prompt.rest_at) {
        size_t len = strcspn(prompt.rest_at, "\n");
        unsigned need = len ? (unsigned)((len - 1) / prompt.cols + 1) : 1;

        if (need > rows)
            break;
        rows -= need;
        fwrite(prompt.rest_at, 1, len, stdout);
        fputc('\n', stdout);
        prompt.rest_at += len + (prompt.rest_at[len] == '\n');
    }
    return *prompt.rest_at == 0;
}

static void next_page(unsigned rows)
{
    fputs("\r\033[K", stdout);
    if (print_rows(rows ? rows : 1)) {
        end_page();
        return;
    }
    fputs(MORE, stdout);
    fflush(stdout);
}

void prompt_page(const char *text, size_t n)
{
    struct termios raw;
    unsigned rows = 0;

    follow_size();
    for (const char *s = text; s < text + n; s++)
        rows += *s == '\n';
    if (rows < prompt.rows || !(prompt.rest = malloc(n + 1)) ||
        tcgetattr(STDIN_FILENO, &prompt.cooked) != 0) {
        free(prompt.rest);
        prompt.rest = NULL;
        fwrite(text, 1, n, stdout);
        fflush(stdout);
        return;
    }
    memcpy(prompt.rest, text, n);
    prompt.rest[n] = 0;
    prompt.rest_at = prompt.rest;
    raw = prompt.cooked;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
    next_page(prompt.rows - 1);
}

static void read_page_key(void)
{
    char key;

    if (read(STDIN_FILENO, &key, 1) != 1) {
        end_page();
        return;
    }
    if (key == ' ')
        next_page(prompt.rows - 1);
    else if (key == '\n' || key == '\r')
        next_page(1);
    else if (key == 'q' || key == 'Q' || key == 0x1B)
        end_page();
}

/* ---- Reading --------------------------------------------------------------------------- */

static bool readable(void)
{
    struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};

    return poll(&p, 1, 0) > 0;
}

enum prompt_state prompt_read(const char **line)
{
    follow_size();
    while (prompt.rest && readable())
        read_page_key();
    if (prompt.rest)
        return PROMPT_TYPING;
    if (!prompt.shown) {
        rl_callback_handler_install(TEXT, on_line);
        prompt.shown = true;
    }
    while (!prompt.given && readable())
        rl_callback_read_char();
    if (!prompt.given)
        return PROMPT_TYPING;
    prompt.given = false;
    *line = prompt.line;
    if (prompt.line)
        return PROMPT_LINE;
    fputs("quit\n", stdout);
    return PROMPT_END;
}
