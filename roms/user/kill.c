/* SPDX-License-Identifier: MIT */
/*
 * kill.c - sends a signal to processes; by default the one that asks them to end.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "user/common/look.h"

int main(int argc, char **argv)
{
    long number = SIGTERM, pid;
    int first = 1, status = 0;
    if (argc > 2 && argv[1][0] == '-') {
        if (!parse_number(argv[1] + 1, 0, 64, &number))
            first = argc; /* nothing that could be right follows */
        else
            first = 2;
    }
    if (first >= argc) {
        fprintf(stderr, "usage: kill [-SIGNAL] PID...\n");
        return 2;
    }
    for (int i = first; i < argc; i++) {
        if (!parse_number(argv[i], 1, 0x7fffffff, &pid))
            errno = EINVAL;
        else if (kill((int)pid, (int)number) == 0)
            continue;
        fprintf(stderr, "kill: %s: %s\n", argv[i], strerror(errno));
        status = 1;
    }
    return status;
}
