/* SPDX-License-Identifier: MIT */
/* test_devices_fwcfg.c - fw_cfg: items and files by the ports and by DMA, hostile requests, snapshot. */
#include "base/snap.h"
#include "devices/fwcfg.h"
#include "mmu/bus.h"
#include "tests/report.h"

#include <string.h>

#define RAM (UINT32_C(1) << 20)

static struct bus bus;
static uint8_t rom[4096];

static void choose(struct fwcfg *f, uint16_t key)
{
    fwcfg_ops.write(f, 0, key, 2);
}

static void take(struct fwcfg *f, void *to, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        ((uint8_t *)to)[i] = (uint8_t)fwcfg_ops.read(f, 1, 1);
}

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void test_ports(struct fwcfg *f)
{
    char text[8] = "";
    uint8_t raw[4 + 2 * 64], more[3];
    uint32_t id = 0;
    choose(f, FWCFG_SIGNATURE);
    take(f, text, 6);
    CHECK(memcmp(text, "QEMU\0\0", 6) == 0, "signature, then zeroes");
    choose(f, FWCFG_ID);
    take(f, &id, 4);
    CHECK(id == 3, "it has ports and DMA: %u", id);
    choose(f, FWCFG_DIRECTORY);
    take(f, raw, sizeof raw);
    CHECK(be32(raw) == 2, "two files: %u", be32(raw));
    CHECK(be32(raw + 4) == 5 && be32(raw + 8) == 0x20u << 16, "size and key of the first");
    CHECK(strcmp((char *)raw + 12, "etc/five") == 0, "its name: %s", (char *)raw + 12);
    CHECK(be32(raw + 68) == 6000 && be32(raw + 72) == 0x21u << 16 &&
              strcmp((char *)raw + 76, "etc/large") == 0,
          "the second");
    choose(f, 0x20);
    take(f, text, 5);
    CHECK(memcmp(text, "12345", 5) == 0, "contents");
    choose(f, 0x20);
    CHECK(fwcfg_ops.read_many(f, 1, 1, more, 3) == 3 && memcmp(more, "123", 3) == 0, "in bulk");
    choose(f, 0x7777);
    CHECK(fwcfg_ops.read(f, 1, 1) == 0, "what is not there is zeroes");
    choose(f, 0x20);
    fwcfg_ops.write(f, 0, 0x01, 1);
    fwcfg_ops.write(f, 1, 0xff, 1);
    CHECK(fwcfg_ops.read(f, 1, 1) == '1', "byte writes neither select nor store");
}

/* Sends a request whose structure is at `at`; its control afterwards. */
static uint32_t dma(struct fwcfg *f, phys_t at, uint32_t control, uint32_t length, uint64_t to)
{
    uint32_t words[4] = {control, length, (uint32_t)(to >> 32), (uint32_t)to};
    uint8_t r[16];
    for (unsigned n = 0; n < 16; n++)
        r[n] = (uint8_t)(words[n / 4] >> (24 - 8 * (n % 4)));
    bus_poke(&bus, at, r, 16);
    fwcfg_dma_ops.write(f, 0, 0, 4);
    fwcfg_dma_ops.write(f, 4, __builtin_bswap32(at), 4);
    memset(r, 0xee, 4);
    bus_peek(&bus, at, r, 4);
    return be32(r);
}

static void test_dma(struct fwcfg *f, const uint8_t *large)
{
    uint8_t got[6002];
    CHECK(fwcfg_dma_ops.read(f, 0, 4) == 0x554d4551 && fwcfg_dma_ops.read(f, 4, 4) == 0x47464320,
          "the DMA register spells QEMU CFG");
    CHECK(dma(f, 0x1000, 0x21u << 16 | 8 | 2, 6000, 0x10ff0) == 0, "select and read");
    bus_peek(&bus, 0x10ff0, got, 6000);
    CHECK(memcmp(got, large, 6000) == 0, "over page ends");
    CHECK(dma(f, 0x1000, 0x21u << 16 | 8 | 4, 5998, 0) == 0, "select and skip");
    CHECK(dma(f, 0x1ffc, 2, 4, 0x20000) == 0, "read on; the request itself over a page end");
    bus_peek(&bus, 0x20000, got, 4);
    CHECK(got[0] == large[5998] && got[1] == large[5999] && !got[2] && !got[3], "zeroes follow");
    CHECK(dma(f, 0x1000, 0x20u << 16 | 8 | 16, 4, 0x20000) == 1, "no item can be written");
    CHECK(dma(f, 0x1000, 0x20u << 16 | 8, 4, 0x20000) == 0 && fwcfg_ops.read(f, 1, 1) == '1',
          "select alone");
}

static void test_hostile(struct fwcfg *f)
{
    uint8_t before[4096];
    memcpy(before, rom, sizeof rom);
    CHECK(dma(f, 0x1000, 0x20u << 16 | 8 | 2, 0xffffffff, 0x30000) == 1, "runs out of memory");
    CHECK(dma(f, 0x1000, 0x20u << 16 | 8 | 2, 16, 0xfffffffc) == 1, "runs out of the space");
    CHECK(dma(f, 0x1000, 0x20u << 16 | 8 | 2, 16, UINT64_C(0x100000000)) == 1, "beyond 4 GiB");
    CHECK(dma(f, 0x1000, 0x20u << 16 | 8 | 2, 16, 0xf0000) == 0 &&
              memcmp(before, rom, sizeof rom) == 0,
          "ROM keeps its bytes");
    CHECK(dma(f, 0x1000, 0x7777u << 16 | 8 | 4, 0xffffffff, 0) == 0, "skips what is not there");
    CHECK(dma(f, 0x1000, 0x20u << 16 | 8 | 4, 0xffffffff, 0) == 0 && fwcfg_ops.read(f, 1, 1) == 0,
          "skips to the end");
    fwcfg_dma_ops.write(f, 4, 0xffffffff, 4);
    fwcfg_dma_ops.write(f, 4, __builtin_bswap32(RAM - 8), 4);
    fwcfg_dma_ops.write(f, 0, 0x01000000, 4);
    fwcfg_dma_ops.write(f, 4, __builtin_bswap32(0x1000), 4);
    CHECK(f->dma_high == 0, "requests where no memory is are dropped");
}

static void test_snapshot(struct fwcfg *f)
{
    struct snap s, l;
    choose(f, 0x20);
    (void)fwcfg_ops.read(f, 1, 1);
    snap_save_init(&s);
    fwcfg_snap(f, &s);
    fwcfg_reset(f);
    snap_load_init(&l, s.buf, s.len);
    fwcfg_snap(f, &l);
    CHECK(snap_ok(&l) && fwcfg_ops.read(f, 1, 1) == '2', "goes on where it was");
    f->at = UINT32_MAX; /* as a hostile snapshot may say */
    CHECK(fwcfg_ops.read(f, 1, 1) == 0, "beyond the end");
    snap_free(&s);
}

int main(void)
{
    static uint8_t large[6000];
    struct error err = {.text = ""};
    struct fwcfg f;
    for (unsigned n = 0; n < sizeof large; n++)
        large[n] = (uint8_t)(n * 7 + 1);
    if (!bus_init(&bus, RAM, NULL, &err))
        return 1;
    bus_map_ram(&bus, "ram", 0, RAM, 0);
    bus_map_rom(&bus, "rom", 0xf0000, sizeof rom, rom);
    fwcfg_init(&f, &bus, NULL);
    fwcfg_add_file(&f, "etc/five", "12345", 5);
    fwcfg_add_file(&f, "etc/large", large, sizeof large);
    test_ports(&f);
    test_dma(&f, large);
    test_hostile(&f);
    test_snapshot(&f);
    bus_fini(&bus);
    return report_end();
}
