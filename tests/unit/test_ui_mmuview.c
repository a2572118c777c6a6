/* SPDX-License-Identifier: MIT */
/*
 * test_ui_mmuview.c - the facts behind the MMU view, and that looking changes nothing. The machine
 * gets page tables by hand: user and kernel pages, read-only, large, global, a stale TLB entry.
 *
 *     test_ui_mmuview [FOLDER]   writes the pictures there as well
 */
#include "ui/mmuview.h"

#include "cpu/cpu.h"
#include "machine/config.h"
#include "machine/machine.h"
#include "machine/mmumap.h"
#include "mmu/bus.h"
#include "tests/report.h"
#include "ui/png.h"

#include <string.h>

#define DIR UINT32_C(0x10000)
#define TABLE UINT32_C(0x11000)

static void put(struct machine *m, uint32_t at, uint32_t value)
{
    bus_poke(machine_bus(m), at, &value, 4);
}

static struct machine *make(void)
{
    struct config cfg = {.memory = 16u << 20, .cpu = CPU_PPRO, .insn_cost_log2 = 3};
    struct machine_entry entry = {.protected_mode = true, .eip = 0x2000};
    /* mov eax,[400000]; mov [401000],eax; mov eax,[c0000000]; jmp . */
    static const uint8_t code[] = {0xa1, 0,    0, 0x40, 0, 0xa3, 0,    0x10, 0x40,
                                   0,    0xa1, 0, 0,    0, 0xc0, 0xeb, 0xfe};
    struct error err;
    struct machine *m = machine_new(&cfg, &err);
    struct fault why;

    if (!m)
        return NULL;
    machine_enter(m, &entry);
    bus_poke(machine_bus(m), 0x2000, code, sizeof code);
    put(m, DIR + 0, 0x00000083);       /* 4 MiB, kernel, writable */
    put(m, DIR + 4, TABLE | 7);        /* 400000: user table */
    put(m, DIR + 768 * 4, 0x00000181); /* c0000000: 4 MiB, global, read-only */
    put(m, TABLE + 0, 0x00300005);     /* 400000: user, read-only */
    put(m, TABLE + 4, 0x00301007);     /* 401000: user, writable */
    put(m, TABLE + 8, 0x00302003);     /* 402000: kernel */
    CHECK(cpu_load_control(machine_cpu(m), 4, 0x90, &why), "CR4: PSE, PGE");
    CHECK(cpu_load_control(machine_cpu(m), 3, DIR, &why), "CR3");
    CHECK(cpu_load_control(machine_cpu(m), 0, 0x80000011, &why), "CR0.PG");
    machine_run(m, UINT64_MAX, machine_icount(m) + 10);
    return m;
}

static void test_cells(struct machine *m)
{
    static struct map_cell c[MAP_CELLS];
    struct map_space s = map_space_now(m);

    CHECK(s.paging && !s.pae && s.cr3 == DIR, "the space of now: %x", s.cr3);
    map_directory(m, s.cr3, c);
    CHECK(c[0].kind == MAP_PAGE && c[0].large && c[0].writable && !c[0].user && c[0].accessed,
          "a large kernel page");
    CHECK(c[1].kind == MAP_TABLE && c[1].pages == 3 && c[1].user && c[1].writable && c[1].dirty &&
              c[1].frame == TABLE,
          "a table of three pages: %u", c[1].pages);
    CHECK(c[768].global && !c[768].writable && c[768].accessed, "a global page");
    CHECK(c[2].kind == MAP_NOTHING && c[2].pages == 0, "nothing");
    map_pages(m, s.cr3, 0x400000, c);
    CHECK(c[0].user && !c[0].writable && c[0].accessed && !c[0].dirty && c[0].frame == 0x300000,
          "read");
    CHECK(c[1].user && c[1].writable && c[1].dirty, "written");
    CHECK(c[2].kind == MAP_PAGE && !c[2].user && !c[2].accessed, "never touched");
    CHECK(!c[0].stale && c[3].kind == MAP_NOTHING, "not stale");
}

static void test_frames(struct machine *m)
{
    uint32_t n = map_frame_count(m);
    struct map_frame *f = calloc(n, sizeof *f);

    CHECK(n == 4096 && f, "16 MiB");
    if (!f)
        return;
    map_frames(m, f);
    CHECK(f[DIR >> 12].use == FRAME_TABLE && f[TABLE >> 12].use == FRAME_TABLE, "tables");
    CHECK(f[0x300].use == FRAME_USER && f[0x300].owners == 1 && !f[0x300].writable, "a user page");
    CHECK(f[0x301].use == FRAME_USER && f[0x301].writable, "a writable one");
    CHECK(f[2].use == FRAME_KERNEL, "the program's page: %u", f[2].use);
    CHECK(f[0x800].use == FRAME_UNTOUCHED, "never used");
    free(f);
}

static void test_stale(struct machine *m)
{
    struct map_tlb t[8];
    size_t stale, n = map_tlb(m, t, ARRAY_LEN(t), &stale);

    CHECK(n == 4 && stale == 0, "four entries, none stale: %zu, %zu", n, stale);
    put(m, TABLE + 4, 0x00305007);
    n = map_tlb(m, t, ARRAY_LEN(t), &stale);
    CHECK(n == 4 && stale == 1 && t[0].lin == 0x401000 && t[0].stale, "the changed one, first");
    CHECK(t[1].lin < t[2].lin && t[2].lin < t[3].lin, "the others by address");
    n = map_tlb(m, t, 2, &stale);
    CHECK(n == 4 && t[0].lin == 0x401000 && t[1].lin == 0x2000, "a short list");
}

static uint64_t sum(const uint32_t *p)
{
    uint64_t h = 0;
    for (size_t n = 0; n < (size_t)MMUVIEW_WIDTH * MMUVIEW_HEIGHT; n++)
        h = h * 31 + p[n];
    return h;
}

static int named(void *ctx, uint32_t cr3, uint32_t addr, char *text, size_t n)
{
    (void)ctx;
    (void)cr3;
    return snprintf(text, n, "name of %x", addr);
}

static void test_picture(struct machine *m, const char *folder)
{
    static uint32_t pixels[MMUVIEW_WIDTH * MMUVIEW_HEIGHT];
    struct mmuview *v = mmuview_new(named, NULL);
    uint64_t before = machine_hash(m), first, other;
    struct error err;
    char file[256];

    mmuview_update(v, m);
    mmuview_draw(v, pixels);
    first = sum(pixels);
    mmuview_update(v, m);
    mmuview_draw(v, pixels);
    CHECK(sum(pixels) == first, "nothing changed, the same picture");
    put(m, DIR + 8, 0x00400087);
    mmuview_update(v, m);
    mmuview_draw(v, pixels);
    CHECK(sum(pixels) != first, "a change is seen");
    put(m, DIR + 8, 0);
    mmuview_point(v, 88 + 16 + 4, 56 + 4);
    mmuview_draw(v, pixels);
    other = sum(pixels);
    mmuview_point(v, -1, -1);
    mmuview_draw(v, pixels);
    CHECK(sum(pixels) != other, "what is under the pointer is explained");
    for (int page = MMUVIEW_DIRECTORY; page <= MMUVIEW_FRAMES; page++) {
        mmuview_show(v, (enum mmuview_page)page, 0x400000);
        mmuview_update(v, m);
        for (int at = -5; at < 2000; at += 37) { /* anywhere, outside too */
            mmuview_point(v, at, at / 2);
            mmuview_draw(v, pixels);
        }
        mmuview_point(v, 88 + 20, 56 + 4);
        mmuview_draw(v, pixels);
        snprintf(file, sizeof file, "%s/view%d.png", folder ? folder : ".", page);
        if (folder)
            CHECK(ui_png_write(file, pixels, MMUVIEW_WIDTH, MMUVIEW_HEIGHT, MMUVIEW_WIDTH, &err),
                  "%s", file);
    }
    mmuview_show(v, MMUVIEW_DIRECTORY, 0);
    mmuview_update(v, m);
    mmuview_click(v, 88 + 16 + 4, 56 + 4);
    mmuview_click(v, 5, 5);
    mmuview_click(v, -5, 4000);
    CHECK(machine_hash(m) == before, "looking changed nothing");
    mmuview_free(v);
}

int main(int argc, char **argv)
{
    struct machine *m = make();

    CHECK(m, "a machine");
    if (!m)
        return report_end();
    test_cells(m);
    test_frames(m);
    test_stale(m);
    test_picture(m, argc > 1 ? argv[1] : NULL);
    machine_free(m);
    return report_end();
}
