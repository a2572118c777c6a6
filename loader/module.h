/* SPDX-License-Identifier: MIT */
/*
 * module.h - a file that the user names beside the kernel (--initrd), read: a multiboot module or
 * a part of Linux's initial RAM disk.
 */
#ifndef LOADER_MODULE_H
#define LOADER_MODULE_H

#include "loader/bytes.h"

struct boot_module {
    struct bytes file;  /* contents, borrowed */
    const char *name;   /* the file, for messages */
    const char *string; /* what a multiboot 1 kernel reads about it: "FILE args" */
    const char *args;   /* what a multiboot 2 kernel does: "args", as from GRUB */
};

#endif
