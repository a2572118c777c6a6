/* SPDX-License-Identifier: MIT */
/*
 * term.c - the display as text in the user's terminal (ncurses, wide characters): the guest's
 * cells in 16 colours, code page 437 as Unicode, or as plain ASCII outside a UTF-8 locale.
 *
 * - Keys are read as bytes and decoded by base/keymap.h; Ctrl-] ends emu386, everything else,
 *   Ctrl-C included, is the guest's. A terminal tells no releases: each key is a short press.
 * - A terminal smaller than the guest's screen shows the part around the cursor; a larger one
 *   has a status line at the bottom. Without room for it the line shows for the first seconds.
 * - The terminal is given back by term_close, and by atexit for an exit() on the way.
 * Not shown: the guest's own font and palette (the terminal has its own).
 */
#define NCURSES_WIDECHAR 1
#include "ui/display.h"
#include "base/screen.h"
#include "ui/cp437.h"

#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#define QUIT_KEY 0x1D  /* Ctrl-] */
#define ESCAPE_WAIT 30 /* ms after which ESC is the Escape key, not the start of a sequence */
#define HINT_TIME 3000 /* ms that the status line covers the guest's last row at the start */

struct term {
    SCREEN *curses;       /* the terminal as curses sees it */
    bool unicode;         /* the locale can show box drawing */
    bool colors16;        /* bright colours of their own; else bold */
    bool colors8;         /* at least the eight */
    bool have_before;     /* before is what is on the terminal */
    bool stale;           /* title or size changed: draw though the screen is the same */
    bool hint;            /* the status line covers the guest's last row */
    int64_t opened;       /* host ms */
    int64_t last_byte;    /* host ms of the last byte read */
    size_t n;             /* bytes waiting in buf */
    uint8_t buf[256];     /* read from the terminal, not decoded yet */
    char title[200];      /* the status line */
    struct screen before; /* what is on the terminal */
};

static bool terminal_taken; /* for give_back: curses may be told so only while it is true */

static void give_back(void)
{
    if (terminal_taken)
        endwin();
    terminal_taken = false;
}

static int64_t host_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* VGA attributes count blue as 1 and red as 4, terminals the other way round. */
static short ansi_color(unsigned vga)
{
    return (short)((vga & 0xA) | (vga & 1) << 2 | (vga & 4) >> 2);
}

static short color_pair(const struct term *d, unsigned fg, unsigned bg)
{
    if (d->colors16)
        return (short)(1 + (bg & 15) * 16 + (fg & 15));
    /* Pair 0 cannot be changed; it is grey on black, which is where this puts it. */
    return (short)((bg & 7) * 8 + 7 - (fg & 7));
}

static void setup_colors(struct term *d)
{
    if (!has_colors() || start_color() == ERR)
        return;
    d->colors16 = COLORS >= 16 && COLOR_PAIRS > 256;
    d->colors8 = COLORS >= 8 && COLOR_PAIRS >= 64;
    for (unsigned bg = 0; bg < (d->colors16 ? 16u : d->colors8 ? 8u : 0u); bg++)
        for (unsigned fg = 0; fg < (d->colors16 ? 16u : 8u); fg++)
            if (color_pair(d, fg, bg))
                init_pair(color_pair(d, fg, bg), ansi_color(fg), ansi_color(bg));
}

static void *term_open(const struct ui_options *options, struct error *err)
{
    struct term *d;

    if (options->stdio_taken) {
        error_set(err, "--display term: stdin and stdout already belong to the serial port or the "
                       "debug console; send those to file:FILE, or use --display sdl or none");
        return NULL;
    }
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        error_set(err, "--display term: stdin and stdout are not both a terminal; use --display "
                       "sdl or none");
        return NULL;
    }
    if (!(d = calloc(1, sizeof(*d)))) {
        error_set(err, "no memory for the terminal display");
        return NULL;
    }
    setlocale(LC_CTYPE, "");
    d->unicode = !strcmp(nl_langinfo(CODESET), "UTF-8");
    if (!(d->curses = newterm(NULL, stdout, stdin))) {
        const char *name = getenv("TERM");

        error_set(err, "--display term: the terminal type '%s' (TERM) is not known",
                  name ? name : "");
        free(d);
        return NULL;
    }
    terminal_taken = true;
    atexit(give_back);
    raw();
    noecho();
    nonl();
    setup_colors(d);
    d->opened = host_ms();
    d->hint = true;
    snprintf(d->title, sizeof(d->title), "emu386");
    return d;
}

static void term_close(void *display)
{
    struct term *d = display;

    give_back();
    delscreen(d->curses);
    free(d);
}

/* Decodes what is in buf. False: the quit key. */
static bool decode(struct term *d, struct ui_keys *keys)
{
    bool final = host_ms() - d->last_byte > ESCAPE_WAIT;
    size_t at = 0;
    bool stay = true;

    while (at < d->n && ui_keys_room(keys) >= KEYMAP_EVENTS) {
        struct keymap_stroke stroke;
        size_t took;

        if (d->buf[at] == QUIT_KEY) {
            stay = false;
            break;
        }
        took = keymap_terminal(d->buf + at, d->n - at, final, &stroke);
        if (!took)
            break;
        if (stroke.key)
            ui_keys_type(keys, stroke);
        at += took;
    }
    d->n -= at;
    memmove(d->buf, d->buf + at, d->n);
    return stay;
}

static bool term_poll(void *display, struct ui_user *user)
{
    struct term *d = display;
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    ssize_t n;

    if (d->n < sizeof(d->buf) && poll(&input, 1, 0) > 0) {
        if (input.revents & (POLLERR | POLLNVAL))
            return false;
        n = read(STDIN_FILENO, d->buf + d->n, sizeof(d->buf) - d->n);
        if (n == 0)
            return false; /* the terminal is gone */
        if (n > 0) {
            d->n += (size_t)n;
            d->last_byte = host_ms();
        }
    }
    return decode(d, &user->keys);
}

static wchar_t cell_char(const struct term *d, uint8_t ch)
{
    wchar_t wide = cp437_unicode(ch);

    return d->unicode && wcwidth(wide) == 1 ? wide : (wchar_t)cp437_ascii(ch);
}

static void draw_cell(const struct term *d, const struct screen *s, struct screen_cell cell, int y,
                      int x)
{
    unsigned fg = cell.attr & 15, bg = s->blink ? (cell.attr >> 4) & 7 : cell.attr >> 4;
    wchar_t text[2] = {cell_char(d, cell.ch), 0};
    attr_t attr = A_NORMAL;
    short pair = 0;
    cchar_t c;

    if (d->colors16 || d->colors8)
        pair = color_pair(d, fg, bg);
    else if (bg)
        attr |= A_REVERSE;
    if (!d->colors16 && (fg & 8))
        attr |= A_BOLD;
    if (s->blink && (cell.attr & 0x80))
        attr |= A_BLINK;
    setcchar(&c, text, attr, pair, NULL);
    mvadd_wch(y, x, &c);
}

static void draw_status(const struct term *d)
{
    char line[256];

    snprintf(line, sizeof(line), " %s   Ctrl-] quits ", d->title);
    move(LINES - 1, 0);
    clrtoeol();
    attrset(A_REVERSE);
    addnstr(line, COLS);
    attrset(A_NORMAL);
}

/* First visible row or column when only `room` of `size` fit and the cursor must be seen. */
static int view_start(unsigned size, int room, unsigned cursor)
{
    int start = (int)cursor - room + 1;

    if (start > (int)size - room)
        start = (int)size - room;
    return start > 0 ? start : 0;
}

static int smaller(unsigned a, int b)
{
    return (int)a < b ? (int)a : b;
}

static void draw_screen(const struct term *d, const struct screen *s)
{
    bool status = d->hint || (int)s->rows < LINES;
    int top = view_start(s->rows, LINES, s->cursor_row);
    int left = view_start(s->cols, COLS, s->cursor_col);
    int y = (int)s->cursor_row - top, x = (int)s->cursor_col - left;

    for (int row = 0; row < smaller(s->rows, LINES); row++)
        for (int col = 0; col < smaller(s->cols, COLS); col++)
            draw_cell(d, s, s->cells[(size_t)(row + top) * s->cols + (size_t)(col + left)], row,
                      col);
    if (status)
        draw_status(d);
    if (s->cursor_on && s->cursor_top <= s->cursor_bottom && y < LINES && x < COLS) {
        move(y, x);
        curs_set(1);
    } else {
        curs_set(0);
    }
}

static void follow_size(struct term *d)
{
    struct winsize size;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_row || !size.ws_col ||
        (size.ws_row == LINES && size.ws_col == COLS))
        return;
    resizeterm(size.ws_row, size.ws_col);
    clear(); /* terminals reflow what was there */
    d->stale = true;
}

static void term_show(void *display, const struct screen *s, struct render_phase phase)
{
    struct term *d = display;

    (void)phase; /* the terminal blinks by itself */
    follow_size(d);
    if (d->hint && host_ms() - d->opened > HINT_TIME) {
        d->hint = false;
        d->stale = true;
    }
    if (d->have_before && !d->stale && !s->changed)
        return;
    if (d->have_before &&
        (s->rows != d->before.rows || s->cols != d->before.cols || s->kind != d->before.kind))
        erase();
    if (s->kind == SCREEN_TEXT) {
        draw_screen(d, s);
    } else {
        draw_status(d);
        curs_set(0);
    }
    refresh();
    d->before = *s;
    d->have_before = true;
    d->stale = false;
}

static void term_title(void *display, const char *text)
{
    struct term *d = display;

    snprintf(d->title, sizeof(d->title), "%s", text);
    d->stale = true;
}

const struct display_ops display_term = {
    .kind = UI_TERM,
    .open = term_open,
    .close = term_close,
    .poll = term_poll,
    .show = term_show,
    .title = term_title,
};
