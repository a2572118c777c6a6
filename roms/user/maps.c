/* SPDX-License-Identifier: MIT */
/*
 * maps.c - the areas of a process, in the format of Linux's /proc/PID/maps; by default its own.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "user/common/look.h"

int main(int argc, char **argv)
{
    char path[64];
    const char *who = argc > 1 ? argv[1] : "self";
    snprintf(path, sizeof path, "/proc/%s/maps", who);
    if (show_file(path))
        return 0;
    fprintf(stderr, "maps: %s: %s\n", who, errno == ENOENT ? "no such process" : strerror(errno));
    return 1;
}
