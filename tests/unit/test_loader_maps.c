/* SPDX-License-Identifier: MIT */
/*
 * test_loader_maps.c - whatever a kernel asks for memory, the answer is the same: multiboot 1 and 2, Linux's
 * zero page and what the BIOS services give for INT 15h E820h, for memories of many sizes.
 */
#include "loader/boot.h"
#include "loader/image.h"
#include "loader/memmap.h"
#include "tests/report.h"
#include "tests/unit/loader_images.h"

enum { ENTRIES = 16, KERNEL = 2048 };

struct map {
    unsigned count;
    struct firmware_range range[ENTRIES];
};

static uint32_t planned32(const struct plan *p, uint64_t at)
{
    for (unsigned i = 0; i < p->count; i++) {
        const struct plan_piece *piece = &p->pieces[i];

        if (at >= piece->phys && at - piece->phys + 4 <= piece->size)
            return image_get32(piece->bytes + (at - piece->phys));
    }
    return 0xcccccccc;
}

static void add(const struct plan *p, struct map *m, uint64_t base, uint64_t size, uint64_t kind)
{
    struct firmware_range *r = &m->range[m->count % ENTRIES];

    r->base = planned32(p, base) | (uint64_t)planned32(p, base + 4) << 32;
    r->size = planned32(p, size) | (uint64_t)planned32(p, size + 4) << 32;
    r->kind = planned32(p, kind);
    m->count++;
}

static bool plan(struct plan *p, const uint8_t *image, size_t size, uint32_t memory, bool services)
{
    struct error err = {.text = ""};
    struct boot_request r = {
        .image = {"kernel", image, size}, .memory = memory, .services = services};
    bool good = boot_plan(p, &r, &err);

    CHECK(good, "%u KiB: %s", memory >> 10, err.text);
    return good;
}

static void map_multiboot1(struct map *m, uint32_t memory)
{
    uint8_t image[IMAGE_SIZE];
    struct plan p;

    image_elf(image, 0x100000, 0x100000, 0x100000);
    image_multiboot(image, 128, 3);
    if (plan(&p, image, sizeof image, memory, false)) {
        uint32_t at = planned32(&p, p.entry.ebx + 48);
        uint32_t end = at + planned32(&p, p.entry.ebx + 44);

        for (; at < end; at += planned32(&p, at) + 4)
            add(&p, m, at + 4, at + 12, at + 20);
        CHECK(planned32(&p, p.entry.ebx + 4) == 639 &&
                  planned32(&p, p.entry.ebx + 8) == (memory >> 10) - 1024,
              "mem_lower and mem_upper");
    }
    plan_free(&p);
}

static void map_multiboot2(struct map *m, uint32_t memory)
{
    static const uint32_t header[] = {0xe85250d6, 0, 24, -(0xe85250d6 + 24u), 0, 8};
    uint8_t image[IMAGE_SIZE];
    struct plan p;

    image_elf(image, 0x100000, 0x100000, 0x100000);
    for (unsigned n = 0; n < ARRAY_LEN(header); n++)
        image_put32(image + 128 + 4 * n, header[n]);
    if (plan(&p, image, sizeof image, memory, false)) {
        uint32_t tag = p.entry.ebx + 8, at;

        while (planned32(&p, tag) != 6 && planned32(&p, tag) != 0)
            tag += (planned32(&p, tag + 4) + 7) & ~7u;
        for (at = tag + 16; at < tag + planned32(&p, tag + 4); at += planned32(&p, tag + 8))
            add(&p, m, at, at + 8, at + 16);
    }
    plan_free(&p);
}

static void map_linux(struct map *m, uint32_t memory, bool services)
{
    uint8_t k[KERNEL] = {[0x1f1] = 1, [0x200] = 0xeb, [0x201] = 0x6a, [0x211] = 1};
    struct plan p;

    memcpy(k + 0x202, "HdrS", 4);
    image_put16(k + 0x1fe, 0xaa55);
    image_put16(k + 0x206, 0x206);
    image_put32(k + 0x214, 0x100000);
    image_put32(k + 0x22c, 0x37ffffff);
    image_put32(k + 0x238, 255);
    if (plan(&p, k, sizeof k, memory, services)) {
        uint64_t at = services ? 0x9fc42 : p.entry.esi + 0x2d0;
        unsigned n = planned32(&p, services ? 0x9fc40 : p.entry.esi + 0x1e8) & 0xff;

        for (; n--; at += 20)
            add(&p, m, at, at + 8, at + 16);
    }
    plan_free(&p);
}

static void check_same(const struct map *one, const struct map *other, const char *what,
                       uint32_t memory)
{
    bool same = one->count == other->count && one->count <= ENTRIES;

    for (unsigned n = 0; same && n < one->count; n++)
        same = one->range[n].base == other->range[n].base &&
               one->range[n].size == other->range[n].size &&
               one->range[n].kind == other->range[n].kind;
    CHECK(same, "%u KiB: %s says what multiboot 1 says", memory >> 10, what);
}

int main(void)
{
    static const uint32_t kibibytes[] = {2048,  4096,  16384,  16388,   16448,  65536,
                                         65532, 65540, 262144, 1048576, 3670016};

    for (unsigned n = 0; n < ARRAY_LEN(kibibytes); n++) {
        uint32_t memory = kibibytes[n] << 10, usable = 0;
        struct map first = {0}, second = {0}, zero_page = {0}, bios = {0};

        map_multiboot1(&first, memory);
        map_multiboot2(&second, memory);
        map_linux(&zero_page, memory, false);
        map_linux(&bios, memory, true);
        check_same(&first, &second, "multiboot 2", memory);
        check_same(&first, &zero_page, "the zero page", memory);
        check_same(&first, &bios, "the BIOS", memory);
        for (unsigned i = 0; i < first.count && i < ENTRIES; i++)
            usable += first.range[i].kind == 1 ? (uint32_t)first.range[i].size : 0;
        CHECK(usable == memory - (0x100000 - 0x9fc00), "%u KiB: all of RAM, and no more",
              memory >> 10);
    }
    return report_end();
}
