/* SPDX-License-Identifier: MIT */
/*
 * spin.c - M processes that each count to N million without ever calling the kernel.
 * They all finish, because the timer takes the processor away from each of them.
 */
#include "user/lib/lib.h"

enum { MAX_PROCESSES = 16, MILLION = 1000000 };

static void count(int millions)
{
    for (volatile int i = 0; i < millions * MILLION; i++)
        continue;
}

int main(int argc, char **argv);

int main(int argc, char **argv)
{
    int millions = 0, processes = 1, finished = 0;
    if (argc < 2 || argc > 3 || !parse_int(argv[1], &millions) ||
        (argc == 3 && !parse_int(argv[2], &processes)) || millions < 0 || millions > 1000 ||
        processes < 1 || processes > MAX_PROCESSES) {
        printf("usage: spin N [M]   (N: 0-1000 million, M: 1-%d processes)\n", MAX_PROCESSES);
        return 2;
    }
    for (int i = 0; i < processes; i++) {
        int pid = fork();
        if (pid == 0) {
            count(millions);
            exit(0);
        }
        if (pid < 0)
            printf("spin: %s\n", strerror(pid));
    }
    int status;
    while (waitpid(-1, &status, 0) > 0)
        finished += status == 0;
    printf("%d of %d processes finished\n", finished, processes);
    return finished != processes;
}
