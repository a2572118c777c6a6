/* SPDX-License-Identifier: MIT */
/* source.c - finds and reads source files; only regular files of a sensible size. */
#include "monitor/source.h"

#include "monitor/symbols.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_SOURCE (16 << 20) /* bytes */
#define MAX_ABOVE 6           /* folders above an image */

static int try_open(struct source *f, const char *folder, size_t len, const char *name)
{
    int n = len ? snprintf(f->path, sizeof f->path, "%.*s/%s", (int)len, folder, name)
                : snprintf(f->path, sizeof f->path, "%s", name);
    if (n < 0 || (size_t)n >= sizeof f->path)
        return -1;
    return open(f->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

/* Beside the image, and in the folders above it. */
static int try_image(struct source *f, const char *image, const char *name)
{
    const char *slash = strrchr(image, '/');
    int fd = -1;
    for (unsigned n = 0; slash && n < MAX_ABOVE && fd < 0; n++) {
        size_t len = (size_t)(slash - image);
        fd = try_open(f, len ? image : "/.", len ? len : 2, name);
        while (len && image[len - 1] != '/')
            len--;
        slash = len ? image + len - 1 : NULL;
    }
    return fd;
}

static int find_file(struct source *f, const struct symbols *s, uint32_t cr3, const char *name)
{
    const char *folder = NULL;
    struct symbols_info info;
    int fd = try_open(f, NULL, 0, name);
    if (fd >= 0 || name[0] == '/')
        return fd;
    if (symbols_file(s, cr3, name, strlen(name), &folder) && folder)
        fd = try_open(f, folder, strlen(folder), name);
    for (unsigned n = 0; fd < 0 && (folder = symbols_folder(s, n)); n++)
        fd = try_open(f, folder, strlen(folder), name);
    for (unsigned n = 0; fd < 0 && symbols_module(s, n, &info); n++)
        fd = try_image(f, info.name, name);
    return fd;
}

static bool read_text(struct source *f, int fd, size_t size)
{
    size_t have = 0;
    f->text = malloc(size + 1);
    while (f->text && have < size) {
        ssize_t n = read(fd, f->text + have, size - have);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        have += (size_t)n;
    }
    if (f->text)
        f->text[have] = 0;
    return f->text;
}

static bool split_lines(struct source *f)
{
    unsigned room = 1;
    for (const char *p = f->text; (p = strchr(p, '\n')); p++)
        room++;
    f->lines = malloc(room * sizeof *f->lines);
    if (!f->lines)
        return false;
    for (char *p = f->text; *p;) {
        char *end = p + strcspn(p, "\n");
        f->lines[f->count++] = p;
        p = *end ? end + 1 : end;
        *end = 0;
        if (end > f->lines[f->count - 1] && end[-1] == '\r')
            end[-1] = 0;
    }
    return true;
}

bool source_open(struct source *f, const struct symbols *s, uint32_t cr3, const char *name,
                 struct error *err)
{
    struct stat st;
    bool good;
    f->text = NULL;
    f->lines = NULL;
    f->count = 0;
    int fd = find_file(f, s, cr3, name);
    if (fd < 0)
        return error_set(
            err, "%s: source file not found; \"symbols source FOLDER\" says where to look", name);
    good = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= MAX_SOURCE;
    if (!good)
        error_set(err, "%s: is no source file", f->path);
    else if (!(good = read_text(f, fd, (size_t)st.st_size) && split_lines(f)))
        error_set(err, "%s: no memory", f->path);
    close(fd);
    if (!good)
        source_close(f);
    return good;
}

void source_close(struct source *f)
{
    free(f->text);
    free(f->lines);
    f->text = NULL;
    f->lines = NULL;
    f->count = 0;
}

const char *source_line(const struct source *f, unsigned n)
{
    return n && n <= f->count ? f->lines[n - 1] : NULL;
}
