/* SPDX-License-Identifier: MIT */
/*
 * sleep.c - does nothing for so many seconds.
 */
#include "user/lib/lib.h"

int main(int argc, char **argv);

int main(int argc, char **argv)
{
    struct timespec t = {0, 0};
    if (argc != 2 || !parse_int(argv[1], &t.seconds) || t.seconds < 0) {
        printf("usage: sleep SECONDS\n");
        return 2;
    }
    return nanosleep(&t) < 0;
}
