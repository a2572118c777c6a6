/* SPDX-License-Identifier: MIT */
/*
 * file.h - open files: the terminal, files of the initrd, and texts about the system in /proc.
 */
#ifndef KERNEL_FILE_H
#define KERNEL_FILE_H

#include <stddef.h>
#include <stdint.h>

struct file;
struct initrd_file;

struct file_ops {
    int (*read)(struct file *f, char *dst, size_t n);        /* count, 0 at the end, or -errno */
    int (*write)(struct file *f, const char *src, size_t n); /* count or -errno */
};

struct file {
    const struct file_ops *ops;       /* what kind of file it is */
    int refs;                         /* descriptors that share it */
    uint32_t at;                      /* position of the next read */
    const struct initrd_file *initrd; /* contents, of an initrd file */
    const struct procfs_text *text;   /* contents, of a file in /proc */
    int pid;                          /* whose, if it is about a process */
};

/* Opens /dev/tty, something in /proc, or a file of the initrd. 0 or -errno. */
int file_open(const char *path, struct file **f);

/* One user more, one less. NULL is allowed and nothing. */
struct file *file_share(struct file *f);
void file_close(struct file *f);

#endif
