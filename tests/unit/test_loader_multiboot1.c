/* SPDX-License-Identifier: MIT */
/*
 * test_loader_multiboot1.c - finding the header, placing kernel, symbols and modules, every field
 * of the information structure as the kernel reads it, refusals, and mutated kernels.
 */
#include "loader/image.h"
#include "loader/module.h"
#include "loader/multiboot1.h"
#include "tests/report.h"
#include "tests/unit/loader_images.h"

#define MEMORY (16u << 20)

/* What the guest would see: reads n bytes at a physical address out of the plan. */
static bool peek(const struct plan *p, phys_t at, void *to, uint32_t n)
{
    for (unsigned i = 0; i < p->count; i++) {
        const struct plan_piece *q = &p->pieces[i];

        if (at >= q->phys && at - q->phys <= q->size && n <= q->size - (at - q->phys)) {
            memcpy(to, q->bytes + (at - q->phys), n);
            return true;
        }
    }
    memset(to, 0xff, n);
    return false;
}

static uint32_t peek32(const struct plan *p, phys_t at)
{
    uint8_t raw[4];

    peek(p, at, raw, 4);
    return image_get32(raw);
}

static bool peek_is(const struct plan *p, phys_t at, const char *text)
{
    char found[64] = {0};

    return peek(p, at, found, (uint32_t)strlen(text) + 1) && strcmp(found, text) == 0;
}

static bool load(const uint8_t *image, size_t size, const struct boot_module *modules,
                 unsigned count, uint32_t memory, struct plan *p, struct error *err)
{
    struct multiboot1_request r = {.file = {image, size}, .cmdline = "k.elf one two"};

    r.modules = modules;
    r.count = count;
    err->text[0] = 0;
    plan_init(p, "k.elf", memory);
    return multiboot1_plan(p, &r, err);
}

static void test_find(void)
{
    uint8_t image[8192 + 16];
    struct multiboot1_header h;
    struct bytes file = {image, sizeof image};

    memset(image, 0, sizeof image);
    CHECK(multiboot1_find(file, &h) == MULTIBOOT1_ABSENT, "nothing there");
    image_multiboot(image, 8192 - 12, 3);
    CHECK(multiboot1_find(file, &h) == MULTIBOOT1_FOUND && h.at == 8180 && h.flags == 3,
          "ends exactly at 8192");
    memset(image, 0, sizeof image);
    image_multiboot(image, 8192 - 8, 3);
    CHECK(multiboot1_find(file, &h) == MULTIBOOT1_ABSENT, "4 bytes beyond 8192");
    memset(image, 0, sizeof image);
    image_multiboot(image, 6, 3);
    CHECK(multiboot1_find(file, &h) == MULTIBOOT1_ABSENT, "not 4-byte aligned");
    memset(image, 0, sizeof image);
    image_multiboot(image, 16, 3);
    image[24] ^= 1;
    CHECK(multiboot1_find(file, &h) == MULTIBOOT1_BAD_CHECKSUM, "wrong checksum");
    image_multiboot(image, 64, 0);
    CHECK(multiboot1_find(file, &h) == MULTIBOOT1_FOUND && h.at == 64, "a later good one wins");
    for (unsigned i = 0; i < 12; i++) {
        file.size = i;
        CHECK(multiboot1_find(file, &h) == MULTIBOOT1_ABSENT, "file of %u bytes", i);
    }
}

static void check_map(const struct plan *p, phys_t info)
{
    static const uint32_t want[][3] = {
        /* clang-format off */
        { 0x00000000, 0x0009fc00, 1 }, { 0x0009fc00, 0x00000400, 2 }, { 0x000f0000, 0x00010000, 2 },
        { 0x00100000, 0x00f00000, 1 }, { 0xfffc0000, 0x00040000, 2 },
        /* clang-format on */
    };
    uint32_t length = peek32(p, info + 44), at = peek32(p, info + 48), end = at + length;

    for (size_t i = 0; i < ARRAY_LEN(want); i++, at += peek32(p, at) + 4) {
        CHECK(at < end && peek32(p, at) == 20 && peek32(p, at + 4) == want[i][0] &&
                  peek32(p, at + 8) == 0 && peek32(p, at + 12) == want[i][1] &&
                  peek32(p, at + 16) == 0 && peek32(p, at + 20) == want[i][2],
              "memory map entry %zu", i);
        if (at >= end)
            return;
    }
    CHECK(at == end, "the map ends there");
}

static void test_info(void)
{
    static const uint8_t one[5000] = {'1'}, two[10] = "module two";
    static const struct boot_module modules[] = {
        {{one, sizeof one}, "initrd", "initrd", ""},
        {{two, sizeof two}, "b", "b x=1", "x=1"},
    };
    uint8_t image[IMAGE_SIZE];
    struct error err;
    struct plan p;
    phys_t info, mods, table;

    image_elf(image, 0xc0100000, 0x100000, 0x100000);
    image_multiboot(image, 128, 3);
    CHECK(load(image, sizeof image, modules, 2, MEMORY, &p, &err), "loads: %s", err.text);
    CHECK(p.entry.protected_mode && !p.entry.interrupts && p.entry.eax == 0x2badb002 &&
              p.entry.eip == 0x100000,
          "entry state");
    info = p.entry.ebx;
    CHECK(info >= 0x7e00 && info + 116 <= 0x9fc00, "information in low memory: %x", info);
    CHECK(peek32(&p, info) == 0x26d, "flags %x", peek32(&p, info));
    CHECK(peek32(&p, info + 4) == 639 && peek32(&p, info + 8) == 15 * 1024, "mem_lower, upper");
    CHECK(peek_is(&p, peek32(&p, info + 16), "k.elf one two"), "command line");
    CHECK(peek_is(&p, peek32(&p, info + 64), "emu386"), "loader's name");
    CHECK(peek32(&p, info + 20) == 2, "two modules");
    mods = peek32(&p, info + 24);
    CHECK(peek32(&p, mods) % 4096 == 0 && peek32(&p, mods) >= 0x101000 &&
              peek32(&p, mods + 4) - peek32(&p, mods) == sizeof one,
          "module 1 on a page above the kernel");
    CHECK(peek_is(&p, peek32(&p, mods + 8), "initrd"), "module 1's string");
    CHECK(peek32(&p, mods + 16) % 4096 == 0 && peek32(&p, mods + 16) >= peek32(&p, mods + 4) &&
              peek32(&p, mods + 20) - peek32(&p, mods + 16) == 10,
          "module 2 on a page above module 1");
    CHECK(peek_is(&p, peek32(&p, mods + 24), "b x=1"), "module 2's string");
    check_map(&p, info);

    CHECK(peek32(&p, info + 28) == 3 && peek32(&p, info + 32) == 40 && peek32(&p, info + 40) == 2,
          "section header table");
    table = peek32(&p, info + 36);
    CHECK(table >= 0x100200 && table < peek32(&p, mods), "between bss and the modules: %x", table);
    CHECK(peek32(&p, table + 40 + 12) == 0xc0100000, "a loaded section keeps its address");
    CHECK(peek32(&p, peek32(&p, table + 80 + 12)) == 0x53535353, "symbols are where it says");
    CHECK(image_get32(image + IMAGE_SHDR + 80 + 12) == 0, "the file itself is unchanged");
    plan_free(&p);
}

static void test_variants(void)
{
    uint8_t image[IMAGE_SIZE];
    uint8_t *big = calloc(1, 14u << 20);
    struct boot_module module = {{big, 14u << 20}, "big.img", "big.img", ""};
    struct error err;
    struct plan p;

    image_elf(image, 0x100000, 0x100000, 0x100000);
    image_multiboot(image, 128, 7);
    image_put32(image + 128 + 32, 1);
    CHECK(load(image, sizeof image, NULL, 0, MEMORY, &p, &err) &&
              peek32(&p, p.entry.ebx + 100) == 80 && (peek32(&p, p.entry.ebx) & 0x1800) == 0x1000 &&
              peek32(&p, p.entry.ebx + 88) == 0xb8000,
          "a wish for text mode: %s", err.text);
    plan_free(&p);

    image_put32(image + 128 + 32, 0);
    image_put32(image + 128 + 36, 640);
    image_put32(image + 128 + 40, 480);
    image_put32(image + 128 + 44, 16);
    CHECK(load(image, sizeof image, NULL, 0, MEMORY, &p, &err) && p.entry.width == 640 &&
              p.entry.height == 480 && p.entry.depth == 16,
          "a wish for a frame buffer: %s", err.text);
    phys_t info = p.entry.ebx, control = peek32(&p, info + 72), mode = peek32(&p, info + 76);
    CHECK((peek32(&p, info) & 0x1800) == 0x1800 && peek32(&p, info + 88) == 0xe0000000 &&
              peek32(&p, info + 96) == 1280 && peek32(&p, info + 100) == 640 &&
              peek32(&p, info + 104) == 480 && (peek32(&p, info + 108) & 0xffff) == 0x0110 &&
              peek32(&p, info + 112) == 0x0605050b,
          "its description: place, pitch, size, depth, colours");
    CHECK(peek32(&p, control) == 0x41534556 && (peek32(&p, info + 80) & 0xffff) == 0x4111 &&
              peek32(&p, mode + 40) == 0xe0000000 && peek32(&p, mode + 18) == (480u << 16 | 640) &&
              (peek32(&p, mode + 16) & 0xffff) == 1280,
          "the same as VBE says it");
    uint32_t name = peek32(&p, control + 6);
    CHECK(peek32(&p, (name >> 16) * 16 + (name & 0xffff)) == 0x33756d65, "its name is there");
    plan_free(&p);
    image_put32(image + 128 + 32, 1);

    CHECK(load(image, sizeof image, &module, 1, MEMORY, &p, &err), "14M of module fit: %s",
          err.text);
    plan_free(&p);
    module.file.size = (15u << 20) - 4096;
    big = realloc(big, module.file.size);
    module.file.data = big;
    CHECK(load(image, sizeof image, &module, 1, MEMORY, &p, &err) &&
              !(peek32(&p, p.entry.ebx) & 0x20),
          "the last page but the symbols give way: %s", err.text);
    plan_free(&p);
    module.file.size++;
    CHECK(!load(image, sizeof image, &module, 1, MEMORY, &p, &err) &&
              strstr(err.text, "big.img: ") == err.text && strstr(err.text, "-m 17M"),
          "one byte too many: %s", err.text);
    plan_free(&p);

    image_elf(image, 0x9000, 0x9000, 0x9000);
    image_multiboot(image, 128, 3);
    CHECK(load(image, sizeof image, NULL, 0, 1u << 20, &p, &err) && p.entry.ebx >= 0x9200,
          "a kernel in low memory, 1 MiB: the information moves away: %s", err.text);
    CHECK(peek32(&p, p.entry.ebx + 8) == 0 && peek32(&p, p.entry.ebx + 44) == 4 * 24,
          "no extended memory");
    plan_free(&p);

    for (unsigned bit = 3; bit < 16; bit++) {
        char words[32];

        image_multiboot(image, 128, 1u << bit);
        snprintf(words, sizeof words, "feature %u,", bit);
        CHECK(!load(image, sizeof image, NULL, 0, MEMORY, &p, &err) && strstr(err.text, words),
              "required bit %u: %s", bit, err.text);
        plan_free(&p);
    }
    image_multiboot(image, 128, 0x7ffe0000);
    CHECK(load(image, sizeof image, NULL, 0, MEMORY, &p, &err), "optional bits: %s", err.text);
    plan_free(&p);
    image[0] = 0;
    CHECK(!load(image, sizeof image, NULL, 0, MEMORY, &p, &err) && strstr(err.text, "flag 16"),
          "neither ELF nor addresses: %s", err.text);
    plan_free(&p);
    free(big);
}

/* A flat kernel of 1024 bytes with its header at 64: the address fields in order. */
static void flat(uint8_t *image, uint32_t header, uint32_t load_addr, uint32_t load_end,
                 uint32_t bss_end, uint32_t entry)
{
    memset(image, 0x90, 1024);
    image_multiboot(image, 64, 0x10003);
    image_put32(image + 76, header);
    image_put32(image + 80, load_addr);
    image_put32(image + 84, load_end);
    image_put32(image + 88, bss_end);
    image_put32(image + 92, entry);
}

static void test_addresses(void)
{
    static const struct {
        uint32_t header, load, load_end, bss_end, entry; /* the header's fields */
        uint32_t size, zero;                             /* expected, or */
        const char *words;                               /* the refusal's */
    } rows[] = {
        /* clang-format off */
        { 0x100040, 0x100000, 0,        0,        0x100060, 1024, 0,     NULL },
        { 0x100040, 0x100000, 0x100200, 0x100400, 0x100060, 512,  512,   NULL },
        { 0x100000, 0x100000, 0,        0x200000, 0x100020, 960,  0xffc40, NULL },
        { 0x100040, 0x100041, 0,        0,        0x100060, 0, 0, "before the file begins" },
        { 0x100041, 0x100000, 0,        0,        0x100060, 0, 0, "before the file begins" },
        { 0x100040, 0x100000, 0x100401, 0,        0x100060, 0, 0, "up to byte 1025" },
        { 0x100040, 0x100000, 0x0fffff, 0,        0x100060, 0, 0, "load_end_addr fffff" },
        { 0x100040, 0x100000, 0,        0x1003ff, 0x100060, 0, 0, "bss_end_addr" },
        { 0x100040, 0x100000, 0,        0,        0x100400, 0, 0, "entry_addr 100400" },
        { 0x100040, 0x100000, 0,        0x4000000, 0x100060, 0, 0, "-m 64M" },
        { 0xffffff40, 0xffffff00, 0,    0,        0xffffff60, 0, 0, "beyond" },
        /* clang-format on */
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint8_t image[1024];
        struct error err;
        struct plan p;
        bool ok;

        flat(image, rows[i].header, rows[i].load, rows[i].load_end, rows[i].bss_end, rows[i].entry);
        ok = load(image, sizeof image, NULL, 0, MEMORY, &p, &err);
        CHECK(ok == !rows[i].words, "row %zu: %s", i, err.text);
        if (ok)
            CHECK(p.pieces[0].phys == rows[i].load && p.pieces[0].size == rows[i].size &&
                      p.pieces[0].zero == rows[i].zero && p.entry.eip == rows[i].entry &&
                      p.pieces[0].bytes == image + 64 - (rows[i].header - rows[i].load),
                  "row %zu: placed %x+%x+%x", i, p.pieces[0].phys, p.pieces[0].size,
                  p.pieces[0].zero);
        else if (rows[i].words)
            CHECK(strstr(err.text, rows[i].words), "row %zu: %s", i, err.text);
        plan_free(&p);
    }
}

/* Reads every byte of every piece, so that ASan sees a piece outside its file. */
static uint32_t touch(const struct plan *p)
{
    uint32_t sum = 0;

    for (unsigned i = 0; i < p->count; i++) {
        for (uint32_t n = 0; n < p->pieces[i].size; n++)
            sum += p->pieces[i].bytes[n];
    }
    return sum;
}

static void test_fuzz(void)
{
    static const uint8_t data[100] = {1};
    static const struct boot_module module = {{data, sizeof data}, "m", "m", ""};
    uint8_t elf[IMAGE_SIZE], raw[1024];
    uint64_t seed = 2;
    unsigned planned = 0, refused = 0, silent = 0;
    uint32_t sum = 0;

    image_elf(elf, 0x100000, 0x100000, 0x100000);
    image_multiboot(elf, 96, 3);
    flat(raw, 0x100040, 0x100000, 0x100200, 0x100400, 0x100060);
    for (unsigned i = 0; i < 100000; i++) {
        bool use_elf = i % 2;
        struct error err;
        struct plan p;
        uint8_t *mutant;
        size_t size = image_mutate(&seed, use_elf ? elf : raw, use_elf ? sizeof elf : sizeof raw,
                                   i % 3 ? 112 : sizeof elf, &mutant);

        if (load(mutant, size, &module, 1, MEMORY, &p, &err)) {
            planned++;
            sum += touch(&p);
        } else {
            refused++;
            silent += err.text[0] == 0;
        }
        plan_free(&p);
        free(mutant);
    }
    CHECK(silent == 0, "%u refusals without a message", silent);
    CHECK(planned > 1000 && refused > 1000 && sum, "%u planned, %u refused", planned, refused);
}

int main(void)
{
    test_find();
    test_info();
    test_variants();
    test_addresses();
    test_fuzz();
    return report_end();
}
