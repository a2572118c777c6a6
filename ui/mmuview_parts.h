/* SPDX-License-Identifier: MIT */
/* mmuview_parts.h - what mmuview.c and mmuview_draw.c share. */
#ifndef UI_MMUVIEW_PARTS_H
#define UI_MMUVIEW_PARTS_H

#include "machine/mmumap.h"
#include "ui/mmuview.h"

#define MMUVIEW_FLASH 12u /* updates until a change has faded */
#define MMUVIEW_TLB 9u    /* entries shown */
#define MMUVIEW_GRID 512  /* pixels */
#define MMUVIEW_GRID_X 88
#define MMUVIEW_GRID_Y 56

struct mmuview {
    mmuview_namer *name; /* may be NULL */
    void *ctx;
    enum mmuview_page page;
    uint32_t base; /* MMUVIEW_TABLE: of which 4 MiB */
    struct map_space space;
    uint32_t pinned;        /* wanted: its cr3, once known; 0: not yet */
    unsigned wanted;        /* which of the spaces is shown: 0 is the one in use */
    unsigned which, spaces; /* which one it became, of how many */
    struct map_cell cell[MAP_CELLS];
    uint8_t flash[MAP_CELLS]; /* updates left of the light of a change */
    bool known;               /* cell[] shows this space: differences are changes */
    int hover;                /* cell under the pointer, -1: none */
    struct map_frame *frames; /* MMUVIEW_FRAMES (owned) */
    uint32_t frame_count;
    struct map_tlb tlb[MMUVIEW_TLB];
    size_t tlb_count, tlb_stale; /* entries in all, stale ones among them */
    uint64_t icount;             /* when it was looked at */
};

/* Cells in a row of the grid. */
unsigned mmuview_side(const struct mmuview *v);

#endif
