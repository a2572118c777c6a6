/* SPDX-License-Identifier: MIT */
/*
 * nullptr.c - what happens at address 0, and why: nothing is ever mapped below 08048000, so every
 * access there is a page fault for which the kernel has no area: a segmentation fault.
 */
#include <signal.h>
#include <stdio.h>

#include "user/common/look.h"

static volatile int sink;

static void read_from(uintptr_t address)
{
    sink = *(volatile char *)address;
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
    {"reading through a null pointer", read_from, 0},
    {"writing through a null pointer", write_to, 0},
    {"calling a null pointer", call, 0},
    {"reading a field at offset 4095 of a null pointer", read_from, 4095},
    {"reading element 1000000 of a null array", read_from, 1000000},
    {"reading the last byte below the program", read_from, 0x08047fff},
};

int main(void)
{
    enum { STATUS_SEGV = 128 + SIGSEGV };
    printf("Each of these is tried in a child process:\n");
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        int status = try_in_child("the child", tries[i].what, tries[i].address);
        check(status == STATUS_SEGV, "%s is a segmentation fault", tries[i].text);
    }
    printf("The lowest areas of this process:\n");
    show_maps("/bin/nullptr");
    check(areas_between(0, 0x08048000) == 0, "no area begins below 08048000");
    return check_end("nullptr");
}
