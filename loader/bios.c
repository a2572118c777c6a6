/* SPDX-License-Identifier: MIT */
/* bios.c - reads a firmware ROM and hands it to the machine (see bios.h). */
#include "loader/bios.h"

#include "loader/file.h"
#include "machine/machine.h"

#include <stdlib.h>

bool bios_read(struct bios *b, const char *path, struct error *err)
{
    size_t size;

    *b = (struct bios){.data = NULL};
    if (!file_read(path, &b->data, &size, err))
        return false;
    if (size % 4096 || size > MACHINE_ROM_LIMIT) {
        bios_free(b);
        return error_set(err,
                         "--bios %s: has %zu bytes; a ROM of whole 4 KiB pages, at most 1 MiB, "
                         "would be right",
                         path, size);
    }
    b->size = (uint32_t)size;
    return true;
}

void bios_apply(const struct bios *b, struct machine *m)
{
    machine_map_rom(m, b->data, b->size);
}

void bios_free(struct bios *b)
{
    free(b->data);
    b->data = NULL;
    b->size = 0;
}
