/* SPDX-License-Identifier: MIT */
/*
 * file.h - files: what there is, what is open, pipes, /proc.
 */
#ifndef KERNEL_FILE_H
#define KERNEL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/format.h"

struct file;
struct file_info;
struct inode;
struct pipe;
struct proc;
struct procfs_entry;
struct range;

/*
 * inode.c: everything that has contents: files of the initrd and of /tmp, shared memory segments,
 * shared anonymous mappings; and what only has a name: directories, devices.
 *
 * The pages of a file in memory, its page cache, form a tree like a page directory: offset 0
 * behind the first entry of the first table. read() and write() copy from and to these frames and
 * mmap() shows them, so everybody sees the same bytes, once in memory.
 */
enum inode_kind {
    INODE_DIRECTORY,
    INODE_INITRD, /* a file of the initrd: read-only, pages can be read again */
    INODE_MEMORY, /* exists in memory (and in the swap area) only: /tmp, shared memory */
    INODE_TTY,    /* /dev/tty */
    INODE_NULL,   /* /dev/null */
    INODE_ZERO,   /* /dev/zero */
};

enum { INODE_PATH = 56, DEV_INITRD = 0x100, DEV_TMP = 0x004, DEV_SHM = 0x005, DEV_NAMES = 0x006 };

struct inode {
    char path[INODE_PATH]; /* absolute; empty for "/" */
    enum inode_kind kind;  /* what it is */
    uint32_t device;       /* major << 8 | minor, for /proc/PID/maps and stat() */
    uint32_t number;       /* on that device */
    uint32_t size;         /* bytes */
    uint32_t data;         /* physical address of the contents, of a file of the initrd */
    uint32_t refs;         /* its name or identifier, open files, areas */
    uint32_t found;        /* those that audit() has met */
    uint32_t *pages;       /* page cache; NULL: no page yet */
    struct inode *next;    /* all of them */
};

/*
 * Makes an inode of every file and directory of the initrd (lib/archive.h). Panics if it is damaged.
 */
void inode_init(const struct range *initrd);

/* The inode with that path and a user more; NULL: there is none. */
struct inode *inode_find(const char *path);

/* A new empty one, with one user; NULL: no memory. */
struct inode *inode_new(const char *path, enum inode_kind kind, uint32_t device, uint32_t number);

/* Makes the file /tmp/NAME, or removes its name. 0 or -errno. */
int inode_create(const char *path, struct inode **out);
int inode_unlink(const char *path);

/* One user more, one less; NULL is allowed. The last one frees it with its pages. */
struct inode *inode_get(struct inode *i);
void inode_put(struct inode *i);

/*
 * The frame of the page at that offset, with one user more; 0: no memory. Where it had to be
 * read from the initrd or the swap area, *major becomes true.
 */
uint32_t inode_page(struct inode *i, uint32_t offset, bool *major);

/* Page-out takes a page of the cache; it is found again in the swap area or the initrd. */
void inode_forget_page(struct inode *i, uint32_t offset);

/* Copies; how many bytes, or -errno. Writing makes the file longer. */
int inode_read(struct inode *i, uint32_t at, void *dst, size_t n);
int inode_write(struct inode *i, uint32_t at, const void *src, size_t n);

/* Empties a file. Pages that somebody has mapped remain, full of zeros. */
void inode_truncate(struct inode *i);

/* All inodes: NULL gives the first, the last gives NULL. */
struct inode *inode_next(const struct inode *i);

/* Is that inode in that directory itself? Then its name there, else NULL. */
const char *inode_name_in(const struct inode *i, const struct inode *directory);

/* file.c: open files: of the initrd and /tmp, devices, directories, pipes, texts in /proc. */
struct file_ops { /* NULL: that cannot be done */
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

/* pipe.c: anonymous pipes: a page of bytes between writers and readers. */
/* The reading end and the writing end of a new pipe; 0 or -errno. */
int pipe_new(struct file *ends[2]);

/* The frame with its bytes, by its physical address. */
uint32_t pipe_page(const struct pipe *p);

/*
 * procfs.c: the system described by files, in the formats of Linux (proc(5)).
 *   /proc/PID/     of a process; /proc/self/ of the one that looks:
 *     maps           its areas                 stat, status  numbers about it
 *     pagemap        8 bytes for every page    cmdline       its arguments
 *     mapped_base    where mmap() begins to look; can be written
 *   /proc/         of the system:
 *     meminfo  zoneinfo  vmstat  stat  uptime  version  audit
 */
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
void procfs_info(const struct procfs_entry *e, int pid, struct file_info *info);

/* The file operations. A text is made anew at each read, and only the wanted part is kept. */
int procfs_read(struct file *f, char *dst, size_t n, bool wait);
int procfs_write(struct file *f, const char *src, size_t n);

#endif
