/* SPDX-License-Identifier: MIT */
/*
 * multiboot2_info.h - the multiboot 2 boot information as bytes in guest memory: tags, each on an
 * 8-byte boundary. Source: Multiboot2 Specification version 2.0, 3.6.
 *
 * Given are the command line, the loader's name, modules, memory size and map, ELF sections, the
 * frame buffer (of text cells or of colours, these with what VBE says of them), where there are tables the root pointer of ACPI 1.0, and
 * for relocatable kernels the load address.
 */
#ifndef LOADER_MULTIBOOT2_INFO_H
#define LOADER_MULTIBOOT2_INFO_H

#include "base/types.h"
#include "loader/frame.h"
#include "loader/multiboot.h"

struct multiboot2_info {
    uint32_t memory;                /* bytes of RAM */
    const char *cmdline;            /* the kernel's command line */
    struct multiboot_placed placed; /* modules and symbols */
    struct frame frame;             /* the frame buffer, or text mode */
    phys_t at;                      /* where the block will lie */
    bool relocated;                 /* tell where it was loaded */
    phys_t load_base;               /* namely here */
    bool acpi;                      /* there is a root pointer of ACPI tables to be copied in */
};

/* The most that multiboot2_info_write will need. */
size_t multiboot2_info_room(const struct multiboot2_info *info);
/* Writes it to a zeroed block and returns how long it is; rsdp: where in it the root pointer goes. */
size_t multiboot2_info_write(const struct multiboot2_info *info, uint8_t *block, size_t *rsdp);

#endif
