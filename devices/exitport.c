/* SPDX-License-Identifier: MIT */
/* exitport.c - the exit port. Source: QEMU's documentation of isa-debug-exit. See exitport.h. */
#include "devices/exitport.h"

#include "base/out.h"
#include "base/trace.h"
#include "mmu/bus.h"

static uint32_t exitport_read(void *dev, uint32_t off, unsigned size)
{
    (void)dev, (void)off;
    return size == 4 ? 0xFFFFFFFFu : size == 2 ? 0xFFFFu : 0xFFu;
}

static void exitport_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct exitport *e = dev;
    (void)off, (void)size;
    TRACE(e->trace, TRACE_BOARD, "exit port: %08x", value);
    if (e->exit)
        e->exit(e->ctx, value);
}

const struct io_ops exitport_ops = {.read = exitport_read, .write = exitport_write, .widths = 7};

void exitport_init(struct exitport *e, void (*exit)(void *ctx, uint32_t value), void *ctx,
                   struct trace *t)
{
    *e = (struct exitport){.exit = exit, .ctx = ctx, .trace = t};
}

void exitport_info(const struct exitport *e, struct out *to)
{
    out_printf(to, "exitport: %s\n", e->exit ? "connected" : "not connected");
}
