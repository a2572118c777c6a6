/* SPDX-License-Identifier: MIT */
/*
 * crash.c - the exceptions that are not page faults.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static void divide(void)
{
    __asm__ volatile("xorl %%edx, %%edx; xorl %%ecx, %%ecx; divl %%ecx" : : "a"(1) : "ecx", "edx");
}

static void opcode(void)
{
    __asm__ volatile(".byte 0x0f, 0x0b"); /* UD2 */
}

static void int3(void)
{
    __asm__ volatile("int3");
}

static void into(void)
{
    __asm__ volatile("movb $127, %%al; addb $1, %%al; into" : : : "eax", "cc");
}

static void bound(void)
{
    static const int limits[2] = {0, 9};
    __asm__ volatile("bound %0, %1" : : "r"(10), "m"(limits));
}

static void step(void)
{
    __asm__ volatile("pushfl; orl $0x100, (%%esp); popfl; nop" : : : "cc", "memory");
}

static void interrupts_off(void)
{
    __asm__ volatile("cli");
}

static void halt(void)
{
    __asm__ volatile("hlt");
}

static void port(void)
{
    __asm__ volatile("inb $0x60, %%al" : : : "eax");
}

static void gate(void)
{
    __asm__ volatile("int $0x20"); /* the timer's vector; its gate is not for ring 3 */
}

static void segment(void)
{
    __asm__ volatile("movw %w0, %%es" : : "r"(0x28)); /* a TSS is not a data segment */
}

static void coprocessor(void)
{
    __asm__ volatile(".byte 0xd9, 0xe8"); /* FLD1 */
}

static const struct {
    const char *name;  /* the argument */
    void (*run)(void); /* does it */
    const char *text;  /* what it does */
} ways[] = {
    {"divide", divide, "divide by zero (the default)"},
    {"opcode", opcode, "execute an undefined instruction"},
    {"int3", int3, "breakpoint"},
    {"into", into, "INTO after an overflow"},
    {"bound", bound, "BOUND with an index out of range"},
    {"step", step, "single step"},
    {"cli", interrupts_off, "switch interrupts off"},
    {"hlt", halt, "stop the processor"},
    {"port", port, "read an I/O port"},
    {"gate", gate, "call an interrupt that belongs to the kernel"},
    {"segment", segment, "load a segment register with nonsense"},
    {"fpu", coprocessor, "use the coprocessor that is not there"},
};

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : ways[0].name;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        if (strcmp(name, ways[i].name) == 0) {
            ways[i].run();
            printf("crash: still alive\n");
            return 1;
        }
    }
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        printf("crash %-8s %s\n", ways[i].name, ways[i].text);
    return 2;
}
