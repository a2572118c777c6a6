/* SPDX-License-Identifier: MIT */
/*
 * builtin.h - the kernel, its initial RAM disk, the script of the tour and the BIOS services
 * for Linux's real-mode code inside the program (builtin.S), so that it needs no file beside it.
 */
#ifndef BUILTIN_H
#define BUILTIN_H

#include <stdint.h>

extern const uint8_t builtin_kernel[], builtin_kernel_end[];
extern const uint8_t builtin_initrd[], builtin_initrd_end[];
extern const uint8_t builtin_tour[], builtin_tour_end[];
extern const uint8_t builtin_bios[], builtin_bios_end[];

#endif
