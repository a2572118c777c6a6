/* SPDX-License-Identifier: MIT */
/*
 * tty.c - the terminal: line editing between two consoles and the processes.
 *
 * Input is a ring of characters with three positions that only move forward:
 *     taken <= complete <= typed
 * taken..complete are finished lines for tty_read(), complete..typed is the line being edited.
 * Editing keys: Backspace or Delete, Ctrl-U (whole line), Ctrl-D (end of file), Ctrl-C.
 */
#include "kernel/tty.h"

#include "kernel/abi.h"
#include "kernel/proc.h"
#include "kernel/serial.h"
#include "kernel/vga.h"
#include "kernel/x86.h"

#define CTRL(letter) ((letter)&0x1f)

enum { RING = 1024, DEL = 0x7f, LINE_MAX = 255 };

static const enum vga_color colors[] = {
    [TTY_NORMAL] = VGA_LIGHT_GREY,
    [TTY_KERNEL] = VGA_LIGHT_GREY,
    [TTY_ERROR] = VGA_LIGHT_RED,
    [TTY_TITLE] = VGA_LIGHT_CYAN,
};

static bool on_screen, on_serial;
static enum vga_color color_now = VGA_LIGHT_GREY;
static int foreground;

static struct {
    char ring[RING];   /* position p is in ring[p % RING] */
    unsigned taken;    /* next for tty_read() */
    unsigned complete; /* end of the last finished line */
    unsigned typed;    /* end of input */
} input;

void tty_init(bool screen, bool serial)
{
    on_screen = screen;
    on_serial = serial;
}

void tty_put(char c)
{
    if (on_serial) {
        if (c == '\n')
            serial_put('\r');
        serial_put(c);
    }
    if (on_screen)
        vga_put(c, color_now);
}

void tty_color(enum tty_color color)
{
    color_now = colors[color];
}

static void erase_last(void)
{
    input.typed--;
    tty_put('\b');
    tty_put(' ');
    tty_put('\b');
}

/* The line being edited becomes readable, if there is room for its last character. */
static void finish_line(char end)
{
    if (input.typed - input.taken == RING)
        return;
    input.ring[input.typed++ % RING] = end;
    input.complete = input.typed;
    proc_wake(&input);
}

void tty_input(char c)
{
    switch (c) {
    case CTRL('C'):
        tty_put('^');
        tty_put('C');
        tty_put('\n');
        input.typed = input.complete;
        if (foreground)
            proc_signal_family(foreground, SIGINT);
        else
            finish_line('\n'); /* the shell shows its prompt again */
        break;
    case CTRL('U'):
        while (input.typed != input.complete)
            erase_last();
        break;
    case '\b':
    case DEL:
        if (input.typed != input.complete)
            erase_last();
        break;
    case CTRL('D'): finish_line(CTRL('D')); break;
    case '\n':
        tty_put('\n');
        finish_line('\n');
        break;
    default:
        /* One place stays free for the end of the line. */
        if ((uint8_t)c >= ' ' && input.typed - input.taken < RING - 1 &&
            input.typed - input.complete < LINE_MAX) {
            input.ring[input.typed++ % RING] = c;
            tty_put(c);
        }
        break;
    }
}

int tty_read(char *dst, size_t n)
{
    cli();
    while (input.taken == input.complete) {
        if (current->signal) {
            sti();
            return -EINTR;
        }
        proc_sleep(&input);
    }
    size_t done = 0;
    while (done < n && input.taken != input.complete) {
        char c = input.ring[input.taken++ % RING];
        if (c == CTRL('D')) {
            if (done > 0)
                input.taken--; /* first the text before it, the end of file next time */
            break;
        }
        dst[done++] = c;
        if (c == '\n')
            break;
    }
    sti();
    return (int)done;
}

void tty_set_foreground(int pid)
{
    foreground = pid;
}

int tty_foreground(void)
{
    return foreground;
}
