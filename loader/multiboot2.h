/* SPDX-License-Identifier: MIT */
/*
 * multiboot2.h - kernels with a multiboot 2 header, for a PC without EFI.
 * Source: Multiboot2 Specification version 2.0, chapter 3.
 *
 * - multiboot2_find looks for the header: 8-byte aligned, whole within the first 32 KiB, the sum of
 *   its first four words zero.
 * - multiboot2_plan reads its tags, places the kernel (by its ELF segments, or by an address tag;
 *   moved, if a relocatable tag says where to), symbols and modules as for version 1, and the boot
 *   information (multiboot2_info.h).
 * - A framebuffer tag gets a linear frame buffer of the size and depth it asks for, if the display
 *   interface has it, else of the nearest; without the tag the screen is in text mode.
 * - A tag or a request for information that is not optional and not known refuses the image. What
 *   is known and not there on this machine (EFI, APM, network) is simply not told, as by GRUB.
 */
#ifndef LOADER_MULTIBOOT2_H
#define LOADER_MULTIBOOT2_H

#include "base/types.h"
#include "loader/bytes.h"

struct boot_module;
struct plan;

enum multiboot2_found {
    MULTIBOOT2_ABSENT,
    MULTIBOOT2_BAD_CHECKSUM, /* the magic number is there, its checksum is wrong */
    MULTIBOOT2_FOUND,
};

struct multiboot2_request {
    struct bytes file;                 /* the kernel, borrowed */
    const char *cmdline;               /* what the kernel is told */
    const struct boot_module *modules; /* in the order of the command line */
    unsigned count;                    /* how many modules */
};

enum multiboot2_found multiboot2_find(struct bytes file, size_t *at);
bool multiboot2_plan(struct plan *p, const struct multiboot2_request *r, struct error *err);

#endif
