/* SPDX-License-Identifier: MIT */
/*
 * vga_timing.c - where the beam is, computed from the clock and the CRTC's numbers, and the start
 * address, which the CRTC takes over when a vertical retrace begins.
 * Source: IBM PS/2 Hardware Interface Technical Reference, "CRT controller", "Input status 1".
 *
 * A frame is line_dots() times vga_frame_lines() periods of the dot clock; frames are counted from
 * power-on, as if the numbers had always been what they are now.
 */
#include "devices/vga_parts.h"

#include "base/clock.h"

enum { DISPLAY_OFF = 0x01, VERTICAL_RETRACE = 0x08 };

static unsigned dots_per_char(const struct vga *v)
{
    return v->seq[1] & 1 ? 8 : 9;
}

/* CRTC 17h bit 2: the vertical counter counts every second line. */
static unsigned lines(const struct vga *v, unsigned count)
{
    return v->crtc[0x17] & 0x04 ? count * 2 : count;
}

unsigned vga_frame_lines(const struct vga *v)
{
    uint8_t over = v->crtc[7];
    return lines(v, (v->crtc[6] | (over & 0x01u) << 8 | (over & 0x20u) << 4) + 2);
}

unsigned vga_shown_lines(const struct vga *v)
{
    uint8_t over = v->crtc[7];
    return lines(v, (v->crtc[0x12] | (over & 0x02u) << 7 | (over & 0x40u) << 3) + 1);
}

static unsigned retrace_line(const struct vga *v)
{
    uint8_t over = v->crtc[7];
    return lines(v, v->crtc[0x10] | (over & 0x04u) << 6 | (over & 0x80u) << 2);
}

/* The end is compared in four bits: retrace lasts 1 to 16 counts. */
static unsigned retrace_lines(const struct vga *v)
{
    unsigned count = (v->crtc[0x11] - v->crtc[0x10]) & 15u;
    return lines(v, count ? count : 16);
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

static uint64_t frame_dots(const struct vga *v)
{
    return (uint64_t)line_dots(v) * vga_frame_lines(v);
}

unsigned vga_frame_hz(const struct vga *v)
{
    return (unsigned)((dot_hz(v) + frame_dots(v) / 2) / frame_dots(v));
}

void vga_beam(const struct vga *v, unsigned *line, unsigned *dot)
{
    uint64_t at = clock_count(v->clock->now, dot_hz(v)) % frame_dots(v);
    *line = (unsigned)(at / line_dots(v));
    *dot = (unsigned)(at % line_dots(v));
}

uint8_t vga_status1(const struct vga *v)
{
    unsigned line, dot, retrace = retrace_line(v);
    uint8_t s = 0;
    vga_beam(v, &line, &dot);
    if (line >= vga_shown_lines(v) || dot >= (v->crtc[1] + 1u) * dots_per_char(v))
        s |= DISPLAY_OFF;
    if (line >= retrace && line < retrace + retrace_lines(v))
        s |= VERTICAL_RETRACE;
    return s;
}

/* How many vertical retraces had begun by then. */
static uint64_t retraces(const struct vga *v, uint64_t then)
{
    uint64_t before = (uint64_t)(retrace_line(v) % vga_frame_lines(v)) * line_dots(v);
    return (clock_count(then, dot_hz(v)) + frame_dots(v) - before) / frame_dots(v);
}

static uint16_t start_written(const struct vga *v)
{
    return (uint16_t)(v->crtc[0x0C] << 8 | v->crtc[0x0D]);
}

uint16_t vga_start(const struct vga *v)
{
    if (!v->start_pending || retraces(v, v->start_written) == retraces(v, v->clock->now))
        return v->start;
    return start_written(v);
}

void vga_timing_changes(struct vga *v)
{
    v->start = vga_start(v);
}

void vga_timing_changed(struct vga *v)
{
    v->start_pending = v->start != start_written(v);
    v->start_written = v->clock->now;
}
