/* SPDX-License-Identifier: MIT */
/*
 * term.c - the display in the user's terminal (ncurses, wide characters): the terminal, its keys and
 * its status line; what is drawn of the guest is in term_draw.c.
 *
 * - Keys are read as bytes and decoded by base/keymap.h; Ctrl-] asks what is wanted: q ends emu386, m is
 *   the monitor's prompt, ... Everything else, Ctrl-C included, is the guest's. A terminal tells no
 *   releases: each key is a short press.
 * - A terminal with more rows than the guest has a status line at the bottom. Without room for it the
 *   line shows for the first seconds, and when there is something to say.
 * - While a prompt has the terminal (the machine is held then) the display is out of its way.
 * - The terminal is given back by term_close, and by atexit for an exit() on the way.
 * Not shown: the guest's own font.
 */
#include "ui/term_parts.h"

#include "ui/statusline.h"

#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define ESCAPE_KEY 0x1D /* Ctrl-] */
#define ESCAPE_WAIT 30  /* ms after which ESC is the Escape key, not the start of a sequence */
#define HINT_TIME 3000  /* ms that the status line covers the guest's last row at the start */
#define TELL_TIME 4000  /* ms that a message stays */
#define FRAME_TIME 50   /* ms between two pictures in graphics: a terminal is slow */

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
    term_setup_colors(d);
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
    scale_free(&d->scale);
    free(d->pixels);
    free(d->halves);
    free(d);
}

/* What was typed behind the escape key. */
static void answer(struct term *d, struct ui_user *user, uint8_t key)
{
    static const struct {
        uint8_t key;
        enum ui_wish wish;
    } wishes[] = {{'q', UI_LEAVE},  {'m', UI_MONITOR}, {'p', UI_PAUSE},
                  {'s', UI_SHOT},   {'r', UI_RESET},   {'o', UI_POWER},
                  {'+', UI_FASTER}, {'=', UI_FASTER},  {'-', UI_SLOWER}};

    d->asking = false;
    d->stale = true;
    if (key == ']' || key == ESCAPE_KEY)
        (void)ui_keys_type(&user->keys, (struct keymap_stroke){.key = 0x30, .mods = MOD_CTRL});
    for (size_t n = 0; n < ARRAY_LEN(wishes); n++)
        if (wishes[n].key == (key | (key >= 'A' && key <= 'Z' ? 0x20 : 0)))
            user->wishes |= 1u << wishes[n].wish;
}

/* Decodes what is in buf. */
static void decode(struct term *d, struct ui_user *user)
{
    bool final = host_ms() - d->last_byte > ESCAPE_WAIT;
    size_t at = 0;

    while (at < d->n && ui_keys_room(&user->keys) >= KEYMAP_EVENTS) {
        struct keymap_stroke stroke;
        size_t took = 1;

        if (d->asking) {
            answer(d, user, d->buf[at]);
        } else if (d->buf[at] == ESCAPE_KEY) {
            d->asking = d->stale = true;
        } else {
            took = keymap_terminal(d->buf + at, d->n - at, final, &stroke);
            if (!took)
                break;
            if (stroke.key)
                ui_keys_type(&user->keys, stroke);
        }
        at += took;
    }
    d->n -= at;
    memmove(d->buf, d->buf + at, d->n);
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
    decode(d, user);
    return true;
}

static void draw_status(const struct term *d)
{
    static const char hint[] = " Ctrl-] q quits, m: monitor ";
    char line[300];
    bool plain = !d->asking && !d->told[0];

    if (d->asking)
        snprintf(line, sizeof(line),
                 " q quit  m monitor  p pause  s screenshot  r reset  o power  "
                 "- + speed  ] Ctrl-]  others: back ");
    else if (d->told[0])
        snprintf(line, sizeof(line), " %s ", d->told);
    else
        snprintf(line, sizeof(line), " %s, %s ", d->title, d->mode);
    attrset(A_REVERSE);
    mvhline(LINES - 1, 0, ' ', COLS);
    addnstr(line, COLS);
    if (plain && COLS > (int)sizeof(hint))
        mvaddstr(LINES - 1, COLS - (int)sizeof(hint) + 1, hint);
    attrset(A_NORMAL);
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

/* Things that go by themselves. */
static void follow_time(struct term *d, int64_t now)
{
    if (d->hint && now - d->opened > HINT_TIME) {
        d->hint = false;
        d->stale = true;
    }
    if (d->told[0] && now > d->told_until) {
        d->told[0] = 0;
        d->stale = true;
    }
}

static void draw(struct term *d, const struct screen *s)
{
    bool status = d->hint || d->asking || d->told[0], text = s->kind == SCREEN_TEXT;
    int y, x;

    if (text)
        term_draw_text(d, s, LINES);
    else
        term_draw_graphics(d, s, LINES - 1);
    getyx(stdscr, y, x); /* where the cursor is shown */
    if (status || !text || (int)s->rows < LINES)
        draw_status(d);
    move(y, x);
}

static void term_show(void *display, const struct screen *s, struct render_phase phase)
{
    struct term *d = display;
    int64_t now = host_ms();

    (void)phase; /* the terminal blinks by itself */
    follow_size(d);
    follow_time(d, now);
    if (s->changed)
        d->stale = true;
    if (d->have_before && !d->stale)
        return;
    if (s->kind == SCREEN_GRAPHICS && now - d->drawn < FRAME_TIME)
        return;
    d->drawn = now;
    erase(); /* curses sends only what differs from what is there */
    draw(d, s);
    refresh();
    d->have_before = true;
    d->stale = false;
}

static void term_title(void *display, const char *text)
{
    struct term *d = display;

    snprintf(d->title, sizeof(d->title), "%s", text);
    d->stale = true;
}

static void term_status(void *display, const struct ui_status *status)
{
    struct term *d = display;

    if (d->stale) /* the mode flickers: it is looked at when the line is written anyway */
        (void)statusline_mode(status, d->mode, sizeof(d->mode));
}

static void term_tell(void *display, const char *text)
{
    struct term *d = display;

    snprintf(d->told, sizeof(d->told), "%s", text);
    d->told_until = host_ms() + TELL_TIME;
    d->stale = true;
}

static void term_lend(void *display, bool lent)
{
    struct term *d = display;

    if (lent) {
        give_back();
        return;
    }
    terminal_taken = true;
    raw(); /* the first refresh sets the terminal up again */
    clearok(stdscr, TRUE);
    d->stale = true;
}

const struct display_ops display_term = {
    .kind = UI_TERM,
    .open = term_open,
    .close = term_close,
    .poll = term_poll,
    .show = term_show,
    .title = term_title,
    .status = term_status,
    .tell = term_tell,
    .lend = term_lend,
};
