/* SPDX-License-Identifier: MIT */
/*
 * power.h - the ways in which a run ends.
 */
#ifndef KERNEL_POWER_H
#define KERNEL_POWER_H

#include <stdbool.h>

enum { PANIC_STATUS = 112 };

/* With debug_exit, power_off() also ends the emulator. */
void power_init(bool debug_exit);

/* Prints "System halted." and stops, with that exit status if the emulator takes one. */
void power_off(int status) __attribute__((noreturn));

void power_restart(void) __attribute__((noreturn));

/* Stops with PANIC_STATUS, whatever power_init() was told. */
void power_panic(void) __attribute__((noreturn));

#endif
