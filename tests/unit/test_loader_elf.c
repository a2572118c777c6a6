/* SPDX-License-Identifier: MIT */
/*
 * test_loader_elf.c - ELF executables: what is placed where, which files are refused and that
 * the message names the reason, and that no mutation of a file makes the parser misbehave.
 */
#include "loader/elf.h"
#include "loader/image.h"
#include "tests/report.h"
#include "tests/unit/loader_images.h"

#define MEMORY (16u << 20)

/* Opens and plans; the error text stays in err. */
static bool load(const uint8_t *image, size_t size, struct plan *p, phys_t *entry,
                 struct error *err)
{
    struct bytes file = {image, size};
    struct elf e;

    err->text[0] = 0;
    plan_init(p, "k.elf", MEMORY);
    return elf_open(&e, file, "k.elf", err) && elf_plan(&e, p, 0, err) &&
           elf_entry(&e, "k.elf", entry, err);
}

static void test_good(void)
{
    uint8_t image[IMAGE_SIZE];
    struct error err;
    struct plan p;
    phys_t entry = 0;

    image_elf(image, 0xc0100000, 0x100000, 0x100000);
    CHECK(load(image, sizeof image, &p, &entry, &err), "higher-half ELF: %s", err.text);
    CHECK(p.count == 1 && p.pieces[0].phys == 0x100000 && p.pieces[0].size == 256 &&
              p.pieces[0].zero == 256 && p.pieces[0].bytes == image + IMAGE_CODE,
          "one piece at its physical address");
    CHECK(entry == 0x100000, "physical entry %x", entry);
    CHECK(plan_covers(&p, 0x1001ff) && !plan_covers(&p, 0x100200), "zeroes are covered");
    plan_free(&p);

    image_put32(image + 24, 0xc0100010);
    CHECK(load(image, sizeof image, &p, &entry, &err) && entry == 0x100010,
          "virtual entry becomes physical: %x", entry);
    plan_free(&p);

    image_put32(image + IMAGE_PHDR + 16, 0);
    image_put32(image + IMAGE_PHDR + 4, 0x7fffffff);
    CHECK(load(image, sizeof image, &p, &entry, &err) && p.pieces[0].zero == 512,
          "a segment of zeroes may point anywhere in the file: %s", err.text);
    plan_free(&p);
}

struct refusal {
    const char *label;
    unsigned at;       /* where the image is changed */
    unsigned size;     /* 1, 2 or 4 bytes; 0: no change */
    uint32_t value;    /* the new value */
    unsigned cut;      /* file size, 0: whole */
    const char *words; /* what the message must contain */
};

static const struct refusal refusals[] = {
    /* clang-format off */
    { "tiny",        0,  0, 0,          10,   "truncated" },
    { "header cut",  0,  0, 0,          40,   "truncated" },
    { "phdrs cut",   0,  0, 0,          60,   "program headers end at byte 84 of 60" },
    { "segment cut", 0,  0, 0,          4200, "segment 0 ends at byte 4352 of 4200" },
    { "64 bit",      4,  1, 2,          0,    "-m32" },
    { "class 7",     4,  1, 7,          0,    "class 7" },
    { "big endian",  5,  1, 2,          0,    "big-endian" },
    { "ARM",         18, 2, 40,         0,    "e_machine 40" },
    { "object",      16, 2, 1,          0,    "object file" },
    { "shared",      16, 2, 3,          0,    "-no-pie" },
    { "core",        16, 2, 4,          0,    "core dump" },
    { "type 9",      16, 2, 9,          0,    "type 9" },
    { "no phdrs",    44, 2, 0,          0,    "nothing to load" },
    { "phentsize",   42, 2, 20,         0,    "20 bytes" },
    { "many phdrs",  44, 2, 60000,      0,    "60000 ELF program headers" },
    { "no PT_LOAD",  52, 4, 4,          0,    "without a loadable segment" },
    { "interpreter", 52, 4, 3,          0,    "-static" },
    { "filesz",      68, 4, 0x300,      0,    "more bytes in the file" },
    { "beyond RAM",  64, 4, 0x2000000,  0,    "use -m 33M" },
    { "no AT()",     64, 4, 0xc0100000, 0,    "AT()" },
    { "never RAM",   64, 4, 0xf0000000, 0,    "AT()" },
    { "wraps",       64, 4, 0xffffff80, 0,    "AT()" },
    { "in the VGA",  64, 4, 0xb8000,    0,    "no RAM" },
    { "into VGA",    64, 4, 0x9ff80,    0,    "no RAM" },
    { "bss over 1M", 72, 4, 0x1000000,  0,    "-m 17M" },
    { "entry",       24, 4, 0x200000,   0,    "entry point 200000" },
    /* clang-format on */
};

static void test_refusals(void)
{
    for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
        const struct refusal *r = &refusals[i];
        uint8_t image[IMAGE_SIZE];
        struct error err;
        struct plan p;
        phys_t entry;
        size_t size = r->cut ? r->cut : sizeof image;
        uint8_t *exact = malloc(size);

        image_elf(image, 0xc0100000, 0x100000, 0x100000);
        for (unsigned n = 0; n < r->size; n++)
            image[r->at + n] = (uint8_t)(r->value >> (8 * n));
        memcpy(exact, image, size);
        CHECK(!load(exact, size, &p, &entry, &err), "%s is refused", r->label);
        CHECK(strstr(err.text, r->words) && strstr(err.text, "k.elf: ") == err.text &&
                  !strchr(err.text, '\n'),
              "%s: \"%s\" says \"%s\"", r->label, err.text, r->words);
        plan_free(&p);
        free(exact);
    }
}

/* The linker's first segment holds the file's headers and ends up in the page below 1 MiB. */
static void test_headers_below(void)
{
    uint8_t image[IMAGE_SIZE];
    struct error err;
    struct plan p;
    phys_t entry;

    image_elf(image, 0xff000, 0xff000, 0x100000);
    image_put32(image + IMAGE_PHDR + 4, 0);
    image_put32(image + IMAGE_PHDR + 16, IMAGE_CODE + IMAGE_CODE_SIZE);
    image_put32(image + IMAGE_PHDR + 20, IMAGE_CODE + 2 * IMAGE_CODE_SIZE);
    CHECK(load(image, sizeof image, &p, &entry, &err) && p.count == 1 &&
              p.pieces[0].phys == 0x100000 && p.pieces[0].bytes == image + IMAGE_CODE &&
              p.pieces[0].size == IMAGE_CODE_SIZE && p.pieces[0].zero == IMAGE_CODE_SIZE,
          "headers below 1 MiB are left out: %s", err.text);
    plan_free(&p);
    image[IMAGE_CODE - 1] = 1;
    CHECK(!load(image, sizeof image, &p, &entry, &err) && strstr(err.text, "the VGA and the ROMs"),
          "but not code or data: %s", err.text);
    plan_free(&p);
}

static void test_overlap(void)
{
    uint8_t image[IMAGE_SIZE];
    struct error err;
    struct plan p;
    phys_t entry;

    image_elf(image, 0x100000, 0x100000, 0x100000);
    memcpy(image + IMAGE_PHDR + 32, image + IMAGE_PHDR, 32);
    image_put16(image + 44, 2);
    image_put32(image + IMAGE_PHDR + 32 + 12, 0x1001ff);
    CHECK(!load(image, sizeof image, &p, &entry, &err) && strstr(err.text, "overlaps segment 0"),
          "overlapping by one byte: %s", err.text);
    plan_free(&p);
    image_put32(image + IMAGE_PHDR + 32 + 12, 0x100200);
    CHECK(load(image, sizeof image, &p, &entry, &err), "touching is fine: %s", err.text);
    plan_free(&p);
}

/* The invariants of any plan, whatever the file. */
static bool plan_sound(const struct plan *p, const uint8_t *image, size_t size)
{
    for (unsigned i = 0; i < p->count; i++) {
        const struct plan_piece *a = &p->pieces[i];
        uint64_t end = (uint64_t)a->phys + a->size + a->zero;

        if (a->size && (a->bytes < image || a->size > size || a->bytes + a->size > image + size))
            return false;
        if (end > PLAN_LOW_END && (a->phys < PLAN_HIGH_BASE || end > p->memory))
            return false;
    }
    return true;
}

static void test_fuzz(void)
{
    uint8_t image[IMAGE_SIZE];
    uint64_t seed = 1;
    unsigned planned = 0, refused = 0, unsound = 0, silent = 0;

    image_elf(image, 0xc0100000, 0x100000, 0x100000);
    for (unsigned i = 0; i < 200000; i++) {
        struct error err;
        struct plan p;
        phys_t entry;
        uint8_t *mutant;
        size_t size = image_mutate(&seed, image, sizeof image, 128, &mutant);

        if (load(mutant, size, &p, &entry, &err)) {
            planned++;
            unsound += !plan_sound(&p, mutant, size) || !plan_covers(&p, entry);
        } else {
            refused++;
            silent += err.text[0] == 0;
        }
        plan_free(&p);
        free(mutant);
    }
    CHECK(unsound == 0, "%u unsound plans", unsound);
    CHECK(silent == 0, "%u refusals without a message", silent);
    CHECK(planned > 1000 && refused > 1000, "%u planned, %u refused", planned, refused);
}

int main(void)
{
    test_good();
    test_refusals();
    test_headers_below();
    test_overlap();
    test_fuzz();
    return report_end();
}
