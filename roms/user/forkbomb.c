/* SPDX-License-Identifier: MIT */
/*
 * forkbomb.c - too many processes, and too much memory. First it forks until the kernel refuses or a
 * number is reached; every process waits, then all end. Then one child takes memory without end while
 * others sleep: when there is no more, the kernel has to end a process, and it must be the greedy one.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/common/look.h"

enum { PAGE = 4096, CHUNK = 1 << 20, SLEEPERS = 3, STATUS_KILLED = 128 + SIGKILL };

static long memory(void)
{
    return value_in("/proc/meminfo", "MemFree") + value_in("/proc/meminfo", "SwapFree");
}

/* Forks up to that many children, which wait until nobody can write to the pipe any more. */
static void many_processes(long limit)
{
    int ends[2], count = 0, ended = 0, status, pid;
    char c;
    if (pipe(ends) < 0) {
        perror("forkbomb");
        exit(1);
    }
    while (count < limit && (pid = fork()) >= 0) {
        if (pid == 0) {
            close(ends[1]);
            exit(read(ends[0], &c, 1) != 0);
        }
        count++;
    }
    int error = count < limit ? errno : 0;
    if (error)
        printf("the kernel refuses one more: %s\n", strerror(error));
    check(!error || error == EAGAIN || error == ENOMEM,
          error ? "for a good reason" : "%d processes at a time", count);
    close(ends[0]);
    close(ends[1]);
    while (wait(&status) > 0)
        ended += status == 0;
    check(ended == count, "all of them ended by themselves");
}

/* Maps and fills memory until that is its end. */
static void __attribute__((noreturn)) be_greedy(void)
{
    for (;;) {
        char *p = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (p == MAP_FAILED)
            exit(1); /* address space is all that has come to an end */
        for (int i = 0; i < CHUNK; i += PAGE)
            p[i] = 1;
    }
}

static void too_much_memory(void)
{
    int sleepers[SLEEPERS], ends[2], alive = 0;
    char c;
    if (pipe(ends) < 0)
        exit(1);
    for (int i = 0; i < SLEEPERS; i++) {
        sleepers[i] = fork();
        if (sleepers[i] == 0) {
            close(ends[1]);
            exit(read(ends[0], &c, 1) == 0 ? 40 + i : 1);
        }
    }
    int greedy = fork();
    if (greedy == 0)
        be_greedy();
    check(wait_and_tell("the greedy one", greedy) == STATUS_KILLED, "the kernel chose it");
    close(ends[1]);
    for (int i = 0; i < SLEEPERS; i++) {
        int status;
        alive += waitpid(sleepers[i], &status, 0) > 0 && WIFEXITED(status) &&
                 WEXITSTATUS(status) == 40 + i;
    }
    check(alive == SLEEPERS, "%d innocent processes lived on", alive);
}

int main(int argc, char **argv)
{
    long limit = 60;
    if (argc > 2 || (argc == 2 && !parse_number(argv[1], 1, 100000, &limit))) {
        fprintf(stderr, "usage: forkbomb [PROCESSES]   (60)\n");
        return 2;
    }
    long before = memory();
    printf("up to %ld processes\n", limit);
    many_processes(limit);
    printf("a child without measure\n");
    too_much_memory();
    long lost = before - memory();
    check(lost < 512, "all memory is free again");
    return check_end("forkbomb");
}
