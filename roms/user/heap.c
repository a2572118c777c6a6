/* SPDX-License-Identifier: MIT */
/*
 * heap.c - memory that exists only where it was touched.
 * Asks for many pages of heap and has as many of .bss, then touches every fourth one.
 */
#include "user/lib/lib.h"

enum { PAGE = 4096, BSS_PAGES = 64 };

static char bss[BSS_PAGES * PAGE];

/* The number of frames this process has, from its line in /proc/processes. */
static int frames(void)
{
    char text[4096], pattern[16];
    int fd = open("/proc/processes", 0), used = 0, n;
    while (fd >= 0 && (n = read(fd, text + used, sizeof text - 1 - (size_t)used)) > 0)
        used += n;
    close(fd);
    text[used] = '\0';
    snprintf(pattern, sizeof pattern, "\n%5d ", getpid());
    for (const char *at = text; (at = strchr(at, '\n')); at++) {
        if (strncmp(at, pattern, strlen(pattern)) != 0)
            continue;
        int value = 0;
        /* PID, PPID and STATE take 22 columns, the frames the next 6. */
        for (const char *digit = at + 22; digit < at + 29; digit++)
            value = *digit >= '0' && *digit <= '9' ? value * 10 + *digit - '0' : value;
        return value;
    }
    return -1;
}

static bool all_zero(const char *from, int size)
{
    for (int i = 0; i < size; i++) {
        if (from[i])
            return false;
    }
    return true;
}

static void touch(const char *name, volatile char *from, int pages)
{
    int before = frames(), touched = 0;
    for (int i = 0; i < pages; i += 4, touched++)
        from[i * PAGE] = 1;
    printf("%s: %d pages, %d touched, %d frames more\n", name, pages, touched, frames() - before);
}

int main(int argc, char **argv);

int main(int argc, char **argv)
{
    int pages = 100;
    if (argc > 2 || (argc == 2 && !parse_int(argv[1], &pages)) || pages < 1 || pages > 500000) {
        printf("usage: heap [PAGES]\n");
        return 2;
    }
    frames(); /* brings in what frames() itself needs */
    touch("bss", bss, BSS_PAGES);
    char *heap = (char *)brk(NULL);
    if (brk(heap + pages * PAGE) != (int)(heap + pages * PAGE)) {
        printf("heap: no room for %d pages\n", pages);
        return 1;
    }
    touch("heap", heap, pages);
    printf("untouched memory reads as zero: %s\n", all_zero(bss + PAGE, 3 * PAGE) ? "yes" : "NO");
    print_file("/proc/self/maps");
    int before = frames();
    brk(heap);
    printf("heap given back: %d frames less\n", before - frames());

    char *a = malloc(100), *b = malloc(10000);
    free(a);
    char *c = malloc(50);
    printf("malloc reuses what was freed: %s\n", a && b && a == c ? "yes" : "NO");
    return 0;
}
