/* SPDX-License-Identifier: MIT */
/*
 * print.c - what the kernel itself has to say, on every console.
 */
#include "kernel/core.h"

#include "drivers/drivers.h"
#include "drivers/x86.h"
#include "lib/format.h"

static void put(struct sink *s, char c)
{
    tty_put(c);
}

static void print_list(enum tty_color color, const char *fmt, va_list ap)
{
    struct sink s = {.put = put};
    tty_color(color);
    format(&s, fmt, ap);
    tty_color(TTY_NORMAL);
}

void print(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    print_list(TTY_KERNEL, fmt, ap);
    va_end(ap);
}

void print_error(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    print_list(TTY_ERROR, fmt, ap);
    va_end(ap);
}

static uint32_t selector(uint32_t word)
{
    return word & 0xffff; /* PUSH of a segment register may leave the rest as it was */
}

void print_registers(const struct trapframe *tf)
{
    uint32_t from_user = tf->cs & 3; /* only then did the processor push SS:ESP */
    print("vector %u error %04x eip %04x:%08x eflags %08x\n", tf->vector, tf->error,
          selector(tf->cs), tf->eip, tf->eflags);
    print("eax %08x ebx %08x ecx %08x edx %08x\n", tf->eax, tf->ebx, tf->ecx, tf->edx);
    print("esi %08x edi %08x ebp %08x esp %08x\n", tf->esi, tf->edi, tf->ebp,
          from_user ? tf->esp : (uint32_t)&tf->esp);
    print("ds %04x es %04x fs %04x gs %04x cr0 %08x cr2 %08x cr3 %08x\n", selector(tf->ds),
          selector(tf->es), selector(tf->fs), selector(tf->gs), read_cr0(), read_cr2(), read_cr3());
}

void panic(const char *fmt, ...)
{
    va_list ap;
    cli();
    va_start(ap, fmt);
    print_error("\nKernel panic: ");
    print_list(TTY_ERROR, fmt, ap);
    print_error("\n");
    va_end(ap);
    power_panic();
}
