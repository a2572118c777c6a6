/* SPDX-License-Identifier: MIT */
/*
 * syscall.c - the table of system calls, and those about processes, signals and time, with the
 * numbers, arguments and errors of Linux on the i386. User memory is reached through uaccess.c
 * only. Differences from Linux: one user, one directory ("/"), one terminal without job control
 * beyond Ctrl-C, time counts from the start of the kernel.
 */
#include "kernel/syscall.h"

#include <stddef.h>

#include "drivers/drivers.h"
#include "drivers/x86.h"
#include "kernel/core.h"
#include "kernel/mm.h"
#include "kernel/page.h"
#include "kernel/proc.h"
#include "lib/abi.h"
#include "lib/string.h"

enum { MAX_STRINGS = 4096, TICK_US = 1000000 / TICKS_PER_SECOND };

static int sys_exit(struct trapframe *tf)
{
    proc_exit(WAIT_EXIT(tf->ebx));
}

static int sys_fork(struct trapframe *tf)
{
    return proc_fork(tf);
}

/* struct rusage: two times of two words each, then 14 numbers; the fifth and sixth are faults. */
static int put_rusage(uint32_t address, const struct usage *u)
{
    uint32_t r[18] = {
        u->user / TICKS_PER_SECOND,   u->user % TICKS_PER_SECOND * TICK_US,
        u->system / TICKS_PER_SECOND, u->system % TICKS_PER_SECOND * TICK_US,
        [8] = u->minor_faults,        [9] = u->major_faults,
    };
    return user_write(current->mm, address, r, sizeof r);
}

static int wait_for(struct trapframe *tf, uint32_t rusage)
{
    struct usage usage;
    int status = 0, pid = proc_wait((int)tf->ebx, &status, tf->edx & WNOHANG, &usage), error = 0;
    if (pid > 0 && tf->ecx)
        error = user_write(current->mm, tf->ecx, &status, sizeof status);
    if (pid > 0 && rusage && !error)
        error = put_rusage(rusage, &usage);
    return error ? error : pid;
}

static int sys_waitpid(struct trapframe *tf)
{
    return wait_for(tf, 0);
}

static int sys_wait4(struct trapframe *tf)
{
    return wait_for(tf, tf->esi);
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
    char path[SYSCALL_PATH];
    int error = syscall_path(path, tf->ebx);
    if (error < 0)
        return error;
    struct exec_args *a = vmalloc(sizeof *a);
    if (!a)
        return -ENOMEM;
    error = add_strings(a, tf->ecx, &a->argc);
    if (!error)
        error = add_strings(a, tf->edx, &a->envc);
    if (!error)
        error = exec_program(current, path, a);
    vfree(a);
    return error;
}

static int sys_getpid(struct trapframe *tf)
{
    return current->pid;
}

static int sys_getppid(struct trapframe *tf)
{
    return current->parent->pid;
}

static int sys_kill(struct trapframe *tf)
{
    struct proc *p = (int)tf->ebx > 0 ? proc_find((int)tf->ebx) : NULL;
    if (tf->ecx >= SIGNALS)
        return -EINVAL;
    if (!p)
        return -ESRCH;
    signal_send(p, (int)tf->ecx, current->pid);
    return 0;
}

static int sys_sigaction(struct trapframe *tf)
{
    struct sigaction user = {0};
    struct rt_sigaction a, old;
    int error = tf->ecx ? user_read(current->mm, &user, tf->ecx, sizeof user) : 0;
    a = (struct rt_sigaction){user.handler, user.flags, user.restorer, {user.mask}};
    if (!error)
        error = signal_action((int)tf->ebx, tf->ecx ? &a : NULL, &old);
    user = (struct sigaction){old.handler, old.mask[0], old.flags, old.restorer};
    if (!error && tf->edx)
        error = user_write(current->mm, tf->edx, &user, sizeof user);
    return error;
}

static int sys_rt_sigaction(struct trapframe *tf)
{
    struct rt_sigaction a, old;
    int error = tf->esi != sizeof a.mask ? -EINVAL : 0;
    if (!error && tf->ecx)
        error = user_read(current->mm, &a, tf->ecx, sizeof a);
    if (!error)
        error = signal_action((int)tf->ebx, tf->ecx ? &a : NULL, &old);
    if (!error && tf->edx)
        error = user_write(current->mm, tf->edx, &old, sizeof old);
    return error;
}

static int sys_sigreturn(struct trapframe *tf)
{
    return signal_return(tf, false);
}

static int sys_rt_sigreturn(struct trapframe *tf)
{
    return signal_return(tf, true);
}

static int sys_reboot(struct trapframe *tf)
{
    if (tf->ebx != REBOOT_MAGIC1 || tf->ecx != REBOOT_MAGIC2)
        return -EINVAL;
    if (tf->edx != REBOOT_RESTART && tf->edx != REBOOT_HALT && tf->edx != REBOOT_POWER_OFF)
        return -EINVAL;
    if (tf->edx == REBOOT_RESTART)
        power_restart();
    system_halt(0);
}

static int sys_sched_yield(struct trapframe *tf)
{
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
    error = proc_nap(ticks ? ticks + 1 : 0);
    if (error && tf->ecx) {
        uint32_t left = current->wake_at - timer_now();
        t = (struct timespec){(int32_t)(left / TICKS_PER_SECOND),
                              (int32_t)(left % TICKS_PER_SECOND * TICK_NS)};
        error = user_write(current->mm, tf->ecx, &t, sizeof t) ?: error;
    }
    return error;
}

static int sys_time(struct trapframe *tf)
{
    int32_t now = (int32_t)(timer_now() / TICKS_PER_SECOND);
    int error = tf->ebx ? user_write(current->mm, tf->ebx, &now, sizeof now) : 0;
    return error ? error : now;
}

static int sys_uname(struct trapframe *tf)
{
    static const struct utsname name = {"emu386-demo", "demo", "1.0", "#1", "i386", ""};
    return user_write(current->mm, tf->ebx, &name, sizeof name);
}

/* clang-format off */
static int (*const calls[])(struct trapframe *) = {
    [SYS_EXIT] = sys_exit,             [SYS_EXIT_GROUP] = sys_exit,
    [SYS_FORK] = sys_fork,             [SYS_EXECVE] = sys_execve,
    [SYS_WAITPID] = sys_waitpid,       [SYS_WAIT4] = sys_wait4,
    [SYS_GETPID] = sys_getpid,         [SYS_GETPPID] = sys_getppid,
    [SYS_KILL] = sys_kill,             [SYS_SCHED_YIELD] = sys_sched_yield,
    [SYS_SIGACTION] = sys_sigaction,   [SYS_RT_SIGACTION] = sys_rt_sigaction,
    [SYS_SIGRETURN] = sys_sigreturn,   [SYS_RT_SIGRETURN] = sys_rt_sigreturn,
    [SYS_NANOSLEEP] = sys_nanosleep,   [SYS_TIME] = sys_time,
    [SYS_UNAME] = sys_uname,           [SYS_REBOOT] = sys_reboot,

    [SYS_OPEN] = sys_open,             [SYS_CLOSE] = sys_close,
    [SYS_READ] = sys_read,             [SYS_WRITE] = sys_write,
    [SYS_LSEEK] = sys_lseek,           [SYS_UNLINK] = sys_unlink,
    [SYS_DUP] = sys_dup,               [SYS_DUP2] = sys_dup2,
    [SYS_PIPE] = sys_pipe,             [SYS_IOCTL] = sys_ioctl,
    [SYS_STAT64] = sys_stat64,         [SYS_LSTAT64] = sys_stat64,
    [SYS_FSTAT64] = sys_fstat64,       [SYS_GETDENTS64] = sys_getdents64,

    [SYS_BRK] = sys_brk,               [SYS_MPROTECT] = sys_mprotect,
    [SYS_MMAP] = sys_mmap,             [SYS_MMAP2] = sys_mmap2,
    [SYS_MUNMAP] = sys_munmap,         [SYS_IPC] = sys_ipc,
};
/* clang-format on */

void syscall(struct trapframe *tf)
{
    uint32_t number = current->call = tf->eax;
    if (number >= sizeof calls / sizeof calls[0] || !calls[number]) {
        tf->eax = (uint32_t)-ENOSYS;
        return;
    }
    tf->eax = (uint32_t)calls[number](tf); /* a new program finds 0 here, as execve returned */
}
