/* SPDX-License-Identifier: MIT */
/*
 * system.c - what a kernel makes a processor do: system calls, page faults, address-space
 * switches, code that is written and run. And the page tables of the benchmark guest.
 */
#include "bench.h"

#define WINDOW 0x40000000u
#define WINDOW_PAGES 256u
#define ENTRY_BITS 7u /* present, writable, user */

static u32 directories[2][1024] __attribute__((aligned(4096)));
static u32 tables[8][1024] __attribute__((aligned(4096)));
static u32 window[1024] __attribute__((aligned(4096)));
static u32 faults;

u32 paging_init(void)
{
    for (u32 t = 0; t < 8; t++) {
        for (u32 i = 0; i < 1024; i++)
            tables[t][i] = (t << 22 | i << 12) | ENTRY_BITS;
        directories[0][t] = directories[1][t] = (u32)tables[t] | ENTRY_BITS;
    }
    directories[0][WINDOW >> 22] = (u32)window | ENTRY_BITS;
    directories[1][WINDOW >> 22] = (u32)window | ENTRY_BITS;
    return (u32)directories[0];
}

u32 bench_syscall(u32 n)
{
    u32 sum = 0;

    for (u32 round = 0; round < n; round++)
        sum = mix(sum, run_user_syscalls(200000));
    return sum;
}

void page_fault(u32 address)
{
    u32 page = (address >> 12) & 1023;

    faults++;
    window[page] = ((u32)ARENA + page * 4096) | ENTRY_BITS;
}

u32 bench_fault(u32 n)
{
    u32 sum = 0;

    for (u32 round = 0; round < n * 200; round++) {
        for (u32 page = 0; page < WINDOW_PAGES; page++) {
            volatile u32 *p = (volatile u32 *)(WINDOW + page * 4096);

            p[round & 1023] += page + round;
            sum += p[round & 1023];
        }
        for (u32 page = 0; page < WINDOW_PAGES; page++)
            window[page] = 0;
        load_cr3((u32)directories[0]);
    }
    return mix(sum, faults);
}

u32 bench_cr3(u32 n)
{
    u32 sum = 0;

    for (u32 page = 0; page < 8; page++)
        window[page] = ((u32)ARENA + page * 4096) | ENTRY_BITS;
    for (u32 round = 0; round < n * 100000; round++) {
        volatile u32 *p = (volatile u32 *)WINDOW;

        load_cr3((u32)directories[round & 1]);
        p[(round & 7) * 1024] += round;
        sum += p[((round + 3) & 7) * 1024];
    }
    return sum;
}

/* mov $imm, %eax; ret - the immediate is rewritten before each call. */
u32 bench_smc(u32 n)
{
    u8 *code = (u8 *)ARENA;
    u32 sum = 0;

    code[0] = 0xb8;
    code[5] = 0xc3;
    for (u32 round = 0; round < n * 50000; round++) {
        *(volatile u32 *)(code + 1) = round * 40503u;
        __asm__ volatile("" : : : "memory");
        sum = mix(sum, ((u32(*)(void))code)());
    }
    return sum;
}
