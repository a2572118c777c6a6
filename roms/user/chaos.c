/* SPDX-License-Identifier: MIT */
/*
 * chaos.c - attacks the kernel: system calls with absurd arguments, and children that execute
 * random bytes. All of it may fail, none of it may stop the kernel. The same SEED attacks the
 * same way. The kernel's messages about the children are part of the picture.
 * Left out: reading the terminal (it would wait for a key) and the true words of reboot.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "user/common/look.h"

enum { CODE_BYTES = 4096, CALLS_A_ROUND = 200, LAST_CALL = 260, NAP_NS = 30000000 };

static uint32_t state;
static uint8_t code[CODE_BYTES];

/* Marsaglia's xorshift with the triple 13, 17, 5. */
static uint32_t random32(void)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

/* Addresses and numbers near every border there is, and some from anywhere. */
static uint32_t absurd(void)
{
    static const uint32_t borders[] = {
        0,          1,          0x7fffffff, 0x80000000, 0xffffffff, 0x08048000, 0x40000000,
        0xbf800000, 0xbfffe000, 0xc0000000, 0xc0100000, 0xf8000000, 0xff800000, 4096,
    };
    uint32_t r = random32(), kind = r % 8;
    if (kind < 4)
        return borders[(r >> 8) % (sizeof borders / sizeof borders[0])] + (r >> 16) % 9 - 4;
    if (kind < 6)
        return (uint32_t)code + (r >> 8) % (2 * CODE_BYTES);
    return kind == 6 ? (r >> 8) % 64 : random32();
}

/* In a child, because exec, brk or a lucky write may well be its end. */
static void call_at_random(void)
{
    close(0); /* nothing is to be read from, or printed on, the terminal */
    close(1);
    close(2);
    for (int i = 0; i < CALLS_A_ROUND; i++) {
        int number = (int)(random32() % LAST_CALL);
        if (number != SYS_exit && number != SYS_fork && number != SYS_kill &&
            number != SYS_nanosleep)
            syscall(number, absurd(), absurd(), absurd());
    }
    exit(0);
}

static void execute_at_random(void)
{
    for (size_t i = 0; i < sizeof code; i++)
        code[i] = (uint8_t)(random32() >> 11);
    ((void (*)(void))(uintptr_t)code)();
    exit(0);
}

/* Runs one attack in a child and ends it if it does not end by itself. */
static bool attack(void (*how)(void))
{
    const struct timespec nap = {0, NAP_NS};
    int status, pid = fork();
    if (pid == 0)
        how();
    if (pid < 0)
        return false;
    nanosleep(&nap, NULL);
    kill(pid, SIGKILL);
    return waitpid(pid, &status, 0) == pid;
}

int main(int argc, char **argv)
{
    long seed = 1, rounds = 10;
    int survived = 0;
    if (argc > 3 || (argc > 1 && !parse_number(argv[1], 0, 1000000, &seed)) ||
        (argc > 2 && !parse_number(argv[2], 1, 1000000, &rounds))) {
        fprintf(stderr, "usage: chaos [SEED [ROUNDS]]\n");
        return 2;
    }
    for (int i = 0; i < rounds; i++) {
        state = (uint32_t)(seed * 1000003 + i) * 2654435761u | 1;
        survived += attack(call_at_random) && attack(execute_at_random);
    }
    printf("%d of %ld rounds survived\n", survived, rounds);
    return survived != rounds;
}
