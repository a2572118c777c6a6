/* SPDX-License-Identifier: MIT */
/*
 * stackgrow.c - the stack is an area that grows downward by itself: an access just below it is a page
 * fault that the kernel answers with a larger area and a new frame, until the limit of 8 MiB. Whatever
 * lies below the stack is kept away from it by a gap.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>

#include "user/common/look.h"

enum { PAGE = 4096, FRAME = 1024, STATUS_SEGV = 128 + SIGSEGV };

static int go_down(int depth)
{
    volatile char frame[FRAME];
    size_t at = (size_t)depth % sizeof frame;
    frame[at] = 1;
    int below = depth == 0 ? -1 : go_down(depth - 1);
    return below + frame[at]; /* read after the call, so that every depth needs its frame */
}

static void go_down_without_end(uintptr_t depth)
{
    go_down((int)depth);
}

/* Leaves something in the way of the stack, 64 KiB below it, and runs into it. */
static void run_into_mapping(uintptr_t stack_start)
{
    uintptr_t at = stack_start - 16 * PAGE;
    char *wall = mmap((void *)at, PAGE, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (wall == MAP_FAILED) {
        perror("mmap");
        return;
    }
    go_down(10000);
}

static struct area stack_area(void)
{
    struct area a;
    int local;
    area_of(&local, &a);
    return a;
}

static uint32_t resident(void)
{
    struct process p = {0};
    process_read(0, &p);
    process_read(0, &p);
    return p.resident;
}

int main(int argc, char **argv)
{
    long depth = 1000;
    if (argc > 2 || (argc == 2 && !parse_number(argv[1], 1, 7000, &depth))) {
        fprintf(stderr, "usage: stackgrow [DEPTH]   (calls of 1 KiB each)\n");
        return 2;
    }
    printf("at the start\n");
    show_maps("[stack]");
    struct area before = stack_area();
    uint32_t frames = resident();
    check(before.end == 0xc0000000, "the stack ends at %08x", before.end);
    check(go_down((int)depth) == (int)depth, "%ld calls of 1 KiB each and back", depth);
    show_maps("[stack]");
    struct area after = stack_area();
    uint32_t pages = (before.start - after.start) / PAGE, more = resident() - frames;
    check(after.end - after.start >= (uint32_t)depth * FRAME, "the area has %u pages more", pages);
    check(more >= (uint32_t)depth * FRAME / PAGE - 1 && more <= pages + 1,
          "each came with a frame, and keeps it");
    printf("in a child, without end\n");
    check(try_in_child("the child", go_down_without_end, 100000) == STATUS_SEGV,
          "the limit is reached: a segmentation fault");
    printf("in a child with a mapping below its stack\n");
    check(try_in_child("the child", run_into_mapping, after.start) == STATUS_SEGV,
          "the stack does not grow into it: a segmentation fault");
    return check_end("stackgrow");
}
