/* SPDX-License-Identifier: MIT */
/*
 * core.h - messages, segments, traps, the terminal; one section for each .c file.
 */
#ifndef KERNEL_CORE_H
#define KERNEL_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct file;
struct trapframe;

/* print.c: what the kernel itself has to say, on every console. */
void print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same, in the colour of bad news where there are colours. */
void print_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The registers of an interrupted context. */
void print_registers(const struct trapframe *tf);

/* The kernel cannot go on: says why and stops the machine with exit status PANIC_STATUS. */
void panic(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/* main.c: the end: checks the books, says "System halted.", and stops with that exit status. */
void system_halt(int status) __attribute__((noreturn));

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
 * The file operations. Reading waits for a line, or the rest of one, and copies at most n
 * characters; 0 at end of file. Without wait: 0 if there is nothing. Without TERM_ICANON every
 * character counts as a line.
 */
int tty_read(struct file *f, char *dst, size_t n, bool wait);
int tty_write(struct file *f, const char *src, size_t n);

/* ioctl() on the terminal: argument is a user address. 0 or -errno. */
int tty_ioctl(uint32_t request, uint32_t argument);

#endif
