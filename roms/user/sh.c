/* SPDX-License-Identifier: MIT */
/*
 * sh.c - the shell: reads a line, runs the program it names, waits, and says how it ended unless it
 * ended well. A line is words and blanks; `&` as its last word means "do not wait". Ctrl-C stops
 * what runs, Ctrl-D or `exit` ends the shell. A process killed by signal N counts as status 128 + N.
 */
#include "user/lib/lib.h"

enum { LINE = 256, MAX_WORDS = 32, MAX_JOBS = 16, STDIN = 0, CANNOT_RUN = 126, NOT_FOUND = 127 };

static int jobs[MAX_JOBS]; /* what runs in the background; 0: a free place */

/* Cuts the line into words, in place; returns how many. */
static int split(char *line, char *words[MAX_WORDS + 1])
{
    int count = 0;
    for (char *at = line; *at && count < MAX_WORDS;) {
        while (*at == ' ' || *at == '\t' || *at == '\n')
            *at++ = '\0';
        if (*at)
            words[count++] = at;
        while (*at && *at != ' ' && *at != '\t' && *at != '\n')
            at++;
    }
    words[count] = NULL;
    return count;
}

static int status_of(int wait_status)
{
    return WAIT_SIGNAL(wait_status) ? 128 + WAIT_SIGNAL(wait_status) : WAIT_CODE(wait_status);
}

/* In the child: becomes the program, or says why not. */
static void run(char *words[], char *const envp[])
{
    char path[64];
    int length =
        snprintf(path, sizeof path, "%s%s", strchr(words[0], '/') ? "" : "/bin/", words[0]);
    int error = length < (int)sizeof path ? execve(path, words, envp) : -ENOENT;
    if (error == -ENOENT) {
        printf("%s: not found\n", words[0]);
        exit(NOT_FOUND);
    }
    printf("%s: %s\n", words[0], strerror(error));
    exit(CANNOT_RUN);
}

/* Lets Ctrl-C stop that process; 0: nobody. */
static void set_foreground(int pid)
{
    ioctl(STDIN, TIOCSPGRP, &pid);
}

static void wait_for(int pid)
{
    int wait_status = 0;
    set_foreground(pid);
    while (waitpid(pid, &wait_status, 0) == -EINTR)
        continue;
    set_foreground(0);
    if (status_of(wait_status) != 0)
        printf("[%d]\n", status_of(wait_status));
}

static void remember(int pid)
{
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

int main(int argc, char **argv, char **envp);

int main(int argc, char **argv, char **envp)
{
    char line[LINE];
    char *words[MAX_WORDS + 1];
    (void)argc;
    (void)argv;
    printf("Type help for a list of programs.\n");
    for (;;) {
        collect();
        printf("$ ");
        int n = read(STDIN, line, sizeof line - 1);
        if (n <= 0)
            break;
        line[n] = '\0';
        int count = split(line, words);
        if (count == 0)
            continue;
        if (strcmp(words[0], "exit") == 0)
            break;
        bool background = strcmp(words[count - 1], "&") == 0;
        if (background)
            words[--count] = NULL;
        if (count == 0)
            continue;
        int pid = fork();
        if (pid == 0)
            run(words, envp);
        if (pid < 0) {
            printf("sh: cannot start a process: %s\n", strerror(pid));
        } else if (background) {
            remember(pid);
            printf("%d started\n", pid);
        } else {
            wait_for(pid);
        }
    }
    return 0;
}
