/* SPDX-License-Identifier: MIT */
/*
 * elf.h - 32-bit ELF executables for the i386, as a loader sees them.
 * Source: System V ABI, chapters 4 and 5, and its Intel386 supplement.
 *
 * - elf_open checks the header and both tables against the file and explains what is wrong
 *   with files that are not such executables (64 bits, shared, relocatable, another machine).
 * - elf_plan places the loadable segments at their physical addresses (p_paddr), all moved by
 *   `by`; elf_span says from where to where they reach without that.
 * - elf_entry gives the entry point as a physical address.
 * - Not here: relocation, dynamic linking, symbols (the monitor's business).
 */
#ifndef LOADER_ELF_H
#define LOADER_ELF_H

#include "base/types.h"
#include "loader/bytes.h"

struct plan;

struct elf {
    struct bytes file; /* the whole file, borrowed */
    uint32_t entry;    /* e_entry as it stands in the file */
    uint32_t phoff;    /* program headers: file offset */
    unsigned phnum;    /* and their number */
    uint32_t shoff;    /* section headers: file offset */
    unsigned shnum;    /* and their number, 0 if there are none or they are unusable */
    unsigned shstrndx; /* the section with the section names */
};

struct elf_section {
    uint32_t name, type, flags, addr, offset, size, link, info, addralign, entsize;
};

#define ELF_SECTION_SIZE 40u /* bytes of a section header in the file */
#define ELF_SHT_NOBITS 8u    /* a section without bytes in the file */
#define ELF_SHF_ALLOC 2u     /* a section that a segment loads */

bool elf_is(struct bytes file);
bool elf_open(struct elf *e, struct bytes file, const char *name, struct error *err);
bool elf_plan(const struct elf *e, struct plan *p, uint32_t by, struct error *err);
void elf_span(const struct elf *e, phys_t *first, uint64_t *end);

/* e_entry may be given as a physical or (higher-half kernels) as a virtual address. */
bool elf_entry(const struct elf *e, const char *name, phys_t *entry, struct error *err);

/* Header of section i < shnum. */
void elf_section(const struct elf *e, unsigned i, struct elf_section *s);

#endif
