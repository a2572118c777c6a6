/* SPDX-License-Identifier: MIT */
/*
 * port92.c - system control port A. Source: IBM PS/2 Hardware Interface Technical Reference.
 * Interface and limits: port92.h.
 */
#include "devices/port92.h"

#include "base/out.h"
#include "base/snap.h"
#include "base/trace.h"
#include "mmu/bus.h"

enum { FAST_RESET = 0x01, A20_GATE = 0x02, KEPT = 0xCB };

static uint32_t port92_read(void *dev, uint32_t off, unsigned size)
{
    const struct port92 *p = dev;
    (void)off, (void)size;
    return p->value;
}

static void port92_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct port92 *p = dev;
    uint8_t was = p->value;
    (void)off, (void)size;
    p->value = (uint8_t)(value & KEPT);
    if ((was ^ p->value) & A20_GATE) {
        TRACE(p->trace, TRACE_BOARD, "port 92h: A20 %s", p->value & A20_GATE ? "open" : "closed");
        irq_set(&p->a20, p->value & A20_GATE);
    }
    if (~was & p->value & FAST_RESET) {
        TRACE(p->trace, TRACE_BOARD, "port 92h: reset");
        irq_set(&p->reset, true);
        irq_set(&p->reset, false);
    }
}

const struct io_ops port92_ops = {.read = port92_read, .write = port92_write, .widths = 1};

void port92_init(struct port92 *p, struct irq a20, struct irq reset, struct trace *t)
{
    *p = (struct port92){.a20 = a20, .reset = reset, .trace = t};
    port92_reset(p);
}

void port92_reset(struct port92 *p)
{
    p->value = 0;
    irq_set(&p->a20, false);
}

void port92_snap(struct port92 *p, struct snap *s)
{
    if (!snap_section(s, "port92", 1))
        return;
    snap_u8(s, &p->value);
    p->value &= KEPT;
}

void port92_info(const struct port92 *p, struct out *to)
{
    out_printf(to, "port92: value %02x, A20 gate %s\n", p->value,
               p->value & A20_GATE ? "open" : "closed");
}
