/* SPDX-License-Identifier: MIT */
/*
 * boot.h - from what the user named to a machine about to execute its first instruction.
 *
 * - boot_plan reads the image and the modules, recognises the image by its contents and fills a
 *   plan: Linux kernels, multiboot 1 and 2 kernels (ELF or with addresses), plain i386 ELF
 *   executables (flat protected mode, loaded at their physical addresses) and boot sectors.
 * - Formats that are known and not supported here are refused by name.
 * - boot_apply puts the plan's pieces into memory and sets the processor.
 * - The plan keeps every byte it needs: the request's strings and built-in bytes are borrowed
 *   and must outlive it, files are read into memory that it owns.
 */
#ifndef LOADER_BOOT_H
#define LOADER_BOOT_H

#include "base/types.h"
#include "loader/bzimage.h"

struct machine;
struct plan;

struct boot_source {
    const char *name;    /* path, or for built-in bytes the name in messages */
    const uint8_t *data; /* built-in bytes, or NULL: read the file `name` */
    size_t size;         /* of the built-in bytes */
};

struct boot_request {
    struct boot_source image;          /* the kernel */
    const struct boot_source *modules; /* names are "FILE" or "FILE args" */
    unsigned module_count;             /* how many */
    const char *append;                /* kernel command line, NULL: none given */
    uint32_t memory;                   /* bytes of RAM */
    bool acpi;                         /* the board places ACPI tables (firmware_place_tables) */
    enum bzimage_entry linux_entry;    /* of a Linux kernel */
    bool services;                     /* the machine can be given BIOS services (plan.services) */
};

/* The plan is initialised here; plan_free it in either case. */
bool boot_plan(struct plan *p, const struct boot_request *r, struct error *err);
bool boot_apply(const struct plan *p, struct machine *m, struct error *err);

#endif
