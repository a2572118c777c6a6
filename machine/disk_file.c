/* SPDX-License-Identifier: MIT */
/*
 * disk_file.c - a file as a medium: pread, pwrite, fdatasync. The host's clock plays no part; the
 * time at which the file was changed last is looked at to tell one state of it from another.
 *
 * After a failed fdatasync the host may have thrown away what it could not write, and the next
 * one would succeed: so that nothing is lost in silence, no flush ever succeeds again.
 */
#include "machine/disk_parts.h"

#include "base/snap.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

bool disk_file_read(struct disk_file *f, uint64_t at, void *buf, size_t n)
{
    uint8_t *to = buf;
    while (n) {
        ssize_t got = pread(f->fd, to, n, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0) {
            memset(to, 0, n);
            return true;
        }
        to += got;
        at += (uint64_t)got;
        n -= (size_t)got;
    }
    return true;
}

bool disk_file_write(struct disk_file *f, uint64_t at, const void *buf, size_t n)
{
    const uint8_t *from = buf;
    f->writes++;
    while (n) {
        ssize_t done = pwrite(f->fd, from, n, (off_t)at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        from += done;
        at += (uint64_t)done;
        n -= (size_t)done;
        f->size = at > f->size ? at : f->size;
    }
    return true;
}

bool disk_file_sync(struct disk_file *f)
{
    if (!f->lost && fdatasync(f->fd) != 0)
        f->lost = true;
    return !f->lost;
}

bool disk_file_truncate(struct disk_file *f, uint64_t size)
{
    f->writes++;
    f->size = size;
    return ftruncate(f->fd, (off_t)size) == 0;
}

static bool block_read(void *ctx, uint64_t sector, uint32_t count, void *buf)
{
    return disk_file_read(ctx, sector * BLOCK_SECTOR, buf, (size_t)count * BLOCK_SECTOR);
}

static bool block_write(void *ctx, uint64_t sector, uint32_t count, const void *buf)
{
    struct disk_file *f = ctx;
    return !f->block.read_only &&
           disk_file_write(f, sector * BLOCK_SECTOR, buf, (size_t)count * BLOCK_SECTOR);
}

static bool block_flush(void *ctx)
{
    struct disk_file *f = ctx;
    return f->block.read_only || disk_file_sync(f);
}

static void block_snap(void *ctx, struct snap *s)
{
    disk_file_snap(ctx, s);
}

static void block_release(void *ctx)
{
    const struct disk_file *f = ctx;
    (void)flock(f->fd, LOCK_UN);
}

bool disk_file_changed(const struct disk_file *f, int64_t *seconds, uint32_t *nanoseconds)
{
    struct stat st;
    if (fstat(f->fd, &st) != 0)
        return false;
    *seconds = st.st_mtim.tv_sec;
    *nanoseconds = (uint32_t)st.st_mtim.tv_nsec;
    return true;
}

void disk_file_snap(struct disk_file *f, struct snap *s)
{
    int64_t changed = 0;
    uint32_t part = 0;
    if (!snap_section(s, "disk file", 1))
        return;
    if (!disk_file_changed(f, &changed, &part))
        snap_fail(s, "%s: cannot be looked at: %s", f->name, strerror(errno));
    uint64_t size = f->size, seconds = (uint64_t)changed, writes = f->writes;
    uint32_t saved_part = part;
    snap_u64(s, &size);
    snap_u64(s, &seconds);
    snap_u32(s, &saved_part);
    snap_u64(s, &writes);
    if (!s->loading || !snap_ok(s))
        return;
    /* Opened after the snapshot, and not written yet: the time alone decides. */
    bool same_writes = writes == f->writes || f->writes == 0;
    if (size != f->size)
        snap_fail(s, "%s has %" PRIu64 " bytes, had %" PRIu64, f->name, f->size, size);
    else if (seconds != (uint64_t)changed || saved_part != part || !same_writes)
        snap_fail(s,
                  "%s has changed since the snapshot was made; only what a disk with "
                  ",snapshot keeps in memory goes back with the machine",
                  f->name);
    else
        f->writes = writes;
}

static bool lock(const struct disk_file *f, bool writable, struct error *err)
{
    if (flock(f->fd, (writable ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0)
        return true;
    if (errno != EWOULDBLOCK)
        return error_set(err, "%s: cannot be locked: %s", f->name, strerror(errno));
    return error_set(err,
                     "%s: in use, by another emulator or by another option; with `snapshot` or "
                     "`ro` for all of them it can be shared",
                     f->name);
}

static bool measure(struct disk_file *f, struct error *err)
{
    struct stat st;
    if (fstat(f->fd, &st) != 0)
        return error_set(err, "%s: cannot read: %s", f->name, strerror(errno));
    if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
        return error_set(err, "%s: neither a file nor a block device", f->name);
    off_t size = lseek(f->fd, 0, SEEK_END);
    if (size < 0)
        return error_set(err, "%s: has no size: %s", f->name, strerror(errno));
    f->size = (uint64_t)size;
    return true;
}

static bool open_with(struct disk_file *f, const char *name, int flags, struct error *err)
{
    bool writable = (flags & O_ACCMODE) == O_RDWR;
    *f = (struct disk_file){.fd = -1, .name = strdup(name)};
    if (!f->name)
        return error_set(err, "%s: no memory for it", name);
    /* A pipe that nobody writes must not hold us here. */
    f->fd = open(name, flags | O_CLOEXEC | O_NONBLOCK, 0666);
    if (f->fd < 0 && writable && (errno == EACCES || errno == EROFS || errno == EPERM))
        error_set(err, "%s: may not be written (%s); with ,ro or ,snapshot it need not", name,
                  strerror(errno));
    else if (f->fd < 0)
        error_set(err, "%s: cannot read: %s", name, strerror(errno));
    if (f->fd < 0 || !measure(f, err) || !lock(f, writable, err)) {
        disk_file_close(f);
        return false;
    }
    f->block = (struct block){.read = block_read,
                              .write = block_write,
                              .flush = block_flush,
                              .snap = block_snap,
                              .release = block_release,
                              .ctx = f,
                              .sectors = (f->size + BLOCK_SECTOR - 1) / BLOCK_SECTOR,
                              .read_only = !writable};
    return true;
}

bool disk_file_open(struct disk_file *f, const char *name, bool writable, struct error *err)
{
    return open_with(f, name, writable ? O_RDWR : O_RDONLY, err);
}

bool disk_file_create(struct disk_file *f, const char *name, struct error *err)
{
    return open_with(f, name, O_RDWR | O_CREAT, err);
}

void disk_file_close(struct disk_file *f)
{
    if (f->fd >= 0)
        (void)close(f->fd); /* all writes were complete, and flushed as far as the guest wished */
    free(f->name);
    *f = (struct disk_file){.fd = -1};
}
