/* SPDX-License-Identifier: MIT */
/*
 * test_loader_bzimage.c - Linux kernels: a small kernel is made up here, with a setup header of any
 * protocol version, and its plan is compared with what Documentation/arch/x86/boot.rst promises;
 * it runs too, and reloads the segments that the protocol says it may. Then hostile headers.
 */
#include "loader/boot.h"
#include "loader/image.h"
#include "machine/config.h"
#include "machine/machine.h"
#include "mmu/bus.h"
#include "tests/report.h"
#include "tests/unit/loader_images.h"

#define MEMORY (16u << 20)

enum {
    SECTORS = 2,
    CODE = (SECTORS + 1) * 512,
    CODE_SIZE = 1024,
    KERNEL_SIZE = CODE + CODE_SIZE,
};

struct rig {
    uint8_t image[KERNEL_SIZE];
    struct boot_source initrd[2];
    struct boot_request request;
    struct plan plan;
    struct error err;
};

/* Reloads the segments by their promised names, then exits with the low byte of the command
   line's first word plus one. */
static const uint8_t code[] = {
    0x66, 0xb8, 0x18, 0x00, 0x8e, 0xd8, 0x8e, 0xd0, /* mov ax, 18h; mov ds, ax; mov ss, ax */
    0xea, 0x0f, 0x00, 0x10, 0x00, 0x10, 0x00,       /* jmp 10h:10000fh */
    0x8b, 0x86, 0x28, 0x02, 0x00, 0x00, 0x8a, 0x00,
    0x40,       /* mov eax, [esi+228h]; mov al, [eax]; inc */
    0xe6, 0xf4, /* out f4h, al */
};

static void setup(struct rig *c, unsigned version)
{
    uint8_t *k = c->image;

    memset(c, 0, sizeof *c);
    k[0x1f1] = SECTORS;
    image_put32(k + 0x1f4, CODE_SIZE / 16);
    image_put16(k + 0x1fe, 0xaa55);
    k[0x200] = 0xeb;
    k[0x201] = 0x6a;
    memcpy(k + 0x202, "HdrS", 4);
    image_put16(k + 0x206, version);
    k[0x211] = 1;
    image_put32(k + 0x214, 0x100000);
    image_put32(k + 0x22c, 0x7fffffff);
    image_put32(k + 0x230, 0x100000);
    image_put32(k + 0x238, 100);
    image_put32(k + 0x258, 0x100000);
    image_put32(k + 0x260, 0x300000);
    memcpy(k + CODE, code, sizeof code);
    c->request.image = (struct boot_source){"vmlinuz", k, KERNEL_SIZE};
    c->request.memory = MEMORY;
    c->request.modules = c->initrd;
}

static bool make_plan(struct rig *c)
{
    c->err.text[0] = 0;
    return boot_plan(&c->plan, &c->request, &c->err);
}

static void check_refused(struct rig *c, const char *label, const char *words)
{
    CHECK(!make_plan(c) && strstr(c->err.text, words) && !strchr(c->err.text, '\n'), "%s: \"%s\"",
          label, c->err.text);
    plan_free(&c->plan);
}

/* The plan's byte at an address; what no piece covers is 0xcc. */
static uint8_t planned8(const struct plan *p, phys_t at)
{
    for (unsigned i = 0; i < p->count; i++) {
        const struct plan_piece *piece = &p->pieces[i];

        if (at - piece->phys < piece->size)
            return piece->bytes[at - piece->phys];
        if (at - piece->phys - piece->size < piece->zero)
            return 0;
    }
    return 0xcc;
}

static uint32_t planned32(const struct plan *p, phys_t at)
{
    return planned8(p, at) | (uint32_t)planned8(p, at + 1) << 8 |
           (uint32_t)planned8(p, at + 2) << 16 | (uint32_t)planned8(p, at + 3) << 24;
}

static void test_parameters(void)
{
    struct rig c;
    struct plan *p = &c.plan;
    phys_t zero_page;

    setup(&c, 0x20f);
    c.request.append = "console=ttyS0";
    CHECK(make_plan(&c), "a kernel of protocol 2.15: %s", c.err.text);
    zero_page = p->entry.esi;
    CHECK(p->entry.protected_mode && p->entry.eip == 0x100000 && p->entry.cs == 0x10 &&
              p->entry.ds == 0x18 && p->entry.es == 0x18 && p->entry.ss == 0x18 &&
              p->entry.ebp == 0 && p->entry.edi == 0 && p->entry.ebx == 0 && !p->entry.interrupts,
          "the state at the entry");
    CHECK(planned32(p, p->entry.gdt + 0x14) == 0x00cf9b00 &&
              planned32(p, p->entry.gdt + 0x1c) == 0x00cf9300 && p->entry.gdt_limit == 31,
          "flat segments at 10h and 18h");
    CHECK(planned8(p, zero_page + 0x210) == 0xff, "type_of_loader: none with a number");
    CHECK(planned32(p, zero_page + 0x202) == 0x53726448, "the header is the kernel's");
    CHECK(planned32(p, planned32(p, zero_page + 0x228)) == 0x736e6f63, "the command line");
    CHECK(planned32(p, zero_page + 0x218) == 0 && planned32(p, zero_page + 0x21c) == 0, "no disk");
    CHECK(planned8(p, zero_page + 0x1ef) == 0, "the sentinel says that the page was cleared");
    CHECK(planned8(p, zero_page + 6) == 3 && planned8(p, zero_page + 7) == 80 &&
              planned8(p, zero_page + 14) == 25 && planned8(p, zero_page + 15) == 1,
          "the screen");
    CHECK(planned32(p, zero_page + 0x1e0) == 15360 && planned8(p, zero_page + 0x1e8) == 5,
          "alt_mem_k, e820_entries");
    CHECK(planned32(p, zero_page + 0x2d0 + 3 * 20) == 0x100000 &&
              planned32(p, zero_page + 0x2d0 + 3 * 20 + 8) == MEMORY - 0x100000 &&
              planned32(p, zero_page + 0x2d0 + 3 * 20 + 16) == 1,
          "memory above 1 MiB");
    CHECK(planned8(p, 0x100000 + CODE_SIZE) == 0 && planned8(p, 0x3fffff) == 0 &&
              planned8(p, 0x400000) == 0xcc,
          "init_size is the kernel's");
    plan_free(p);

    setup(&c, 0x201);
    c.request.append = "root=/dev/hda1";
    CHECK(make_plan(&c) && p->entry.esi == 0x90000 && planned32(p, 0x90020) >> 16 == 0x1020 &&
              (planned32(p, 0x90020) & 0xffff) == 0xa33f && planned8(p, 0x91020) == 'r',
          "before 2.02: parameters at 90000h, the command line by magic number and offset");
    plan_free(p);
}

static uint32_t planned16(const struct plan *p, phys_t at)
{
    return planned32(p, at) & 0xffff;
}

/* The 16-bit entry: the state in which the BIOS is entered, and the header as boot.rst wants it. */
static void test_real_mode(void)
{
    struct rig c;
    struct plan *p = &c.plan;

    setup(&c, 0x20f);
    c.request.services = true;
    c.request.append = "vga=791 first";
    CHECK(make_plan(&c), "a kernel of protocol 2.15, in real mode: %s", c.err.text);
    CHECK(p->services && !p->entry.protected_mode && p->entry.cs == 0xf000 &&
              p->entry.eip == 0xe000 && p->entry.ebx == 0x1000 && p->entry.ecx == 0xe000,
          "the BIOS is entered with segment and stack");
    CHECK(planned32(p, 0x10202) == 0x53726448 && planned8(p, 0x10200) == 0xeb, "at 10000h");
    CHECK(planned16(p, 0x101fa) == 791 && planned8(p, 0x10210) == 0xff &&
              planned8(p, 0x10211) == 0x81 && planned16(p, 0x10224) == 0xde00 &&
              planned32(p, 0x10214) == 0x100000,
          "vid_mode, type_of_loader, loadflags, heap_end_ptr, code32_start");
    CHECK(planned32(p, planned32(p, 0x10228)) == 0x3d616776, "the command line");
    CHECK(planned16(p, 0x9fc40) == 5 && planned32(p, 0x9fc42 + 3 * 20) == 0x100000 &&
              planned32(p, 0x9fc42 + 3 * 20 + 8) == MEMORY - 0x100000 &&
              planned32(p, 0x9fc42 + 3 * 20 + 16) == 1,
          "the memory map is in the EBDA");
    plan_free(p);

    setup(&c, 0x201);
    c.request.services = true;
    c.request.append = "vga=ask";
    CHECK(make_plan(&c) && p->entry.ebx == 0x9000 && p->entry.ecx == 0x9800 &&
              planned32(p, 0x90020) == 0x9800a33f && planned8(p, 0x99800) == 'v' &&
              planned16(p, 0x901fa) == 0xfffd && planned16(p, 0x90224) == 0x9600 &&
              planned16(p, 0x90212) == 0x9808,
          "before 2.02: at 90000h with the command line behind it");
    plan_free(p);

    setup(&c, 0x20a);
    c.request.services = true;
    c.image[0x211] = 0;
    image_put32(c.image + 0x214, 0x1000);
    CHECK(make_plan(&c) && p->entry.ebx == 0x9000 && planned8(p, 0x10000) == code[0] &&
              planned32(p, 0x90214) == 0x1000 && planned32(p, 0x90228) == 0x99800 &&
              planned16(p, 0x901fa) == 0xffff,
          "a zImage: its kernel at 10000h, for the setup code to move it");
    plan_free(p);

    setup(&c, 0x20f);
    c.request.services = true;
    c.request.linux_entry = BZIMAGE_PROTECTED;
    CHECK(make_plan(&c) && !p->services && p->entry.protected_mode, "32 bits, if so wanted");
    plan_free(p);
    c.request.linux_entry = BZIMAGE_REAL;
    c.request.services = false;
    check_refused(&c, "16 bits without services", "--linux-entry 16");
}

static void test_places(void)
{
    struct rig c;
    struct plan *p = &c.plan;

    setup(&c, 0x20f);
    c.image[0x234] = 1;
    image_put32(c.image + 0x258, 0x480000);
    CHECK(make_plan(&c) && p->entry.eip == 0x500000 && planned8(p, 0x500000) == code[0] &&
              planned32(p, 0x90214) == 0x500000,
          "a relocatable kernel runs where it prefers, aligned: %x", p->entry.eip);
    plan_free(p);
    c.image[0x234] = 0;
    CHECK(make_plan(&c) && p->entry.eip == 0x100000 && planned8(p, 0x77ffff) == 0,
          "another one moves there by itself and finds the room");
    plan_free(p);

    setup(&c, 0x200);
    c.image[0x211] = 0;
    image_put32(c.image + 0x214, 0x1000);
    CHECK(make_plan(&c) && p->entry.eip == 0x1000 && strcmp(p->kind, "Linux zImage") == 0,
          "a zImage runs at 1000h");
    plan_free(p);

    setup(&c, 0x20f);
    c.request.memory = 3u << 20;
    check_refused(&c, "memory too small", "use -m 4M or more");
    setup(&c, 0x20f);
    image_put32(c.image + 0x260, 0xf0000000);
    check_refused(&c, "init_size beyond all memory", "lies beyond the end of RAM");
    setup(&c, 0x20f);
    image_put32(c.image + 0x25c, 1);
    check_refused(&c, "pref_address beyond 4 GiB", "beyond 4 GiB");
    setup(&c, 0x20f);
    image_put32(c.image + 0x230, 0x30000);
    check_refused(&c, "alignment", "no power of two");
}

static void test_initrd(void)
{
    static const uint8_t one[4099] = {1}, two[10] = {2};
    struct rig c;
    struct plan *p = &c.plan;

    setup(&c, 0x20f);
    c.initrd[0] = (struct boot_source){"initrd", one, sizeof one};
    c.initrd[1] = (struct boot_source){"more", two, sizeof two};
    c.request.module_count = 2;
    CHECK(make_plan(&c) && planned32(p, 0x90218) == MEMORY - 8192 &&
              planned32(p, 0x9021c) == 4100 + sizeof two,
          "as high as memory allows, on a page: %s", c.err.text);
    CHECK(planned8(p, MEMORY - 8192) == 1 && planned8(p, MEMORY - 8192 + 4099) == 0 &&
              planned8(p, MEMORY - 8192 + 4100) == 2,
          "the second part on a 4-byte boundary behind the first");
    plan_free(p);
    c.request.append = "quiet mem=6M";
    CHECK(make_plan(&c) && planned32(p, 0x90218) == 0x600000 - 8192, "below mem=");
    plan_free(p);
    c.request.append = "quiet memmap=6M xmem=6M mem=nopentium";
    CHECK(make_plan(&c) && planned32(p, 0x90218) == MEMORY - 8192, "other options are not mem=");
    plan_free(p);
    c.request.append = NULL;
    image_put32(c.image + 0x22c, 0x7fffff);
    CHECK(make_plan(&c) && planned32(p, 0x90218) == 0x800000 - 8192, "below initrd_addr_max");
    plan_free(p);
    image_put32(c.image + 0x22c, 0x4000ff);
    check_refused(&c, "initrd_addr_max too low", "end above 4000ff");
    image_put32(c.image + 0x22c, 0x7fffffff);
    c.request.memory = 4u << 20;
    check_refused(&c, "no room for the initial RAM disk", "use -m 5M or more");
    c.request.memory = MEMORY;
    c.initrd[1].name = "more quiet";
    CHECK(!make_plan(&c) || p->kind, "built-in bytes have a name of their own");
    plan_free(p);
}

static void test_headers(void)
{
    struct rig c;
    char line[200];

    setup(&c, 0x20f);
    memset(line, 'x', sizeof line);
    line[100] = 0;
    c.request.append = line;
    CHECK(make_plan(&c), "a command line as long as allowed: %s", c.err.text);
    plan_free(&c.plan);
    line[100] = 'x';
    line[101] = 0;
    check_refused(&c, "command line", "is 101 bytes long; this kernel takes 100");

    setup(&c, 0x20f);
    image_put16(c.image + 0x236, 1);
    check_refused(&c, "64 bits", "64-bit");
    setup(&c, 0x1ff);
    check_refused(&c, "protocol", "2.00 is the first");
    setup(&c, 0x20f);
    image_put32(c.image + 0x1f4, CODE_SIZE / 16 + 1);
    check_refused(&c, "truncated code", "truncated");
    setup(&c, 0x20f);
    c.image[0x1f1] = 100;
    check_refused(&c, "truncated real-mode code", "truncated");
    setup(&c, 0x20f);
    c.request.image.size = 0x28f;
    check_refused(&c, "truncated header", "setup header is not whole");
}

static void test_run(void)
{
    struct config cfg = {.memory = MEMORY, .cpu = CPU_PPRO, .insn_cost_log2 = 3};
    struct rig c;
    struct machine *m;

    setup(&c, 0x20f);
    c.request.append = "\7";
    m = machine_new(&cfg, &c.err);
    CHECK(m && make_plan(&c) && boot_apply(&c.plan, m, &c.err), "%s", c.err.text);
    if (m)
        CHECK(machine_run(m, UINT64_MAX, 1000) == MACHINE_EXITED && machine_exit_status(m) == 17,
              "it runs, its segments can be loaded, its command line is there");
    plan_free(&c.plan);
    if (m)
        machine_free(m);
}

static void test_fuzz(void)
{
    static const uint16_t versions[] = {0x200, 0x202, 0x204, 0x206, 0x20a, 0x20f};
    uint64_t seed = 11;
    unsigned planned = 0, refused = 0, silent = 0, outside = 0;

    for (unsigned i = 0; i < 40000; i++) {
        struct rig c;
        uint8_t *mutant;
        size_t size;

        setup(&c, versions[i % ARRAY_LEN(versions)]);
        c.initrd[0] = (struct boot_source){"initrd", c.image, sizeof c.image};
        c.request.module_count = i & 1;
        /* only the header: everything else is just bytes */
        size = image_mutate(&seed, c.image + 0x1f1, sizeof c.image - 0x1f1, 0x9f, &mutant);
        memcpy(c.image + 0x1f1, mutant, size);
        free(mutant);
        memcpy(c.image + 0x202, "HdrS", 4);
        c.request.image.data = memcpy(malloc(0x1f1 + size), c.image, 0x1f1 + size);
        c.request.image.size = 0x1f1 + size;
        if (size >= 0x15 && make_plan(&c)) {
            planned++;
            for (unsigned n = 0; n < c.plan.count; n++)
                outside += c.plan.pieces[n].phys + (uint64_t)c.plan.pieces[n].size > MEMORY;
        } else if (size >= 0x15) {
            refused++;
            silent += c.err.text[0] == 0;
        }
        if (size >= 0x15)
            plan_free(&c.plan);
        free((void *)c.request.image.data);
    }
    CHECK(outside == 0, "%u pieces outside RAM", outside);
    CHECK(silent == 0, "%u refusals without a message", silent);
    CHECK(planned > 1000 && refused > 1000, "%u planned, %u refused", planned, refused);
}

int main(void)
{
    test_parameters();
    test_real_mode();
    test_places();
    test_initrd();
    test_headers();
    test_run();
    test_fuzz();
    return report_end();
}
