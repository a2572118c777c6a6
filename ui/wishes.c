/* SPDX-License-Identifier: MIT */
/*
 * wishes.c - what a user asks for with a key or in a menu, the same in every display: pause, pictures,
 * reset, another pace, power, the monitor's prompt (ui/display.h, enum ui_wish).
 *
 * The pace changes how fast virtual time passes for who looks, and nothing for the guest.
 */
#include "ui/loop.h"

#include "machine/inject.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static const unsigned speeds[] = {1, 5, 10, 25, 50, 100, 200, 400, 0}; /* per cent; 0: no limit */

uint64_t wishes_host(const struct ui *u, uint64_t virtual_ns)
{
    return u->speed ? virtual_ns / u->speed * 100 : virtual_ns;
}

static void say(struct ui *u, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void say(struct ui *u, const char *fmt, ...)
{
    char text[300];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    if (u->ops->tell)
        u->ops->tell(u->display, text);
}

/* The first free name in the current folder. */
static void take_shot(struct ui *u, const struct machine *m)
{
    char file[32];
    struct error err;

    do
        snprintf(file, sizeof(file), "emu386-%03u.png", ++u->shot);
    while (access(file, F_OK) == 0 && u->shot < UINT16_MAX);
    if (ui_screenshot(m, file, &err))
        say(u, "The screen is in %s", file);
    else
        say(u, "%s", err.text);
}

static void change_speed(struct ui *u, const struct machine *m, bool faster)
{
    unsigned n = 0, last = ARRAY_LEN(speeds) - 1;

    while (n < last && speeds[n] != u->speed)
        n++;
    u->speed = speeds[faster ? (n < last ? n + 1 : last) : (n ? n - 1 : 0)];
    u->pace = u->speed ? UI_PACE_REALTIME : UI_PACE_NONE;
    loop_rebase(u, m);
    if (u->speed)
        say(u, "Speed: %u %% of real time", u->speed);
    else
        say(u, "Speed: as fast as it can");
}

static void pause_or_go(struct ui *u, const struct machine *m)
{
    if (u->held)
        return;
    if (u->waiting) /* held at a prompt of ours: leave that */
        u->console_left = true;
    else
        u->paused = !u->paused;
    loop_rebase(u, m);
}

static void open_monitor(struct ui *u)
{
    struct error err;

    if (!u->options.monitor) {
        say(u, "There is no monitor here");
        return;
    }
    loop_lend(u, true); /* what it says first is said in the terminal */
    if (!u->options.monitor(u->options.ctx, u, &err)) {
        loop_lend(u, false);
        say(u, "%s", err.text);
        return;
    }
    u->prompted = true;
    u->paused = false; /* it is the monitor who holds the machine now */
}

static void press_reset(struct ui *u, struct machine *m)
{
    if (u->waiting) {
        say(u, "The machine is held by a debugger: reset it there");
        return;
    }
    inject_reset(m);
    u->held = false;
    u->stop = MACHINE_RAN;
    u->told = true;
    loop_rebase(u, m);
    say(u, "Reset");
}

static bool press_power(struct ui *u, struct machine *m)
{
    static const struct input press = {.kind = INPUT_POWER};
    struct panel panel;

    machine_panel(m, &panel);
    if (!panel.power_button || u->held || u->waiting || u->paused)
        return false;
    machine_input(m, &press);
    return true;
}

static void close_window(struct ui *u, struct machine *m)
{
    if (u->asked_off || !press_power(u, m)) {
        u->ended = true;
        return;
    }
    u->asked_off = true;
    say(u, "The guest was asked to power off. Close once more to end it now.");
}

static void do_wish(struct ui *u, struct machine *m, enum ui_wish wish)
{
    switch (wish) {
    case UI_PAUSE: pause_or_go(u, m); break;
    case UI_MONITOR: open_monitor(u); break;
    case UI_SHOT: take_shot(u, m); break;
    case UI_RESET: press_reset(u, m); break;
    case UI_SLOWER: change_speed(u, m, false); break;
    case UI_FASTER: change_speed(u, m, true); break;
    case UI_POWER:
        if (press_power(u, m))
            say(u, "The guest was asked to power off");
        else
            say(u, "This guest does not listen to the power button");
        break;
    case UI_CLOSE: close_window(u, m); break;
    case UI_LEAVE: u->ended = true; break;
    }
}

void wishes_do(struct ui *u, struct machine *m)
{
    unsigned wishes = u->user.wishes;

    u->user.wishes = 0;
    for (unsigned n = 0; wishes >> n; n++)
        if (wishes >> n & 1)
            do_wish(u, m, (enum ui_wish)n);
}

/* ---- A prompt in the display --------------------------------------------------------------- */

bool ui_console(struct ui *u)
{
    u->console_left = false;
    if (!u->ops->console)
        return false;
    u->ops->console(u->display);
    return true;
}

enum ui_line ui_console_line(struct ui *u, const char **line)
{
    if (u->console_left) {
        u->console_left = false;
        return UI_LINE_LEFT;
    }
    return u->ops->console_line ? u->ops->console_line(u->display, line) : UI_LINE_NONE;
}

void ui_console_print(struct ui *u, const char *text, size_t n)
{
    if (u->ops->console_print)
        u->ops->console_print(u->display, text, n);
}
