/* SPDX-License-Identifier: MIT */
/*
 * sh.c - the shell: reads a line, runs what it says, and tells how it ended unless it ended well.
 *
 *   list      pipeline { ; & && || pipeline }     & : do not wait for what stands before it
 *   pipeline  command { | command }
 *   command   words, and < FILE, > FILE, >> FILE, 2> FILE, 2>&1 in any place
 *   word      text, 'text as it is', "text with $NAME", \c, $NAME, $? (last status), $$ (own number)
 *
 * It reads the terminal with the line editor (common/edit.h), or with -c the one line in its next
 * argument, or the file that its argument names. Inside itself it does exit, history and help.
 * A process that signal N killed counts as status 128 + N. Ctrl-C stops what runs in the foreground.
 *
 * Each pipeline runs in a process of its own, which becomes the command if it is only one, and is
 * the parent of all if they are several: so there is one process to wait for and to interrupt.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/common/edit.h"

enum { MAX_TOKENS = 64, MAX_JOBS = 16, TEXT = 2 * EDIT_LINE };
enum { SYNTAX_ERROR = 2, CANNOT_RUN = 126, NOT_FOUND = 127 };

/* What a line is made of. Operators are told from words that look like them by `operator`. */
struct token {
    char *text;    /* in struct line's text */
    bool operator; /* ; & && || | < > >> 2> 2>&1 */
};

struct line {
    struct token token[MAX_TOKENS + 1]; /* the last has no text */
    int count;                          /* without that one */
    char text[TEXT];                    /* what the tokens point to, each terminated */
    size_t used;                        /* bytes of it */
};

static int jobs[MAX_JOBS]; /* what runs in the background; 0: a free place */
static int last_status;    /* $? */
static bool interactive;   /* there is somebody to talk to */

static void add_char(struct line *l, char c)
{
    if (l->used < TEXT - 1)
        l->text[l->used++] = c;
}

static void add_string(struct line *l, const char *s)
{
    while (s && *s)
        add_char(l, *s++);
}

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Adds the value of what follows a '$'; returns where it ends. */
static const char *add_value(struct line *l, const char *at)
{
    char text[EDIT_LINE];
    size_t n = 0;
    if (*at == '?' || *at == '$') {
        snprintf(text, sizeof text, "%d", *at == '?' ? last_status : getpid());
        add_string(l, text);
        return at + 1;
    }
    while (is_name(at[n]))
        n++;
    snprintf(text, sizeof text, "%.*s", (int)n, at);
    add_string(l, n > 0 ? getenv(text) : "$");
    return at + n;
}

/* Reads one word into the text; NULL if a quote is missing. */
static const char *add_word(struct line *l, const char *at)
{
    char quote = '\0';
    for (; *at && (quote || !strchr(" \t;&|<>", *at));) {
        if (*at == quote) {
            quote = '\0';
            at++;
        } else if (!quote && (*at == '\'' || *at == '"')) {
            quote = *at++;
        } else if (*at == '$' && quote != '\'') {
            at = add_value(l, at + 1);
        } else {
            if (*at == '\\' && at[1] && quote != '\'')
                at++;
            add_char(l, *at++);
        }
    }
    add_char(l, '\0');
    return quote ? NULL : at;
}

static bool is_operator(const struct token *t, const char *text)
{
    return t->operator&& strcmp(t->text, text) == 0;
}

static bool is_separator(const struct token *t)
{
    return is_operator(t, ";") || is_operator(t, "&") || is_operator(t, "&&") ||
           is_operator(t, "||");
}

/* Reads an operator, if there is one. */
static const char *add_operator(struct line *l, const char *at)
{
    static const char *const all[] = {"2>&1", "2>", "&&", "||", ">>", ";", "&", "|", "<", ">"};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        size_t length = strlen(all[i]);
        if (strncmp(at, all[i], length) == 0) {
            add_string(l, all[i]);
            add_char(l, '\0');
            return at + length;
        }
    }
    return NULL;
}

/*
 * Cuts the text into tokens, up to the first separator, so that what follows it finds the new $?.
 * Returns where the rest begins; NULL, with a message, if it cannot be understood.
 */
static const char *split(struct line *l, const char *at)
{
    for (l->count = 0, l->used = 0;;) {
        struct token *t = &l->token[l->count];
        *t = (struct token){.text = NULL};
        at += strspn(at, " \t\n");
        if (!*at || *at == '#')
            return "";
        if (l->count == MAX_TOKENS || l->used >= TEXT - EDIT_LINE) {
            fprintf(stderr, "sh: the line is too long\n");
            return NULL;
        }
        l->count++;
        t->text = l->text + l->used;
        const char *rest = add_operator(l, at);
        t->operator= rest != NULL;
        at = rest ? rest : add_word(l, at);
        if (!at) {
            fprintf(stderr, "sh: a quote is missing\n");
            return NULL;
        }
        if (is_separator(t))
            return at;
    }
}

static int status_of(int wait_status)
{
    return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

static int wait_for(int pid)
{
    int wait_status = 0;
    while (waitpid(pid, &wait_status, 0) < 0 && errno == EINTR)
        continue;
    return status_of(wait_status);
}

static void __attribute__((noreturn)) die(const char *what, int status)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(status);
}

static void become(int got, int fd)
{
    if (got != fd) {
        dup2(got, fd);
        close(got);
    }
}

/* Lets fd be that file; in the child. */
static void redirect(int fd, const struct token *file, int flags)
{
    if (!file->text || file->operator) {
        fprintf(stderr, "sh: the name of a file is missing\n");
        exit(SYNTAX_ERROR);
    }
    int got = open(file->text, flags, 0666);
    if (got < 0)
        die(file->text, 1);
    become(got, fd);
}

/* In the child: does the redirections and becomes the program, or says why not. */
static void __attribute__((noreturn)) run_command(const struct token *t, const struct token *end)
{
    char *words[MAX_TOKENS + 1];
    int count = 0;
    for (; t < end; t++) {
        if (is_operator(t, "<"))
            redirect(STDIN_FILENO, ++t, O_RDONLY);
        else if (is_operator(t, ">"))
            redirect(STDOUT_FILENO, ++t, O_WRONLY | O_CREAT | O_TRUNC);
        else if (is_operator(t, ">>"))
            redirect(STDOUT_FILENO, ++t, O_WRONLY | O_CREAT | O_APPEND);
        else if (is_operator(t, "2>"))
            redirect(STDERR_FILENO, ++t, O_WRONLY | O_CREAT | O_TRUNC);
        else if (is_operator(t, "2>&1"))
            dup2(STDOUT_FILENO, STDERR_FILENO);
        else
            words[count++] = t->text;
    }
    words[count] = NULL;
    if (count == 0)
        exit(0);
    execvp(words[0], words);
    if (errno == ENOENT) {
        fprintf(stderr, "%s: not found\n", words[0]);
        exit(NOT_FOUND);
    }
    die(words[0], CANNOT_RUN);
}

static const struct token *find(const struct token *t, const struct token *end, const char *text)
{
    while (t < end && !is_operator(t, text))
        t++;
    return t;
}

/* In the child: a process for each command, joined by pipes; ends with the last one's status. */
static void __attribute__((noreturn)) run_pipeline(const struct token *t, const struct token *end)
{
    const struct token *bar = find(t, end, "|");
    if (bar == end)
        run_command(t, end);
    int pid;
    for (;; t = bar + 1, bar = find(t, end, "|")) {
        int ends[2];
        if (bar < end && pipe(ends) < 0)
            die("sh: pipe", 1);
        if ((pid = fork()) < 0)
            die("sh: cannot start a process", 1);
        if (pid == 0) {
            if (bar < end) {
                become(ends[1], STDOUT_FILENO);
                close(ends[0]);
            }
            run_command(t, bar);
        }
        if (bar == end)
            break;
        close(ends[1]);
        become(ends[0], STDIN_FILENO); /* the next command inherits it */
    }
    close(STDIN_FILENO); /* or a command that stops early would not be missed */
    int status = wait_for(pid);
    while (wait(NULL) > 0 || errno == EINTR)
        continue;
    exit(status);
}

/* Lets Ctrl-C stop that process and its children; 0: nobody. */
static void set_foreground(int pid)
{
    if (interactive)
        ioctl(STDIN_FILENO, TIOCSPGRP, &pid);
}

/* Starts the pipeline and, unless it is for the background, waits for it. */
static void start(const struct token *t, const struct token *end, bool background)
{
    int pid = fork();
    if (pid == 0) {
        interactive = false;
        run_pipeline(t, end);
    }
    if (pid < 0) {
        fprintf(stderr, "sh: cannot start a process: %s\n", strerror(errno));
        last_status = CANNOT_RUN;
        return;
    }
    if (!background) {
        set_foreground(pid);
        last_status = wait_for(pid);
        set_foreground(0);
        if (interactive && last_status != 0)
            printf("[%d]\n", last_status);
        return;
    }
    printf("%d started\n", pid);
    last_status = 0;
    for (int i = 0; i < MAX_JOBS; i++) {
        if (jobs[i] == 0) {
            jobs[i] = pid;
            return;
        }
    }
}

/* Says which background processes have ended. Orphans of other programs arrive here, too. */
static void collect(void)
{
    int pid, wait_status;
    while ((pid = waitpid(-1, &wait_status, WNOHANG)) > 0) {
        for (int i = 0; i < MAX_JOBS; i++) {
            if (jobs[i] == pid) {
                printf("%d done [%d]\n", pid, status_of(wait_status));
                jobs[i] = 0;
            }
        }
    }
}

/* Commands that the shell does itself; false if it is none of them. */
static bool run_builtin(const struct token *t, const struct token *end)
{
    if (t == end || t->operator)
        return false;
    if (strcmp(t->text, "exit") == 0)
        exit(t + 1 < end ? atoi(t[1].text) : last_status);
    if (strcmp(t->text, "history") != 0)
        return false;
    for (int ago = EDIT_HISTORY - 1; ago >= 0; ago--) {
        if (edit_history(ago))
            printf("%s\n", edit_history(ago));
    }
    last_status = 0;
    return true;
}

/* Before a separator and around a bar there must be something, and after && and ||, too. */
static bool is_complete(const struct line *l, const char *rest)
{
    bool command = false; /* there is one since the last operator */
    const struct token *t = l->token, *end = t + l->count;
    for (; t < end; t++) {
        bool ends = is_separator(t) || is_operator(t, "|");
        bool joins = ends && !is_operator(t, ";") && !is_operator(t, "&");
        if ((ends && !command) || (joins && t + 1 == end && !rest[strspn(rest, " \t\n")]))
            break;
        command = !ends;
    }
    if (t < end)
        fprintf(stderr, "sh: a command is missing at %s\n", t->text);
    return t == end;
}

static void run_line(const char *text)
{
    static struct line l; /* too large for a stack that also has the editor on it */
    for (const char *at = text; *at;) {
        at = split(&l, at);
        if (!at || !is_complete(&l, at)) {
            last_status = SYNTAX_ERROR;
            return;
        }
    }
    bool wanted = true;
    for (const char *at = text; *at;) {
        at = split(&l, at);
        const struct token *t = l.token, *end = t + l.count;
        const struct token *stop = end > t && is_separator(end - 1) ? end - 1 : end;
        if (wanted && t < stop && (is_operator(stop, "&") || !run_builtin(t, stop)))
            start(t, stop, is_operator(stop, "&"));
        wanted = is_operator(stop, "&&")   ? last_status == 0
                 : is_operator(stop, "||") ? last_status != 0
                                           : true;
    }
}

int main(int argc, char **argv)
{
    char line[EDIT_LINE];
    if (argc == 3 && strcmp(argv[1], "-c") == 0) {
        run_line(argv[2]);
        return last_status;
    }
    if (argc > 1) {
        int fd = open(argv[1], O_RDONLY);
        if (fd < 0)
            die(argv[1], NOT_FOUND);
        dup2(fd, STDIN_FILENO);
        close(fd);
    }
    interactive = isatty(STDIN_FILENO);
    if (interactive)
        printf("Type help for a list of programs.\n");
    for (;;) {
        collect();
        if (!edit_line(interactive ? "$ " : "", line))
            break;
        run_line(line);
    }
    return last_status;
}
