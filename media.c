/* SPDX-License-Identifier: MIT */
/* media.c - which file is in which drive (see media.h). */
#include "media.h"

#include "base/block.h"
#include "machine/disk.h"
#include "machine/machine.h"

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

static bool open_floppy(struct media *m, struct options *o, unsigned drive, const char *spec,
                        struct error *err)
{
    struct error why = {.text = ""};
    struct disk *d = m->floppy[drive] = disk_open(spec, DISK_FLOPPY, &why);
    if (!d)
        return error_set(err, "--floppy %.480s", why.text);
    uint32_t size = machine_floppy_size(disk_block(d)->sectors);
    if (!size)
        return error_set(err,
                         "--floppy %s: larger than a floppy, which has 2880 KiB at most; "
                         "a hard disk is --disk",
                         disk_name(d));
    disk_pad(d, size);
    o->config.floppy[drive] = disk_block(d);
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
    for (unsigned n = 0; n < o->floppy_count; n++)
        if (strcmp(o->floppies[n], "none") != 0 && !open_floppy(m, o, n, o->floppies[n], err))
            return false;
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
    for (unsigned n = 0; n < CONFIG_FLOPPIES; n++) {
        disk_close(m->floppy[n]);
        m->floppy[n] = NULL;
    }
}
