/* SPDX-License-Identifier: MIT */
/*
 * archive.h - the format of the initrd, which mkinitrd.c writes and kernel/inode.c reads: a header, as
 * many files as it says, then their contents, each beginning on a page boundary. Little-endian.
 */
#ifndef LIB_ARCHIVE_H
#define LIB_ARCHIVE_H

#include <stdint.h>

struct archive_header {
    char magic[8];         /* "RAMDISK1" */
    uint32_t count;        /* number of files */
    uint32_t size;         /* bytes of the whole archive */
    uint32_t reserved[12]; /* 0 */
};

struct archive_file {
    char path[56];   /* absolute, terminated, e.g. "/bin/sh" */
    uint32_t offset; /* of the contents, from the start of the archive */
    uint32_t size;   /* bytes of contents */
};

#endif
