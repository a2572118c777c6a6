/* SPDX-License-Identifier: MIT */
/*
 * signal.c - signal handlers.
 * The kernel calls a handler with a stack frame whose return address is sa_restorer; from there the
 * way leads back into the kernel, which restores the registers (sigreturn(2)). A plain handler gets
 * the old frame, one with SA_SIGINFO the new one with its siginfo_t.
 */
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "libc/kernel.h"

/* What the two system calls take. */
struct old_action {
    void (*handler)(int);   /* or SIG_DFL, SIG_IGN */
    uint32_t mask;          /* signals 1-32 */
    uint32_t flags;         /* SA_... */
    void (*restorer)(void); /* see above */
};

struct new_action {
    void (*handler)(int);   /* or SIG_DFL, SIG_IGN */
    uint32_t flags;         /* SA_... */
    void (*restorer)(void); /* see above */
    uint32_t mask[2];       /* signals 1-64 */
};

static int action_with_info(int signal, const struct sigaction *act, struct sigaction *old)
{
    struct new_action want = {
        .handler = act->sa_handler,
        .flags = (uint32_t)act->sa_flags | SA_RESTORER,
        .restorer = signal_return_info,
        .mask = {act->sa_mask, 0},
    };
    struct new_action was;
    long answer = kernel_call(SYS_rt_sigaction, signal, &want, old ? &was : NULL, sizeof want.mask);
    if (answer == 0 && old)
        *old = (struct sigaction){.sa_handler = was.handler,
                                  .sa_mask = was.mask[0],
                                  .sa_flags = (int)was.flags,
                                  .sa_restorer = was.restorer};
    return (int)result_of(answer);
}

int sigaction(int signal, const struct sigaction *act, struct sigaction *old)
{
    if (act && act->sa_flags & SA_SIGINFO)
        return action_with_info(signal, act, old);
    struct old_action want, was;
    if (act)
        want = (struct old_action){.handler = act->sa_handler,
                                   .mask = act->sa_mask,
                                   .flags = (uint32_t)act->sa_flags | SA_RESTORER,
                                   .restorer = signal_return};
    long answer = kernel_call(SYS_sigaction, signal, act ? &want : NULL, old ? &was : NULL);
    if (answer == 0 && old)
        *old = (struct sigaction){.sa_handler = was.handler,
                                  .sa_mask = was.mask,
                                  .sa_flags = (int)was.flags,
                                  .sa_restorer = was.restorer};
    return (int)result_of(answer);
}

void (*signal(int number, void (*handler)(int)))(int)
{
    struct sigaction act = {.sa_handler = handler}, old;
    return sigaction(number, &act, &old) == 0 ? old.sa_handler : SIG_ERR;
}

int raise(int number)
{
    return kill(getpid(), number);
}
