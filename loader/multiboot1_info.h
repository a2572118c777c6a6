/* SPDX-License-Identifier: MIT */
/*
 * multiboot1_info.h - the multiboot 1 information structure as bytes in guest memory: first the
 * structure, then what it points to. Source: Multiboot Specification version 0.6.96, 3.3.
 */
#ifndef LOADER_MULTIBOOT1_INFO_H
#define LOADER_MULTIBOOT1_INFO_H

#include "base/types.h"

struct multiboot1_info_module {
    phys_t start;       /* first byte */
    phys_t end;         /* one past the last */
    const char *string; /* what the kernel reads about it */
};

struct multiboot1_info {
    uint32_t memory;                       /* bytes of RAM */
    const char *cmdline;                   /* the kernel's command line */
    struct multiboot1_info_module *module; /* the modules, in order */
    unsigned modules;                      /* how many */
    unsigned sections;                     /* ELF section headers, 0: none given */
    unsigned section_names;                /* index of the section with their names */
    phys_t section_table;                  /* where the headers lie */
    bool video;                            /* the kernel asked about the video mode */
};

size_t multiboot1_info_size(const struct multiboot1_info *info);
/* Writes that many bytes, which will lie at physical address `at`. */
void multiboot1_info_write(const struct multiboot1_info *info, uint8_t *block, phys_t at);

#endif
