/* SPDX-License-Identifier: MIT */
/*
 * bios.h - a ROM that takes the place of the firmware: a file of whole 4 KiB pages, at most 1 MiB,
 * that ends where the address space ends. The processor starts at its reset vector, 16 bytes
 * before the end.
 */
#ifndef LOADER_BIOS_H
#define LOADER_BIOS_H

#include "base/types.h"

struct machine;

struct bios {
    uint8_t *data; /* owned; the machine reads from it as long as it lives */
    uint32_t size; /* bytes */
};

bool bios_read(struct bios *b, const char *path, struct error *err);
void bios_apply(const struct bios *b, struct machine *m);
void bios_free(struct bios *b);

#endif
