/* SPDX-License-Identifier: MIT */
/*
 * free.c - memory and swap area, used and free; with -z the zones as well.
 */
#include <stdio.h>
#include <string.h>

#include "user/common/look.h"

static long kilobytes(const char *name)
{
    long n = value_in("/proc/meminfo", name);
    return n < 0 ? 0 : n;
}

int main(int argc, char **argv)
{
    long total = kilobytes("MemTotal"), left = kilobytes("MemFree"), cached = kilobytes("Cached");
    long swap_total = kilobytes("SwapTotal"), swap_left = kilobytes("SwapFree");
    if (argc > 2 || (argc == 2 && strcmp(argv[1], "-z") != 0)) {
        fprintf(stderr, "usage: free [-z]\n");
        return 2;
    }
    printf("           total      used      free    cached   (KiB)\n");
    printf("memory %9ld %9ld %9ld %9ld\n", total, total - left, left, cached);
    printf("swap   %9ld %9ld %9ld\n", swap_total, swap_total - swap_left, swap_left);
    return argc == 2 ? !show_file("/proc/zoneinfo") : 0;
}
