/* SPDX-License-Identifier: MIT */
/*
 * boot.c - recognises an image by its contents, has it planned by its format's parser, and
 * applies plans to machines.
 *
 * A multiboot 1 kernel's command line is "IMAGE APPEND" and a module's string "FILE ARGS", the way
 * QEMU passes them; a multiboot 2 kernel's are "APPEND" and "ARGS", the way GRUB does. Magic numbers: Multiboot Specification 2.0 3.1.1 (multiboot 2), Linux
 * Documentation/x86/boot (HdrS), ECMA-119 8.1.2 (CD001), and the formats' own documents.
 */
#include "loader/boot.h"

#include "loader/bootsector.h"
#include "loader/bytes.h"
#include "loader/bzimage.h"
#include "loader/elf.h"
#include "loader/file.h"
#include "loader/image.h"
#include "loader/module.h"
#include "loader/multiboot1.h"
#include "loader/multiboot2.h"
#include "machine/firmware.h"
#include "mmu/bus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SUPPORTED                                                                                  \
    "this version boots Linux (bzImage), multiboot and plain i386 ELF kernels and boot sectors"

/* Formats people have lying about, and why they do not start here. */
struct known_format {
    uint32_t at;      /* file offset of the magic number */
    uint8_t len;      /* its length */
    char magic[8];    /* its bytes */
    const char *what; /* what it is and what would be right */
};

static const struct known_format known_formats[] = {
    /* clang-format off */
    { 0x8001, 5, "CD001",            "ISO 9660 CD image, which firmware boots from a file" },
    { 0,      4, "QFI\xfb",          "QCOW2 disk image: not supported yet; " SUPPORTED },
    { 0,      4, "KDMV",             "VMDK disk image: not supported yet; " SUPPORTED },
    { 0x40,   4, "\x7f\x10\xda\xbe", "VDI disk image: not supported yet; " SUPPORTED },
    { 0,      2, "\x1f\x8b",         "compressed with gzip; unpack it first (gunzip)" },
    { 0,      6, "\xfd" "7zXZ",      "compressed with xz; unpack it first (unxz)" },
    { 0,      3, "BZh",              "compressed with bzip2; unpack it first (bunzip2)" },
    { 0,      4, "\x28\xb5\x2f\xfd", "compressed with zstd; unpack it first (unzstd)" },
    { 0,      4, "PK\x03\x04",       "ZIP archive; unpack it first" },
    { 0,      8, "!<arch>\n",        "archive or Debian package; it contains no bootable image" },
    { 257,    5, "ustar",            "tar archive; unpack it first" },
    { 0,      2, "MZ",               "DOS, Windows or EFI program: not an image; " SUPPORTED },
    { 0,      2, "#!",               "script, not an image; " SUPPORTED },
    /* clang-format on */
};

static bool is_text(struct bytes file)
{
    size_t n = file.size < 512 ? file.size : 512;

    for (size_t i = 0; i < n; i++) {
        uint8_t c = file.data[i];

        if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f') || c == 0x7f)
            return false;
    }
    return true;
}

static bool refuse(const char *name, struct bytes file, struct error *err)
{
    for (size_t i = 0; i < ARRAY_LEN(known_formats); i++) {
        const struct known_format *f = &known_formats[i];

        if (bytes_have(file, f->at, f->len) && memcmp(file.data + f->at, f->magic, f->len) == 0)
            return error_set(err, "%s: %s", name, f->what);
    }
    if (is_text(file))
        return error_set(err, "%s: is a text file, not an image; " SUPPORTED, name);
    return error_set(err, "%s: format not recognised; " SUPPORTED, name);
}

/* Known formats that would otherwise pass as boot sectors: they end in 55h AAh as well. */
static bool is_foreign(struct bytes file)
{
    return bytes_have(file, 0x8001, 5) && memcmp(file.data + 0x8001, "CD001", 5) == 0;
}

static bool read_source(struct plan *p, const struct boot_source *s, struct bytes *file,
                        struct error *err)
{
    uint8_t *data;

    if (s->data) {
        file->data = s->data;
        file->size = s->size;
        return s->size ? true : error_set(err, "%s: is empty", s->name);
    }
    if (!file_read(s->name, &data, &file->size, err))
        return false;
    file->data = data;
    return plan_adopt(p, data, err);
}

/* "FILE args": the name ends at the first blank, unless a file of the whole name exists. */
static bool read_module(struct plan *p, const struct boot_source *s, struct boot_module *m,
                        struct error *err)
{
    struct boot_source named = *s;
    size_t length = strcspn(s->name, " ");

    m->name = s->name;
    m->string = s->name;
    m->args = "";
    if (!s->data && s->name[length] && access(s->name, F_OK) != 0) {
        char *path = plan_alloc(p, length + 1, err);

        if (!path)
            return false;
        memcpy(path, s->name, length);
        m->name = named.name = path;
        m->args = s->name + length + strspn(s->name + length, " ");
    }
    return read_source(p, &named, &m->file, err);
}

static bool read_modules(struct plan *p, const struct boot_request *r, struct boot_module **modules,
                         struct error *err)
{
    *modules = plan_alloc(p, r->module_count * sizeof **modules, err);
    if (!*modules)
        return false;
    for (unsigned i = 0; i < r->module_count; i++) {
        if (!read_module(p, &r->modules[i], &(*modules)[i], err))
            return false;
    }
    return true;
}

static bool plan_multiboot1(struct plan *p, const struct boot_request *r, struct bytes file,
                            struct error *err)
{
    struct multiboot1_request mb = {.file = file, .count = r->module_count};
    size_t size = strlen(p->name) + 2 + (r->append ? strlen(r->append) : 0);
    char *cmdline = plan_alloc(p, size, err);
    struct boot_module *modules;

    if (!cmdline || !read_modules(p, r, &modules, err))
        return false;
    snprintf(cmdline, size, "%s%s%s", p->name, r->append && *r->append ? " " : "",
             r->append ? r->append : "");
    mb.modules = modules;
    mb.cmdline = cmdline;
    return multiboot1_plan(p, &mb, err);
}

static bool plan_multiboot2(struct plan *p, const struct boot_request *r, struct bytes file,
                            struct error *err)
{
    struct multiboot2_request mb = {
        .file = file, .cmdline = r->append ? r->append : "", .count = r->module_count};
    struct boot_module *modules;

    if (!read_modules(p, r, &modules, err))
        return false;
    for (unsigned i = 0; i < r->module_count; i++)
        modules[i].string = modules[i].args;
    mb.modules = modules;
    return multiboot2_plan(p, &mb, err);
}

static bool plan_linux(struct plan *p, const struct boot_request *r, struct bytes file,
                       struct error *err)
{
    struct bzimage_request linux_request = {.file = file,
                                            .cmdline = r->append ? r->append : "",
                                            .count = r->module_count,
                                            .entry = r->linux_entry,
                                            .services = r->services};
    struct boot_module *modules;

    p->kind = "Linux kernel";
    if (!read_modules(p, r, &modules, err))
        return false;
    for (unsigned i = 0; i < r->module_count; i++) {
        if (strcmp(modules[i].name, modules[i].string) != 0)
            return error_set(err,
                             "--initrd %s: arguments go to multiboot modules; a Linux kernel's "
                             "initial RAM disk has none, its options go to --append",
                             modules[i].string);
    }
    linux_request.initrds = modules;
    return bzimage_plan(p, &linux_request, err);
}

/* What only a multiboot or Linux kernel can be given. */
static bool check_extras(const struct plan *p, const struct boot_request *r, struct error *err)
{
    if (r->module_count)
        return error_set(
            err, "%s: is no multiboot or Linux kernel (%s), so it cannot be given --initrd %s",
            p->name, p->kind, r->modules[0].name);
    if (r->append)
        return error_set(err,
                         "%s: is no multiboot or Linux kernel (%s), so it cannot be given --append",
                         p->name, p->kind);
    return true;
}

static bool plan_elf(struct plan *p, const struct boot_request *r, struct bytes file,
                     struct error *err)
{
    struct elf e;

    p->kind = "plain ELF";
    if (!elf_open(&e, file, p->name, err))
        return false;
    if (!check_extras(p, r, err) || !elf_plan(&e, p, 0, err) ||
        !elf_entry(&e, p->name, &p->entry.eip, err))
        return false;
    p->entry.protected_mode = true;
    p->entry.esp = 0x7c00;
    return true;
}

bool boot_plan(struct plan *p, const struct boot_request *r, struct error *err)
{
    struct multiboot1_header header;
    struct bytes file;
    unsigned bad = 0; /* version of a multiboot header that is none */
    size_t at;

    plan_init(p, r->image.name, r->memory);
    p->acpi = r->acpi;
    if (!read_source(p, &r->image, &file, err))
        return false;
    p->image = file.data;
    p->image_size = file.size;
    switch (multiboot1_find(file, &header)) {
    case MULTIBOOT1_FOUND: return plan_multiboot1(p, r, file, err);
    case MULTIBOOT1_BAD_CHECKSUM: bad = 1; break;
    case MULTIBOOT1_ABSENT: break;
    }
    switch (multiboot2_find(file, &at)) {
    case MULTIBOOT2_FOUND: return plan_multiboot2(p, r, file, err);
    case MULTIBOOT2_BAD_CHECKSUM: bad = bad ? bad : 2; break;
    case MULTIBOOT2_ABSENT: break;
    }
    if (bad)
        return error_set(err,
                         "%s: its multiboot %u header has a wrong checksum; magic + %s + checksum "
                         "must be 0 in 32 bits",
                         p->name, bad, bad == 1 ? "flags" : "architecture + length");
    if (elf_is(file))
        return plan_elf(p, r, file, err);
    if (bzimage_is(file))
        return plan_linux(p, r, file, err);
    if (!bootsector_is(file) || is_foreign(file))
        return refuse(p->name, file, err);
    if (bootsector_is_disk(file))
        return error_set(err, "%s: hard disk image, which firmware boots from a file", p->name);
    p->kind = "boot sector";
    return check_extras(p, r, err) && bootsector_plan(p, file, err);
}

static bool apply_zeroes(struct bus *b, phys_t at, uint32_t n)
{
    static const uint8_t zeroes[4096];

    while (n) {
        uint32_t part = n < sizeof zeroes ? n : (uint32_t)sizeof zeroes;

        if (bus_poke(b, at, zeroes, part) != part)
            return false;
        at += part;
        n -= part;
    }
    return true;
}

/* The tables are placed when the machine is entered. */
static bool copy_rsdp(const struct plan *p, struct bus *b, struct error *err)
{
    uint8_t rsdp[ACPI_RSDP];

    if (bus_peek(b, FIRMWARE_RSDP, rsdp, sizeof rsdp) != sizeof rsdp ||
        memcmp(rsdp, "RSD PTR ", 8) != 0)
        return error_set(err, "%s: this machine has no ACPI tables to tell of", p->name);
    return bus_poke(b, p->rsdp, rsdp, sizeof rsdp) == sizeof rsdp;
}

bool boot_apply(const struct plan *p, struct machine *m, struct error *err)
{
    struct bus *b = machine_bus(m);

    firmware_place_data_area(m);
    for (unsigned i = 0; i < p->count; i++) {
        const struct plan_piece *piece = &p->pieces[i];

        if ((piece->size && bus_poke(b, piece->phys, piece->bytes, piece->size) != piece->size) ||
            !apply_zeroes(b, piece->phys + piece->size, piece->zero))
            return error_set(err, "%s: %s at %x does not lie in this machine's RAM", p->name,
                             piece->what, piece->phys);
    }
    machine_enter(m, &p->entry);
    return !p->rsdp || copy_rsdp(p, b, err);
}
