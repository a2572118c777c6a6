/* SPDX-License-Identifier: MIT */
/*
 * vga_mem.c - the processor's side of the VGA's memory: window, addressing, read and write
 * modes. Source: IBM PS/2 Hardware Interface Technical Reference, "Graphics controller".
 *
 * All four planes are handled as one 32-bit number, plane n in byte n.
 *
 * - Chain 4 (sequencer 4 bit 3): address bits 1-0 choose the plane.
 * - Odd/even (sequencer 4 bit 2 clear for writes, graphics 5 bit 4 for reads): address bit 0
 *   chooses planes 0 and 2, or 1 and 3. Graphics 6 bit 1 takes bit 0 out of the cell address.
 * - The planes are 64 Ki cells; 4-bit modes of the display interface add a bank to the address.
 * - While the display interface has made the first 64 KiB linear the board lets stores go
 *   straight to the memory; accesses that still come here do the same.
 */
#include "devices/vga.h"

#include "devices/vga_parts.h"
#include "mmu/bus.h"

/* A 4-bit set of planes as a mask of bytes. */
static uint32_t plane_bytes(unsigned set)
{
    return ((set & 15) * 0x00204081u & 0x01010101u) * 0xFF; /* bit n to bit 8n, then to 8 bits */
}

static uint32_t in_all_planes(uint8_t b)
{
    return b * 0x01010101u;
}

/* Where an access goes. */
struct target {
    uint32_t cell; /* number of the cell in the memory */
    uint32_t addr; /* address in the window */
};

/* False: the window is not there. */
static bool find_cell(const struct vga *v, uint32_t off, struct target *t)
{
    static const struct {
        uint32_t base, size;
    } window[4] = {{0, 0x20000}, {0, 0x10000}, {0x10000, 0x8000}, {0x18000, 0x8000}};
    unsigned w = v->gc[6] >> 2 & 3u;
    if (!(v->misc & 0x02) || off - window[w].base >= window[w].size)
        return false;
    t->addr = off - window[w].base;
    t->cell = t->addr & 0xFFFF;
    if (v->seq[4] & 0x08)
        t->cell &= ~3u;
    else if (v->gc[6] & 0x02) /* in the 128 KiB window bit 16 takes the place of bit 0 */
        t->cell = (t->cell & ~1u) | t->addr >> 16;
    if (vga_dispi_on(v))
        t->cell = (t->cell + v->dispi[DISPI_BANK] * 65536u) % (VGA_MEMORY / 4);
    return true;
}

/* What a read gives, and what it would leave in the latches. */
static uint8_t read_byte(const struct vga *v, uint32_t off, uint32_t *latch)
{
    struct target t;
    if (v->linear)
        return off < 0x10000 ? v->board.memory->bytes[v->linear_offset + off] : 0xFF;
    if (!find_cell(v, off, &t))
        return 0xFF;
    uint32_t cell = *latch = vga_cell(v, t.cell);
    if (v->seq[4] & 0x08)
        return (uint8_t)(cell >> 8 * (t.addr & 3));
    if (v->gc[5] & 0x08) { /* read mode 1: ones where the planes that count match the colour */
        uint32_t differ = (cell ^ plane_bytes(v->gc[2])) & plane_bytes(v->gc[7]);
        return (uint8_t) ~(differ | differ >> 8 | differ >> 16 | differ >> 24);
    }
    unsigned plane = v->gc[4] & 3u;
    if (v->gc[5] & 0x10)
        plane = (plane & 2) | (t.addr & 1);
    return (uint8_t)(cell >> 8 * plane);
}

static uint8_t rotate(const struct vga *v, uint8_t b)
{
    unsigned n = v->gc[3] & 7u;
    return (uint8_t)(b >> n | b << (8 - n));
}

/* Function select: data with the latches. */
static uint32_t combine(const struct vga *v, uint32_t data)
{
    switch (v->gc[3] >> 3 & 3) {
    case 1: return data & v->latch;
    case 2: return data | v->latch;
    case 3: return data ^ v->latch;
    default: return data;
    }
}

/* What the four planes would get, before the map mask. */
static uint32_t write_data(const struct vga *v, uint8_t b)
{
    uint32_t mask = in_all_planes(v->gc[8]);
    uint32_t data, set_reset = plane_bytes(v->gc[0]), enable = plane_bytes(v->gc[1]);

    switch (v->gc[5] & 3) {
    case 0: data = (in_all_planes(rotate(v, b)) & ~enable) | (set_reset & enable); break;
    case 1: return v->latch;
    case 2: data = plane_bytes(b & 15u); break;
    default: data = set_reset; mask &= in_all_planes(rotate(v, b));
    }
    return (combine(v, data) & mask) | (v->latch & ~mask);
}

static void write_linear(struct vga *v, uint32_t off, uint8_t b)
{
    if (off >= 0x10000)
        return;
    v->board.memory->bytes[v->linear_offset + off] = b;
    v->board.memory->dirty[(v->linear_offset + off) >> 12] = 0xFF;
}

/* Up to four bytes of one cell. */
static void write_chained(struct vga *v, const struct target *t, uint32_t value, unsigned size)
{
    uint32_t data = 0, enabled = 0;
    for (unsigned i = 0; i < size; i++) {
        uint32_t plane = 0xFFu << 8 * ((t->addr + i) & 3);
        data |= write_data(v, (uint8_t)(value >> 8 * i)) & plane;
        enabled |= plane;
    }
    enabled &= plane_bytes(v->seq[2]);
    vga_cell_put(v, t->cell, (vga_cell(v, t->cell) & ~enabled) | (data & enabled));
}

static void write_byte(struct vga *v, uint32_t off, uint8_t b)
{
    struct target t;
    if (!find_cell(v, off, &t))
        return;
    unsigned planes = v->seq[2];
    if (!(v->seq[4] & 0x04))
        planes &= t.addr & 1 ? 0xAu : 0x5u;
    uint32_t enabled = plane_bytes(planes);
    vga_cell_put(v, t.cell, (vga_cell(v, t.cell) & ~enabled) | (write_data(v, b) & enabled));
}

static uint32_t mem_read(void *dev, uint32_t off, unsigned size)
{
    struct vga *v = dev;
    uint32_t value = 0;
    for (unsigned i = 0; i < size; i++)
        value |= (uint32_t)read_byte(v, off + i, &v->latch) << 8 * i;
    return value;
}

static uint8_t mem_peek(const void *dev, uint32_t off)
{
    uint32_t latch;
    return read_byte(dev, off, &latch);
}

static void mem_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct vga *v = dev;
    struct target t;
    bool chained = !v->linear && (v->seq[4] & 0x08);
    if (chained && off % size == 0) {
        if (find_cell(v, off, &t))
            write_chained(v, &t, value, size);
        return;
    }
    for (unsigned i = 0; i < size; i++) {
        if (v->linear)
            write_linear(v, off + i, (uint8_t)(value >> 8 * i));
        else if (!chained)
            write_byte(v, off + i, (uint8_t)(value >> 8 * i));
        else if (find_cell(v, off + i, &t))
            write_chained(v, &t, value >> 8 * i, 1);
    }
}

const struct io_ops vga_mem_ops = {
    .read = mem_read, .write = mem_write, .widths = 7, .peek = mem_peek, .quiet = true};

static uint32_t text_read(void *dev, uint32_t off, unsigned size)
{
    return mem_read(dev, off + 0x10000, size);
}

static void text_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    mem_write(dev, off + 0x10000, value, size);
}

static uint8_t text_peek(const void *dev, uint32_t off)
{
    return mem_peek(dev, off + 0x10000);
}

const struct io_ops vga_text_ops = {
    .read = text_read, .write = text_write, .widths = 7, .peek = text_peek, .quiet = true};
