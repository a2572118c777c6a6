/* SPDX-License-Identifier: MIT */
/*
 * signal.h - signals and their handlers. Numbers and layouts of Linux on the i386, signal(7),
 * sigaction(2).
 */
#ifndef LIBC_SIGNAL_H
#define LIBC_SIGNAL_H

#include <stdint.h>
#include <sys/types.h>

enum {
    SIGHUP = 1,
    SIGINT = 2,
    SIGQUIT = 3,
    SIGILL = 4,
    SIGTRAP = 5,
    SIGABRT = 6,
    SIGBUS = 7,
    SIGFPE = 8,
    SIGKILL = 9,
    SIGUSR1 = 10,
    SIGSEGV = 11,
    SIGUSR2 = 12,
    SIGPIPE = 13,
    SIGALRM = 14,
    SIGTERM = 15,
    SIGCHLD = 17,
    SIGCONT = 18,
    SIGSTOP = 19,
};

#define SIG_DFL ((void (*)(int))0)
#define SIG_IGN ((void (*)(int))1)
#define SIG_ERR ((void (*)(int)) - 1)

enum { SA_SIGINFO = 4, SA_RESTORER = 0x04000000, SA_NODEFER = 0x40000000 };

typedef uint32_t sigset_t;

/* What a handler with SA_SIGINFO is told; the fields behind si_code depend on the signal. */
typedef struct {
    int si_signo;      /* which signal */
    int si_errno;      /* 0 */
    int si_code;       /* why: SEGV_MAPERR, SEGV_ACCERR, .. */
    void *si_addr;     /* SIGSEGV: the address that was touched */
    uint32_t rest[28]; /* the kernel fills 128 bytes */
} siginfo_t;

enum { SEGV_MAPERR = 1 /* nothing is there */, SEGV_ACCERR = 2 /* not in this way */ };

struct sigaction {
    union {
        void (*sa_handler)(int);                        /* without SA_SIGINFO */
        void (*sa_sigaction)(int, siginfo_t *, void *); /* with SA_SIGINFO */
    };
    sigset_t sa_mask;          /* signals that wait while the handler runs */
    int sa_flags;              /* SA_... */
    void (*sa_restorer)(void); /* how the handler gets back to the kernel; sigaction() fills it */
};

int sigaction(int signal, const struct sigaction *act, struct sigaction *old);
void (*signal(int signal, void (*handler)(int)))(int);
int kill(pid_t pid, int signal);
int raise(int signal);

#endif
