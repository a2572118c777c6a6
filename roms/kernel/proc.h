/* SPDX-License-Identifier: MIT */
/*
 * proc.h - processes and the scheduler.
 *
 *   proc_fork      RUNNABLE <-------- proc_wake, time -------- SLEEPING
 *        \          |    ^                                        ^
 *         `------>  |    | (the scheduler picks one: current)     |
 *                   v    |                                        |
 *                  current ------------ proc_sleep ---------------'
 *                     |
 *                     `---- proc_exit ----> ZOMBIE ---- parent's proc_wait ----> gone
 */
#ifndef KERNEL_PROC_H
#define KERNEL_PROC_H

#include <stdbool.h>
#include <stdint.h>

struct file;
struct mm;
struct trapframe;

enum proc_state { PROC_RUNNABLE, PROC_SLEEPING, PROC_ZOMBIE };

enum { PROC_NAME = 16, PROC_FILES = 16, PID_IDLE = 0, PID_INIT = 1 };

struct proc {
    int pid;                        /* 0: the idle process, 1: init */
    enum proc_state state;          /* see the drawing */
    struct proc *parent;            /* who may wait for it */
    struct proc *next;              /* ring of all processes, the idle process among them */
    struct mm *mm;                  /* address space; NULL: idle process or zombie */
    uint32_t kstack;                /* physical address of the kernel stack's frame */
    uint32_t esp;                   /* kernel stack pointer while it does not run */
    struct trapframe *tf;           /* user registers, at the top of the kernel stack */
    const void *channel;            /* what it sleeps for */
    uint32_t wake_at;               /* when, if channel is the clock */
    int signal;                     /* will kill it before it gets back to ring 3; 0: none */
    int status;                     /* of a zombie, as waitpid() stores it */
    unsigned slice;                 /* ticks left until another one's turn */
    struct file *files[PROC_FILES]; /* open files by descriptor */
    char name[PROC_NAME];           /* of the program, for messages */
};

extern struct proc *current; /* the process that runs */

/* Makes the boot thread the idle process. */
void proc_init(void);

/* Lets the idle process run others for ever. */
void proc_idle(void) __attribute__((noreturn));

/* A process with its own kernel stack, not yet in the ring; NULL: out of memory. */
struct proc *proc_new(void);
void proc_start(struct proc *p);

/* The system calls behind these names; negative results are errors. */
int proc_fork(const struct trapframe *tf);
void proc_exit(int status) __attribute__((noreturn));
int proc_wait(int pid, int *status, bool no_hang);
int proc_signal(int pid, int signal);
int proc_nap(uint32_t ticks);

/* Signals the process, its children, their children, and so on. */
void proc_signal_family(int pid, int signal);

/* Sleeps until proc_wake() on the channel. Interrupts are off, so no wake-up gets lost. */
void proc_sleep(const void *channel);
void proc_wake(const void *channel);

/* Gives the processor to the next one that can run; returns when it is this one's turn again. */
void proc_yield(void);

/* The clock ticked; the way back to ring 3: pending signals and switches. */
void proc_tick(uint32_t now);
void proc_before_user(void);

struct proc *proc_find(int pid);

/* All processes but the idle one, oldest first: NULL gives the first, the last gives NULL. */
struct proc *proc_next(const struct proc *p);

#endif
