/* SPDX-License-Identifier: MIT */
/*
 * vga.h - a VGA: every register, 256 KiB in four planes with the full planar logic, and the
 * picture of its text modes.
 *
 * Source: IBM PS/2 Hardware Interface Technical Reference, "Video Subsystem" (VGA function).
 *
 * - vga_port_ops is mapped over 3B0h-3DFh (offset 0 = 3B0h); misc output bit 0 chooses between
 *   3Bx and 3Dx for the CRTC and status register 1.
 * - vga_mem_ops is mapped over A0000h-BFFFFh; graphics register 6 chooses the window.
 * - Retrace comes from the clock and the CRTC's own numbers (70 Hz in mode 3).
 * - vga_screen describes what is on the screen; vga_set_text_mode leaves the chip as a VGA BIOS
 *   does after mode 3.
 *
 * A cell of memory is one address in all four planes: plane n is byte n (bits 8n) of mem[].
 *
 * Not modelled: the picture of graphics modes (SCREEN_BLANK), pixel panning, preset row scan,
 * underline, the page bits of odd/even modes (misc bit 5), the protection of the palette while
 * it is shown, the sense comparator (always "colour monitor"), the retrace interrupt.
 */
#ifndef DEVICES_VGA_H
#define DEVICES_VGA_H

#include "base/types.h"

struct clock;
struct io_ops;
struct out;
struct screen;
struct snap;
struct trace;

enum { VGA_SEQ_REGS = 5, VGA_CRTC_REGS = 0x19, VGA_GC_REGS = 9, VGA_ATTR_REGS = 0x15 };

#define VGA_CELLS 65536u

struct vga {
    struct clock *clock;         /* time, for the retrace bits */
    struct trace *trace;         /* may be NULL */
    uint32_t mem[VGA_CELLS];     /* the planes */
    uint32_t latch;              /* what the last read fetched, plane n in byte n */
    uint8_t misc;                /* miscellaneous output */
    uint8_t feature;             /* feature control */
    uint8_t seq_index;           /* 3C4h */
    uint8_t crtc_index;          /* 3x4h */
    uint8_t gc_index;            /* 3CEh */
    uint8_t attr_index;          /* 3C0h: bits 0-4 index, bit 5 palette address source */
    bool attr_data;              /* flip-flop: the next write to 3C0h is data */
    uint8_t seq[VGA_SEQ_REGS];   /* sequencer */
    uint8_t crtc[VGA_CRTC_REGS]; /* CRT controller */
    uint8_t gc[VGA_GC_REGS];     /* graphics controller */
    uint8_t attr[VGA_ATTR_REGS]; /* attribute controller */
    uint8_t pel_mask;            /* 3C6h */
    uint8_t dac[256][3];         /* red, green, blue; 6 bits each */
    uint8_t dac_read, dac_write; /* DAC addresses of the two directions */
    uint8_t dac_sub;             /* which of the three colours is next */
    bool dac_reading;            /* direction last chosen, for reads of 3C7h */
};

extern const struct io_ops vga_port_ops;
extern const struct io_ops vga_mem_ops;

void vga_init(struct vga *v, struct clock *k, struct trace *t);
void vga_reset(struct vga *v);
void vga_snap(struct vga *v, struct snap *s);
void vga_info(const struct vga *v, struct out *to);

void vga_screen(const struct vga *v, struct screen *out);
void vga_set_text_mode(struct vga *v);

#endif
