/* SPDX-License-Identifier: MIT */
/*
 * recognise.h - is a file something that the loader puts into memory, or something that belongs into a
 * drive and is booted by firmware? Only its contents count.
 *
 * - A CD has an ISO 9660 volume descriptor, and for booting an El Torito record (ECMA-119 8.4; El Torito
 *   specification 1.0).
 * - A hard disk has a boot sector with a partition table, or with none and more bytes than a floppy.
 * - Everything else with a boot sector is a floppy, but for kernels that carry one: Linux's, ELF files and
 *   multiboot images that do not begin like one. GRUB's own floppies contain a multiboot header.
 * - A pipe is not looked at: what comes through it is loaded.
 */
#ifndef LOADER_RECOGNISE_H
#define LOADER_RECOGNISE_H

#include "base/types.h"

enum image_kind {
    IMAGE_LOADED,      /* boot_plan knows, or says what is wrong with it */
    IMAGE_CD,          /* ISO 9660 with a boot record */
    IMAGE_CD_UNBOOTED, /* ISO 9660 without one */
    IMAGE_DISK,        /* a hard disk */
    IMAGE_FLOPPY,      /* a floppy disk, or a boot sector alone */
};

/* A file that cannot be opened is IMAGE_LOADED: reading it says why. */
enum image_kind image_recognise(const char *path);

#endif
