/* SPDX-License-Identifier: MIT */
/*
 * test_mmu_bus.c - who answers where, how accesses are cut, A20, flags, snapshots (also broken
 * ones), and that a wrongly wired board stops at once.
 */
#include "mmu/bus.h"
#include "base/snap.h"
#include "tests/report.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB (UINT32_C(1) << 20)

/* A device that writes down what it is asked. */
struct probe {
    char log[256]; /* "r2@10 " for a read of size 2 at offset 10h, "w1@0=ff " for a write */
    uint32_t base; /* what offset 0 reads as; a byte at off reads base + off */
};

static void note(struct probe *p, char kind, uint32_t off, unsigned size, uint32_t value)
{
    size_t n = strlen(p->log);

    if (kind == 'r')
        (void)snprintf(p->log + n, sizeof p->log - n, "r%u@%x ", size, off);
    else
        (void)snprintf(p->log + n, sizeof p->log - n, "w%u@%x=%x ", size, off, value);
}

static uint32_t probe_read(void *dev, uint32_t off, unsigned size)
{
    struct probe *p = dev;
    uint32_t value = 0;

    note(p, 'r', off, size, 0);
    for (unsigned i = 0; i < size; i++)
        value |= ((p->base + off + i) & 0xff) << (8 * i);
    return size == 1 ? value | 0xabcd00 : value; /* a device may leave rubbish above */
}

static void probe_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    note(dev, 'w', off, size, value);
}

static const struct io_ops bytes_ops = {.read = probe_read, .write = probe_write, .widths = 0};
static const struct io_ops words_ops = {.read = probe_read, .write = probe_write, .widths = 1 | 2};
static const struct io_ops dwords_ops = {
    .read = probe_read, .write = probe_write, .widths = 1 | 2 | 4};
static const struct io_ops byte_dword_ops = {
    .read = probe_read, .write = probe_write, .widths = 1 | 4};
static const struct io_ops write_only_ops = {.read = NULL, .write = probe_write, .widths = 1};

static struct bus bus_of(uint32_t ram)
{
    struct bus b;
    struct error err = {0};

    CHECK(bus_init(&b, ram, NULL, &err), "bus: %s", err.text);
    return b;
}

static void test_memory(void)
{
    static uint8_t rom[8192];
    struct bus b = bus_of(4 * MIB);

    for (unsigned i = 0; i < sizeof rom; i++)
        rom[i] = (uint8_t)(i * 7);
    bus_map_ram(&b, "ram", 0, 2 * MIB, 0);
    bus_map_ram(&b, "high", 0x80000000, MIB, 2 * MIB);
    bus_map_rom(&b, "rom", 0xffffe000, 8192, rom);

    CHECK(bus_read(&b, 0, 4) == 0, "RAM starts as zeroes");
    bus_write(&b, 0x1000, 0x11223344, 4);
    CHECK(bus_read(&b, 0x1000, 4) == 0x11223344 && bus_read(&b, 0x1001, 2) == 0x2233 &&
              bus_read(&b, 0x1003, 1) == 0x11,
          "little-endian");
    CHECK(b.ram[0x1000] == 0x44, "region offset is the RAM offset");
    bus_write(&b, 0x80000004, 0xaabbccdd, 2);
    CHECK(b.ram[2 * MIB + 4] == 0xdd && b.ram[2 * MIB + 5] == 0xcc && b.ram[2 * MIB + 6] == 0,
          "a slice of RAM elsewhere, and only two bytes of it");
    bus_write(&b, 0x1fff, 0xcafebabe, 4);
    CHECK(bus_read(&b, 0x1fff, 4) == 0xcafebabe && bus_read(&b, 0x2001, 2) == 0xcafe,
          "across a page");

    CHECK(bus_read(&b, 0xffffe001, 1) == 7, "ROM reads");
    bus_write(&b, 0xffffe001, 0, 1);
    CHECK(rom[1] == 7, "and does not write");
    bus_write(&b, 0xffffefff, 0, 4);
    CHECK(rom[4095] == (uint8_t)(4095 * 7) && rom[4096] == (uint8_t)(4096 * 7),
          "nor across a page");

    CHECK(bus_read(&b, 2 * MIB, 4) == UINT32_MAX && bus_read(&b, 2 * MIB, 2) == 0xffff &&
              bus_read(&b, 2 * MIB, 1) == 0xff,
          "open bus reads all ones, cut to size");
    bus_write(&b, 2 * MIB, 5, 4);
    CHECK(b.ram[2 * MIB] == 0, "and writes vanish");
    bus_write(&b, 2 * MIB - 2, 0x55667788, 4);
    CHECK(bus_read(&b, 2 * MIB - 2, 4) == 0xffff7788, "half RAM, half nothing");

    bus_write(&b, 0, 0x99, 1);
    CHECK(bus_read(&b, 0xffffffff, 2) == (0x9900u | rom[8191]), "4 GiB wraps to 0");
    bus_write(&b, 0xffffffff, 0x7700, 2);
    CHECK(bus_read(&b, 0, 1) == 0x77, "for stores too");
    CHECK(b.io_count == 0, "no device was asked");
    bus_fini(&b);
}

static void test_mmio_pieces(void)
{
    struct probe p = {.base = 0x10};
    struct bus b = bus_of(MIB);

    bus_map_ram(&b, "ram", 0, MIB, 0);
    bus_map_mmio(&b, "bytes", 0x100000, 4096, &bytes_ops, &p);
    bus_map_mmio(&b, "words", 0x101000, 4096, &words_ops, &p);
    bus_map_mmio(&b, "dwords", 0x102000, 4096, &dwords_ops, &p);
    bus_map_mmio(&b, "byte-dword", 0x103000, 4096, &byte_dword_ops, &p);
    bus_map_mmio(&b, "write only", 0x104000, 4096, &write_only_ops, &p);

#define EXPECT(call, want)                                                                         \
    do {                                                                                           \
        p.log[0] = '\0';                                                                           \
        call;                                                                                      \
        CHECK(strcmp(p.log, want) == 0, "%s gives '%s'", #call, p.log);                            \
    } while (0)
    EXPECT((void)bus_read(&b, 0x100004, 4), "r1@4 r1@5 r1@6 r1@7 ");
    EXPECT(bus_write(&b, 0x100000, 0x04030201, 4), "w1@0=1 w1@1=2 w1@2=3 w1@3=4 ");
    EXPECT((void)bus_read(&b, 0x101004, 4), "r2@4 r2@6 ");
    EXPECT((void)bus_read(&b, 0x101005, 4), "r1@5 r2@6 r1@8 ");
    EXPECT(bus_write(&b, 0x102008, 0xdeadbeef, 4), "w4@8=deadbeef ");
    EXPECT(bus_write(&b, 0x102008, 0xdeadbeef, 2), "w2@8=beef ");
    EXPECT(bus_write(&b, 0x102009, 0x44332211, 4), "w1@9=11 w2@a=3322 w1@c=44 ");
    EXPECT((void)bus_read(&b, 0x103000, 2), "r1@0 r1@1 ");
    EXPECT((void)bus_read(&b, 0x103000, 4), "r4@0 ");
    EXPECT((void)bus_read(&b, 0x104000, 1), "");
    EXPECT((void)bus_read(&b, 0x100fff, 2), "r1@fff r1@0 ");    /* two devices */
    EXPECT((void)bus_read(&b, 0x0fffff, 4), "r1@0 r1@1 r1@2 "); /* the first byte is RAM */
    EXPECT(bus_write(&b, 0x0ffffe, 0x44332211, 4), "w1@0=33 w1@1=44 ");
    CHECK(b.ram[MIB - 2] == 0x11 && b.ram[MIB - 1] == 0x22, "RAM gets its half");
    CHECK(bus_read(&b, 0x100001, 4) == 0x14131211, "pieces are put together: %08x",
          bus_read(&b, 0x100001, 4));
    CHECK(bus_read(&b, 0x104000, 4) == UINT32_MAX, "no read function: open bus");

    uint64_t before = b.io_count;
    (void)bus_read(&b, 0x101004, 4);
    (void)bus_read(&b, 0x0, 4);
    CHECK(b.io_count == before + 2, "device accesses are counted by the piece");
    bus_fini(&b);
}

static void test_ports(void)
{
    struct probe p = {.base = 0x20}, q = {.base = 0x80};
    struct bus b = bus_of(4096);

    bus_map_ports(&b, "p", 0x60, 5, &dwords_ops, &p);
    bus_map_ports(&b, "q", 0x65, 3, &words_ops, &q);
    bus_map_ports(&b, "last", 0xffff, 1, &bytes_ops, &q);
    EXPECT((void)bus_in(&b, 0x60, 4), "r4@0 ");
    EXPECT((void)bus_in(&b, 0x64, 1), "r1@4 ");
    CHECK(bus_in(&b, 0x60, 1) == 0x20, "a byte is a byte, whatever the device returns");
    p.log[0] = q.log[0] = '\0';
    bus_out(&b, 0x64, 0x44332211, 4);
    CHECK(strcmp(p.log, "w1@4=11 ") == 0 && strcmp(q.log, "w1@0=22 w2@1=4433 ") == 0,
          "an access over two devices: '%s' '%s'", p.log, q.log);
    CHECK(bus_in(&b, 0x68, 4) == UINT32_MAX && bus_in(&b, 0x5f, 1) == 0xff, "nobody: all ones");
    CHECK(bus_in(&b, 0x67, 2) == 0xff82, "half a device: %04x", bus_in(&b, 0x67, 2));
    CHECK(bus_in(&b, 0xffff, 2) == 0xff80, "the last port, then port 0");
    bus_out(&b, 0x5f, 1, 1);
    bus_fini(&b);
}

static unsigned changes;
static bool code_changed; /* what the last one said of code */

static void count_change(void *arg, bool code)
{
    (void)arg;
    changes++;
    code_changed = code;
}

static void test_a20_and_flags(void)
{
    static uint8_t rom[4096];
    struct probe p = {0};
    struct bus b = bus_of(4 * MIB);
    uint32_t value;

    b.mapping_changed = count_change;
    bus_map_ram(&b, "ram", 0, 4 * MIB, 0);
    CHECK(changes == 1, "a new region is announced");
    b.ram[0] = 0x11;
    b.ram[MIB] = 0x22;
    CHECK(bus_read(&b, MIB, 1) == 0x22, "the gate is open at first");
    bus_set_a20(&b, false);
    CHECK(changes == 2 && b.a20_mask == ~(UINT32_C(1) << 20), "closing is announced");
    bus_set_a20(&b, false);
    CHECK(changes == 2, "but only a change");
    CHECK(bus_read(&b, MIB, 1) == 0x11 && bus_a20(&b, 3 * MIB + 5) == 2 * MIB + 5, "bit 20 is 0");
    bus_write(&b, MIB - 1, 0x3344, 2);
    CHECK(b.ram[MIB - 1] == 0x44 && b.ram[0] == 0x33 && b.ram[MIB] == 0x22,
          "an access over the 1 MiB line wraps");
    value = 0;
    CHECK(bus_peek(&b, MIB, &value, 1) == 1 && value == 0x22, "peek sees memory, not the gate");
    bus_set_a20(&b, true);
    CHECK(code_changed, "the gate may change all code");

    CHECK(!(b.page_flags[0] & ~PAGE_TOUCHED) && !(b.page_flags[1023] & ~PAGE_TOUCHED),
          "RAM pages are plain");
    CHECK(b.page_flags[1024] == PAGE_MMIO, "open pages have no host pointer");
    b.page_flags[5] |= PAGE_CODE | PAGE_WATCH;
    bus_map_rom(&b, "rom", 0x5000, 4096, rom);
    CHECK(b.page_flags[5] == (PAGE_CODE | PAGE_WATCH | PAGE_ROM), "ROM over RAM");
    CHECK(code_changed, "there was decoded code");
    bus_map_mmio(&b, "far", 16 * MIB, 4096, &bytes_ops, &p);
    CHECK(!code_changed, "there was none: what is decoded stays");
    CHECK(bus_host_page(&b, 0x5abc) == rom, "host page is the ROM");
    bus_map_mmio(&b, "dev", 0x5000, 4096, &bytes_ops, &p);
    CHECK(b.page_flags[5] == (PAGE_CODE | PAGE_WATCH | PAGE_MMIO), "a device over ROM");
    CHECK(bus_host_page(&b, 0x5abc) == NULL, "no host page");
    bus_map_ram(&b, "again", 0x5000, 4096, 0x3000);
    CHECK(b.page_flags[5] == (PAGE_CODE | PAGE_WATCH), "and RAM again: the rest of the flags stay");
    CHECK(bus_host_page(&b, 0x5abc) == b.ram + 0x3000, "host page of a shifted slice");
    CHECK(bus_host_page(&b, 0x6001) == b.ram + 0x6000, "its neighbour is the older mapping");
    bus_fini(&b);
}

static void test_peek_poke(void)
{
    static uint8_t rom[4096];
    struct probe p = {0};
    struct bus b = bus_of(MIB);
    uint8_t buf[10000], got[10000];

    bus_map_ram(&b, "ram", 0, 0x4000, 0);
    bus_map_rom(&b, "rom", 0x4000, 4096, rom);
    bus_map_mmio(&b, "dev", 0x5000, 4096, &bytes_ops, &p);
    bus_map_ram(&b, "top", 0xfffff000, 4096, 0x4000);
    for (unsigned i = 0; i < sizeof buf; i++)
        buf[i] = (uint8_t)(i * 13 + 1);
    CHECK(bus_poke(&b, 0x0ffd, buf, sizeof buf) == sizeof buf, "poke over pages");
    CHECK(bus_peek(&b, 0x0ffd, got, sizeof got) == sizeof got && !memcmp(buf, got, sizeof got),
          "peek gives it back");
    CHECK(bus_poke(&b, 0x4800, buf, 4000) == 0x800 && rom[0x800] == buf[0] &&
              rom[4095] == buf[0x7ff],
          "poke writes ROM and stops at a device");
    CHECK(bus_peek(&b, 0x5000, got, 4) == 0 && p.log[0] == '\0', "a device is not asked");
    CHECK(bus_peek(&b, 0x6000, got, 4) == 0, "nothing is there");
    CHECK(bus_peek(&b, 0xfffffffe, got, 4) == 2, "and nothing after 4 GiB");
    bus_fini(&b);
}

/* Loads a stream whose page list is `first`, `second` (each with a page of bytes), end. */
static bool accepts_pages(uint32_t first, uint32_t second)
{
    static uint8_t bytes[4096] = {1};
    struct bus b = bus_of(MIB);
    struct snap s, l;
    bool open = true, good;
    uint32_t size = MIB, end = UINT32_MAX, none = 0;
    uint64_t count = 77;

    snap_save_init(&s);
    (void)snap_section(&s, "bus", 1);
    snap_u32(&s, &size);
    snap_bool(&s, &open);
    snap_u64(&s, &count);
    snap_u32(&s, &none); /* no run of touched pages */
    snap_u32(&s, &none);
    snap_u32(&s, &first);
    snap_bytes(&s, bytes, sizeof bytes);
    snap_u32(&s, &second);
    snap_bytes(&s, bytes, sizeof bytes);
    snap_u32(&s, &end);
    snap_load_init(&l, s.buf, s.len);
    bus_snap(&b, &l);
    good = snap_ok(&l) && b.io_count == 77;
    snap_free(&s);
    bus_fini(&b);
    return good;
}

static void test_page_list(void)
{
    CHECK(accepts_pages(0, 255), "the first and the last page");
    CHECK(!accepts_pages(0, 256), "one page beyond");
    CHECK(!accepts_pages(0x80000000, 3), "far beyond");
    CHECK(!accepts_pages(5, 5), "a page twice");
    CHECK(!accepts_pages(5, 4), "out of order");
}

static void test_snapshot(void)
{
    struct bus a = bus_of(64 * MIB), b = bus_of(64 * MIB), small = bus_of(MIB);
    struct snap s, l;

    bus_map_ram(&a, "ram", 0, 64 * MIB, 0);
    bus_map_ram(&b, "ram", 0, 64 * MIB, 0);
    bus_write(&a, 0, 1, 1);
    bus_write(&a, 12345678, 0xfeedface, 4);
    a.ram[64 * MIB - 1] = 9;
    bus_set_a20(&a, false);
    memset(b.ram, 0xee, 3 * MIB); /* must be gone after loading */
    snap_save_init(&s);
    bus_snap(&a, &s);
    CHECK(snap_ok(&s) && s.len < 4 * 4096, "mostly empty RAM is small: %zu bytes", s.len);
    snap_load_init(&l, s.buf, s.len);
    b.mapping_changed = count_change;
    changes = 0;
    bus_snap(&b, &l);
    CHECK(snap_ok(&l) && l.pos == l.len, "loaded: %s", l.err.text);
    CHECK(memcmp(a.ram, b.ram, 64 * MIB) == 0, "RAM is the same");
    CHECK(b.a20_mask == a.a20_mask && changes == 1, "and so is A20, announced");
    snap_load_init(&l, s.buf, s.len);
    bus_snap(&small, &l);
    CHECK(!snap_ok(&l) && small.ram[0] == 0, "another size is refused: %s", l.err.text);

    /* Every cut and many flips: an error or a valid machine, never a wild store (sanitizers). */
    for (size_t n = 0; n < s.len; n += n < 64 ? 1 : 97) {
        snap_load_init(&l, s.buf, n);
        bus_snap(&b, &l);
        CHECK(!snap_ok(&l), "cut at %zu", n);
    }
    unsigned refused = 0;
    uint32_t seed = 1;
    for (unsigned i = 0; i < 3000; i++) {
        seed = seed * 1664525 + 1013904223;
        /* Half of the flips hit the header and the page numbers, where it matters. */
        size_t at = i % 2 ? (seed >> 8) % s.len : (i / 2) % 3 * 4100 + (seed >> 8) % 32;
        uint8_t old = s.buf[at];

        s.buf[at] ^= (uint8_t)(1u << (seed >> 29));
        snap_load_init(&l, s.buf, s.len);
        bus_snap(&b, &l);
        refused += !snap_ok(&l);
        CHECK(l.pos <= l.len, "read beyond the end");
        s.buf[at] = old;
    }
    CHECK(refused > 100, "damage is noticed where it can be: %u", refused);
    snap_free(&s);
    bus_fini(&a);
    bus_fini(&b);
    bus_fini(&small);
}

/* Runs f in a child: did it abort? */
static bool aborts(void (*f)(struct bus *b))
{
    struct bus b = bus_of(MIB);
    int status = 0;
    pid_t child;

    (void)fflush(stdout);
    child = fork();
    if (child == 0) {
        (void)fclose(stderr);
        f(&b);
        _exit(0);
    }
    (void)waitpid(child, &status, 0);
    bus_fini(&b);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void fine(struct bus *b)
{
    bus_map_ports(b, "a", 0x10, 4, &bytes_ops, NULL);
    bus_map_ports(b, "b", 0x14, 4, &bytes_ops, NULL);
    bus_map_ram(b, "ram", 0, MIB, 0);
}

static void port_collision(struct bus *b)
{
    bus_map_ports(b, "a", 0x10, 4, &bytes_ops, NULL);
    bus_map_ports(b, "b", 0x13, 4, &bytes_ops, NULL);
}

static void port_overflow(struct bus *b)
{
    bus_map_ports(b, "a", 0xfffe, 3, &bytes_ops, NULL);
}

static void unaligned(struct bus *b)
{
    bus_map_ram(b, "ram", 0x800, 4096, 0);
}

static void ram_too_long(struct bus *b)
{
    bus_map_ram(b, "ram", 0, MIB, 4096);
}

static void past_the_end(struct bus *b)
{
    bus_map_mmio(b, "dev", 0xfffff000, 8192, &bytes_ops, NULL);
}

static void too_many(struct bus *b)
{
    for (unsigned i = 0; i < BUS_REGIONS; i++)
        bus_map_ram(b, "ram", 0, 4096, 0);
}

static unsigned cleared;

static void count_clearing(void *arg)
{
    (void)arg;
    cleared++;
}

/* Memory that a device shares: dirty bytes, and a window that is memory for a while. */
static void test_device_memory(void)
{
    static uint8_t host[4 * 4096], dirty[4];
    static const struct io_ops quiet_ops = {
        .read = probe_read, .write = probe_write, .widths = 7, .quiet = true};
    struct bus b = bus_of(MIB);
    struct probe p = {0};
    bus_map_device_memory(&b, "frame buffer", 0xe0000000, sizeof host, host, dirty);
    bus_map_mmio(&b, "window", 0xa0000, 2 * 4096, &quiet_ops, &p);
    b.dirty_cleared = count_clearing;

    bus_write(&b, 0xe0001ffe, 0x44332211, 4);
    CHECK(host[0x1ffe] == 0x11 && host[0x2001] == 0x44, "it is memory");
    CHECK(!dirty[0] && dirty[1] == 0xff && dirty[2] == 0xff && !dirty[3], "both pages are dirty");
    CHECK(bus_read(&b, 0xe0001ffe, 4) == 0x44332211, "and reads back");
    CHECK(bus_host_page(&b, 0xe0001000) == host + 4096, "with host pointers");
    CHECK(bus_code_page(&b, 0xe0001000) == NULL, "but no code is kept from it");
    memset(dirty, 0, sizeof dirty);
    bus_dirty_cleared(&b);
    CHECK(cleared == 1, "the MMU hears of the clearing");
    bus_note_store(&b, 0xe0003123);
    CHECK(dirty[3] == 0xff && !dirty[0], "a pointer for stores makes a page dirty");
    CHECK(bus_poke(&b, 0xe0000010, "ab", 2) == 2 && dirty[0] == 0xff && host[0x11] == 'b', "poke");

    memset(dirty, 0, sizeof dirty);
    bus_write(&b, 0xa0000, 0x55, 1);
    CHECK(host[0] == 0 && b.io_count == 0, "a quiet device is asked, but not counted");
    bus_set_window(&b, 0xa0000, host + 4096, dirty + 1);
    bus_write(&b, 0xa1ffc, 0x88776655, 4);
    CHECK(host[0x2ffc] == 0x55 && dirty[2] == 0xff && !dirty[1], "a window is memory");
    CHECK(!(b.page_flags[0xa0] & PAGE_MMIO) && bus_host_page(&b, 0xa0000) == host + 4096,
          "with host pointers");
    CHECK(bus_read(&b, 0xa1fff, 2) >> 8 == 0xff, "and ends where it ends");
    bus_set_window(&b, 0xa0000, NULL, NULL);
    CHECK((b.page_flags[0xa0] & PAGE_MMIO) && !bus_host_page(&b, 0xa0000), "and a device again");
    bus_fini(&b);
}

/* Two word registers at neighbouring addresses, as the Bochs display interface has. */
static void test_unaligned_ports(void)
{
    static const struct io_ops ops = {
        .read = probe_read, .write = probe_write, .widths = 3, .unaligned = true};
    struct bus b = bus_of(MIB);
    struct probe p = {0};
    bus_map_ports(&b, "dispi", 0x1ce, 3, &ops, &p);
    bus_out(&b, 0x1cf, 0x1234, 2);
    CHECK(strcmp(p.log, "w2@1=1234 ") == 0, "a word at an odd port: '%s'", p.log);
    p.log[0] = 0;
    bus_out(&b, 0x1ce, 0x12345678, 4);
    CHECK(strcmp(p.log, "w2@0=5678 w1@2=34 ") == 0, "a double word is cut: '%s'", p.log);
    bus_fini(&b);
}

/* What a PCI function or PAM does: come, cover, go; what was beneath answers again. */
static void test_unmap(void)
{
    static uint8_t rom[2 * 4096] = {[0] = 0xaa, [4096] = 0xbb};
    struct bus b = bus_of(MIB);
    struct probe p = {0};
    unsigned over, top;
    bus_map_ram(&b, "ram", 0, MIB, 0);
    bus_map_rom(&b, "rom", 0xf0000, sizeof rom, rom);
    over = bus_map_ram(&b, "shadow", 0xf1000, 4096, 0xf1000);
    bus_write(&b, 0xf1000, 0x12, 1);
    CHECK(bus_read(&b, 0xf1000, 1) == 0x12 && bus_read(&b, 0xf0000, 1) == 0xaa, "half shadowed");
    top = bus_map_mmio(&b, "bar", 0xf0000, sizeof rom, &bytes_ops, &p);
    CHECK(b.page_flags[0xf1] & PAGE_MMIO, "a device on top");
    bus_unmap(&b, over);
    bus_unmap(&b, top);
    CHECK(bus_read(&b, 0xf1000, 1) == 0xbb && (b.page_flags[0xf1] & PAGE_ROM), "the ROM again");
    for (unsigned n = 0; n < 3 * BUS_REGIONS; n++)
        bus_unmap(&b, bus_map_ram(&b, "again", 0xf0000, 4096, 0));
    CHECK(bus_read(&b, 0xf0000, 1) == 0xaa, "slots are used again");

    bus_map_ports(&b, "board", 0x100, 2, &bytes_ops, &p);
    over = bus_map_ports_over(&b, "bar", 0x101, 0x20, &bytes_ops, &p);
    p.log[0] = 0;
    bus_out(&b, 0x101, 0x7, 1);
    CHECK(strcmp(p.log, "w1@0=7 ") == 0, "the upper one: '%s'", p.log);
    bus_unmap_ports(&b, over);
    p.log[0] = 0;
    bus_out(&b, 0x101, 0x7, 1);
    bus_out(&b, 0x102, 0x7, 1);
    CHECK(strcmp(p.log, "w1@1=7 ") == 0, "the board's again, then nobody: '%s'", p.log);
    for (unsigned n = 0; n < 3 * BUS_PORT_RANGES; n++)
        bus_unmap_ports(&b, bus_map_ports_over(&b, "again", 0x200, 1, &bytes_ops, &p));
    bus_fini(&b);
}

/* Who is told of stores into decoded code. */
struct heard {
    unsigned calls; /* how often */
    phys_t at;      /* the last time: where */
    unsigned n;     /* how many bytes */
};

static void hear(void *arg, phys_t at, unsigned n)
{
    struct heard *h = arg;

    h->calls++;
    h->at = at;
    h->n = n;
}

/* Bus masters: no A20, ROM keeps its bytes, decoded code hears of stores. */
static void test_dma(void)
{
    static uint8_t rom[4096] = {0xaa};
    uint8_t buf[8] = {1, 2, 3, 4, 5, 6, 7, 8}, got[8];
    struct bus b = bus_of(2 * MIB);
    struct heard h = {0};
    bus_map_ram(&b, "ram", 0, 2 * MIB, 0);
    bus_map_rom(&b, "rom", 0xff000, sizeof rom, rom);
    b.code_written = hear;
    b.code_written_arg = &h;
    b.page_flags[0x100] |= PAGE_CODE;
    bus_set_a20(&b, false);
    bus_dma_write(&b, 0xffffc, buf, 8);
    CHECK(b.ram[MIB] == 5 && b.ram[MIB + 3] == 8 && b.ram[3] == 0, "A20 plays no part");
    CHECK(rom[0xffc] == 0, "ROM stays");
    CHECK(h.calls == 1 && h.at == MIB && h.n == 4, "code was told");
    bus_dma_read(&b, 0xffffc, got, 8);
    CHECK(got[0] == 0 && got[4] == 5, "reads both");
    bus_dma_read(&b, 0xd0000000, got, 8);
    CHECK(got[0] == 0xff && got[7] == 0xff, "nobody is all ones");
    bus_fini(&b);
}

static void no_bytes(struct bus *b)
{
    static const struct io_ops ops = {.read = probe_read, .write = probe_write, .widths = 4};

    bus_map_mmio(b, "dev", 0, 4096, &ops, NULL);
}

static void test_board_errors(void)
{
    CHECK(!aborts(fine), "a right board is accepted");
    CHECK(aborts(port_collision), "two claims of one port");
    CHECK(aborts(port_overflow), "ports beyond 65535");
    CHECK(aborts(unaligned), "half pages");
    CHECK(aborts(ram_too_long), "more RAM than there is");
    CHECK(aborts(past_the_end), "a region beyond 4 GiB");
    CHECK(aborts(too_many), "too many regions");
    CHECK(aborts(no_bytes), "a device without byte access");
}

int main(void)
{
    test_memory();
    test_mmio_pieces();
    test_ports();
    test_a20_and_flags();
    test_peek_poke();
    test_device_memory();
    test_unaligned_ports();
    test_unmap();
    test_dma();
    test_page_list();
    test_snapshot();
    test_board_errors();
    return report_end();
}
