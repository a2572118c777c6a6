/* SPDX-License-Identifier: MIT */
/*
 * vga_font.h - the font a VGA BIOS would load into plane 2 for text mode 3: code page 437,
 * one byte per row, most significant bit left. The drawing is devices/vga_font.txt.
 * The 9th column of 9-dot cells is the VGA's business (it repeats the 8th for C0h-DFh).
 */
#ifndef DEVICES_VGA_FONT_H
#define DEVICES_VGA_FONT_H

#include <stdint.h>

extern const uint8_t vga_font_8x16[256][16];

#endif
