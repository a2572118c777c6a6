/* SPDX-License-Identifier: MIT */
/*
 * signal.h - signals: what is pending, what is blocked, who handles them.
 * Signal N is bit N of a mask here; in user memory it is bit N - 1, as on Linux.
 */
#ifndef KERNEL_SIGNAL_H
#define KERNEL_SIGNAL_H

#include <stdbool.h>
#include <stdint.h>

struct proc;
struct rt_sigaction;
struct trapframe;

/* Makes the signal pending, unless the process does not care. from: the sender, for siginfo. */
void signal_send(struct proc *p, int signal, int from);

/* The same for the process, its children, their children, and so on. */
void signal_send_family(int pid, int signal);

/* It dies as soon as it runs, even if it is init. */
void signal_kill(struct proc *p);

/*
 * An exception of the current process: true if its handler will see to it. code, address: for
 * siginfo.
 */
bool signal_fault(const struct trapframe *tf, int signal, int code, uint32_t address);

enum { SI_USER = 0, SI_KERNEL = 0x80 };

/* Is there one that would end a system call that waits? */
bool signal_pending(const struct proc *p);

/* On the way to ring 3: what is pending becomes a call of its handler, or the end. */
void signal_deliver(struct trapframe *tf);

/* A new program: handlers are gone with the old one, what was ignored remains so. */
void signal_exec(struct proc *p);

/* System calls; the frame to return from is at the user's ESP. */
int signal_action(int signal, const struct rt_sigaction *action, struct rt_sigaction *old);
int signal_return(struct trapframe *tf, bool rt);

#endif
