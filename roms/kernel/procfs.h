/* SPDX-License-Identifier: MIT */
/*
 * procfs.h - texts about the running system:
 *   /proc/frames       page frames by zone and by use
 *   /proc/processes    one line per process
 *   /proc/PID/maps     the areas of a process, in the format of Linux; also /proc/self/maps
 */
#ifndef KERNEL_PROCFS_H
#define KERNEL_PROCFS_H

#include <stddef.h>
#include <stdint.h>

struct procfs_text;

/* The text behind a path, and the process it is about; NULL: no such file. */
const struct procfs_text *procfs_find(const char *path, int *pid);

/* Copies up to n characters of the text from position at; the text is made anew each time. */
int procfs_read(const struct procfs_text *text, int pid, uint32_t at, char *dst, size_t n);

#endif
