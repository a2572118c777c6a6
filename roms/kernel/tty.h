/* SPDX-License-Identifier: MIT */
/*
 * tty.h - the terminal: one line-edited input, fed by keyboard and serial port, and one output,
 * shown on screen and serial port.
 */
#ifndef KERNEL_TTY_H
#define KERNEL_TTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tty_color { TTY_NORMAL, TTY_KERNEL, TTY_ERROR, TTY_TITLE };

/* Chooses the consoles that show output; both may be in use. */
void tty_init(bool screen, bool serial);

/* One character of output. */
void tty_put(char c);

/* The colour of what follows, on the screen; the serial port stays plain. */
void tty_color(enum tty_color color);

/* One character of input, from an interrupt handler: echoes, edits, completes lines. */
void tty_input(char c);

/*
 * Waits for a line, or the rest of one, and copies at most n characters; 0 at end of file. Without
 * wait: 0 if there is nothing. Without TERM_ICANON every character counts as a line.
 */
int tty_read(char *dst, size_t n, bool wait);

/* ioctl() on the terminal: argument is a user address. 0 or -errno. */
int tty_ioctl(uint32_t request, uint32_t argument);

#endif
