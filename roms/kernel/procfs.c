/* SPDX-License-Identifier: MIT */
/*
 * procfs.c - /proc: paths, reading and writing, and the files about a process. See file.h.
 * A text is printed from its beginning at every read, through a sink that keeps only the part
 * that was asked for; so no text needs a buffer and none is too long.
 */
#include "kernel/file.h"

#include "drivers/x86.h"
#include "kernel/layout.h"
#include "kernel/mm.h"
#include "kernel/page.h"
#include "kernel/paging.h"
#include "kernel/proc.h"
#include "lib/abi.h"
#include "lib/string.h"

/* Where on the line /proc/PID/maps puts the name, as Linux does on 32-bit machines. */
enum { MAPS_NAME_COLUMN = 49, KIB = PAGE_SIZE / 1024 };

/* Keeps the characters skip..skip + room of what is put into it. */
struct part {
    struct sink sink; /* first: put() gets a pointer to it */
    uint32_t skip;    /* characters that still pass by */
    char *dst;        /* where the next one goes */
    size_t room;      /* characters that still fit */
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

void procfs_say(struct sink *s, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    format(s, fmt, ap);
    va_end(ap);
}

static const char *area_name(const struct mm *m, const struct vma *v)
{
    if (v->inode)
        return v->inode->path;
    if (v->start <= m->brk && v->end > m->brk_start)
        return "[heap]";
    return v->start <= m->stack_start && v->end > m->stack_start ? "[stack]" : "";
}

static void print_maps(struct sink *s, const struct proc *p)
{
    for (const struct vma *v = p->mm ? p->mm->vmas : NULL; v; v = v->next) {
        char head[MAPS_NAME_COLUMN + 32];
        const char *name = area_name(p->mm, v);
        uint32_t device = v->inode ? v->inode->device : 0;
        snprintf(head, sizeof head, "%08x-%08x %c%c%c%c %08x %02x:%02x %u ", v->start, v->end,
                 v->flags & VMA_READ ? 'r' : '-', v->flags & VMA_WRITE ? 'w' : '-',
                 v->flags & VMA_EXEC ? 'x' : '-', v->flags & VMA_SHARED ? 's' : 'p',
                 v->inode ? v->offset : 0, device >> 8, device & 0xff,
                 v->inode ? v->inode->number : 0);
        procfs_say(s, "%-*s%s\n", *name ? MAPS_NAME_COLUMN : 0, head, name);
    }
}

static char state_letter(const struct proc *p)
{
    return p->state == PROC_RUNNABLE ? 'R' : p->state == PROC_SLEEPING ? 'S' : 'Z';
}

static uint32_t handled(const struct proc *p, bool ignored)
{
    uint32_t mask = 0;
    for (int signal = 1; signal < SIGNALS; signal++) {
        uint32_t handler = p->actions[signal].handler;
        if (ignored ? handler == SIG_IGN : handler > SIG_IGN)
            mask |= 1u << (signal - 1);
    }
    return mask;
}

/* The 44 columns of Linux 2.6; what does not exist here is 0. */
static void print_stat(struct sink *s, const struct proc *p)
{
    struct mm_usage u = {0};
    struct mm none = {0};
    const struct mm *m = p->mm ? p->mm : &none;
    if (p->mm)
        u = mm_usage(p->mm);
    procfs_say(s, "%d (%s) %c %d %d %d 0 -1 0 ", p->pid, p->name, state_letter(p), p->parent->pid,
               p->pid, p->pid);
    procfs_say(s, "%u %u %u %u ", p->own.minor_faults, p->children.minor_faults,
               p->own.major_faults, p->children.major_faults);
    procfs_say(s, "%u %u %u %u 20 0 1 0 %u ", p->own.user, p->own.system, p->children.user,
               p->children.system, p->started);
    procfs_say(s, "%u %u 4294967295 %u %u %u %u %u ", u.size * PAGE_SIZE, u.anonymous + u.file,
               m->code_start, m->code_end, m->stack_start, m->vmas ? p->tf->esp : 0,
               m->vmas ? p->tf->eip : 0);
    procfs_say(s, "%u %u %u %u 0 %u 0 %d 0 0 0 0 0 0\n", p->pending >> 1, p->blocked >> 1,
               handled(p, true), handled(p, false), u.swapped, SIGCHLD);
}

static void print_status(struct sink *s, const struct proc *p)
{
    static const char *const states[] = {
        [PROC_RUNNABLE] = "running", [PROC_SLEEPING] = "sleeping", [PROC_ZOMBIE] = "zombie"};
    procfs_say(s, "Name:\t%s\nState:\t%c (%s)\nTgid:\t%d\nPid:\t%d\nPPid:\t%d\n", p->name,
               state_letter(p), states[p->state], p->pid, p->pid, p->parent->pid);
    if (p->mm) {
        struct mm_usage u = mm_usage(p->mm);
        procfs_say(s, "VmSize:\t%8u kB\nVmRSS:\t%8u kB\nRssAnon:\t%8u kB\nRssFile:\t%8u kB\n",
                   u.size * KIB, (u.anonymous + u.file) * KIB, u.anonymous * KIB, u.file * KIB);
        procfs_say(s, "VmPTE:\t%8u kB\nVmSwap:\t%8u kB\n", u.tables * KIB, u.swapped * KIB);
    }
    procfs_say(s, "SigPnd:\t%08x\nSigBlk:\t%08x\nSigIgn:\t%08x\nSigCgt:\t%08x\n", p->pending >> 1,
               p->blocked >> 1, handled(p, true), handled(p, false));
}

/* Bit 63: present, then bits 0-54 are the frame number; 62: paged out, then 5-54 are the place;
 * 61: of a file or shared. See Linux's documentation of pagemap. */
static int read_pagemap(const struct proc *p, uint32_t at, char *dst, size_t n)
{
    size_t done = 0;
    if (at % 8 || !p->mm)
        return p->mm ? -EINVAL : 0;
    for (; done + 8 <= n && (at + done) / 8 < USER_END / PAGE_SIZE; done += 8) {
        const uint32_t *pte = pgdir_pte(p->mm->pgdir, (at + done) / 8 * PAGE_SIZE, false);
        uint64_t word = 0;
        if (pte && *pte & PTE_P)
            word = 1ull << 63 | *pte >> PAGE_SHIFT |
                   (page_of(*pte & PAGE_MASK)->kind == PAGE_FILE ? 1ull << 61 : 0);
        else if (pte && *pte)
            word = 1ull << 62 | (uint64_t)pte_slot(*pte) << 5;
        memcpy(dst + done, &word, 8);
    }
    return (int)done;
}

static int read_cmdline(const struct proc *p, uint32_t at, char *dst, size_t n)
{
    uint32_t size = p->mm ? p->mm->args_end - p->mm->args_start : 0;
    if (at >= size)
        return 0;
    n = n < size - at ? n : size - at;
    int error = user_read(p->mm, dst, p->mm->args_start + at, n);
    return error ? error : (int)n;
}

static void print_mapped_base(struct sink *s, const struct proc *p)
{
    procfs_say(s, "%u\n", p->mm ? p->mm->mapped_base : 0);
}

/* The address in decimal, or in hexadecimal after 0x. */
static int write_mapped_base(struct proc *p, const char *text)
{
    uint32_t base = text[0] == '0' && text[1] == 'x' ? 16 : 10, value = 0;
    for (text += base == 16 ? 2 : 0; *text && *text != '\n'; text++) {
        uint32_t digit = *text >= 'a'   ? (uint32_t)(*text - 'a') + 10
                         : *text >= 'A' ? (uint32_t)(*text - 'A') + 10
                                        : (uint32_t)*text - '0';
        if (digit >= base || value > (0xffffffffu - digit) / base)
            return -EINVAL;
        value = value * base + digit;
    }
    if (!p->mm || value % PAGE_SIZE || value < USER_LOW || value >= USER_END - STACK_LIMIT)
        return -EINVAL;
    p->mm->mapped_base = value;
    return 0;
}

static const struct procfs_entry of_process[] = {
    {"cmdline", NULL, read_cmdline, NULL},
    {"mapped_base", print_mapped_base, NULL, write_mapped_base},
    {"maps", print_maps, NULL, NULL},
    {"pagemap", NULL, read_pagemap, NULL},
    {"stat", print_stat, NULL, NULL},
    {"status", print_status, NULL, NULL},
    {0},
};

/* Reads "PID" or "self" up to the end or a slash; NULL if there is no such process. */
static const char *parse_pid(const char *path, int *pid)
{
    if (strncmp(path, "self", 4) == 0 && (path[4] == '/' || !path[4])) {
        *pid = current->pid;
        return path + 4;
    }
    const char *at = path;
    for (*pid = 0; *at >= '0' && *at <= '9' && *pid <= PID_MAX; at++)
        *pid = *pid * 10 + (*at - '0');
    return at > path && (*at == '/' || !*at) && proc_find(*pid) ? at : NULL;
}

static const struct procfs_entry *find_in(const struct procfs_entry *e, const char *name)
{
    while (e->name && strcmp(e->name, name) != 0)
        e++;
    return e->name ? e : NULL;
}

bool procfs_find(const char *path, const struct procfs_entry **entry, int *pid)
{
    if (strncmp(path, "/proc/", 6) != 0)
        return false;
    path += 6;
    *pid = 0;
    *entry = find_in(procfs_system, path);
    if (*entry)
        return true;
    const char *rest = parse_pid(path, pid);
    if (!rest)
        return false;
    *entry = *rest ? find_in(of_process, rest + 1) : NULL;
    return !*rest || *entry;
}

const struct procfs_entry *procfs_number(uint32_t n, bool process)
{
    const struct procfs_entry *e = process ? of_process : procfs_system;
    while (e->name && n-- > 0)
        e++;
    return e->name ? e : NULL;
}

void procfs_info(const struct procfs_entry *e, int pid, struct file_info *info)
{
    uint32_t place = !e ? 0 : (uint32_t)(e - (pid ? of_process : procfs_system)) + 1;
    *info = (struct file_info){
        .device = 3,
        .number = ((uint32_t)pid + 1) << 8 | place,
        .mode = !e         ? S_IFDIR | 0555
                : e->write ? S_IFREG | 0644
                           : S_IFREG | 0444,
    };
}

int procfs_read(struct file *f, char *dst, size_t n, bool wait)
{
    const struct proc *p = f->pid ? proc_find(f->pid) : current;
    int count;
    if (!p)
        return -ESRCH;
    if (f->entry->read) {
        count = f->entry->read(p, f->at, dst, n);
    } else {
        struct part part = {.sink = {.put = part_put}, .skip = f->at, .dst = dst, .room = n};
        f->entry->print(&part.sink, p);
        count = (int)(n - part.room);
    }
    f->at += count > 0 ? (uint32_t)count : 0;
    return count;
}

int procfs_write(struct file *f, const char *src, size_t n)
{
    char text[32];
    struct proc *p = proc_find(f->pid);
    if (!p)
        return -ESRCH;
    if (n >= sizeof text)
        return -EINVAL;
    memcpy(text, src, n);
    text[n] = '\0';
    int error = f->entry->write(p, text);
    return error ? error : (int)n;
}
