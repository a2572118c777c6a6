/* SPDX-License-Identifier: MIT */
/*
 * mmuview.h - the MMU view: an address space, a page table, or the frames of RAM as a picture, with
 * its legend, what lies under the pointer, and the TLB beside it.
 *
 *   directory   32 x 32 cells of 4 MiB, 128 MiB in a row, the kernel's quarter marked off
 *   table       32 x 32 cells of 4 KiB: one of those 4 MiB
 *   frames      RAM by physical frame: who uses it, how many share it
 *
 * - mmuview_update looks at a machine (nothing changes in it) and remembers what changed since
 *   the last time; mmuview_draw paints a picture of fixed size. The same machine and the same
 *   calls give the same picture.
 * - Colours are those of Okabe and Ito, which people with any colour vision can tell apart; what
 *   matters most is also said by a shape.
 */
#ifndef UI_MMUVIEW_H
#define UI_MMUVIEW_H

#include "base/types.h"

struct machine;
struct mmuview;

#define MMUVIEW_WIDTH 1000
#define MMUVIEW_HEIGHT 628

enum mmuview_page { MMUVIEW_DIRECTORY, MMUVIEW_TABLE, MMUVIEW_FRAMES };

/* Names a linear address ("main+12"), as snprintf; 0 if it has no name. */
typedef int mmuview_namer(void *ctx, uint32_t cr3, uint32_t addr, char *text, size_t n);

/* name may be NULL. NULL: no memory. */
struct mmuview *mmuview_new(mmuview_namer *name, void *ctx);
void mmuview_free(struct mmuview *v);

void mmuview_update(struct mmuview *v, const struct machine *m);
/* pixels: MMUVIEW_WIDTH * MMUVIEW_HEIGHT, 0x00RRGGBB. */
void mmuview_draw(const struct mmuview *v, uint32_t *pixels);

/* Which page is shown; `base` is the address of a table's 4 MiB. */
void mmuview_show(struct mmuview *v, enum mmuview_page page, uint32_t base);
/* The pointer is at this place of the picture, or left it (negative). */
void mmuview_point(struct mmuview *v, int x, int y);
/* The next of the address spaces that were seen; after the last one, the one in use again. */
void mmuview_next_space(struct mmuview *v);
/* A directory cell opens its table; anything else in a table goes back. */
void mmuview_click(struct mmuview *v, int x, int y);

/* One picture of the state now as a PNG file. */
bool mmuview_screenshot(const struct machine *m, enum mmuview_page page, uint32_t base,
                        const char *file, mmuview_namer *name, void *ctx, struct error *err);

#endif
