/* SPDX-License-Identifier: MIT */
/*
 * vga.h - a VGA with the Bochs display interface: every register, four planes with the full
 * planar logic, a linear frame buffer, and the picture of all of it.
 *
 * Sources: IBM PS/2 Hardware Interface Technical Reference, "Video Subsystem" (VGA function);
 * Bochs, "VBE display interface" (the dispi registers).
 *
 * - vga_port_ops is mapped over 3B0h-3DFh (offset 0 = 3B0h); misc output bit 0 chooses between
 *   3Bx and 3Dx for the CRTC and status register 1. vga_dispi_ops: index and data, two word
 *   registers at neighbouring addresses (1CEh, 1CFh).
 * - vga_mem_ops is mapped over A0000h-BFFFFh; graphics register 6 chooses the window. The board
 *   also maps memory->bytes as the linear frame buffer, wherever it likes.
 * - Cell n of the planes is bytes 4n to 4n + 3 of the memory, plane p in byte p.
 * - Retrace comes from the clock and the CRTC's own numbers (70 Hz in mode 3). A new start
 *   address is taken over when the next vertical retrace begins.
 * - vga_screen brings a viewer's picture up to date. Looking is not visible to the guest.
 *
 * Not modelled: changes in the middle of a frame (a picture is what the registers say when
 * somebody looks), blinking in graphics modes, the sense comparator (always "colour monitor"),
 * the retrace interrupt, count by 2 and 4, shift load by 2 and 4, cursor and display skew, the
 * protection of the palette while it is shown, the odd/even page bit (misc bit 5).
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

enum {
    VGA_SEQ_REGS = 5,
    VGA_CRTC_REGS = 0x19,
    VGA_GC_REGS = 9,
    VGA_ATTR_REGS = 0x15,
    VGA_DISPI_REGS = 11
};

#define VGA_MEMORY (UINT32_C(16) << 20)
#define VGA_PAGES (VGA_MEMORY / 4096)

/* Allocated by the board, zeroed. Most of it is never touched, so let it be lazy. */
struct vga_memory {
    uint8_t bytes[VGA_MEMORY];
    uint8_t dirty[VGA_PAGES];    /* ff after a store; bit 0 goes when somebody has looked */
    uint64_t changed[VGA_PAGES]; /* number of the look that found the page dirty */
    uint64_t looks;              /* looks that found something */
};

/* What the board does for the chip; ctx is handed back. Any function may be NULL. */
struct vga_board {
    struct vga_memory *memory;
    /* The 64 KiB at A0000h are memory->bytes + offset from now on / vga_mem_ops again. */
    void (*linear_window)(void *ctx, bool linear, uint32_t offset);
    /* Bytes of memory->dirty were cleared: the next store must set them again. */
    void (*dirty_cleared)(void *ctx);
    void *ctx;
};

struct vga {
    struct clock *clock;            /* time, for the retrace */
    struct trace *trace;            /* may be NULL */
    struct vga_board board;         /* memory, and whom to tell */
    uint32_t latch;                 /* what the last read fetched, plane n in byte n */
    uint8_t misc;                   /* miscellaneous output */
    uint8_t feature;                /* feature control */
    uint8_t seq_index;              /* 3C4h */
    uint8_t crtc_index;             /* 3x4h */
    uint8_t gc_index;               /* 3CEh */
    uint8_t attr_index;             /* 3C0h: bits 0-4 index, bit 5 palette address source */
    bool attr_data;                 /* flip-flop: the next write to 3C0h is data */
    uint8_t seq[VGA_SEQ_REGS];      /* sequencer */
    uint8_t crtc[VGA_CRTC_REGS];    /* CRT controller */
    uint8_t gc[VGA_GC_REGS];        /* graphics controller */
    uint8_t attr[VGA_ATTR_REGS];    /* attribute controller */
    uint8_t pel_mask;               /* 3C6h */
    uint8_t dac[256][3];            /* red, green, blue; 6 bits each, or 8 */
    uint8_t dac_read, dac_write;    /* DAC addresses of the two directions */
    uint8_t dac_sub;                /* which of the three colours is next */
    bool dac_reading;               /* direction last chosen, for reads of 3C7h */
    uint16_t dispi_index;           /* 1CEh */
    uint16_t dispi[VGA_DISPI_REGS]; /* 1CFh: what was accepted */
    uint16_t start;                 /* start address of the frame being shown */
    bool start_pending;             /* crtc[0Ch], [0Dh] wait for the next retrace ... */
    uint64_t start_written;         /* ... since this time */
    uint64_t version;               /* counts register changes that the picture may show */
    bool linear;                    /* the window is linear; not saved: follows dispi[] */
    uint32_t linear_offset;         /* and shows the memory from here */
};

extern const struct io_ops vga_port_ops;
extern const struct io_ops vga_dispi_ops;
extern const struct io_ops vga_mem_ops;  /* A0000h-BFFFFh, or only the first half */
extern const struct io_ops vga_text_ops; /* the second half, if it is a region of its own */

void vga_init(struct vga *v, struct clock *k, const struct vga_board *board, struct trace *t);
void vga_reset(struct vga *v);
void vga_snap(struct vga *v, struct snap *s);
void vga_info(const struct vga *v, struct out *to);

/* Brings a viewer's picture up to date (base/screen.h). */
void vga_screen(const struct vga *v, struct screen *out);
/* Leaves the chip as a VGA BIOS does after mode 3. */
void vga_set_text_mode(struct vga *v);

#endif
