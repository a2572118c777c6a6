/* SPDX-License-Identifier: MIT */
/*
 * termios.h - how the terminal edits, echoes and interrupts. Linux on the i386, termios(3).
 */
#ifndef LIBC_TERMIOS_H
#define LIBC_TERMIOS_H

#include <stdint.h>

enum { ISIG = 1, ICANON = 2, ECHO = 8 };
enum { VTIME = 5, VMIN = 6, NCCS = 19 };

struct termios {
    uint32_t c_iflag;   /* input */
    uint32_t c_oflag;   /* output */
    uint32_t c_cflag;   /* the line */
    uint32_t c_lflag;   /* ISIG, ICANON, ECHO */
    uint8_t c_line;     /* discipline */
    uint8_t c_cc[NCCS]; /* special characters, VMIN and VTIME */
};

enum { TCSANOW };

int tcgetattr(int fd, struct termios *t);
int tcsetattr(int fd, int when, const struct termios *t);

#endif
