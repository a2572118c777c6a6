/* SPDX-License-Identifier: MIT */
/*
 * stack.c - a deep recursion; the kernel gives the stack its pages one by one.
 */
#include "user/lib/lib.h"

static int depth_of(int depth)
{
    volatile char frame[1024];
    size_t at = (size_t)depth % sizeof frame;
    frame[at] = 1;
    int below = depth == 0 ? -1 : depth_of(depth - 1);
    return below + frame[at]; /* read after the call, so that every depth needs its frame */
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
