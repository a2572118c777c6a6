/* SPDX-License-Identifier: MIT */
/*
 * vga_parts.h - what the files of the VGA share: cells of the planes, timing, the display
 * interface, the DAC. Private to devices/vga*.c.
 */
#ifndef DEVICES_VGA_PARTS_H
#define DEVICES_VGA_PARTS_H

#include "devices/vga.h"

#include <string.h>

struct screen;
struct snap;

/* The registers of the display interface. */
enum dispi_reg {
    DISPI_ID,
    DISPI_XRES,
    DISPI_YRES,
    DISPI_BPP,
    DISPI_ENABLE,
    DISPI_BANK,
    DISPI_VIRT_WIDTH,
    DISPI_VIRT_HEIGHT,
    DISPI_X_OFFSET,
    DISPI_Y_OFFSET,
    DISPI_MEMORY, /* in 64 KiB */
};

/* Bits of DISPI_ENABLE. */
enum {
    DISPI_ENABLED = 0x01,
    DISPI_GETCAPS = 0x02,
    DISPI_8BIT_DAC = 0x20,
    DISPI_LFB = 0x40,
    DISPI_NOCLEAR = 0x80,
};

/* A frame buffer as the display interface describes it. */
struct vga_lfb {
    unsigned width, height; /* pixels shown */
    unsigned bpp;           /* 4 (planes), 8, 15, 16, 24, 32 */
    uint32_t pitch;         /* bytes, or cells of the planes, from row to row */
    uint32_t start;         /* of the first pixel: byte; in planes: cell */
    unsigned pan;           /* planes: pixels to skip in the first cell */
};

/* Guest memory is little-endian; so are the hosts this is built for. */
static inline uint32_t vga_cell(const struct vga *v, uint32_t cell)
{
    uint32_t planes;
    memcpy(&planes, v->board.memory->bytes + (size_t)cell * 4, 4);
    return planes;
}

static inline void vga_cell_put(struct vga *v, uint32_t cell, uint32_t planes)
{
    memcpy(v->board.memory->bytes + (size_t)cell * 4, &planes, 4);
    v->board.memory->dirty[cell >> 10] = 0xFF;
}

/* vga_timing.c */
uint8_t vga_status1(const struct vga *v);
unsigned vga_frame_lines(const struct vga *v);                     /* scan lines in a frame */
unsigned vga_shown_lines(const struct vga *v);                     /* those that show the picture */
unsigned vga_frame_hz(const struct vga *v);                        /* rounded */
void vga_beam(const struct vga *v, unsigned *line, unsigned *dot); /* where it is now */
uint16_t vga_start(const struct vga *v);                           /* start address of this frame */
/* Called before a register that timing or start address depend on changes, and after it. */
void vga_timing_changes(struct vga *v);
void vga_timing_changed(struct vga *v);

/* vga_dispi.c */
static inline bool vga_dispi_on(const struct vga *v)
{
    return v->dispi[DISPI_ENABLE] & DISPI_ENABLED;
}
struct vga_lfb vga_dispi_lfb(const struct vga *v);
void vga_dispi_reset(struct vga *v);
void vga_dispi_snap(struct vga *v, struct snap *s);

/* vga_screen.c */
uint32_t vga_dac_rgb(const struct vga *v, uint8_t index); /* through the mask */
void vga_palette(const struct vga *v, uint32_t rgb[16]);  /* of 16-colour pixels */
uint32_t vga_cell_of(const struct vga *v, unsigned counter, unsigned row_scan);

/* Were bytes first to last of the memory stored to since this viewer looked? */
bool vga_stored(const struct vga *v, const struct screen *s, uint32_t first, uint32_t last);

/* vga_draw.c: size, then pixel rows into out->pixels, only those whose memory was stored to unless
   `all`; the rows that really differ become out->dirty_first, dirty_last. */
void vga_size_planes(const struct vga *v, struct screen *out);
void vga_size_lfb(const struct vga *v, struct screen *out);
void vga_draw_planes(const struct vga *v, struct screen *out, bool all);
void vga_draw_lfb(const struct vga *v, struct screen *out, bool all);

#endif
