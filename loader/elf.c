/* SPDX-License-Identifier: MIT */
/*
 * elf.c - ELF executables. Offsets below are those of the Elf32_Ehdr, Elf32_Phdr and Elf32_Shdr
 * structures of the System V ABI, chapters 4 and 5.
 */
#include "loader/elf.h"

#include "loader/image.h"

#include <string.h>

enum {
    EHDR_SIZE = 52,
    PHDR_SIZE = 32,
    MAX_SEGMENTS = 256, /* program headers; a kernel has a handful */

    CLASS_32 = 1,
    CLASS_64 = 2,
    DATA_LSB = 1,

    TYPE_REL = 1,
    TYPE_EXEC = 2,
    TYPE_DYN = 3,
    TYPE_CORE = 4,

    MACHINE_386 = 3,
    MACHINE_486 = 6,

    PT_LOAD = 1,
    PT_INTERP = 3,
};

struct segment {
    uint32_t type, offset, vaddr, paddr, filesz, memsz;
};

bool elf_is(struct bytes file)
{
    return file.size >= 4 && memcmp(file.data, "\177ELF", 4) == 0;
}

static void segment_read(const struct elf *e, unsigned i, struct segment *s)
{
    uint64_t at = (uint64_t)e->phoff + (uint64_t)i * PHDR_SIZE;

    s->type = bytes_u32(e->file, at);
    s->offset = bytes_u32(e->file, at + 4);
    s->vaddr = bytes_u32(e->file, at + 8);
    s->paddr = bytes_u32(e->file, at + 12);
    s->filesz = bytes_u32(e->file, at + 16);
    s->memsz = bytes_u32(e->file, at + 20);
}

static bool check_ident(struct bytes file, const char *name, struct error *err)
{
    if (file.size < 16)
        return error_set(err, "%s: truncated ELF file (%zu bytes, not even a header)", name,
                         file.size);
    if (file.data[4] == CLASS_64)
        return error_set(err,
                         "%s: 64-bit ELF file; emu386 is a 32-bit machine: build the kernel with "
                         "-m32",
                         name);
    if (file.data[4] != CLASS_32)
        return error_set(err, "%s: ELF file of unknown class %u; 1 (32 bits) would be right", name,
                         file.data[4]);
    if (file.data[5] != DATA_LSB)
        return error_set(err, "%s: ELF file for a big-endian machine; i386 is little-endian", name);
    if (file.size < EHDR_SIZE)
        return error_set(err, "%s: truncated ELF file (%zu bytes, its header alone has %u)", name,
                         file.size, (unsigned)EHDR_SIZE);
    return true;
}

static bool check_kind(struct bytes file, const char *name, struct error *err)
{
    unsigned type = bytes_u16(file, 16);
    unsigned machine = bytes_u16(file, 18);

    if (machine != MACHINE_386 && machine != MACHINE_486)
        return error_set(err, "%s: ELF file for another processor (e_machine %u); i386 is 3", name,
                         machine);
    switch (type) {
    case TYPE_EXEC: return true;
    case TYPE_DYN:
        return error_set(err,
                         "%s: shared or position-independent ELF file; a kernel must be linked to "
                         "fixed addresses (-no-pie -static)",
                         name);
    case TYPE_REL:
        return error_set(err, "%s: ELF object file (.o); link it into an executable first", name);
    case TYPE_CORE: return error_set(err, "%s: ELF core dump, not an executable", name);
    default:
        return error_set(err, "%s: ELF file of unknown type %u; 2 (executable) would be right",
                         name, type);
    }
}

/* Section headers are a convenience: unusable ones are as good as none. */
static void open_sections(struct elf *e)
{
    e->shoff = bytes_u32(e->file, 32);
    e->shnum = bytes_u16(e->file, 48);
    e->shstrndx = bytes_u16(e->file, 50);
    if (e->shoff == 0 || bytes_u16(e->file, 46) != ELF_SECTION_SIZE || e->shstrndx >= e->shnum ||
        !bytes_have(e->file, e->shoff, (uint64_t)e->shnum * ELF_SECTION_SIZE))
        e->shnum = 0;
}

bool elf_open(struct elf *e, struct bytes file, const char *name, struct error *err)
{
    memset(e, 0, sizeof *e);
    if (!check_ident(file, name, err) || !check_kind(file, name, err))
        return false;
    e->file = file;
    e->entry = bytes_u32(file, 24);
    e->phoff = bytes_u32(file, 28);
    e->phnum = bytes_u16(file, 44);
    if (e->phnum == 0)
        return error_set(err, "%s: ELF executable without program headers: nothing to load", name);
    if (bytes_u16(file, 42) != PHDR_SIZE)
        return error_set(err, "%s: ELF program headers of %u bytes; 32 would be right", name,
                         bytes_u16(file, 42));
    if (e->phnum > MAX_SEGMENTS)
        return error_set(err, "%s: %u ELF program headers; at most %u are accepted", name, e->phnum,
                         (unsigned)MAX_SEGMENTS);
    if (!bytes_have(file, e->phoff, (uint64_t)e->phnum * PHDR_SIZE))
        return error_set(err, "%s: truncated ELF file: program headers end at byte %llu of %zu",
                         name, (unsigned long long)e->phoff + (uint64_t)e->phnum * PHDR_SIZE,
                         file.size);
    open_sections(e);
    return true;
}

/* Linkers like to put the file's own headers into the first segment, in the page before the
   code: ff000 for a kernel linked at 100000, where there is no RAM. What lies below 1 MiB is
   left out if it is nothing but these headers and padding. */
static void skip_headers(const struct elf *e, struct segment *s)
{
    uint64_t headers = (uint64_t)e->phoff + (uint64_t)e->phnum * PHDR_SIZE;
    uint32_t skip = PLAN_HIGH_BASE - s->paddr;

    if (s->offset != 0 || s->paddr < PLAN_LOW_END || s->paddr >= PLAN_HIGH_BASE)
        return;
    if (skip > s->filesz)
        skip = s->filesz;
    if (!bytes_have(e->file, 0, skip))
        return;
    for (uint64_t i = headers; i < skip; i++) {
        if (e->file.data[i])
            return;
    }
    s->offset += skip;
    s->vaddr += skip;
    s->paddr += skip;
    s->filesz -= skip;
    s->memsz -= skip;
}

void elf_span(const struct elf *e, phys_t *first, uint64_t *end)
{
    *first = UINT32_MAX;
    *end = 0;
    for (unsigned i = 0; i < e->phnum; i++) {
        struct segment s;

        segment_read(e, i, &s);
        if (s.type != PT_LOAD || s.memsz == 0)
            continue;
        skip_headers(e, &s);
        if (s.paddr < *first)
            *first = s.paddr;
        if ((uint64_t)s.paddr + s.memsz > *end)
            *end = (uint64_t)s.paddr + s.memsz;
    }
}

bool elf_plan(const struct elf *e, struct plan *p, uint32_t by, struct error *err)
{
    unsigned loaded = 0;

    for (unsigned i = 0; i < e->phnum; i++) {
        struct segment s;

        segment_read(e, i, &s);
        if (s.type == PT_INTERP)
            return error_set(err,
                             "%s: dynamically linked program for an operating system, not a "
                             "kernel; link it with -static",
                             p->name);
        if (s.type != PT_LOAD || s.memsz == 0)
            continue;
        if (s.filesz > s.memsz)
            return error_set(err, "%s: ELF segment %u has more bytes in the file than in memory",
                             p->name, i);
        if (s.filesz == 0)
            s.offset = 0; /* all zeroes: where they are not in the file does not matter */
        if (!bytes_have(e->file, s.offset, s.filesz))
            return error_set(err, "%s: truncated ELF file: segment %u ends at byte %llu of %zu",
                             p->name, i, (unsigned long long)s.offset + s.filesz, e->file.size);
        skip_headers(e, &s);
        if (!plan_place(p, s.paddr + by, e->file.data + s.offset, s.filesz, s.memsz - s.filesz, err,
                        "segment %u", i))
            return false;
        loaded++;
    }
    if (!loaded)
        return error_set(err, "%s: ELF executable without a loadable segment", p->name);
    return true;
}

bool elf_entry(const struct elf *e, const char *name, phys_t *entry, struct error *err)
{
    for (unsigned i = 0; i < e->phnum; i++) {
        struct segment s;

        segment_read(e, i, &s);
        if (s.type == PT_LOAD && e->entry >= s.paddr && e->entry - s.paddr < s.memsz) {
            *entry = e->entry;
            return true;
        }
    }
    for (unsigned i = 0; i < e->phnum; i++) {
        struct segment s;

        segment_read(e, i, &s);
        if (s.type == PT_LOAD && e->entry >= s.vaddr && e->entry - s.vaddr < s.memsz) {
            *entry = e->entry - s.vaddr + s.paddr;
            return true;
        }
    }
    return error_set(err, "%s: entry point %x is in no loadable segment; check ENTRY() and -e",
                     name, e->entry);
}

void elf_section(const struct elf *e, unsigned i, struct elf_section *s)
{
    uint64_t at = (uint64_t)e->shoff + (uint64_t)i * ELF_SECTION_SIZE;

    s->name = bytes_u32(e->file, at);
    s->type = bytes_u32(e->file, at + 4);
    s->flags = bytes_u32(e->file, at + 8);
    s->addr = bytes_u32(e->file, at + 12);
    s->offset = bytes_u32(e->file, at + 16);
    s->size = bytes_u32(e->file, at + 20);
    s->link = bytes_u32(e->file, at + 24);
    s->info = bytes_u32(e->file, at + 28);
    s->addralign = bytes_u32(e->file, at + 32);
    s->entsize = bytes_u32(e->file, at + 36);
}
