/* SPDX-License-Identifier: MIT */
/*
 * device.h - the chips of the PC and the processor's tables, one section for each .c file.
 */
#ifndef KERNEL_DEVICE_H
#define KERNEL_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trapframe;

/* print.c: what the kernel itself has to say, on every console. */
void print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same, in the colour of bad news where there are colours. */
void print_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The registers of an interrupted context. */
void print_registers(const struct trapframe *tf);

/* The kernel cannot go on: says why and stops the machine with exit status PANIC_STATUS. */
void panic(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/* power.c: the ways in which a run ends. */
enum { PANIC_STATUS = 112 };

/* With debug_exit, power_off() also ends the emulator. */
void power_init(bool debug_exit);

/* Prints "System halted." and stops, with that exit status if the emulator takes one. */
void power_off(int status) __attribute__((noreturn));

void power_restart(void) __attribute__((noreturn));

/* Stops with PANIC_STATUS, whatever power_init() was told. */
void power_panic(void) __attribute__((noreturn));

/* segment.c: flat segments and the one task state segment. */
/* Loads GDT, segment registers and task register. */
void segment_init(void);

/* Where the processor puts the frame when it comes from ring 3. */
void segment_set_kernel_stack(uint32_t esp0);

/* trap.c: the interrupt descriptor table and what happens behind it. */
/* Fills and loads the IDT. */
void trap_init(void);

/* Called by entry.S for every interrupt, exception and system call. */
void trap(struct trapframe *tf);

/* entry.S: the end of every trap; a new process begins here. */
void trap_return(void);

/* entry.S: saves this kernel context and continues another. */
void switch_context(uint32_t *save_esp, uint32_t load_esp);

/* pic.c: the two 8259A interrupt controllers. */
enum {
    IRQ_VECTOR = 32, /* IRQ 0 arrives at this vector, clear of the processor's exceptions */
    IRQS = 16,
    IRQ_TIMER = 0,
    IRQ_KEYBOARD = 1,
    IRQ_CASCADE = 2,
    IRQ_COM1 = 4,
};

/* Moves the vectors to IRQ_VECTOR and masks every line. */
void pic_init(void);

/* Installs the handler of a line and lets the line through. */
void pic_handle(unsigned irq, void (*handler)(void));

/* An interrupt arrived: acknowledges it and runs its handler. */
void pic_interrupt(unsigned irq);

/* timer.c: the tick: 100 times a second. */
enum { TICKS_PER_SECOND = 100 };

void timer_init(void);

/* Ticks since timer_init(); wraps around. */
uint32_t timer_now(void);

/* vga.c: the VGA text screen, 80 x 25. */
/* Colours of the foreground, as the attribute byte counts them. */
enum vga_color { VGA_LIGHT_GREY = 7, VGA_LIGHT_CYAN = 11, VGA_LIGHT_RED = 12, VGA_WHITE = 15 };

/* Clears the screen. */
void vga_init(void);

/* Puts one character at the cursor; knows \n, \r, \b and \t, and scrolls at the bottom. */
void vga_put(char c, enum vga_color color);

/* serial.c: the first serial port, a 16550 UART. */
/* 115200 8N1; received characters go to tty_input(). Harmless if there is no such port. */
void serial_init(void);

/* Sends one character as it is, waiting until the port can take it. */
void serial_put(char c);

/* keyboard.c: the PC keyboard behind the 8042 controller. */
/* Switches the keyboard on; typed characters go to tty_input(). */
void keyboard_init(void);

/*
 * tty.c: the terminal: one line-edited input, fed by keyboard and serial port, and one output,
 * shown on screen and serial port.
 */
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
