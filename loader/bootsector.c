/* SPDX-License-Identifier: MIT */
/*
 * bootsector.c - boot sectors, and telling them from hard disk images: both end in 55h AAh, but
 * a disk's has four 16-byte partition entries from byte 446: status (00h or 80h), first CHS,
 * type, last CHS, first sector, number of sectors.
 */
#include "loader/bootsector.h"

#include "loader/image.h"

enum {
    SIGNATURE = 510,
    PARTITIONS = 446,
    LOAD_BASE = 0x7c00,
};

bool bootsector_is(struct bytes file)
{
    return file.size >= BOOTSECTOR_SIZE && bytes_u16(file, SIGNATURE) == 0xaa55;
}

bool bootsector_is_disk(struct bytes file)
{
    uint64_t sectors = file.size / BOOTSECTOR_SIZE;
    unsigned used = 0;

    if (!bootsector_is(file))
        return false;
    for (unsigned i = 0; i < 4; i++) {
        unsigned at = PARTITIONS + i * 16;
        uint32_t first = bytes_u32(file, at + 8);
        uint32_t count = bytes_u32(file, at + 12);

        if (file.data[at] & 0x7f)
            return false;
        if (file.data[at + 4] == 0 && count == 0)
            continue;
        if (first == 0 || count == 0 || first >= sectors)
            return false;
        used++;
    }
    return used > 0;
}

bool bootsector_plan(struct plan *p, struct bytes file, struct error *err)
{
    if (!bootsector_is(file))
        return error_set(err, "%s: not a boot sector", p->name);
    p->kind = "boot sector";
    p->entry.eip = LOAD_BASE;
    p->entry.esp = LOAD_BASE;
    p->entry.edx = 0; /* DL: the first floppy drive */
    return plan_place(p, LOAD_BASE, file.data, BOOTSECTOR_SIZE, 0, err, "the boot sector");
}
