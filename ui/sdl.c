/* SPDX-License-Identifier: MIT */
/*
 * sdl.c - the display as a window (SDL 2): the guest's picture, a status line under it, a menu and the
 * monitor's prompt over it. Here it is opened and closed; keys and the mouse are in sdl_input.c, the
 * drawing in sdl_draw.c.
 *
 * - The window is painted by the processor, and only where something changed: an idle guest costs
 *   next to nothing, and no graphics driver is needed (Xvfb, virtual machines, VNC).
 * - No sound, no joystick, no signal handlers are set up.
 */
#include "ui/sdl_parts.h"
#include "ui/late.h"

#include <SDL.h>
#include <stdlib.h>
#include <string.h>

#define TELL_TIME 4000 /* ms that a message stays */

static void sdl_close(void *display)
{
    struct sdl *d = display;

    sdl_view_close(d->view);
    if (d->back)
        SDL_FreeSurface(d->back);
    if (d->window)
        SDL_DestroyWindow(d->window);
    SDL_free(d->paste);
    SDL_QuitSubSystem(SDL_INIT_VIDEO);
    scale_free(&d->scale);
    free(d->console);
    free(d);
}

/* Two window pixels per dot where there is plenty of room for it. */
static unsigned pick_zoom(unsigned width, unsigned height)
{
    SDL_Rect area;

    if (SDL_GetDisplayUsableBounds(0, &area))
        return 1;
    return area.w >= (int)(width * 5 / 2) && area.h >= (int)(height * 5 / 2) ? 2 : 1;
}

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);

    return value && *value;
}

/* Only drivers whose desktop is announced are tried: SDL's own search ends at drivers that show
   nothing. Who wants one of those, or the bare console, says so in SDL_VIDEODRIVER. */
static bool init_video(struct error *err)
{
    bool x11 = is_set("DISPLAY"), wayland = is_set("WAYLAND_DISPLAY");

    if (!is_set("SDL_VIDEODRIVER")) {
        if (!x11 && !wayland)
            return error_set(err, "--display sdl: there is no desktop here (neither DISPLAY nor "
                                  "WAYLAND_DISPLAY is set); use --display term or none");
        SDL_SetHint(SDL_HINT_VIDEODRIVER, x11 && wayland ? "x11,wayland" : x11 ? "x11" : "wayland");
    }
    if (SDL_InitSubSystem(SDL_INIT_VIDEO))
        return error_set(err,
                         "--display sdl: cannot open the desktop (%s); use --display term or "
                         "none",
                         SDL_GetError());
    return true;
}

static bool is_real_driver(void)
{
    const char *name = SDL_GetCurrentVideoDriver();

    return name && strcmp(name, "dummy") && strcmp(name, "offscreen");
}

static bool open_window(struct sdl *d, struct error *err)
{
    int w, h;

    d->width = 720;
    d->height = 400;
    d->aspect_x = 4;
    d->aspect_y = 3;
    d->status_on = true;
    d->zoom_wanted = pick_zoom(d->width, d->height);
    sdl_natural_size(d, &w, &h);
    d->window = SDL_CreateWindow("emu386", SDL_WINDOWPOS_UNDEFINED, SDL_WINDOWPOS_UNDEFINED, w, h,
                                 SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
    if (!d->window || !SDL_GetWindowSurface(d->window))
        return error_set(err, "--display sdl: cannot open a window: %s", SDL_GetError());
    SDL_SetWindowMinimumSize(d->window, 320, 200);
    return true;
}

static void *sdl_open(const struct ui_options *options, struct error *err)
{
    static const char *const hints[][2] = {
        {SDL_HINT_NO_SIGNAL_HANDLERS, "1"},
        {SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1"},
        {SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0"},
        {SDL_HINT_FRAMEBUFFER_ACCELERATION, "0"},
        {SDL_HINT_QUIT_ON_LAST_WINDOW_CLOSE, "0"},
        {SDL_HINT_MOUSE_RELATIVE_SCALING, "0"},
        {SDL_HINT_MOUSE_FOCUS_CLICKTHROUGH, "0"},
    };
    struct sdl *d = calloc(1, sizeof(*d));

    if (!d) {
        error_set(err, "no memory for the window");
        return NULL;
    }
    if (!late_load(LATE_SDL, err)) {
        free(d);
        return NULL;
    }
    for (size_t n = 0; n < ARRAY_LEN(hints); n++)
        SDL_SetHint(hints[n][0], hints[n][1]);
    SDL_SetMainReady();
    if (!init_video(err)) {
        free(d);
        return NULL;
    }
    /* A driver that shows nothing is for those who ask for it by name. */
    if ((options->display == UI_AUTO && !is_real_driver()) || !open_window(d, err)) {
        sdl_close(d);
        return NULL;
    }
    SDL_StopTextInput();
    d->stale = true;
    d->want_view = options->mmu_view;
    d->symbol = options->symbol;
    d->options = options;
    d->status.state = d->shown.state = "starting";
    return d;
}

void sdl_tell(void *display, const char *text)
{
    struct sdl *d = display;

    SDL_snprintf(d->told, sizeof(d->told), "%s", text);
    d->told_until = SDL_GetTicks() + TELL_TIME;
    d->overlay_stale = true;
}

void sdl_set_fullscreen(struct sdl *d, bool on)
{
    d->fullscreen = on;
    SDL_SetWindowFullscreen(d->window, on ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0);
    d->stale = true;
}

/* A window that fits the picture goes on fitting it. */
void sdl_set_status(struct sdl *d, bool on)
{
    int w, h, fit_w, fit_h;

    SDL_GetWindowSize(d->window, &w, &h);
    sdl_natural_size(d, &fit_w, &fit_h);
    d->status_on = on;
    d->stale = true;
    if (w != fit_w || h != fit_h || d->fullscreen)
        return;
    sdl_natural_size(d, &fit_w, &fit_h);
    SDL_SetWindowSize(d->window, fit_w, fit_h);
}

struct menu_state sdl_menu_state(const struct sdl *d)
{
    return (struct menu_state){
        .paused = !d->status.running,
        .full = d->fullscreen,
        .smooth = d->smooth,
        .status = d->status_on,
        .view = d->want_view,
        .grab = d->grabbed,
        .monitor = d->status.monitor,
        .power = d->status.panel.power_button,
        .speed = d->status.speed,
    };
}

/* ---- The monitor's prompt ------------------------------------------------------------------- */

static void complete(void *ctx, const char *line, size_t at, size_t *start,
                     void (*add)(void *add_ctx, const char *word), void *add_ctx)
{
    const struct ui_options *o = ctx;

    if (o->complete)
        o->complete(o->ctx, line, at, start, add, add_ctx);
}

void sdl_open_console(void *display)
{
    struct sdl *d = display;

    if (!d->console && !(d->console = calloc(1, sizeof(*d->console))))
        return;
    d->console->complete = complete;
    d->console->ctx = (void *)(uintptr_t)d->options;
    d->console_open = true;
    d->console_left = false;
    d->status.prompt = true; /* from the next key on */
    d->held_at = SDL_GetTicks();
    d->overlay_stale = true;
    sdl_grab(d, false);
    SDL_StartTextInput();
}

void sdl_close_console(struct sdl *d)
{
    d->console_open = false;
    d->stale = true;
    SDL_StopTextInput();
}

static enum ui_line sdl_console_line(void *display, const char **line)
{
    struct sdl *d = display;

    *line = d->console ? console_take(d->console) : NULL;
    if (*line)
        return UI_LINE;
    if (!d->console_left)
        return UI_LINE_NONE;
    d->console_left = false;
    return UI_LINE_LEFT;
}

static void sdl_console_print(void *display, const char *text, size_t n)
{
    struct sdl *d = display;

    if (!d->console)
        return;
    console_print(d->console, text, n);
    d->overlay_stale = true;
}

/* ---- What the loop tells ---------------------------------------------------------------------- */

static void sdl_look(void *display, const struct machine *m)
{
    struct sdl *d = display;

    if (d->want_view && !d->view) {
        d->view = sdl_view_open(d->symbol, d->options->ctx);
        d->want_view = d->view != NULL;
        SDL_RaiseWindow(d->window); /* keys are for the guest */
    } else if (!d->want_view && d->view) {
        sdl_view_close(d->view);
        d->view = NULL;
    }
    if (d->view)
        sdl_view_show(d->view, m);
}

static void sdl_status(void *display, const struct ui_status *status)
{
    struct sdl *d = display;

    d->status = *status;
}

void sdl_set_title(struct sdl *d)
{
    char title[256];

    SDL_snprintf(title, sizeof(title), "%s (%s)", d->title,
                 d->grabbed ? "Ctrl-Alt-G frees the mouse" : "Ctrl-Alt-X: menu");
    SDL_SetWindowTitle(d->window, title);
}

static void sdl_title(void *display, const char *text)
{
    struct sdl *d = display;

    SDL_snprintf(d->title, sizeof(d->title), "%s", text);
    sdl_set_title(d);
}

const struct display_ops display_sdl = {
    .kind = UI_SDL,
    .open = sdl_open,
    .close = sdl_close,
    .poll = sdl_poll,
    .show = sdl_show,
    .title = sdl_title,
    .status = sdl_status,
    .tell = sdl_tell,
    .look = sdl_look,
    .console = sdl_open_console,
    .console_line = sdl_console_line,
    .console_print = sdl_console_print,
};
