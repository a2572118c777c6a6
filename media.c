/* SPDX-License-Identifier: MIT */
/* media.c - which file is in which drive (see media.h). */
#include "media.h"

#include "base/block.h"
#include "loader/bios.h"
#include "loader/recognise.h"
#include "machine/disk.h"
#include "machine/machine.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

/* ---- IMAGE ----------------------------------------------------------------------------- */

/* As an argument of --disk, with its commas doubled. */
static bool name_image(struct media *m, const char *file, const char *options, struct error *err)
{
    size_t used = 0;

    for (const char *at = file; *at; at++) {
        if (used + 2 + strlen(options) >= sizeof m->image)
            return error_set(err, "%s: the name is too long", file);
        m->image[used++] = *at;
        if (*at == ',')
            m->image[used++] = ',';
    }
    strcpy(m->image + used, options);
    return true;
}

static bool into_drive(struct media *m, struct options *o, enum image_kind kind, struct error *err)
{
    if (kind == IMAGE_CD) {
        if (o->cdrom && strcmp(o->cdrom, "none") != 0)
            return error_set(err, "%s: is a CD, and --cdrom puts %s into the drive", o->image,
                             o->cdrom);
        o->cdrom = m->image;
    } else if (kind == IMAGE_DISK) {
        if (o->disk_count == OPTIONS_MAX_DISKS - (o->cdrom != NULL))
            return error_set(err, "%s: is a hard disk, and there is no room for one more",
                             o->image);
        memmove(o->disks + 1, o->disks, o->disk_count * sizeof *o->disks);
        o->disks[0] = m->image;
        o->disk_count++;
    } else {
        if (o->floppy_count == CONFIG_FLOPPIES)
            return error_set(err, "%s: is a floppy, and there is one in both drives", o->image);
        memmove(o->floppies + 1, o->floppies, o->floppy_count * sizeof *o->floppies);
        o->floppies[0] = m->image;
        o->floppy_count++;
    }
    return true;
}

/* --boot names only what there is. */
static bool check_order(const struct options *o, struct error *err)
{
    const char *order = o->config.boot_order;

    if (!order[0])
        return true;
    if (o->image)
        return error_set(err, "--boot is for firmware, and %s is loaded without", o->image);
    if (strchr(order, 'c') && !o->disk_count)
        return error_set(err, "--boot disk: there is none; --disk FILE would be right");
    if (strchr(order, 'd') && !o->cdrom)
        return error_set(err, "--boot cdrom: there is no drive; --cdrom FILE would be right");
    if (strchr(order, 'a') && !o->floppy_count)
        return error_set(err, "--boot floppy: there is none; --floppy FILE would be right");
    return true;
}

bool media_take_image(struct media *m, struct options *o, char *note, size_t size,
                      struct error *err)
{
    static const char *const names[] = {
        [IMAGE_CD] = "a CD", [IMAGE_DISK] = "a hard disk", [IMAGE_FLOPPY] = "a floppy"};
    static const char *const orders[] = {
        [IMAGE_CD] = "dca", [IMAGE_DISK] = "cda", [IMAGE_FLOPPY] = "acd"};
    enum image_kind kind = o->image ? image_recognise(o->image) : IMAGE_LOADED;
    bool writable = o->image && access(o->image, W_OK) == 0;

    *note = '\0';
    if (kind == IMAGE_FLOPPY && !o->direct && !o->bios && !bios_installed(o->config.machine)) {
        snprintf(note, size,
                 "%s: its first sector starts without a BIOS, so without INT services; Debian's "
                 "package seabios has one",
                 o->image);
        kind = IMAGE_LOADED;
    }
    if (kind == IMAGE_LOADED || (kind == IMAGE_FLOPPY && o->direct))
        return check_order(o, err);
    if (kind == IMAGE_CD_UNBOOTED)
        return error_set(err,
                         "%s: ISO 9660 image without a boot record (El Torito); --cdrom %s puts it "
                         "into the drive of a machine that boots something else",
                         o->image, o->image);
    if (o->direct)
        return error_set(err, "-k %s: is %s, which firmware boots; without -k it would be right",
                         o->image, names[kind]);
    if (o->module_count || o->append)
        return error_set(err, "%s: is %s, which firmware boots, so it cannot be given --%s",
                         o->image, names[kind], o->append ? "append" : "initrd");
    if (kind != IMAGE_CD && !writable)
        snprintf(note, size, "%s: cannot be written; %s", o->image,
                 kind == IMAGE_DISK ? "what the guest writes is gone at the end"
                                    : "it is write-protected");
    if (!name_image(m, o->image,
                    writable || kind == IMAGE_CD ? ""
                    : kind == IMAGE_DISK         ? ",snapshot"
                                                 : ",ro",
                    err) ||
        !into_drive(m, o, kind, err))
        return false;
    o->image = NULL;
    if (!o->config.boot_order[0])
        strcpy(o->config.boot_order, orders[kind]);
    else
        return check_order(o, err);
    return true;
}

/* ---- Drives ---------------------------------------------------------------------------- */

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
