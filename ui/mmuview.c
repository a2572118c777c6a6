/* SPDX-License-Identifier: MIT */
/*
 * mmuview.c - the MMU view's state: what is shown, what changed, what the pointer is on. The
 * painting is mmuview_draw.c.
 */
#include "ui/mmuview.h"
#include "machine/machine.h"
#include "machine/mmumap.h"
#include "ui/mmuview_parts.h"
#include "ui/png.h"

#include <stdlib.h>
#include <string.h>

struct mmuview *mmuview_new(mmuview_namer *name, void *ctx)
{
    struct mmuview *v = calloc(1, sizeof(*v));

    if (!v)
        return NULL;
    v->name = name;
    v->ctx = ctx;
    v->hover = -1;
    return v;
}

void mmuview_free(struct mmuview *v)
{
    if (!v)
        return;
    free(v->frames);
    free(v);
}

/* Cells that are not what they were light up, and fade. */
static void update_cells(struct mmuview *v, const struct machine *m)
{
    struct map_cell now[MAP_CELLS];

    if (v->page == MMUVIEW_TABLE)
        map_pages(m, v->space.cr3, v->base, now);
    else
        map_directory(m, v->space.cr3, now);
    for (unsigned n = 0; n < MAP_CELLS; n++) {
        const struct map_cell *a = &now[n], *b = &v->cell[n];
        bool same = a->kind == b->kind && a->user == b->user && a->writable == b->writable &&
                    a->pages == b->pages && a->frame == b->frame;

        if (v->flash[n])
            v->flash[n]--;
        if (v->known && !same)
            v->flash[n] = MMUVIEW_FLASH;
    }
    memcpy(v->cell, now, sizeof(now));
    v->known = true;
}

static void update_frames(struct mmuview *v, const struct machine *m)
{
    uint32_t count = map_frame_count(m);

    if (v->frame_count != count) {
        free(v->frames);
        v->frames = calloc(count, sizeof(*v->frames));
        v->frame_count = v->frames ? count : 0;
    }
    if (v->frame_count)
        map_frames(m, v->frames);
}

void mmuview_next_space(struct mmuview *v)
{
    v->wanted = v->which + 1 < v->spaces ? v->which + 1 : 0;
    v->pinned = 0;
}

/* The space in use, or the one that was chosen for as long as it lives. */
static struct map_space pick_space(struct mmuview *v, const struct machine *m)
{
    struct map_space space = map_space_now(m);
    uint32_t cr3[MAP_SPACES];

    v->spaces = map_spaces(m, cr3);
    v->which = 0;
    if (!v->wanted)
        return space;
    if (!v->pinned && v->wanted < v->spaces)
        v->pinned = cr3[v->wanted];
    while (v->which < v->spaces && cr3[v->which] != v->pinned)
        v->which++;
    if (v->which >= v->spaces) {
        v->which = v->wanted = 0;
        return space;
    }
    space.cr3 = v->pinned;
    return space;
}

void mmuview_update(struct mmuview *v, const struct machine *m)
{
    struct map_space space = pick_space(v, m);

    if (space.cr3 != v->space.cr3 || space.paging != v->space.paging) {
        v->known = false; /* another address space: nothing in it has changed */
        memset(v->flash, 0, sizeof(v->flash));
    }
    v->space = space;
    if (v->page != MMUVIEW_DIRECTORY)
        update_frames(v, m);
    update_cells(v, m);
    v->tlb_count = map_tlb(m, v->tlb, MMUVIEW_TLB, &v->tlb_stale);
    v->icount = machine_icount(m);
}

void mmuview_show(struct mmuview *v, enum mmuview_page page, uint32_t base)
{
    v->page = page;
    v->base = base & ~UINT32_C(0x3fffff);
    v->known = false;
    v->hover = -1;
    memset(v->flash, 0, sizeof(v->flash));
}

unsigned mmuview_side(const struct mmuview *v)
{
    unsigned side = 32;

    if (v->page != MMUVIEW_FRAMES)
        return 32;
    while (side < 256 && side * side < v->frame_count)
        side *= 2;
    return side;
}

/* Number of the cell at a place of the picture, -1: none. */
static int cell_at(const struct mmuview *v, int x, int y)
{
    int side = (int)mmuview_side(v), size = MMUVIEW_GRID / side;

    x -= MMUVIEW_GRID_X;
    y -= MMUVIEW_GRID_Y;
    if (x < 0 || y < 0 || x >= MMUVIEW_GRID || y >= MMUVIEW_GRID)
        return -1;
    return y / size * side + x / size;
}

void mmuview_point(struct mmuview *v, int x, int y)
{
    v->hover = cell_at(v, x, y);
}

void mmuview_click(struct mmuview *v, int x, int y)
{
    int n = cell_at(v, x, y);

    if (v->page == MMUVIEW_DIRECTORY && n >= 0 && v->cell[n].kind != MAP_NOTHING)
        mmuview_show(v, MMUVIEW_TABLE, (uint32_t)n << 22);
    else if (v->page == MMUVIEW_TABLE && n < 0)
        mmuview_show(v, MMUVIEW_DIRECTORY, 0);
}

bool mmuview_screenshot(const struct machine *m, enum mmuview_page page, uint32_t base,
                        const char *file, mmuview_namer *name, void *ctx, struct error *err)
{
    struct mmuview *v = mmuview_new(name, ctx);
    uint32_t *pixels = malloc(sizeof(*pixels) * MMUVIEW_WIDTH * MMUVIEW_HEIGHT);
    bool ok = false;

    if (v && pixels) {
        mmuview_show(v, page, base);
        mmuview_update(v, m);
        mmuview_draw(v, pixels);
        ok = ui_png_write(file, pixels, MMUVIEW_WIDTH, MMUVIEW_HEIGHT, MMUVIEW_WIDTH, err);
    } else {
        error_set(err, "%s: no memory for a picture of the MMU", file);
    }
    free(pixels);
    mmuview_free(v);
    return ok;
}
