/* SPDX-License-Identifier: MIT */
/*
 * roms.h - the ROMs of a run: firmware and the VGA's BIOS, if the command line asks for any or gives
 * something that only firmware can boot.
 */
#ifndef ROMS_H
#define ROMS_H

#include "loader/bios.h"

struct options;

struct roms {
    struct bios bios;    /* "" and no bytes if there is none */
    struct bios vgabios; /* the same */
};

/* Reads what is needed and puts it into o->config; the media are in there already. */
bool roms_open(struct roms *r, struct options *o, struct error *err);
/* For what the loader enters in real mode: the built-in BIOS services, and a VGA BIOS if the user names
   one or the kernel is to set a video mode; if none is installed, a note on stderr says so. */
bool roms_serve(struct roms *r, struct options *o, struct error *err);
void roms_close(struct roms *r);

#endif
