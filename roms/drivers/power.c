/* SPDX-License-Identifier: MIT */
/*
 * power.c - the ways in which a run ends.
 * A plain PC cannot switch itself off. Under an emulator a write to port F4h (QEMU's
 * isa-debug-exit) ends the run with host exit status (value << 1) | 1.
 */
#include "drivers/drivers.h"

#include "drivers/x86.h"

#define PORT_DEBUG_EXIT 0xf4
#define PORT_KBC_STATUS 0x64
#define KBC_INPUT_FULL 0x02
#define KBC_PULSE_RESET 0xfe

static bool use_debug_exit;

void power_init(bool debug_exit)
{
    use_debug_exit = debug_exit;
}

static void stop(void) __attribute__((noreturn));

static void stop(void)
{
    for (;;) {
        cli();
        hlt();
    }
}

void power_off(int status)
{
    cli();
    if (use_debug_exit)
        outl(PORT_DEBUG_EXIT, (uint32_t)status);
    stop();
}

void power_restart(void)
{
    cli();
    for (int tries = 0; tries < 100000 && (inb(PORT_KBC_STATUS) & KBC_INPUT_FULL); tries++)
        continue;
    outb(PORT_KBC_STATUS, KBC_PULSE_RESET);
    stop();
}

void power_panic(void)
{
    outl(PORT_DEBUG_EXIT, PANIC_STATUS);
    stop();
}
