/* SPDX-License-Identifier: MIT */
/*
 * dirent.h - reading directories, by getdents64(2).
 */
#ifndef LIBC_DIRENT_H
#define LIBC_DIRENT_H

#include <stdint.h>

enum { DT_UNKNOWN = 0, DT_CHR = 2, DT_DIR = 4, DT_REG = 8 };

/* The kernel's own layout. */
struct dirent {
    uint64_t d_ino;          /* number of the file */
    int64_t d_off;           /* where the next entry is */
    unsigned short d_reclen; /* bytes of this entry */
    unsigned char d_type;    /* DT_... */
    char d_name[256];        /* NUL-terminated */
};

typedef struct dir_stream DIR;

DIR *opendir(const char *path);
struct dirent *readdir(DIR *d);
int closedir(DIR *d);

#endif
