/* SPDX-License-Identifier: MIT */
/*
 * multiboot.c - modules and symbols above a kernel. Sources: Multiboot Specification 0.6.96, 3.3
 * (flags 3 and 5), and 2.0, 3.6.6 and 3.6.7.
 */
#include "loader/multiboot.h"

#include "loader/elf.h"
#include "loader/image.h"
#include "loader/module.h"

#include <string.h>

enum { MAX_SECTIONS = 4096 }; /* more ELF sections are not handed over */

static bool section_wanted(const struct elf *e, const struct elf_section *s)
{
    return !(s->flags & ELF_SHF_ALLOC) && s->type != ELF_SHT_NOBITS && s->size != 0 &&
           bytes_have(e->file, s->offset, s->size);
}

static uint64_t section_align(uint64_t at)
{
    return (at + 15) & ~UINT64_C(15);
}

/* The section headers, with the address of each section that no segment loads but whose bytes now
   lie above the kernel. */
static bool place_symbols(struct plan *p, const struct elf *e, bool with_table,
                          struct multiboot_placed *placed, struct error *err)
{
    uint64_t headers = (uint64_t)e->shnum * ELF_SECTION_SIZE;
    uint64_t total = with_table ? section_align(headers) : 0;
    uint8_t *table;
    phys_t at;

    if (e->shnum == 0 || e->shnum > MAX_SECTIONS)
        return true;
    for (unsigned i = 0; i < e->shnum; i++) {
        struct elf_section s;

        elf_section(e, i, &s);
        if (section_wanted(e, &s))
            total += section_align(s.size);
    }
    if (!plan_find(p, total, 4096, (phys_t)plan_end(p), &at))
        return true;
    table = plan_alloc(p, (size_t)headers, err);
    if (!table)
        return false;
    memcpy(table, e->file.data + e->shoff, (size_t)headers);
    placed->section = table;
    placed->sections = e->shnum;
    placed->section_names = e->shstrndx;
    placed->section_table = at;
    if (with_table && !plan_place(p, at, table, headers, 0, err, "the section headers"))
        return false;
    if (with_table)
        at = (phys_t)section_align(at + headers);
    for (unsigned i = 0; i < e->shnum; i++) {
        struct elf_section s;

        elf_section(e, i, &s);
        if (!section_wanted(e, &s))
            continue;
        if (!plan_place(p, at, e->file.data + s.offset, s.size, 0, err, "section %u", i))
            return false;
        bytes_put32(table + (size_t)i * ELF_SECTION_SIZE + 12, at);
        at = (phys_t)section_align((uint64_t)at + s.size);
    }
    return true;
}

static bool place_modules(struct plan *p, const struct boot_module *modules, unsigned count,
                          struct multiboot_placed *placed, struct error *err)
{
    uint32_t from = (uint32_t)plan_end(p);

    if (from < PLAN_HIGH_BASE)
        from = PLAN_HIGH_BASE;
    for (unsigned i = 0; i < count; i++) {
        const struct boot_module *m = &modules[i];
        phys_t at;

        if (!plan_find(p, m->file.size, 4096, from, &at))
            return error_set(err,
                             "%s: module of %zu bytes does not fit into %uM of RAM above the "
                             "kernel; use -m %uM or more",
                             m->name, m->file.size, p->memory >> 20,
                             plan_mebibytes(((uint64_t)from + 4095) / 4096 * 4096 + m->file.size));
        placed->module[i].start = at;
        placed->module[i].end = at + (uint32_t)m->file.size;
        placed->module[i].string = m->string;
        if (!plan_place(p, at, m->file.data, m->file.size, 0, err, "module %u", i + 1))
            return false;
        /* An empty module occupies no piece, but still an address of its own. */
        from = at + (uint32_t)m->file.size;
        if (m->file.size == 0)
            from++;
    }
    return true;
}

bool multiboot_place(struct plan *p, const struct boot_module *modules, unsigned count,
                     const struct elf *e, bool table, struct multiboot_placed *placed,
                     struct error *err)
{
    unsigned kernel_pieces = p->count;

    memset(placed, 0, sizeof *placed);
    placed->module = plan_alloc(p, (count + 1) * sizeof *placed->module, err);
    placed->modules = count;
    if (!placed->module)
        return false;
    if (e) {
        if (!place_symbols(p, e, table, placed, err))
            return false;
        if (place_modules(p, modules, count, placed, NULL))
            return true;
        p->count = kernel_pieces;
        placed->sections = 0;
    }
    return place_modules(p, modules, count, placed, err);
}
