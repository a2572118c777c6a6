/* SPDX-License-Identifier: MIT */
/*
 * vga.c - the registers of the VGA and its timing. The memory is in vga_mem.c, the picture and
 * text mode 3 in vga_screen.c. Source: IBM PS/2 Hardware Interface Technical Reference.
 */
#include "devices/vga.h"

#include "base/clock.h"
#include "base/out.h"
#include "base/snap.h"
#include "base/trace.h"
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

enum { MISC_COLOR = 0x01, SENSE = 0x10, DISPLAY_OFF = 0x01, VERTICAL_RETRACE = 0x08 };

/* Bits that exist in each register. */
/* clang-format off */
static const uint8_t seq_mask[VGA_SEQ_REGS] = {0x03, 0x3D, 0x0F, 0x3F, 0x0E};
static const uint8_t gc_mask[VGA_GC_REGS] = {0x0F, 0x0F, 0x0F, 0x1F, 0x03, 0x7B, 0x0F, 0x0F, 0xFF};
static const uint8_t attr_mask[VGA_ATTR_REGS] = {
    0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F,
    0xEF, 0xFF, 0x3F, 0x0F, 0x0F,
};
/* clang-format on */

/* Where the beam is: line and dot within the frame, and the frame's size. */
struct beam {
    uint32_t line; /* scan line, 0 = first displayed */
    uint32_t dot;  /* dot clock within the line */
};

static unsigned dots_per_char(const struct vga *v)
{
    return v->seq[1] & 1 ? 8 : 9;
}

static unsigned vertical_total(const struct vga *v)
{
    uint8_t over = v->crtc[7];
    return (v->crtc[6] | (over & 0x01u) << 8 | (over & 0x20u) << 4) + 2;
}

static unsigned line_dots(const struct vga *v)
{
    return (v->crtc[0] + 5u) * dots_per_char(v);
}

static uint32_t dot_hz(const struct vga *v)
{
    uint32_t hz = v->misc & 0x04 ? 28322000 : 25175000;
    return v->seq[1] & 0x08 ? hz / 2 : hz;
}

static struct beam beam_now(const struct vga *v)
{
    uint64_t dots = clock_count(v->clock->now, dot_hz(v));
    uint32_t at = (uint32_t)(dots % ((uint64_t)line_dots(v) * vertical_total(v)));
    return (struct beam){.line = at / line_dots(v), .dot = at % line_dots(v)};
}

static uint8_t status1(const struct vga *v)
{
    struct beam b = beam_now(v);
    uint8_t over = v->crtc[7];
    unsigned display_end = (v->crtc[0x12] | (over & 0x02u) << 7 | (over & 0x40u) << 3) + 1;
    unsigned retrace = v->crtc[0x10] | (over & 0x04u) << 6 | (over & 0x80u) << 2;
    /* The end is compared in four bits: retrace lasts 1 to 16 lines. */
    unsigned lines = (v->crtc[0x11] - retrace) & 15u;
    uint8_t s = 0;
    if (b.line >= display_end || b.dot >= (v->crtc[1] + 1u) * dots_per_char(v))
        s |= DISPLAY_OFF;
    if (b.line >= retrace && b.line < retrace + (lines ? lines : 16))
        s |= VERTICAL_RETRACE;
    return s;
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
    v->dac[v->dac_write][v->dac_sub] = c & 0x3F;
    if (++v->dac_sub == 3) {
        v->dac_sub = 0;
        v->dac_write++;
    }
}

static void attr_write(struct vga *v, uint8_t value)
{
    unsigned i = v->attr_index & 0x1Fu;
    if (!v->attr_data) {
        v->attr_index = value & 0x3F;
    } else if (i < VGA_ATTR_REGS) {
        if (i == 0x10 && v->attr[i] != (value & attr_mask[i]))
            TRACE(v->trace, TRACE_VGA, "attribute mode %02x: %s", value,
                  value & 1 ? "graphics" : "text");
        v->attr[i] = value & attr_mask[i];
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
            v->crtc[7] = (uint8_t)((v->crtc[7] & ~0x10) | (value & 0x10));
        return;
    }
    if (v->crtc[i] != value && (i <= 9 || i == 0x12 || i == 0x13 || i == 0x17))
        TRACE(v->trace, TRACE_VGA, "crtc %02x = %02x", i, value);
    v->crtc[i] = value;
}

static void gc_write(struct vga *v, uint8_t value)
{
    if (v->gc_index >= VGA_GC_REGS)
        return;
    value &= gc_mask[v->gc_index];
    if (v->gc_index == 6 && v->gc[6] != value)
        TRACE(v->trace, TRACE_VGA, "window %u, %s", value >> 2 & 3,
              value & 1 ? "graphics" : "text");
    v->gc[v->gc_index] = value;
}

static void seq_write(struct vga *v, uint8_t value)
{
    if (v->seq_index < VGA_SEQ_REGS)
        v->seq[v->seq_index] = value & seq_mask[v->seq_index];
}

static void misc_write(struct vga *v, uint8_t value)
{
    if (v->misc != value)
        TRACE(v->trace, TRACE_VGA, "misc output %02x: %s, clock %u", value,
              value & MISC_COLOR ? "3Dx" : "3Bx", value >> 2 & 3);
    v->misc = value;
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
    case STATUS1_COLOR: v->attr_data = false; return status1(v);
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
    case PEL_MASK: v->pel_mask = value; break;
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

void vga_init(struct vga *v, struct clock *k, struct trace *t)
{
    v->clock = k;
    v->trace = t;
    for (unsigned i = 0; i < VGA_CELLS; i++)
        v->mem[i] = 0;
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
}

void vga_snap(struct vga *v, struct snap *s)
{
    if (!snap_section(s, "vga", 1))
        return;
    for (unsigned i = 0; i < VGA_CELLS; i++)
        snap_u32(s, &v->mem[i]);
    snap_u32(s, &v->latch);
    uint8_t *bytes[] = {&v->misc,       &v->feature,  &v->seq_index, &v->crtc_index, &v->gc_index,
                        &v->attr_index, &v->pel_mask, &v->dac_read,  &v->dac_write,  &v->dac_sub};
    for (unsigned i = 0; i < ARRAY_LEN(bytes); i++)
        snap_u8(s, bytes[i]);
    snap_bool(s, &v->attr_data);
    snap_bool(s, &v->dac_reading);
    snap_bytes(s, v->seq, sizeof v->seq);
    snap_bytes(s, v->crtc, sizeof v->crtc);
    snap_bytes(s, v->gc, sizeof v->gc);
    snap_bytes(s, v->attr, sizeof v->attr);
    snap_bytes(s, v->dac, sizeof v->dac);
    if (s->loading && v->dac_sub > 2) {
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
    struct beam b = beam_now(v);
    uint64_t frame = (uint64_t)line_dots(v) * vertical_total(v);
    out_printf(to, "vga: misc %02x (%s), %s, frame %u lines at %u Hz, beam at line %u dot %u\n",
               v->misc, v->misc & MISC_COLOR ? "3Dx" : "3Bx",
               (v->gc[6] | v->attr[0x10]) & 1 ? "graphics" : "text", vertical_total(v),
               (unsigned)((dot_hz(v) + frame / 2) / frame), b.line, b.dot);
    info_regs(to, "sequencer ", v->seq, VGA_SEQ_REGS);
    info_regs(to, "crtc      ", v->crtc, VGA_CRTC_REGS);
    info_regs(to, "graphics  ", v->gc, VGA_GC_REGS);
    info_regs(to, "attribute ", v->attr, VGA_ATTR_REGS);
    out_printf(to, "  start %04x cursor %04x latch %08x pel mask %02x\n",
               v->crtc[0x0C] << 8 | v->crtc[0x0D], v->crtc[0x0E] << 8 | v->crtc[0x0F], v->latch,
               v->pel_mask);
}
