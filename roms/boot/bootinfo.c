/* SPDX-License-Identifier: MIT */
/*
 * bootinfo.c - reads the multiboot 1 information structure.
 * Source: Multiboot Specification 0.6.96, section 3.3. The structures may lie anywhere in physical
 * memory and nothing is mapped there yet, so everything is read through phys_read().
 * Only the fields used here are named: flags, mem_upper, cmdline, mods, mmap.
 */
#include "boot/bootinfo.h"

#include "kernel/core.h"
#include "kernel/layout.h"
#include "kernel/page.h"
#include "lib/string.h"

#define LOADER_MAGIC 0x2badb002u

#define INFO_MEMORY 0x01u /* mem_lower, mem_upper are valid */
#define INFO_CMDLINE 0x04u
#define INFO_MODULES 0x08u
#define INFO_MMAP 0x40u

struct multiboot_info {
    uint32_t flags;       /* INFO_ bits: which fields are valid */
    uint32_t mem_lower;   /* KiB from 0 */
    uint32_t mem_upper;   /* KiB from 1 MiB to the first hole */
    uint32_t boot_device; /* not used */
    uint32_t cmdline;     /* physical address of a string */
    uint32_t mods_count;  /* number of modules */
    uint32_t mods_addr;   /* physical address of their descriptions */
    uint32_t syms[4];     /* not used */
    uint32_t mmap_length; /* bytes of memory map */
    uint32_t mmap_addr;   /* physical address of it */
};

struct multiboot_module {
    uint32_t start, end; /* physical, end is one past the last byte */
    uint32_t string;     /* its name; not used */
    uint32_t reserved;   /* 0 */
};

struct multiboot_mmap {
    uint32_t size;      /* of the rest of this entry */
    uint32_t base[2];   /* 64-bit physical address, low half first */
    uint32_t length[2]; /* 64-bit size */
    uint32_t type;      /* 1: usable RAM */
};

/* Keeps the whole pages of base..base+length that lie below 4 GiB; page 0 stays unused. */
static void add_ram(struct bootinfo *b, uint32_t base, uint32_t length)
{
    uint32_t end = base + length;
    if (end < base)
        end = PAGE_MASK;
    if (base < PAGE_SIZE)
        base = PAGE_SIZE;
    base = (base + PAGE_SIZE - 1) & PAGE_MASK;
    end &= PAGE_MASK;
    if (base != 0 && base < end && b->ram_count < sizeof b->ram / sizeof b->ram[0])
        b->ram[b->ram_count++] = (struct range){base, end};
}

static void read_memory_map(struct bootinfo *b, const struct multiboot_info *info)
{
    uint32_t at = 0;
    while (info->mmap_length - at >= sizeof(struct multiboot_mmap)) {
        struct multiboot_mmap m;
        phys_read(&m, info->mmap_addr + at, sizeof m);
        if (m.type == 1 && m.base[1] == 0)
            add_ram(b, m.base[0], m.length[1] ? 0xffffffffu - m.base[0] : m.length[0]);
        if (m.size > info->mmap_length - at - sizeof m.size)
            break;
        at += m.size + sizeof m.size;
    }
}

/* The first two, if they make sense. */
static void read_modules(struct bootinfo *b, const struct multiboot_info *info)
{
    for (uint32_t i = 0; i < info->mods_count && i < sizeof b->modules / sizeof b->modules[0];
         i++) {
        struct multiboot_module module;
        phys_read(&module, info->mods_addr + i * sizeof module, sizeof module);
        if (module.start < module.end)
            b->modules[b->module_count++] = (struct range){module.start, module.end};
    }
}

/* Above 1 MiB, rounded up to whole MiB, plus the first. */
static uint32_t count_mib(const struct bootinfo *b)
{
    uint32_t pages = 0;
    for (unsigned i = 0; i < b->ram_count; i++) {
        if (b->ram[i].start >= 0x100000)
            pages += (b->ram[i].end - b->ram[i].start) / PAGE_SIZE;
    }
    return 1 + (pages + 255) / 256;
}

void bootinfo_read(struct bootinfo *b, uint32_t magic, uint32_t phys)
{
    struct multiboot_info info;
    if (magic != LOADER_MAGIC)
        panic("not started by a multiboot loader (EAX %08x)", magic);
    phys_read(&info, phys, sizeof info);
    if (info.flags & INFO_CMDLINE)
        phys_read(b->command_line, info.cmdline, sizeof b->command_line - 1);
    if (info.flags & INFO_MODULES)
        read_modules(b, &info);
    if (info.flags & INFO_MMAP)
        read_memory_map(b, &info);
    else if (info.flags & INFO_MEMORY)
        add_ram(b, 0x100000, info.mem_upper * 1024);
    if (b->ram_count == 0)
        panic("the boot loader reports no memory");
    b->mib = count_mib(b);
}

const char *bootinfo_option(const struct bootinfo *b, const char *text)
{
    size_t length = strlen(text);
    for (const char *at = b->command_line; *at; at++) {
        if ((at == b->command_line || at[-1] == ' ') && strncmp(at, text, length) == 0)
            return at + length;
    }
    return NULL;
}

bool bootinfo_word(const struct bootinfo *b, const char *word)
{
    const char *end = bootinfo_option(b, word);
    return end && (*end == ' ' || *end == '\0');
}

uint32_t bootinfo_size(const struct bootinfo *b, const char *name)
{
    const char *at = bootinfo_option(b, name);
    uint32_t size = 0;
    for (; at && *at >= '0' && *at <= '9' && size < 1u << 28; at++)
        size = size * 10 + (uint32_t)(*at - '0');
    uint32_t shift = !at ? 0 : *at == 'K' ? 10 : *at == 'M' ? 20 : *at == 'G' ? 30 : 0;
    return size > 0xffffffffu >> shift ? 0xffffffffu : size << shift;
}

struct range bootinfo_carve(struct bootinfo *b, uint32_t size)
{
    struct range *last = &b->ram[b->ram_count - 1];
    uint32_t lowest = last->start > 2 * KERNEL_PHYS ? last->start : 2 * KERNEL_PHYS;
    size = (size + PAGE_SIZE - 1) & PAGE_MASK;
    for (unsigned i = 0; i < b->module_count; i++) {
        if (b->modules[i].end > lowest && b->modules[i].start < last->end)
            lowest = b->modules[i].end;
    }
    if (size == 0 || lowest >= last->end || size > last->end - lowest)
        return (struct range){0, 0};
    last->end -= size;
    return (struct range){last->end, last->end + size};
}
