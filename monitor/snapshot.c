/* SPDX-License-Identifier: MIT */
/* snapshot.c - see snapshot.h. A file is the text MAGIC and the stream of machine_snap (base/snap.h). */
#include "monitor/snapshot.h"

#include "base/snap.h"
#include "machine/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "emu386 snapshot 1\n"
#define MAX_FILE (INT64_C(8) << 30)

static bool write_all(int fd, const void *bytes, size_t n)
{
    const char *at = bytes;

    while (n) {
        ssize_t done = write(fd, at, n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        at += done;
        n -= (size_t)done;
    }
    return true;
}

/* A rename is only safe on disk when its folder is. What cannot be synced is left at that. */
static void sync_folder(const char *file)
{
    char folder[4096] = ".";
    const char *slash = strrchr(file, '/');
    int fd;

    if (slash && (size_t)(slash - file) + 2 < sizeof folder) {
        size_t n = slash == file ? 1 : (size_t)(slash - file);

        memcpy(folder, file, n);
        folder[n] = 0;
    }
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)fsync(fd);
    close(fd);
}

static bool write_file(const char *file, const struct snap *s, struct error *err)
{
    char name[4200];
    bool ok;
    int fd, why;

    if ((size_t)snprintf(name, sizeof name, "%s.XXXXXX", file) >= sizeof name)
        return error_set(err, "%.60s...: the name is too long", file);
    fd = mkstemp(name);
    if (fd < 0)
        return error_set(err, "%s: cannot write: %s", file, strerror(errno));
    ok = write_all(fd, MAGIC, strlen(MAGIC)) && write_all(fd, s->buf, s->len) &&
         fchmod(fd, 0644) == 0 && fsync(fd) == 0;
    why = errno;
    if (close(fd) != 0 && ok) {
        ok = false;
        why = errno;
    }
    if (ok && rename(name, file) != 0) {
        ok = false;
        why = errno;
    }
    if (!ok) {
        unlink(name);
        return error_set(err, "%s: cannot write: %s", file, strerror(why));
    }
    sync_folder(file);
    return true;
}

bool snapshot_save(struct machine *m, const char *file, struct error *err)
{
    struct snap s;
    bool ok;

    snap_save_init(&s);
    machine_snap(m, &s);
    ok = snap_ok(&s) ? write_file(file, &s, err) : error_set(err, "%s: %s", file, s.err.text);
    snap_free(&s);
    return ok;
}

/* The file's bytes without the magic (owned), or NULL. */
static uint8_t *read_file(const char *file, size_t *n, struct error *err)
{
    char magic[sizeof MAGIC] = "";
    struct stat st;
    uint8_t *bytes = NULL;
    FILE *f = fopen(file, "re");

    if (!f || fstat(fileno(f), &st) != 0) {
        error_set(err, "%s: cannot read: %s", file, strerror(errno));
    } else if (!S_ISREG(st.st_mode) || fread(magic, 1, strlen(MAGIC), f) != strlen(MAGIC) ||
               strcmp(magic, MAGIC) != 0) {
        error_set(err, "%s: not a snapshot of this version", file);
    } else if (st.st_size > MAX_FILE) {
        error_set(err, "%s: too large for a snapshot", file);
    } else {
        *n = (size_t)st.st_size - strlen(MAGIC);
        bytes = malloc(*n + 1);
        if (!bytes)
            error_set(err, "%s: no memory for it", file);
        else if (fread(bytes, 1, *n, f) != *n) {
            error_set(err, "%s: cannot read all of it", file);
            free(bytes);
            bytes = NULL;
        }
    }
    if (f)
        fclose(f);
    return bytes;
}

static bool load(struct machine *m, const uint8_t *bytes, size_t n, const char *file,
                 struct error *err)
{
    struct snap s;
    bool ok;

    snap_load_init(&s, bytes, n);
    machine_snap(m, &s);
    ok = snap_ok(&s);
    if (!ok)
        error_set(err, "%s: %s", file, s.err.text);
    else if (s.pos != s.len)
        ok = error_set(err, "%s: %zu bytes too long", file, s.len - s.pos);
    snap_free(&s);
    return ok;
}

bool snapshot_restore(struct machine *m, const char *file, struct error *err)
{
    struct snap before;
    size_t n;
    uint8_t *bytes = read_file(file, &n, err);
    bool ok;

    if (!bytes)
        return false;
    snap_save_init(&before);
    machine_snap(m, &before);
    ok = snap_ok(&before) || error_set(err, "%s", before.err.text);
    if (ok && !load(m, bytes, n, file, err)) {
        ok = false;
        (void)load(m, before.buf, before.len, "the state before", NULL); /* it came from here */
    }
    snap_free(&before);
    free(bytes);
    return ok;
}
