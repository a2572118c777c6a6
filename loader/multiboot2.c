/* SPDX-License-Identifier: MIT */
/*
 * multiboot2.c - the header's tags and what they ask for. Section numbers are those of the
 * Multiboot2 Specification version 2.0.
 */
#include "loader/multiboot2.h"

#include "loader/elf.h"
#include "loader/image.h"
#include "loader/multiboot2_info.h"

#include <string.h>

#define HEADER_MAGIC UINT32_C(0xe85250d6)
#define ENTRY_MAGIC UINT32_C(0x36d76289) /* EAX at the entry, 3.2 */
#define FROM_FILE_START UINT32_MAX       /* load_addr: the file's first byte is loaded, too */

enum {
    SEARCH = 32768, /* the header lies in the first so many bytes */
    HEADER_SIZE = 16,
    INFO_BASE = 0x9000, /* low memory, above the stack below 7c00 */

    TAG_END = 0,
    TAG_REQUEST = 1,
    TAG_ADDRESS = 2,
    TAG_ENTRY = 3,
    TAG_CONSOLE = 4,
    TAG_FRAMEBUFFER = 5,
    TAG_MODULE_ALIGN = 6,
    TAG_EFI_SERVICES = 7,
    TAG_EFI_ENTRY_386 = 8,
    TAG_EFI_ENTRY_AMD64 = 9,
    TAG_RELOCATABLE = 10,
    TAGS,

    OPTIONAL = 1,       /* flag of a tag */
    LAST_REQUEST = 21,  /* the highest type of information that is defined, 3.6 */
    PREFER_HIGHEST = 2, /* of a relocatable tag; 1: lowest */
    PREFER_LOWEST = 1,

};

/* What the tags said. */
struct header {
    size_t at;                     /* file offset of the header */
    bool has[TAGS];                /* which there are */
    uint32_t header_addr;          /* TAG_ADDRESS: where the header itself is loaded */
    uint32_t load_addr;            /* where loading begins */
    uint32_t load_end_addr;        /* where it ends; 0: at the end of the file */
    uint32_t bss_end_addr;         /* zeroes up to here; 0: none */
    uint32_t entry_addr;           /* TAG_ENTRY */
    uint32_t width, height, depth; /* TAG_FRAMEBUFFER; 0: no preference */
    uint32_t min_addr, max_addr;   /* TAG_RELOCATABLE: the first and last byte it may occupy */
    uint32_t align;                /* power of two */
    uint32_t preference;           /* PREFER_... */
};

enum multiboot2_found multiboot2_find(struct bytes file, size_t *at)
{
    enum multiboot2_found found = MULTIBOOT2_ABSENT;
    size_t end = file.size < SEARCH ? file.size : SEARCH;

    for (*at = 0; *at + HEADER_SIZE <= end; *at += 8) {
        if (bytes_u32(file, *at) != HEADER_MAGIC)
            continue;
        if (bytes_u32(file, *at) + bytes_u32(file, *at + 4) + bytes_u32(file, *at + 8) +
                bytes_u32(file, *at + 12) ==
            0)
            return MULTIBOOT2_FOUND;
        found = MULTIBOOT2_BAD_CHECKSUM;
    }
    return found;
}

/* 3.1.4: every type has to be one that exists; whether the machine has it is another matter. */
static bool check_request(struct bytes file, size_t tag, uint32_t size, const char *name,
                          struct error *err)
{
    for (uint32_t i = 8; i + 4 <= size; i += 4) {
        uint32_t type = bytes_u32(file, tag + i);

        if (type > LAST_REQUEST)
            return error_set(err,
                             "%s: its multiboot 2 header requires information of type %u; types up "
                             "to %u are defined",
                             name, type, LAST_REQUEST);
    }
    return true;
}

static bool read_tag(struct header *h, struct bytes file, size_t tag, unsigned type, uint32_t size,
                     const char *name, struct error *err)
{
    static const uint8_t sizes[TAGS] = {
        [TAG_END] = 8,          [TAG_REQUEST] = 8,         [TAG_ADDRESS] = 24,
        [TAG_ENTRY] = 12,       [TAG_CONSOLE] = 12,        [TAG_FRAMEBUFFER] = 20,
        [TAG_MODULE_ALIGN] = 8, [TAG_EFI_SERVICES] = 8,    [TAG_EFI_ENTRY_386] = 12,
        [TAG_RELOCATABLE] = 24, [TAG_EFI_ENTRY_AMD64] = 12};
    bool optional = bytes_u16(file, tag + 2) & OPTIONAL;

    if (type >= TAGS)
        return optional || error_set(err,
                                     "%s: its multiboot 2 header requires a tag of type %u, which "
                                     "is not known (up to %u)",
                                     name, type, TAGS - 1);
    if (size < sizes[type])
        return error_set(err, "%s: multiboot 2 header: a tag of type %u has %u bytes instead of %u",
                         name, type, size, sizes[type]);
    h->has[type] = true;
    switch (type) {
    case TAG_REQUEST: return optional || check_request(file, tag, size, name, err);
    case TAG_ADDRESS:
        h->header_addr = bytes_u32(file, tag + 8);
        h->load_addr = bytes_u32(file, tag + 12);
        h->load_end_addr = bytes_u32(file, tag + 16);
        h->bss_end_addr = bytes_u32(file, tag + 20);
        break;
    case TAG_ENTRY: h->entry_addr = bytes_u32(file, tag + 8); break;
    case TAG_FRAMEBUFFER:
        h->width = bytes_u32(file, tag + 8);
        h->height = bytes_u32(file, tag + 12);
        h->depth = bytes_u32(file, tag + 16);
        break;
    case TAG_RELOCATABLE:
        h->min_addr = bytes_u32(file, tag + 8);
        h->max_addr = bytes_u32(file, tag + 12);
        h->align = bytes_u32(file, tag + 16);
        h->preference = bytes_u32(file, tag + 20);
        break;
    }
    return true;
}

static bool read_header(struct header *h, struct bytes file, const char *name, struct error *err)
{
    uint64_t tag, end;

    memset(h, 0, sizeof *h);
    if (multiboot2_find(file, &h->at) != MULTIBOOT2_FOUND)
        return error_set(err, "%s: no multiboot 2 header in the first 32 KiB", name);
    if (bytes_u32(file, h->at + 4) != 0)
        return error_set(err,
                         "%s: multiboot 2 kernel for architecture %u; 0 (i386, protected mode) "
                         "would be right",
                         name, bytes_u32(file, h->at + 4));
    end = (uint64_t)h->at + bytes_u32(file, h->at + 8);
    if (end > file.size || end > SEARCH)
        return error_set(err,
                         "%s: multiboot 2 header: it ends at byte %llu, beyond the file or its "
                         "first 32 KiB",
                         name, (unsigned long long)end);
    for (tag = h->at + HEADER_SIZE;;) {
        uint32_t size;

        if (tag + 8 > end)
            return error_set(err, "%s: multiboot 2 header: its tags do not end with type 0", name);
        size = bytes_u32(file, tag + 4);
        if (size < 8 || size > end - tag)
            return error_set(err,
                             "%s: multiboot 2 header: a tag of type %u has %u bytes, %llu are left",
                             name, bytes_u16(file, tag), size, (unsigned long long)(end - tag));
        if (!read_tag(h, file, (size_t)tag, bytes_u16(file, tag), size, name, err))
            return false;
        if (h->has[TAG_END])
            return true;
        tag += ((uint64_t)size + 7) & ~UINT64_C(7);
    }
}

/* 3.1.5: what of the file is loaded where, and where its zeroes end. */
struct span {
    uint64_t from, size; /* bytes of the file */
    phys_t load;         /* where the first goes */
    uint64_t zero;       /* zeroes after the last */
};

static bool read_span(struct span *s, const struct header *h, struct bytes file, const char *name,
                      struct error *err)
{
    s->load = h->load_addr == FROM_FILE_START ? h->header_addr - (phys_t)h->at : h->load_addr;
    if (h->header_addr < s->load || h->header_addr - s->load > h->at)
        return error_set(err,
                         "%s: multiboot 2 header at byte %zx says it is loaded at %x and loading "
                         "begins at %x: that is before the file begins",
                         name, h->at, h->header_addr, s->load);
    s->from = h->at - (h->header_addr - s->load);
    s->size = file.size - s->from;
    s->zero = 0;
    if (h->load_end_addr) {
        if (h->load_end_addr < s->load)
            return error_set(err, "%s: multiboot 2 header: load_end_addr %x is below load_addr %x",
                             name, h->load_end_addr, s->load);
        s->size = h->load_end_addr - s->load;
        if (!bytes_have(file, s->from, s->size))
            return error_set(
                err,
                "%s: truncated: its multiboot 2 header loads up to byte %llu of a file "
                "of %zu",
                name, (unsigned long long)(s->from + s->size), file.size);
    }
    if (h->bss_end_addr) {
        if (h->bss_end_addr < s->load + s->size)
            return error_set(err, "%s: multiboot 2 header: bss_end_addr %x is below the end %llx",
                             name, h->bss_end_addr, (unsigned long long)(s->load + s->size));
        s->zero = h->bss_end_addr - (s->load + s->size);
    }
    return true;
}

/* 3.1.12: by how much a kernel of the addresses first to end - 1 is moved. */
static bool choose_place(const struct plan *p, const struct header *h, phys_t first, uint64_t end,
                         uint32_t *by, struct error *err)
{
    uint32_t align = h->align ? h->align : 1;
    uint64_t size = end - first, top = (uint64_t)h->max_addr + 1;
    phys_t from = h->min_addr < PLAN_HIGH_BASE ? PLAN_HIGH_BASE : h->min_addr, at = 0;
    bool found;

    if (align & (align - 1))
        return error_set(err, "%s: multiboot 2 header: its alignment %x is no power of two",
                         p->name, align);
    if (top > p->memory)
        top = p->memory;
    if (h->preference == PREFER_HIGHEST) {
        at = size <= top ? (phys_t)(top - size) & ~(align - 1) : 0;
        found = size <= top && at >= from;
    } else {
        found = h->preference != PREFER_LOWEST && first >= from && (first & (align - 1)) == 0 &&
                end <= top;
        if (found)
            at = first;
        else
            found = plan_find(p, size, align, from, &at) && at + size <= top;
    }
    if (!found)
        return error_set(err,
                         "%s: a relocatable kernel of %llu bytes finds no place between %x and %x "
                         "in %uM of RAM",
                         p->name, (unsigned long long)size, h->min_addr, h->max_addr,
                         p->memory >> 20);
    *by = at - first;
    return true;
}

/* The kernel's pieces and entry. */
static bool place_kernel(struct plan *p, const struct header *h, struct bytes file, struct elf *e,
                         struct multiboot2_info *info, struct error *err)
{
    bool by_addresses = h->has[TAG_ADDRESS];
    struct span span = {0};
    uint64_t end;
    phys_t first;
    uint32_t by = 0;

    if (by_addresses) {
        if (!read_span(&span, h, file, p->name, err))
            return false;
        first = span.load;
        end = first + span.size + span.zero;
    } else {
        if (!elf_is(file))
            return error_set(
                err,
                "%s: its multiboot 2 header has no address tag, so it should be an ELF "
                "executable for i386, and it is not",
                p->name);
        if (!elf_open(e, file, p->name, err))
            return false;
        elf_span(e, &first, &end);
    }
    if (h->has[TAG_RELOCATABLE] && end > first && !choose_place(p, h, first, end, &by, err))
        return false;
    info->relocated = h->has[TAG_RELOCATABLE];
    info->load_base = first + by;

    if (by_addresses && !plan_place(p, span.load + by, file.data + span.from, span.size, span.zero,
                                    err, "the kernel"))
        return false;
    if (!by_addresses && !elf_plan(e, p, by, err))
        return false;
    if (h->has[TAG_ENTRY])
        p->entry.eip = h->entry_addr;
    else if (by_addresses)
        return error_set(err, "%s: multiboot 2 header with an address tag but no entry tag",
                         p->name);
    else if (!elf_entry(e, p->name, &p->entry.eip, err))
        return false;
    p->entry.eip += by;
    return plan_covers(p, p->entry.eip) ||
           error_set(err, "%s: multiboot 2 header: the entry %x is outside the kernel", p->name,
                     p->entry.eip);
}

bool multiboot2_plan(struct plan *p, const struct multiboot2_request *r, struct error *err)
{
    struct multiboot2_info info = {.memory = p->memory, .cmdline = r->cmdline, .acpi = p->acpi};
    struct header h;
    struct elf e;
    uint8_t *block;
    size_t size, rsdp = 0;
    phys_t at;

    if (!read_header(&h, r->file, p->name, err))
        return false;
    p->kind = h.has[TAG_ADDRESS] ? "multiboot 2 image" : "multiboot 2 ELF";
    if (h.has[TAG_FRAMEBUFFER])
        info.frame = frame_choose(h.width, h.height, h.depth);
    if (!place_kernel(p, &h, r->file, &e, &info, err) ||
        !multiboot_place(p, r->modules, r->count, h.has[TAG_ADDRESS] ? NULL : &e, false,
                         &info.placed, err))
        return false;

    block = plan_alloc(p, multiboot2_info_room(&info), err);
    if (!block)
        return false;
    size = multiboot2_info_write(&info, block, &rsdp);
    if (!plan_find(p, size, 4096, INFO_BASE, &at))
        return error_set(err,
                         "%s: no room in RAM for %zu bytes of boot information; use a larger -m",
                         p->name, size);
    info.at = at; /* now with the addresses in it */
    (void)multiboot2_info_write(&info, block, &rsdp);
    if (!plan_place(p, at, block, size, 0, err, "the boot information"))
        return false;

    p->rsdp = rsdp ? at + (phys_t)rsdp : 0;
    p->entry.protected_mode = true;
    p->entry.eax = ENTRY_MAGIC;
    p->entry.ebx = at;
    p->entry.esp = 0x7c00; /* undefined by 3.2; some memory is kinder than none */
    p->entry.width = info.frame.width;
    p->entry.height = info.frame.height;
    p->entry.depth = info.frame.depth;
    return true;
}
