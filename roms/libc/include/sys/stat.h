/* SPDX-License-Identifier: MIT */
/*
 * sys/stat.h - what kind of file, and how large: stat64(2) on the i386.
 */
#ifndef LIBC_SYS_STAT_H
#define LIBC_SYS_STAT_H

#include <stdint.h>

/* The kernel's struct stat64, arch/x86/include/uapi/asm/stat.h of Linux. */
struct stat {
    uint64_t st_dev;         /* device */
    uint8_t pad0[4];         /* nothing */
    uint32_t st_ino32;       /* the low half of st_ino */
    uint32_t st_mode;        /* kind and rights */
    uint32_t st_nlink;       /* names */
    uint32_t st_uid, st_gid; /* owner */
    uint64_t st_rdev;        /* which device it is */
    uint8_t pad3[4];         /* nothing */
    int64_t st_size;         /* bytes */
    uint32_t st_blksize;     /* good size for reading */
    uint64_t st_blocks;      /* 512-byte blocks */
    uint32_t times[6];       /* access, change of data, change of the inode */
    uint64_t st_ino;         /* number */
} __attribute__((packed, aligned(4)));

#define S_IFMT 0170000
#define S_IFIFO 0010000
#define S_IFCHR 0020000
#define S_IFDIR 0040000
#define S_IFREG 0100000
#define S_ISDIR(mode) (((mode)&S_IFMT) == S_IFDIR)
#define S_ISREG(mode) (((mode)&S_IFMT) == S_IFREG)
#define S_ISCHR(mode) (((mode)&S_IFMT) == S_IFCHR)
#define S_ISFIFO(mode) (((mode)&S_IFMT) == S_IFIFO)

int stat(const char *path, struct stat *s);
int fstat(int fd, struct stat *s);

#endif
