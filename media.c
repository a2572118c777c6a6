/* SPDX-License-Identifier: MIT */
/* media.c - which file is in which drive (see media.h). */
#include "media.h"

#include "machine/disk.h"

#include <string.h>

#define CDROM_UNIT 2u

static bool open_unit(struct media *m, struct options *o, unsigned unit, const char *spec,
                      enum disk_use use, struct error *err)
{
    struct error why = {.text = ""};
    m->unit[unit] = disk_open(spec, use, &why);
    if (!m->unit[unit])
        return error_set(err, "%s %.480s", use == DISK_CDROM ? "--cdrom" : "--disk", why.text);
    o->config.ide[unit].medium = disk_block(m->unit[unit]);
    return true;
}

bool media_open(struct media *m, struct options *o, struct error *err)
{
    for (unsigned n = 0, unit = 0; n < o->disk_count; n++, unit++) {
        if (o->cdrom && unit == CDROM_UNIT)
            unit++;
        o->config.ide[unit].kind = IDE_DISK;
        if (!open_unit(m, o, unit, o->disks[n], DISK_HARD, err))
            return false;
    }
    if (!o->cdrom)
        return true;
    o->config.ide[CDROM_UNIT].kind = IDE_CDROM;
    return strcmp(o->cdrom, "none") == 0 || open_unit(m, o, CDROM_UNIT, o->cdrom, DISK_CDROM, err);
}

void media_close(struct media *m)
{
    for (unsigned n = 0; n < CONFIG_UNITS; n++) {
        disk_close(m->unit[n]);
        m->unit[n] = NULL;
    }
}
