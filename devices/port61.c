/* SPDX-License-Identifier: MIT */
/*
 * port61.c - system control port B. Source: IBM PC/AT technical reference. Interface: port61.h.
 */
#include "devices/port61.h"

#include "base/clock.h"
#include "base/out.h"
#include "base/snap.h"
#include "base/trace.h"
#include "mmu/bus.h"

#define REFRESH_UNITS (18u * CLOCK_PIT_TICK)

enum { GATE2 = 0x01, SPEAKER_DATA = 0x02, REFRESH = 0x10, OUT2 = 0x20 };

static void set_value(struct port61 *p, uint8_t value)
{
    bool was = port61_speaker_on(p);
    p->value = value & 0x0F;
    if (p->timer.set_gate)
        p->timer.set_gate(p->timer.ctx, value & GATE2);
    if (was != port61_speaker_on(p))
        TRACE(p->trace, TRACE_BOARD, "speaker %s", was ? "off" : "on");
}

static uint32_t port61_read(void *dev, uint32_t off, unsigned size)
{
    struct port61 *p = dev;
    uint32_t v = p->value;
    (void)off, (void)size;
    if (p->clock->now / REFRESH_UNITS & 1)
        v |= REFRESH;
    if (p->timer.out && p->timer.out(p->timer.ctx))
        v |= OUT2;
    return v;
}

static void port61_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    (void)off, (void)size;
    set_value(dev, (uint8_t)value);
}

const struct io_ops port61_ops = {.read = port61_read, .write = port61_write, .widths = 1};

void port61_init(struct port61 *p, struct clock *k, struct port61_timer timer, struct trace *t)
{
    *p = (struct port61){.clock = k, .timer = timer, .trace = t};
    port61_reset(p);
}

void port61_reset(struct port61 *p)
{
    set_value(p, 0);
}

void port61_snap(struct port61 *p, struct snap *s)
{
    if (!snap_section(s, "port61", 1))
        return;
    snap_u8(s, &p->value);
    p->value &= 0x0F;
}

bool port61_speaker_on(const struct port61 *p)
{
    return (p->value & (GATE2 | SPEAKER_DATA)) == (GATE2 | SPEAKER_DATA);
}

void port61_info(const struct port61 *p, struct out *to)
{
    out_printf(to, "port61: value %02x, timer 2 gate %s, speaker data %s\n", p->value,
               p->value & GATE2 ? "open" : "closed", p->value & SPEAKER_DATA ? "on" : "off");
}
