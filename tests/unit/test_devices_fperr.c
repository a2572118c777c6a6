/* SPDX-License-Identifier: MIT */
/*
 * test_devices_fperr.c - FERR# to IRQ 13, port F0h and IGNNE# (AT Technical Reference).
 */
#include "base/snap.h"
#include "devices/fperr.h"
#include "mmu/bus.h"
#include "tests/report.h"

enum { IRQ, IGNNE, WIRES };

static void wire(void *levels, unsigned n, bool level)
{
    ((bool *)levels)[n] = level;
}

int main(void)
{
    bool level[WIRES] = {false};
    struct fperr p, copy;
    fperr_init(&p, (struct irq){wire, level, IRQ}, (struct irq){wire, level, IGNNE}, NULL);
    fperr_reset(&p);
    CHECK(!level[IRQ] && !level[IGNNE], "quiet after reset");
    fperr_ops.write(&p, 0, 0, 1);
    CHECK(!level[IRQ] && !level[IGNNE], "nothing to ignore without an error");
    fperr_set(&p, true);
    CHECK(level[IRQ] && !level[IGNNE], "an error is IRQ 13");
    fperr_ops.write(&p, 1, 0, 1);
    CHECK(level[IRQ], "port F1h does not clear it");
    fperr_ops.write(&p, 0, 0, 1);
    CHECK(!level[IRQ] && level[IGNNE], "port F0h clears it and the handler is let through");
    fperr_set(&p, true);
    CHECK(!level[IRQ] && level[IGNNE], "the same error does not come again");

    struct snap save, load;
    snap_save_init(&save);
    fperr_snap(&p, &save);
    fperr_init(&copy, (struct irq){0}, (struct irq){0}, NULL);
    snap_load_init(&load, save.buf, save.len);
    fperr_snap(&copy, &load);
    CHECK(snap_ok(&load) && copy.ferr && !copy.latched && copy.ignoring, "a snapshot has it all");
    snap_free(&save);

    fperr_set(&p, false);
    CHECK(!level[IRQ] && !level[IGNNE], "the error is gone");
    fperr_set(&p, true);
    CHECK(level[IRQ], "and another one comes");
    fperr_set(&p, false);
    CHECK(level[IRQ], "the latch stays until somebody clears it");
    fperr_ops.write(&p, 0, 0, 1);
    CHECK(!level[IRQ] && !level[IGNNE], "cleared");
    return report_end();
}
