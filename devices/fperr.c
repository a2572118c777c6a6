/* SPDX-License-Identifier: MIT */
/* fperr.c - FERR#, IRQ 13 and port F0h (see fperr.h). */
#include "devices/fperr.h"

#include "base/out.h"
#include "base/snap.h"
#include "base/trace.h"
#include "mmu/bus.h"

static void latch(struct fperr *p, bool level)
{
    p->latched = level;
    irq_set(&p->irq, level);
}

static void ignore(struct fperr *p, bool level)
{
    p->ignoring = level;
    irq_set(&p->ignne, level);
}

static uint32_t fperr_read(void *dev, uint32_t off, unsigned size)
{
    (void)dev;
    (void)off;
    (void)size;
    return 0xff;
}

static void fperr_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct fperr *p = dev;
    (void)value;
    (void)size;
    if (off)
        return;
    latch(p, false);
    ignore(p, p->ferr);
}

const struct io_ops fperr_ops = {.read = fperr_read, .write = fperr_write, .widths = 1};

void fperr_init(struct fperr *p, struct irq irq, struct irq ignne, struct trace *t)
{
    *p = (struct fperr){.irq = irq, .ignne = ignne, .trace = t};
}

void fperr_reset(struct fperr *p)
{
    p->ferr = false;
    latch(p, false);
    ignore(p, false);
}

void fperr_set(struct fperr *p, bool level)
{
    if (level && !p->ferr) {
        TRACE(p->trace, TRACE_CPU, "FERR#: IRQ 13");
        latch(p, true);
    }
    p->ferr = level;
    if (!level)
        ignore(p, false);
}

void fperr_snap(struct fperr *p, struct snap *s)
{
    if (!snap_section(s, "fperr", 1))
        return;
    snap_bool(s, &p->ferr);
    snap_bool(s, &p->latched);
    snap_bool(s, &p->ignoring);
}

void fperr_info(const struct fperr *p, struct out *to)
{
    out_printf(to, "FERR# %d, IRQ 13 %d, IGNNE# %d\n", p->ferr, p->latched, p->ignoring);
}
