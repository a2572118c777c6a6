/* SPDX-License-Identifier: MIT */
/*
 * native.c - see native.h. Linux on x86-64; elsewhere native_init says that it cannot.
 *
 * A case starts with IRETQ (native_enter.S) and ends in native_caught, on the signal stack. The
 * kernel leaves DS and ES alone, so the handler reads them itself; FS is given back first, as the C
 * library keeps its thread there. A timer ends code that does not end.
 * Sources: signal(7), modify_ldt(2); SDM vol. 2, IRET; vol. 3, 2.5 (compatibility mode).
 */
#define _GNU_SOURCE /* names of the registers in a signal's context */
#include "tests/diff/native.h"

#include "tests/diff/case.h"

#include <string.h>

#if defined(__x86_64__) && defined(__linux__)
#include <asm/ldt.h>
#include <asm/prctl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

struct native_frame {
    uint64_t rsp;                                  /* 0: of native_enter's caller */
    uint64_t iret[5];                              /* 8: RIP CS RFLAGS RSP SS */
    uint32_t gpr[7];                               /* 48: EAX ECX EDX EBX EDI EBP ESI */
    uint16_t sel[SEGS];                            /* 76: ES CS SS DS FS GS */
    uint64_t *to;                                  /* 88: iret */
    uint64_t pad[4];                               /* 96 */
    uint8_t fpu[512] __attribute__((aligned(16))); /* 128 */
};
_Static_assert(offsetof(struct native_frame, gpr) == 48, "native_enter.S");
_Static_assert(offsetof(struct native_frame, sel) == 76, "native_enter.S");
_Static_assert(offsetof(struct native_frame, to) == 88, "native_enter.S");
_Static_assert(offsetof(struct native_frame, fpu) == 128, "native_enter.S");

void native_enter(struct native_frame *f);
void native_leave(struct native_frame *f);
void native_signal(int sig, siginfo_t *info, void *context);
void native_caught(int sig, siginfo_t *info, void *context);
extern const uint8_t native_stub[], native_stub_end[];

/* One per process, as signal handlers are. */
static struct native_frame frame;
static struct result *volatile running; /* where the handler puts what it sees */
static uint64_t fs_base;
static uint8_t *code_alias; /* the code pages, writable */

static long raw_syscall(long number, long a, long b, long d)
{
    long r = number;
    __asm__ volatile("syscall" : "+a"(r) : "D"(a), "S"(b), "d"(d) : "rcx", "r11", "memory");
    return r;
}

static void record(const ucontext_t *u, struct result *r)
{
    const greg_t *g = u->uc_mcontext.gregs;
    static const int order[8] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX,
                                 REG_RSP, REG_RBP, REG_RSI, REG_RDI};
    for (unsigned n = 0; n < 8; n++)
        r->s.gpr[n] = (uint32_t)g[order[n]];
    r->s.eip = (uint32_t)g[REG_RIP];
    r->s.eflags = (uint32_t)g[REG_EFL];
    r->s.sel[CS] = (uint16_t)g[REG_CSGSFS];
    r->s.sel[SS] = (uint16_t)(g[REG_CSGSFS] >> 48);
    r->vector = (uint8_t)g[REG_TRAPNO];
    r->code = (uint32_t)g[REG_ERR];
    r->cr2 = r->vector == 14 ? (uint32_t)g[REG_CR2] : 0;
    if (u->uc_mcontext.fpregs)
        memcpy(r->s.fpu, u->uc_mcontext.fpregs, sizeof r->s.fpu);
}

void native_caught(int sig, siginfo_t *info, void *context)
{
    struct result *r = running;
    uint16_t ds, es, fs, gs;
    __asm__("mov %%ds, %0" : "=r"(ds));
    __asm__("mov %%es, %0" : "=r"(es));
    __asm__("mov %%fs, %0" : "=r"(fs));
    __asm__("mov %%gs, %0" : "=r"(gs));
    if (!r) {
        if (sig == SIGALRM)
            return;
        (void)raw_syscall(SYS_kill, raw_syscall(SYS_getpid, 0, 0, 0), SIGKILL, 0);
    }
    (void)raw_syscall(SYS_arch_prctl, ARCH_SET_FS, (long)fs_base, 0);
    running = NULL;
    record(context, r);
    r->s.sel[ES] = es;
    r->s.sel[DS] = ds;
    r->s.sel[FS] = fs;
    r->s.sel[GS] = gs;
    r->hung = sig == SIGALRM;
    native_leave(&frame);
}

static bool make_ldt(void)
{
    for (unsigned n = 0; n < LDT_USED; n++) {
        const struct ldt_entry *e = &ldt_table[n];
        struct user_desc d = {.entry_number = n,
                              .base_addr = e->base,
                              .limit = e->limit,
                              .seg_32bit = e->big,
                              .contents = e->contents & 3u,
                              .read_exec_only = e->locked,
                              .limit_in_pages = e->pages,
                              .seg_not_present = e->absent};
        if (n == LDT_EMPTY)
            continue;
        if (syscall(SYS_modify_ldt, 0x11, &d, sizeof d) != 0)
            return false;
    }
    return true;
}

static uint8_t *map(uint32_t at, size_t size, int rights)
{
    void *p = mmap((void *)(uintptr_t)at, size, rights,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    return p == (void *)(uintptr_t)at ? p : NULL;
}

/* The code is written through a second mapping, as the case must find it read-only. */
static bool make_code(void)
{
    const size_t size = WIN_CODE_END - WIN_CODE;
    int fd = memfd_create("code", 0);
    if (fd < 0 || ftruncate(fd, (off_t)size) != 0)
        return false;
    code_alias = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
    void *p = mmap((void *)(uintptr_t)(WIN + WIN_CODE), size, PROT_READ | PROT_EXEC,
                   MAP_SHARED | MAP_POPULATE | MAP_FIXED_NOREPLACE, fd, 0);
    (void)close(fd);
    return code_alias != MAP_FAILED && p == (void *)(uintptr_t)(WIN + WIN_CODE);
}

static bool make_window(void)
{
    for (unsigned page = 0; page < WIN_PAGES; page++) {
        if (!window_mapped(page) || page * PAGE == WIN_CODE || page * PAGE == WIN_CODE + PAGE)
            continue;
        uint8_t *p = map(WIN + page * PAGE, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC);
        if (!p)
            return false;
        memset(p, 0, PAGE); /* makes it present */
        if (!window_writable(page) && mprotect(p, PAGE, PROT_READ | PROT_EXEC) != 0)
            return false;
    }
    if (!make_code())
        return false;
    memset(code_alias, 0xcc, WIN_CODE_END - WIN_CODE);
    uint8_t *system = map(SYSTEM_AREA, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC);
    if (!system)
        return false;
    memcpy(system, native_stub, (size_t)(native_stub_end - native_stub));
    return true;
}

static bool take_signals(void)
{
    static uint8_t stack[65536] __attribute__((aligned(16)));
    static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGALRM};
    stack_t s = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction a = {.sa_sigaction = native_signal,
                          .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    if (sigaltstack(&s, NULL) != 0)
        return false;
    for (unsigned n = 0; n < ARRAY_LEN(signals); n++) {
        if (sigaction(signals[n], &a, NULL) != 0)
            return false;
    }
    struct itimerval every = {.it_interval = {.tv_sec = 1}, .it_value = {.tv_sec = 1}};
    return setitimer(ITIMER_REAL, &every, NULL) == 0;
}

bool native_init(const char **why_not)
{
    struct state s = {.eip = WIN + WIN_CODE, .eflags = 0x202};
    struct result r;
    if (!take_signals() || raw_syscall(SYS_arch_prctl, ARCH_GET_FS, (long)&fs_base, 0) != 0) {
        *why_not = "no signals";
        return false;
    }
    if (!make_window()) {
        *why_not = "no memory at the addresses of the window";
        return false;
    }
    if (!make_ldt()) {
        *why_not = "no modify_ldt in this kernel";
        return false;
    }
    /* INT3 in a 32-bit segment. */
    for (unsigned n = 0; n < SEGS; n++)
        s.sel[n] = n == CS ? SEL_CODE : SEL_DATA;
    s.gpr[ESP] = WIN + WIN_STACK + 0x800;
    s.fpu[0] = 0x7f;
    s.fpu[1] = 0x03;
    s.fpu[24] = 0x80;
    s.fpu[25] = 0x1f;
    native_run(&s, &r);
    if (r.vector != 3 || r.s.eip != s.eip + 1 || r.s.sel[CS] != SEL_CODE) {
        *why_not = "this kernel runs no 32-bit code";
        return false;
    }
    return true;
}

uint8_t *native_window(void)
{
    return (uint8_t *)(uintptr_t)WIN;
}

uint8_t *native_code(void)
{
    return code_alias;
}

void native_fill(const uint8_t *pattern)
{
    uint8_t *w = native_window();
    (void)mprotect(w + WIN_READ_ONLY, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC);
    for (unsigned page = 0; page < WIN_PAGES; page++) {
        if (window_writable(page) || page * PAGE == WIN_READ_ONLY)
            memcpy(w + page * PAGE, pattern + page * PAGE, PAGE);
    }
    (void)mprotect(w + WIN_READ_ONLY, PAGE, PROT_READ | PROT_EXEC);
}

static bool stack_is_16(uint16_t sel)
{
    return (sel & 4) && sel >> 3 < LDT_USED && !ldt_table[sel >> 3].big;
}

void native_run(const struct state *s, struct result *r)
{
    static const uint8_t order[7] = {EAX, ECX, EDX, EBX, EDI, EBP, ESI};
    uint32_t *far = (uint32_t *)(uintptr_t)(SYSTEM_AREA + 0x800);
    for (unsigned n = 0; n < 7; n++)
        frame.gpr[n] = s->gpr[order[n]];
    memcpy(frame.sel, s->sel, sizeof frame.sel);
    memcpy(frame.fpu, s->fpu, sizeof frame.fpu);
    frame.iret[0] = s->eip;
    frame.iret[1] = s->sel[CS];
    frame.iret[2] = s->eflags;
    frame.iret[3] = s->gpr[ESP];
    frame.iret[4] = s->sel[SS];
    if (stack_is_16(s->sel[SS])) {
        far[0] = s->gpr[ESP];
        far[1] = s->sel[SS];
        far[2] = s->eip;
        far[3] = s->sel[CS];
        frame.iret[0] = SYSTEM_AREA;
        frame.iret[1] = SEL_CODE;
        frame.iret[4] = SEL_DATA;
    }
    frame.to = frame.iret;
    running = r;
    native_enter(&frame);
}

#else

bool native_init(const char **why_not)
{
    *why_not = "not Linux on x86-64";
    return false;
}

uint8_t *native_window(void)
{
    return NULL;
}

uint8_t *native_code(void)
{
    return NULL;
}

void native_fill(const uint8_t *pattern)
{
}

void native_run(const struct state *s, struct result *r)
{
    memset(r, 0, sizeof *r);
    r->hung = true;
}

#endif
