/* SPDX-License-Identifier: MIT */
/*
 * drives.c - the machine's media: which is in which drive, changes, their part of a snapshot, and how
 * the twin of a lockstep run shares them.
 */
#include "machine/drives.h"

#include "base/block.h"
#include "base/input.h"
#include "base/snap.h"
#include "machine/board.h"
#include "machine/disk.h"
#include "machine/disk_echo.h"

#include <inttypes.h>
#include <string.h>

/* Where the configuration has the medium of a drive. */
static struct block **place(struct config *c, unsigned drive)
{
    return drive < CONFIG_UNITS ? &c->ide[drive].medium : &c->floppy[drive - CONFIG_UNITS];
}

/* ---- Two machines ------------------------------------------------------------------------- */

bool board_share_media(struct config *first, struct config *twin,
                       struct disk_echo *echo[BOARD_DRIVES], struct error *err)
{
    for (unsigned n = 0; n < BOARD_DRIVES; n++) {
        struct block **medium = place(first, n);
        if (!*medium)
            continue;
        echo[n] = disk_echo_new(*medium);
        if (!echo[n])
            return error_set(err, "not enough memory for the twin's disks");
        *medium = disk_echo_first(echo[n]);
        *place(twin, n) = disk_echo_second(echo[n]);
    }
    return true;
}

bool board_media_agree(const struct machine *m)
{
    for (unsigned n = 0; n < BOARD_DRIVES; n++) {
        if (m->drive[n].echo && !disk_echo_agrees(m->drive[n].echo))
            return false;
    }
    return true;
}

void board_restart_media(struct machine *m)
{
    for (unsigned n = 0; n < BOARD_DRIVES; n++) {
        if (m->drive[n].echo)
            disk_echo_restart(m->drive[n].echo);
    }
}

void board_free_media(struct machine *m)
{
    for (unsigned n = 0; n < BOARD_DRIVES; n++) {
        disk_echo_free(m->drive[n].echo);
        disk_close(m->drive[n].owned);
    }
}

/* ---- Changes ------------------------------------------------------------------------------ */

static void put_in(struct machine *m, unsigned drive, struct block *medium)
{
    *place(&m->cfg, drive) = medium;
    if (drive < CONFIG_UNITS)
        ata_insert(&m->ide[drive / 2], drive % 2, medium);
    else
        fdc_insert(&m->fdc, drive - CONFIG_UNITS, medium);
}

void board_change_medium(struct machine *m, unsigned drive, struct disk *disk)
{
    struct drive *d = &m->drive[drive];
    struct block *medium = disk ? disk_block(disk) : NULL;
    struct disk_echo *echo = m->twin && medium ? disk_echo_new(medium) : NULL;
    const struct block *before = *place(&m->cfg, drive);
    put_in(m, drive, echo ? disk_echo_first(echo) : medium);
    if (before && before->release && !d->owned) /* borrowed: it is closed by its owner, later */
        before->release(before->ctx);
    if (m->twin)
        put_in(m->twin, drive, echo ? disk_echo_second(echo) : NULL);
    disk_echo_free(d->echo);
    d->echo = echo;
    disk_close(d->owned);
    d->owned = disk;
    m->twin_fresh = true;
}

static const char *const names[BOARD_DRIVES] = {"cdrom", "cdrom",  "cdrom",
                                                "cdrom", "floppy", "floppy1"};

static bool is_removable(const struct machine *m, unsigned drive)
{
    return drive < CONFIG_UNITS ? m->cfg.ide[drive].kind == IDE_CDROM
                                : m->fdc.drive[drive - CONFIG_UNITS].kind != FDC_NONE;
}

const char *drives_name(const struct machine *m, unsigned n)
{
    for (unsigned drive = 0; drive < BOARD_DRIVES; drive++) {
        if (is_removable(m, drive) && n-- == 0)
            return names[drive];
    }
    return NULL;
}

static bool find_drive(const struct machine *m, const char *name, unsigned *drive,
                       struct error *err)
{
    for (*drive = 0; *drive < BOARD_DRIVES; ++*drive) {
        if (is_removable(m, *drive) && strcmp(names[*drive], name) == 0)
            return true;
    }
    return error_set(err, "there is no drive '%s'%s", name,
                     strcmp(name, "cdrom") == 0 ? " (--cdrom none: an empty one)" : "");
}

/* The guest may have locked the tray. */
static bool may_open(struct machine *m, unsigned drive, bool force, struct error *err)
{
    if (drive >= CONFIG_UNITS || force || !ata_is_locked(&m->ide[drive / 2], drive % 2))
        return true;
    ata_ask_for_medium(&m->ide[drive / 2], drive % 2);
    m->twin_fresh = true;
    return error_set(err, "the guest has locked the drive: it was told that you want the disc "
                          "(force does without it)");
}

bool drives_insert(struct machine *m, const char *name, const char *spec, bool force,
                   struct error *err)
{
    unsigned drive;
    if (!find_drive(m, name, &drive, err) || !may_open(m, drive, force, err))
        return false;
    struct disk *disk = disk_open(spec, drive < CONFIG_UNITS ? DISK_CDROM : DISK_FLOPPY, err);
    if (!disk)
        return false;
    struct fdc_format format;
    if (drive >= CONFIG_UNITS && !fdc_format(disk_block(disk)->sectors, &format)) {
        disk_close(disk);
        return error_set(err, "%s: larger than any floppy", spec);
    }
    machine_input(m, &(struct input){.kind = INPUT_MEDIUM, .drive = (uint8_t)drive, .disk = disk});
    return true;
}

bool drives_eject(struct machine *m, const char *name, bool force, struct error *err)
{
    unsigned drive;
    if (!find_drive(m, name, &drive, err) || !may_open(m, drive, force, err))
        return false;
    machine_input(m, &(struct input){.kind = INPUT_MEDIUM, .drive = (uint8_t)drive});
    return true;
}

/* ---- Snapshots ---------------------------------------------------------------------------- */

static void snap_size(struct machine *m, unsigned drive, struct snap *s)
{
    const struct block *b = *place(&m->cfg, drive);
    uint64_t sectors = b ? b->sectors : 0, now = sectors;
    snap_u64(s, &sectors);
    if (sectors != now)
        snap_fail(s, "drive %u had a medium of %" PRIu64 " sectors, now it is %" PRIu64, drive,
                  sectors, now);
}

/* Whether all media are the right ones is known before the first is changed. */
void board_snap_media(struct machine *m, struct snap *s)
{
    if (!snap_section(s, "media", 1))
        return;
    for (unsigned n = 0; n < BOARD_DRIVES; n++)
        snap_size(m, n, s);
    for (unsigned n = 0; n < BOARD_DRIVES; n++) {
        const struct block *b = *place(&m->cfg, n);
        if (b && b->snap && snap_ok(s))
            b->snap(b->ctx, s);
    }
}
