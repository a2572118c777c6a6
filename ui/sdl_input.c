/* SPDX-License-Identifier: MIT */
/*
 * sdl_input.c - keys, the mouse and the clipboard in the window.
 *
 * - Keys go to the guest by position (scancode = HID usage), presses and releases, so the guest's
 *   layout counts. SDL's repeats are dropped: a PS/2 keyboard repeats by itself, as the guest has set
 *   it, in virtual time. When the window loses the focus all held keys are released: their release
 *   would go to somebody else.
 * - Ctrl-Alt with a letter is ours: X menu, Q end, F full screen, P pause, D monitor, S screenshot,
 *   G mouse, M MMU view; and Ctrl-Shift-V. Everything else is the guest's, so Ctrl-Alt-F1 too.
 * - The mouse is the guest's after Ctrl-Alt-G, or after a click if the guest listens to one; until
 *   then, or with Shift, it marks text, which is copied when the button is let go.
 */
#include "ui/sdl_parts.h"

#include "ui/statusline.h"

#include <SDL.h>
#include <stdlib.h>
#include <string.h>

#define PASTE_AHEAD 32 /* events of typed text that wait for the keyboard */

static void wish(struct ui_user *user, enum ui_wish w)
{
    user->wishes |= 1u << w;
}

void sdl_release_all(struct sdl *d, struct ui_user *user)
{
    for (unsigned key = 0; key <= KEY_RIGHT_GUI; key++)
        if (d->held[key] && ui_keys_push(&user->keys, (uint8_t)key, false))
            d->held[key] = false;
    if (d->buttons)
        ui_mouse_push(&user->mouse, 0, 0, 0, 0);
    d->buttons = 0;
}

void sdl_grab(struct sdl *d, bool on)
{
    if (d->grabbed == on)
        return;
    d->grabbed = on;
    SDL_SetRelativeMouseMode(on ? SDL_TRUE : SDL_FALSE);
    SDL_SetWindowGrab(d->window, on ? SDL_TRUE : SDL_FALSE);
    sdl_set_title(d);
    if (on)
        sdl_tell(d, "The mouse and all keys are the guest's. Ctrl-Alt-G gives them back.");
}

/* Keys are for the monitor's prompt: while it is there, and not for the moment that its text stays when
   the machine goes on. */
static bool at_prompt(const struct sdl *d)
{
    return d->console_open && d->status.prompt;
}

/* ---- The clipboard ------------------------------------------------------------------------- */

static void stop_paste(struct sdl *d)
{
    SDL_free(d->paste);
    d->paste = NULL;
}

/* text: from SDL, ours to free. */
static void paste(struct sdl *d, struct ui_user *user, char *text)
{
    char told[80];

    stop_paste(d);
    if (!text || !*text) {
        SDL_free(text);
        sdl_tell(d, "The clipboard has no text");
        return;
    }
    if (at_prompt(d)) {
        console_type(d->console, text);
        d->overlay_stale = true;
        SDL_free(text);
        return;
    }
    sdl_release_all(d, user);
    d->paste = text;
    d->paste_at = text;
    if (strlen(text) > 200) {
        SDL_snprintf(told, sizeof(told), "Typing %zu characters. Esc stops that.", strlen(text));
        sdl_tell(d, told);
    }
}

/* A little at a time, so that it can be stopped. Characters that no key of a US keyboard makes are left
   out. */
static void feed_paste(struct sdl *d, struct ui_user *user)
{
    struct keymap_stroke stroke;

    while (d->paste && user->keys.count < PASTE_AHEAD) {
        const char *at = d->paste_at;

        if (!*at) {
            stop_paste(d);
            return;
        }
        d->paste_at += at[0] == '\r' && at[1] == '\n' ? 2 : 1;
        if (keymap_ascii((uint8_t)*at, &stroke))
            (void)ui_keys_type(&user->keys, stroke);
    }
}

static void copy(struct sdl *d)
{
    char *text = select_text(&d->select, &d->before), told[60];
    unsigned lines = 1;

    if (!text || !*text) {
        free(text);
        return;
    }
    for (const char *p = text; *p; p++)
        lines += *p == '\n';
    SDL_SetClipboardText(text);
    SDL_SetPrimarySelectionText(text);
    free(text);
    SDL_snprintf(told, sizeof(told), "Copied %u line%s", lines, lines == 1 ? "" : "s");
    sdl_tell(d, told);
}

/* ---- What can be chosen --------------------------------------------------------------------- */

static void send_ctrl_alt_del(struct sdl *d, struct ui_user *user)
{
    sdl_release_all(d, user);
    (void)ui_keys_type(&user->keys,
                       (struct keymap_stroke){.key = KEY_DELETE, .mods = MOD_CTRL | MOD_ALT});
}

static void do_choice(struct sdl *d, struct ui_user *user, enum menu_choice choice)
{
    d->overlay_stale = true;
    switch (choice) {
    case MENU_PAUSE: wish(user, UI_PAUSE); break;
    case MENU_MONITOR: wish(user, UI_MONITOR); break;
    case MENU_SHOT: wish(user, UI_SHOT); break;
    case MENU_FASTER: wish(user, UI_FASTER); break;
    case MENU_SLOWER: wish(user, UI_SLOWER); break;
    case MENU_FULL: sdl_set_fullscreen(d, !d->fullscreen); break;
    case MENU_SMOOTH:
        d->smooth = !d->smooth;
        d->stale = true;
        break;
    case MENU_STATUS: sdl_set_status(d, !d->status_on); break;
    case MENU_VIEW: d->want_view = !d->want_view; break;
    case MENU_GRAB: sdl_grab(d, !d->grabbed); break;
    case MENU_PASTE: paste(d, user, SDL_GetClipboardText()); break;
    case MENU_CAD: send_ctrl_alt_del(d, user); break;
    case MENU_RESET: wish(user, UI_RESET); break;
    case MENU_POWER: wish(user, UI_POWER); break;
    case MENU_LEAVE: wish(user, UI_LEAVE); break;
    case MENU_SPEED:
    case MENU_CLOSED:
    case MENU_NONE: break;
    }
}

static void open_menu(struct sdl *d, struct ui_user *user)
{
    sdl_grab(d, false);
    sdl_release_all(d, user);
    menu_open(&d->menu);
    d->overlay_stale = true;
}

/* ---- Keys ---------------------------------------------------------------------------------- */

/* The letter on the key: what the layout makes of it, else (Greek, Cyrillic) what stands there on a US
   keyboard. */
static char letter(const SDL_Keysym *k)
{
    if (k->sym >= SDLK_a && k->sym <= SDLK_z)
        return (char)k->sym;
    if (k->sym > 0x7f && k->scancode >= SDL_SCANCODE_A && k->scancode <= SDL_SCANCODE_Z)
        return (char)('a' + k->scancode - SDL_SCANCODE_A);
    return 0;
}

/* Ctrl-Alt and a letter; false: it is not ours. */
static bool hot_key(struct sdl *d, struct ui_user *user, const SDL_Keysym *k)
{
    bool ctrl = k->mod & KMOD_CTRL, alt = k->mod & KMOD_ALT, shift = k->mod & KMOD_SHIFT;

    if (ctrl && shift && !alt && letter(k) == 'v') {
        paste(d, user, SDL_GetClipboardText());
        return true;
    }
    if (!ctrl || !alt)
        return false;
    switch (letter(k)) {
    case 'd': do_choice(d, user, MENU_MONITOR); return true;
    case 'f': do_choice(d, user, MENU_FULL); return true;
    case 'g': do_choice(d, user, MENU_GRAB); return true;
    case 'm': do_choice(d, user, MENU_VIEW); return true;
    case 'p': do_choice(d, user, MENU_PAUSE); return true;
    case 'q': do_choice(d, user, MENU_LEAVE); return true;
    case 's': do_choice(d, user, MENU_SHOT); return true;
    case 'x':
        if (d->menu.open)
            d->menu.open = false;
        else
            open_menu(d, user);
        d->overlay_stale = true;
        return true;
    default: return false;
    }
}

static void console_event(struct sdl *d, const SDL_Keysym *k)
{
    unsigned mods =
        (k->mod & KMOD_CTRL ? CONSOLE_CTRL : 0u) | (k->mod & KMOD_ALT ? CONSOLE_ALT : 0u);

    d->overlay_stale = true;
    if (k->scancode == SDL_SCANCODE_ESCAPE) {
        d->console_left = true;
        sdl_close_console(d);
    } else if (k->scancode <= SDL_SCANCODE_RGUI) {
        console_key(d->console, (uint8_t)k->scancode, mods);
    }
}

static void key_down(struct sdl *d, struct ui_user *user, const SDL_KeyboardEvent *e)
{
    SDL_Scancode code = e->keysym.scancode;

    if (!e->repeat && hot_key(d, user, &e->keysym))
        return;
    if (d->menu.open) {
        struct menu_state state = sdl_menu_state(d);

        if (code <= SDL_SCANCODE_RGUI)
            do_choice(d, user, menu_key(&d->menu, &state, (uint8_t)code));
        return;
    }
    if (at_prompt(d)) {
        console_event(d, &e->keysym);
        return;
    }
    if (e->repeat || code < (SDL_Scancode)KEY_A || code > (SDL_Scancode)KEY_RIGHT_GUI ||
        d->held[code])
        return;
    if (d->paste && code == SDL_SCANCODE_ESCAPE) {
        stop_paste(d);
        sdl_tell(d, "Stopped typing the clipboard");
        return;
    }
    if (d->select.active) {
        d->select.active = false;
        d->overlay_stale = true;
    }
    if (ui_keys_push(&user->keys, (uint8_t)code, true))
        d->held[code] = true;
}

static void key_up(struct sdl *d, struct ui_user *user, const SDL_KeyboardEvent *e)
{
    SDL_Scancode code = e->keysym.scancode;

    if (code <= SDL_SCANCODE_RGUI && d->held[code] &&
        ui_keys_push(&user->keys, (uint8_t)code, false))
        d->held[code] = false;
}

/* ---- The mouse ----------------------------------------------------------------------------- */

static uint8_t button_bit(Uint8 button)
{
    return button == SDL_BUTTON_LEFT     ? INPUT_LEFT
           : button == SDL_BUTTON_RIGHT  ? INPUT_RIGHT
           : button == SDL_BUTTON_MIDDLE ? INPUT_MIDDLE
                                         : 0;
}

/* From window units to pixels of the window. */
static SDL_Point to_pixels(const struct sdl *d, int x, int y)
{
    int w = 1, h = 1;

    SDL_GetWindowSize(d->window, &w, &h);
    if (!d->back || w < 1 || h < 1)
        return (SDL_Point){x, y};
    return (SDL_Point){(int)((int64_t)x * d->back->w / w), (int)((int64_t)y * d->back->h / h)};
}

static bool on_status_line(const struct sdl *d, SDL_Point p)
{
    return d->back && p.y >= d->back->h - sdl_bar_height(d);
}

static bool cell_at(const struct sdl *d, SDL_Point p, unsigned *col, unsigned *row)
{
    int x = p.x - d->place.x, y = p.y - d->place.y;

    x = x < 0 ? 0 : x >= d->place.w ? d->place.w - 1 : x;
    y = y < 0 ? 0 : y >= d->place.h ? d->place.h - 1 : y;
    return d->have_before && d->place.w && d->place.h &&
           select_cell(&d->before, (int)((int64_t)x * d->width / (unsigned)d->place.w),
                       (int)((int64_t)y * d->height / (unsigned)d->place.h), col, row);
}

static void begin_selection(struct sdl *d, SDL_Point p, unsigned clicks)
{
    unsigned col, row;

    if (d->select.active)
        d->overlay_stale = true;
    d->select.active = false;
    if (!cell_at(d, p, &col, &row))
        return;
    d->select = (struct select){false, col, row, col, row};
    d->selecting = true;
    if (clicks == 2)
        select_word(&d->select, &d->before);
    else if (clicks >= 3)
        select_line(&d->select, &d->before);
    d->overlay_stale |= clicks >= 2;
}

static void extend_selection(struct sdl *d, SDL_Point p)
{
    unsigned col, row;

    if (!d->selecting || !cell_at(d, p, &col, &row) ||
        (col == d->select.to_col && row == d->select.to_row))
        return;
    d->select.active = true;
    d->select.to_col = col;
    d->select.to_row = row;
    d->overlay_stale = true;
}

static void press(struct sdl *d, struct ui_user *user, const SDL_MouseButtonEvent *e)
{
    SDL_Point p = to_pixels(d, e->x, e->y);
    bool shift = SDL_GetModState() & KMOD_SHIFT;

    if (d->menu.open) {
        struct menu_state state = sdl_menu_state(d);
        enum menu_choice choice = menu_click(&d->menu, &state, p.x / d->zoom, p.y / d->zoom);

        do_choice(d, user,
                  choice == MENU_FASTER && e->button != SDL_BUTTON_LEFT ? MENU_SLOWER : choice);
    } else if (on_status_line(d, p)) {
        if (p.x < STATUSLINE_MENU * d->zoom || e->button == SDL_BUTTON_RIGHT)
            open_menu(d, user);
    } else if (d->console_open) {
        return;
    } else if (d->status.panel.mouse && !shift) {
        sdl_grab(d, true);
    } else if (e->button == SDL_BUTTON_LEFT) {
        begin_selection(d, p, e->clicks);
    } else if (e->button == SDL_BUTTON_MIDDLE) {
        paste(d, user, SDL_GetPrimarySelectionText());
    }
}

static void button_event(struct sdl *d, struct ui_user *user, const SDL_MouseButtonEvent *e)
{
    bool down = e->type == SDL_MOUSEBUTTONDOWN;

    if (d->grabbed) {
        uint8_t bit = button_bit(e->button);

        d->buttons = (uint8_t)(down ? d->buttons | bit : d->buttons & ~bit);
        ui_mouse_push(&user->mouse, 0, 0, 0, d->buttons);
    } else if (down) {
        press(d, user, e);
    } else if (d->selecting && e->button == SDL_BUTTON_LEFT) {
        d->selecting = false;
        if (d->select.active)
            copy(d);
    }
}

static void motion_event(struct sdl *d, struct ui_user *user, const SDL_MouseMotionEvent *e)
{
    SDL_Point p = to_pixels(d, e->x, e->y);

    if (d->grabbed)
        ui_mouse_push(&user->mouse, e->xrel, e->yrel, 0, d->buttons);
    else if (d->menu.open)
        d->overlay_stale |= menu_point(&d->menu, p.x / d->zoom, p.y / d->zoom);
    else
        extend_selection(d, p);
}

static void wheel_event(struct sdl *d, struct ui_user *user, const SDL_MouseWheelEvent *e)
{
    int y = e->direction == SDL_MOUSEWHEEL_FLIPPED ? -e->y : e->y;

    if (d->grabbed) {
        ui_mouse_push(&user->mouse, 0, 0, -y, d->buttons);
    } else if (d->console_open) {
        console_scroll(d->console, 3 * y);
        d->overlay_stale = true;
    }
}

/* ---- The queue ----------------------------------------------------------------------------- */

static void window_event(struct sdl *d, struct ui_user *user, const SDL_WindowEvent *e)
{
    switch (e->event) {
    case SDL_WINDOWEVENT_CLOSE: wish(user, UI_CLOSE); break;
    case SDL_WINDOWEVENT_FOCUS_LOST:
        sdl_grab(d, false);
        sdl_release_all(d, user);
        break;
    default: break;
    }
    d->stale = true;
}

static void take_event(struct sdl *d, struct ui_user *user, const SDL_Event *e)
{
    bool closed;

    if (d->view && sdl_view_event(d->view, e, &closed)) {
        d->want_view = !closed;
        return;
    }
    switch (e->type) {
    case SDL_QUIT: wish(user, UI_CLOSE); break;
    case SDL_KEYDOWN: key_down(d, user, &e->key); break;
    case SDL_KEYUP: key_up(d, user, &e->key); break;
    case SDL_TEXTINPUT:
        if (at_prompt(d) && !d->menu.open) {
            console_type(d->console, e->text.text);
            d->overlay_stale = true;
        }
        break;
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP: button_event(d, user, &e->button); break;
    case SDL_MOUSEMOTION: motion_event(d, user, &e->motion); break;
    case SDL_MOUSEWHEEL: wheel_event(d, user, &e->wheel); break;
    case SDL_WINDOWEVENT: window_event(d, user, &e->window); break;
    default: break;
    }
}

bool sdl_poll(void *display, struct ui_user *user)
{
    struct sdl *d = display;
    SDL_Event e;

    /* With no room for a burst of releases, events wait in SDL's queue. */
    while (ui_keys_room(&user->keys) > sizeof(d->held) && SDL_PollEvent(&e))
        take_event(d, user, &e);
    feed_paste(d, user);
    return true;
}
