/* SPDX-License-Identifier: MIT */
/* postcode.c - port 80h (see postcode.h). */
#include "devices/postcode.h"

#include "base/out.h"
#include "base/snap.h"
#include "base/trace.h"
#include "mmu/bus.h"

static uint32_t postcode_read(void *dev, uint32_t off, unsigned size)
{
    const struct postcode *p = dev;
    (void)off;
    (void)size;
    return p->code;
}

static void postcode_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct postcode *p = dev;
    (void)off;
    (void)size;
    p->code = (uint8_t)value;
    TRACE(p->trace, TRACE_POST, "POST code %02x", p->code);
}

const struct io_ops postcode_ops = {.read = postcode_read, .write = postcode_write, .widths = 1};

void postcode_init(struct postcode *p, struct trace *t)
{
    p->trace = t;
    postcode_reset(p);
}

void postcode_reset(struct postcode *p)
{
    p->code = 0;
}

void postcode_snap(struct postcode *p, struct snap *s)
{
    if (snap_section(s, "postcode", 1))
        snap_u8(s, &p->code);
}

void postcode_info(const struct postcode *p, struct out *to)
{
    out_printf(to, "POST code %02x\n", p->code);
}
