/* SPDX-License-Identifier: MIT */
/*
 * bench.h - the benchmark guest: fixed work, a checksum, nothing measured inside.
 *
 * Each test is a function of n (how often the work is repeated) that gives a checksum. It runs
 * in ring 0 with paging on (the first 32 MiB mapped one to one), interrupts off.
 */
#ifndef ROMS_BENCH_BENCH_H
#define ROMS_BENCH_BENCH_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;

/* Scratch memory of the tests: 8 MiB to 32 MiB. */
#define ARENA ((u32 *)0x00800000)
#define ARENA_SIZE 0x01800000u

static inline u32 next_random(u32 *state)
{
    return *state = *state * 1664525u + 1013904223u;
}

static inline void port_write(u16 port, u8 value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline u8 port_read(u16 port)
{
    u8 value;

    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline u32 mix(u32 sum, u32 v)
{
    return (sum << 5 | sum >> 27) ^ v;
}

/* compute.c */
u32 bench_sort(u32 n);
u32 bench_crc32(u32 n);
u32 bench_sieve(u32 n);
u32 bench_matmul(u32 n);
u32 bench_fib(u32 n);
u32 bench_sha(u32 n);
u32 bench_interp(u32 n);

/* memory.c */
u32 bench_chase4k(u32 n);
u32 bench_chase256k(u32 n);
u32 bench_chase8m(u32 n);
u32 bench_string(u32 n);
u32 bench_repmovs(u32 n);
u32 bench_tlb(u32 n);

/* system.c */
u32 bench_syscall(u32 n);
u32 bench_fault(u32 n);
u32 bench_cr3(u32 n);
u32 bench_cr3_1(u32 n);
u32 bench_cr3_16(u32 n);
u32 bench_cr3_64(u32 n);
u32 bench_invlpg(u32 n);
u32 bench_smc(u32 n);
u32 bench_sysenter(u32 n);
u32 bench_switch(u32 n);
u32 bench_timer(u32 n);
u32 bench_port(u32 n);

/* strings.c */
u32 bench_replarge(u32 n);
u32 bench_repsmall(u32 n);
u32 bench_repoverlap(u32 n);
u32 bench_repscan(u32 n);
u32 bench_codedata(u32 n);
u32 bench_copyrun(u32 n);

/* repsizes.c */
u32 bench_repsizes(u32 n);

/* float.c */
u32 bench_nbody(u32 n);

/* start.S */
void load_cr3(u32 directory);
/* Ring 3: `count` times INT 80h; gives the sum of what the calls returned. */
u32 run_user_syscalls(u32 count);
/* The same with SYSENTER and SYSEXIT; the three MSRs. */
u32 run_user_sysenters(u32 count);
void sysenter_init(void);
/* Saves ESP at *save, takes another directory and another stack. */
void switch_stack(u32 *save, u32 load, u32 directory);
/* The timer's interrupts since the start. */
extern volatile u32 ticks;

/* system.c: called by start.S on a page fault with CR2. */
void page_fault(u32 address);
/* Builds the page tables and gives the directory's address. */
u32 paging_init(void);
/* main.c */
void bench_main(u32 magic, const u32 *info);
/* To COM1 and port E9h; COM1's last byte is out. */
void write_text(const char *s);
void wait_until_written(void);

#endif
