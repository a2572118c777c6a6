/* SPDX-License-Identifier: MIT */
/*
 * vga.c - the registers of the VGA. Its memory is in vga_mem.c, the time in vga_timing.c, the
 * picture in vga_screen.c and vga_draw.c, the Bochs display interface in vga_dispi.c.
 * Source: IBM PS/2 Hardware Interface Technical Reference, "Video Subsystem".
 */
#include "devices/vga.h"

#include "base/out.h"
#include "base/snap.h"
#include "base/trace.h"
#include "devices/vga_parts.h"
#include "mmu/bus.h"

/* Offsets from 3B0h. */
enum {
    CRTC_INDEX_MONO = 0x04,
    CRTC_DATA_MONO = 0x05,
    STATUS1_MONO = 0x0A,
    ATTR_WRITE = 0x10,
    ATTR_READ = 0x11,
    MISC_WRITE = 0x12, /* read: input status 0 */
    SEQ_INDEX = 0x14,
    SEQ_DATA = 0x15,
    PEL_MASK = 0x16,
    DAC_READ_INDEX = 0x17,
    DAC_WRITE_INDEX = 0x18,
    DAC_DATA = 0x19,
    FEATURE_READ = 0x1A,
    MISC_READ = 0x1C,
    GC_INDEX = 0x1E,
    GC_DATA = 0x1F,
    CRTC_INDEX_COLOR = 0x24,
    CRTC_DATA_COLOR = 0x25,
    STATUS1_COLOR = 0x2A,
};

enum { MISC_COLOR = 0x01, SENSE = 0x10 };

/* Bits that exist in each register. */
/* clang-format off */
static const uint8_t seq_mask[VGA_SEQ_REGS] = {0x03, 0x3D, 0x0F, 0x3F, 0x0E};
static const uint8_t gc_mask[VGA_GC_REGS] = {0x0F, 0x0F, 0x0F, 0x1F, 0x03, 0x7B, 0x0F, 0x0F, 0xFF};
static const uint8_t attr_mask[VGA_ATTR_REGS] = {
    0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F,
    0xEF, 0xFF, 0x3F, 0x0F, 0x0F,
};
/* clang-format on */

/* Any register that the picture may depend on: writing what is there changes nothing. */
static bool set_reg(struct vga *v, uint8_t *reg, uint8_t value)
{
    if (*reg == value)
        return false;
    *reg = value;
    v->version++;
    return true;
}

static uint8_t dac_data_read(struct vga *v)
{
    uint8_t c = v->dac[v->dac_read][v->dac_sub];
    if (++v->dac_sub == 3) {
        v->dac_sub = 0;
        v->dac_read++;
    }
    return c;
}

static void dac_data_write(struct vga *v, uint8_t c)
{
    set_reg(v, &v->dac[v->dac_write][v->dac_sub],
            v->dispi[DISPI_ENABLE] & DISPI_8BIT_DAC ? c : c & 0x3F);
    if (++v->dac_sub == 3) {
        v->dac_sub = 0;
        v->dac_write++;
    }
}

static void attr_write(struct vga *v, uint8_t value)
{
    unsigned i = v->attr_index & 0x1Fu;
    if (!v->attr_data) {
        set_reg(v, &v->attr_index, value & 0x3F);
    } else if (i < VGA_ATTR_REGS) {
        if (i == 0x10 && v->attr[i] != (value & attr_mask[i]))
            TRACE(v->trace, TRACE_VGA, "attribute mode %02x: %s", value,
                  value & 1 ? "graphics" : "text");
        set_reg(v, &v->attr[i], value & attr_mask[i]);
    }
    v->attr_data = !v->attr_data;
}

static void crtc_write(struct vga *v, uint8_t value)
{
    unsigned i = v->crtc_index;
    if (i >= VGA_CRTC_REGS)
        return;
    if (i <= 7 && (v->crtc[0x11] & 0x80)) { /* write protection, but for line compare bit 8 */
        if (i == 7)
            set_reg(v, &v->crtc[7], (uint8_t)((v->crtc[7] & ~0x10) | (value & 0x10)));
        return;
    }
    if (v->crtc[i] != value && (i <= 9 || i == 0x12 || i == 0x13 || i == 0x17))
        TRACE(v->trace, TRACE_VGA, "crtc %02x = %02x", i, value);
    vga_timing_changes(v);
    if (set_reg(v, &v->crtc[i], value))
        vga_timing_changed(v);
}

static void gc_write(struct vga *v, uint8_t value)
{
    if (v->gc_index >= VGA_GC_REGS)
        return;
    value &= gc_mask[v->gc_index];
    if (v->gc_index == 6 && v->gc[6] != value)
        TRACE(v->trace, TRACE_VGA, "window %u, %s", value >> 2 & 3,
              value & 1 ? "graphics" : "text");
    set_reg(v, &v->gc[v->gc_index], value);
}

static void seq_write(struct vga *v, uint8_t value)
{
    if (v->seq_index >= VGA_SEQ_REGS)
        return;
    vga_timing_changes(v);
    if (set_reg(v, &v->seq[v->seq_index], value & seq_mask[v->seq_index]))
        vga_timing_changed(v);
}

static void misc_write(struct vga *v, uint8_t value)
{
    if (v->misc != value)
        TRACE(v->trace, TRACE_VGA, "misc output %02x: %s, clock %u", value,
              value & MISC_COLOR ? "3Dx" : "3Bx", value >> 2 & 3);
    vga_timing_changes(v);
    if (set_reg(v, &v->misc, value))
        vga_timing_changed(v);
}

/* The CRTC and status 1 answer at one of two places; 3Bx becomes 3Dx, the other nothing. */
static uint32_t route(const struct vga *v, uint32_t off)
{
    bool mono_port = off < 0x10, color_port = off >= 0x20;
    if ((mono_port && (v->misc & MISC_COLOR)) || (color_port && !(v->misc & MISC_COLOR)))
        return 0;
    return mono_port ? off + 0x20 : off;
}

static uint32_t port_read(void *dev, uint32_t off, unsigned size)
{
    struct vga *v = dev;
    (void)size;
    switch (route(v, off)) {
    case ATTR_WRITE: return v->attr_index;
    case ATTR_READ:
        return (v->attr_index & 0x1F) < VGA_ATTR_REGS ? v->attr[v->attr_index & 0x1F] : 0;
    case MISC_WRITE: return SENSE;
    case SEQ_INDEX: return v->seq_index;
    case SEQ_DATA: return v->seq_index < VGA_SEQ_REGS ? v->seq[v->seq_index] : 0;
    case PEL_MASK: return v->pel_mask;
    case DAC_READ_INDEX: return v->dac_reading ? 3 : 0;
    case DAC_WRITE_INDEX: return v->dac_write;
    case DAC_DATA: return dac_data_read(v);
    case FEATURE_READ: return v->feature;
    case MISC_READ: return v->misc;
    case GC_INDEX: return v->gc_index;
    case GC_DATA: return v->gc_index < VGA_GC_REGS ? v->gc[v->gc_index] : 0;
    case CRTC_INDEX_COLOR: return v->crtc_index;
    case CRTC_DATA_COLOR: return v->crtc_index < VGA_CRTC_REGS ? v->crtc[v->crtc_index] : 0;
    case STATUS1_COLOR: v->attr_data = false; return vga_status1(v);
    default: return 0xFF;
    }
}

static void port_write(void *dev, uint32_t off, uint32_t value32, unsigned size)
{
    struct vga *v = dev;
    uint8_t value = (uint8_t)value32;
    (void)size;
    switch (route(v, off)) {
    case ATTR_WRITE: attr_write(v, value); break;
    case MISC_WRITE: misc_write(v, value); break;
    case SEQ_INDEX: v->seq_index = value & 7; break;
    case SEQ_DATA: seq_write(v, value); break;
    case PEL_MASK: set_reg(v, &v->pel_mask, value); break;
    case DAC_READ_INDEX:
        v->dac_read = value;
        v->dac_sub = 0;
        v->dac_reading = true;
        break;
    case DAC_WRITE_INDEX:
        v->dac_write = value;
        v->dac_sub = 0;
        v->dac_reading = false;
        break;
    case DAC_DATA: dac_data_write(v, value); break;
    case GC_INDEX: v->gc_index = value & 15; break;
    case GC_DATA: gc_write(v, value); break;
    case CRTC_INDEX_COLOR: v->crtc_index = value & 0x3F; break;
    case CRTC_DATA_COLOR: crtc_write(v, value); break;
    case STATUS1_COLOR: v->feature = value & 0x08; break;
    default: break;
    }
}

const struct io_ops vga_port_ops = {.read = port_read, .write = port_write, .widths = 1};

void vga_init(struct vga *v, struct clock *k, const struct vga_board *board, struct trace *t)
{
    *v = (struct vga){.clock = k, .trace = t, .board = *board, .version = 1};
    vga_reset(v);
}

/* Registers to zero: nothing is shown until somebody sets a mode. Memory stays. */
void vga_reset(struct vga *v)
{
    for (unsigned i = 0; i < VGA_SEQ_REGS; i++)
        v->seq[i] = 0;
    for (unsigned i = 0; i < VGA_CRTC_REGS; i++)
        v->crtc[i] = 0;
    for (unsigned i = 0; i < VGA_GC_REGS; i++)
        v->gc[i] = 0;
    for (unsigned i = 0; i < VGA_ATTR_REGS; i++)
        v->attr[i] = 0;
    for (unsigned i = 0; i < 256; i++)
        v->dac[i][0] = v->dac[i][1] = v->dac[i][2] = 0;
    v->latch = 0;
    v->misc = v->feature = v->seq_index = v->crtc_index = v->gc_index = v->attr_index = 0;
    v->pel_mask = 0xFF;
    v->dac_read = v->dac_write = v->dac_sub = 0;
    v->attr_data = v->dac_reading = false;
    v->start = 0;
    v->start_pending = false;
    v->start_written = 0;
    vga_dispi_reset(v);
}

static bool page_is_zero(const uint8_t *page)
{
    return page[0] == 0 && memcmp(page, page + 1, 4095) == 0;
}

/* Pages of zeroes stay out of the stream; those never stored to are not even looked at. */
static void snap_memory(struct vga *v, struct snap *s)
{
    struct vga_memory *m = v->board.memory;
    const uint32_t end = VGA_PAGES;
    uint32_t page = 0;

    for (page = 0; s->loading && page < VGA_PAGES; page++) {
        if (m->dirty[page]) /* touched since power-on */
            memset(m->bytes + (size_t)page * 4096, 0, 4096);
    }
    for (page = 0; !s->loading && page < VGA_PAGES; page++) {
        uint8_t *bytes = m->bytes + (size_t)page * 4096;
        if (!m->dirty[page] || page_is_zero(bytes))
            continue;
        snap_u32(s, &page);
        snap_bytes(s, bytes, 4096);
    }
    do {
        page = end;
        snap_u32(s, &page);
        if (page > end)
            snap_fail(s, "vga: no page %u in its memory", (unsigned)page);
        if (!s->loading || !snap_ok(s) || page == end)
            return;
        snap_bytes(s, m->bytes + (size_t)page * 4096, 4096);
        m->dirty[page] = 0xFF;
    } while (snap_ok(s));
}

void vga_snap(struct vga *v, struct snap *s)
{
    uint8_t *bytes[] = {&v->misc,       &v->feature,  &v->seq_index, &v->crtc_index, &v->gc_index,
                        &v->attr_index, &v->pel_mask, &v->dac_read,  &v->dac_write,  &v->dac_sub};
    unsigned version = snap_section(s, "vga", 2);
    if (!version)
        return;
    if (version < 2) {
        snap_fail(s, "vga: version 1 is of a chip with 256 KiB");
        return;
    }
    snap_memory(v, s);
    snap_u32(s, &v->latch);
    for (unsigned i = 0; i < ARRAY_LEN(bytes); i++)
        snap_u8(s, bytes[i]);
    snap_bool(s, &v->attr_data);
    snap_bool(s, &v->dac_reading);
    snap_bytes(s, v->seq, sizeof v->seq);
    snap_bytes(s, v->crtc, sizeof v->crtc);
    snap_bytes(s, v->gc, sizeof v->gc);
    snap_bytes(s, v->attr, sizeof v->attr);
    snap_bytes(s, v->dac, sizeof v->dac);
    snap_u16(s, &v->start);
    snap_bool(s, &v->start_pending);
    snap_u64(s, &v->start_written);
    vga_dispi_snap(v, s);
    if (!s->loading)
        return;
    v->version++;
    if (v->dac_sub > 2) {
        v->dac_sub = 0;
        snap_fail(s, "vga: DAC position out of range");
    }
}

static void info_regs(struct out *to, const char *name, const uint8_t *reg, unsigned n)
{
    out_printf(to, "  %s", name);
    for (unsigned i = 0; i < n; i++)
        out_printf(to, " %02x", reg[i]);
    out_printf(to, "\n");
}

void vga_info(const struct vga *v, struct out *to)
{
    struct vga_lfb f = vga_dispi_lfb(v);
    unsigned line, dot;
    vga_beam(v, &line, &dot);
    out_printf(to, "vga: misc %02x (%s), %s, frame %u lines at %u Hz, beam at line %u dot %u\n",
               v->misc, v->misc & MISC_COLOR ? "3Dx" : "3Bx",
               (v->gc[6] | v->attr[0x10]) & 1 ? "graphics" : "text", vga_frame_lines(v),
               vga_frame_hz(v), line, dot);
    if (vga_dispi_on(v))
        out_printf(to, "  dispi      %u x %u, %u bits, pitch %u, start %u, bank %u\n", f.width,
                   f.height, f.bpp, f.pitch, f.start, v->dispi[DISPI_BANK]);
    info_regs(to, "sequencer ", v->seq, VGA_SEQ_REGS);
    info_regs(to, "crtc      ", v->crtc, VGA_CRTC_REGS);
    info_regs(to, "graphics  ", v->gc, VGA_GC_REGS);
    info_regs(to, "attribute ", v->attr, VGA_ATTR_REGS);
    out_printf(to, "  start %04x cursor %04x latch %08x pel mask %02x\n", vga_start(v),
               v->crtc[0x0E] << 8 | v->crtc[0x0F], v->latch, v->pel_mask);
}
