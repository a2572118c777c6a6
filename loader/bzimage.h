/* SPDX-License-Identifier: MIT */
/*
 * bzimage.h - Linux kernels as the kernel's build makes them: zImage and bzImage.
 * Source: Linux Documentation/arch/x86/boot.rst (boot protocol 2.00 to 2.15) and zero-page.rst.
 *
 * - bzimage_is recognises the setup header ("HdrS" at 202h).
 * - bzimage_plan places the protected-mode part where the header wants it and keeps free what the
 *   kernel says it needs to unpack itself; the zero page (struct boot_params) with memory map,
 *   screen and command line; and the initial RAM disk as high as kernel and memory allow, several
 *   files one after the other on 4-byte boundaries, the way the kernel reads joined archives.
 * - A kernel starts in its own real-mode code, which asks the BIOS of roms/bios what the machine
 *   has, checks the processor and sets the video mode; or at its 32-bit entry, with the segments 10h
 *   and 18h that the protocol names, and the answers written down by the loader.
 * - What the boot loader is asked to do by the kernel's command line it does: mem= bounds where
 *   the initial RAM disk may lie; vga= is the video mode that the real-mode code sets (the 32-bit entry
 *   finds text mode, whatever vga= says).
 * - Not here: 64-bit kernels, the EFI stub.
 */
#ifndef LOADER_BZIMAGE_H
#define LOADER_BZIMAGE_H

#include "base/types.h"
#include "loader/bytes.h"

struct boot_module;
struct plan;

enum bzimage_entry {
    BZIMAGE_AUTO, /* real mode, where that is possible */
    BZIMAGE_REAL,
    BZIMAGE_PROTECTED,
};

struct bzimage_request {
    struct bytes file;                 /* the kernel, borrowed */
    const char *cmdline;               /* what the kernel is told, "": nothing */
    const struct boot_module *initrds; /* parts of the initial RAM disk, in order */
    unsigned count;                    /* how many */
    enum bzimage_entry entry;          /* which the user wants */
    bool services;                     /* the machine can have the BIOS of roms/bios */
};

bool bzimage_is(struct bytes file);
/* What vga= says, up to a blank; NULL: nothing. */
const char *bzimage_video(const char *cmdline);
bool bzimage_plan(struct plan *p, const struct bzimage_request *r, struct error *err);

#endif
