/* SPDX-License-Identifier: MIT */
/*
 * segv.c - the ways to a segmentation fault; each is stopped by the page tables.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const char constant[] = "written only once, by the linker";
static volatile int sink;

static void recurse(int depth)
{
    volatile char frame[4096];
    frame[0] = (char)depth;
    if (depth != sink) /* always: the compiler must not see through it */
        recurse(depth + 1);
    frame[1] = frame[0]; /* after the call, so that it needs its frame */
}

static void write_to(uintptr_t address)
{
    *(volatile int *)address = 42;
}

static void read_from(uintptr_t address)
{
    sink = *(volatile int *)address;
}

static void null_write(void)
{
    write_to(0);
}

static void null_read(void)
{
    read_from(0);
}

static void null_call(void)
{
    ((void (*)(void))(uintptr_t)sink)();
}

static void text_write(void)
{
    write_to((uintptr_t)null_write);
}

static void rodata_write(void)
{
    write_to((uintptr_t)constant);
}

static void kernel_read(void)
{
    read_from(0xc0100000);
}

static void kernel_write(void)
{
    write_to(0xc0100000);
}

static void kernel_call(void)
{
    ((void (*)(void))0xc0100000)();
}

static void gap_read(void)
{
    read_from(0x60000000);
}

static void overflow(void)
{
    sink = -1;
    recurse(0);
}

static const struct {
    const char *name;  /* the argument */
    void (*run)(void); /* does it */
    const char *text;  /* what it does */
} ways[] = {
    {"null", null_write, "write through a null pointer (the default)"},
    {"read", null_read, "read through a null pointer"},
    {"call", null_call, "call a null pointer"},
    {"text", text_write, "write to the program's code"},
    {"rodata", rodata_write, "write to a constant"},
    {"kernel", kernel_read, "read from the kernel"},
    {"kwrite", kernel_write, "write to the kernel"},
    {"kcall", kernel_call, "call into the kernel"},
    {"gap", gap_read, "read where nothing is mapped"},
    {"stack", overflow, "never stop calling"},
};

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : ways[0].name;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        if (strcmp(name, ways[i].name) == 0) {
            ways[i].run();
            printf("segv: still alive\n");
            return 1;
        }
    }
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        printf("segv %-8s %s\n", ways[i].name, ways[i].text);
    return 2;
}
