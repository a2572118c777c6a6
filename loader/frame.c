/* SPDX-License-Identifier: MIT */
/* frame.c - see frame.h. Offsets are those of VbeInfoBlock and ModeInfoBlock. */
#include "loader/frame.h"

#include "loader/bytes.h"
#include "machine/machine.h"

#include <string.h>

enum {
    DEFAULT_WIDTH = 1024,
    DEFAULT_HEIGHT = 768,
    DEFAULT_DEPTH = 32,
    VIDEO_MEMORY = 256, /* units of 64 KiB */

    COLOURS = 6, /* bytes */
    KIND_RGB = 1,
    KIND_TEXT = 2,
    TEXT_BASE = 0xb8000,

    LINEAR = 1 << 14,     /* of a mode's number */
    NO_NUMBER = 0x81ff,   /* the mode that the screen is in, whichever that is */
    CONTROL_MODES = 34,   /* in the part that is reserved for such a list */
    CONTROL_STRING = 256, /* in the part for the BIOS's strings */
    ATTRIBUTES = 0x9b,    /* there, colour, graphics, linear frame buffer, fields that 1.0 lacked */
    DIRECT_COLOUR = 6,    /* memory model */
};

static uint16_t nearest(uint32_t wanted, uint32_t most, uint32_t otherwise)
{
    return (uint16_t)(wanted == 0 ? otherwise : wanted > most ? most : wanted);
}

/* The display interface's widths are multiples of 8. */
struct frame frame_choose(uint32_t width, uint32_t height, uint32_t depth)
{
    bool known = depth == 15 || depth == 16 || depth == 24;

    return (struct frame){.width = nearest(width > MACHINE_FRAME_WIDTH ? width : (width + 7) & ~7u,
                                           MACHINE_FRAME_WIDTH, DEFAULT_WIDTH),
                          .height = nearest(height, MACHINE_FRAME_HEIGHT, DEFAULT_HEIGHT),
                          .depth = known ? (uint16_t)depth : DEFAULT_DEPTH};
}

static uint32_t pitch_of(const struct frame *f)
{
    return f->width * ((f->depth + 7u) / 8);
}

/* Red, green, blue: the lowest bit of each and how many. */
static void put_colours(uint8_t to[COLOURS], const struct frame *f)
{
    static const struct {
        uint8_t depth, fields[COLOURS];
    } layouts[] = {{15, {10, 5, 5, 5, 0, 5}},
                   {16, {11, 5, 5, 6, 0, 5}},
                   {24, {16, 8, 8, 8, 0, 8}},
                   {32, {16, 8, 8, 8, 0, 8}}};

    for (size_t i = 0; i < ARRAY_LEN(layouts); i++) {
        if (layouts[i].depth == f->depth)
            memcpy(to, layouts[i].fields, sizeof layouts[i].fields);
    }
}

void frame_put(uint8_t *to, const struct frame *f)
{
    bool text = f->width == 0;

    bytes_put32(to, text ? TEXT_BASE : MACHINE_FRAME_BUFFER);
    bytes_put32(to + 8, text ? 160 : pitch_of(f));
    bytes_put32(to + 12, text ? 80 : f->width);
    bytes_put32(to + 16, text ? 25 : f->height);
    to[20] = text ? 16 : (uint8_t)f->depth;
    to[21] = text ? KIND_TEXT : KIND_RGB;
    if (!text)
        put_colours(to + 24, f);
}

uint16_t vbe_number(const struct frame *f)
{
    static const struct {
        uint16_t width, height, number[4]; /* with 15, 16, 24 and 32 bits */
    } modes[] = {
        {320, 200, {0x10d, 0x10e, 0x10f, 0x140}},   {640, 480, {0x110, 0x111, 0x112, 0x142}},
        {800, 600, {0x113, 0x114, 0x115, 0x143}},   {1024, 768, {0x116, 0x117, 0x118, 0x144}},
        {1280, 1024, {0x119, 0x11a, 0x11b, 0x145}}, {1600, 1200, {0x11d, 0x11e, 0x11f, 0x147}}};
    unsigned column = f->depth == 15 ? 0 : f->depth == 16 ? 1 : f->depth == 24 ? 2 : 3;

    for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
        if (modes[i].width == f->width && modes[i].height == f->height)
            return modes[i].number[column] | LINEAR;
    }
    return NO_NUMBER;
}

/* A far pointer, where one can reach. */
static uint32_t far_pointer(phys_t at)
{
    return at < 0x100000 ? (at >> 4) << 16 | (at & 15) : 0;
}

void vbe_put_control(uint8_t to[VBE_CONTROL], phys_t at, const struct frame *f)
{
    static const char name[] = "emu386";

    memcpy(to, "VESA", 4);
    bytes_put16(to + 4, 0x0300);
    bytes_put32(to + 6, far_pointer(at + CONTROL_STRING));
    bytes_put32(to + 14, far_pointer(at + CONTROL_MODES));
    bytes_put16(to + 18, VIDEO_MEMORY);
    bytes_put32(to + 22, far_pointer(at + CONTROL_STRING)); /* vendor, product: the same */
    bytes_put32(to + 26, far_pointer(at + CONTROL_STRING));
    bytes_put32(to + 30, far_pointer(at + CONTROL_STRING));
    bytes_put16(to + CONTROL_MODES, vbe_number(f) & 0x1ff);
    bytes_put16(to + CONTROL_MODES + 2, 0xffff);
    memcpy(to + CONTROL_STRING, name, sizeof name);
}

void vbe_put_mode(uint8_t to[VBE_MODE], const struct frame *f)
{
    uint8_t colours[COLOURS] = {0};
    uint16_t pitch = (uint16_t)pitch_of(f);

    put_colours(colours, f);
    bytes_put16(to, ATTRIBUTES);
    to[2] = 0x07;            /* window A: there, readable, writable */
    bytes_put16(to + 4, 64); /* KiB: its steps */
    bytes_put16(to + 6, 64); /* and its size */
    bytes_put16(to + 8, 0xa000);
    bytes_put16(to + 16, pitch);
    bytes_put16(to + 18, f->width);
    bytes_put16(to + 20, f->height);
    to[22] = 8; /* a character */
    to[23] = 16;
    to[24] = 1; /* planes */
    to[25] = (uint8_t)f->depth;
    to[26] = 1; /* banks */
    to[27] = DIRECT_COLOUR;
    to[30] = 1;
    bytes_put32(to + 40, MACHINE_FRAME_BUFFER);
    bytes_put16(to + 50, pitch);
    for (unsigned n = 0; n < 3; n++) { /* sizes and positions, in banks and in the linear buffer */
        to[31 + 2 * n] = to[54 + 2 * n] = colours[2 * n + 1];
        to[32 + 2 * n] = to[55 + 2 * n] = colours[2 * n];
    }
}
