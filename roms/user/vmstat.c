/* SPDX-License-Identifier: MIT */
/*
 * vmstat.c - what memory is doing. A line: processes that can run and that wait, memory free and in
 * the swap area, pages written to it and read from it, minor and major faults, context switches.
 * Without arguments: one line since the start, and the processes with the most frames. Otherwise a
 * line every SECONDS with what happened since the one before; the first one is since the start.
 * Source: /proc/vmstat, /proc/meminfo, /proc/stat and /proc/PID/stat, proc(5).
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "user/common/look.h"

enum { TOP = 8 };

struct counts {
    long out, in;      /* pages to and from the swap area */
    long minor, major; /* page faults */
    long switches;     /* of the processor, from process to process */
};

static long count(const char *path, const char *name)
{
    long n = value_in(path, name);
    return n < 0 ? 0 : n;
}

static void read_counts(struct counts *c)
{
    c->out = count("/proc/vmstat", "pswpout");
    c->in = count("/proc/vmstat", "pswpin");
    c->major = count("/proc/vmstat", "pgmajfault");
    c->minor = count("/proc/vmstat", "pgfault") - c->major;
    c->switches = count("/proc/stat", "ctxt");
}

/* Looks at every process: how many can run and wait, and the largest, largest first. */
static int read_processes(struct process top[TOP], int *running, int *waiting)
{
    int used = 0;
    DIR *d = opendir("/proc");
    *running = *waiting = 0;
    for (struct dirent *entry; d && (entry = readdir(d));) {
        struct process p;
        if (atoi(entry->d_name) <= 0 || !process_read(atoi(entry->d_name), &p))
            continue;
        *running += p.state == 'R';
        *waiting += p.state == 'D';
        int at = used < TOP ? used++ : TOP;
        for (; at > 0 && top[at - 1].resident < p.resident; at--) {
            if (at < TOP)
                top[at] = top[at - 1];
        }
        if (at < TOP)
            top[at] = p;
    }
    if (d)
        closedir(d);
    return used;
}

static void show_processes(const struct process *top, int n)
{
    printf("  PID S  FRAMES  SIZE(KiB)    MINOR    MAJOR NAME\n");
    for (int i = 0; i < n; i++)
        printf("%5d %c %7u %10u %8u %8u %s\n", top[i].pid, top[i].state, top[i].resident,
               top[i].size / 1024, top[i].minor, top[i].major, top[i].name);
}

/* Prints a line with the difference, and lets the counts be those of now. */
static void show_line(struct counts *since, int running, int waiting)
{
    struct counts now;
    read_counts(&now);
    printf("%4d %4d %11ld %10ld %7ld %7ld %8ld %8ld %10ld\n", running, waiting,
           count("/proc/meminfo", "MemFree"),
           count("/proc/meminfo", "SwapTotal") - count("/proc/meminfo", "SwapFree"),
           now.out - since->out, now.in - since->in, now.minor - since->minor,
           now.major - since->major, now.switches - since->switches);
    *since = now;
}

int main(int argc, char **argv)
{
    long seconds = 0, lines = 1;
    struct counts since = {0};
    if (argc > 3 || (argc > 1 && !parse_number(argv[1], 1, 3600, &seconds)) ||
        (argc > 2 && !parse_number(argv[2], 1, 1000000, &lines))) {
        fprintf(stderr, "usage: vmstat [SECONDS [LINES]]\n");
        return 2;
    }
    for (long i = 0; i < lines || argc == 2; i++) {
        struct process top[TOP];
        int running, waiting, n = read_processes(top, &running, &waiting);
        if (i % 10 == 0)
            printf(
                " run wait   free(KiB)  swap(KiB)     out      in    minor    major   switches\n");
        show_line(&since, running, waiting);
        if (argc == 1)
            show_processes(top, n);
        else if (i + 1 != lines || argc == 2)
            sleep((unsigned)seconds);
    }
    return 0;
}
