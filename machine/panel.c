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

/* Disks and CD-ROM drives of both channels. */
static void ide_lights(const struct machine *m, struct panel *p)
{
    for (unsigned n = 0; n < CONFIG_UNITS; n++) {
        const struct ata_drive *d = &m->ide[n / 2].drive[n % 2];
        enum panel_light light = d->kind == ATA_CDROM ? PANEL_CDROM : PANEL_DISK;

        p->fitted[light] |= d->kind != ATA_NONE;
        p->light[light] += d->moved;
    }
}

/* DOR: bits 0 and 1 select a drive, bits 4 to 7 turn the motors. */
static void floppy_lights(const struct machine *m, struct panel *p)
{
    const struct fdc *f = &m->fdc;
    unsigned selected = f->dor & 3;

    for (unsigned n = 0; n < FDC_DRIVES; n++)
        p->fitted[PANEL_FLOPPY] |= f->drive[n].medium != NULL;
    p->on[PANEL_FLOPPY] = selected < FDC_DRIVES && (f->dor >> (4 + selected) & 1);
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
        .mouse = m->mouse.reporting,
        .power_button = m->cfg.machine == MACHINE_PC && piix4_pm_listens(&m->pm),
    };
    ide_lights(m, p);
    floppy_lights(m, p);
    p->fitted[PANEL_NETWORK] = m->cfg.nic != NIC_NONE;
    p->light[PANEL_NETWORK] = network_used(m);
}
