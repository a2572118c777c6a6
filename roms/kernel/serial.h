/* SPDX-License-Identifier: MIT */
/*
 * serial.h - the first serial port, a 16550 UART.
 */
#ifndef KERNEL_SERIAL_H
#define KERNEL_SERIAL_H

/* 115200 8N1; received characters go to tty_input(). Harmless if there is no such port. */
void serial_init(void);

/* Sends one character as it is, waiting until the port can take it. */
void serial_put(char c);

#endif
