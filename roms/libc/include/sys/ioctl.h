/* SPDX-License-Identifier: MIT */
/*
 * sys/ioctl.h - requests to the terminal: tty_ioctl(4).
 */
#ifndef LIBC_SYS_IOCTL_H
#define LIBC_SYS_IOCTL_H

enum {
    TCGETS = 0x5401,
    TCSETS = 0x5402,
    TIOCGPGRP = 0x540f,
    TIOCSPGRP = 0x5410,
    TIOCGWINSZ = 0x5413
};

int ioctl(int fd, unsigned long request, ...);

#endif
