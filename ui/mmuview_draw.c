/* SPDX-License-Identifier: MIT */
/* mmuview_draw.c - painting the MMU view (mmuview.h). */
#include "machine/machine.h"
#include "ui/canvas.h"
#include "ui/mmuview_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Okabe and Ito's palette, and greys. */
enum {
    BACK = 0x101216,
    EMPTY = 0x1a1d23,
    LINE = 0x2a2e36,
    DIM = 0x8a9099,
    TEXT = 0xd8dce2,
    WHITE = 0xffffff,
    KERNEL_RW = 0x0072b2,
    KERNEL_RO = 0x56b4e9,
    USER_RW = 0xd55e00,
    USER_RO = 0xf0e442,
    TABLE = 0xcc79a7,
    SHARED = 0x009e73,
    PRIVATE = 0xe69f00,
    FREE = 0x4a4f58,
    STALE = 0xff4040,
};

#define RIGHT_X 624 /* the column of words */

static uint32_t rights_color(const struct map_cell *c)
{
    if (c->user)
        return c->writable ? USER_RW : USER_RO;
    return c->writable ? KERNEL_RW : KERNEL_RO;
}

static void draw_cross(struct canvas *p, int x, int y, int size, uint32_t color)
{
    for (int k = 2; k < size - 2; k++) {
        canvas_fill(p, x + k, y + k, 2, 1, color);
        canvas_fill(p, x + size - 1 - k, y + k, 2, 1, color);
    }
}

/* One cell of 16 by 16 dots; what it can say is in the legend. */
static void draw_cell(struct canvas *p, int x, int y, const struct map_cell *c, unsigned flash)
{
    const int size = 16;
    uint32_t color = rights_color(c);

    if (c->kind == MAP_NOTHING) {
        canvas_fill(p, x, y, size - 1, size - 1, EMPTY);
    } else if (c->kind == MAP_RESERVED) {
        canvas_fill(p, x, y, size - 1, size - 1, EMPTY);
        draw_cross(p, x, y, size - 1, TABLE);
    } else {
        canvas_fill(p, x, y, size - 1, size - 1,
                    c->accessed ? color : canvas_mix(color, EMPTY, 110));
        if (c->large)
            canvas_frame(p, x + 2, y + 2, size - 5, size - 5, canvas_mix(WHITE, color, 140));
        if (c->dirty)
            canvas_fill(p, x + 6, y + 6, 3, 3, WHITE);
        if (c->global)
            for (int k = 0; k < 5; k++)
                canvas_fill(p, x, y + k, 5 - k, 1, canvas_mix(WHITE, color, 180));
        if (c->kind == MAP_TABLE) /* how full the table is */
            canvas_fill(p, x, y + size - 3, 1 + (size - 2) * c->pages / 1024, 2,
                        canvas_mix(WHITE, color, 200));
    }
    if (c->stale) {
        draw_cross(p, x, y, size - 1, STALE);
        canvas_frame(p, x, y, size - 1, size - 1, STALE);
    }
    if (flash)
        canvas_frame(p, x, y, size - 1, size - 1,
                     canvas_mix(WHITE, EMPTY, 256 * flash / MMUVIEW_FLASH));
}

static void draw_hover(struct canvas *p, int n, int side)
{
    int size = MMUVIEW_GRID / side;

    canvas_frame(p, MMUVIEW_GRID_X + n % side * size - 1, MMUVIEW_GRID_Y + n / side * size - 1,
                 size + 1, size + 1, WHITE);
}

static void draw_grid(struct canvas *p, const struct mmuview *v)
{
    uint32_t step = v->page == MMUVIEW_TABLE ? 32u << 12 : 32u << 22;

    for (unsigned row = 0; row < 32; row++)
        canvas_printf(p, 12, MMUVIEW_GRID_Y + (int)row * 16, row % 8 ? DIM : TEXT, "%08" PRIx32,
                      (v->page == MMUVIEW_TABLE ? v->base : 0) + row * step);
    for (int n = 0; n < (int)MAP_CELLS; n++)
        draw_cell(p, MMUVIEW_GRID_X + n % 32 * 16, MMUVIEW_GRID_Y + n / 32 * 16, &v->cell[n],
                  v->flash[n]);
    if (v->page == MMUVIEW_DIRECTORY) { /* user below, kernel above */
        int y = MMUVIEW_GRID_Y + 24 * 16 - 1;

        canvas_fill(p, 12, y - 1, MMUVIEW_GRID_X - 12 + MMUVIEW_GRID, 2, WHITE);
        canvas_text(p, MMUVIEW_GRID_X + MMUVIEW_GRID - 14 * 8, MMUVIEW_GRID_Y - 18, DIM,
                    "4 MiB per cell");
    } else {
        canvas_text(p, MMUVIEW_GRID_X + MMUVIEW_GRID - 14 * 8, MMUVIEW_GRID_Y - 18, DIM,
                    "4 KiB per cell");
    }
    if (v->hover >= 0)
        draw_hover(p, v->hover, 32);
}

/* ---- Frames of RAM ----------------------------------------------------------------------- */

static uint32_t frame_color(const struct map_frame *f)
{
    unsigned more = f->owners > 8 ? 8 : f->owners;

    switch ((enum frame_use)f->use) {
    case FRAME_UNTOUCHED: return EMPTY;
    case FRAME_FREE: return FREE;
    case FRAME_KERNEL: return KERNEL_RW;
    case FRAME_TABLE: return TABLE;
    case FRAME_USER: break;
    }
    return f->owners > 1 ? canvas_mix(WHITE, SHARED, (more - 2) * 20) : PRIVATE;
}

/* Where several frames share a cell, the one that says most is shown. */
static const struct map_frame *most_telling(const struct mmuview *v, uint32_t first, uint32_t n)
{
    const struct map_frame *best = &v->frames[first];

    for (uint32_t f = first; f < first + n && f < v->frame_count; f++) {
        const struct map_frame *it = &v->frames[f];

        if (it->use > best->use || (it->use == best->use && it->owners > best->owners))
            best = it;
    }
    return best;
}

static uint32_t frames_per_cell(const struct mmuview *v)
{
    uint32_t cells = mmuview_side(v) * mmuview_side(v);

    return (v->frame_count + cells - 1) / cells;
}

static void draw_frames(struct canvas *p, const struct mmuview *v)
{
    unsigned side = mmuview_side(v);
    int size = MMUVIEW_GRID / (int)side;
    uint32_t per = frames_per_cell(v);

    canvas_fill(p, MMUVIEW_GRID_X, MMUVIEW_GRID_Y, MMUVIEW_GRID, MMUVIEW_GRID, BACK);
    for (uint32_t n = 0; n < side * side && n * per < v->frame_count; n++) {
        const struct map_frame *f = most_telling(v, n * per, per);
        int x = MMUVIEW_GRID_X + (int)(n % side) * size,
            y = MMUVIEW_GRID_Y + (int)(n / side) * size;
        int gap = size > 4 ? 1 : 0;

        canvas_fill(p, x, y, size - gap, size - gap, frame_color(f));
        if (f->code && size >= 4)
            canvas_fill(p, x + size / 2 - 1, y + size / 2 - 1, 2, 2, WHITE);
    }
    for (unsigned row = 0; row < 32; row++)
        canvas_printf(p, 12, MMUVIEW_GRID_Y + (int)row * 16, row % 8 ? DIM : TEXT, "%08" PRIx32,
                      row * (side * side / 32) * per << 12);
    canvas_printf(p, MMUVIEW_GRID_X + MMUVIEW_GRID - 16 * 8, MMUVIEW_GRID_Y - 18, DIM,
                  "%4" PRIu32 " KiB per cell", per * 4);
    if (v->hover >= 0)
        draw_hover(p, v->hover, (int)side);
}

/* ---- Words ------------------------------------------------------------------------------- */

static void draw_title(struct canvas *p, const struct mmuview *v)
{
    int x = canvas_text(p, 12, 12, WHITE, "MMU view  ");

    if (v->page == MMUVIEW_DIRECTORY)
        x = canvas_text(p, x, 12, TEXT, "page directory");
    else if (v->page == MMUVIEW_TABLE)
        x = canvas_printf(p, x, 12, TEXT, "page table of %08" PRIx32 "-%08" PRIx32, v->base,
                          v->base + 0x3fffff);
    else
        x = canvas_printf(p, x, 12, TEXT, "frames of RAM, %" PRIu32 " MiB", v->frame_count / 256);
    if (v->space.paging)
        canvas_printf(p, x + 24, 12, DIM,
                      "cr3 %08" PRIx32 "%s%s   after %" PRIu64 " instructions   %u address space%s",
                      v->space.cr3, v->space.pae ? " (PAE)" : "",
                      v->wanted ? " (chosen)" : " (in use)", v->icount, v->spaces,
                      v->spaces == 1 ? "" : "s");
    else
        canvas_text(p, x + 24, 12, DIM, "paging is off: linear = physical");
}

struct key {
    struct map_cell cell;
    unsigned flash;
    const char *text;
};

static void draw_legend(struct canvas *p, int y)
{
    static const struct key keys[] = {
        {{.kind = MAP_PAGE, .writable = true, .accessed = true}, 0, "kernel only, writable"},
        {{.kind = MAP_PAGE, .accessed = true}, 0, "kernel only, read-only"},
        {{.kind = MAP_PAGE, .user = true, .writable = true, .accessed = true}, 0, "user, writable"},
        {{.kind = MAP_PAGE, .user = true, .accessed = true}, 0, "user, read-only"},
        {{.kind = MAP_PAGE, .writable = true}, 0, "dark: never accessed (A = 0)"},
        {{.kind = MAP_PAGE, .writable = true, .accessed = true, .dirty = true},
         0,
         "dot: written to (D = 1)"},
        {{.kind = MAP_PAGE, .writable = true, .accessed = true, .large = true},
         0,
         "frame: a large page"},
        {{.kind = MAP_PAGE, .writable = true, .accessed = true, .global = true},
         0,
         "corner: global (G = 1)"},
        {{.kind = MAP_TABLE, .writable = true, .accessed = true, .pages = 512},
         0,
         "bar: how full the table is"},
        {{.kind = MAP_PAGE, .writable = true, .accessed = true}, MMUVIEW_FLASH, "just changed"},
        {{.kind = MAP_PAGE, .writable = true, .accessed = true, .stale = true},
         0,
         "the TLB is stale here"},
        {{.kind = MAP_RESERVED}, 0, "reserved bits are set"},
    };

    for (unsigned n = 0; n < ARRAY_LEN(keys); n++, y += 18) {
        draw_cell(p, RIGHT_X, y, &keys[n].cell, keys[n].flash);
        canvas_text(p, RIGHT_X + 26, y, TEXT, keys[n].text);
    }
}

static void draw_frames_legend(struct canvas *p, const struct mmuview *v, int y)
{
    static const struct {
        struct map_frame frame;
        const char *text;
    } keys[] = {
        {{.use = FRAME_UNTOUCHED}, "never written"},
        {{.use = FRAME_FREE}, "used once, mapped by nobody now"},
        {{.use = FRAME_KERNEL}, "mapped for the kernel only"},
        {{.use = FRAME_USER, .owners = 1}, "one user mapping"},
        {{.use = FRAME_USER, .owners = 2}, "shared by two user mappings"},
        {{.use = FRAME_USER, .owners = 8}, "shared by eight or more"},
        {{.use = FRAME_TABLE}, "page directory or table"},
    };
    unsigned count[ARRAY_LEN(keys)] = {0};

    for (uint32_t f = 0; f < v->frame_count; f++) {
        const struct map_frame *it = &v->frames[f];

        if (it->use == FRAME_USER)
            count[it->owners > 7 ? 5 : it->owners > 1 ? 4 : 3]++;
        else
            count[it->use == FRAME_TABLE ? 6 : it->use]++;
    }
    for (unsigned n = 0; n < ARRAY_LEN(keys); n++, y += 18) {
        canvas_fill(p, RIGHT_X, y + 1, 14, 14, frame_color(&keys[n].frame));
        canvas_printf(p, RIGHT_X + 26, y, TEXT, "%-32s%7u", keys[n].text, count[n]);
    }
    canvas_fill(p, RIGHT_X, y + 1, 14, 14, KERNEL_RW);
    canvas_fill(p, RIGHT_X + 6, y + 7, 2, 2, WHITE);
    canvas_text(p, RIGHT_X + 26, y, TEXT, "dot: instructions came from it");
}

static void draw_name(struct canvas *p, const struct mmuview *v, int y, uint32_t addr)
{
    char name[46];

    if (v->name && v->name(v->ctx, v->space.cr3, addr, name, sizeof(name)) > 0)
        canvas_printf(p, RIGHT_X, y, TEXT, "%s", name);
}

static void draw_bits(struct canvas *p, int y, const struct map_cell *c)
{
    static const char *const names[] = {"P", "RW", "US", "PWT", "PCD", "A", "D", "PS", "G"};
    int x =
        canvas_printf(p, RIGHT_X, y, TEXT, "entry %0*" PRIx64, c->entry >> 32 ? 9 : 8, c->entry);

    for (unsigned bit = 0; bit < ARRAY_LEN(names); bit++)
        if (c->entry >> bit & 1)
            x = canvas_printf(p, x + 8, y, WHITE, "%s", names[bit]);
}

static void describe_cell(struct canvas *p, const struct mmuview *v, int y)
{
    const struct map_cell *c = &v->cell[v->hover];
    bool table = v->page == MMUVIEW_TABLE;
    uint32_t first = table ? v->base + ((uint32_t)v->hover << 12) : (uint32_t)v->hover << 22;

    canvas_printf(p, RIGHT_X, y, WHITE, "%08" PRIx32 "-%08" PRIx32, first,
                  first + (table ? 0xfff : 0x3fffff));
    draw_bits(p, y + 18, c);
    if (c->kind == MAP_NOTHING) {
        canvas_text(p, RIGHT_X, y + 36, DIM, "not present");
        return;
    }
    canvas_printf(p, RIGHT_X, y + 36, TEXT, "%s %08" PRIx64 "   %s, %s",
                  c->kind == MAP_TABLE ? "table at" : "frame", c->frame,
                  c->user ? "user" : "kernel only", c->writable ? "writable" : "read-only");
    if (table && c->frame >> 12 < v->frame_count && v->frames[c->frame >> 12].owners)
        canvas_printf(p, RIGHT_X, y + 54, TEXT, "mapped for users in %u place%s",
                      v->frames[c->frame >> 12].owners,
                      v->frames[c->frame >> 12].owners == 1 ? "" : "s");
    if (c->kind == MAP_TABLE)
        canvas_printf(p, RIGHT_X, y + 54, TEXT, "%u of 1024 pages present", c->pages);
    draw_name(p, v, y + 72, first);
}

static void describe_frame(struct canvas *p, const struct mmuview *v, int y)
{
    static const char *const uses[] = {"never written", "used once, mapped by nobody now",
                                       "kernel only", "user", "page directory or table"};
    uint32_t per = frames_per_cell(v), first = (uint32_t)v->hover * per;
    const struct map_frame *f;

    if (first >= v->frame_count)
        return;
    f = most_telling(v, first, per);
    canvas_printf(p, RIGHT_X, y, WHITE, "physical %08" PRIx32 "-%08" PRIx32, first << 12,
                  ((first + per) << 12) - 1);
    canvas_printf(p, RIGHT_X, y + 18, TEXT, "%s", uses[f->use]);
    if (f->use == FRAME_USER)
        canvas_printf(p, RIGHT_X, y + 36, TEXT, "%u mapping%s, %s", f->owners,
                      f->owners == 1 ? "" : "s", f->writable ? "writable" : "read-only");
}

static void draw_tlb(struct canvas *p, const struct mmuview *v, int y)
{
    int x = canvas_printf(p, RIGHT_X, y, WHITE, "TLB  ");

    x = canvas_printf(p, x, y, TEXT, "%zu entr%s", v->tlb_count, v->tlb_count == 1 ? "y" : "ies");
    if (v->tlb_stale)
        canvas_printf(p, x + 16, y, STALE, "%zu STALE", v->tlb_stale);
    for (size_t n = 0; n < v->tlb_count && n < MMUVIEW_TLB; n++) {
        const struct map_tlb *t = &v->tlb[n];

        canvas_printf(p, RIGHT_X, y + 18 + (int)n * 16, t->stale ? STALE : DIM,
                      "%08" PRIx32 " -> %08" PRIx32 "  %c%c%c%c%c%s", t->lin,
                      t->frame & UINT32_C(0xfffff000), t->user ? 'U' : '-', t->writable ? 'W' : '-',
                      t->dirty ? 'D' : '-', t->global ? 'G' : '-', t->large ? 'L' : '-',
                      t->stale ? "  STALE" : "");
    }
    if (v->tlb_count > MMUVIEW_TLB)
        canvas_text(p, RIGHT_X, y + 18 + (int)MMUVIEW_TLB * 16, DIM, "...");
}

void mmuview_draw(const struct mmuview *v, uint32_t *pixels)
{
    struct canvas p = {
        .pixels = pixels, .width = MMUVIEW_WIDTH, .height = MMUVIEW_HEIGHT, .font = machine_font()};
    bool frames = v->page == MMUVIEW_FRAMES;

    canvas_fill(&p, 0, 0, MMUVIEW_WIDTH, MMUVIEW_HEIGHT, BACK);
    draw_title(&p, v);
    if (frames) {
        draw_frames(&p, v);
        draw_frames_legend(&p, v, MMUVIEW_GRID_Y);
    } else {
        draw_grid(&p, v);
        draw_legend(&p, MMUVIEW_GRID_Y);
    }
    canvas_fill(&p, RIGHT_X, 284, MMUVIEW_WIDTH - RIGHT_X - 12, 1, LINE);
    if (v->hover < 0)
        canvas_text(&p, RIGHT_X, 294, DIM, "point at a cell to have it explained");
    else if (frames)
        describe_frame(&p, v, 294);
    else
        describe_cell(&p, v, 294);
    canvas_fill(&p, RIGHT_X, 392, MMUVIEW_WIDTH - RIGHT_X - 12, 1, LINE);
    draw_tlb(&p, v, 400);
    canvas_text(&p, 12, MMUVIEW_HEIGHT - 26, DIM,
                "D directory   F frames   Tab next address space   click a cell: its page table   "
                "Esc back");
}
