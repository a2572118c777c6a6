/* SPDX-License-Identifier: MIT */
/*
 * stdio.c - streams. See stdio.h for what is special about their buffers.
 */
#include <stdio.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct file_stream {
    struct sink sink;    /* first: put() gets a pointer to it */
    int fd;              /* the kernel's number for it */
    bool failed;         /* a write failed */
    size_t at, used;     /* reading: the next character, and how many there are; writing: used */
    char buffer[BUFSIZ]; /* read ahead, or not yet written */
};

static void stream_flush(FILE *f)
{
    for (size_t done = 0; done < f->used;) {
        ssize_t n = write(f->fd, f->buffer + done, f->used - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            f->failed = true;
            break;
        }
        done += (size_t)n;
    }
    f->used = 0;
}

static void stream_put(struct sink *s, char c)
{
    FILE *f = (FILE *)s;
    if (f->used == sizeof f->buffer)
        stream_flush(f);
    f->buffer[f->used++] = c;
}

static FILE standard[] = {
    {.sink.put = stream_put, .fd = STDIN_FILENO},
    {.sink.put = stream_put, .fd = STDOUT_FILENO},
    {.sink.put = stream_put, .fd = STDERR_FILENO},
};

FILE *const stdin = &standard[0], *const stdout = &standard[1], *const stderr = &standard[2];

FILE *fopen(const char *path, const char *mode)
{
    FILE *f = malloc(sizeof *f);
    if (!f)
        return NULL;
    memset(f, 0, sizeof *f);
    f->sink.put = stream_put;
    f->fd = open(path, *mode == 'w' ? O_WRONLY | O_CREAT | O_TRUNC : O_RDONLY, 0666);
    if (f->fd >= 0)
        return f;
    free(f);
    return NULL;
}

int fclose(FILE *f)
{
    int answer = close(f->fd);
    free(f);
    return answer < 0 ? EOF : 0;
}

int fgetc(FILE *f)
{
    if (f->at == f->used) {
        ssize_t n = read(f->fd, f->buffer, sizeof f->buffer);
        f->at = 0;
        f->used = n > 0 ? (size_t)n : 0;
        if (n <= 0)
            return EOF;
    }
    return (unsigned char)f->buffer[f->at++];
}

char *fgets(char *line, int size, FILE *f)
{
    int n = 0, c = 0;
    while (n < size - 1 && c != '\n' && (c = fgetc(f)) != EOF)
        line[n++] = (char)c;
    line[n] = '\0';
    return n > 0 ? line : NULL;
}

size_t fread(void *dst, size_t size, size_t count, FILE *f)
{
    size_t n = 0;
    int c;
    while (n < size * count && (c = fgetc(f)) != EOF)
        ((char *)dst)[n++] = (char)c;
    return size ? n / size : 0;
}

/* Formats into a stream that begins with nothing in its buffer, and empties it. */
static int stream_format(FILE *f, const char *fmt, va_list ap)
{
    f->failed = false;
    int length = format(&f->sink, fmt, ap);
    stream_flush(f);
    return f->failed ? EOF : length;
}

int vfprintf(FILE *f, const char *fmt, va_list ap)
{
    return stream_format(f, fmt, ap);
}

int fprintf(FILE *f, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int length = stream_format(f, fmt, ap);
    va_end(ap);
    return length;
}

int printf(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int length = stream_format(stdout, fmt, ap);
    va_end(ap);
    return length;
}

int dprintf(int fd, const char *fmt, ...)
{
    FILE f = {.sink.put = stream_put, .fd = fd};
    va_list ap;
    va_start(ap, fmt);
    int length = stream_format(&f, fmt, ap);
    va_end(ap);
    return length;
}

int fputs(const char *text, FILE *f)
{
    return fprintf(f, "%s", text);
}

int puts(const char *text)
{
    return printf("%s\n", text);
}

int putchar(int c)
{
    return printf("%c", c) < 0 ? EOF : (unsigned char)c;
}

void perror(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
}
