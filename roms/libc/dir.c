/* SPDX-License-Identifier: MIT */
/*
 * dir.c - directories, entry by entry.
 */
#include <dirent.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "libc/kernel.h"

struct dir_stream {
    int fd;                                        /* the directory */
    long at, used;                                 /* next entry in the buffer, its end */
    char buffer[1024] __attribute__((aligned(8))); /* entries as the kernel wrote them */
};

DIR *opendir(const char *path)
{
    DIR *d = malloc(sizeof *d);
    if (!d)
        return NULL;
    d->at = d->used = 0;
    d->fd = open(path, O_RDONLY | O_DIRECTORY);
    if (d->fd >= 0)
        return d;
    free(d);
    return NULL;
}

struct dirent *readdir(DIR *d)
{
    if (d->at >= d->used) {
        d->at = 0;
        d->used = result_of(kernel_call(SYS_getdents64, d->fd, d->buffer, sizeof d->buffer));
        if (d->used <= 0)
            return NULL;
    }
    struct dirent *entry = (struct dirent *)(d->buffer + d->at);
    d->at += entry->d_reclen;
    return entry;
}

int closedir(DIR *d)
{
    int answer = close(d->fd);
    free(d);
    return answer;
}
