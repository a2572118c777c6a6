/* SPDX-License-Identifier: MIT */
/*
 * stdlib.c - the beginning and the end of a program, the environment, numbers in text.
 */
#include <stdlib.h>

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

char **environ;

void libc_start(int (*start)(int, char **, char **), uint32_t *stack) __attribute__((noreturn));

/* crt.S comes here with the stack that the kernel made: argc, argv, NULL, envp, NULL. */
void libc_start(int (*start)(int, char **, char **), uint32_t *stack)
{
    int argc = (int)stack[0];
    char **argv = (char **)(stack + 1);
    environ = argv + argc + 1;
    exit(start(argc, argv, environ));
}

void exit(int code)
{
    _exit(code); /* nothing is buffered, see stdio.h */
}

void abort(void)
{
    signal(SIGABRT, SIG_DFL);
    raise(SIGABRT);
    _exit(128 + SIGABRT);
}

unsigned sleep(unsigned seconds)
{
    struct timespec time = {.tv_sec = (time_t)seconds}, left = {0, 0};
    return nanosleep(&time, &left) == 0 ? 0 : (unsigned)left.tv_sec;
}

char *getenv(const char *name)
{
    size_t length = strlen(name);
    for (char **e = environ; *e; e++) {
        if (strncmp(*e, name, length) == 0 && (*e)[length] == '=')
            return *e + length + 1;
    }
    return NULL;
}

int execvp(const char *name, char *const argv[])
{
    char path[256];
    if (strchr(name, '/'))
        return execve(name, argv, environ);
    const char *folder = getenv("PATH") ?: "/bin";
    bool refused = false; /* something of that name was found, but could not be run */
    for (;; folder++) {
        size_t length = strcspn(folder, ":");
        int size = snprintf(path, sizeof path, "%.*s/%s", (int)length, folder, name);
        if (size < (int)sizeof path)
            execve(path, argv, environ);
        else
            errno = ENAMETOOLONG;
        if (errno == EACCES)
            refused = true;
        else if (errno != ENOENT && errno != ENOTDIR)
            return -1;
        folder += length;
        if (!*folder)
            break;
    }
    if (refused)
        errno = EACCES;
    return -1;
}

/* The value of a digit in any base; 99 for what is none. */
static unsigned digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    c |= 'a' - 'A';
    return c >= 'a' && c <= 'z' ? (unsigned)(c - 'a') + 10 : 99;
}

/* Reads the number without limit, as sign, magnitude and whether that fits. */
static const char *parse(const char *at, int base, bool *negative, unsigned long *n, bool *fits)
{
    while (*at == ' ' || (*at >= '\t' && *at <= '\r'))
        at++;
    *negative = *at == '-';
    if (*at == '-' || *at == '+')
        at++;
    if ((base == 0 || base == 16) && at[0] == '0' && (at[1] | 32) == 'x' && digit_of(at[2]) < 16) {
        at += 2;
        base = 16;
    }
    if (base == 0)
        base = *at == '0' ? 8 : 10;
    const char *first = at;
    *fits = true;
    for (*n = 0; digit_of(*at) < (unsigned)base; at++) {
        unsigned long next;
        if (__builtin_mul_overflow(*n, (unsigned long)base, &next) ||
            __builtin_add_overflow(next, digit_of(*at), &next))
            *fits = false;
        else
            *n = next;
    }
    return at > first ? at : NULL;
}

unsigned long strtoul(const char *text, char **end, int base)
{
    bool negative, fits;
    unsigned long n;
    const char *at = parse(text, base, &negative, &n, &fits);
    if (end)
        *end = (char *)(uintptr_t)(at ? at : text);
    if (!fits) {
        errno = ERANGE;
        return ULONG_MAX;
    }
    return negative ? -n : n;
}

long strtol(const char *text, char **end, int base)
{
    bool negative, fits;
    unsigned long n;
    const char *at = parse(text, base, &negative, &n, &fits);
    if (end)
        *end = (char *)(uintptr_t)(at ? at : text);
    if (!fits || n > (unsigned long)LONG_MAX + negative) {
        errno = ERANGE;
        return negative ? LONG_MIN : LONG_MAX;
    }
    return negative ? (long)-n : (long)n;
}

int atoi(const char *text)
{
    return (int)strtol(text, NULL, 10);
}
