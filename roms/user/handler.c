/* SPDX-License-Identifier: MIT */
/*
 * handler.c - a program that handles its own page faults. The kernel gives SIGSEGV to the handler with
 * the address that was touched; the handler makes the page accessible with mprotect() and returns, and
 * the instruction that faulted is executed once more. Garbage collectors and debuggers do this.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "user/common/look.h"

enum { PAGE = 4096, PAGES = 8, STATUS_SEGV = 128 + SIGSEGV };

static char *memory;
static volatile int faults;
static jmp_buf out;

static void open_page(int number, siginfo_t *info, void *context)
{
    char *at = info->si_addr, *page = memory + (at - memory) / PAGE * PAGE;
    (void)context;
    faults++;
    printf("  signal %d at offset %05x, code %d\n", number, (unsigned)(at - memory), info->si_code);
    mprotect(page, PAGE, PROT_READ | PROT_WRITE);
    *page = 'a' + (char)((page - memory) / PAGE);
}

static void jump_out(int number)
{
    longjmp(out, number);
}

static void touch(uintptr_t address)
{
    *(volatile char *)address = 1;
}

int main(void)
{
    struct sigaction act = {.sa_sigaction = open_page, .sa_flags = SA_SIGINFO};
    char seen[PAGES + 1] = "";
    memory = mmap(NULL, PAGES * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    check(memory != MAP_FAILED && sigaction(SIGSEGV, &act, NULL) == 0,
          "%d pages without any rights, and a handler for SIGSEGV", PAGES);
    for (int i = 0; i < PAGES; i++)
        seen[i] = memory[(i * 3 % PAGES) * PAGE];
    check(faults == PAGES, "%d faults, one for each page", faults);
    check(strcmp(seen, "adgbehcf") == 0,
          "reading in steps of 3 finds what the handler put there: %s", seen);
    memory[100] = 'x';
    check(memory[0] == 'a' && faults == PAGES, "no more faults after that");

    struct sigaction jump = {.sa_handler = jump_out, .sa_flags = (int)SA_NODEFER}, old;
    check(sigaction(SIGSEGV, &jump, &old) == 0 && old.sa_sigaction == open_page,
          "another handler; the kernel still knew the old one");
    int number = setjmp(out);
    if (number == 0)
        touch(0);
    check(number == SIGSEGV, "a null pointer, and out of the handler with longjmp()");
    check(signal(SIGSEGV, SIG_DFL) == jump_out, "back to the default");
    check(try_in_child("a child", touch, 0) == STATUS_SEGV, "which ends the process");
    check_error((long)signal(SIGKILL, jump_out), EINVAL, "a handler for SIGKILL");
    return check_end("handler");
}
