/* SPDX-License-Identifier: MIT */
/*
 * initrd.c - the read-only file system. See initrd.h for the format.
 */
#include "kernel/initrd.h"

#include <stddef.h>

#include "kernel/bootinfo.h"
#include "kernel/layout.h"
#include "kernel/page.h"
#include "kernel/print.h"
#include "lib/string.h"

struct initrd_header {
    char magic[8];         /* "RAMDISK1" */
    uint32_t count;        /* number of files */
    uint32_t size;         /* bytes of the whole archive */
    uint32_t reserved[12]; /* 0 */
};

static const struct initrd_header *archive;

static const struct initrd_file *file_at(uint32_t i)
{
    return (const struct initrd_file *)(archive + 1) + i;
}

void initrd_init(const struct range *where)
{
    uint32_t room = where->end - where->start;
    if (room == 0)
        panic("no initrd: start with -initrd initrd.img");
    archive = phys_to_lin(where->start);
    if (room < sizeof *archive || memcmp(archive->magic, "RAMDISK1", 8) != 0)
        panic("the initrd is not an archive of this kernel");
    if (archive->size > room ||
        archive->count > (archive->size - sizeof *archive) / sizeof(struct initrd_file))
        panic("the initrd is cut off");
    for (uint32_t i = 0; i < archive->count; i++) {
        const struct initrd_file *f = file_at(i);
        if (f->path[sizeof f->path - 1] != '\0' || f->offset % PAGE_SIZE != 0 ||
            f->offset > archive->size || f->size > archive->size - f->offset)
            panic("the initrd is damaged at file %u", i);
    }
}

const struct initrd_file *initrd_find(const char *path)
{
    for (uint32_t i = 0; i < archive->count; i++) {
        if (strcmp(file_at(i)->path, path) == 0)
            return file_at(i);
    }
    return NULL;
}

const uint8_t *initrd_data(const struct initrd_file *f)
{
    return (const uint8_t *)archive + f->offset;
}
