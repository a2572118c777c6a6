/* SPDX-License-Identifier: MIT */
/* sdl_view.c - the MMU view's window: pointer, keys, painting (sdl_view.h). */
#include "ui/sdl_view.h"

#include <stdlib.h>
#include <string.h>

#define LOOK_MS 100u /* between two looks at the machine */

struct sdl_view {
    SDL_Window *window;
    SDL_Renderer *renderer;
    SDL_Texture *texture;
    struct mmuview *view; /* owned */
    Uint32 looked;        /* SDL_GetTicks of the last look */
    bool stale;           /* something was clicked, pointed at or uncovered */
    uint32_t pixels[MMUVIEW_WIDTH * MMUVIEW_HEIGHT];
    uint32_t shown[MMUVIEW_WIDTH * MMUVIEW_HEIGHT]; /* what the texture has */
};

void sdl_view_close(struct sdl_view *v)
{
    if (!v)
        return;
    if (v->texture)
        SDL_DestroyTexture(v->texture);
    if (v->renderer)
        SDL_DestroyRenderer(v->renderer);
    if (v->window)
        SDL_DestroyWindow(v->window);
    mmuview_free(v->view);
    free(v);
}

static bool open_window(struct sdl_view *v)
{
    v->window =
        SDL_CreateWindow("emu386 - MMU view", SDL_WINDOWPOS_UNDEFINED, SDL_WINDOWPOS_UNDEFINED,
                         MMUVIEW_WIDTH, MMUVIEW_HEIGHT, SDL_WINDOW_RESIZABLE);
    if (v->window)
        v->renderer = SDL_CreateRenderer(v->window, -1, 0);
    if (v->window && !v->renderer)
        v->renderer = SDL_CreateRenderer(v->window, -1, SDL_RENDERER_SOFTWARE);
    if (!v->renderer || SDL_RenderSetLogicalSize(v->renderer, MMUVIEW_WIDTH, MMUVIEW_HEIGHT) != 0)
        return false;
    v->texture = SDL_CreateTexture(v->renderer, SDL_PIXELFORMAT_RGB888, SDL_TEXTUREACCESS_STREAMING,
                                   MMUVIEW_WIDTH, MMUVIEW_HEIGHT);
    return v->texture != NULL;
}

struct sdl_view *sdl_view_open(mmuview_namer *name, void *ctx)
{
    struct sdl_view *v = calloc(1, sizeof(*v));

    if (v)
        v->view = mmuview_new(name, ctx);
    if (!v || !v->view || !open_window(v)) {
        sdl_view_close(v);
        return NULL;
    }
    v->stale = true;
    return v;
}

static void key(struct sdl_view *v, SDL_Keycode sym)
{
    switch (sym) {
    case SDLK_d:
    case SDLK_ESCAPE: mmuview_show(v->view, MMUVIEW_DIRECTORY, 0); break;
    case SDLK_TAB: mmuview_next_space(v->view); break;
    case SDLK_f: mmuview_show(v->view, MMUVIEW_FRAMES, 0); break;
    default: return;
    }
    v->looked = 0; /* at once */
}

bool sdl_view_event(struct sdl_view *v, const SDL_Event *e, bool *closed)
{
    Uint32 mine = SDL_GetWindowID(v->window);

    *closed = false;
    switch (e->type) {
    case SDL_WINDOWEVENT:
        if (e->window.windowID != mine)
            return false;
        *closed = e->window.event == SDL_WINDOWEVENT_CLOSE;
        if (e->window.event == SDL_WINDOWEVENT_LEAVE)
            mmuview_point(v->view, -1, -1);
        v->stale = true;
        return true;
    case SDL_MOUSEMOTION:
        if (e->motion.windowID != mine)
            return false;
        mmuview_point(v->view, e->motion.x, e->motion.y);
        v->stale = true;
        return true;
    case SDL_MOUSEBUTTONDOWN:
        if (e->button.windowID != mine)
            return false;
        mmuview_click(v->view, e->button.x, e->button.y);
        v->looked = 0;
        return true;
    case SDL_MOUSEBUTTONUP: return e->button.windowID == mine;
    case SDL_KEYDOWN:
        if (e->key.windowID != mine || (e->key.keysym.mod & (KMOD_CTRL | KMOD_ALT)))
            return false;
        key(v, e->key.keysym.sym);
        return true;
    case SDL_KEYUP: return e->key.windowID == mine && !(e->key.keysym.mod & (KMOD_CTRL | KMOD_ALT));
    default: return false;
    }
}

void sdl_view_show(struct sdl_view *v, const struct machine *m)
{
    Uint32 now = SDL_GetTicks();
    bool due = !v->looked || now - v->looked >= LOOK_MS;

    if (!due && !v->stale)
        return;
    if (due) {
        mmuview_update(v->view, m);
        v->looked = now ? now : 1;
    }
    mmuview_draw(v->view, v->pixels);
    if (!v->stale && memcmp(v->pixels, v->shown, sizeof(v->shown)) == 0)
        return;
    v->stale = false;
    memcpy(v->shown, v->pixels, sizeof(v->shown));
    SDL_UpdateTexture(v->texture, NULL, v->shown, MMUVIEW_WIDTH * (int)sizeof(v->shown[0]));
    SDL_SetRenderDrawColor(v->renderer, 0, 0, 0, SDL_ALPHA_OPAQUE);
    SDL_RenderClear(v->renderer);
    SDL_RenderCopy(v->renderer, v->texture, NULL, NULL);
    SDL_RenderPresent(v->renderer);
}
