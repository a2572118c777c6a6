/* SPDX-License-Identifier: MIT */
/*
 * layout.c - where the parts of a program live: the address of one thing of every kind, with the area
 * of /proc/self/maps that it is in, from the bottom of the address space to the top.
 * It is compiled so that the address of a library function is the real one, in the library, and not
 * that of the stub in the program through which calls go.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/common/look.h"

int global_initialised = 1;
int global_zero;
static int static_initialised = 2;
static int static_zero;

static uint32_t last; /* the area of the row before begins here */

/* Prints a row and checks that it lies in an area of that kind, not below the row before. */
static void row(const char *what, const volatile void *address, const char *rights,
                const char *name)
{
    struct area a;
    area_of(address, &a);
    bool as_expected = strcmp(a.rights, rights) == 0 && strstr(a.name, name) && a.start >= last;
    check(as_expected, "%p %s %-14s %s", (void *)(uintptr_t)address, a.rights, a.name, what);
    last = a.start;
}

int main(int argc, char **argv)
{
    const char *literal = "literal";
    int local = argc;
    void *small = malloc(100), *large = malloc(1 << 20);
    if (!small || !large)
        return 1;

    printf("ADDRESS  AREA                WHAT IT IS\n");
    printf("  [--] 00000000 ----                null pointer, and all below 08048000: nothing\n");
    row("a function, main()", (void *)main, "r-xp", "/bin/layout");
    row("a string literal", literal, "r--p", "/bin/layout");
    row("static, initialised", &static_initialised, "rw-p", "/bin/layout");
    row("global, initialised", &global_initialised, "rw-p", "/bin/layout");
    row("static, zero (.bss)", &static_zero, "rw-p", "");
    row("global, zero (.bss)", &global_zero, "rw-p", "");
    row("malloc(100): on the heap, from brk", small, "rw-p", "[heap]");
    row("printf(), in the shared library", (void *)printf, "r-xp", "/lib/libc.so");
    row("malloc(1 MiB): a mapping of its own", large, "rw-p", "");
    row("a local variable", &local, "rw-p", "[stack]");
    row("argv, the list", argv, "rw-p", "[stack]");
    row("environ, the list", environ, "rw-p", "[stack]");
    row("argv[0], the string", argv[0], "rw-p", "[stack]");
    row("environ[0], the string", environ[0], "rw-p", "[stack]");
    printf("  [--] c0000000 ----                the kernel, up to ffffffff\n");
    printf("The kernel's list of areas, /proc/self/maps:\n");
    show_maps("");
    check((uintptr_t)small < 0x40000000 && (uintptr_t)printf >= 0x40000000,
          "the heap is below 40000000, the library above");
    check((uintptr_t)environ[0] < 0xc0000000, "everything is below c0000000");
    free(large);
    free(small);
    return check_end("layout");
}
