/* SPDX-License-Identifier: MIT */
/*
 * sdl_parts.h - the window's state, for the files that are the window: sdl.c (opening, closing, what is
 * told to it), sdl_input.c (keys, mouse, clipboard), sdl_draw.c (the picture and what lies over it).
 */
#ifndef UI_SDL_PARTS_H
#define UI_SDL_PARTS_H

#include "base/screen.h"
#include "ui/console.h"
#include "ui/display.h"
#include "ui/menu.h"
#include "ui/scale.h"
#include "ui/sdl_view.h"
#include "ui/select.h"

#define SDL_RECTS 4 /* places of the window that changed */

struct sdl {
    SDL_Window *window;
    SDL_Surface *back;           /* what the window shows, 0x00RRGGBB */
    unsigned width, height;      /* of the picture, in dots */
    unsigned aspect_x, aspect_y; /* of the monitor that it fills */
    unsigned zoom_wanted;        /* window units per dot that we ask for */
    int zoom;                    /* pixels of the window for one of menu, console, status line */
    SDL_Rect place;              /* where the picture is, in pixels of the window */
    struct scale scale;          /* dots to pixels */
    bool fullscreen;             /* desktop full screen */
    bool smooth;                 /* fills the window in the monitor's shape */
    bool status_on;              /* there is a status line */
    bool grabbed;                /* the mouse and all keys are the guest's */
    bool want_view;              /* the MMU view is to be open */
    struct sdl_view *view;       /* it is */
    mmuview_namer *symbol;       /* names for it */
    const struct ui_options *options;
    bool stale;                       /* everything must be painted */
    bool overlay_stale;               /* what lies over the picture has changed */
    bool have_before;                 /* before and before_phase are what the pixels show */
    struct render_phase before_phase; /* phase of the picture */
    bool held[KEY_RIGHT_GUI + 1];     /* keys that the guest believes to be down */
    uint8_t buttons;                  /* of the mouse, likewise */
    struct menu menu;
    struct console *console;        /* NULL until it was wanted */
    bool console_open;              /* it is shown */
    bool console_left;              /* Escape was pressed in it */
    Uint32 held_at;                 /* SDL_GetTicks when the machine last stood still */
    char told[300];                 /* a message */
    Uint32 told_until;              /* SDL_GetTicks when it goes */
    char title[160];                /* what runs, and its state */
    struct select select;           /* text that is marked */
    bool selecting;                 /* the button is down */
    char *paste;                    /* text that is being typed, from SDL; NULL: none */
    const char *paste_at;           /* what comes next */
    struct ui_status status;        /* as told last */
    struct ui_status shown;         /* as the line shows it */
    Uint32 sampled;                 /* SDL_GetTicks when what flickers was taken over */
    uint64_t light[PANEL_LIGHTS];   /* counts seen */
    Uint32 lit_until[PANEL_LIGHTS]; /* SDL_GetTicks when they go out */
    unsigned lit;                   /* those that the line shows */
    SDL_Rect rects[SDL_RECTS];      /* of `back`, not yet in the window */
    int rect_count;                 /* how many */
    struct screen before;           /* the screen of the picture */
    uint32_t pixels[RENDER_MAX_WIDTH * RENDER_MAX_HEIGHT]; /* the picture, stride = width */
};

/* sdl.c */
void sdl_tell(void *display, const char *text);
void sdl_set_title(struct sdl *d);
void sdl_set_fullscreen(struct sdl *d, bool on);
void sdl_set_status(struct sdl *d, bool on);
void sdl_open_console(void *display);
void sdl_close_console(struct sdl *d);
struct menu_state sdl_menu_state(const struct sdl *d);

/* sdl_input.c */
bool sdl_poll(void *display, struct ui_user *user);
void sdl_release_all(struct sdl *d, struct ui_user *user);
void sdl_grab(struct sdl *d, bool on);

/* sdl_draw.c */
void sdl_show(void *display, const struct screen *s, struct render_phase phase);
/* Status line or not: how high it is in pixels of the window. */
int sdl_bar_height(const struct sdl *d);
/* The size that shows every dot as a square, in window units. */
void sdl_natural_size(const struct sdl *d, int *w, int *h);

#endif
