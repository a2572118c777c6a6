/* SPDX-License-Identifier: MIT */
/*
 * procfs.c - texts about the running system. See procfs.h.
 * A text is printed from its beginning at every read, through a sink that keeps only the part
 * that was asked for; so no text needs a buffer and none is too long.
 */
#include "kernel/procfs.h"

#include "kernel/abi.h"
#include "kernel/initrd.h"
#include "kernel/mm.h"
#include "kernel/page.h"
#include "kernel/proc.h"
#include "lib/format.h"
#include "lib/string.h"

/* Where on the line /proc/PID/maps puts the name, as Linux does on 32-bit machines. */
enum { MAPS_NAME_COLUMN = 49 };

/* Keeps the characters skip..skip + room of what is put into it. */
struct part {
    struct sink sink; /* first: put() gets a pointer to it */
    uint32_t skip;    /* characters that still pass by */
    char *dst;        /* where the next one goes */
    size_t room;      /* characters that still fit */
};

struct procfs_text {
    const char *name;                       /* last component of the path */
    void (*print)(struct sink *s, int pid); /* the whole text */
};

static void part_put(struct sink *s, char c)
{
    struct part *p = (struct part *)s;
    if (p->skip > 0) {
        p->skip--;
    } else if (p->room > 0) {
        *p->dst++ = c;
        p->room--;
    }
}

static void say(struct sink *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void say(struct sink *s, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    format(s, fmt, ap);
    va_end(ap);
}

static void print_maps(struct sink *s, int pid)
{
    const struct proc *p = proc_find(pid);
    if (!p || !p->mm)
        return;
    for (const struct vma *v = p->mm->vmas; v; v = v->next) {
        char head[MAPS_NAME_COLUMN + 1];
        const char *name = v->file ? v->file->path : v->label;
        snprintf(head, sizeof head, "%08x-%08x %c%c%cp %08x 00:00 0 ", v->start, v->end,
                 v->flags & VMA_READ ? 'r' : '-', v->flags & VMA_WRITE ? 'w' : '-',
                 v->flags & VMA_EXEC ? 'x' : '-', v->file ? v->offset : 0);
        say(s, "%-*s%s\n", name ? MAPS_NAME_COLUMN : 0, head, name ? name : "");
    }
}

static void print_processes(struct sink *s, int pid)
{
    static const char *const states[] = {
        [PROC_RUNNABLE] = "running", [PROC_SLEEPING] = "sleeping", [PROC_ZOMBIE] = "zombie"};
    (void)pid;
    say(s, "  PID  PPID STATE     FRAMES NAME\n");
    for (const struct proc *p = proc_next(NULL); p; p = proc_next(p))
        say(s, "%5d %5d %-9s %6u %s\n", p->pid, p->parent->pid, states[p->state],
            p->mm ? mm_frames(p->mm) : 0, p->name);
}

static void print_frames(struct sink *s, int pid)
{
    uint32_t used = 0, user = 0;
    (void)pid;
    say(s, "zone          total     free     used  (frames of 4 KiB)\n");
    for (enum zone_id id = 0; id < ZONES; id++) {
        const struct zone *z = page_zone(id);
        used += z->total - z->free;
        say(s, "%-10s %8u %8u %8u\n", z->name, z->total, z->free, z->total - z->free);
    }
    for (const struct proc *p = proc_next(NULL); p; p = proc_next(p))
        user += p->mm ? mm_frames(p->mm) : 0;
    say(s, "used by programs %u, by the kernel for them %u\n", user, used - user);
}

static const struct procfs_text maps = {"maps", print_maps};
static const struct procfs_text frames = {"frames", print_frames};
static const struct procfs_text processes = {"processes", print_processes};

/* Reads "PID/" or "self/"; NULL if there is no such process. */
static const char *parse_pid(const char *path, int *pid)
{
    if (strncmp(path, "self/", 5) == 0) {
        *pid = current->pid;
        return path + 5;
    }
    const char *at = path;
    for (*pid = 0; *at >= '0' && *at <= '9' && *pid < 100000000; at++)
        *pid = *pid * 10 + (*at - '0');
    return at > path && *at == '/' && proc_find(*pid) ? at + 1 : NULL;
}

const struct procfs_text *procfs_find(const char *path, int *pid)
{
    if (strncmp(path, "/proc/", 6) != 0)
        return NULL;
    path += 6;
    if (strcmp(path, frames.name) == 0)
        return &frames;
    if (strcmp(path, processes.name) == 0)
        return &processes;
    const char *rest = parse_pid(path, pid);
    return rest && strcmp(rest, maps.name) == 0 ? &maps : NULL;
}

int procfs_read(const struct procfs_text *text, int pid, uint32_t at, char *dst, size_t n)
{
    struct part p = {.sink = {.put = part_put}, .skip = at, .dst = dst, .room = n};
    text->print(&p.sink, pid);
    return (int)(n - p.room);
}
