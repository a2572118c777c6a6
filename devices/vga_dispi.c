/* SPDX-License-Identifier: MIT */
/*
 * vga_dispi.c - the Bochs display interface: two word ports, an index and data, that set a mode
 * with a linear frame buffer without a BIOS. Source: Bochs, "VBE display interface" (vbe_display_api).
 *
 * - Size and depth are set while the interface is off; what does not fit into the memory, or was
 *   never offered, is refused and leaves the register as it was.
 * - Switching on resets bank, virtual size and offsets and clears the picture unless told not to.
 * - While it is on with 8 bits or more, the 64 KiB at A0000h are a bank of the frame buffer, plain
 *   memory without the planar logic; with 4 bits they are planes, 64 Ki cells a bank.
 * - An 8-bit DAC (enable bit 5) keeps the numbers that are in it.
 */
#include "devices/vga_parts.h"

#include "base/snap.h"
#include "base/trace.h"
#include "mmu/bus.h"

enum {
    ID_FIRST = 0xB0C0,
    ID_LAST = 0xB0C5,
    MAX_X = 1600,
    MAX_Y = 1200,
    MAX_BPP = 32,
    BANK = 0x10000
};

static bool is_linear(const struct vga *v)
{
    return vga_dispi_on(v) && v->dispi[DISPI_BPP] != 4;
}

/* In 4-bit modes a cell of the planes is 4 bytes of memory and 8 pixels. */
static uint32_t pitch(const struct vga *v)
{
    uint32_t pixels = v->dispi[DISPI_VIRT_WIDTH];
    unsigned bpp = v->dispi[DISPI_BPP];
    return bpp == 4 ? pixels / 8 : pixels * ((bpp + 7) / 8);
}

static uint32_t memory_units(const struct vga *v)
{
    return v->dispi[DISPI_BPP] == 4 ? VGA_MEMORY / 4 : VGA_MEMORY;
}

struct vga_lfb vga_dispi_lfb(const struct vga *v)
{
    struct vga_lfb f = {.width = v->dispi[DISPI_XRES],
                        .height = v->dispi[DISPI_YRES],
                        .bpp = v->dispi[DISPI_BPP],
                        .pitch = pitch(v)};
    uint32_t x = v->dispi[DISPI_X_OFFSET];
    f.start = v->dispi[DISPI_Y_OFFSET] * f.pitch + (f.bpp == 4 ? x / 8 : x * ((f.bpp + 7) / 8));
    f.pan = f.bpp == 4 ? x % 8 : 0;
    return f;
}

/* Does the picture, with these offsets and this virtual width, lie inside the memory? */
static bool fits(const struct vga *v)
{
    struct vga_lfb f = vga_dispi_lfb(v);
    uint64_t row = f.bpp == 4 ? (f.width + f.pan + 7) / 8 : f.width * ((f.bpp + 7) / 8);
    return f.start + (uint64_t)f.pitch * (f.height - 1) + row <= memory_units(v);
}

static void follow(struct vga *v)
{
    bool linear = is_linear(v);
    uint32_t offset = linear ? v->dispi[DISPI_BANK] * (uint32_t)BANK : 0;
    v->version++;
    if (linear == v->linear && offset == v->linear_offset)
        return;
    v->linear = linear;
    v->linear_offset = offset;
    if (v->board.linear_window)
        v->board.linear_window(v->board.ctx, linear, offset);
}

static void clear_picture(struct vga *v)
{
    struct vga_lfb f = vga_dispi_lfb(v);
    uint32_t bytes = f.pitch * f.height * (f.bpp == 4 ? 4 : 1);
    memset(v->board.memory->bytes, 0, bytes);
    memset(v->board.memory->dirty, 0xFF, (bytes + 4095) / 4096);
}

static void switch_on(struct vga *v, uint16_t value)
{
    uint16_t *r = v->dispi;
    r[DISPI_BANK] = r[DISPI_X_OFFSET] = r[DISPI_Y_OFFSET] = 0;
    r[DISPI_VIRT_WIDTH] = r[DISPI_XRES];
    if (!r[DISPI_XRES] || !r[DISPI_YRES] || !r[DISPI_BPP] || !fits(v)) {
        TRACE(v->trace, TRACE_VGA, "dispi: no mode to switch on: %u x %u, %u bits", r[DISPI_XRES],
              r[DISPI_YRES], r[DISPI_BPP]);
        r[DISPI_ENABLE] &= (uint16_t)~DISPI_ENABLED;
        return;
    }
    TRACE(v->trace, TRACE_VGA, "dispi: %u x %u, %u bits", r[DISPI_XRES], r[DISPI_YRES],
          r[DISPI_BPP]);
    if (!(value & DISPI_NOCLEAR))
        clear_picture(v);
}

static void enable_write(struct vga *v, uint16_t value)
{
    bool was = vga_dispi_on(v);
    v->dispi[DISPI_ENABLE] =
        value & (DISPI_ENABLED | DISPI_GETCAPS | DISPI_8BIT_DAC | DISPI_LFB | DISPI_NOCLEAR);
    if (!was && (value & DISPI_ENABLED))
        switch_on(v, value);
    if (was && !(value & DISPI_ENABLED)) {
        v->dispi[DISPI_BANK] = 0;
        TRACE(v->trace, TRACE_VGA, "dispi: off");
    }
}

/* Takes the value back if the picture would leave the memory. */
static void move_write(struct vga *v, unsigned reg, uint16_t value)
{
    uint16_t old = v->dispi[reg];
    v->dispi[reg] = value;
    if (vga_dispi_on(v) && !fits(v)) {
        TRACE(v->trace, TRACE_VGA, "dispi: register %u = %u is outside the memory", reg, value);
        v->dispi[reg] = old;
    }
}

static bool is_depth(unsigned bpp)
{
    return bpp == 4 || bpp == 8 || bpp == 15 || bpp == 16 || bpp == 24 || bpp == 32;
}

static void size_write(struct vga *v, unsigned reg, uint16_t value)
{
    if (vga_dispi_on(v))
        return;
    if (reg == DISPI_XRES && (value & ~7u) && value <= MAX_X)
        v->dispi[reg] = value & (uint16_t)~7u;
    if (reg == DISPI_YRES && value && value <= MAX_Y)
        v->dispi[reg] = value;
    if (reg == DISPI_BPP && (is_depth(value) || value == 0))
        v->dispi[reg] = value ? value : 8; /* before the depth could be chosen it was 8 */
}

static void dispi_data_write(struct vga *v, uint16_t value)
{
    switch (v->dispi_index) {
    case DISPI_ID:
        if (value >= ID_FIRST && value <= ID_LAST)
            v->dispi[DISPI_ID] = value;
        break;
    case DISPI_XRES:
    case DISPI_YRES:
    case DISPI_BPP: size_write(v, v->dispi_index, value); break;
    case DISPI_ENABLE: enable_write(v, value); break;
    case DISPI_BANK:
        if (value < VGA_MEMORY / BANK)
            v->dispi[DISPI_BANK] = value;
        break;
    case DISPI_VIRT_WIDTH:
        if ((value & ~7u) >= v->dispi[DISPI_XRES])
            move_write(v, DISPI_VIRT_WIDTH, value & (uint16_t)~7u);
        break;
    case DISPI_X_OFFSET:
    case DISPI_Y_OFFSET: move_write(v, v->dispi_index, value); break;
    default: return;
    }
    follow(v);
}

static uint16_t dispi_data_read(const struct vga *v)
{
    static const uint16_t most[] = {[DISPI_XRES] = MAX_X, MAX_Y, MAX_BPP};
    unsigned reg = v->dispi_index;
    if (reg >= VGA_DISPI_REGS)
        return 0;
    if ((v->dispi[DISPI_ENABLE] & DISPI_GETCAPS) && reg >= DISPI_XRES && reg <= DISPI_BPP)
        return most[reg];
    if (reg == DISPI_MEMORY)
        return VGA_MEMORY / 65536;
    if (reg == DISPI_VIRT_HEIGHT) {
        uint32_t rows = pitch(v) ? memory_units(v) / pitch(v) : 0;
        return (uint16_t)(rows < 0xFFFF ? rows : 0xFFFF);
    }
    return v->dispi[reg];
}

/* Two word registers, at offsets 0 and 1. Byte accesses read halves and write nothing. */
static uint32_t dispi_read(void *dev, uint32_t off, unsigned size)
{
    const struct vga *v = dev;
    uint16_t value = off == 0 ? v->dispi_index : dispi_data_read(v);
    (void)size;
    return off == 2 ? value >> 8 : value;
}

static void dispi_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct vga *v = dev;
    if (size != 2)
        return;
    if (off == 0)
        v->dispi_index = (uint16_t)value;
    else if (off == 1)
        dispi_data_write(v, (uint16_t)value);
}

const struct io_ops vga_dispi_ops = {
    .read = dispi_read, .write = dispi_write, .widths = 3, .unaligned = true};

void vga_dispi_reset(struct vga *v)
{
    memset(v->dispi, 0, sizeof v->dispi);
    v->dispi[DISPI_ID] = ID_LAST;
    v->dispi_index = 0;
    follow(v);
}

void vga_dispi_snap(struct vga *v, struct snap *s)
{
    snap_u16(s, &v->dispi_index);
    for (unsigned i = 0; i < VGA_DISPI_REGS; i++)
        snap_u16(s, &v->dispi[i]);
    if (!s->loading)
        return;
    const uint16_t *r = v->dispi;
    bool size_ok = r[DISPI_XRES] <= MAX_X && r[DISPI_YRES] <= MAX_Y &&
                   (r[DISPI_BPP] == 0 || is_depth(r[DISPI_BPP]));
    bool on_ok = !vga_dispi_on(v) || (r[DISPI_XRES] && r[DISPI_YRES] && r[DISPI_BPP] && fits(v));
    if (!size_ok || !on_ok || r[DISPI_BANK] >= VGA_MEMORY / BANK) {
        snap_fail(s, "vga: a frame buffer that is not possible");
        vga_dispi_reset(v);
    }
    follow(v);
}
