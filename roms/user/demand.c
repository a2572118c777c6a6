/* SPDX-License-Identifier: MIT */
/*
 * demand.c - memory that exists only where it was touched. A large .bss and a large piece of heap cost
 * nothing; each page costs one minor fault and one frame when it is written to for the first time.
 */
#include <stdio.h>
#include <unistd.h>

#include "user/common/look.h"

enum { PAGE = 4096, BSS_PAGES = 256, STEP = 16 };

static char bss[BSS_PAGES * PAGE] __attribute__((aligned(PAGE)));

/* What the kernel has counted; reading it must not need pages itself, so it is done twice. */
static struct process counts(void)
{
    struct process p = {0};
    process_read(0, &p);
    process_read(0, &p);
    return p;
}

static void touch(const char *name, volatile char *from, int pages, int step, int expected)
{
    struct process before = counts();
    for (int i = 0; i < pages; i += step)
        from[i * PAGE] = 1;
    struct process after = counts();
    int faults = (int)(after.minor - before.minor),
        frames = (int)(after.resident - before.resident);
    printf("%s, every %d. of %d pages: %d faults, %d frames more, %u in all\n", name, step, pages,
           faults, frames, after.resident);
    check(faults == expected && frames == expected, "%d pages are new", expected);
    check(after.major == before.major, "nothing was read from a device");
}

int main(int argc, char **argv)
{
    long pages = 400;
    if (argc > 2 || (argc == 2 && !parse_number(argv[1], STEP, 500000, &pages))) {
        fprintf(stderr, "usage: demand [PAGES]   (of heap, 400)\n");
        return 2;
    }
    int new_in_heap = (int)(pages + STEP - 1) / STEP;
    struct process before = counts();
    check(before.resident > 0, "at the start there are %u frames", before.resident);
    touch("nothing", bss, 0, STEP, 0); /* needs the pages that doing it needs */
    touch(".bss", bss, BSS_PAGES, STEP, BSS_PAGES / STEP);
    touch(".bss again", bss, BSS_PAGES, STEP, 0);
    touch(".bss", bss, BSS_PAGES, STEP / 2, BSS_PAGES / STEP);
    check(!page_of(0, bss + PAGE).present, "page 1 has no frame");
    check(bss[PAGE] == 0 && bss[2 * PAGE - 1] == 0, "what was never written reads as zero");

    before = counts();
    char *heap = sbrk((intptr_t)pages * PAGE);
    if (heap == (void *)-1) {
        perror("sbrk");
        return 1;
    }
    struct process after = counts();
    printf("sbrk(%ld pages): %u KiB of address space more, %d frames more\n", pages,
           (after.size - before.size) / 1024, (int)(after.resident - before.resident));
    check(after.resident == before.resident, "the new heap costs nothing yet");
    touch("the heap", heap, (int)pages, STEP, new_in_heap);
    show_maps("[heap]");
    before = counts();
    sbrk(-(intptr_t)pages * PAGE);
    after = counts();
    check((int)(before.resident - after.resident) == new_in_heap,
          "sbrk(-%ld pages) gives %d frames back", pages, new_in_heap);
    return check_end("demand");
}
