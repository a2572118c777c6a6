/* SPDX-License-Identifier: MIT */
/*
 * syscall_file.c - system calls about files. See syscall.h.
 * Data passes through a buffer on the kernel stack, one piece after the other.
 */
#include <stddef.h>
#include <stdint.h>

#include "kernel/abi.h"
#include "kernel/file.h"
#include "kernel/inode.h"
#include "kernel/layout.h"
#include "kernel/pipe.h"
#include "kernel/proc.h"
#include "kernel/signal.h"
#include "kernel/syscall.h"
#include "kernel/tty.h"
#include "kernel/uaccess.h"
#include "kernel/x86.h"
#include "lib/string.h"

enum { CHUNK = 512, MAX_PIECES = 1024, SIZE_MAX_POSITIVE = 0x7fffffff };

struct file *syscall_file(unsigned fd)
{
    return fd < PROC_FILES ? current->files[fd] : NULL;
}

int syscall_path(char path[SYSCALL_PATH], unsigned address)
{
    /* One character stays free for the slash that a relative path gets. */
    int length = user_string(current->mm, path, address, SYSCALL_PATH - 1);
    if (length < 0)
        return length;
    if (length == 0)
        return -ENOENT;
    file_clean_path(path);
    return 0;
}

/* The lowest free descriptor from `from` upward gets the file; -EMFILE: none is free. */
static int install(struct file *f, unsigned from)
{
    for (unsigned fd = from; fd < PROC_FILES; fd++) {
        if (!current->files[fd]) {
            current->files[fd] = f;
            return (int)fd;
        }
    }
    return -EMFILE;
}

int sys_read(struct trapframe *tf)
{
    struct file *f = syscall_file(tf->ebx);
    uint32_t done = 0, size = tf->edx < SIZE_MAX_POSITIVE ? tf->edx : SIZE_MAX_POSITIVE;
    char chunk[CHUNK];
    if (!f || (f->flags & O_ACCMODE) == O_WRONLY)
        return -EBADF;
    if (!user_range(tf->ecx, size))
        return -EFAULT;
    while (done < size) {
        /* Within one page, which is known to be writable before anything is taken from a pipe. */
        uint32_t address = tf->ecx + done, want = size - done < CHUNK ? size - done : CHUNK;
        if (want > PAGE_SIZE - address % PAGE_SIZE)
            want = PAGE_SIZE - address % PAGE_SIZE;
        int got = user_touch(current->mm, address);
        if (!got)
            got = f->ops->read(f, chunk, want, done == 0);
        if (got > 0)
            got = user_write(current->mm, address, chunk, (uint32_t)got) ?: got;
        if (got < 0)
            return done ? (int)done : got;
        done += (uint32_t)got;
        if ((uint32_t)got < want)
            break; /* the end of the file, of a line, or of what a pipe holds */
    }
    return (int)done;
}

static int write_all(struct file *f, uint32_t address, uint32_t size)
{
    uint32_t done = 0;
    char chunk[CHUNK];
    if (size > SIZE_MAX_POSITIVE)
        size = SIZE_MAX_POSITIVE;
    if (!user_range(address, size))
        return -EFAULT;
    while (done < size && !(done && signal_pending(current))) {
        uint32_t n = size - done < CHUNK ? size - done : CHUNK;
        int error = user_read(current->mm, chunk, address + done, n);
        int put = error ? error : f->ops->write(f, chunk, n);
        if (put < 0)
            return done ? (int)done : put;
        done += (uint32_t)put;
        if ((uint32_t)put < n)
            break;
    }
    return (int)done;
}

static struct file *writable(unsigned fd)
{
    struct file *f = syscall_file(fd);
    return f && (f->flags & O_ACCMODE) != O_RDONLY ? f : NULL;
}

int sys_write(struct trapframe *tf)
{
    struct file *f = writable(tf->ebx);
    return f ? write_all(f, tf->ecx, tf->edx) : -EBADF;
}

int sys_writev(struct trapframe *tf)
{
    struct file *f = writable(tf->ebx);
    int total = 0;
    if (!f)
        return -EBADF;
    if (tf->edx > MAX_PIECES)
        return -EINVAL;
    for (uint32_t i = 0; i < tf->edx; i++) {
        struct iovec v;
        int n = user_read(current->mm, &v, tf->ecx + i * sizeof v, sizeof v);
        n = n ? n : write_all(f, v.base, v.length);
        if (n < 0)
            return total ? total : n;
        total += n;
        if ((uint32_t)n < v.length)
            break;
    }
    return total;
}

int sys_open(struct trapframe *tf)
{
    char path[SYSCALL_PATH];
    struct file *f;
    int error = syscall_path(path, tf->ebx);
    if (!error)
        error = file_open(path, tf->ecx, &f);
    if (error)
        return error;
    int fd = install(f, 0);
    if (fd < 0)
        file_close(f);
    return fd;
}

int sys_close(struct trapframe *tf)
{
    struct file *f = syscall_file(tf->ebx);
    if (!f)
        return -EBADF;
    current->files[tf->ebx] = NULL;
    file_close(f);
    return 0;
}

int sys_unlink(struct trapframe *tf)
{
    char path[SYSCALL_PATH];
    int error = syscall_path(path, tf->ebx);
    return error ? error : inode_unlink(path);
}

int sys_lseek(struct trapframe *tf)
{
    struct file *f = syscall_file(tf->ebx);
    struct file_info info;
    if (!f)
        return -EBADF;
    if (f->pipe || file_is_terminal(f))
        return -ESPIPE;
    file_info(f, &info);
    int64_t from = tf->edx == SEEK_SET ? 0 : tf->edx == SEEK_CUR ? f->at : info.size;
    int64_t to = from + (tf->edx == SEEK_SET ? (int64_t)tf->ecx : (int32_t)tf->ecx);
    if (tf->edx > SEEK_END || to < 0 || to > SIZE_MAX_POSITIVE)
        return -EINVAL;
    f->at = (uint32_t)to;
    return (int)to;
}

int sys_dup(struct trapframe *tf)
{
    struct file *f = syscall_file(tf->ebx);
    int fd = f ? install(f, 0) : -EBADF;
    if (fd >= 0)
        file_share(f);
    return fd;
}

int sys_dup2(struct trapframe *tf)
{
    struct file *f = syscall_file(tf->ebx);
    if (!f || tf->ecx >= PROC_FILES)
        return -EBADF;
    if (tf->ecx != tf->ebx) {
        file_share(f);
        file_close(current->files[tf->ecx]);
        current->files[tf->ecx] = f;
    }
    return (int)tf->ecx;
}

int sys_pipe(struct trapframe *tf)
{
    struct file *ends[2];
    int fds[2] = {-1, -1}, error = pipe_new(ends);
    if (error)
        return error;
    fds[0] = install(ends[0], 0);
    fds[1] = install(ends[1], 0);
    error = fds[0] < 0 || fds[1] < 0 ? -EMFILE : user_write(current->mm, tf->ebx, fds, sizeof fds);
    for (int i = 0; error && i < 2; i++) {
        if (fds[i] >= 0)
            current->files[fds[i]] = NULL;
        file_close(ends[i]);
    }
    return error;
}

int sys_ioctl(struct trapframe *tf)
{
    struct file *f = syscall_file(tf->ebx);
    if (!f)
        return -EBADF;
    return file_is_terminal(f) ? tty_ioctl(tf->ecx, tf->edx) : -ENOTTY;
}

static int put_stat(const struct file_info *i, uint32_t address)
{
    struct stat64 s = {
        .dev = i->device,
        .ino32 = i->number,
        .mode = i->mode,
        .links = i->links,
        .size = i->size,
        .block_size = 4096,
        .blocks = (i->size + 511) / 512,
        .ino = i->number,
    };
    return user_write(current->mm, address, &s, sizeof s);
}

int sys_stat64(struct trapframe *tf)
{
    char path[SYSCALL_PATH];
    struct file_info info;
    struct file *f;
    int error = syscall_path(path, tf->ebx);
    if (!error)
        error = file_open(path, O_RDONLY, &f);
    if (error)
        return error;
    file_info(f, &info);
    file_close(f);
    return put_stat(&info, tf->ecx);
}

int sys_fstat64(struct trapframe *tf)
{
    struct file *f = syscall_file(tf->ebx);
    struct file_info info;
    if (!f)
        return -EBADF;
    file_info(f, &info);
    return put_stat(&info, tf->ecx);
}

/* One record of getdents(), in the form of either call; returns its size. */
static uint32_t make_record(uint8_t *to, bool wide, const char *name, uint32_t ino, uint32_t next,
                            uint32_t mode)
{
    uint8_t type = (uint8_t)(mode >> 12); /* DT_ are the S_IF bits */
    uint32_t length = strlen(name) + 1;
    uint32_t size = wide ? sizeof(struct dirent64) + length : 10 + length + 1;
    size = (size + (wide ? 7 : 3)) & ~(wide ? 7u : 3u);
    memset(to, 0, size);
    if (wide) {
        struct dirent64 d = {.ino = ino, .offset = next, .length = (uint16_t)size, .type = type};
        memcpy(to, &d, sizeof d);
        memcpy(to + sizeof d, name, length);
    } else {
        memcpy(to, &ino, 4);
        memcpy(to + 4, &next, 4);
        memcpy(to + 8, &size, 2);
        memcpy(to + 10, name, length);
        to[size - 1] = type;
    }
    return size;
}

static int get_entries(struct trapframe *tf, bool wide)
{
    struct file *f = syscall_file(tf->ebx);
    uint32_t done = 0;
    if (!f)
        return -EBADF;
    for (;;) {
        char name[64];
        uint8_t record[96];
        struct file_info info;
        uint32_t next = f->at;
        int more = file_entry(f, &next, name, &info);
        if (more <= 0)
            return more < 0 ? more : (int)done;
        uint32_t size = make_record(record, wide, name, info.number, next, info.mode);
        if (size > tf->edx - done)
            return done ? (int)done : -EINVAL;
        int error = user_write(current->mm, tf->ecx + done, record, size);
        if (error)
            return done ? (int)done : error;
        done += size;
        f->at = next;
    }
}

int sys_getdents(struct trapframe *tf)
{
    return get_entries(tf, false);
}

int sys_getdents64(struct trapframe *tf)
{
    return get_entries(tf, true);
}
