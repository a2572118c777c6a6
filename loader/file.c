/* SPDX-License-Identifier: MIT */
/*
 * file.c - whole files. Read until end of file into a doubling buffer: st_size is only a hint
 * for the first allocation, because pipes have none and files change.
 */
#include "loader/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_ROOM (UINT64_C(64) << 10)

static bool check_kind(const struct stat *st, const char *path, uint64_t limit, struct error *err)
{
    if (S_ISDIR(st->st_mode))
        return error_set(err, "%s: is a directory; give the image file itself", path);
    if (S_ISCHR(st->st_mode) || S_ISSOCK(st->st_mode))
        return error_set(err, "%s: is a device, not an image file", path);
    if (S_ISREG(st->st_mode) && (uint64_t)st->st_size > limit)
        return error_set(err, "%s: too large (%llu bytes); images are limited to %llu", path,
                         (unsigned long long)st->st_size, (unsigned long long)limit);
    return true;
}

bool file_read_fd(int fd, const char *path, uint64_t limit, uint8_t **data, size_t *size,
                  struct error *err)
{
    struct stat st;
    uint8_t *buf = NULL;
    size_t room = 0, used = 0;

    if (fstat(fd, &st) != 0)
        return error_set(err, "%s: %s", path, strerror(errno));
    if (!check_kind(&st, path, limit, err))
        return false;
    for (;;) {
        ssize_t n;

        if (used == room) {
            uint64_t want = room ? (uint64_t)room * 2 : FIRST_ROOM;
            uint8_t *grown;

            /* One byte more than the hint, so that the end is seen without growing. */
            if (!room && S_ISREG(st.st_mode) && (uint64_t)st.st_size >= FIRST_ROOM)
                want = (uint64_t)st.st_size + 1;
            if (want > limit + 1)
                want = limit + 1;
            grown = realloc(buf, (size_t)want);
            if (!grown) {
                free(buf);
                return error_set(err, "%s: out of memory while reading it", path);
            }
            buf = grown;
            room = (size_t)want;
        }
        n = read(fd, buf + used, room - used);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            error_set(err, "%s: cannot read: %s", path, strerror(errno));
            free(buf);
            return false;
        }
        if (n == 0)
            break;
        used += (size_t)n;
        if (used > limit) {
            free(buf);
            return error_set(err, "%s: too large; images are limited to %llu bytes", path,
                             (unsigned long long)limit);
        }
    }
    if (used == 0) {
        free(buf);
        return error_set(err, "%s: is empty", path);
    }
    *data = buf;
    *size = used;
    return true;
}

bool file_read(const char *path, uint8_t **data, size_t *size, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok;

    if (fd < 0 && errno == ENOENT)
        return error_set(err, "%s: no such file", path[0] ? path : "\"\"");
    if (fd < 0)
        return error_set(err, "%s: cannot open: %s", path, strerror(errno));
    ok = file_read_fd(fd, path, FILE_LIMIT, data, size, err);
    close(fd);
    return ok;
}
