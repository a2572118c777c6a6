/* SPDX-License-Identifier: MIT */
/*
 * proc.h - processes: scheduler, signals, new programs.
 */
#ifndef KERNEL_PROC_H
#define KERNEL_PROC_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/abi.h"

struct file;
struct mm;
struct proc;
struct rt_sigaction;
struct trapframe;

/*
 * proc.c: processes and the scheduler.
 *
 *   proc_fork      RUNNABLE <-------- proc_wake, time -------- SLEEPING
 *        \          |    ^                                        ^
 *         `------>  |    | (the scheduler picks one: current)     |
 *                   v    |                                        |
 *                  current ------------ proc_sleep ---------------'
 *                     |
 *                     `---- proc_exit ----> ZOMBIE ---- parent's proc_wait ----> gone
 */
enum proc_state { PROC_RUNNABLE, PROC_SLEEPING, PROC_ZOMBIE };

enum { PROC_NAME = 16, PROC_FILES = 16, PID_IDLE = 0, PID_INIT = 1, PID_MAX = 32767 };

/* What a process has used: its own, or the sum of the children it has waited for. */
struct usage {
    uint32_t user, system;               /* ticks in ring 3, in the kernel */
    uint32_t minor_faults, major_faults; /* without and with reading a page */
};

struct proc {
    int pid;                              /* 0: the idle process, 1: init */
    enum proc_state state;                /* see the drawing */
    struct proc *parent;                  /* who may wait for it */
    struct proc *next;                    /* ring of all processes, the idle one among them */
    struct mm *mm;                        /* address space; NULL: idle process or zombie */
    uint32_t kstack;                      /* physical address of the kernel stack */
    uint32_t esp;                         /* kernel stack pointer while it does not run */
    struct trapframe *tf;                 /* user registers, at the top of the kernel stack */
    const void *channel;                  /* what it sleeps for */
    uint32_t wake_at;                     /* when, if channel is the clock */
    int status;                           /* of a zombie, as waitpid() stores it */
    unsigned slice;                       /* ticks left until another one's turn */
    bool in_kernel;                       /* it is in a system call or an exception */
    bool killed;                          /* by out_of_memory(): will go as soon as it runs */
    uint32_t call;                        /* number of its last system call */
    uint32_t started;                     /* tick at which it came to be */
    struct usage own, children;           /* for /proc/PID/stat and wait4() */
    uint32_t pending, blocked;            /* signals, bit N for N; see signal.c */
    struct rt_sigaction actions[SIGNALS]; /* what to do at each */
    struct siginfo fault;                 /* the last exception that became a signal */
    uint32_t fault_vector, fault_error;   /* its vector and error code */
    struct file *files[PROC_FILES];       /* open files by descriptor */
    char name[PROC_NAME];                 /* of the program, for messages */
};

extern struct proc *current; /* the process that runs */

/* The boot thread becomes the idle process and lets others run for ever. */
void proc_idle(void) __attribute__((noreturn));

/* A process with its own kernel stack, not yet in the ring; NULL: out of memory. */
struct proc *proc_new(void);
void proc_start(struct proc *p);

/* The system calls behind these names; negative results are errors. */
int proc_fork(const struct trapframe *tf);
void proc_exit(int status) __attribute__((noreturn));
int proc_wait(int pid, int *status, bool no_hang, struct usage *usage);
int proc_nap(uint32_t ticks);

/* Sleeps until proc_wake() on the channel. Interrupts are off, so no wake-up gets lost. */
void proc_sleep(const void *channel);
void proc_wake(const void *channel);

/* Gives the processor to the next one that can run; returns when it is this one's turn again. */
void proc_yield(void);

/* The clock ticked; a page fault was served; the way back to ring 3: signals and switches. */
void proc_tick(uint32_t now);
void proc_count_fault(bool major);
void proc_before_user(struct trapframe *tf);

/* What all processes have used, also those that are gone; and how often things happened. */
extern struct usage proc_total;
extern struct proc_counters {
    uint32_t idle;     /* ticks in which there was nothing to do */
    uint32_t iowait;   /* ticks in which all waited for the swap area's disk */
    uint32_t switches; /* the processor went to another process */
    uint32_t started;  /* a process began */
} proc_counters;

struct proc *proc_find(int pid);

/* All processes but the idle one, oldest first: NULL gives the first, the last gives NULL. */
struct proc *proc_next(const struct proc *p);

/*
 * signal.c: signals: what is pending, what is blocked, who handles them.
 * Signal N is bit N of a mask here; in user memory it is bit N - 1, as on Linux.
 */
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

/* exec.c: turns a program file into an address space. */
/* Arguments and environment: the strings one after the other, each with its terminator. */
struct exec_args {
    uint32_t argc, envc;       /* how many of each; the arguments come first */
    uint32_t used;             /* bytes of text in use */
    char text[32 * 4096 - 12]; /* the strings: 128 KiB, as on Linux */
};

/* Appends one string; -E2BIG if there is no room. The caller counts argc or envc. */
int exec_args_add(struct exec_args *a, const char *string);

/*
 * Gives the process the program at path: a new address space and the registers that a program
 * expects at its entry point. 0, or -errno and nothing has changed.
 */
int exec_program(struct proc *p, const char *path, const struct exec_args *a);

#endif
