/* SPDX-License-Identifier: MIT */
/*
 * file.h - open files: of the initrd and /tmp, devices, directories, pipes, texts in /proc.
 */
#ifndef KERNEL_FILE_H
#define KERNEL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct file;
struct inode;
struct pipe;
struct procfs_entry;

struct file_ops {
    /* How many bytes, 0 at the end, or -errno. Without wait: 0 if it would have to wait. */
    int (*read)(struct file *f, char *dst, size_t n, bool wait);
    int (*write)(struct file *f, const char *src, size_t n); /* how many, or -errno */
    void (*release)(struct file *f);                         /* the last user is gone */
};

struct file {
    const struct file_ops *ops;       /* what kind of file it is */
    int refs;                         /* descriptors that share it */
    uint32_t found;                   /* those that audit() has met */
    uint32_t flags;                   /* O_ACCMODE, O_APPEND */
    uint32_t at;                      /* position of the next read or write */
    struct inode *inode;              /* what it is, unless it is a pipe or in /proc */
    struct pipe *pipe;                /* what it is an end of */
    const struct procfs_entry *entry; /* the text, of a file in /proc */
    int pid;                          /* whose file or directory in /proc; 0: of the system */
};

/* What is known about a file: for stat() and directories. */
struct file_info {
    uint32_t device, number; /* identify it */
    uint32_t mode;           /* S_IF... and rights */
    uint32_t size;           /* bytes */
    uint32_t links;          /* names */
};

/* Makes a path absolute and takes out "//", "." and "..". */
void file_clean_path(char *path);

/* Opens what is at a clean path. 0 or -errno. */
int file_open(const char *path, uint32_t flags, struct file **f);

/* A new open file with one user; NULL: no memory. */
struct file *file_new(const struct file *like);

/* One user more, one less. NULL is allowed and nothing. */
struct file *file_share(struct file *f);
void file_close(struct file *f);

void file_info(const struct file *f, struct file_info *info);

/* The entry of a directory at *at, which moves on. 0: no more, 1, or -ENOTDIR. */
int file_entry(const struct file *f, uint32_t *at, char name[64], struct file_info *info);

bool file_is_terminal(const struct file *f);

#endif
