/* SPDX-License-Identifier: MIT */
/*
 * sdl_draw.c - what the window shows: the guest's dots as squares of whole pixels, centred in black, or
 * smooth, as large as a monitor of the guest's shape (4:3 for the VGA's own modes) fits; the status
 * line below it; marked text, the monitor's prompt, the menu and messages over it.
 *
 * Only rows of the picture that changed are scaled and handed to the desktop. While something lies
 * over the picture all of it is painted when anything changes: that is rare and simple.
 */
#include "ui/sdl_parts.h"

#include "ui/canvas.h"
#include "ui/statusline.h"
#include "ui/theme.h"

#include <SDL.h>
#include <string.h>

#define SAMPLE 250   /* ms between two looks at what flickers: the processor's mode */
#define LIT 120      /* ms that a light stays on */
#define HIDE 250     /* ms that a machine runs before the prompt is taken away */
#define FINE 1000    /* window pixels in height for each step of the zoom */
#define SELECTED 110 /* how strongly marked text is coloured, of 256 */

void sdl_natural_size(const struct sdl *d, int *w, int *h)
{
    *w = (int)(d->width * d->zoom_wanted);
    *h = (int)(d->height * d->zoom_wanted) + (d->status_on ? STATUSLINE_HEIGHT : 0);
}

int sdl_bar_height(const struct sdl *d)
{
    return d->status_on ? STATUSLINE_HEIGHT * d->zoom : 0;
}

/* Those that do not fit any more make the whole window one. */
static void changed(struct sdl *d, SDL_Rect r)
{
    if (d->rect_count == SDL_RECTS) {
        d->rects[0] = (SDL_Rect){.w = d->back->w, .h = d->back->h};
        d->rect_count = 1;
        return;
    }
    d->rects[d->rect_count++] = r;
}

static uint32_t *pixel(const struct sdl *d, int x, int y)
{
    return (uint32_t *)d->back->pixels + (size_t)y * (size_t)(d->back->pitch / 4) + x;
}

/* A canvas on a part of the window, in steps of the zoom. */
static struct canvas canvas_on(const struct sdl *d, int y, int h)
{
    return (struct canvas){
        .pixels = pixel(d, 0, y),
        .width = d->back->w / d->zoom,
        .height = h / d->zoom,
        .font = machine_font(),
        .zoom = d->zoom,
        .stride = d->back->pitch / 4,
    };
}

/* ---- Places ------------------------------------------------------------------------------- */

/* The window fits the picture unless the user gave it another size. */
static void follow_size(struct sdl *d, const struct screen *s)
{
    unsigned width = render_width(s), height = render_height(s);
    int w, h, fit_w, fit_h;

    d->aspect_x = s->aspect_x ? s->aspect_x : 4;
    d->aspect_y = s->aspect_y ? s->aspect_y : 3;
    if (d->width == width && d->height == height)
        return;
    SDL_GetWindowSize(d->window, &w, &h);
    sdl_natural_size(d, &fit_w, &fit_h);
    d->width = width;
    d->height = height;
    d->have_before = false;
    d->stale = true;
    d->select.active = d->selecting = false;
    if (w != fit_w || h != fit_h || d->fullscreen)
        return;
    sdl_natural_size(d, &fit_w, &fit_h);
    SDL_SetWindowSize(d->window, fit_w, fit_h);
}

/* The largest whole factor; a window too small shows the picture shrunk. */
static SDL_Rect place_crisp(int out_w, int out_h, int width, int height)
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
    return r;
}

static SDL_Rect place_smooth(int out_w, int out_h, int across, int down)
{
    SDL_Rect r = {.w = out_w, .h = (int)((int64_t)out_w * down / across)};

    if (r.h > out_h) {
        r.h = out_h;
        r.w = (int)((int64_t)out_h * across / down);
    }
    return r;
}

/* Where it can be, painting goes into the window's own memory. */
static bool is_direct(const SDL_Surface *surface)
{
    return surface->format->format == SDL_PIXELFORMAT_RGB888 && !SDL_MUSTLOCK(surface);
}

static void follow_surface(struct sdl *d, SDL_Surface *surface)
{
    bool direct = is_direct(surface);

    if (d->back && d->back->w == surface->w && d->back->h == surface->h &&
        (!direct || d->back->pixels == surface->pixels))
        return;
    if (d->back)
        SDL_FreeSurface(d->back);
    d->back =
        direct
            ? SDL_CreateRGBSurfaceWithFormatFrom(surface->pixels, surface->w, surface->h, 32,
                                                 surface->pitch, SDL_PIXELFORMAT_RGB888)
            : SDL_CreateRGBSurfaceWithFormat(0, surface->w, surface->h, 32, SDL_PIXELFORMAT_RGB888);
    d->stale = true;
}

/* False: there is nothing to draw on. */
static bool lay_out(struct sdl *d)
{
    SDL_Surface *surface = SDL_GetWindowSurface(d->window);
    int window_w, window_h, room;

    if (!surface)
        return false;
    follow_surface(d, surface);
    if (!d->back)
        return false;
    if (!d->stale)
        return true;
    SDL_GetWindowSize(d->window, &window_w, &window_h);
    d->zoom = window_w > 0 ? (surface->w + window_w / 2) / window_w : 1;
    if (d->zoom < 1 + surface->h / FINE / 2)
        d->zoom = 1 + surface->h / FINE / 2;
    room = surface->h - sdl_bar_height(d);
    if (room < 1)
        return false;
    d->place = d->smooth ? place_smooth(surface->w, room, (int)d->aspect_x, (int)d->aspect_y)
                         : place_crisp(surface->w, room, (int)d->width, (int)d->height);
    d->place.w = d->place.w > 0 ? d->place.w : 1;
    d->place.h = d->place.h > 0 ? d->place.h : 1;
    d->place.x = (surface->w - d->place.w) / 2;
    d->place.y = (room - d->place.h) / 2;
    return scale_set(&d->scale, (int)d->width, (int)d->height, d->place.w, d->place.h);
}

/* ---- The picture ---------------------------------------------------------------------------- */

static void paint_rows(struct sdl *d, int first, int last)
{
    int to_first, to_last;

    scale_rows(&d->scale, first, last, &to_first, &to_last);
    scale_draw(&d->scale, d->pixels, d->width, pixel(d, d->place.x, d->place.y),
               (size_t)(d->back->pitch / 4), to_first, to_last);
    changed(d, (SDL_Rect){d->place.x, d->place.y + to_first, d->place.w, to_last - to_first});
}

/* The lines of marked text, over the picture. */
static void paint_selection(struct sdl *d)
{
    const struct screen *s = &d->before;
    struct canvas c = canvas_on(d, 0, d->back->h);
    unsigned first, last;

    c.zoom = 1;
    c.width = d->back->w;
    c.height = d->back->h;
    for (unsigned row = 0; row < s->rows && s->kind == SCREEN_TEXT; row++) {
        const struct screen_row *r = &s->row[row];
        int dot = (int)(s->cell_w * s->scale_x), top, bottom;

        if (!select_row(&d->select, s, row, &first, &last))
            continue;
        top = (int)(r->y * s->scale_y) * d->place.h / (int)d->height;
        bottom = (int)((r->y + r->lines) * s->scale_y) * d->place.h / (int)d->height;
        canvas_shade(&c, d->place.x + (int)first * dot * d->place.w / (int)d->width,
                     d->place.y + top, (int)(last - first) * dot * d->place.w / (int)d->width,
                     bottom - top, THEME_ACCENT, SELECTED);
    }
}

static void paint_message(struct sdl *d)
{
    struct canvas c = canvas_on(d, 0, d->back->h);
    int w = (int)strlen(d->told) * CANVAS_CHAR_W + 24, x;

    if (w > c.width)
        w = c.width;
    x = (c.width - w) / 2;
    canvas_shade(&c, x, 10, w, 26, THEME_PANEL, 235);
    canvas_frame(&c, x, 10, w, 26, THEME_EDGE);
    canvas_text(&c, x + 12, 15, THEME_TEXT, d->told);
}

static bool is_covered(const struct sdl *d)
{
    return d->menu.open || d->console_open || d->told[0] || d->select.active;
}

static void paint_all(struct sdl *d)
{
    SDL_Rect area = {.w = d->back->w, .h = d->back->h - sdl_bar_height(d)};
    struct canvas whole = canvas_on(d, 0, area.h);

    SDL_FillRect(d->back, &area, 0);
    paint_rows(d, 0, (int)d->height);
    if (d->select.active)
        paint_selection(d);
    if (d->console_open)
        console_draw(d->console, &whole, !d->status.running);
    if (d->menu.open) {
        struct menu_state state = sdl_menu_state(d);

        menu_draw(&d->menu, &state, &whole, 0);
    }
    if (d->told[0])
        paint_message(d);
    d->rect_count = 0;
    changed(d, area);
}

/* ---- The status line -------------------------------------------------------------------------- */

/* Lights that came on or went out. */
static void follow_lights(struct sdl *d, Uint32 now)
{
    unsigned lit = 0;

    for (unsigned n = 0; n < PANEL_LIGHTS; n++) {
        if (d->status.panel.light[n] != d->light[n] || d->status.panel.on[n])
            d->lit_until[n] = now + LIT;
        d->light[n] = d->status.panel.light[n];
        if (d->lit_until[n] && !SDL_TICKS_PASSED(now, d->lit_until[n]))
            lit |= 1u << n;
    }
    d->lit = lit;
}

/* What the line says, without what changes beyond what can be read. */
static struct ui_status readable(const struct sdl *d, bool take)
{
    struct ui_status s = d->status;

    s.ns -= s.ns % 1000000000;
    s.rate -= s.rate % 100000;
    if (!take) {
        s.panel.mode = d->shown.panel.mode;
        s.panel.paging = d->shown.panel.paging;
        s.panel.code32 = d->shown.panel.code32;
        s.panel.cpl = d->shown.panel.cpl;
        s.panel.idle = d->shown.panel.idle;
    }
    return s;
}

static bool same_status(const struct ui_status *a, const struct ui_status *b)
{
    const struct panel *p = &a->panel, *q = &b->panel;

    return a->state == b->state && a->running == b->running && a->ns == b->ns &&
           a->rate == b->rate && a->speed == b->speed && p->mode == q->mode &&
           p->paging == q->paging && p->code32 == q->code32 && p->cpl == q->cpl &&
           p->idle == q->idle && p->lamps == q->lamps &&
           memcmp(p->fitted, q->fitted, sizeof(p->fitted)) == 0;
}

static void paint_status(struct sdl *d, bool all)
{
    Uint32 now = SDL_GetTicks();
    bool take = now - d->sampled >= SAMPLE || !d->status.running;
    unsigned lit = d->lit;
    int h = sdl_bar_height(d);
    struct ui_status s;
    struct canvas c;

    follow_lights(d, now);
    s = readable(d, take);
    if (take)
        d->sampled = now;
    if (!h || (!all && lit == d->lit && same_status(&s, &d->shown)))
        return;
    d->shown = s;
    c = canvas_on(d, d->back->h - h, h);
    statusline_draw(&c, &s, d->lit);
    changed(d, (SDL_Rect){.y = d->back->h - h, .w = d->back->w, .h = h});
}

/* ---- A frame -------------------------------------------------------------------------------- */

/* Things that go by themselves. */
static void follow_time(struct sdl *d)
{
    Uint32 now = SDL_GetTicks();

    if (d->told[0] && SDL_TICKS_PASSED(now, d->told_until)) {
        d->told[0] = 0;
        d->stale = true;
    }
    if (!d->status.running)
        d->held_at = now;
    else if (d->console_open && SDL_TICKS_PASSED(now, d->held_at + HIDE))
        sdl_close_console(d);
    if (d->status.prompt && d->console && !d->console_open && !d->console_left)
        sdl_open_console(d);
}

static void present(struct sdl *d)
{
    SDL_Surface *surface = SDL_GetWindowSurface(d->window);

    for (int n = 0; surface && !is_direct(surface) && n < d->rect_count; n++)
        SDL_BlitSurface(d->back, &d->rects[n], surface, &d->rects[n]);
    if (surface && d->rect_count)
        SDL_UpdateWindowSurfaceRects(d->window, d->rects, d->rect_count);
    d->rect_count = 0;
}

/* Brings the dots up to date. */
static struct render_dirty draw_dots(struct sdl *d, const struct screen *s,
                                     struct render_phase phase)
{
    struct render_dirty dirty = {0};

    if (d->have_before && !s->changed && phase.text == d->before_phase.text &&
        phase.cursor == d->before_phase.cursor)
        return dirty;
    dirty = render_draw(d->pixels, d->width, s, phase, d->have_before ? &d->before : NULL,
                        d->before_phase);
    d->before = *s;
    d->before_phase = phase;
    d->have_before = true;
    return dirty;
}

void sdl_show(void *display, const struct screen *s, struct render_phase phase)
{
    struct sdl *d = display;
    struct render_dirty dirty;
    bool all;

    follow_size(d, s);
    follow_time(d);
    dirty = draw_dots(d, s, phase);
    if (!lay_out(d))
        return;
    all = d->stale || d->overlay_stale || (is_covered(d) && dirty.first != dirty.last);
    if (all)
        paint_all(d);
    else if (dirty.first != dirty.last)
        paint_rows(d, (int)dirty.first, (int)dirty.last);
    paint_status(d, d->stale);
    d->stale = d->overlay_stale = false;
    present(d);
}
