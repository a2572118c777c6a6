/* SPDX-License-Identifier: MIT */
/*
 * inode.h - everything that has contents: files of the initrd and of /tmp, shared memory segments,
 * shared anonymous mappings; and what only has a name: directories, devices.
 *
 * The pages of a file in memory, its page cache, form a tree like a page directory: offset 0
 * behind the first entry of the first table. read() and write() copy from and to these frames and
 * mmap() shows them, so everybody sees the same bytes, once in memory.
 */
#ifndef KERNEL_INODE_H
#define KERNEL_INODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct range;

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
    uint32_t refs;         /* its name, open files, areas */
    uint32_t *pages;       /* page cache; NULL: no page yet */
    struct inode *next;    /* all of them */
};

/*
 * Reads the archive that roms/mkinitrd.c writes, and makes an inode of every file and directory.
 * Panics if it is damaged.
 *   byte 0   "RAMDISK1"      magic
 *        8   count           number of files, little-endian like everything here
 *       12   size            bytes of the whole archive
 *       64   for each file   path[56], offset and size of the contents
 *            contents        each beginning on a page boundary
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

bool inode_is_read_only(const struct inode *i);

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

#endif
