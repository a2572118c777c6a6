/* SPDX-License-Identifier: MIT */
/*
 * frame.h - the frame buffer that a multiboot kernel asks for, set by the display interface of the VGA,
 * and what a VESA BIOS would say of it.
 * Sources: Multiboot Specification 0.6.96, 3.1.4 and 3.3; Multiboot2 Specification 2.0, 3.1.10, 3.6.11 and
 * 3.6.12; VESA BIOS Extension 3.0, 4.3 and 4.4; mode numbers of VBE 1.2, and of Bochs's VGA BIOS.
 *
 * Not told: functions of a BIOS (windows, protected-mode interface): there need not be one.
 */
#ifndef LOADER_FRAME_H
#define LOADER_FRAME_H

#include "base/types.h"

struct frame {
    uint16_t width, height, depth; /* 0: text mode; bits of a pixel: 15, 16, 24 or 32 */
};

#define FRAME_TEXT_FIELDS 24u
#define FRAME_FIELDS 30u
#define VBE_CONTROL 512u
#define VBE_MODE 256u

/* The mode that is nearest to what is wanted; 0: as the loader likes. */
struct frame frame_choose(uint32_t width, uint32_t height, uint32_t depth);
/* Both versions' description, at zeroed memory: address, pitch, size, depth, kind, and of pixels the colours
   (FRAME_FIELDS bytes; of text the first FRAME_TEXT_FIELDS). */
void frame_put(uint8_t *to, const struct frame *f);

/* Zeroed memory becomes what functions 4F00h and 4F01h give; at: where it will lie. */
void vbe_put_control(uint8_t to[VBE_CONTROL], phys_t at, const struct frame *f);
void vbe_put_mode(uint8_t to[VBE_MODE], const struct frame *f);
/* What function 4F03h gives. */
uint16_t vbe_number(const struct frame *f);

#endif
