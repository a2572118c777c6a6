/* SPDX-License-Identifier: MIT */
/*
 * swapper.c - more memory than there is. Writes to every page of a mapping that does not fit into the
 * free frames; the kernel takes pages that were not used lately and writes them to the swap area.
 * Then reads all of it again: every page comes back as it was, with a major fault if it was out.
 * A page that was read back and not written to is clean: it can be taken again without writing.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "user/common/look.h"

enum { PAGE = 4096, WORDS = PAGE / 4, MOST = 1 << 20 /* KiB, from 60000000 up */ };

struct counts {
    long out, in;   /* pages written to and read from the swap area */
    uint32_t major; /* major faults of this process */
};

static struct counts counts(void)
{
    struct process p = {0};
    process_read(0, &p);
    return (struct counts){value_in("/proc/vmstat", "pswpout"), value_in("/proc/vmstat", "pswpin"),
                           p.major};
}

static void show(const char *what, struct counts since)
{
    struct counts now = counts();
    printf("%s: %ld pages out, %ld pages in, %u major faults; RSS %ld KiB, swapped %ld KiB\n", what,
           now.out - since.out, now.in - since.in, now.major - since.major,
           value_in("/proc/self/status", "VmRSS"), value_in("/proc/self/status", "VmSwap"));
}

/* What belongs into word w of page p: different everywhere. */
static uint32_t pattern(long p, int w)
{
    return (uint32_t)p * 2654435761u ^ (uint32_t)w * 40503u;
}

static void fill(uint32_t *memory, long pages)
{
    for (long p = 0; p < pages; p++) {
        for (int w = 0; w < WORDS; w++)
            memory[p * WORDS + w] = pattern(p, w);
    }
}

static long count_wrong(const uint32_t *memory, long pages)
{
    long wrong = 0;
    for (long p = 0; p < pages; p++) {
        int w = 0;
        while (w < WORDS && memory[p * WORDS + w] == pattern(p, w))
            w++;
        wrong += w < WORDS;
    }
    return wrong;
}

static long count_swapped(const uint32_t *memory, long pages)
{
    long n = 0;
    for (long p = 0; p < pages; p++)
        n += page_of(0, memory + p * WORDS).swapped;
    return n;
}

int main(int argc, char **argv)
{
    long left = value_in("/proc/meminfo", "MemFree"), swap = value_in("/proc/meminfo", "SwapFree");
    long kib = left + swap / 8; /* more than half of a swap area in use would be too much */
    if (argc > 2 || (argc == 2 && !parse_number(argv[1], 1, MOST, &kib))) {
        fprintf(
            stderr,
            "usage: swapper [KIB]   (by default the free memory and an eighth of the swap area)\n");
        return 2;
    }
    kib = kib > MOST ? MOST : kib;
    printf("free memory %ld KiB, free swap area %ld KiB; we take %ld KiB\n", left, swap, kib);
    if (swap <= 0) {
        printf("there is no swap area\n");
        return 1;
    }
    long pages = kib / 4;
    uint32_t *memory = mmap((void *)0x60000000, (size_t)pages * PAGE, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (memory == MAP_FAILED) {
        perror("swapper: mmap");
        return 1;
    }
    struct counts start = counts();
    fill(memory, pages);
    show("written", start);
    long swapped = count_swapped(memory, pages);
    printf("/proc/self/pagemap: %ld of %ld pages are in the swap area\n", swapped, pages);
    check(counts().out > start.out && swapped > 0, "pages went out");

    struct counts before = counts();
    check(count_wrong(memory, pages) == 0, "all %ld pages read as they were written", pages);
    show("read", before);
    check(counts().in > before.in, "pages came back");
    check(counts().major > before.major, "with major faults");

    before = counts();
    check(count_wrong(memory, pages) == 0, "and once more");
    show("read again", before);
    check(counts().in - before.in > counts().out - before.out,
          "clean pages went without being written");
    munmap(memory, (size_t)pages * PAGE);
    check(value_in("/proc/meminfo", "SwapFree") >= swap - 64, "munmap() gives the swap area back");
    return check_end("swapper");
}
