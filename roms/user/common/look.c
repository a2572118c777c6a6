/* SPDX-License-Identifier: MIT */
/*
 * look.c - see look.h. Formats: proc(5); pagemap: 8 bytes for each page, bit 63 present, bit 62
 * swapped out, bits 0-54 the frame.
 */
#include "user/common/look.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096 };

/* "/proc/PID/NAME", or self. */
static void proc_path(char *path, size_t size, int pid, const char *name)
{
    if (pid)
        snprintf(path, size, "/proc/%d/%s", pid, name);
    else
        snprintf(path, size, "/proc/self/%s", name);
}

struct page page_of(int pid, const volatile void *address)
{
    char path[40];
    uint64_t entry = 0;
    proc_path(path, sizeof path, pid, "pagemap");
    int fd = open(path, O_RDONLY);
    if (fd < 0 || lseek(fd, (off_t)((uintptr_t)address / PAGE * sizeof entry), SEEK_SET) < 0 ||
        read(fd, &entry, sizeof entry) != sizeof entry)
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
    close(fd);
    struct page p = {.present = entry >> 63, .swapped = entry >> 62 & 1};
    p.frame = p.present ? (uint32_t)entry : 0;
    return p;
}

const char *page_text(struct page p)
{
    static char texts[4][24];
    static unsigned next;
    char *text = texts[next++ % 4];
    if (p.present)
        snprintf(text, sizeof texts[0], "frame 0x%05x", p.frame);
    else
        strlcpy(text, p.swapped ? "swapped out" : "no frame", sizeof texts[0]);
    return text;
}

/* Reads at most size - 1 bytes of a text, and terminates them; false if there is none. */
static bool read_text(const char *path, char *text, size_t size)
{
    size_t used = 0;
    ssize_t n;
    int fd = open(path, O_RDONLY);
    if (fd < 0)
        return false;
    while ((n = read(fd, text + used, size - 1 - used)) > 0)
        used += (size_t)n;
    text[used] = '\0';
    close(fd);
    return used > 0;
}

bool process_read(int pid, struct process *p)
{
    enum { PPID = 4, MINFLT = 10, MAJFLT = 12, UTIME = 14, STIME, VSIZE = 23, RSS };
    char path[40], text[512];
    unsigned long column[RSS + 1] = {0};
    proc_path(path, sizeof path, pid, "stat");
    if (!read_text(path, text, sizeof text))
        return false;
    char *name = strchr(text, '('), *end = strrchr(text, ')');
    if (!name || !end || strlen(end) < 4)
        return false;
    *end = '\0';
    p->pid = atoi(text);
    strlcpy(p->name, name + 1, sizeof p->name);
    p->state = end[2];
    char *at = end + 3;
    for (int i = PPID; i <= RSS; i++)
        column[i] = strtoul(at, &at, 10);
    p->parent = (int)column[PPID];
    p->minor = column[MINFLT];
    p->major = column[MAJFLT];
    p->ticks = column[UTIME] + column[STIME];
    p->size = column[VSIZE];
    p->resident = column[RSS];
    return true;
}

long value_in(const char *path, const char *name)
{
    char line[128];
    long value = -1;
    size_t length = strlen(name);
    FILE *f = fopen(path, "r");
    while (f && value < 0 && fgets(line, sizeof line, f)) {
        if (strncmp(line, name, length) == 0 && strchr(": \t", line[length]))
            value = strtol(line + length + strspn(line + length, ": \t"), NULL, 10);
    }
    if (f)
        fclose(f);
    return value;
}

bool show_file(const char *path)
{
    char buffer[1024];
    ssize_t n;
    int fd = open(path, O_RDONLY);
    if (fd < 0)
        return false;
    while ((n = read(fd, buffer, sizeof buffer)) > 0) {
        if (write(STDOUT_FILENO, buffer, (size_t)n) != n)
            n = -1;
    }
    close(fd);
    return n == 0;
}

/* Cuts a line of maps: start-end rights offset device inode name. */
static void parse_area(char *line, struct area *a)
{
    char *at = line;
    memset(a, 0, sizeof *a);
    a->start = strtoul(at, &at, 16);
    a->end = strtoul(at + 1, &at, 16);
    memcpy(a->rights, at + 1, 4);
    a->offset = strtoul(at + 6, &at, 16);
    for (int i = 0; i < 2; i++) {
        at += strspn(at, " ");
        at += strcspn(at, " \n");
    }
    at += strspn(at, " ");
    at[strcspn(at, "\n")] = '\0';
    strlcpy(a->name, at, sizeof a->name);
}

bool area_of(const volatile void *address, struct area *a)
{
    char line[256];
    bool found = false;
    FILE *f = fopen("/proc/self/maps", "r");
    while (f && !found && fgets(line, sizeof line, f)) {
        parse_area(line, a);
        found = a->start <= (uintptr_t)address && (uintptr_t)address < a->end;
    }
    if (f)
        fclose(f);
    if (!found)
        *a = (struct area){.rights = "----"};
    return found;
}

int areas_between(uint32_t low, uint32_t high)
{
    char line[256];
    struct area a;
    int n = 0;
    FILE *f = fopen("/proc/self/maps", "r");
    while (f && fgets(line, sizeof line, f)) {
        parse_area(line, &a);
        n += low <= a.start && a.start < high;
    }
    if (f)
        fclose(f);
    return n;
}

void show_maps(const char *part)
{
    char line[256];
    FILE *f = fopen("/proc/self/maps", "r");
    while (f && fgets(line, sizeof line, f)) {
        if (strstr(line, part))
            printf("  | %s", line);
    }
    if (f)
        fclose(f);
}

void show_areas(uint32_t low, uint32_t high)
{
    char line[256];
    FILE *f = fopen("/proc/self/maps", "r");
    while (f && fgets(line, sizeof line, f)) {
        uint32_t start = strtoul(line, NULL, 16);
        if (low <= start && start < high)
            printf("  | %s", line);
    }
    if (f)
        fclose(f);
}

static int held, failed;

bool check(bool holds, const char *fmt, ...)
{
    char text[200];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    printf("  %s %s\n", holds ? "[ok]" : "[WRONG]", text);
    held += holds;
    failed += !holds;
    return holds;
}

bool check_error(long result, int error, const char *what)
{
    int got = errno;
    return check(result == -1 && got == error, "%s: %s", what,
                 result == -1 ? strerror(got) : "it was done");
}

int check_end(const char *program)
{
    printf("%s: %d of %d facts as expected\n", program, held, held + failed);
    return failed > 0;
}

int wait_and_tell(const char *who, int pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno == EINTR)
            continue;
        printf("  %s cannot be waited for: %s\n", who, strerror(errno));
        return -1;
    }
    if (WIFSIGNALED(status))
        printf("  %s was ended by signal %d (%s)\n", who, WTERMSIG(status),
               strsignal(WTERMSIG(status)));
    else
        printf("  %s ended with status %d\n", who, WEXITSTATUS(status));
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int try_in_child(const char *who, void (*what)(uintptr_t), uintptr_t argument)
{
    int pid = fork();
    if (pid == 0) {
        what(argument);
        exit(0);
    }
    if (pid < 0)
        perror(who);
    return pid < 0 ? -1 : wait_and_tell(who, pid);
}

bool parse_number(const char *text, long low, long high, long *value)
{
    char *end;
    errno = 0;
    long n = strtol(text, &end, 0);
    if (end == text || *end || errno || n < low || n > high)
        return false;
    *value = n;
    return true;
}
