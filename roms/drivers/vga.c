/* SPDX-License-Identifier: MIT */
/*
 * vga.c - the VGA text screen, 80 x 25 in colour text mode 3, with the hardware cursor.
 * Source: IBM Personal System/2 Hardware Interface Technical Reference, "Video Subsystem".
 * The mode is the one that firmware leaves; nothing here sets modes or fonts.
 */
#include "drivers/drivers.h"

#include <stdint.h>

#include "drivers/x86.h"
#include "lib/string.h"

enum { COLUMNS = 80, ROWS = 25, TAB = 8 };

#define CRTC_INDEX 0x3d4
#define CRTC_DATA 0x3d5
#define CRTC_CURSOR_START 0x0a
#define CRTC_CURSOR_END 0x0b
#define CRTC_START_HIGH 0x0c
#define CRTC_START_LOW 0x0d
#define CRTC_CURSOR_HIGH 0x0e
#define CRTC_CURSOR_LOW 0x0f

/* A cell is the character in the low byte and its attribute in the high byte. */
static volatile uint16_t *cells;
static unsigned cursor; /* cell of the next character, row * COLUMNS + column */

static void crtc_write(uint8_t reg, uint8_t value)
{
    outb(CRTC_INDEX, reg);
    outb(CRTC_DATA, value);
}

static uint16_t cell(char c, enum vga_color color)
{
    return (uint16_t)((uint8_t)c | (uint32_t)color << 8);
}

static void show_cursor(void)
{
    crtc_write(CRTC_CURSOR_HIGH, (uint8_t)(cursor >> 8));
    crtc_write(CRTC_CURSOR_LOW, (uint8_t)cursor);
}

static void fill(unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++)
        cells[i] = cell(' ', VGA_LIGHT_GREY);
}

static void scroll(void)
{
    for (unsigned i = 0; i < COLUMNS * (ROWS - 1); i++)
        cells[i] = cells[i + COLUMNS];
    fill(COLUMNS * (ROWS - 1), COLUMNS * ROWS);
    cursor -= COLUMNS;
}

void vga_init(volatile uint16_t *text)
{
    cells = text;
    crtc_write(CRTC_START_HIGH, 0);
    crtc_write(CRTC_START_LOW, 0);
    crtc_write(CRTC_CURSOR_START, 13); /* an underline: the last two lines of the cell but one */
    crtc_write(CRTC_CURSOR_END, 14);
    fill(0, COLUMNS * ROWS);
    cursor = 0;
    show_cursor();
}

void vga_put(char c, enum vga_color color)
{
    switch (c) {
    case '\n': cursor += COLUMNS - cursor % COLUMNS; break;
    case '\r': cursor -= cursor % COLUMNS; break;
    case '\b':
        if (cursor > 0)
            cursor--;
        break;
    case '\t':
        do
            vga_put(' ', color);
        while (cursor % TAB);
        break;
    default: cells[cursor++] = cell(c, color); break;
    }
    if (cursor >= COLUMNS * ROWS)
        scroll();
    show_cursor();
}
