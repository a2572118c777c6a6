/* SPDX-License-Identifier: MIT */
/*
 * procfs.h - the system described by files, in the formats of Linux (proc(5)).
 *   /proc/PID/     of a process; /proc/self/ of the one that looks:
 *     maps           its areas                 stat, status  numbers about it
 *     pagemap        8 bytes for every page    cmdline       its arguments
 *     mapped_base    where mmap() begins to look; can be written
 *   /proc/         of the system:
 *     meminfo  zoneinfo  buddyinfo  vmstat  swaps  uptime  version
 */
#ifndef KERNEL_PROCFS_H
#define KERNEL_PROCFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/format.h"

struct file;
struct file_info;
struct proc;

struct procfs_entry {
    const char *name;                                                    /* last part of the path */
    void (*print)(struct sink *s, const struct proc *p);                 /* the whole text */
    int (*read)(const struct proc *p, uint32_t at, char *dst, size_t n); /* if it is no text */
    int (*write)(struct proc *p, const char *text);                      /* 0 or -errno */
};

/* Prints formatted text; the texts are made of such calls. */
void procfs_say(struct sink *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* procfs_system.c: what /proc itself contains; the last one has no name. */
extern const struct procfs_entry procfs_system[];

/*
 * Is there something in /proc at that path? entry: a file, NULL: the directory of process pid.
 */
bool procfs_find(const char *path, const struct procfs_entry **entry, int *pid);

/* The n-th file of /proc, or of the directory of a process; NULL: there are not so many. */
const struct procfs_entry *procfs_number(uint32_t n, bool of_process);
const char *procfs_name(const struct procfs_entry *e);

bool procfs_writable(const struct procfs_entry *e);
void procfs_info(const struct procfs_entry *e, int pid, struct file_info *info);

/* The file operations. A text is made anew at each read, and only the wanted part is kept. */
int procfs_read(struct file *f, char *dst, size_t n, bool wait);
int procfs_write(struct file *f, const char *src, size_t n);

#endif
