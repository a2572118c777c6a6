/* SPDX-License-Identifier: MIT */
/*
 * sys.c - one function per system call. See lib.h.
 */
#include "user/lib/lib.h"

void exit(int code)
{
    for (;;)
        syscall(SYS_EXIT, (uint32_t)code, 0, 0);
}

int fork(void)
{
    return syscall(SYS_FORK, 0, 0, 0);
}

int read(int fd, void *dst, size_t n)
{
    return syscall(SYS_READ, (uint32_t)fd, (uint32_t)dst, n);
}

int write(int fd, const void *src, size_t n)
{
    return syscall(SYS_WRITE, (uint32_t)fd, (uint32_t)src, n);
}

int open(const char *path, int flags)
{
    return syscall(SYS_OPEN, (uint32_t)path, (uint32_t)flags, 0);
}

int close(int fd)
{
    return syscall(SYS_CLOSE, (uint32_t)fd, 0, 0);
}

int waitpid(int pid, int *status, int options)
{
    return syscall(SYS_WAITPID, (uint32_t)pid, (uint32_t)status, (uint32_t)options);
}

int execve(const char *path, char *const *argv, char *const *envp)
{
    return syscall(SYS_EXECVE, (uint32_t)path, (uint32_t)argv, (uint32_t)envp);
}

int getpid(void)
{
    return syscall(SYS_GETPID, 0, 0, 0);
}

int kill(int pid, int signal)
{
    return syscall(SYS_KILL, (uint32_t)pid, (uint32_t)signal, 0);
}

int brk(void *end)
{
    return syscall(SYS_BRK, (uint32_t)end, 0, 0);
}

int ioctl(int fd, uint32_t request, void *argument)
{
    return syscall(SYS_IOCTL, (uint32_t)fd, request, (uint32_t)argument);
}

int reboot(uint32_t command)
{
    return syscall(SYS_REBOOT, REBOOT_MAGIC1, REBOOT_MAGIC2, command);
}

int sched_yield(void)
{
    return syscall(SYS_SCHED_YIELD, 0, 0, 0);
}

int nanosleep(const struct timespec *t)
{
    return syscall(SYS_NANOSLEEP, (uint32_t)t, 0, 0);
}
