/* SPDX-License-Identifier: MIT */
/*
 * sdl.c - the display as a window (SDL 2): the guest's own dots, scaled by a whole number and
 * centred in black.
 *
 * - Keys go by position (scancode = HID usage), presses and releases, so the guest's layout
 *   counts. SDL's repeats are dropped: a PS/2 keyboard repeats by itself. When the window loses
 *   the focus all held keys are released: their release would go to somebody else.
 * - Ctrl-Alt-Q or closing the window ends emu386, Ctrl-Alt-F switches to the full screen,
 *   Ctrl-Alt-M opens and closes the MMU view.
 * - No sound, no joystick, no signal handlers are set up. Any renderer will do; without an
 *   accelerated one SDL's software renderer is asked for (Xvfb, virtual machines).
 */
#include "ui/display.h"
#include "base/screen.h"
#include "ui/sdl_view.h"

#include <SDL.h>
#include <stdlib.h>
#include <string.h>

struct sdl {
    SDL_Window *window;
    SDL_Renderer *renderer;
    SDL_Texture *texture;   /* the guest's picture, unscaled */
    unsigned width, height; /* of the texture */
    unsigned scale;         /* window pixels per dot that we ask for */
    bool fullscreen;        /* desktop full screen */
    bool want_view;         /* the MMU view is to be open */
    struct sdl_view *view;  /* it is */
    mmuview_namer *symbol;  /* names for it */
    void *symbol_ctx;
    bool stale;                       /* the window must be painted though nothing changed */
    bool have_before;                 /* before and before_phase are what the pixels show */
    struct render_phase before_phase; /* phase of the picture */
    bool held[KEY_RIGHT_GUI + 1];     /* keys that the guest believes to be down */
    struct screen before;             /* the screen of the picture */
    uint32_t pixels[RENDER_MAX_WIDTH * RENDER_MAX_HEIGHT]; /* the picture, stride = width */
};

static void sdl_close(void *display)
{
    struct sdl *d = display;

    sdl_view_close(d->view);
    if (d->texture)
        SDL_DestroyTexture(d->texture);
    if (d->renderer)
        SDL_DestroyRenderer(d->renderer);
    if (d->window)
        SDL_DestroyWindow(d->window);
    SDL_QuitSubSystem(SDL_INIT_VIDEO);
    free(d);
}

/* Two window pixels per dot where there is plenty of room for it. */
static unsigned pick_scale(unsigned width, unsigned height)
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
    d->width = 720;
    d->height = 400;
    d->scale = pick_scale(d->width, d->height);
    d->window = SDL_CreateWindow("emu386", SDL_WINDOWPOS_UNDEFINED, SDL_WINDOWPOS_UNDEFINED,
                                 (int)(d->width * d->scale), (int)(d->height * d->scale),
                                 SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
    if (d->window)
        d->renderer = SDL_CreateRenderer(d->window, -1, 0);
    if (d->window && !d->renderer)
        d->renderer = SDL_CreateRenderer(d->window, -1, SDL_RENDERER_SOFTWARE);
    if (!d->renderer)
        return error_set(err, "--display sdl: cannot open a window: %s", SDL_GetError());
    return true;
}

static void *sdl_open(const struct ui_options *options, struct error *err)
{
    struct sdl *d = calloc(1, sizeof(*d));

    if (!d) {
        error_set(err, "no memory for the window");
        return NULL;
    }
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1");
    SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
    SDL_SetHint(SDL_HINT_RENDER_SCALE_QUALITY, "nearest");
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
    d->symbol_ctx = options->ctx;
    return d;
}

static void release_all(struct sdl *d, struct ui_keys *keys)
{
    for (unsigned key = 0; key <= KEY_RIGHT_GUI; key++)
        if (d->held[key] && ui_keys_push(keys, (uint8_t)key, false))
            d->held[key] = false;
}

static void toggle_fullscreen(struct sdl *d)
{
    d->fullscreen = !d->fullscreen;
    SDL_SetWindowFullscreen(d->window, d->fullscreen ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0);
    d->stale = true;
}

/* False: the quit key. */
static bool key_event(struct sdl *d, const SDL_KeyboardEvent *e, struct ui_keys *keys)
{
    SDL_Scancode code = e->keysym.scancode;
    bool down = e->type == SDL_KEYDOWN;

    if (down && !e->repeat && (e->keysym.mod & KMOD_CTRL) && (e->keysym.mod & KMOD_ALT)) {
        if (e->keysym.sym == SDLK_q)
            return false;
        if (e->keysym.sym == SDLK_f) {
            toggle_fullscreen(d);
            return true;
        }
        if (e->keysym.sym == SDLK_m) {
            d->want_view = !d->want_view;
            return true;
        }
    }
    if (e->repeat || code < (SDL_Scancode)KEY_A || code > (SDL_Scancode)KEY_RIGHT_GUI ||
        d->held[code] == down)
        return true;
    if (ui_keys_push(keys, (uint8_t)code, down))
        d->held[code] = down;
    return true;
}

static bool sdl_poll(void *display, struct ui_keys *keys)
{
    struct sdl *d = display;
    SDL_Event e;

    /* With no room for a burst of releases, events wait in SDL's queue. */
    while (ui_keys_room(keys) > sizeof(d->held) && SDL_PollEvent(&e)) {
        bool closed;

        if (d->view && sdl_view_event(d->view, &e, &closed)) {
            d->want_view = !closed;
            continue;
        }
        switch (e.type) {
        case SDL_QUIT: return false;
        case SDL_KEYDOWN:
        case SDL_KEYUP:
            if (!key_event(d, &e.key, keys))
                return false;
            break;
        case SDL_WINDOWEVENT:
            if (e.window.event == SDL_WINDOWEVENT_CLOSE)
                return false;
            if (e.window.event == SDL_WINDOWEVENT_FOCUS_LOST)
                release_all(d, keys);
            d->stale = true;
            break;
        case SDL_RENDER_TARGETS_RESET:
        case SDL_RENDER_DEVICE_RESET:
            if (d->texture)
                SDL_DestroyTexture(d->texture);
            d->texture = NULL;
            break;
        default: break;
        }
    }
    return true;
}

/* A texture of the guest's size; the window follows unless the user gave it a size. */
static bool fit_texture(struct sdl *d, unsigned width, unsigned height)
{
    int w, h;

    if (d->texture && d->width == width && d->height == height)
        return true;
    if (d->texture)
        SDL_DestroyTexture(d->texture);
    SDL_GetWindowSize(d->window, &w, &h);
    if ((d->width != width || d->height != height) && w == (int)(d->width * d->scale) &&
        h == (int)(d->height * d->scale))
        SDL_SetWindowSize(d->window, (int)(width * d->scale), (int)(height * d->scale));
    d->width = width;
    d->height = height;
    d->have_before = false;
    d->texture = SDL_CreateTexture(d->renderer, SDL_PIXELFORMAT_RGB888, SDL_TEXTUREACCESS_STREAMING,
                                   (int)width, (int)height);
    return d->texture != NULL;
}

/* Where the picture goes: the largest whole factor; a window too small shows it shrunk. */
static SDL_Rect place(int out_w, int out_h, int width, int height)
{
    int k = out_w / width < out_h / height ? out_w / width : out_h / height;
    SDL_Rect r = {.w = width * k, .h = height * k};

    if (k < 1) {
        r.w = out_w;
        r.h = (int)((int64_t)height * out_w / width);
        if (r.h > out_h) {
            r.h = out_h;
            r.w = (int)((int64_t)width * out_h / height);
        }
    }
    r.x = (out_w - r.w) / 2;
    r.y = (out_h - r.h) / 2;
    return r;
}

static void sdl_show(void *display, const struct screen *s, struct render_phase phase)
{
    struct sdl *d = display;
    struct render_dirty dirty;
    SDL_Rect to;
    int out_w, out_h;

    if (!fit_texture(d, render_width(s), render_height(s)))
        return;
    if (d->have_before && !s->changed && !d->stale && phase.text == d->before_phase.text &&
        phase.cursor == d->before_phase.cursor)
        return;
    dirty = render_draw(d->pixels, d->width, s, phase, d->have_before ? &d->before : NULL,
                        d->before_phase);
    d->before = *s;
    d->before_phase = phase;
    d->have_before = true;
    if (dirty.first == dirty.last && !d->stale)
        return;
    if (dirty.first != dirty.last) {
        SDL_Rect rows = {
            .y = (int)dirty.first, .w = (int)d->width, .h = (int)(dirty.last - dirty.first)};

        SDL_UpdateTexture(d->texture, &rows, d->pixels + (size_t)dirty.first * d->width,
                          (int)(d->width * sizeof(d->pixels[0])));
    }
    d->stale = false;
    SDL_GetRendererOutputSize(d->renderer, &out_w, &out_h);
    to = place(out_w, out_h, (int)d->width, (int)d->height);
    SDL_SetRenderDrawColor(d->renderer, 0, 0, 0, SDL_ALPHA_OPAQUE);
    SDL_RenderClear(d->renderer);
    SDL_RenderCopy(d->renderer, d->texture, NULL, &to);
    SDL_RenderPresent(d->renderer);
}

static void sdl_look(void *display, const struct machine *m)
{
    struct sdl *d = display;

    if (d->want_view && !d->view) {
        d->view = sdl_view_open(d->symbol, d->symbol_ctx);
        d->want_view = d->view != NULL;
        SDL_RaiseWindow(d->window); /* keys are for the guest */
    } else if (!d->want_view && d->view) {
        sdl_view_close(d->view);
        d->view = NULL;
    }
    if (d->view)
        sdl_view_show(d->view, m);
}

static void sdl_title(void *display, const char *text)
{
    struct sdl *d = display;
    char title[256];

    SDL_snprintf(title, sizeof(title), "%s (Ctrl-Alt-Q quits)", text);
    SDL_SetWindowTitle(d->window, title);
}

const struct display_ops display_sdl = {
    .kind = UI_SDL,
    .open = sdl_open,
    .close = sdl_close,
    .poll = sdl_poll,
    .show = sdl_show,
    .title = sdl_title,
    .look = sdl_look,
};
