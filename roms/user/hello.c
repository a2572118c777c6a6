/* SPDX-License-Identifier: MIT */
/*
 * hello.c - greets, and says in which ring and at which addresses it lives.
 */
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

static const char greeting[] = "Hello";
static int initialised = 1;
static int zeroed;

int main(int argc, char **argv, char **envp)
{
    uint32_t cs, esp;
    __asm__ volatile("movl %%cs, %0" : "=r"(cs));
    __asm__ volatile("movl %%esp, %0" : "=r"(esp));
    printf("%s, %s! I am process %d in ring %u.\n", greeting, argc > 1 ? argv[1] : "world",
           getpid(), cs & 3);
    printf("code   %p  main\n", (void *)main);
    printf("rodata %p  \"%s\"\n", (const void *)greeting, greeting);
    printf("data   %p  %d\n", (void *)&initialised, initialised);
    printf("bss    %p  %d\n", (void *)&zeroed, zeroed);
    printf("stack  %08x  just under %08x\n", esp & 0xfffff000, 0xc0000000);
    for (int i = 0; i < argc; i++)
        printf("argv[%d] = %s\n", i, argv[i]);
    for (int i = 0; envp[i]; i++)
        printf("envp[%d] = %s\n", i, envp[i]);
    return 0;
}
