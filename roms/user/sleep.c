/* SPDX-License-Identifier: MIT */
/*
 * sleep.c - does nothing for so many seconds.
 */
#include <stdio.h>
#include <unistd.h>

#include "user/common/look.h"

int main(int argc, char **argv)
{
    long seconds;
    if (argc != 2 || !parse_number(argv[1], 0, 1000000, &seconds)) {
        fprintf(stderr, "usage: sleep SECONDS\n");
        return 2;
    }
    return sleep((unsigned)seconds) != 0;
}
