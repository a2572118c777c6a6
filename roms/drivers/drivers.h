/* SPDX-License-Identifier: MIT */
/*
 * drivers.h - the chips of a PC that the kernel uses, one section for each .c file. They know
 * nothing of the kernel: what happens goes to functions that they are given.
 */
#ifndef DRIVERS_DRIVERS_H
#define DRIVERS_DRIVERS_H

#include <stdbool.h>
#include <stdint.h>

/* pic.c: the two 8259A interrupt controllers. */
enum {
    IRQ_VECTOR = 32, /* IRQ 0 arrives at this vector, clear of the processor's exceptions */
    IRQS = 16,
    IRQ_TIMER = 0,
    IRQ_KEYBOARD = 1,
    IRQ_CASCADE = 2,
    IRQ_COM1 = 4,
    IRQ_IDE0 = 14,
    IRQ_IDE1 = 15,
};

/* Moves the vectors to IRQ_VECTOR and masks every line. */
void pic_init(void);

/* Installs the handler of a line and lets the line through. */
void pic_handle(unsigned irq, void (*handler)(void));

/* An interrupt arrived: acknowledges it and runs its handler. */
void pic_interrupt(unsigned irq);

/* timer.c: the tick: 100 times a second. */
enum { TICKS_PER_SECOND = 100 };

/* tick() is called at each, from the interrupt. */
void timer_init(void (*tick)(uint32_t now));

/* Ticks since timer_init(); wraps around. */
uint32_t timer_now(void);

/* vga.c: the VGA text screen, 80 x 25. */
/* Colours of the foreground, as the attribute byte counts them. */
enum vga_color { VGA_LIGHT_GREY = 7, VGA_LIGHT_CYAN = 11, VGA_LIGHT_RED = 12, VGA_WHITE = 15 };

/* Clears the screen. The text memory, physical b8000, is to be seen at text. */
void vga_init(volatile uint16_t *text);

/* Puts one character at the cursor; knows \n, \r, \b and \t, and scrolls at the bottom. */
void vga_put(char c, enum vga_color color);

/* serial.c: the first serial port, a 16550 UART. */
/* 115200 8N1; each character received goes to receive(). Harmless if there is no such port. */
void serial_init(void (*receive)(char c));

/* Sends one character as it is, waiting until the port can take it. */
void serial_put(char c);

/* keyboard.c: the PC keyboard behind the 8042 controller. */
/* Switches the keyboard on; each character typed goes to receive(). */
void keyboard_init(void (*receive)(char c));

/* ide.c: ATA disks: 0 and 1 on the first IDE channel, 2 and 3 on the second (hda to hdd). */
enum { IDE_DRIVES = 4, IDE_SECTOR = 512 };

/* Looks for that disk: its sectors, as far as 28 bits reach; 0: it is not there. */
uint32_t ide_init(unsigned drive);

/* Moves up to 255 sectors; false: the disk says no, or does not answer. */
bool ide_read(unsigned drive, uint32_t sector, void *data, unsigned count);
bool ide_write(unsigned drive, uint32_t sector, const void *data, unsigned count);

/* power.c: the ways in which a run ends. */
enum { PANIC_STATUS = 112 };

/* With debug_exit, power_off() also ends the emulator. */
void power_init(bool debug_exit);

/* Stops, with that exit status if the emulator takes one. */
void power_off(int status) __attribute__((noreturn));

void power_restart(void) __attribute__((noreturn));

/* Stops with PANIC_STATUS, whatever power_init() was told. */
void power_panic(void) __attribute__((noreturn));

#endif
