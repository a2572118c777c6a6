/* SPDX-License-Identifier: MIT */
/*
 * multiboot1.c - finding the header and placing kernel, symbols, modules and information.
 * Section numbers are those of the Multiboot Specification version 0.6.96.
 */
#include "loader/multiboot1.h"

#include "loader/elf.h"
#include "loader/image.h"
#include "loader/module.h"
#include "loader/multiboot1_info.h"

#include <string.h>

#define HEADER_MAGIC UINT32_C(0x1badb002)
#define ENTRY_MAGIC UINT32_C(0x2badb002) /* EAX at the entry, 3.2 */

enum {
    FLAG_PAGE_ALIGN = 1 << 0, /* modules on page boundaries: they always are */
    FLAG_MEMORY = 1 << 1,     /* memory information: always given */
    FLAG_VIDEO = 1 << 2,      /* video mode wish: answered with text mode */
    FLAG_ADDRESS = 1 << 16,   /* the address fields are valid */
    REQUIRED_FLAGS = 0xffff,
    KNOWN_FLAGS = FLAG_PAGE_ALIGN | FLAG_MEMORY | FLAG_VIDEO,

    MAX_SECTIONS = 4096, /* more ELF sections are not handed over */
    INFO_BASE = 0x9000,  /* low memory, above the stack below 7c00 and the boot sector */
};

enum multiboot1_found multiboot1_find(struct bytes file, struct multiboot1_header *h)
{
    enum multiboot1_found found = MULTIBOOT1_ABSENT;
    size_t end = file.size < MULTIBOOT1_SEARCH ? file.size : MULTIBOOT1_SEARCH;

    for (size_t at = 0; at + 12 <= end; at += 4) {
        uint32_t flags;

        if (bytes_u32(file, at) != HEADER_MAGIC)
            continue;
        flags = bytes_u32(file, at + 4);
        if (HEADER_MAGIC + flags + bytes_u32(file, at + 8) != 0) {
            found = MULTIBOOT1_BAD_CHECKSUM;
            continue;
        }
        memset(h, 0, sizeof *h);
        h->at = (uint32_t)at;
        h->flags = flags;
        if (flags & FLAG_ADDRESS) {
            if (at + 32 > end)
                continue;
            h->header_addr = bytes_u32(file, at + 12);
            h->load_addr = bytes_u32(file, at + 16);
            h->load_end_addr = bytes_u32(file, at + 20);
            h->bss_end_addr = bytes_u32(file, at + 24);
            h->entry_addr = bytes_u32(file, at + 28);
        }
        return MULTIBOOT1_FOUND;
    }
    return found;
}

static bool check_flags(const struct multiboot1_header *h, const char *name, struct error *err)
{
    for (unsigned bit = 0; bit < 16; bit++) {
        if (h->flags & REQUIRED_FLAGS & ~KNOWN_FLAGS & (1u << bit))
            return error_set(err,
                             "%s: its multiboot header requires feature %u, which multiboot 1 "
                             "does not define (0 to 2 would be right)",
                             name, bit);
    }
    return true;
}

/* 3.1.3: the header says what to load, whatever the file's format is. */
static bool plan_by_addresses(struct plan *p, struct bytes file, const struct multiboot1_header *h,
                              struct error *err)
{
    uint64_t start, size, zero = 0;

    if (h->header_addr < h->load_addr || h->header_addr - h->load_addr > h->at)
        return error_set(err,
                         "%s: multiboot header at byte %x says it is loaded at %x and loading "
                         "begins at %x: that is before the file begins",
                         p->name, h->at, h->header_addr, h->load_addr);
    start = h->at - (h->header_addr - h->load_addr);
    size = file.size - start;
    if (h->load_end_addr) {
        if (h->load_end_addr < h->load_addr)
            return error_set(err, "%s: multiboot header: load_end_addr %x is below load_addr %x",
                             p->name, h->load_end_addr, h->load_addr);
        size = h->load_end_addr - h->load_addr;
        if (!bytes_have(file, start, size))
            return error_set(err,
                             "%s: truncated: its multiboot header loads up to byte %llu of a file "
                             "of %zu",
                             p->name, (unsigned long long)(start + size), file.size);
    }
    if (h->bss_end_addr) {
        if (h->bss_end_addr < h->load_addr + size)
            return error_set(err, "%s: multiboot header: bss_end_addr %x is below the end %llx",
                             p->name, h->bss_end_addr, (unsigned long long)(h->load_addr + size));
        zero = h->bss_end_addr - (h->load_addr + size);
    }
    if (!plan_place(p, h->load_addr, file.data + start, size, zero, err, "the kernel"))
        return false;
    if (!plan_covers(p, h->entry_addr))
        return error_set(err, "%s: multiboot header: entry_addr %x is outside the kernel", p->name,
                         h->entry_addr);
    p->entry.eip = h->entry_addr;
    return true;
}

static bool section_wanted(const struct elf *e, const struct elf_section *s)
{
    return !(s->flags & ELF_SHF_ALLOC) && s->type != ELF_SHT_NOBITS && s->size != 0 &&
           bytes_have(e->file, s->offset, s->size);
}

static uint64_t section_align(uint64_t at)
{
    return (at + 15) & ~UINT64_C(15);
}

/* 3.3, flag 5: the section headers, with the address of each section that no segment loads but
   whose bytes now lie above the kernel. They are a courtesy: without room there are none. */
static bool plan_symbols(struct plan *p, const struct elf *e, struct multiboot1_info *info,
                         struct error *err)
{
    uint64_t total = section_align((uint64_t)e->shnum * ELF_SECTION_SIZE);
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
    table = plan_alloc(p, (size_t)e->shnum * ELF_SECTION_SIZE, err);
    if (!table)
        return false;
    memcpy(table, e->file.data + e->shoff, (size_t)e->shnum * ELF_SECTION_SIZE);
    info->sections = e->shnum;
    info->section_names = e->shstrndx;
    info->section_table = at;
    if (!plan_place(p, at, table, (uint64_t)e->shnum * ELF_SECTION_SIZE, 0, err,
                    "the section headers"))
        return false;
    at = (phys_t)section_align((uint64_t)at + (uint64_t)e->shnum * ELF_SECTION_SIZE);
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

static bool plan_modules(struct plan *p, const struct multiboot1_request *r,
                         struct multiboot1_info *info, struct error *err)
{
    uint32_t from = (uint32_t)plan_end(p);

    if (from < PLAN_HIGH_BASE)
        from = PLAN_HIGH_BASE;
    for (unsigned i = 0; i < r->count; i++) {
        const struct boot_module *m = &r->modules[i];
        phys_t at;

        if (!plan_find(p, m->file.size, 4096, from, &at))
            return error_set(err,
                             "%s: module of %zu bytes does not fit into %uM of RAM above the "
                             "kernel; use -m %uM or more",
                             m->name, m->file.size, p->memory >> 20,
                             plan_mebibytes(((uint64_t)from + 4095) / 4096 * 4096 + m->file.size));
        info->module[i].start = at;
        info->module[i].end = at + (uint32_t)m->file.size;
        info->module[i].string = m->string;
        if (!plan_place(p, at, m->file.data, m->file.size, 0, err, "module %u", i + 1))
            return false;
        /* An empty module occupies no piece, but still an address of its own. */
        from = at + (uint32_t)m->file.size;
        if (m->file.size == 0)
            from++;
    }
    return true;
}

/* Everything that is placed after the kernel; without the symbols if memory is too short. */
static bool plan_rest(struct plan *p, const struct multiboot1_request *r, const struct elf *e,
                      struct multiboot1_info *info, struct error *err)
{
    unsigned kernel_pieces = p->count;

    if (e) {
        if (!plan_symbols(p, e, info, err))
            return false;
        if (plan_modules(p, r, info, NULL))
            return true;
        p->count = kernel_pieces;
        info->sections = 0;
    }
    return plan_modules(p, r, info, err);
}

bool multiboot1_plan(struct plan *p, const struct multiboot1_request *r, struct error *err)
{
    struct multiboot1_info info = {0};
    struct multiboot1_header h;
    struct elf e;
    bool by_addresses;
    uint8_t *block;
    size_t size;
    phys_t at;

    if (multiboot1_find(r->file, &h) != MULTIBOOT1_FOUND)
        return error_set(err, "%s: no multiboot 1 header in the first 8 KiB", p->name);
    if (!check_flags(&h, p->name, err))
        return false;
    by_addresses = h.flags & FLAG_ADDRESS;
    if (by_addresses) {
        p->kind = "multiboot 1 image";
        if (!plan_by_addresses(p, r->file, &h, err))
            return false;
    } else if (!elf_is(r->file)) {
        return error_set(err,
                         "%s: its multiboot header has no address fields (flag 16), so it should "
                         "be an ELF executable, and it is not",
                         p->name);
    } else {
        p->kind = "multiboot 1 ELF";
        if (!elf_open(&e, r->file, p->name, err) || !elf_plan(&e, p, err) ||
            !elf_entry(&e, p->name, &p->entry.eip, err))
            return false;
    }

    info.module = plan_alloc(p, (r->count + 1) * sizeof *info.module, err);
    if (!info.module)
        return false;
    info.modules = r->count;
    info.cmdline = r->cmdline;
    info.memory = p->memory;
    info.video = h.flags & FLAG_VIDEO;
    if (!plan_rest(p, r, by_addresses ? NULL : &e, &info, err))
        return false;

    size = multiboot1_info_size(&info);
    if (!plan_find(p, size, 4096, INFO_BASE, &at))
        return error_set(err,
                         "%s: no room in RAM for %zu bytes of boot information; use a larger -m",
                         p->name, size);
    block = plan_alloc(p, size, err);
    if (!block)
        return false;
    multiboot1_info_write(&info, block, at);
    if (!plan_place(p, at, block, size, 0, err, "the boot information"))
        return false;

    p->entry.protected_mode = true;
    p->entry.eax = ENTRY_MAGIC;
    p->entry.ebx = at;
    p->entry.esp = 0x7c00; /* undefined by 3.2; some memory is kinder than none */
    return true;
}
