/* SPDX-License-Identifier: MIT */
/*
 * multiboot1.h - kernels with a multiboot 1 header.
 * Source: Multiboot Specification version 0.6.96, chapter 3.
 *
 * - multiboot1_find looks for the header: 4-byte aligned, whole within the first 8 KiB, the sum
 *   of its first three words zero.
 * - multiboot1_plan places the kernel (by its ELF segments, or by the header's address fields
 *   when flag 16 is set), its ELF sections that no segment loads (symbols), the modules (always
 *   on page boundaries) and, in low memory, the information structure with what it points to.
 * - Memory is described as a PC BIOS would: 639 KiB usable, 1 KiB EBDA, ROM at f0000, RAM from
 *   1 MiB, firmware below 4 GiB.
 * - A wish for a video mode (flag 2) gets the linear frame buffer that is nearest to it, described as
 *   such and as VBE describes modes, or the text mode that the machine is in.
 * - Not given: boot device, drives, configuration table, APM.
 */
#ifndef LOADER_MULTIBOOT1_H
#define LOADER_MULTIBOOT1_H

#include "base/types.h"
#include "loader/bytes.h"

struct boot_module;
struct plan;

#define MULTIBOOT1_SEARCH 8192u /* the header lies in the first so many bytes */

enum multiboot1_found {
    MULTIBOOT1_ABSENT,
    MULTIBOOT1_BAD_CHECKSUM, /* the magic number is there, its checksum is wrong */
    MULTIBOOT1_FOUND,
};

struct multiboot1_header {
    uint32_t at;            /* file offset of the header */
    uint32_t flags;         /* bits 0-15 required, 16-31 optional */
    uint32_t header_addr;   /* with flag 16: physical address of the header itself */
    uint32_t load_addr;     /* where loading begins */
    uint32_t load_end_addr; /* where it ends; 0: at the end of the file */
    uint32_t bss_end_addr;  /* zeroes up to here; 0: none */
    uint32_t entry_addr;    /* first instruction */
    bool graphics;          /* with flag 2: a linear frame buffer is wanted, not text mode */
    uint32_t width;         /* of this width */
    uint32_t height;        /* and height */
    uint32_t depth;         /* with so many bits for a pixel; 0: no preference */
};

struct multiboot1_request {
    struct bytes file;                 /* the kernel, borrowed */
    const char *cmdline;               /* "IMAGE args" */
    const struct boot_module *modules; /* in the order of the command line */
    unsigned count;                    /* how many modules */
};

enum multiboot1_found multiboot1_find(struct bytes file, struct multiboot1_header *h);
bool multiboot1_plan(struct plan *p, const struct multiboot1_request *r, struct error *err);

#endif
