/* SPDX-License-Identifier: MIT */
/*
 * lib.c - output, small conveniences. See lib.h.
 */
#include "user/lib/lib.h"

enum { OUT_BUFFER = 512, STDOUT = 1 };

/* A sink that collects characters for standard output. */
struct out {
    struct sink sink;        /* first: put() gets a pointer to it */
    size_t used;             /* characters in the buffer */
    int total;               /* characters put so far */
    char buffer[OUT_BUFFER]; /* not written yet */
};

static void out_flush(struct out *o)
{
    write(STDOUT, o->buffer, o->used);
    o->used = 0;
}

static void out_put(struct sink *s, char c)
{
    struct out *o = (struct out *)s;
    if (o->used == sizeof o->buffer)
        out_flush(o);
    o->buffer[o->used++] = c;
    o->total++;
}

int printf(const char *fmt, ...)
{
    struct out o;
    va_list ap;
    o.sink.put = out_put;
    o.used = 0;
    o.total = 0;
    va_start(ap, fmt);
    format(&o.sink, fmt, ap);
    va_end(ap);
    out_flush(&o);
    return o.total;
}

const char *strerror(int error)
{
    static const char *const texts[] = {
        [EPERM] = "operation not permitted",
        [ENOENT] = "no such file",
        [ESRCH] = "no such process",
        [EINTR] = "interrupted",
        [E2BIG] = "argument list too long",
        [ENOEXEC] = "not a program",
        [EBADF] = "bad file descriptor",
        [ECHILD] = "no child process",
        [EAGAIN] = "try again",
        [ENOMEM] = "out of memory",
        [EACCES] = "permission denied",
        [EFAULT] = "bad address",
        [EINVAL] = "invalid argument",
        [EMFILE] = "too many open files",
        [ENOTTY] = "not a terminal",
        [ENAMETOOLONG] = "name too long",
        [ENOSYS] = "no such system call",
    };
    size_t i = (size_t)(error < 0 ? -error : error);
    return i < sizeof texts / sizeof texts[0] && texts[i] ? texts[i] : "unknown error";
}

bool parse_int(const char *text, int *value)
{
    bool negative = *text == '-';
    int n = 0;
    text += negative;
    if (!*text)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9' || n > 100000000)
            return false;
        n = n * 10 + (*text - '0');
    }
    *value = negative ? -n : n;
    return true;
}

int print_file(const char *path)
{
    char buffer[256];
    int fd = open(path, 0);
    if (fd < 0)
        return fd;
    int n;
    while ((n = read(fd, buffer, sizeof buffer)) > 0)
        write(STDOUT, buffer, (size_t)n);
    close(fd);
    return n;
}
