/* SPDX-License-Identifier: MIT */
/*
 * fcntl.h - opening files. Values of Linux on the i386, open(2).
 */
#ifndef LIBC_FCNTL_H
#define LIBC_FCNTL_H

enum {
    O_RDONLY = 0,
    O_WRONLY = 1,
    O_RDWR = 2,
    O_ACCMODE = 3,
    O_CREAT = 0100,
    O_TRUNC = 01000,
    O_APPEND = 02000,
    O_DIRECTORY = 0200000,
};

int open(const char *path, int flags, ...);

#endif
