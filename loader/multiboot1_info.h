/* SPDX-License-Identifier: MIT */
/*
 * multiboot1_info.h - the multiboot 1 information structure as bytes in guest memory: first the
 * structure, then what it points to. Source: Multiboot Specification version 0.6.96, 3.3.
 */
#ifndef LOADER_MULTIBOOT1_INFO_H
#define LOADER_MULTIBOOT1_INFO_H

#include "base/types.h"
#include "loader/frame.h"
#include "loader/multiboot.h"

struct multiboot1_info {
    uint32_t memory;                /* bytes of RAM */
    const char *cmdline;            /* the kernel's command line */
    struct multiboot_placed placed; /* modules and symbols */
    bool video;                     /* the kernel asked about the video mode */
    struct frame frame;             /* the frame buffer, or text mode */
};

size_t multiboot1_info_size(const struct multiboot1_info *info);
/* Writes that many bytes, which will lie at physical address `at`. */
void multiboot1_info_write(const struct multiboot1_info *info, uint8_t *block, phys_t at);

#endif
