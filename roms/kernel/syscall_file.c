/* SPDX-License-Identifier: MIT */
/*
 * syscall_file.c - system calls about files. See syscall.h.
 * Data passes through a buffer on the kernel stack, one piece after the other.
 */
#include <stddef.h>
#include <stdint.h>

#include "drivers/x86.h"
#include "kernel/core.h"
#include "kernel/file.h"
#include "kernel/layout.h"
#include "kernel/mm.h"
#include "kernel/proc.h"
#include "kernel/syscall.h"
#include "lib/abi.h"
#include "lib/string.h"

enum { CHUNK = 512, SIZE_MAX_POSITIVE = 0x7fffffff };

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
    if (!f->ops->read)
        return -EISDIR;
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

int sys_write(struct trapframe *tf)
{
    struct file *f = syscall_file(tf->ebx);
    uint32_t done = 0, size = tf->edx < SIZE_MAX_POSITIVE ? tf->edx : SIZE_MAX_POSITIVE;
    char chunk[CHUNK];
    if (!f || (f->flags & O_ACCMODE) == O_RDONLY)
        return -EBADF;
    if (!user_range(tf->ecx, size))
        return -EFAULT;
    while (done < size && !(done && signal_pending(current))) {
        uint32_t n = size - done < CHUNK ? size - done : CHUNK;
        int put = user_read(current->mm, chunk, tf->ecx + done, n);
        if (!put)
            put = f->ops->write(f, chunk, n);
        if (put < 0)
            return done ? (int)done : put;
        done += (uint32_t)put;
        if ((uint32_t)put < n)
            break;
    }
    return (int)done;
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
        .links = 1,
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

int sys_getdents64(struct trapframe *tf)
{
    struct file *f = syscall_file(tf->ebx);
    uint32_t done = 0;
    if (!f)
        return -EBADF;
    for (;;) {
        struct dirent64 d = {0};
        struct file_info info;
        uint32_t next = f->at;
        int more = file_entry(f, &next, d.name, &info);
        if (more <= 0)
            return more < 0 ? more : (int)done;
        d.ino = info.number;
        d.offset = next;
        d.type = (uint8_t)(info.mode >> 12); /* DT_... are the bits of S_IF... */
        d.length = (uint16_t)((offsetof(struct dirent64, name) + strlen(d.name) + 8) & ~7u);
        int error = d.length > tf->edx - done
                        ? -EINVAL
                        : user_write(current->mm, tf->ecx + done, &d, d.length);
        if (error)
            return done ? (int)done : error;
        done += d.length;
        f->at = next;
    }
}
