/* SPDX-License-Identifier: MIT */
/*
 * badread.c - a host's disk that goes bad, for swap.sh: preloaded, it lets pread() fail with EIO where
 * the range reaches byte BAD_FROM of a file or beyond, from call number BAD_AFTER on. Both come from
 * the environment.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/types.h>

ssize_t pread(int fd, void *to, size_t n, off_t at);

static long long setting(const char *name)
{
    const char *text = getenv(name);
    return text ? atoll(text) : 0;
}

ssize_t pread(int fd, void *to, size_t n, off_t at)
{
    static ssize_t (*next)(int, void *, size_t, off_t);
    static long long calls;
    if (!next)
        *(void **)&next = dlsym(RTLD_NEXT, "pread");
    if (++calls > setting("BAD_AFTER") && (long long)at + (long long)n > setting("BAD_FROM")) {
        errno = EIO;
        return -1;
    }
    return next(fd, to, n, at);
}
