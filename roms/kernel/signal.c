/* SPDX-License-Identifier: MIT */
/*
 * signal.c - signals. See proc.h.
 * Source: sigaction(2), signal(7), sigreturn(2); the frames have the layout of Linux on the i386.
 *
 *   what a handler finds on its stack          with SA_SIGINFO
 *     return address  <- ESP                     return address  <- ESP
 *     signal                                     signal, struct siginfo *, struct ucontext *
 *     struct sigcontext                          struct siginfo
 *     blocked signals 32-63                      struct ucontext
 *     code that calls sigreturn()                code that calls rt_sigreturn()
 *
 * The return address is that code, or the restorer that the program named (SA_RESTORER).
 * Not here: stopping and continuing, alternate stacks, queued (real-time) signals.
 */
#include "kernel/proc.h"

#include <stddef.h>

#include "drivers/x86.h"
#include "kernel/layout.h"
#include "kernel/mm.h"
#include "lib/abi.h"
#include "lib/string.h"

#define EFLAGS_USER 0x00040dd5u /* what a program may change: AC OF DF TF SF ZF AF PF CF */

struct frame {
    uint32_t return_address;
    int32_t signal;
    struct sigcontext context;
    uint32_t more_mask;
    uint8_t code[8];
};

struct rt_frame {
    uint32_t return_address;
    int32_t signal;
    uint32_t info_address, context_address;
    struct siginfo info;
    struct ucontext context;
    uint8_t code[8];
};

/* popl %eax; movl $SYS_SIGRETURN, %eax; int $0x80, and movl $SYS_RT_SIGRETURN, %eax; int $0x80 */
static const uint8_t return_code[8] = {0x58, 0xb8, SYS_SIGRETURN, 0, 0, 0, 0xcd, 0x80};
static const uint8_t rt_return_code[8] = {0xb8, SYS_RT_SIGRETURN, 0, 0, 0, 0xcd, 0x80};

static uint32_t bit(int signal)
{
    return 1u << signal;
}

/* Signals whose default is to do nothing. There is no job control, so nothing stops either. */
static bool ignored_by_default(int signal)
{
    return signal == SIGCHLD || signal == SIGCONT || signal == SIGURG || signal == SIGWINCH ||
           (signal >= SIGSTOP && signal < SIGURG);
}

/* The machine ends with init, so only what it handles reaches it. */
static bool is_ignored(const struct proc *p, int signal)
{
    uint32_t handler = p->actions[signal].handler;
    return handler == SIG_IGN ||
           (handler == SIG_DFL && (ignored_by_default(signal) || p->pid == PID_INIT));
}

bool signal_pending(const struct proc *p)
{
    return p->killed || p->pending & ~p->blocked;
}

void signal_send(struct proc *p, int signal, int from)
{
    uint32_t flags = irq_save();
    if (signal != 0 && p->state != PROC_ZOMBIE &&
        (!is_ignored(p, signal) || p->blocked & bit(signal))) {
        p->pending |= bit(signal);
        p->fault = (struct siginfo){.signal = signal, .address = (uint32_t)from};
        if (p->state == PROC_SLEEPING && signal_pending(p))
            p->state = PROC_RUNNABLE; /* whatever it waited for, it will not get it */
    }
    irq_restore(flags);
}

void signal_send_family(int pid, int signal)
{
    for (struct proc *p = proc_next(NULL); p; p = proc_next(p)) {
        const struct proc *ancestor = p;
        while (ancestor->pid != PID_IDLE && ancestor->pid != pid)
            ancestor = ancestor->parent;
        if (ancestor->pid == pid)
            signal_send(p, signal, SI_KERNEL);
    }
}

void signal_kill(struct proc *p)
{
    p->killed = true;
    if (p->state == PROC_SLEEPING)
        p->state = PROC_RUNNABLE;
}

bool signal_fault(const struct trapframe *tf, int signal, int code, uint32_t address)
{
    struct proc *p = current;
    if (p->actions[signal].handler <= SIG_IGN || p->blocked & bit(signal))
        return false;
    p->fault = (struct siginfo){.signal = signal, .code = code, .address = address};
    p->fault_vector = tf->vector;
    p->fault_error = tf->error;
    p->pending |= bit(signal);
    return true;
}

static struct sigcontext context_of(const struct trapframe *tf)
{
    const struct proc *p = current;
    struct sigcontext c = {SEL_UDATA, SEL_UDATA, SEL_UDATA,       SEL_UDATA, tf->edi,    tf->esi,
                           tf->ebp,   tf->esp,   tf->ebx,         tf->edx,   tf->ecx,    tf->eax,
                           0,         0,         tf->eip,         SEL_UCODE, tf->eflags, tf->esp,
                           SEL_UDATA, 0,         p->blocked >> 1, 0};
    if (p->fault.code) {
        c.trap = p->fault_vector;
        c.error = p->fault_error;
        c.cr2 = p->fault.address;
    }
    return c;
}

/* Lets the handler run next, with a frame on the stack; false: there is no room for one. */
static bool call_handler(struct trapframe *tf, int signal, const struct rt_sigaction *a)
{
    bool rt = a->flags & SA_SIGINFO;
    struct frame f = {.signal = signal, .context = context_of(tf)};
    uint32_t at = (tf->esp - (rt ? sizeof(struct rt_frame) : sizeof f)) & ~15u;
    at -= 4; /* the i386 ABI wants ESP + 4 aligned at a function's entry */
    f.return_address = a->flags & SA_RESTORER ? a->restorer : at + offsetof(struct frame, code);
    memcpy(f.code, return_code, sizeof f.code);
    if (rt) {
        struct rt_frame r = {
            .return_address = f.return_address, .signal = signal, .info = current->fault};
        if (!(a->flags & SA_RESTORER))
            r.return_address = at + offsetof(struct rt_frame, code);
        r.info_address = at + offsetof(struct rt_frame, info);
        r.context_address = at + offsetof(struct rt_frame, context);
        r.info.signal = signal;
        r.context.context = f.context;
        r.context.mask[0] = f.context.old_mask;
        memcpy(r.code, rt_return_code, sizeof r.code);
        if (user_write(current->mm, at, &r, sizeof r) != 0)
            return false;
        tf->edx = r.info_address; /* for handlers that want their arguments in registers */
        tf->ecx = r.context_address;
    } else if (user_write(current->mm, at, &f, sizeof f) != 0) {
        return false;
    }
    tf->eax = (uint32_t)signal;
    tf->esp = at;
    tf->eip = a->handler;
    tf->eflags &= ~(EFLAGS_USER & 0x500); /* DF and TF are clear in a handler */
    return true;
}

static void restart_call(struct trapframe *tf, const struct rt_sigaction *a)
{
    uint32_t call = current->call;
    bool waits = call == SYS_READ || call == SYS_WRITE || call == SYS_WAITPID || call == SYS_WAIT4;
    if (waits && tf->vector == 128 && tf->eax == (uint32_t)-EINTR && a->flags & SA_RESTART) {
        tf->eip -= 2; /* the INT instruction once more */
        tf->eax = call;
    }
}

void signal_deliver(struct trapframe *tf)
{
    struct proc *p = current;
    while (signal_pending(p)) {
        int signal = 1;
        while (!p->killed && !(p->pending & ~p->blocked & bit(signal)))
            signal++;
        if (p->killed)
            proc_exit(SIGKILL);
        p->pending &= ~bit(signal);
        if (is_ignored(p, signal))
            continue;
        struct rt_sigaction *a = &p->actions[signal], now = *a;
        if (a->handler == SIG_DFL)
            proc_exit(signal);
        restart_call(tf, a);
        if (!call_handler(tf, signal, a))
            proc_exit(SIGSEGV);
        p->blocked |= now.mask[0] << 1 | (now.flags & SA_NODEFER ? 0 : bit(signal));
        p->blocked &= ~bit(SIGKILL);
        if (now.flags & SA_RESETHAND)
            a->handler = SIG_DFL;
    }
}

void signal_exec(struct proc *p)
{
    for (int signal = 1; signal < SIGNALS; signal++) {
        if (p->actions[signal].handler != SIG_IGN)
            p->actions[signal] = (struct rt_sigaction){.handler = SIG_DFL};
    }
}

int signal_action(int signal, const struct rt_sigaction *action, struct rt_sigaction *old)
{
    if (signal < 1 || signal >= SIGNALS)
        return -EINVAL;
    *old = current->actions[signal];
    if (!action)
        return 0;
    if (signal == SIGKILL || signal == SIGSTOP)
        return -EINVAL;
    current->actions[signal] = *action;
    if (is_ignored(current, signal))
        current->pending &= ~bit(signal);
    return 0;
}

int signal_return(struct trapframe *tf, bool rt)
{
    struct sigcontext c;
    uint32_t at = rt ? tf->esp - 4 + offsetof(struct rt_frame, context.context)
                     : tf->esp - 8 + offsetof(struct frame, context);
    if (user_read(current->mm, &c, at, sizeof c) != 0)
        proc_exit(SIGSEGV);
    /* Selectors are not taken over: a wrong one would be a fault of the kernel. */
    tf->edi = c.edi;
    tf->esi = c.esi;
    tf->ebp = c.ebp;
    tf->ebx = c.ebx;
    tf->edx = c.edx;
    tf->ecx = c.ecx;
    tf->eip = c.eip;
    tf->esp = c.esp;
    tf->eflags = (c.eflags & EFLAGS_USER) | EFLAGS_IF | EFLAGS_ALWAYS;
    current->blocked = c.old_mask << 1 & ~bit(SIGKILL);
    return (int)c.eax;
}
