/* SPDX-License-Identifier: MIT */
/*
 * syscall.c - system calls, with the numbers, arguments and errors of Linux on the i386.
 * Each function takes its arguments from the registers EBX, ECX, EDX of the caller's frame, in
 * this order, and returns the result. User memory is reached through uaccess.h only.
 * Differences from Linux: one kind of signal action (death, see proc_signal), one terminal without
 * job control beyond Ctrl-C, files are read-only, and execve takes at most one page of strings.
 */
#include "kernel/syscall.h"

#include <stddef.h>

#include "kernel/abi.h"
#include "kernel/exec.h"
#include "kernel/file.h"
#include "kernel/layout.h"
#include "kernel/mm.h"
#include "kernel/page.h"
#include "kernel/power.h"
#include "kernel/proc.h"
#include "kernel/timer.h"
#include "kernel/tty.h"
#include "kernel/uaccess.h"
#include "kernel/x86.h"
#include "lib/string.h"

enum { CHUNK = 512, PATH_SIZE = 128, STRING_SIZE = 1024, MAX_STRINGS = 512 };

static struct file *file_of(uint32_t fd)
{
    return fd < PROC_FILES ? current->files[fd] : NULL;
}

static int sys_exit(struct trapframe *tf)
{
    proc_exit(WAIT_EXIT(tf->ebx));
}

static int sys_fork(struct trapframe *tf)
{
    return proc_fork(tf);
}

static int sys_read(struct trapframe *tf)
{
    struct file *f = file_of(tf->ebx);
    uint32_t done = 0;
    char chunk[CHUNK];
    if (!f)
        return -EBADF;
    while (done < tf->edx) {
        uint32_t want = tf->edx - done < CHUNK ? tf->edx - done : CHUNK;
        int got = f->ops->read(f, chunk, want);
        if (got > 0)
            got = user_write(current->mm, tf->ecx + done, chunk, (uint32_t)got) ?: got;
        if (got < 0)
            return done ? (int)done : got;
        done += (uint32_t)got;
        if ((uint32_t)got < want)
            break; /* the end of the file, or of a line */
    }
    return (int)done;
}

static int sys_write(struct trapframe *tf)
{
    struct file *f = file_of(tf->ebx);
    uint32_t done = 0;
    char chunk[CHUNK];
    if (!f)
        return -EBADF;
    while (done < tf->edx && !current->signal) {
        uint32_t n = tf->edx - done < CHUNK ? tf->edx - done : CHUNK;
        int error = user_read(current->mm, chunk, tf->ecx + done, n);
        int put = error ? error : f->ops->write(f, chunk, n);
        if (put < 0)
            return done ? (int)done : put;
        done += (uint32_t)put;
    }
    return (int)done;
}

static int sys_open(struct trapframe *tf)
{
    char path[PATH_SIZE];
    int fd = 0, length = user_string(current->mm, path, tf->ebx, sizeof path);
    if (length < 0)
        return length;
    while (fd < PROC_FILES && current->files[fd])
        fd++;
    if (fd == PROC_FILES)
        return -EMFILE;
    struct file *f;
    int error = file_open(path, &f);
    if (error)
        return error;
    if ((tf->ecx & O_ACCMODE) != 0 && f->initrd) {
        file_close(f);
        return -EACCES;
    }
    current->files[fd] = f;
    return fd;
}

static int sys_close(struct trapframe *tf)
{
    struct file *f = file_of(tf->ebx);
    if (!f)
        return -EBADF;
    file_close(f);
    current->files[tf->ebx] = NULL;
    return 0;
}

static int sys_waitpid(struct trapframe *tf)
{
    int status = 0, pid = proc_wait((int)tf->ebx, &status, tf->edx & WNOHANG);
    if (pid > 0 && tf->ecx) {
        int error = user_write(current->mm, tf->ecx, &status, sizeof status);
        if (error)
            return error;
    }
    return pid;
}

/* Appends the strings of a NULL-terminated user array, which may be missing. */
static int add_strings(struct exec_args *a, uint32_t array, uint32_t *count)
{
    for (*count = 0; array; (*count)++, array += 4) {
        uint32_t string;
        int error = user_read(current->mm, &string, array, sizeof string);
        if (error)
            return error;
        if (!string)
            return 0;
        size_t room = sizeof a->text - a->used;
        int length = *count == MAX_STRINGS
                         ? -E2BIG
                         : user_string(current->mm, a->text + a->used, string, room);
        if (length < 0)
            return length == -ENAMETOOLONG ? -E2BIG : length;
        a->used += (uint32_t)length + 1;
    }
    return 0;
}

static int sys_execve(struct trapframe *tf)
{
    char path[PATH_SIZE];
    int error = user_string(current->mm, path, tf->ebx, sizeof path);
    if (error < 0)
        return error;
    uint32_t page = page_alloc_zeroed();
    if (!page)
        return -ENOMEM;
    struct exec_args *a = phys_to_lin(page);
    error = add_strings(a, tf->ecx, &a->argc);
    if (!error)
        error = add_strings(a, tf->edx, &a->envc);
    if (!error)
        error = exec_program(current, path, a);
    page_put(page);
    return error;
}

static int sys_getpid(struct trapframe *tf)
{
    (void)tf;
    return current->pid;
}

static int sys_getppid(struct trapframe *tf)
{
    (void)tf;
    return current->parent->pid;
}

static int sys_kill(struct trapframe *tf)
{
    return (int)tf->ebx > 0 ? proc_signal((int)tf->ebx, (int)tf->ecx) : -ESRCH;
}

static int sys_brk(struct trapframe *tf)
{
    return (int)mm_brk(current->mm, tf->ebx);
}

static int sys_ioctl(struct trapframe *tf)
{
    int pid = tty_foreground();
    struct file *f = file_of(tf->ebx);
    if (!f)
        return -EBADF;
    if (f->initrd || f->text)
        return -ENOTTY;
    if (tf->ecx == TIOCGPGRP)
        return user_write(current->mm, tf->edx, &pid, sizeof pid);
    if (tf->ecx != TIOCSPGRP)
        return -EINVAL;
    int error = user_read(current->mm, &pid, tf->edx, sizeof pid);
    if (!error)
        tty_set_foreground(pid);
    return error;
}

static int sys_reboot(struct trapframe *tf)
{
    if (tf->ebx != REBOOT_MAGIC1 || tf->ecx != REBOOT_MAGIC2)
        return -EINVAL;
    if (tf->edx == REBOOT_RESTART)
        power_restart();
    if (tf->edx == REBOOT_HALT || tf->edx == REBOOT_POWER_OFF)
        power_off(0);
    return -EINVAL;
}

static int sys_sched_yield(struct trapframe *tf)
{
    (void)tf;
    proc_yield();
    return 0;
}

static int sys_nanosleep(struct trapframe *tf)
{
    struct timespec t;
    enum { TICK_NS = 1000000000 / TICKS_PER_SECOND, MAX_SECONDS = 10000000 };
    int error = user_read(current->mm, &t, tf->ebx, sizeof t);
    if (error)
        return error;
    if (t.seconds < 0 || t.nanoseconds < 0 || t.nanoseconds > 999999999)
        return -EINVAL;
    if (t.seconds > MAX_SECONDS)
        t.seconds = MAX_SECONDS;
    uint32_t ticks =
        (uint32_t)t.seconds * TICKS_PER_SECOND + (uint32_t)(t.nanoseconds + TICK_NS - 1) / TICK_NS;
    /* One more, because the present tick is already under way. */
    return proc_nap(ticks ? ticks + 1 : 0);
}

static int (*const calls[])(struct trapframe *) = {
    [SYS_EXIT] = sys_exit,           [SYS_FORK] = sys_fork,     [SYS_READ] = sys_read,
    [SYS_WRITE] = sys_write,         [SYS_OPEN] = sys_open,     [SYS_CLOSE] = sys_close,
    [SYS_WAITPID] = sys_waitpid,     [SYS_EXECVE] = sys_execve, [SYS_GETPID] = sys_getpid,
    [SYS_KILL] = sys_kill,           [SYS_BRK] = sys_brk,       [SYS_IOCTL] = sys_ioctl,
    [SYS_GETPPID] = sys_getppid,     [SYS_REBOOT] = sys_reboot, [SYS_SCHED_YIELD] = sys_sched_yield,
    [SYS_NANOSLEEP] = sys_nanosleep,
};

void syscall(struct trapframe *tf)
{
    uint32_t number = tf->eax;
    if (number >= sizeof calls / sizeof calls[0] || !calls[number]) {
        tf->eax = (uint32_t)-ENOSYS;
        return;
    }
    tf->eax = (uint32_t)calls[number](tf); /* a new program finds 0 here, as execve returned */
}
