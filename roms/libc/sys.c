/* SPDX-License-Identifier: MIT */
/*
 * sys.c - one function per system call.
 * Source: the Linux manual pages, section 2. Where the kernel's own call differs from the function
 * of that name, a comment says how.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/reboot.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "libc/kernel.h"

int errno;

long result_of(long answer)
{
    if (answer < 0 && answer > -4096) { /* all others are addresses and sizes */
        errno = (int)-answer;
        return -1;
    }
    return answer;
}

long syscall(long number, ...)
{
    long arg[6];
    va_list ap;
    va_start(ap, number);
    for (int i = 0; i < 6; i++)
        arg[i] = va_arg(ap, long); /* those that were not given are never looked at */
    va_end(ap);
    return result_of(kernel_call(number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]));
}

void _exit(int code)
{
    for (;;)
        kernel_call(SYS_exit, code);
}

pid_t fork(void)
{
    return (pid_t)result_of(kernel_call(SYS_fork));
}

int execve(const char *path, char *const argv[], char *const envp[])
{
    return (int)result_of(kernel_call(SYS_execve, path, argv, envp));
}

pid_t getpid(void)
{
    return (pid_t)kernel_call(SYS_getpid);
}

pid_t getppid(void)
{
    return (pid_t)kernel_call(SYS_getppid);
}

pid_t waitpid(pid_t pid, int *status, int options)
{
    return (pid_t)result_of(kernel_call(SYS_waitpid, pid, status, options));
}

pid_t wait(int *status)
{
    return waitpid(-1, status, 0);
}

int kill(pid_t pid, int signal)
{
    return (int)result_of(kernel_call(SYS_kill, pid, signal));
}

int sched_yield(void)
{
    return (int)result_of(kernel_call(SYS_sched_yield));
}

time_t time(time_t *now)
{
    return (time_t)result_of(kernel_call(SYS_time, now));
}

int nanosleep(const struct timespec *time, struct timespec *left)
{
    return (int)result_of(kernel_call(SYS_nanosleep, time, left));
}

ssize_t read(int fd, void *dst, size_t n)
{
    return (ssize_t)result_of(kernel_call(SYS_read, fd, dst, n));
}

ssize_t write(int fd, const void *src, size_t n)
{
    return (ssize_t)result_of(kernel_call(SYS_write, fd, src, n));
}

int open(const char *path, int flags, ...)
{
    va_list ap;
    va_start(ap, flags);
    mode_t mode = va_arg(ap, mode_t); /* looked at only with O_CREAT */
    va_end(ap);
    return (int)result_of(kernel_call(SYS_open, path, flags, mode));
}

off_t lseek(int fd, off_t at, int whence)
{
    return (off_t)result_of(kernel_call(SYS_lseek, fd, at, whence));
}

int close(int fd)
{
    return (int)result_of(kernel_call(SYS_close, fd));
}

int dup(int fd)
{
    return (int)result_of(kernel_call(SYS_dup, fd));
}

int dup2(int fd, int as)
{
    return (int)result_of(kernel_call(SYS_dup2, fd, as));
}

int pipe(int ends[2])
{
    return (int)result_of(kernel_call(SYS_pipe, ends));
}

int unlink(const char *path)
{
    return (int)result_of(kernel_call(SYS_unlink, path));
}

int stat(const char *path, struct stat *s)
{
    return (int)result_of(kernel_call(SYS_stat64, path, s));
}

int fstat(int fd, struct stat *s)
{
    return (int)result_of(kernel_call(SYS_fstat64, fd, s));
}

int ioctl(int fd, unsigned long request, ...)
{
    va_list ap;
    va_start(ap, request);
    void *argument = va_arg(ap, void *);
    va_end(ap);
    return (int)result_of(kernel_call(SYS_ioctl, fd, request, argument));
}

int tcgetattr(int fd, struct termios *t)
{
    return ioctl(fd, TCGETS, t);
}

int tcsetattr(int fd, int when, const struct termios *t)
{
    (void)when; /* TCSANOW is all there is */
    return ioctl(fd, TCSETS, t);
}

int isatty(int fd)
{
    struct termios t;
    return tcgetattr(fd, &t) == 0;
}

/* The kernel answers with the break as it is now, moved or not. */
static char *break_at(void *end)
{
    return (char *)kernel_call(SYS_brk, end);
}

int brk(void *end)
{
    if (break_at(end) == end)
        return 0;
    errno = ENOMEM;
    return -1;
}

void *sbrk(intptr_t more)
{
    char *old = break_at(NULL);
    return more == 0 || brk(old + more) == 0 ? old : (void *)-1;
}

/* The kernel counts the offset in pages, so that 32 bits reach further. */
void *mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
    if (offset % 4096) {
        errno = EINVAL;
        return MAP_FAILED;
    }
    return (void *)result_of(
        kernel_call(SYS_mmap2, at, size, protection, flags, fd, (uint32_t)offset / 4096));
}

int munmap(void *at, size_t size)
{
    return (int)result_of(kernel_call(SYS_munmap, at, size));
}

int mprotect(void *at, size_t size, int protection)
{
    return (int)result_of(kernel_call(SYS_mprotect, at, size, protection));
}

/* On the i386 all of System V's calls go through one, ipc(2). */
enum { IPC_SHMAT = 21, IPC_SHMDT = 22, IPC_SHMGET = 23, IPC_SHMCTL = 24 };

int shmget(key_t key, size_t size, int flags)
{
    return (int)result_of(kernel_call(SYS_ipc, IPC_SHMGET, key, size, flags, NULL));
}

void *shmat(int id, const void *at, int flags)
{
    void *where; /* the kernel stores the address there */
    long answer = result_of(kernel_call(SYS_ipc, IPC_SHMAT, id, flags, &where, at));
    return answer < 0 ? (void *)-1 : where;
}

int shmdt(const void *at)
{
    return (int)result_of(kernel_call(SYS_ipc, IPC_SHMDT, 0, 0, 0, at));
}

int shmctl(int id, int command, void *buffer)
{
    return (int)result_of(kernel_call(SYS_ipc, IPC_SHMCTL, id, command, 0, buffer));
}

int uname(struct utsname *u)
{
    return (int)result_of(kernel_call(SYS_uname, u));
}

int reboot(unsigned command)
{
    enum { MAGIC2 = 0x28121969 };
    return (int)result_of(kernel_call(SYS_reboot, 0xfee1dead, MAGIC2, command));
}
