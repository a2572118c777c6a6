/* SPDX-License-Identifier: MIT */
/*
 * pointers.c - gives bad pointers to every system call that takes one: null, where nothing is mapped,
 * where writing is not allowed, into the kernel, across the end of user space, and across the end of
 * the 32-bit addresses. Each is answered with an error, and the kernel lives on. The exit status is
 * how many were not. A ROW is one argument of one call; the columns are the kinds of bad pointer.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/common/look.h"

enum { PAGE = 4096, ARGUMENTS = 5, STATUS_SEGV = 128 + SIGSEGV };

/* In place of an argument: the bad pointer, and files that are open. */
#define BAD 0x7bad0001
#define MOTD 0x7bad0002
#define PIPE_IN 0x7bad0003
#define PIPE_OUT 0x7bad0004
#define CHILD 0x7bad0005
#define ROOT 0x7bad0006
#define SHM 0x7bad0007

static const char constant[PAGE] __attribute__((aligned(PAGE))) = "read-only";
static char good[PAGE] __attribute__((aligned(PAGE)));
static char *bad_list[] = {(char *)0x10, NULL};

static const struct kind {
    const char *name; /* heading of the column */
    uint32_t address; /* the pointer; 0 with writes_only: the constant */
    bool writes_only; /* bad only if the kernel is to write there */
} kinds[] = {
    {"null", 0, false},
    {"nothing", 0x7ffffff0, false},
    {"constant", (uint32_t)constant, true},
    {"kernel", 0xc0100000, false},
    {"end 4 G", 0xfffffff8, false},
    {"end 3 G", 0xbffffffe, false},
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* How the kernel uses the pointer. */
enum use { READS, WRITES, STRING, MAY_BE_NULL_READS, MAY_BE_NULL_WRITES };

static const struct row {
    const char *text;        /* the call, and which argument it is */
    int number;              /* of the call */
    enum use use;            /* what happens there */
    uint32_t arg[ARGUMENTS]; /* the arguments */
} rows[] = {
    {"read(motd, *, 64)", SYS_read, WRITES, {MOTD, BAD, 64}},
    {"read(pipe, *, 8)", SYS_read, WRITES, {PIPE_IN, BAD, 8}},
    {"write(pipe, *, 64)", SYS_write, READS, {PIPE_OUT, BAD, 64}},
    {"write(1, *, 16)", SYS_write, READS, {1, BAD, 16}},
    {"open(*, O_RDONLY)", SYS_open, STRING, {BAD, 0, 0}},
    {"waitpid(child, *, 0)", SYS_waitpid, MAY_BE_NULL_WRITES, {CHILD, BAD, 0}},
    {"wait4(child, *, 0, 0)", SYS_wait4, MAY_BE_NULL_WRITES, {CHILD, BAD, 0, 0}},
    {"wait4(child, 0, 0, *)", SYS_wait4, MAY_BE_NULL_WRITES, {CHILD, 0, 0, BAD}},
    {"execve(*, NULL, NULL)", SYS_execve, STRING, {BAD, 0, 0}},
    {"execve(echo, *, NULL)", SYS_execve, MAY_BE_NULL_READS, {(uint32_t) "/bin/echo", BAD, 0}},
    {"execve(echo, NULL, *)", SYS_execve, MAY_BE_NULL_READS, {(uint32_t) "/bin/echo", 0, BAD}},
    {"pipe(*)", SYS_pipe, WRITES, {BAD}},
    {"sigaction(10, *, NULL)", SYS_sigaction, MAY_BE_NULL_READS, {10, BAD, 0}},
    {"sigaction(10, NULL, *)", SYS_sigaction, MAY_BE_NULL_WRITES, {10, 0, BAD}},
    {"rt_sigaction(10, *, NULL)", SYS_rt_sigaction, MAY_BE_NULL_READS, {10, BAD, 0, 8}},
    {"rt_sigaction(10, NULL, *)", SYS_rt_sigaction, MAY_BE_NULL_WRITES, {10, 0, BAD, 8}},
    {"mmap(*)", SYS_mmap, READS, {BAD}},
    {"shmat(id, &address = *)", SYS_ipc, WRITES, {21, SHM, 0, BAD, 0}},
    {"shmctl(id, IPC_STAT, *)", SYS_ipc, WRITES, {24, SHM, IPC_STAT, 0, BAD}},
    {"uname(*)", SYS_uname, WRITES, {BAD}},
    {"nanosleep(*, NULL)", SYS_nanosleep, READS, {BAD, 0}},
    {"time(*)", SYS_time, MAY_BE_NULL_WRITES, {BAD}},
    {"unlink(*)", SYS_unlink, STRING, {BAD}},
    {"stat64(*, buffer)", SYS_stat64, STRING, {BAD, (uint32_t)good}},
    {"stat64(motd, *)", SYS_stat64, WRITES, {(uint32_t) "/etc/motd", BAD}},
    {"lstat64(motd, *)", SYS_lstat64, WRITES, {(uint32_t) "/etc/motd", BAD}},
    {"fstat64(motd, *)", SYS_fstat64, WRITES, {MOTD, BAD}},
    {"getdents64(/, *, 512)", SYS_getdents64, WRITES, {ROOT, BAD, 512}},
    {"ioctl(0, TCGETS, *)", SYS_ioctl, WRITES, {0, TCGETS, BAD}},
    {"ioctl(0, TCSETS, *)", SYS_ioctl, READS, {0, TCSETS, BAD}},
    {"ioctl(0, TIOCGPGRP, *)", SYS_ioctl, WRITES, {0, TIOCGPGRP, BAD}},
    {"ioctl(0, TIOCGWINSZ, *)", SYS_ioctl, WRITES, {0, TIOCGWINSZ, BAD}},
    {"ioctl(0, TIOCSPGRP, *)", SYS_ioctl, READS, {0, TIOCSPGRP, BAD}},
};

static int motd, root, ends[2], segment, failures;

/* A child that has ended: its end is what waitpid() could tell. */
static uint32_t dead_child(void)
{
    int pid = fork();
    if (pid == 0)
        _exit(3);
    return (uint32_t)pid;
}

static uint32_t value_of(uint32_t arg, uint32_t bad)
{
    switch (arg) {
    case BAD: return bad;
    case MOTD: return (uint32_t)motd;
    case ROOT: return (uint32_t)root;
    case PIPE_IN: return (uint32_t)ends[0];
    case PIPE_OUT: return (uint32_t)ends[1];
    case CHILD: return dead_child();
    case SHM: return (uint32_t)segment;
    default: return arg;
    }
}

/* Makes the call with that pointer; the answer as errno has it, 0 when it was done. */
static int call(const struct row *r, uint32_t bad)
{
    uint32_t a[ARGUMENTS];
    for (int i = 0; i < ARGUMENTS; i++)
        a[i] = value_of(r->arg[i], bad);
    memcpy((char *)0xbffffffe, "xx", 2); /* no string ends at the end of user space */
    lseek(motd, 0, SEEK_SET);
    lseek(root, 0, SEEK_SET);
    int error = syscall(r->number, a[0], a[1], a[2], a[3], a[4]) < 0 ? errno : 0;
    while (r->arg[0] == CHILD && waitpid(-1, NULL, 0) > 0)
        continue;
    return error;
}

/* Is it a mistake to give this pointer to this call? */
static bool applies(const struct row *r, const struct kind *k)
{
    bool writes = r->use == WRITES || r->use == MAY_BE_NULL_WRITES;
    bool may_be_null = r->use == MAY_BE_NULL_READS || r->use == MAY_BE_NULL_WRITES;
    return (writes || !k->writes_only) && (!may_be_null || k->address != 0);
}

static void try_row(const struct row *r)
{
    char line[100], number[16];
    int length = snprintf(line, sizeof line, "%-28s", r->text);
    for (int k = 0; k < KINDS; k++) {
        const char *answer = ".";
        if (applies(r, &kinds[k])) {
            int error = call(r, kinds[k].address);
            failures += error != EFAULT;
            snprintf(number, sizeof number, "error %d", error);
            answer = error == EFAULT ? "EFAULT" : error ? number : "DONE";
        }
        length += snprintf(line + length, sizeof line - (size_t)length, " %-8s", answer);
    }
    printf("%s\n", line);
}

static void expect(const char *what, long result, int error)
{
    int got = result == -1 ? errno : 0;
    failures += got != error;
    printf("%-36s %s%s\n", what, got ? strerror(got) : "done", got == error ? "" : "  WRONG");
}

/* A system call that looks for its arguments on the stack, with the stack there. */
static void return_from_signal(uintptr_t stack)
{
    __asm__ volatile("movl %0, %%esp; int $0x80" : : "r"(stack), "a"(SYS_sigreturn));
}

static void handler(int signal)
{
    (void)signal;
}

/* A signal, with no stack to run its handler on. */
static void signal_there(uintptr_t stack)
{
    signal(SIGUSR1, handler);
    __asm__ volatile("movl %0, %%esp; int $0x80"
                     :
                     : "r"(stack), "a"(SYS_kill), "b"(getpid()), "c"(SIGUSR1));
}

static void try_stacks(void)
{
    for (int k = 0; k < KINDS; k++) {
        uint32_t stack = kinds[k].address & ~3u;
        printf("the stack: %s\n", kinds[k].name);
        failures += try_in_child("sigreturn", return_from_signal, stack) != STATUS_SEGV;
        if (kinds[k].address < 0xbf000000 || kinds[k].address >= 0xc0000000) /* else it is good */
            failures += try_in_child("a signal", signal_there, stack) != STATUS_SEGV;
    }
}

int main(void)
{
    motd = open("/etc/motd", O_RDONLY);
    root = open("/", O_RDONLY);
    segment = shmget(IPC_PRIVATE, PAGE, IPC_CREAT | 0600);
    if (motd < 0 || root < 0 || segment < 0 || pipe(ends) < 0 || write(ends[1], good, 64) != 64) {
        perror("pointers");
        return 1;
    }
    printf("%-28s", "");
    for (int k = 0; k < KINDS; k++)
        printf(" %-8s", kinds[k].name);
    printf("\n");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        try_row(&rows[i]);
    try_stacks();
    printf("a list of arguments with a bad string, and other mistakes\n");
    expect("execve with a bad argument", execve("/bin/echo", bad_list, NULL), EFAULT);
    expect("execve with a bad environment", execve("/bin/echo", NULL, bad_list), EFAULT);
    expect("execve of a text", execve("/etc/motd", NULL, NULL), ENOEXEC);
    expect("execve of what is not there", execve("/no/such", NULL, NULL), ENOENT);
    expect("open of what is not there", open("/no/such", O_RDONLY), ENOENT);
    expect("waitpid without a child", waitpid(-1, NULL, 0), ECHILD);
    expect("close of what is not open", close(99), EBADF);
    expect("read from what is not open", read(-1, good, 1), EBADF);
    expect("a signal for nobody", kill(12345, SIGTERM), ESRCH);
    expect("system call 511", syscall(511), ENOSYS);
    expect("system call 2^32 - 1", syscall(-1), ENOSYS);
    shmctl(segment, IPC_RMID, NULL);
    printf("%d wrong\n", failures);
    return failures;
}
