/* SPDX-License-Identifier: MIT */
/*
 * sdl_view.h - the MMU view in a window of its own, beside the guest's screen. Private to ui/.
 */
#ifndef UI_SDL_VIEW_H
#define UI_SDL_VIEW_H

#include "ui/mmuview.h"

#include <SDL.h>

struct sdl_view;

/* NULL if there can be no window. */
struct sdl_view *sdl_view_open(mmuview_namer *name, void *ctx);
void sdl_view_close(struct sdl_view *v);

/* Is the event for this window? It was dealt with then; *closed: the user closed it. */
bool sdl_view_event(struct sdl_view *v, const SDL_Event *e, bool *closed);
/* Looks at the machine ten times a second at most, and paints what is new. */
void sdl_view_show(struct sdl_view *v, const struct machine *m);

#endif
