/* SPDX-License-Identifier: MIT */
/*
 * tty.c - the terminal: line editing between two consoles and the processes.
 *
 * Input is a ring of characters with three positions that only move forward:
 *     taken <= complete <= typed
 * taken..complete are finished lines for tty_read(), complete..typed is the line being edited.
 * Editing keys: Backspace or Delete, Ctrl-U (whole line), Ctrl-D (end of file), Ctrl-C. Arrow keys
 * and the like arrive as ESC [ and more: of use to programs that switch line editing off.
 */
#include "kernel/core.h"

#include "drivers/drivers.h"
#include "drivers/x86.h"
#include "kernel/mm.h"
#include "kernel/proc.h"
#include "lib/abi.h"

#define CTRL(letter) ((letter)&0x1f)

enum { RING = 1024, ESC = 0x1b, DEL = 0x7f, LINE_MAX = 255, ROWS = 25, COLUMNS = 80 };

static const enum vga_color colors[] = {
    [TTY_NORMAL] = VGA_LIGHT_GREY,
    [TTY_KERNEL] = VGA_LIGHT_GREY,
    [TTY_ERROR] = VGA_LIGHT_RED,
    [TTY_TITLE] = VGA_LIGHT_CYAN,
};

static bool on_screen, on_serial;
static enum vga_color color_now = VGA_LIGHT_GREY;
static int foreground; /* Ctrl-C is for this process and its descendants; 0: nobody */
static uint32_t mode = TERM_ISIG | TERM_ICANON | TERM_ECHO;

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

static void echo(char c)
{
    if (mode & TERM_ECHO)
        tty_put(c);
}

/* As it is shown in a line: ESC becomes two characters. */
static void echo_typed(char c)
{
    if (c == ESC)
        echo('^');
    echo(c == ESC ? '[' : c);
}

static void erase_last(void)
{
    char last = input.ring[--input.typed % RING];
    for (int columns = last == ESC ? 2 : 1; columns > 0; columns--) {
        echo('\b');
        echo(' ');
        echo('\b');
    }
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

static void interrupt(void)
{
    echo('^');
    echo('C');
    echo('\n');
    input.typed = input.complete;
    if (foreground)
        signal_send_family(foreground, SIGINT);
    else
        finish_line('\n'); /* the shell shows its prompt again */
}

void tty_input(char c)
{
    if (c == CTRL('C') && mode & TERM_ISIG) {
        interrupt();
        return;
    }
    if (!(mode & TERM_ICANON)) {
        echo(c);
        finish_line(c);
        return;
    }
    switch (c) {
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
        echo('\n');
        finish_line('\n');
        break;
    default:
        /* One place stays free for the end of the line. */
        if (((uint8_t)c >= ' ' || c == ESC) && input.typed - input.taken < RING - 1 &&
            input.typed - input.complete < LINE_MAX) {
            input.ring[input.typed++ % RING] = c;
            echo_typed(c);
        }
        break;
    }
}

int tty_write(struct file *f, const char *src, size_t n)
{
    for (size_t i = 0; i < n; i++)
        tty_put(src[i]);
    return (int)n;
}

int tty_read(struct file *f, char *dst, size_t n, bool wait)
{
    cli();
    while (input.taken == input.complete) {
        if (!wait || signal_pending(current)) {
            sti();
            return wait ? -EINTR : 0;
        }
        proc_sleep(&input);
    }
    size_t done = 0;
    while (done < n && input.taken != input.complete) {
        char c = input.ring[input.taken++ % RING];
        if (c == CTRL('D') && mode & TERM_ICANON) {
            if (done > 0)
                input.taken--; /* first the text before it, the end of file next time */
            break;
        }
        dst[done++] = c;
        if (c == '\n' && mode & TERM_ICANON)
            break;
    }
    sti();
    return (int)done;
}

int tty_ioctl(uint32_t request, uint32_t argument)
{
    struct mm *m = current->mm;
    struct termios t = {.lflag = mode, .control = {CTRL('C'), 0, DEL, CTRL('U'), CTRL('D'), 0, 1}};
    const struct winsize size = {ROWS, COLUMNS, 0, 0};
    int pid = foreground, error;
    switch (request) {
    case TCGETS: return user_write(m, argument, &t, sizeof t);
    case TIOCGWINSZ: return user_write(m, argument, &size, sizeof size);
    case TIOCGPGRP: return user_write(m, argument, &pid, sizeof pid);
    case TCSETS:
        error = user_read(m, &t, argument, sizeof t);
        if (!error) {
            mode = t.lflag & (TERM_ISIG | TERM_ICANON | TERM_ECHO);
            input.complete = input.typed; /* what was typed so far can be read either way */
        }
        return error;
    case TIOCSPGRP:
        error = user_read(m, &pid, argument, sizeof pid);
        if (!error)
            foreground = pid;
        return error;
    default: return -EINVAL;
    }
}
