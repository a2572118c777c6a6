/* SPDX-License-Identifier: MIT */
/*
 * stack.c - a deep recursion; the kernel gives the stack its pages one by one.
 */
#include "user/lib/lib.h"

static int depth_of(int depth)
{
    volatile char frame[1024];
    frame[0] = (char)depth;
    return depth == 0 ? 0 : depth_of(depth - 1) + 1 + frame[0] * 0;
}

int main(int argc, char **argv);

int main(int argc, char **argv)
{
    int depth = 1000;
    if (argc > 2 || (argc == 2 && !parse_int(argv[1], &depth)) || depth < 0) {
        printf("usage: stack [DEPTH]   (1 KiB each)\n");
        return 2;
    }
    print_file("/proc/self/maps");
    printf("depth %d reached\n", depth_of(depth));
    print_file("/proc/self/maps");
    return 0;
}
