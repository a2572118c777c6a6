/* SPDX-License-Identifier: MIT */
/*
 * sys/syscall.h - the numbers of the system calls: Linux on the i386.
 */
#ifndef LIBC_SYS_SYSCALL_H
#define LIBC_SYS_SYSCALL_H

enum {
    SYS_exit = 1,
    SYS_fork = 2,
    SYS_read = 3,
    SYS_write = 4,
    SYS_open = 5,
    SYS_close = 6,
    SYS_waitpid = 7,
    SYS_unlink = 10,
    SYS_execve = 11,
    SYS_time = 13,
    SYS_lseek = 19,
    SYS_getpid = 20,
    SYS_kill = 37,
    SYS_dup = 41,
    SYS_pipe = 42,
    SYS_brk = 45,
    SYS_ioctl = 54,
    SYS_dup2 = 63,
    SYS_getppid = 64,
    SYS_sigaction = 67,
    SYS_reboot = 88,
    SYS_mmap = 90,
    SYS_munmap = 91,
    SYS_wait4 = 114,
    SYS_ipc = 117,
    SYS_sigreturn = 119,
    SYS_uname = 122,
    SYS_mprotect = 125,
    SYS_sched_yield = 158,
    SYS_nanosleep = 162,
    SYS_rt_sigreturn = 173,
    SYS_rt_sigaction = 174,
    SYS_mmap2 = 192,
    SYS_stat64 = 195,
    SYS_lstat64 = 196,
    SYS_fstat64 = 197,
    SYS_getdents64 = 220,
    SYS_set_thread_area = 243,
};

#endif
