/* SPDX-License-Identifier: MIT */
/*
 * maps.c - the areas of a process, in the format of Linux's /proc/PID/maps; by default its own.
 */
#include "user/lib/lib.h"

int main(int argc, char **argv);

int main(int argc, char **argv)
{
    char path[64];
    const char *who = argc > 1 ? argv[1] : "self";
    snprintf(path, sizeof path, "/proc/%s/maps", who);
    int error = print_file(path);
    if (error < 0)
        printf("maps: %s: %s\n", who, error == -ENOENT ? "no such process" : strerror(error));
    return error < 0;
}
