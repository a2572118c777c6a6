/* SPDX-License-Identifier: MIT */
/*
 * bzimage.c - Linux kernels. Field names and offsets are those of the kernel's
 * Documentation/arch/x86/boot.rst (the setup header) and zero-page.rst (struct boot_params).
 *
 * Low memory at the 32-bit entry. Kernels before 2.5 look for their parameters at 90000h and nowhere
 * else, and for their command line within 64 KiB of them, so all kernels get them there:
 *
 *     90000  struct boot_params (4 KiB)
 *     91000  four descriptors: none, none, 10h code, 18h data
 *     91020  the command line
 */
#include "loader/bzimage.h"

#include "loader/bzimage_setup.h"
#include "loader/image.h"
#include "loader/memmap.h"
#include "loader/module.h"

#include <stdlib.h>
#include <string.h>

enum {
    /* struct boot_params alone */
    EXT_MEM_K = 0x02,
    ORIG_VIDEO_MODE = 0x06,
    ORIG_VIDEO_COLS = 0x07,
    ORIG_VIDEO_EGA_BX = 0x0a,
    ORIG_VIDEO_LINES = 0x0e,
    ORIG_VIDEO_ISVGA = 0x0f,
    ORIG_VIDEO_POINTS = 0x10,
    ALT_MEM_K = 0x1e0,
    E820_ENTRIES = 0x1e8,
    E820_TABLE = 0x2d0,
    E820_ENTRY = 20,
    BOOT_PARAMS = 4096,

    TABLE = BOOT_PARAMS,
    TABLE_SIZE = 32,
    CMDLINE = TABLE + TABLE_SIZE,
    BOOT_CS = 0x10,
    BOOT_DS = 0x18,
    CMDLINE_MOST = 0xa000, /* the block ends below the EBDA */
};

#define BLOCK_BASE UINT32_C(0x90000)
#define ZIMAGE_BASE UINT32_C(0x1000)  /* where the real-mode code moves a zImage */
#define ZIMAGE_LOAD UINT32_C(0x10000) /* from here */

bool bzimage_is(struct bytes file)
{
    return bytes_have(file, HEADER_MAGIC, 4) && memcmp(file.data + HEADER_MAGIC, "HdrS", 4) == 0;
}

static bool read_code(struct setup *s, struct bytes file, const char *name, struct error *err)
{
    unsigned sectors = file.data[SETUP_SECTS] ? file.data[SETUP_SECTS] : 4;
    uint64_t size;

    s->code = (sectors + 1) * 512;
    if (!bytes_have(file, s->code, 1))
        return error_set(err,
                         "%s: Linux kernel, truncated: its real-mode code alone is %llu bytes, the "
                         "file %zu",
                         name, (unsigned long long)s->code, file.size);
    size = file.size - s->code;
    /* What follows the kernel in a signed file is not for it. The field had two bytes before. */
    if (s->version >= 0x0204) {
        uint64_t said = (uint64_t)bytes_u32(file, SYSSIZE) * 16;

        if (said > size + 15)
            return error_set(err,
                             "%s: Linux kernel, truncated: its header speaks of %llu bytes after "
                             "the real-mode code, the file has %llu",
                             name, (unsigned long long)said, (unsigned long long)size);
        if (said && said < size)
            size = said;
    }
    s->size = (uint32_t)size;
    return true;
}

/* 2.10 and later say where they want to be and how much room they need there. */
static bool read_room(struct setup *s, struct bytes file, const char *name, struct error *err)
{
    uint32_t alignment = bytes_u32(file, KERNEL_ALIGNMENT);
    uint64_t wanted = bytes_u32(file, PREF_ADDRESS) | (uint64_t)bytes_u32(file, PREF_ADDRESS + 4)
                                                          << 32;

    if (alignment == 0 || (alignment & (alignment - 1)))
        return error_set(err, "%s: Linux kernel: its kernel_alignment %x is no power of two", name,
                         alignment);
    if (wanted >> 32)
        return error_set(err, "%s: Linux kernel: it wants to run at %llx, beyond 4 GiB", name,
                         (unsigned long long)wanted);
    if (file.data[RELOCATABLE]) {
        wanted = (wanted + alignment - 1) & ~(uint64_t)(alignment - 1);
        s->entry = (phys_t)wanted + (s->entry - s->load);
        s->load = (phys_t)wanted;
    }
    s->end = wanted + bytes_u32(file, INIT_SIZE);
    return true;
}

static bool read_setup(struct setup *s, struct bytes file, const char *name, struct error *err)
{
    uint32_t start;

    memset(s, 0, sizeof *s);
    if (!bytes_have(file, 0, HEADER_LIMIT))
        return error_set(err, "%s: Linux kernel, truncated: its setup header is not whole", name);
    s->version = bytes_u16(file, VERSION);
    if (s->version < 0x0200)
        return error_set(err, "%s: Linux kernel with boot protocol %u.%02u; 2.00 is the first one",
                         name, s->version >> 8, s->version & 0xff);
    if (s->version >= 0x020c && bytes_u16(file, XLOADFLAGS) & KERNEL_64)
        return error_set(err,
                         "%s: Linux kernel for 64-bit processors (x86-64); this machine has 32 "
                         "bits, a kernel for i386 to i686 would be right",
                         name);
    if (!read_code(s, file, name, err))
        return false;

    start = bytes_u32(file, CODE32_START);
    s->high = file.data[LOADFLAGS] & LOADED_HIGH;
    s->load = s->high ? PLAN_HIGH_BASE : ZIMAGE_BASE;
    s->entry = start >= s->load && start - s->load < s->size ? start : s->load;
    s->cmdline_size = s->version >= 0x0206 ? bytes_u32(file, CMDLINE_SIZE) : 255;
    s->initrd_addr_max = s->version >= 0x0203 ? bytes_u32(file, INITRD_ADDR_MAX) : 0x37ffffff;
    if (s->version >= 0x020a && s->high && !read_room(s, file, name, err))
        return false;
    return true;
}

static bool place_kernel(struct plan *p, const struct setup *s, struct bytes file,
                         struct error *err)
{
    uint64_t end = (uint64_t)s->load + s->size;
    uint64_t room = s->end > end ? s->end - end : 0;

    return plan_place(p, s->load, file.data + s->code, s->size, room, err, "the Linux kernel");
}

/* mem=SIZE in the command line: memory that the kernel will leave alone; the last one counts. */
static uint64_t memory_limit(const char *cmdline, uint64_t memory)
{
    uint64_t limit = memory;

    for (const char *at = cmdline; (at = strstr(at, "mem=")); at += 4) {
        char *end;
        uint64_t n;

        if (at != cmdline && at[-1] != ' ')
            continue;
        if (at[4] < '0' || at[4] > '9')
            continue;
        n = strtoull(at + 4, &end, 0);
        switch (*end | 0x20) {
        case 'g': n <<= 10; /* fall through */
        case 'm': n <<= 10; /* fall through */
        case 'k': n <<= 10; break;
        }
        if (n && n < memory)
            limit = n;
    }
    return limit;
}

static uint32_t padded(uint64_t size)
{
    return (uint32_t)((size + 3) & ~UINT64_C(3));
}

static bool place_initrd(struct plan *p, const struct setup *s, const struct bzimage_request *r,
                         uint8_t *params, struct error *err)
{
    uint64_t top = memory_limit(r->cmdline, p->memory);
    uint64_t from = (plan_end(p) + 4095) & ~UINT64_C(4095);
    uint64_t size = 0;
    phys_t at;

    for (unsigned i = 0; i < r->count; i++)
        size += i + 1 < r->count ? padded(r->initrds[i].file.size) : r->initrds[i].file.size;
    if (size == 0)
        return true;
    if (top > (uint64_t)s->initrd_addr_max + 1)
        top = (uint64_t)s->initrd_addr_max + 1;
    if (from + size > top && from + size > (uint64_t)s->initrd_addr_max + 1)
        return error_set(err,
                         "%s: %llu bytes of initial RAM disk end above %x, the highest address "
                         "this kernel reads one from",
                         r->initrds[0].name, (unsigned long long)size, s->initrd_addr_max);
    if (from + size > top)
        return error_set(err,
                         "%s: %llu bytes of initial RAM disk do not fit above the kernel, which "
                         "needs memory up to %llx; use -m %uM or more%s",
                         r->initrds[0].name, (unsigned long long)size, (unsigned long long)from - 1,
                         plan_mebibytes(from + size), top < p->memory ? ", and a larger mem=" : "");
    at = (phys_t)((top - size) & ~UINT64_C(4095));
    bytes_put32(params + RAMDISK_IMAGE, at);
    bytes_put32(params + RAMDISK_SIZE, (uint32_t)size);
    for (unsigned i = 0; i < r->count; i++) {
        uint32_t part = (uint32_t)r->initrds[i].file.size;
        uint32_t pad = i + 1 < r->count ? padded(part) - part : 0;

        if (!plan_place(p, at, r->initrds[i].file.data, part, pad, err, "initial RAM disk %u",
                        i + 1))
            return false;
        at += part + pad;
    }
    return true;
}

/* The screen as int 10h would describe it: VGA, mode 3, 80 by 25, characters of 16 lines. */
static void put_screen(uint8_t *params)
{
    params[ORIG_VIDEO_MODE] = 3;
    params[ORIG_VIDEO_COLS] = 80;
    bytes_put16(params + ORIG_VIDEO_EGA_BX, 3);
    params[ORIG_VIDEO_LINES] = 25;
    params[ORIG_VIDEO_ISVGA] = 1;
    bytes_put16(params + ORIG_VIDEO_POINTS, 16);
}

static void put_memory(uint8_t *params, uint32_t memory)
{
    struct firmware_range map[MEMMAP_ENTRIES];
    unsigned n = memmap_fill(map, memory);
    uint32_t extended = memory > PLAN_HIGH_BASE ? (memory - PLAN_HIGH_BASE) / 1024 : 0;

    bytes_put16(params + EXT_MEM_K, (uint16_t)(extended < 0xfc00 ? extended : 0xfc00));
    bytes_put32(params + ALT_MEM_K, extended);
    params[E820_ENTRIES] = (uint8_t)n;
    for (unsigned i = 0; i < n; i++) {
        uint8_t *entry = params + E820_TABLE + i * E820_ENTRY;

        bytes_put32(entry, (uint32_t)map[i].base);
        bytes_put32(entry + 8, (uint32_t)map[i].size);
        bytes_put32(entry + 16, map[i].kind);
    }
}

/* Everything but the initial RAM disk; the setup header is the kernel's own, then the answers. */
static void put_params(uint8_t *block, const struct setup *s, const struct bzimage_request *r,
                       uint32_t memory)
{
    size_t end = HEADER_MAGIC + (size_t)r->file.data[HEADER_END];

    if (end > HEADER_LIMIT)
        end = HEADER_LIMIT;
    memcpy(block + SETUP_SECTS, r->file.data + SETUP_SECTS, end - SETUP_SECTS);
    setup_answer(block);
    bytes_put16(block + VID_MODE, 0xffff);
    bytes_put32(block + CODE32_START, s->entry);
    if (s->version >= 0x0201) {
        block[LOADFLAGS] |= CAN_USE_HEAP;
        bytes_put16(block + HEAP_END_PTR, 0xfe00);
    }
    if (s->version >= 0x0202) {
        bytes_put32(block + CMD_LINE_PTR, BLOCK_BASE + CMDLINE);
    } else {
        bytes_put16(block + OLD_CL_MAGIC, 0xa33f);
        bytes_put16(block + OLD_CL_OFFSET, CMDLINE);
    }
    put_screen(block);
    put_memory(block, memory);
}

static void put_table(uint8_t *table)
{
    bytes_put32(table + BOOT_CS, 0x0000ffff);
    bytes_put32(table + BOOT_CS + 4, 0x00cf9b00);
    bytes_put32(table + BOOT_DS, 0x0000ffff);
    bytes_put32(table + BOOT_DS + 4, 0x00cf9300);
}

void setup_answer(uint8_t *header)
{
    header[TYPE_OF_LOADER] = LOADER_UNKNOWN;
    bytes_put32(header + RAMDISK_IMAGE, 0);
    bytes_put32(header + RAMDISK_SIZE, 0);
}

/* What the 32-bit entry finds: the answers, a table of segments and the command line. */
static uint8_t *place_params(struct plan *p, const struct setup *s, const struct bzimage_request *r,
                             struct error *err)
{
    size_t length = strlen(r->cmdline);
    uint8_t *block = plan_alloc(p, CMDLINE + length + 1, err);

    if (!block)
        return NULL;
    put_params(block, s, r, p->memory);
    put_table(block + TABLE);
    memcpy(block + CMDLINE, r->cmdline, length + 1);
    p->entry.protected_mode = true;
    p->entry.cs = BOOT_CS;
    p->entry.ds = p->entry.es = p->entry.ss = BOOT_DS;
    p->entry.gdt = BLOCK_BASE + TABLE;
    p->entry.gdt_limit = TABLE_SIZE - 1;
    p->entry.eip = s->entry;
    p->entry.esi = BLOCK_BASE;
    p->entry.esp = BLOCK_BASE;
    return plan_place(p, BLOCK_BASE, block, CMDLINE + length + 1, 0, err, "the boot parameters")
               ? block
               : NULL;
}

static bool choose_entry(const struct setup *s, const struct bzimage_request *r, bool *real,
                         const char *name, struct error *err)
{
    *real = r->entry != BZIMAGE_PROTECTED && r->services && bzimage_has_real(s);
    if (*real || r->entry != BZIMAGE_REAL)
        return true;
    if (!r->services)
        return error_set(err,
                         "%s: --linux-entry 16 needs the built-in BIOS services, which --bios "
                         "takes the place of",
                         name);
    return error_set(err, "%s: its real-mode code is too long to be entered; use --linux-entry 32",
                     name);
}

bool bzimage_plan(struct plan *p, const struct bzimage_request *r, struct error *err)
{
    size_t length = strlen(r->cmdline);
    struct setup s;
    uint8_t *header;
    bool real;

    if (!read_setup(&s, r->file, p->name, err) || !choose_entry(&s, r, &real, p->name, err))
        return false;
    p->kind = s.high ? "Linux bzImage" : "Linux zImage";
    if (length > s.cmdline_size || length > CMDLINE_MOST)
        return error_set(err,
                         "%s: --append is %zu bytes long; this kernel takes %u (boot protocol "
                         "%u.%02u)",
                         p->name, length,
                         s.cmdline_size < CMDLINE_MOST ? s.cmdline_size : CMDLINE_MOST,
                         s.version >> 8, s.version & 0xff);
    if (real && !s.high)
        s.load = ZIMAGE_LOAD;
    header = real ? bzimage_real(p, &s, r, err) : place_params(p, &s, r, err);
    return header && place_kernel(p, &s, r->file, err) && place_initrd(p, &s, r, header, err);
}
