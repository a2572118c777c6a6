/* SPDX-License-Identifier: MIT */
/*
 * abi.h - what kernel and programs agree on. Numbers, errors and conventions are those of Linux on
 * the i386: `int $0x80`, EAX the number, EBX ECX EDX ESI EDI the arguments, EAX the result or a
 * negative error. Sources: the Linux manual pages syscall(2), errno(3), signal(7), wait(2).
 */
#ifndef KERNEL_ABI_H
#define KERNEL_ABI_H

#include <stdint.h>

enum {
    SYS_EXIT = 1,
    SYS_FORK = 2,
    SYS_READ = 3,
    SYS_WRITE = 4,
    SYS_OPEN = 5,
    SYS_CLOSE = 6,
    SYS_WAITPID = 7,
    SYS_EXECVE = 11,
    SYS_GETPID = 20,
    SYS_KILL = 37,
    SYS_BRK = 45,
    SYS_IOCTL = 54,
    SYS_GETPPID = 64,
    SYS_REBOOT = 88,
    SYS_SCHED_YIELD = 158,
    SYS_NANOSLEEP = 162,
};

enum {
    EPERM = 1,
    ENOENT = 2,
    ESRCH = 3,
    EINTR = 4,
    E2BIG = 7,
    ENOEXEC = 8,
    EBADF = 9,
    ECHILD = 10,
    EAGAIN = 11,
    ENOMEM = 12,
    EACCES = 13,
    EFAULT = 14,
    EINVAL = 22,
    EMFILE = 24,
    ENOTTY = 25,
    ENAMETOOLONG = 36,
    ENOSYS = 38,
};

enum {
    SIGINT = 2,
    SIGILL = 4,
    SIGTRAP = 5,
    SIGBUS = 7,
    SIGFPE = 8,
    SIGKILL = 9,
    SIGSEGV = 11,
    SIGTERM = 15,
    SIGCHLD = 17,
    SIGCONT = 18,
    SIGURG = 23,
    SIGWINCH = 28,
    SIGNALS = 32,
};

/* The status that waitpid() stores: killed by a signal, or exit code in the second byte. */
#define WAIT_EXIT(code) (((code)&0xff) << 8)
#define WAIT_SIGNAL(status) ((status)&0x7f)
#define WAIT_CODE(status) ((status) >> 8 & 0xff)
#define WNOHANG 1

#define O_ACCMODE 3 /* the bits of open()'s flags that say how; O_RDONLY is 0 */

#define TIOCGPGRP 0x540f /* which process does Ctrl-C stop? */
#define TIOCSPGRP 0x5410 /* let it stop this one */

#define REBOOT_MAGIC1 0xfee1dead
#define REBOOT_MAGIC2 0x28121969
#define REBOOT_RESTART 0x01234567
#define REBOOT_HALT 0xcdef0123
#define REBOOT_POWER_OFF 0x4321fedc

struct timespec {
    int32_t seconds;     /* whole seconds */
    int32_t nanoseconds; /* 0-999999999 */
};

#endif
