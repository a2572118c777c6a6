/* SPDX-License-Identifier: MIT */
/*
 * test_devices_dma.c - the two 8237A: registers and the byte pointer, modes, terminal count,
 * autoinitialize, masks, pages, words, the cascade, software requests, hostile programming.
 */
#include "base/snap.h"
#include "base/out.h"
#include "devices/dma.h"
#include "mmu/bus.h"
#include "tests/report.h"

#include <string.h>

#define RAM (UINT32_C(16) << 20)

struct rig {
    struct bus bus;
    struct dma dma;
};

static void out(struct rig *r, unsigned port, unsigned v)
{
    if (port < 0x10)
        dma_first_ops.write(&r->dma, port, v, 1);
    else if (port >= 0xc0)
        dma_second_ops.write(&r->dma, port - 0xc0, v, 1);
    else
        dma_page_ops.write(&r->dma, port - 0x80, v, 1);
}

static unsigned in(struct rig *r, unsigned port)
{
    return port < 0x10    ? dma_first_ops.read(&r->dma, port, 1)
           : port >= 0xc0 ? dma_second_ops.read(&r->dma, port - 0xc0, 1)
                          : dma_page_ops.read(&r->dma, port - 0x80, 1);
}

/* As a driver does it: channel, mode, page, address and count (bytes or words, less one). */
static void program(struct rig *r, unsigned channel, unsigned mode, unsigned page, unsigned address,
                    unsigned count)
{
    static const uint8_t pages[8] = {0x87, 0x83, 0x81, 0x82, 0x8f, 0x8b, 0x89, 0x8a};
    unsigned base = channel < 4 ? 0 : 0xc0, step = channel < 4 ? 1 : 2, n = channel & 3;
    out(r, base + 0xa * step, 4 | n);
    out(r, base + 0xc * step, 0);
    out(r, base + 0xb * step, mode | n);
    out(r, base + 2 * n * step, address & 0xff);
    out(r, base + 2 * n * step, address >> 8);
    out(r, base + (2 * n + 1) * step, count & 0xff);
    out(r, base + (2 * n + 1) * step, count >> 8);
    out(r, pages[channel], page);
    out(r, base + 0xa * step, n);
}

static unsigned word(struct rig *r, unsigned port)
{
    unsigned low = in(r, port);
    return low | in(r, port) << 8;
}

static void cascade(struct rig *r)
{
    out(r, 0xd6, 0xc0);
    out(r, 0xd4, 0x00);
}

static void registers(struct rig *r)
{
    out(r, 0x0d, 0);
    CHECK(in(r, 0x0f) == 0xff && in(r, 0x08) == 0, "a master clear masks all, clears the status");
    out(r, 0x02, 0x34);
    out(r, 0x02, 0x12);
    out(r, 0x03, 0x78);
    out(r, 0x03, 0x56);
    CHECK(word(r, 0x02) == 0x1234 && word(r, 0x03) == 0x5678, "low byte, then high byte");
    (void)in(r, 0x02);
    out(r, 0x0c, 0);
    CHECK(in(r, 0x02) == 0x34, "clearing the byte pointer starts with the low byte");
    out(r, 0x0c, 0);
    out(r, 0xc4, 0xcd);
    out(r, 0xc5, 0xab); /* an odd port is the even one before it */
    CHECK(word(r, 0xc4) == 0xabcd, "the second chip's registers lie two ports apart");
    for (unsigned port = 0x80; port < 0x90; port++)
        out(r, port, port ^ 0x5a);
    unsigned same = 0;
    for (unsigned port = 0x80; port < 0x90; port++)
        same += in(r, port) == (port ^ 0x5a);
    CHECK(same == 16, "sixteen page registers keep what is written: %u", same);
    out(r, 0x0e, 0);
    CHECK((in(r, 0x0f) & 15) == 0, "clear mask register");
    out(r, 0x0f, 0x0a);
    CHECK((in(r, 0x0f) & 15) == 0x0a, "write all mask bits");
    out(r, 0x0a, 0x04);
    out(r, 0x0a, 0x01);
    CHECK((in(r, 0x0f) & 15) == 0x09, "single mask bits");
    CHECK(dma_page_used(1) && dma_page_used(7) && !dma_page_used(0) && !dma_page_used(4) &&
              !dma_page_used(15),
          "which page registers channels use");
}

static void transfers(struct rig *r)
{
    uint8_t buf[1024], memory[1024];
    bool tc;
    for (unsigned i = 0; i < sizeof buf; i++)
        buf[i] = (uint8_t)(i * 7 + 1);
    out(r, 0xda, 0); /* no cascade yet: everything is masked */
    program(r, 2, 0x44, 0x01, 0x2000, 511);
    CHECK(dma_transfer(&r->dma, 2, true, buf, 512, &tc) == 0 && !tc, "no way around channel 4");
    cascade(r);
    CHECK(dma_transfer(&r->dma, 2, true, buf, 512, &tc) == 512 && tc, "a sector, terminal count");
    bus_dma_read(&r->bus, 0x12000, memory, 512);
    CHECK(memcmp(memory, buf, 512) == 0, "its bytes are where the page says");
    CHECK(word(r, 0x04) == 0x2200 && word(r, 0x05) == 0xffff, "address and count at the end");
    CHECK(dma_transfer(&r->dma, 2, true, buf, 1, &tc) == 0 && !tc, "terminal count has masked it");
    CHECK(in(r, 0x08) == 0x04 && in(r, 0x08) == 0, "told once in the status register");

    program(r, 2, 0x48, 0x01, 0x2000, 99);
    memset(memory, 0, sizeof memory);
    CHECK(dma_transfer(&r->dma, 2, false, memory, 60, &tc) == 60 && !tc, "a part");
    CHECK(dma_transfer(&r->dma, 2, false, memory + 60, 60, &tc) == 40 && tc, "no more than that");
    CHECK(memcmp(memory, buf, 100) == 0 && memory[100] == 0, "read out of memory");

    program(r, 1, 0x54, 0x03, 0xfff0, 0x1f); /* autoinitialize, across the end of the page */
    CHECK(dma_transfer(&r->dma, 1, true, buf, 64, &tc) == 32 && tc, "ends at the count");
    bus_dma_read(&r->bus, 0x30000, memory, 16);
    CHECK(memcmp(memory, buf + 16, 16) == 0, "the address wraps inside its 64 KiB");
    bus_dma_read(&r->bus, 0x40000, memory, 1);
    CHECK(memory[0] == 0, "and does not touch the next");
    CHECK(word(r, 0x02) == 0xfff0 && word(r, 0x03) == 0x1f && !(in(r, 0x0f) & 2),
          "autoinitialize starts again, unmasked");

    program(r, 3, 0x64, 0x05, 0x0003, 7); /* descending, wraps downwards */
    CHECK(dma_transfer(&r->dma, 3, true, buf, 8, &tc) == 8 && tc, "descending");
    bus_dma_read(&r->bus, 0x50000, memory, 4);
    bus_dma_read(&r->bus, 0x5fffc, memory + 4, 4);
    CHECK(memory[3] == buf[0] && memory[0] == buf[3] && memory[7] == buf[4] && memory[4] == buf[7],
          "first byte highest");

    program(r, 0, 0x40, 0x02, 0x0000, 7); /* verify */
    memset(memory, 0, 8);
    CHECK(dma_transfer(&r->dma, 0, true, buf, 8, &tc) == 8 && tc, "verify counts");
    bus_dma_read(&r->bus, 0x20000, memory, 8);
    CHECK(memory[0] == 0 && memory[7] == 0, "and moves nothing");
    program(r, 0, 0x48, 0x02, 0x0000, 7);
    CHECK(dma_transfer(&r->dma, 0, true, buf, 8, &tc) == 8, "the wrong direction");
    bus_dma_read(&r->bus, 0x20000, memory, 8);
    CHECK(memory[0] == 0 && memory[7] == 0, "moves nothing either");

    out(r, 0x08, 0x04);
    program(r, 0, 0x44, 0x02, 0x0000, 7);
    CHECK(dma_transfer(&r->dma, 0, true, buf, 8, &tc) == 0, "a controller that is off");
    out(r, 0x08, 0x00);
}

static void words(struct rig *r)
{
    uint8_t buf[64], memory[64];
    bool tc;
    for (unsigned i = 0; i < sizeof buf; i++)
        buf[i] = (uint8_t)(0xc0 + i);
    program(r, 5, 0x44, 0x13, 0x8000, 9); /* bit 0 of the page does not count */
    CHECK(dma_transfer(&r->dma, 5, true, buf, 63, &tc) == 20 && tc, "ten words");
    bus_dma_read(&r->bus, 0x130000, memory, 20);
    CHECK(memcmp(memory, buf, 20) == 0, "at twice the address");
    program(r, 7, 0x48, 0x12, 0xffff, 1);
    bus_dma_write(&r->bus, 0x13fffe, buf, 2);
    bus_dma_write(&r->bus, 0x120000, buf + 2, 2);
    CHECK(dma_transfer(&r->dma, 7, false, memory, 4, &tc) == 4 && tc && memcmp(memory, buf, 4) == 0,
          "words wrap inside 128 KiB");
    program(r, 6, 0x44, 0x10, 0, 9);
    CHECK(dma_transfer(&r->dma, 6, true, buf, 1, &tc) == 0 && !tc, "half a word is none");
}

static void requests(struct rig *r)
{
    uint8_t memory[4];
    (void)in(r, 0x08);
    program(r, 1, 0x84, 0x07, 0x0000, 2);
    out(r, 0x09, 0x05);
    bus_dma_read(&r->bus, 0x70000, memory, 4);
    CHECK(memory[0] == 0xff && memory[2] == 0xff && memory[3] == 0, "block mode runs to its end");
    CHECK(in(r, 0x08) == 0x02, "with terminal count, the request gone");
    program(r, 1, 0x44, 0x07, 0x0000, 2);
    out(r, 0x09, 0x05);
    CHECK(in(r, 0x08) == 0x20, "single mode waits: a request in the status");
    out(r, 0x09, 0x01);
    CHECK(in(r, 0x08) == 0x00, "taken back");
    out(r, 0x0a, 0x05);
    program(r, 1, 0x94, 0x07, 0x0000, 0xffff);
    out(r, 0x0a, 0x05);
    out(r, 0x09, 0x05);
    CHECK(in(r, 0x08) == 0x20, "a masked one waits");
    out(r, 0x0a, 0x01);
    CHECK(in(r, 0x08) == 0x02, "64 KiB with autoinitialize run once");
}

/* Any program of the registers is harmless, and a snapshot brings all of it back. */
static void hostile(struct rig *r)
{
    static struct rig other;
    uint32_t seed = 1;
    uint8_t buf[512];
    struct error err;
    bool tc, same = true;
    if (!bus_init(&other.bus, 0x100000, NULL, &err))
        return;
    dma_init(&other.dma, &other.bus, NULL);
    for (unsigned i = 0; i < 200000; i++) {
        seed = seed * 1664525u + 1013904223u;
        unsigned where = seed >> 28, v = seed >> 16 & 0xff;
        if (where < 6)
            out(r, seed >> 8 & 15, v);
        else if (where < 10)
            out(r, 0xc0 + (seed >> 8 & 31), v);
        else if (where < 12)
            out(r, 0x80 + (seed >> 8 & 15), v);
        else if (where < 13)
            (void)in(r, seed >> 8 & 15);
        else
            (void)dma_transfer(&r->dma, seed >> 8 & 7, seed & 1, buf, seed >> 17 & 511, &tc);
        if (i % 1000 == 0) {
            struct snap s, l, again;
            snap_save_init(&s);
            dma_snap(&r->dma, &s);
            snap_load_init(&l, s.buf, s.len);
            dma_snap(&other.dma, &l);
            snap_save_init(&again);
            dma_snap(&other.dma, &again);
            same = same && snap_ok(&l) && again.len == s.len && !memcmp(again.buf, s.buf, s.len);
            s.buf[seed % s.len] ^= 0xff; /* and a damaged one is usable */
            snap_load_init(&l, s.buf, s.len);
            dma_snap(&other.dma, &l);
            (void)dma_transfer(&other.dma, seed & 7, true, buf, 512, &tc);
            snap_free(&s);
            snap_free(&again);
        }
    }
    CHECK(same, "saved, loaded and saved again: the same");
    char text[4096];
    struct out to;
    out_buffer(&to, text, sizeof text);
    dma_info(&r->dma, &to);
    CHECK(strstr(text, "channel 7"), "info names every channel");
    bus_fini(&other.bus);
}

int main(void)
{
    static struct rig r;
    struct error err;
    if (!bus_init(&r.bus, RAM, NULL, &err))
        return report_end();
    bus_map_ram(&r.bus, "ram", 0, RAM, 0);
    dma_init(&r.dma, &r.bus, NULL);
    registers(&r);
    dma_reset(&r.dma);
    transfers(&r);
    words(&r);
    requests(&r);
    hostile(&r);
    bus_fini(&r.bus);
    return report_end();
}
