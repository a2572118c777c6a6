/* SPDX-License-Identifier: MIT */
/*
 * initrd.h - the read-only file system: an archive that the boot loader put into memory.
 *
 *   byte 0   "RAMDISK1"          magic
 *        8   count               number of files, little-endian like everything here
 *       12   size                bytes of the whole archive
 *       64   struct initrd_file  one per file, 64 bytes each
 *            file contents, each beginning on a page boundary
 *
 * roms/mkinitrd.c writes it.
 */
#ifndef KERNEL_INITRD_H
#define KERNEL_INITRD_H

#include <stdint.h>

struct range;

struct initrd_file {
    char path[56];   /* absolute, terminated, e.g. "/bin/sh" */
    uint32_t offset; /* of the contents, from the start of the archive */
    uint32_t size;   /* bytes of contents */
};

/* Checks the archive once and for all, so that nobody else needs to. Panics if it is damaged. */
void initrd_init(const struct range *where);

/* NULL if there is no such file. */
const struct initrd_file *initrd_find(const char *path);

const uint8_t *initrd_data(const struct initrd_file *f);

#endif
