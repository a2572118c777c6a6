/* SPDX-License-Identifier: MIT */
/*
 * pipe.c - an anonymous pipe: the way for processes that share no memory to talk. The kernel holds a
 * few KiB; who writes to a full pipe and who reads from an empty one waits for the other.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/common/look.h"

enum { LARGE = 300000 };

static void must(int result, const char *what)
{
    if (result >= 0)
        return;
    perror(what);
    exit(1);
}

static void talk(void)
{
    int ends[2];
    char text[64];
    must(pipe(ends), "pipe");
    int pid = fork();
    if (pid == 0) {
        close(ends[0]);
        dprintf(ends[1], "greetings from a child");
        exit(0);
    }
    close(ends[1]);
    ssize_t n = read(ends[0], text, sizeof text - 1);
    text[n > 0 ? n : 0] = '\0';
    check(strcmp(text, "greetings from a child") == 0, "the parent reads \"%s\"", text);
    waitpid(pid, NULL, 0);
    check(read(ends[0], text, sizeof text) == 0, "no writer is left: the end of the file");
    close(ends[0]);
}

/* Much more than a pipe holds: the two must take turns. */
static void stream(void)
{
    static char bytes[LARGE];
    int ends[2];
    must(pipe(ends), "pipe");
    int pid = fork();
    if (pid == 0) {
        for (int i = 0; i < LARGE; i++)
            bytes[i] = (char)(i * 7 + i / 251);
        ssize_t n = write(ends[1], bytes, LARGE);
        exit(n != LARGE);
    }
    close(ends[1]);
    int total = 0, wrong = 0;
    ssize_t n;
    while ((n = read(ends[0], bytes, sizeof bytes)) > 0) {
        for (ssize_t i = 0; i < n; i++, total++)
            wrong += bytes[i] != (char)(total * 7 + total / 251);
    }
    check(total == LARGE && wrong == 0, "%d bytes passed through in order", total);
    check(wait_and_tell("the writer", pid) == 0, "one write() wrote them all");
    close(ends[0]);
}

static void write_to_nobody(uintptr_t fd)
{
    close((int)fd - 1);
    write((int)fd, "x", 1);
}

static void nobody(void)
{
    int ends[2];
    must(pipe(ends), "pipe");
    if (ends[1] != ends[0] + 1)
        return;
    close(ends[0]);
    int status =
        try_in_child("who writes to a pipe without readers", write_to_nobody, (uintptr_t)ends[1]);
    check(status == 128 + SIGPIPE, "SIGPIPE");
    signal(SIGPIPE, SIG_IGN);
    check_error(write(ends[1], "x", 1), EPIPE, "with SIGPIPE ignored");
    signal(SIGPIPE, SIG_DFL);
    close(ends[1]);
}

static void mistakes(void)
{
    int ends[2];
    char c;
    check_error(pipe(NULL), EFAULT, "pipe(NULL)");
    must(pipe(ends), "pipe");
    check_error(read(ends[1], &c, 1), EBADF, "reading from the end for writing");
    check_error(write(ends[0], &c, 1), EBADF, "writing to the end for reading");
    check_error(lseek(ends[0], 0, SEEK_SET), ESPIPE, "lseek");
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    talk();
    stream();
    nobody();
    mistakes();
    return check_end("pipe");
}
