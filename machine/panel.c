/* SPDX-License-Identifier: MIT */
/* panel.c - see panel.h. */
#include "machine/panel.h"

#include "machine/board.h"

static enum panel_mode mode(const struct cpu *c)
{
    if (!(c->cr0 & CR0_PE))
        return PANEL_REAL;
    return c->eflags & FLAG_VM ? PANEL_V86 : PANEL_PROTECTED;
}

void machine_panel(const struct machine *m, struct panel *p)
{
    const struct cpu *c = &m->cpu;

    *p = (struct panel){
        .mode = mode(c),
        .paging = (c->cr0 & CR0_PG) != 0,
        .code32 = (c->mode & MODE_CODE32) != 0,
        .cpl = c->cpl,
        .idle = c->halted,
        .lamps = m->kbd.leds,
    };
}
