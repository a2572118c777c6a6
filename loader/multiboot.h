/* SPDX-License-Identifier: MIT */
/*
 * multiboot.h - what both versions of multiboot place behind a kernel: the modules, and the ELF
 * sections that no segment loads (symbols).
 *
 * - Modules lie on page boundaries above the kernel and above 1 MiB, in order.
 * - Symbols are a courtesy: where there is no room for them there are none.
 */
#ifndef LOADER_MULTIBOOT_H
#define LOADER_MULTIBOOT_H

#include "base/types.h"

struct boot_module;
struct elf;
struct plan;

struct multiboot_module {
    phys_t start;       /* first byte */
    phys_t end;         /* one past the last */
    const char *string; /* what the kernel reads about it */
};

struct multiboot_placed {
    struct multiboot_module *module; /* the modules, in order; the plan's memory */
    unsigned modules;                /* how many */
    const uint8_t *section;          /* ELF section headers with the places of their sections */
    unsigned sections;               /* how many, 0: none given */
    unsigned section_names;          /* index of the section with their names */
    phys_t section_table;            /* where the headers lie themselves, if asked for */
};

/* e: the kernel, NULL if it is no ELF file. table: the section headers are placed as well. */
bool multiboot_place(struct plan *p, const struct boot_module *modules, unsigned count,
                     const struct elf *e, bool table, struct multiboot_placed *placed,
                     struct error *err);

#endif
