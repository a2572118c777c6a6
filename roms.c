/* SPDX-License-Identifier: MIT */
/* roms.c - which ROMs a run needs (see roms.h). */
#include "roms.h"

#include "options.h"

#include <string.h>

static bool has_media(const struct config *c)
{
    for (unsigned n = 0; n < CONFIG_UNITS; n++)
        if (c->ide[n].kind != IDE_NONE)
            return true;
    return c->floppy[0] || c->floppy[1];
}

bool roms_open(struct roms *r, struct options *o, struct error *err)
{
    struct config *c = &o->config;

    if (!o->bios && (o->image || !has_media(c)))
        return true;
    if (!bios_read(&r->bios, o->bios, c->machine, err))
        return false;
    if (!(o->vgabios && strcmp(o->vgabios, "none") == 0) &&
        !bios_read_vga(&r->vgabios, o->vgabios, c->machine, &r->bios, err))
        return false;
    c->bios = r->bios.rom;
    c->vgabios = r->vgabios.rom;
    return true;
}

void roms_close(struct roms *r)
{
    bios_free(&r->bios);
    bios_free(&r->vgabios);
}
