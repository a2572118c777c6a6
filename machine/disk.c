/* SPDX-License-Identifier: MIT */
/* disk.c - a medium from its description: which file, opened how, with which layers on it. */
#include "machine/disk.h"

#include "base/block.h"
#include "devices/fdc.h"
#include "machine/disk_parts.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SECTORS (UINT64_C(1) << 48) /* what 48-bit addresses reach */

struct spec {
    char *file;    /* owned */
    char *overlay; /* owned, or NULL */
    bool ro;
    bool snapshot;
};

struct disk {
    struct disk_file file;        /* what is underneath */
    struct disk_overlay *overlay; /* what was written, if that goes to another file; else NULL */
    struct disk_memory *memory;   /* what was written, if that stays in memory; else NULL */
    struct block *top;            /* what the drive sees */
};

/* ---- The description ---------------------------------------------------------------------- */

/* The text up to a comma that is not doubled, unescaped (owned); *at goes behind the comma. */
static char *next_part(const char **at)
{
    const char *from = *at;
    char *part = malloc(strlen(from) + 1), *to = part;
    if (!part)
        return NULL;
    while (*from && (*from != ',' || from[1] == ',')) {
        from += *from == ',';
        *to++ = *from++;
    }
    *to = '\0';
    *at = from + (*from == ',');
    return part;
}

static void free_spec(struct spec *p)
{
    free(p->file);
    free(p->overlay);
}

static bool take_part(struct spec *p, const char *part, struct error *err)
{
    if (strncmp(part, "overlay=", 8) == 0 && part[8] && p->overlay)
        return error_set(err, "%s: two overlays", p->file);
    if (strcmp(part, "ro") == 0)
        p->ro = true;
    else if (strcmp(part, "snapshot") == 0)
        p->snapshot = true;
    else if (strncmp(part, "overlay=", 8) == 0 && part[8])
        p->overlay = strdup(part + 8);
    else
        return error_set(err,
                         "%s: ',%s' is none of ,ro ,snapshot ,overlay=FILE (a comma in a name is "
                         "written twice)",
                         p->file, part);
    return true;
}

static bool parse(struct spec *p, const char *text, struct error *err)
{
    *p = (struct spec){0};
    p->file = next_part(&text);
    if (!p->file)
        return error_set(err, "no memory");
    if (!*p->file)
        return error_set(err, "the name of the disk's file is empty");
    while (*text) {
        char *part = next_part(&text);
        bool ok = part && take_part(p, part, err);
        free(part);
        if (!ok)
            return false;
    }
    return true;
}

/* ---- The layers --------------------------------------------------------------------------- */

/* Is the file what a disk can be made of? */
static bool check_size(struct disk *d, enum disk_use use, struct error *err)
{
    struct disk_file *f = &d->file;
    unsigned unit = use == DISK_CDROM ? 2048 : BLOCK_SECTOR;
    if (f->size == 0)
        return error_set(err, "%s: empty", f->name);
    if (f->block.sectors > MAX_SECTORS)
        return error_set(err, "%s: more than 2^48 sectors", f->name);
    if (f->size % unit && !f->block.read_only)
        return error_set(err,
                         "%s: %" PRIu64 " bytes are no whole number of sectors (%u bytes); "
                         "read-only (,ro) the last one is filled up with zeroes",
                         f->name, f->size, unit);
    f->block.sectors = (f->size + unit - 1) / unit * (unit / BLOCK_SECTOR);
    struct fdc_format format;
    if (use == DISK_FLOPPY && fdc_format(f->block.sectors, &format))
        f->block.sectors = format.sectors; /* what is missing of it reads as zeroes */
    return true;
}

static bool open_layers(struct disk *d, const struct spec *p, enum disk_use use, struct error *err)
{
    bool writable = use != DISK_CDROM && !p->ro && !p->snapshot && !p->overlay;
    if (!disk_file_open(&d->file, p->file, writable, err))
        return false;
    d->top = &d->file.block;
    if (!check_size(d, use, err))
        return false;
    if (use == DISK_CDROM && (p->overlay || p->snapshot))
        return error_set(err, "%s: a CD-ROM is never written", d->file.name);
    if (p->overlay) {
        d->overlay = disk_overlay_open(p->overlay, &d->file, !p->ro && !p->snapshot, err);
        if (!d->overlay)
            return false;
        d->top = disk_overlay_block(d->overlay);
    }
    if (!p->snapshot)
        return true;
    d->memory = disk_memory_new(d->top);
    if (!d->memory)
        return error_set(err, "%s: no memory for what will be written", d->file.name);
    d->top = disk_memory_block(d->memory);
    d->top->read_only = p->ro;
    return true;
}

struct disk *disk_open(const char *text, enum disk_use use, struct error *err)
{
    struct spec spec;
    struct disk *d = calloc(1, sizeof *d);
    if (!d) {
        error_set(err, "%s: no memory for it", text);
        return NULL;
    }
    d->file.fd = -1;
    if (!parse(&spec, text, err) || !open_layers(d, &spec, use, err)) {
        disk_close(d);
        d = NULL;
    }
    free_spec(&spec);
    return d;
}

void disk_close(struct disk *d)
{
    if (!d)
        return;
    disk_memory_free(d->memory);
    disk_overlay_close(d->overlay);
    disk_file_close(&d->file);
    free(d);
}

struct block *disk_block(struct disk *d)
{
    return d->top;
}

const char *disk_name(const struct disk *d)
{
    return d->file.name;
}

void disk_pad(struct disk *d, uint64_t sectors)
{
    assert(d->top == &d->file.block || sectors <= d->top->sectors);
    if (d->top->sectors < sectors)
        d->top->sectors = sectors;
}
