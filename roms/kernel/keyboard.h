/* SPDX-License-Identifier: MIT */
/*
 * keyboard.h - the PC keyboard behind the 8042 controller.
 */
#ifndef KERNEL_KEYBOARD_H
#define KERNEL_KEYBOARD_H

/* Switches the keyboard on; typed characters go to tty_input(). */
void keyboard_init(void);

#endif
