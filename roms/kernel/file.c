/* SPDX-License-Identifier: MIT */
/*
 * file.c - open files. See file.h. Nothing can be written but the terminal.
 */
#include "kernel/file.h"

#include "kernel/abi.h"
#include "kernel/cache.h"
#include "kernel/initrd.h"
#include "kernel/procfs.h"
#include "kernel/tty.h"
#include "lib/string.h"

static struct cache file_cache = CACHE_OF(struct file);

static int terminal_read(struct file *f, char *dst, size_t n)
{
    (void)f;
    return tty_read(dst, n);
}

static int terminal_write(struct file *f, const char *src, size_t n)
{
    (void)f;
    for (size_t i = 0; i < n; i++)
        tty_put(src[i]);
    return (int)n;
}

static int initrd_read(struct file *f, char *dst, size_t n)
{
    uint32_t rest = f->initrd->size - f->at;
    if (n > rest)
        n = rest;
    memcpy(dst, initrd_data(f->initrd) + f->at, n);
    f->at += n;
    return (int)n;
}

static int procfs_file_read(struct file *f, char *dst, size_t n)
{
    int count = procfs_read(f->text, f->pid, f->at, dst, n);
    if (count > 0)
        f->at += (uint32_t)count;
    return count;
}

static int no_write(struct file *f, const char *src, size_t n)
{
    (void)f;
    (void)src;
    (void)n;
    return -EBADF;
}

static const struct file_ops terminal_ops = {terminal_read, terminal_write};
static const struct file_ops initrd_ops = {initrd_read, no_write};
static const struct file_ops procfs_ops = {procfs_file_read, no_write};

int file_open(const char *path, struct file **out)
{
    struct file f = {.refs = 1};
    if (strcmp(path, "/dev/tty") == 0)
        f.ops = &terminal_ops;
    else if ((f.initrd = initrd_find(path)))
        f.ops = &initrd_ops;
    else if ((f.text = procfs_find(path, &f.pid)))
        f.ops = &procfs_ops;
    else
        return -ENOENT;
    *out = cache_alloc(&file_cache);
    if (!*out)
        return -ENOMEM;
    **out = f;
    return 0;
}

struct file *file_share(struct file *f)
{
    if (f)
        f->refs++;
    return f;
}

void file_close(struct file *f)
{
    if (f && --f->refs == 0)
        cache_free(&file_cache, f);
}
