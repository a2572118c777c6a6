/* SPDX-License-Identifier: MIT */
/*
 * test_loader_multiboot2.c - the header and its tags, placing and moving kernels, the boot
 * information as the kernel reads it, refusals, and mutated headers.
 */
#include "loader/boot.h"
#include "loader/image.h"
#include "loader/multiboot2.h"
#include "tests/report.h"
#include "tests/unit/loader_images.h"

#define MEMORY (16u << 20)

enum { HEADER = 160, HEADER_SIZE = 144 }; /* in the page before the code, with room for tags */

struct rig {
    uint8_t image[IMAGE_SIZE];
    size_t tags; /* where the next one goes */
    struct boot_source module[2];
    struct boot_request request;
    struct plan plan;
    struct error err;
};

/* A tag of up to four words; the list stays ended and summed up. */
static void add_tag(struct rig *r, unsigned type, unsigned flags, unsigned words,
                    const uint32_t *word)
{
    uint8_t *tag = r->image + r->tags;

    image_put16(tag, type);
    image_put16(tag + 2, flags);
    image_put32(tag + 4, 8 + words * 4);
    for (unsigned i = 0; i < words; i++)
        image_put32(tag + 8 + i * 4, word[i]);
    r->tags += (8 + words * 4 + 7) & ~7u;
    image_put32(r->image + r->tags, 0);
    image_put32(r->image + r->tags + 4, 8);
}

static void setup(struct rig *r)
{
    uint8_t *h = r->image + HEADER;

    memset(r, 0, sizeof *r);
    image_elf(r->image, 0x400000, 0x400000, 0x400000);
    image_put32(h, 0xe85250d6);
    image_put32(h + 8, HEADER_SIZE);
    image_put32(h + 12, 0u - (0xe85250d6 + HEADER_SIZE));
    image_put32(h + 20, 8);
    r->tags = HEADER + 16;
    r->request.image = (struct boot_source){"k.elf", r->image, sizeof r->image};
    r->request.modules = r->module;
    r->request.memory = MEMORY;
}

static bool make_plan(struct rig *r)
{
    r->err.text[0] = 0;
    return boot_plan(&r->plan, &r->request, &r->err);
}

static void check_refused(struct rig *r, const char *words)
{
    CHECK(!make_plan(r) && strstr(r->err.text, words) && !strchr(r->err.text, '\n'), "%s: \"%s\"",
          words, r->err.text);
    plan_free(&r->plan);
}

static uint32_t planned32(const struct plan *p, phys_t at)
{
    for (unsigned i = 0; i < p->count; i++) {
        const struct plan_piece *piece = &p->pieces[i];

        if (at >= piece->phys && at - piece->phys + 4 <= piece->size)
            return image_get32(piece->bytes + (at - piece->phys));
    }
    return 0xcccccccc;
}

/* Address of the fields of the nth tag of a type in the boot information; 0: there is none. */
static phys_t find_tag(const struct plan *p, uint32_t type, unsigned nth)
{
    phys_t at = p->entry.ebx + 8, end = p->entry.ebx + planned32(p, p->entry.ebx);

    while (at < end) {
        if (planned32(p, at) == type && nth-- == 0)
            return at + 8;
        at += (planned32(p, at + 4) + 7) & ~7u;
    }
    return 0;
}

static void test_info(void)
{
    static const uint8_t one[100] = {7}, two[1] = {8};
    struct rig r;
    struct plan *p = &r.plan;
    phys_t tag;

    setup(&r);
    r.module[0] = (struct boot_source){"initrd", one, sizeof one};
    r.module[1] = (struct boot_source){"b", two, sizeof two};
    r.request.module_count = 2;
    r.request.append = "quiet";
    CHECK(make_plan(&r) && strcmp(p->kind, "multiboot 2 ELF") == 0, "%s", r.err.text);
    CHECK(p->entry.protected_mode && p->entry.eax == 0x36d76289 && p->entry.eip == 0x400000 &&
              p->entry.width == 0 && !p->entry.interrupts && (p->entry.ebx & 7) == 0,
          "the state at the entry");
    tag = find_tag(p, 1, 0);
    CHECK(tag && planned32(p, tag) == 0x65697571, "the command line");
    CHECK(find_tag(p, 2, 0) && planned32(p, find_tag(p, 2, 0)) == 0x33756d65, "the loader's name");
    tag = find_tag(p, 3, 0);
    CHECK(tag && planned32(p, tag + 4) - planned32(p, tag) == 100 &&
              (planned32(p, tag) & 4095) == 0 && planned32(p, planned32(p, tag)) == 7,
          "the first module");
    CHECK(find_tag(p, 3, 1) && !find_tag(p, 3, 2), "and another one");
    tag = find_tag(p, 4, 0);
    CHECK(tag && planned32(p, tag) == 639 && planned32(p, tag + 4) == 15 * 1024, "memory");
    tag = find_tag(p, 6, 0);
    CHECK(tag && planned32(p, tag) == 24 && planned32(p, tag + 8 + 3 * 24) == 0x100000 &&
              planned32(p, tag + 8 + 3 * 24 + 8) == 15u << 20,
          "the memory map");
    tag = find_tag(p, 8, 0);
    CHECK(tag && planned32(p, tag) == 0xb8000 && planned32(p, tag + 12) == 80, "text cells");
    tag = find_tag(p, 9, 0);
    CHECK(tag && planned32(p, tag) == 3 && planned32(p, tag + 4) == 40, "sections");
    CHECK(!find_tag(p, 21, 0), "no load address: nobody asked");
    CHECK(!find_tag(p, 14, 0) && p->rsdp == 0, "no ACPI tables");
    CHECK(planned32(p, find_tag(p, 0, 0) - 4) == 8 &&
              find_tag(p, 0, 0) == p->entry.ebx + planned32(p, p->entry.ebx),
          "the end is the end");
    plan_free(p);

    r.request.acpi = true;
    CHECK(make_plan(&r) && find_tag(p, 14, 0) && p->rsdp == find_tag(p, 14, 0) &&
              planned32(p, p->rsdp - 4) == 28,
          "room for the root pointer of ACPI tables");
    plan_free(p);
}

static void test_screen(void)
{
    static const struct {
        uint32_t want[3], got[3];
    } rows[] = {
        {{800, 600, 32}, {800, 600, 32}},     {{0, 0, 0}, {1024, 768, 32}},
        {{641, 481, 24}, {648, 481, 24}},     {{320, 200, 8}, {320, 200, 32}},
        {{5000, 5000, 16}, {1600, 1200, 16}}, {{UINT32_MAX, 1, 15}, {1600, 1, 15}},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct rig r;
        phys_t tag;

        setup(&r);
        add_tag(&r, 5, 0, 3, rows[i].want);
        CHECK(make_plan(&r) && r.plan.entry.width == rows[i].got[0] &&
                  r.plan.entry.height == rows[i].got[1] && r.plan.entry.depth == rows[i].got[2],
              "screen %zu: %u by %u by %u %s", i, r.plan.entry.width, r.plan.entry.height,
              r.plan.entry.depth, r.err.text);
        tag = find_tag(&r.plan, 8, 0);
        CHECK(tag && planned32(&r.plan, tag) == MACHINE_FRAME_BUFFER &&
                  planned32(&r.plan, tag + 12) == rows[i].got[0],
              "and is told so");
        plan_free(&r.plan);
    }
}

static void test_relocation(void)
{
    static const struct {
        uint32_t tag[4]; /* min, max, alignment, preference */
        phys_t at;
    } rows[] = {
        {{0x100000, 0xffffffff, 0x1000, 0}, 0x400000},
        {{0x100000, 0xffffffff, 0x1000, 1}, 0x100000},
        {{0x100000, 0xffffffff, 0x1000, 2}, 0xfff000},
        {{0, 0x7fffff, 0x100000, 2}, 0x700000},
        {{0x500000, 0xffffffff, 0x200000, 0}, 0x600000},
        {{0, 0xffffffff, 0, 1}, 0x100000},
    };
    static const uint32_t nowhere[] = {0x1000000, 0xffffffff, 1, 0}, odd[] = {0, 0xffffffff, 3, 0};
    struct rig r;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        setup(&r);
        add_tag(&r, 10, 0, 4, rows[i].tag);
        CHECK(make_plan(&r) && r.plan.entry.eip == rows[i].at &&
                  planned32(&r.plan, rows[i].at) == image_get32(r.image + IMAGE_CODE) &&
                  planned32(&r.plan, find_tag(&r.plan, 21, 0)) == rows[i].at,
              "moved %zu: %x %s", i, r.plan.entry.eip, r.err.text);
        plan_free(&r.plan);
    }
    setup(&r);
    add_tag(&r, 10, 0, 4, nowhere);
    check_refused(&r, "finds no place between 1000000 and ffffffff");
    setup(&r);
    add_tag(&r, 10, 0, 4, odd);
    check_refused(&r, "no power of two");
}

static void test_addresses(void)
{
    const uint32_t whole[] = {0x200000 + HEADER, UINT32_MAX, 0, 0x210000}, entry = 0x200000 + 200;
    const uint32_t before[] = {0x200000, 0x1fff00, 0, 0};
    struct rig r;

    setup(&r);
    r.image[0] = 0; /* no ELF file */
    add_tag(&r, 2, 0, 4, whole);
    add_tag(&r, 3, 0, 1, &entry);
    CHECK(make_plan(&r) && r.plan.entry.eip == entry && r.plan.pieces[0].phys == 0x200000 &&
              r.plan.pieces[0].size == IMAGE_SIZE &&
              r.plan.pieces[0].zero == 0x10000 - IMAGE_SIZE && !find_tag(&r.plan, 9, 0),
          "an image with addresses: %s", r.err.text);
    plan_free(&r.plan);
    setup(&r);
    add_tag(&r, 2, 0, 4, whole);
    check_refused(&r, "no entry tag");
    setup(&r);
    add_tag(&r, 2, 0, 4, before);
    check_refused(&r, "before the file begins");
}

static void test_refusals(void)
{
    static const uint32_t known[] = {1, 12, 21}, unknown[] = {1, 22}, outside = 0x300000;
    struct rig r;

    setup(&r);
    add_tag(&r, 1, 0, 3, known);
    CHECK(make_plan(&r), "information that a PC without EFI cannot have: %s", r.err.text);
    plan_free(&r.plan);
    setup(&r);
    add_tag(&r, 1, 1, 2, unknown);
    CHECK(make_plan(&r), "optional information: %s", r.err.text);
    plan_free(&r.plan);
    setup(&r);
    add_tag(&r, 1, 0, 2, unknown);
    check_refused(&r, "information of type 22");
    setup(&r);
    add_tag(&r, 99, 1, 0, NULL);
    CHECK(make_plan(&r), "an optional tag: %s", r.err.text);
    plan_free(&r.plan);
    setup(&r);
    add_tag(&r, 99, 0, 0, NULL);
    check_refused(&r, "a tag of type 99");
    setup(&r);
    add_tag(&r, 5, 0, 1, known);
    check_refused(&r, "has 12 bytes instead of 20");
    setup(&r);
    image_put32(r.image + HEADER + 20, 4);
    check_refused(&r, "has 4 bytes, 128 are left");
    setup(&r);
    image_put16(r.image + HEADER + 16, 6);
    for (unsigned at = HEADER + 16; at < HEADER + HEADER_SIZE; at += 8) {
        image_put32(r.image + at, 6);
        image_put32(r.image + at + 4, 8);
    }
    check_refused(&r, "do not end with type 0");
    setup(&r);
    add_tag(&r, 3, 0, 1, &outside);
    check_refused(&r, "300000 is outside the kernel");
    setup(&r);
    r.image[HEADER + 12] ^= 1;
    check_refused(&r, "multiboot 2 header has a wrong checksum");
    setup(&r);
    image_put32(r.image + HEADER + 4, 4);
    image_put32(r.image + HEADER + 12, 0u - (0xe85250d6 + 4 + HEADER_SIZE));
    check_refused(&r, "architecture 4");
    setup(&r);
    image_put32(r.image + HEADER + 8, 0x10000);
    image_put32(r.image + HEADER + 12, 0u - (0xe85250d6 + 0x10000));
    check_refused(&r, "beyond the file");
}

static void test_fuzz(void)
{
    uint64_t seed = 5;
    unsigned planned = 0, refused = 0, silent = 0;

    for (unsigned i = 0; i < 40000; i++) {
        static const uint32_t words[] = {0x100000, 0x800000, 0x1000, 2, 5};
        uint8_t *mutant;
        struct rig r;
        size_t size;

        setup(&r);
        add_tag(&r, 1 + i % 10, 0, 4, words);
        add_tag(&r, 1 + i / 10 % 10, 0, 4, words);
        size =
            image_mutate(&seed, r.image + HEADER + 16, HEADER_SIZE - 16, HEADER_SIZE - 16, &mutant);
        memcpy(r.image + HEADER + 16, mutant, size);
        free(mutant);
        r.request.image.size = i % 4 ? sizeof r.image : HEADER + 16 + size;
        r.request.image.data = memcpy(malloc(r.request.image.size), r.image, r.request.image.size);
        if (make_plan(&r)) {
            planned++;
        } else {
            refused++;
            silent += r.err.text[0] == 0;
        }
        plan_free(&r.plan);
        free((void *)r.request.image.data);
    }
    CHECK(silent == 0, "%u refusals without a message", silent);
    CHECK(planned > 1000 && refused > 1000, "%u planned, %u refused", planned, refused);
}

int main(void)
{
    test_info();
    test_screen();
    test_relocation();
    test_addresses();
    test_refusals();
    test_fuzz();
    return report_end();
}
