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

/* An address space that comes and goes while `pages` of its pages are in use. */
static u32 reload(u32 n, u32 pages)
{
    u32 sum = 0;

    for (u32 page = 0; page < pages; page++)
        window[page] = ((u32)ARENA + page * 4096) | ENTRY_BITS;
    load_cr3((u32)directories[0]);
    for (u32 round = 0; round < n; round++) {
        load_cr3((u32)directories[round & 1]);
        for (u32 page = 0; page < pages; page++)
            sum += *(volatile u32 *)(WINDOW + page * 4096) + round;
    }
    return sum;
}

u32 bench_cr3_1(u32 n)
{
    return reload(n * 100000, 1);
}

u32 bench_cr3_16(u32 n)
{
    return reload(n * 20000, 16);
}

u32 bench_cr3_64(u32 n)
{
    return reload(n * 6000, 64);
}

/* Two pages change places, and each must be forgotten. */
u32 bench_invlpg(u32 n)
{
    u32 sum = 0;

    for (u32 round = 0; round < n * 50000; round++) {
        u32 page = round & 63;

        window[page] = ((u32)ARENA + (round & 127) * 4096) | ENTRY_BITS;
        __asm__ volatile("invlpg (%0)" : : "r"(WINDOW + page * 4096) : "memory");
        *(volatile u32 *)(WINDOW + page * 4096) += round;
        sum += *(volatile u32 *)(WINDOW + page * 4096);
    }
    return sum;
}

u32 bench_sysenter(u32 n)
{
    u32 sum = 0;

    sysenter_init();
    for (u32 round = 0; round < n; round++)
        sum = mix(sum, run_user_sysenters(200000));
    return sum;
}

static u32 esp_here, esp_there, done_there;

static void other_task(void)
{
    for (;;) {
        done_there = mix(done_there, esp_there);
        switch_stack(&esp_there, esp_here, (u32)directories[0]);
    }
}

/* Two tasks with an address space each take turns. */
u32 bench_switch(u32 n)
{
    static u32 stack[1024];
    u32 *top = stack + 1024;

    *--top = 0;
    *--top = (u32)other_task;
    top -= 4; /* EDI ESI EBX EBP */
    esp_there = (u32)top;
    for (u32 round = 0; round < n * 50000; round++)
        switch_stack(&esp_here, esp_there, (u32)directories[1]);
    return done_there ^ (u32)stack;
}

/* CRC-32 while the timer ticks a thousand times a second. */
u32 bench_timer(u32 n)
{
    static const u8 setup[][2] = {{0x20, 0x11},     {0x21, 0x20}, {0x21, 4},    {0x21, 1},
                                  {0x21, 0xfe},     {0xa0, 0x11}, {0xa1, 0x28}, {0xa1, 2},
                                  {0xa1, 1},        {0xa1, 0xff}, {0x43, 0x34}, {0x40, 1193 & 255},
                                  {0x40, 1193 >> 8}};
    u32 sum;

    for (u32 i = 0; i < sizeof setup / sizeof setup[0]; i++)
        port_write(setup[i][0], setup[i][1]);
    __asm__ volatile("sti");
    sum = bench_crc32(n);
    __asm__ volatile("cli");
    return sum;
}

/* The POST code port and the system control port. */
u32 bench_port(u32 n)
{
    u32 sum = 0;

    for (u32 round = 0; round < n * 50000; round++) {
        port_write(0x80, (u8)round);
        sum += port_read(0x61) & 0xc0; /* parity errors: none */
    }
    return sum + n;
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
