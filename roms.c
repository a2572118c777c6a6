/* SPDX-License-Identifier: MIT */
/* roms.c - which ROMs a run needs (see roms.h). */
#include "roms.h"

#include "builtin.h"
#include "options.h"

#include <stdio.h>
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

/* The VGA's BIOS goes with what vga= asks for: without it there is text mode alone. */
static bool serve_video(struct roms *r, struct options *o, struct error *err)
{
    const char *mode = o->append ? bzimage_video(o->append) : NULL;

    if (o->vgabios ? strcmp(o->vgabios, "none") == 0 : !mode)
        return true;
    if (!bios_read_vga(&r->vgabios, o->vgabios, o->config.machine, NULL, err))
        return false;
    if (!r->vgabios.rom.size)
        fprintf(stderr,
                "emu386: vga=%.*s: no VGA BIOS is installed (Debian's packages seabios and vgabios "
                "have one), so there is text mode alone\n",
                (int)strcspn(mode, " "), mode);
    o->config.vgabios = r->vgabios.rom;
    return true;
}

bool roms_serve(struct roms *r, struct options *o, struct error *err)
{
    o->config.services = true;
    o->config.bios.data = (uint8_t *)(uintptr_t)builtin_bios; /* ROMs are never written */
    o->config.bios.size = (uint32_t)(builtin_bios_end - builtin_bios);
    return serve_video(r, o, err);
}

void roms_close(struct roms *r)
{
    bios_free(&r->bios);
    bios_free(&r->vgabios);
}
