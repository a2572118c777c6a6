/* SPDX-License-Identifier: MIT */
/* debugcon.c - the debug console port. Source: Bochs user manual. Interface: debugcon.h. */
#include "devices/debugcon.h"

#include "base/out.h"
#include "base/snap.h"
#include "mmu/bus.h"

static uint32_t debugcon_read(void *dev, uint32_t off, unsigned size)
{
    (void)dev, (void)off, (void)size;
    return 0xE9;
}

static void debugcon_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct debugcon *d = dev;
    (void)off, (void)size;
    d->bytes++;
    if (d->write)
        d->write(d->ctx, (uint8_t)value);
}

const struct io_ops debugcon_ops = {.read = debugcon_read, .write = debugcon_write, .widths = 1};

void debugcon_init(struct debugcon *d, void (*write)(void *ctx, uint8_t byte), void *ctx)
{
    *d = (struct debugcon){.write = write, .ctx = ctx};
}

void debugcon_reset(struct debugcon *d)
{
    d->bytes = 0;
}

void debugcon_snap(struct debugcon *d, struct snap *s)
{
    if (!snap_section(s, "debugcon", 1))
        return;
    snap_u64(s, &d->bytes);
}

void debugcon_info(const struct debugcon *d, struct out *to)
{
    out_printf(to, "debugcon: %llu bytes written\n", (unsigned long long)d->bytes);
}
