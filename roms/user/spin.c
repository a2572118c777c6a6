/* SPDX-License-Identifier: MIT */
/*
 * spin.c - M processes that each count to N million without ever calling the kernel.
 * They all finish, because the timer takes the processor away from each of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/common/look.h"

enum { MAX_PROCESSES = 16, MILLION = 1000000 };

static void count(long millions)
{
    for (volatile long i = 0; i < millions * MILLION; i++)
        continue;
}

int main(int argc, char **argv)
{
    long millions = 0, processes = 1;
    int finished = 0, status;
    if (argc < 2 || argc > 3 || !parse_number(argv[1], 0, 1000, &millions) ||
        (argc == 3 && !parse_number(argv[2], 1, MAX_PROCESSES, &processes))) {
        fprintf(stderr, "usage: spin N [M]   (N: 0-1000 million, M: 1-%d processes)\n",
                MAX_PROCESSES);
        return 2;
    }
    for (int i = 0; i < processes; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            count(millions);
            exit(0);
        }
        if (pid < 0)
            perror("spin");
    }
    while (wait(&status) > 0)
        finished += status == 0;
    printf("%d of %ld processes finished\n", finished, processes);
    return finished != processes;
}
