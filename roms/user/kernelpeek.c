/* SPDX-License-Identifier: MIT */
/*
 * kernelpeek.c - the kernel's quarter of the address space, seen from ring 3: it is mapped, but its
 * pages belong to the supervisor, so that every access is a fault; and the kernel itself does not
 * read or write there for a program, either.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "user/common/look.h"

enum { STATUS_SEGV = 128 + SIGSEGV };

static volatile int sink;

static void read_from(uintptr_t address)
{
    sink = *(volatile char *)address;
}

static void read_word(uintptr_t address)
{
    sink = *(volatile int *)address;
}

static void write_to(uintptr_t address)
{
    *(volatile char *)address = 1;
}

static void call(uintptr_t address)
{
    ((void (*)(void))address)();
}

static const struct {
    const char *text;        /* what is tried */
    void (*what)(uintptr_t); /* how */
    uintptr_t address;       /* where */
} tries[] = {
    {"reading the kernel's code at c0100000", read_from, 0xc0100000},
    {"writing there", write_to, 0xc0100000},
    {"calling it", call, 0xc0100000},
    {"reading the first byte of kernel space", read_from, 0xc0000000},
    {"reading the last byte of all", read_from, 0xffffffff},
    {"reading a word that begins in user space and ends in the kernel", read_word, 0xbffffffe},
};

int main(void)
{
    char buffer[8];
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        int status = try_in_child("the child", tries[i].what, tries[i].address);
        check(status == STATUS_SEGV, "%s is a segmentation fault", tries[i].text);
    }
    printf("The kernel as the hand that reaches there:\n");
    check_error(write(STDOUT_FILENO, (void *)0xc0100000, 8), EFAULT, "write(1, c0100000, 8)");
    int fds[2];
    if (pipe(fds) < 0 || write(fds[1], "12345678", 8) != 8)
        return 1;
    check_error(read(fds[0], (void *)0xc0100000, 8), EFAULT, "read(pipe, c0100000, 8)");
    check(read(fds[0], buffer, sizeof buffer) == 8,
          "what could not be delivered is still in the pipe");
    return check_end("kernelpeek");
}
