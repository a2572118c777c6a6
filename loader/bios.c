/* SPDX-License-Identifier: MIT */
/* bios.c - finds and reads firmware (see bios.h). */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memmem */
#endif
#include "loader/bios.h"

#include "loader/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROM_PAGE 4096u
#define VGA_ROM_LIMIT 65536u

static const char *const folders[] = {
    "/usr/share/seabios",
    "/usr/share/bochs",
    "/usr/share/vgabios",
    "/usr/share/qemu",
};

static bool find_in(struct bios *b, const char *folder, const char *name)
{
    int length = snprintf(b->name, sizeof b->name, "%s/%s", folder, name);

    if (length > 0 && (size_t)length < sizeof b->name && access(b->name, R_OK) == 0)
        return true;
    b->name[0] = '\0';
    return false;
}

/* Puts the path of an installed ROM into b->name. */
static bool find(struct bios *b, const char *name)
{
    for (unsigned n = 0; n < ARRAY_LEN(folders); n++)
        if (find_in(b, folders[n], name))
            return true;
    return false;
}

/* What the user named: a file, else an installed ROM. */
static void name_it(struct bios *b, const char *file)
{
    if (strchr(file, '/') || access(file, F_OK) == 0 || !find(b, file))
        snprintf(b->name, sizeof b->name, "%s", file);
}

static bool read_file(struct bios *b, size_t *size, struct error *err)
{
    return file_read(b->name, &b->rom.data, size, err);
}

static const char *seabios_of(enum config_machine machine)
{
    return machine == MACHINE_PC ? "bios-256k.bin" : "bios.bin";
}

bool bios_installed(enum config_machine machine)
{
    struct bios b;

    return find(&b, seabios_of(machine));
}

bool bios_read(struct bios *b, const char *file, enum config_machine machine, struct error *err)
{
    const char *seabios = seabios_of(machine);
    size_t size;

    *b = (struct bios){.name = ""};
    if (file)
        name_it(b, file);
    else if (!find(b, seabios))
        return error_set(err,
                         "no firmware: %s of Debian's package seabios is not installed; "
                         "--bios FILE names another",
                         seabios);
    if (!read_file(b, &size, err))
        return false;
    if (size % ROM_PAGE || size > CONFIG_MAX_ROM) {
        error_set(err,
                  "--bios %s: has %zu bytes; a ROM of whole 4 KiB pages, at most 1 MiB, "
                  "would be right",
                  b->name, size);
        bios_free(b);
        return false;
    }
    b->rom.size = (uint32_t)size;
    return true;
}

/* Grows the image to the size of a ROM chip; what is beyond its end reads as zero. */
static bool pad(struct bios *b, size_t size, struct error *err)
{
    uint32_t room = ROM_PAGE;
    uint8_t *data;

    while (room < size)
        room *= 2;
    data = realloc(b->rom.data, room);
    if (!data) {
        bios_free(b);
        return error_set(err, "not enough memory for the VGA BIOS");
    }
    memset(data + size, 0, room - size);
    b->rom = (struct config_rom){data, room};
    return true;
}

/* SeaBIOS and its own come in one package, and so do Bochs's BIOS and the one for it. */
static bool find_vga(struct bios *b, enum config_machine machine, const struct bios *firmware)
{
    bool any = !firmware,
         seabios = any || memmem(firmware->rom.data, firmware->rom.size, "SeaBIOS", 7);

    if (seabios && find(b, machine == MACHINE_PC ? "vgabios-stdvga.bin" : "vgabios-isavga.bin"))
        return true;
    return (any || !seabios) && find_in(b, "/usr/share/vgabios", "vgabios.bin");
}

bool bios_read_vga(struct bios *b, const char *file, enum config_machine machine,
                   const struct bios *firmware, struct error *err)
{
    size_t size;

    *b = (struct bios){.name = ""};
    if (file)
        name_it(b, file);
    else if (!find_vga(b, machine, firmware))
        return true;
    if (!read_file(b, &size, err))
        return false;
    if (size < 512 || size > VGA_ROM_LIMIT || b->rom.data[0] != 0x55 || b->rom.data[1] != 0xaa ||
        b->rom.data[2] * 512u > size) {
        error_set(err,
                  "--vgabios %s: has %zu bytes; a VGA BIOS begins with 55 AA and its size, and "
                  "has at most 64 KiB",
                  b->name, size);
        bios_free(b);
        return false;
    }
    return pad(b, size, err);
}

void bios_free(struct bios *b)
{
    free(b->rom.data);
    b->rom = (struct config_rom){.data = NULL};
}
