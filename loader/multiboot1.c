/* SPDX-License-Identifier: MIT */
/*
 * multiboot1.c - finding the header and placing kernel, symbols, modules and information.
 * Section numbers are those of the Multiboot Specification version 0.6.96.
 */
#include "loader/multiboot1.h"

#include "loader/elf.h"
#include "loader/image.h"
#include "loader/multiboot1_info.h"

#include <string.h>

#define HEADER_MAGIC UINT32_C(0x1badb002)
#define ENTRY_MAGIC UINT32_C(0x2badb002) /* EAX at the entry, 3.2 */

enum {
    FLAG_PAGE_ALIGN = 1 << 0, /* modules on page boundaries: they always are */
    FLAG_MEMORY = 1 << 1,     /* memory information: always given */
    FLAG_VIDEO = 1 << 2,      /* the fields about the video mode are valid */
    FLAG_ADDRESS = 1 << 16,   /* the address fields are valid */
    REQUIRED_FLAGS = 0xffff,
    KNOWN_FLAGS = FLAG_PAGE_ALIGN | FLAG_MEMORY | FLAG_VIDEO,

    LINEAR_GRAPHICS = 0, /* mode_type; 1 is text */

    INFO_BASE = 0x9000, /* low memory, above the stack below 7c00 and the boot sector */
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
        if (flags & FLAG_VIDEO && at + 48 <= end) {
            h->graphics = bytes_u32(file, at + 32) == LINEAR_GRAPHICS;
            h->width = bytes_u32(file, at + 36);
            h->height = bytes_u32(file, at + 40);
            h->depth = bytes_u32(file, at + 44);
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
        if (!elf_open(&e, r->file, p->name, err) || !elf_plan(&e, p, 0, err) ||
            !elf_entry(&e, p->name, &p->entry.eip, err))
            return false;
    }

    info.cmdline = r->cmdline;
    info.memory = p->memory;
    info.video = h.flags & FLAG_VIDEO;
    if (h.graphics)
        info.frame = frame_choose(h.width, h.height, h.depth);
    if (!multiboot_place(p, r->modules, r->count, by_addresses ? NULL : &e, true, &info.placed,
                         err))
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
    p->entry.width = info.frame.width;
    p->entry.height = info.frame.height;
    p->entry.depth = info.frame.depth;
    return true;
}
