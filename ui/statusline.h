/* SPDX-License-Identifier: MIT */
/*
 * statusline.h - the line under the picture: the machine's state, the processor's mode and privilege
 * level, virtual time, the rate of instructions and the pace, lights and lamps. Where there is no
 * room for all of it, the least important fields are left out. Pure.
 */
#ifndef UI_STATUSLINE_H
#define UI_STATUSLINE_H

#include "base/types.h"

struct canvas;
struct ui_status;

#define STATUSLINE_HEIGHT 22
#define STATUSLINE_MENU 40 /* so many pixels at the left are the menu's button */

/* lit: bit per enum panel_light, those that blinked lately. Fills the whole canvas. */
void statusline_draw(struct canvas *c, const struct ui_status *s, unsigned lit);
/* What the line would say about the processor: "ring 3, paging, 32-bit". As snprintf. */
int statusline_mode(const struct ui_status *s, char *text, size_t n);

#endif
