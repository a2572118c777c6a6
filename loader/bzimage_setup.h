/* SPDX-License-Identifier: MIT */
/*
 * bzimage_setup.h - the setup header of a Linux kernel: where its fields are, what was read from it,
 * and what a boot loader writes into it. For the files of bzimage alone.
 * Source: Linux Documentation/arch/x86/boot.rst, "The Real-Mode Kernel Header".
 *
 * - setup_answer fills in what both entries need, in a copy of the kernel's first sectors.
 * - bzimage_real places what the 16-bit entry needs: the kernel's real-mode code, its command line and
 *   what the BIOS is asked for; bzimage.c itself the rest, and the 32-bit entry.
 */
#ifndef LOADER_BZIMAGE_SETUP_H
#define LOADER_BZIMAGE_SETUP_H

#include "base/types.h"

struct bzimage_request;
struct plan;

enum {
    /* the setup header, in the file and in struct boot_params */
    SETUP_SECTS = 0x1f1,
    SYSSIZE = 0x1f4,
    VID_MODE = 0x1fa,
    HEADER_END = 0x201, /* a jump's displacement, from 202h */
    HEADER_MAGIC = 0x202,
    VERSION = 0x206,
    TYPE_OF_LOADER = 0x210,
    LOADFLAGS = 0x211,
    SETUP_MOVE_SIZE = 0x212,
    CODE32_START = 0x214,
    RAMDISK_IMAGE = 0x218,
    RAMDISK_SIZE = 0x21c,
    HEAP_END_PTR = 0x224,
    CMD_LINE_PTR = 0x228,
    INITRD_ADDR_MAX = 0x22c,
    KERNEL_ALIGNMENT = 0x230,
    RELOCATABLE = 0x234,
    XLOADFLAGS = 0x236,
    CMDLINE_SIZE = 0x238,
    PREF_ADDRESS = 0x258,
    INIT_SIZE = 0x260,
    HEADER_LIMIT = 0x290, /* the next field of struct boot_params begins here */

    LOADED_HIGH = 1 << 0,
    CAN_USE_HEAP = 1 << 7,
    KERNEL_64 = 1 << 0,
    LOADER_UNKNOWN = 0xff,

    OLD_CL_MAGIC = 0x20, /* the command line before 2.02: A33Fh and an offset from 90000h */
    OLD_CL_OFFSET = 0x22,
};

/* The setup header, with what older protocols imply where they lack a field. */
struct setup {
    unsigned version;         /* 0x020f: 2.15 */
    bool high;                /* its protected-mode part is not for low memory: a bzImage */
    uint64_t code;            /* file offset of the protected-mode part */
    uint32_t size;            /* its bytes */
    phys_t load;              /* where it goes */
    phys_t entry;             /* its first instruction */
    uint64_t end;             /* what the kernel needs to unpack itself ends here */
    uint32_t cmdline_size;    /* the longest command line, without its NUL */
    uint32_t initrd_addr_max; /* the last byte of the initial RAM disk lies no higher */
};

/* Which boot loader this is, and that there is no initial RAM disk yet. */
void setup_answer(uint8_t *header);
/* Can this kernel be entered in real mode? */
bool bzimage_has_real(const struct setup *s);
/* The copy of the real-mode code; NULL and err where there is no room for what belongs to it. */
uint8_t *bzimage_real(struct plan *p, const struct setup *s, const struct bzimage_request *r,
                      struct error *err);

#endif
