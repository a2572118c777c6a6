/* SPDX-License-Identifier: MIT */
/*
 * kill.c - ends a process.
 */
#include "user/lib/lib.h"

int main(int argc, char **argv);

int main(int argc, char **argv)
{
    int pid, signal = SIGTERM;
    if (argc < 2 || argc > 3 || !parse_int(argv[1], &pid) ||
        (argc == 3 && !parse_int(argv[2], &signal))) {
        printf("usage: kill PID [SIGNAL]\n");
        return 2;
    }
    int error = kill(pid, signal);
    if (error < 0)
        printf("kill: %d: %s\n", pid, strerror(error));
    return error < 0;
}
