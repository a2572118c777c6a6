/* SPDX-License-Identifier: MIT */
/* lpt.c - the parallel port (see lpt.h). */
#include "devices/lpt.h"

#include "base/out.h"
#include "base/snap.h"
#include "mmu/bus.h"

enum { DATA, STATUS, CONTROL };

/* Control register: the five bits that exist; the others read as ones. */
enum { STROBE = 0x01, IRQ_ENABLE = 0x10, KEPT = 0x1f };

/* Status: not busy, no ACK pulse, paper, selected, no error; the low bits read as ones. */
enum { READY = 0xdf };

static uint32_t lpt_read(void *dev, uint32_t off, unsigned size)
{
    const struct lpt *p = dev;
    (void)size;
    if (off == DATA)
        return p->data;
    return off == STATUS ? READY : p->control | (uint32_t)(uint8_t)~KEPT;
}

static void print(struct lpt *p)
{
    p->bytes++;
    if (p->write)
        p->write(p->ctx, p->data);
    if (p->control & IRQ_ENABLE) { /* the ACK pulse: its end is the request */
        irq_set(&p->irq, false);
        irq_set(&p->irq, true);
    }
}

static void lpt_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct lpt *p = dev;
    uint8_t was = p->control;
    (void)size;
    if (off == DATA)
        p->data = (uint8_t)value;
    if (off != CONTROL)
        return;
    p->control = (uint8_t)(value & KEPT);
    if ((was ^ p->control) & IRQ_ENABLE)
        irq_set(&p->irq, p->control & IRQ_ENABLE); /* ACK is high when nothing happens */
    if (~was & p->control & STROBE)
        print(p);
}

const struct io_ops lpt_ops = {.read = lpt_read, .write = lpt_write, .widths = 1};

void lpt_init(struct lpt *p, struct irq irq, void (*write)(void *ctx, uint8_t byte), void *ctx)
{
    *p = (struct lpt){.write = write, .ctx = ctx, .irq = irq};
    lpt_reset(p);
}

void lpt_reset(struct lpt *p)
{
    p->data = 0;
    p->control = 0;
    irq_set(&p->irq, false);
}

void lpt_snap(struct lpt *p, struct snap *s)
{
    if (!snap_section(s, "lpt", 1))
        return;
    snap_u8(s, &p->data);
    snap_u8(s, &p->control);
    snap_u64(s, &p->bytes);
    p->control &= KEPT;
}

void lpt_info(const struct lpt *p, struct out *to)
{
    out_printf(to, "lpt: data %02x, control %02x%s, %llu bytes printed\n", p->data, p->control,
               p->control & IRQ_ENABLE ? " (interrupt)" : "", (unsigned long long)p->bytes);
}
