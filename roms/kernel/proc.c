/* SPDX-License-Identifier: MIT */
/*
 * proc.c - processes and the scheduler. See proc.h for the life of a process.
 * The scheduler is round robin over one ring of processes. Everything that changes the state of a
 * process runs with interrupts off.
 */
#include "kernel/proc.h"

#include <stddef.h>

#include "drivers/drivers.h"
#include "drivers/x86.h"
#include "kernel/core.h"
#include "kernel/file.h"
#include "kernel/layout.h"
#include "kernel/mm.h"
#include "kernel/page.h"
#include "kernel/paging.h"
#include "lib/abi.h"
#include "lib/string.h"

enum { SLICE = 5 /* ticks: a process computes 50 ms at a stretch */ };

/* What switch_context() pops when it enters a process for the first time. */
struct first_context {
    uint32_t edi, esi, ebx, ebp; /* all zero */
    uint32_t eip;                /* trap_return */
};

static struct cache proc_cache = CACHE_OF(proc);
static struct proc idle = {.name = "idle", .next = &idle};
static int last_pid = PID_IDLE;
static bool need_switch; /* the running one's time is up */
static const char clock_channel;

struct proc *current = &idle;
struct usage proc_total;
struct proc_counters proc_counters;

void proc_idle(void)
{
    for (;;) {
        cli();
        proc_yield();
        sti_hlt();
    }
}

struct proc *proc_new(void)
{
    struct proc *p = cache_alloc(&proc_cache);
    if (!p)
        return NULL;
    p->kstack = page_alloc_block(PAGE_KSTACK, KSTACK_ORDER);
    if (!p->kstack) {
        cache_free(&proc_cache, p);
        return NULL;
    }
    uint32_t top = (uint32_t)phys_to_lin(p->kstack) + KSTACK_SIZE;
    p->tf = (struct trapframe *)top - 1;
    struct first_context *context = (struct first_context *)p->tf - 1;
    *context = (struct first_context){.eip = (uint32_t)trap_return};
    p->esp = (uint32_t)context;
    p->slice = SLICE;
    p->state = PROC_SLEEPING;
    p->parent = current;
    p->started = timer_now();
    do
        last_pid = last_pid < PID_MAX ? last_pid + 1 : PID_INIT;
    while (proc_find(last_pid));
    p->pid = last_pid;
    return p;
}

/* Puts the process at the end of the ring, which is just before the idle process. */
void proc_start(struct proc *p)
{
    uint32_t flags = irq_save();
    struct proc *last = &idle;
    while (last->next != &idle)
        last = last->next;
    p->next = &idle;
    last->next = p;
    p->state = PROC_RUNNABLE;
    proc_counters.started++;
    irq_restore(flags);
}

/* Takes a zombie out of the ring and frees what it could not free itself. */
static void reap(struct proc *p)
{
    struct proc *before = &idle;
    while (before->next != p)
        before = before->next;
    before->next = p->next;
    page_put(p->kstack);
    cache_free(&proc_cache, p);
}

struct proc *proc_find(int pid)
{
    for (struct proc *p = idle.next; p != &idle; p = p->next) {
        if (p->pid == pid)
            return p;
    }
    return NULL;
}

struct proc *proc_next(const struct proc *p)
{
    struct proc *next = p ? p->next : idle.next;
    return next == &idle ? NULL : next;
}

int proc_fork(const struct trapframe *tf)
{
    struct proc *child = proc_new();
    if (!child)
        return -ENOMEM;
    child->mm = mm_copy(current->mm);
    if (!child->mm) {
        page_put(child->kstack);
        cache_free(&proc_cache, child);
        return -ENOMEM;
    }
    *child->tf = *tf;
    child->tf->eax = 0;
    for (int fd = 0; fd < PROC_FILES; fd++)
        child->files[fd] = file_share(current->files[fd]);
    memcpy(child->name, current->name, sizeof child->name);
    memcpy(child->actions, current->actions, sizeof child->actions);
    child->blocked = current->blocked;
    int pid = child->pid;
    proc_start(child);
    return pid;
}

void proc_exit(int status)
{
    struct mm *mm = current->mm;
    for (int fd = 0; fd < PROC_FILES; fd++) {
        file_close(current->files[fd]);
        current->files[fd] = NULL;
    }
    cli();
    current->mm = NULL;
    pgdir_switch(kernel_pgdir);
    mm_free(mm);
    if (current->pid == PID_INIT) {
        system_halt(WAIT_SIGNAL(status) ? 128 + WAIT_SIGNAL(status) : WAIT_CODE(status));
    }
    for (struct proc *p = idle.next; p != &idle; p = p->next) {
        if (p->parent == current) {
            p->parent = proc_find(PID_INIT);
            proc_wake(p->parent); /* it may be a zombie already */
        }
    }
    current->status = status;
    current->state = PROC_ZOMBIE;
    signal_send(current->parent, SIGCHLD, current->pid);
    proc_wake(current->parent);
    proc_yield();
    panic("a zombie ran");
}

static void add_usage(struct usage *to, const struct usage *from)
{
    to->user += from->user;
    to->system += from->system;
    to->minor_faults += from->minor_faults;
    to->major_faults += from->major_faults;
}

int proc_wait(int pid, int *status, bool no_hang, struct usage *usage)
{
    cli();
    for (;;) {
        bool any = false;
        for (struct proc *p = idle.next; p != &idle; p = p->next) {
            if (p->parent != current || (pid > 0 && p->pid != pid))
                continue;
            any = true;
            if (p->state == PROC_ZOMBIE) {
                int found = p->pid;
                *status = p->status;
                *usage = p->own;
                add_usage(&current->children, &p->own);
                add_usage(&current->children, &p->children);
                reap(p);
                sti();
                return found;
            }
        }
        if (!any || no_hang || signal_pending(current)) {
            sti();
            return !any ? -ECHILD : no_hang ? 0 : -EINTR;
        }
        proc_sleep(current);
    }
}

int proc_nap(uint32_t ticks)
{
    cli();
    current->wake_at = timer_now() + ticks;
    while ((int32_t)(timer_now() - current->wake_at) < 0 && !signal_pending(current))
        proc_sleep(&clock_channel);
    sti();
    return (int32_t)(timer_now() - current->wake_at) < 0 ? -EINTR : 0;
}

void proc_sleep(const void *channel)
{
    current->channel = channel;
    current->state = PROC_SLEEPING;
    proc_yield();
    current->channel = NULL;
}

void proc_wake(const void *channel)
{
    for (struct proc *p = idle.next; p != &idle; p = p->next) {
        if (p->state == PROC_SLEEPING && p->channel == channel)
            p->state = PROC_RUNNABLE;
    }
}

/* The next process after the current one that can run; nobody: the idle process. */
static struct proc *pick(void)
{
    struct proc *p = current;
    do {
        p = p->next;
        if (p != &idle && p->state == PROC_RUNNABLE)
            return p;
    } while (p != current);
    return &idle;
}

void proc_yield(void)
{
    uint32_t flags = irq_save();
    struct proc *from = current, *to = pick();
    need_switch = false;
    to->slice = SLICE;
    if (to != from) {
        proc_counters.switches++;
        current = to;
        segment_set_kernel_stack((uint32_t)(to->tf + 1));
        pgdir_switch(to->mm ? to->mm->pgdir : kernel_pgdir);
        switch_context(&from->esp, to->esp);
    }
    irq_restore(flags);
}

void proc_tick(uint32_t now)
{
    for (struct proc *p = idle.next; p != &idle; p = p->next) {
        if (p->state == PROC_SLEEPING && p->channel == &clock_channel &&
            (int32_t)(now - p->wake_at) >= 0)
            p->state = PROC_RUNNABLE;
    }
    current->own.system += current->in_kernel;
    current->own.user += !current->in_kernel;
    if (current == &idle) {
        proc_counters.idle++;
    } else if (swap.waiting) {
        proc_counters.iowait++;
    } else {
        proc_total.system += current->in_kernel;
        proc_total.user += !current->in_kernel;
    }
    if (current->slice > 0 && --current->slice == 0)
        need_switch = true;
}

void proc_count_fault(bool major)
{
    current->own.minor_faults += !major;
    current->own.major_faults += major;
    proc_total.minor_faults += !major;
    proc_total.major_faults += major;
}

void proc_before_user(struct trapframe *tf)
{
    if (need_switch)
        proc_yield();
    signal_deliver(tf);
}
