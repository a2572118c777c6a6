/* SPDX-License-Identifier: MIT */
/*
 * vga_font.c - the built-in text font as a table. The rows are generated while building from
 * the drawing in devices/vga_font.txt, which is the place to change a glyph.
 */
#include "devices/vga_font.h"

const uint8_t vga_font_8x16[256][16] = {
#include "devices/vga_font.inc"
};
