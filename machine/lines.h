/* SPDX-License-Identifier: MIT */
/*
 * lines.h - the board's interrupt lines by number, as debuggers count them: those of the ISA bus, pins 16 to
 * 23 of the I/O APIC, then what comes without a line.
 */
#ifndef MACHINE_LINES_H
#define MACHINE_LINES_H

enum {
    LINES_ISA = 16,   /* interrupt requests 0 to 15 */
    LINES_ALL = 24,   /* and the pins above them */
    LINE_APIC = 24,   /* the local APIC's own: timer, messages */
    LINE_NMI = 25,    /* acknowledged by nobody */
    LINE_NUMBERS = 26 /* that there are */
};

#endif
