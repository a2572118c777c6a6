/* SPDX-License-Identifier: MIT */
/*
 * file.c - open files. See file.h. Files of the initrd cannot be changed, /tmp is kept in memory.
 */
#include "kernel/file.h"

#include "kernel/core.h"
#include "kernel/page.h"
#include "kernel/proc.h"
#include "lib/abi.h"
#include "lib/format.h"
#include "lib/string.h"

enum { PID_ENTRIES = 0x1000 };

static struct cache file_cache = CACHE_OF(file);

static int null_read(struct file *f, char *dst, size_t n, bool wait)
{
    memset(dst, 0, n);
    return f->inode->kind == INODE_ZERO ? (int)n : 0;
}

static int null_write(struct file *f, const char *src, size_t n)
{
    return (int)n;
}

static int regular_read(struct file *f, char *dst, size_t n, bool wait)
{
    int done = inode_read(f->inode, f->at, dst, n);
    f->at += done > 0 ? (uint32_t)done : 0;
    return done;
}

static int regular_write(struct file *f, const char *src, size_t n)
{
    if (f->flags & O_APPEND)
        f->at = f->inode->size;
    int done = inode_write(f->inode, f->at, src, n);
    f->at += done > 0 ? (uint32_t)done : 0;
    return done;
}

static const struct file_ops terminal_ops = {tty_read, tty_write, NULL};
static const struct file_ops null_ops = {null_read, null_write, NULL};
static const struct file_ops regular_ops = {regular_read, regular_write, NULL};
static const struct file_ops directory_ops = {NULL, NULL, NULL};
static const struct file_ops procfs_ops = {procfs_read, procfs_write, NULL};

static const struct file_ops *const ops_of[] = {
    [INODE_DIRECTORY] = &directory_ops, [INODE_INITRD] = &regular_ops,
    [INODE_MEMORY] = &regular_ops,      [INODE_TTY] = &terminal_ops,
    [INODE_NULL] = &null_ops,           [INODE_ZERO] = &null_ops,
};

void file_clean_path(char *path)
{
    char *to = path;
    for (const char *at = path; *at;) {
        const char *end = at;
        while (*end && *end != '/')
            end++;
        size_t n = (size_t)(end - at);
        if (n == 2 && at[0] == '.' && at[1] == '.') {
            while (to > path && *--to != '/')
                continue;
        } else if (n > 0 && !(n == 1 && at[0] == '.')) {
            if (at == path && *path != '/') { /* relative: there is only one directory, "/" */
                memmove(path + 1, path, strlen(path) + 1);
                at++;
                end++;
            }
            *to++ = '/';
            memmove(to, at, n);
            to += n;
        }
        at = *end ? end + 1 : end;
    }
    *to = '\0';
}

/* What the path and the flags say about a file of the file system. */
static int open_inode(const char *path, uint32_t flags, struct inode **out)
{
    bool write = (flags & O_ACCMODE) != O_RDONLY;
    struct inode *i = inode_find(path);
    if (!i && !(flags & O_CREAT))
        return -ENOENT;
    if (!i)
        return inode_create(path, out);
    int error = 0;
    if ((flags & O_CREAT) && (flags & O_EXCL))
        error = -EEXIST;
    else if (write && (i->kind == INODE_DIRECTORY || i->kind == INODE_INITRD))
        error = i->kind == INODE_DIRECTORY ? -EISDIR : -EROFS;
    else if ((flags & O_DIRECTORY) && i->kind != INODE_DIRECTORY)
        error = -ENOTDIR;
    if (error)
        inode_put(i);
    else if ((flags & O_TRUNC) && write && i->kind == INODE_MEMORY)
        inode_truncate(i);
    *out = i;
    return error;
}

struct file *file_new(const struct file *like)
{
    struct file *f = cache_alloc(&file_cache);
    if (f) {
        *f = *like;
        f->refs = 1;
    }
    return f;
}

int file_open(const char *path, uint32_t flags, struct file **out)
{
    struct file f = {.flags = flags & (O_ACCMODE | O_APPEND)};
    if (procfs_find(path, &f.entry, &f.pid)) {
        f.ops = f.entry ? &procfs_ops : &directory_ops;
        if ((flags & O_ACCMODE) != O_RDONLY && !(f.entry && f.entry->write))
            return f.entry ? -EACCES : -EISDIR;
    } else {
        int error = open_inode(path, flags, &f.inode);
        if (error)
            return error;
        f.ops = ops_of[f.inode->kind];
    }
    *out = file_new(&f);
    if (!*out)
        inode_put(f.inode);
    return *out ? 0 : -ENOMEM;
}

struct file *file_share(struct file *f)
{
    if (f)
        f->refs++;
    return f;
}

void file_close(struct file *f)
{
    if (!f || --f->refs > 0)
        return;
    if (f->ops->release)
        f->ops->release(f);
    inode_put(f->inode);
    cache_free(&file_cache, f);
}

bool file_is_terminal(const struct file *f)
{
    return f->ops == &terminal_ops;
}

static void inode_info(const struct inode *i, struct file_info *info)
{
    static const uint32_t modes[] = {
        [INODE_DIRECTORY] = S_IFDIR | 0755, [INODE_INITRD] = S_IFREG | 0555,
        [INODE_MEMORY] = S_IFREG | 0666,    [INODE_TTY] = S_IFCHR | 0666,
        [INODE_NULL] = S_IFCHR | 0666,      [INODE_ZERO] = S_IFCHR | 0666,
    };
    *info = (struct file_info){i->device, i->number, modes[i->kind], i->size};
}

void file_info(const struct file *f, struct file_info *info)
{
    if (f->inode)
        inode_info(f->inode, info);
    else if (f->pipe)
        *info = (struct file_info){.mode = S_IFIFO | 0600};
    else
        procfs_info(f->entry, f->pid, info);
}

/* The process with the smallest number from pid upward; NULL: none. */
static const struct proc *process_from(int pid)
{
    const struct proc *best = NULL;
    for (const struct proc *p = proc_next(NULL); p; p = proc_next(p)) {
        if (p->pid >= pid && (!best || p->pid < best->pid))
            best = p;
    }
    return best;
}

/* Positions: 0 and 1 for "." and "..", then files, then, in /proc, PID_ENTRIES + number. */
int file_entry(const struct file *f, uint32_t *at, char name[64], struct file_info *info)
{
    if (f->ops != &directory_ops)
        return -ENOTDIR;
    if (*at < 2) {
        file_info(f, info);
        strlcpy(name, *at == 0 ? "." : "..", 64);
        ++*at;
        return 1;
    }
    uint32_t n = *at - 2;
    if (f->inode) {
        for (const struct inode *i = inode_next(NULL); i; i = inode_next(i)) {
            const char *found = inode_name_in(i, f->inode);
            if (found && n-- == 0) {
                strlcpy(name, found, 64);
                inode_info(i, info);
                ++*at;
                return 1;
            }
        }
        if (strcmp(f->inode->path, "/proc") != 0)
            return 0;
    }
    const struct procfs_entry *e = *at < PID_ENTRIES ? procfs_number(n, f->pid != 0) : NULL;
    if (e) {
        strlcpy(name, e->name, 64);
        procfs_info(e, f->pid, info);
        ++*at;
        return 1;
    }
    const struct proc *p =
        f->pid ? NULL : process_from(*at < PID_ENTRIES ? PID_INIT : (int)(*at - PID_ENTRIES));
    if (!p)
        return 0;
    snprintf(name, 64, "%d", p->pid);
    procfs_info(NULL, p->pid, info);
    *at = PID_ENTRIES + (uint32_t)p->pid + 1;
    return 1;
}
