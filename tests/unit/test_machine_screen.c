/* SPDX-License-Identifier: MIT */
/*
 * test_machine_screen.c - looking at the screen of a running machine. A program with paging draws
 * into the linear frame buffer, through the bank window and into planes as fast as it can; one
 * machine is looked at after every slice, its twin never. In both engines and with TLBs large and
 * small, looking must be invisible to the guest, and no store may escape the viewer.
 */
#include "machine/machine.h"

#include "base/screen.h"
#include "base/snap.h"
#include "machine/config.h"
#include "mmu/bus.h"
#include "tests/report.h"

#include <string.h>

#define AT UINT32_C(0x100000) /* where the program lies */
#define PIXELS ((size_t)SCREEN_MAX_WIDTH * SCREEN_MAX_HEIGHT)

extern const uint8_t painter[], painter_end[];
__asm__(".section .rodata\n"
        ".balign 4096\n"
        ".code32\n"
        ".macro dispi index, value\n"
        "  mov $0x1ce, %dx; mov $\\index, %ax; out %ax, %dx\n"
        "  mov $0x1cf, %dx; mov $\\value, %ax; out %ax, %dx\n"
        ".endm\n"
        ".globl painter, painter_end\n"
        "painter:\n"
        "  mov $0x180000, %esp\n"
        "  cld\n"
        "  mov $0x211000, %edi; mov $0x03, %eax; mov $512, %ecx\n" /* the first 2 MiB as they are */
        "1: mov %eax, (%edi); add $0x1000, %eax; add $4, %edi; loop 1b\n"
        "  mov $0x212000, %edi; mov $0xe0000003, %eax; mov $1024, %ecx\n" /* and the frame buffer */
        "1: mov %eax, (%edi); add $0x1000, %eax; add $4, %edi; loop 1b\n"
        "  movl $0x211003, 0x210000\n"
        "  movl $0x212003, 0x210000 + 0x380 * 4\n"
        "  mov $0x210000, %eax; mov %eax, %cr3\n"
        "  mov %cr0, %eax; or $0x80000000, %eax; mov %eax, %cr0\n"
        "  xor %ebx, %ebx\n"
        "frame:\n"
        "  dispi 4, 0\n"
        "  dispi 1, 320\n"
        "  dispi 2, 200\n"
        "  dispi 3, 32\n"
        "  dispi 4, 0xc1\n" /* on, keeping the picture */
        "  mov $40, %esi\n" /* for several slices nothing but stores */
        "fill:\n"           /* stretches all over the picture */
        "  inc %ebx\n"
        "  imul $40503, %ebx, %eax\n"
        "  and $0x3fffc, %eax\n"
        "  lea 0xe0000000(%eax), %edi\n"
        "  mov %ebx, %eax; shl $12, %eax\n"
        "  mov $300, %ecx; rep stosl\n"
        "  mov 0xe0000010, %eax; mov %eax, 0xe0008000\n"
        "  incb 0xe0001234\n"
        "  dec %esi; jnz fill\n"
        "  dispi 5, 1\n"
        "  addl $0x01010101, 0xa0000\n" /* the window: bank 1 */
        "  add $3, %bl\n"
        "  movb %bl, 0xa8fff\n"
        "  dispi 5, 0\n"
        "  incl 0xa0ffe\n" /* across two pages */
        "  test $1, %bl; jz frame\n"
        "  dispi 4, 0\n" /* and a while of text */
        "  movb %bl, 0xb8000; incb 0xb8ffc\n"
        "  jmp frame\n"
        ".balign 4096\n"
        "painter_end:\n"
        ".code64\n"
        ".text\n");

static uint32_t looked_pixels[PIXELS], fresh_pixels[PIXELS];
static struct screen looked, fresh;

static struct machine *machine_for(enum config_engine engine, bool small_tlb)
{
    struct config cfg = {.memory = 4u << 20,
                         .cpu = CPU_PPRO,
                         .engine = engine,
                         .tlb_sets = small_tlb ? 8 : 0,
                         .tlb_ways = small_tlb ? 4 : 0,
                         .tlb_pseudo_lru = small_tlb,
                         .insn_cost_log2 = 2};
    struct machine_entry entry = {.protected_mode = true, .eip = AT};
    struct error err = {0};
    struct machine *m = machine_new(&cfg, &err);

    if (!m || bus_poke(machine_bus(m), AT, painter, (size_t)(painter_end - painter)) == 0) {
        printf("no machine: %s\n", err.text);
        exit(1);
    }
    machine_enter(m, &entry);
    return m;
}

static bool same_pixels(void)
{
    return looked.kind == fresh.kind && looked.width == fresh.width &&
           looked.height == fresh.height &&
           (looked.kind != SCREEN_GRAPHICS ||
            memcmp(looked_pixels, fresh_pixels, (size_t)looked.width * looked.height * 4) == 0) &&
           (looked.kind != SCREEN_TEXT ||
            memcmp(looked.cells, fresh.cells, sizeof looked.cells[0] * 80 * 25) == 0);
}

static void look_afresh(const struct machine *m)
{
    memset(&fresh, 0, sizeof fresh);
    fresh.pixels = fresh_pixels;
    machine_screen(m, &fresh);
}

static void check_looking(enum config_engine engine, bool small_tlb, const char *name)
{
    struct machine *m = machine_for(engine, small_tlb), *twin = machine_for(engine, small_tlb);
    struct snap a, b;
    unsigned missed = 0, kinds[3] = {0}, news = 0;

    memset(&looked, 0, sizeof looked);
    looked.pixels = looked_pixels;
    for (unsigned slice = 1; slice <= 400; slice++) {
        uint64_t until = slice * UINT64_C(15013);

        (void)machine_run(m, until, UINT64_MAX);
        machine_screen(m, &looked);
        kinds[looked.kind]++;
        news += looked.changed;
        if (slice % 4 == 0) {
            look_afresh(m);
            missed += !same_pixels();
        }
    }
    (void)machine_run(twin, machine_now(m), UINT64_MAX);
    CHECK(missed == 0, "%s: %u pictures miss a store", name, missed);
    CHECK(kinds[SCREEN_GRAPHICS] > 50 && kinds[SCREEN_TEXT] > 0 && news > 100,
          "%s: something happened: graphics %u, text %u, %u changes", name, kinds[SCREEN_GRAPHICS],
          kinds[SCREEN_TEXT], news);
    CHECK(machine_now(m) == machine_now(twin) && machine_hash(m) == machine_hash(twin),
          "%s: the machine that was looked at is where the other one is", name);
    snap_save_init(&a);
    snap_save_init(&b);
    machine_snap(m, &a);
    machine_snap(twin, &b);
    CHECK(a.len == b.len && memcmp(a.buf, b.buf, a.len) == 0, "%s: to the last byte", name);
    machine_snap(twin, &b);
    look_afresh(twin);
    CHECK(same_pixels(), "%s: and shows the same", name);
    snap_free(&a);
    snap_free(&b);
    machine_free(m);
    machine_free(twin);
}

static void check_peek(void)
{
    struct machine *m = machine_for(ENGINE_FAST, false);
    struct bus *b = machine_bus(m);
    uint8_t bytes[8] = {0};

    bus_write(b, 0xb8010, 0x0741, 2);
    CHECK(bus_peek(b, 0xb8010, bytes, 4) == 4 && bytes[0] == 'A' && bytes[1] == 7 &&
              bytes[2] == ' ',
          "a debugger sees the text memory");
    CHECK(bus_poke(b, 0xb8012, "B", 1) == 1 && bus_read(b, 0xb8012, 2) == 0x0742, "and changes it");
    CHECK(bus_peek(b, 0xe0000000, bytes, 8) == 8 && bus_peek(b, 0xd0000000, bytes, 8) == 0,
          "the frame buffer is memory; where nothing is there is nothing");
    machine_free(m);
}

int main(void)
{
    check_looking(ENGINE_FAST, false, "fast engine");
    check_looking(ENGINE_REFERENCE, false, "reference engine");
    check_looking(ENGINE_FAST, true, "fast engine, small TLB");
    check_looking(ENGINE_REFERENCE, true, "reference engine, small TLB");
    check_looking(ENGINE_LOCKSTEP, false, "lockstep");
    check_peek();
    return report_end();
}
