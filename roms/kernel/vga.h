/* SPDX-License-Identifier: MIT */
/*
 * vga.h - the VGA text screen, 80 x 25.
 */
#ifndef KERNEL_VGA_H
#define KERNEL_VGA_H

/* Colours of the foreground, as the attribute byte counts them. */
enum vga_color { VGA_LIGHT_GREY = 7, VGA_LIGHT_CYAN = 11, VGA_LIGHT_RED = 12, VGA_WHITE = 15 };

/* Clears the screen. */
void vga_init(void);

/* Puts one character at the cursor; knows \n, \r, \b and \t, and scrolls at the bottom. */
void vga_put(char c, enum vga_color color);

#endif
