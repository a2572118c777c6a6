/* SPDX-License-Identifier: MIT */
/*
 * test_devices_fdc_media.c - media of every size in the floppy drives they are for, and hostile
 * programs and snapshots of the controller.
 */
#include "base/out.h"
#include "base/snap.h"
#include "tests/unit/fdc_rig.h"

static void formats(struct rig *r)
{
    static const struct {
        unsigned sectors, cylinders, heads, per_track, drive, rate;
    } all[] = {{320, 40, 1, 8, FDC_360K, 2},    {360, 40, 1, 9, FDC_360K, 2},
               {640, 40, 2, 8, FDC_360K, 2},    {720, 40, 2, 9, FDC_360K, 2},
               {1440, 80, 2, 9, FDC_720K, 2},   {2400, 80, 2, 15, FDC_1200K, 0},
               {2880, 80, 2, 18, FDC_1440K, 0}, {5760, 80, 2, 36, FDC_2880K, 3},
               {1000, 80, 2, 18, FDC_1440K, 0}, {3000, 80, 2, 36, FDC_2880K, 3}};
    struct fdc_format f;
    CHECK(!fdc_format(5761, &f), "larger than any floppy");
    for (unsigned n = 0; n < sizeof all / sizeof *all; n++) {
        unsigned last = all[n].cylinders - 1, heads = all[n].heads, spt = all[n].per_track;
        fill(&r->disk, all[n].sectors);
        CHECK(fdc_format(all[n].sectors, &f) && f.cylinders == last + 1 && f.heads == heads &&
                  f.per_track == spt && f.drive == all[n].drive,
              "%u sectors", all[n].sectors);
        fdc_insert(&r->fdc, 0, NULL);
        fdc_attach(&r->fdc, 0, (enum fdc_kind)all[n].drive);
        fdc_insert(&r->fdc, 0, &r->disk.block);
        start(r);
        out(r, 0x3f7, all[n].rate);
        seek(r, last);
        dma(r, TO_MEMORY, 0x10000, 512);
        SEND(r, 0x46, (uint8_t)(heads == 2 ? 4 : 0), (uint8_t)last, (uint8_t)(heads - 1),
             (uint8_t)spt, 2, (uint8_t)spt, 0x1b, 0xff);
        CHECK(RESULT(r, heads == 2 ? 4 : 0, 0, 0, (uint8_t)(last + 1), (uint8_t)(heads - 1), 1, 2),
              "the last sector of a disk of %u sectors", all[n].sectors);
        static uint8_t zero[512];
        unsigned lba = f.cylinders * heads * spt - 1u;
        CHECK(memory_is(r, 0x10000, lba < all[n].sectors ? r->disk.bytes + lba * 512 : zero, 512),
              "its data");
        if (lba >= all[n].sectors) {
            dma(r, FROM_MEMORY, 0x10000, 512);
            SEND(r, 0x45, 4, (uint8_t)last, 1, (uint8_t)spt, 2, (uint8_t)spt, 0x1b, 0xff);
            uint8_t a[7];
            CHECK(wait(r) && answer(r, a, 7) == 7 && a[1] == 0x20,
                  "there is no room behind the end");
        }
    }
    fdc_reset(&r->fdc);
    fill(&r->disk, 1440);
    fdc_insert(&r->fdc, 0, NULL);
    fdc_attach(&r->fdc, 0, FDC_720K);
    fdc_insert(&r->fdc, 0, &r->disk.block);
    unsigned st0, pcn;
    out(r, 0x3f2, 0x1c);
    wait(r);
    for (unsigned n = 0; n < 4; n++)
        sense(r, &st0, &pcn);
    dma(r, TO_MEMORY, 0x10000, 512);
    SEND(r, 0x46, 0, 0, 0, 1, 2, 9, 0x1b, 0xff);
    uint8_t first[7];
    CHECK(wait(r) && answer(r, first, 7) == 7 && first[0] == 0, "no data rate selected: found");
    fill(&r->disk, 720); /* 40 tracks in a drive of 80: every other one, at 300 kbit/s */
    fdc_insert(&r->fdc, 0, NULL);
    fdc_attach(&r->fdc, 0, FDC_1200K);
    fdc_insert(&r->fdc, 0, &r->disk.block);
    start(r);
    out(r, 0x3f7, 1);
    seek(r, 20);
    dma(r, TO_MEMORY, 0x10000, 512);
    SEND(r, 0x46, 0, 10, 0, 1, 2, 9, 0x1b, 0xff);
    CHECK(RESULT(r, 0, 0, 0, 10, 0, 2, 2), "double steps");
    seek(r, 21);
    SEND(r, 0x46, 0, 10, 0, 1, 2, 9, 0x1b, 0xff);
    CHECK(RESULT(r, 0x40, 1, 0, 10, 0, 1, 2), "nothing between two tracks");
    fill(&r->disk, 2880);
    fdc_insert(&r->fdc, 0, NULL);
    fdc_attach(&r->fdc, 0, FDC_720K);
    fdc_insert(&r->fdc, 0, &r->disk.block);
    start(r);
    SEND(r, 0x4a, 0x00);
    uint8_t a[7];
    CHECK(wait(r) && answer(r, a, 7) == 7 && a[1] == 1, "high density in a drive that has none");
    fdc_attach(&r->fdc, 0, FDC_1440K);
    fdc_insert(&r->fdc, 0, &r->disk.block);
}

/* Random programs, with snapshots on the way: no harm, and the copy goes on as the original. */
static void hostile(struct rig *r)
{
    static struct rig copy;
    uint32_t seed = 7;
    bool same = true;
    if (!rig_init(&copy))
        return;
    for (unsigned i = 0; i < 300000; i++) {
        static const uint8_t first[] = {0xe6, 0x46, 0xc5, 0x4d, 0x0f, 0x07, 0x08, 0x4a, 0x42, 0xd1,
                                        0xd6, 0xcc, 0x8f, 0xcf, 0x13, 0x03, 0x0e, 0x04, 0x94, 0x12};
        seed = seed * 1664525u + 1013904223u;
        unsigned kind = seed >> 28, v = seed >> 16 & 0xff;
        if (kind < 8)
            out(r, 0x3f5, (in(r, 0x3f4) & 0x10) ? v & 0x1f : first[v % sizeof first]);
        else if (kind < 12)
            (void)in(r, 0x3f0 + (seed >> 8 & 7));
        else if (kind == 12)
            dma(r, 0x42 | (v & 0x5c), seed & 0x7ffff, 1 + (seed >> 8 & 0x1fff));
        else if (kind == 13 && v < 8)
            out(r, 0x3f2, v & 3 ? 0x1c | (v & 3) : v << 2);
        else if (kind == 13 && v < 12)
            out(r, 0x3f4, v & 2 ? 0x80 : 0);
        else if (kind == 14 && v == 1)
            fdc_insert(&r->fdc, 0, seed & 0x100 ? NULL : &r->disk.block);
        else
            (void)pass(r);
        if (i % 500 != 0)
            continue;
        struct snap s, l, again;
        for (unsigned damage = 0; damage < 2; damage++) {
            snap_save_init(&s);
            clock_snap(&r->clock, &s);
            dma_snap(&r->dma, &s);
            fdc_snap(&r->fdc, &s);
            if (damage)
                s.buf[seed % s.len] ^= (uint8_t)(1 + v);
            snap_load_init(&l, s.buf, s.len);
            clock_snap(&copy.clock, &l);
            dma_snap(&copy.dma, &l);
            fdc_snap(&copy.fdc, &l);
            snap_save_init(&again);
            clock_snap(&copy.clock, &again);
            dma_snap(&copy.dma, &again);
            fdc_snap(&copy.fdc, &again);
            if (!damage)
                same =
                    same && snap_ok(&l) && s.len == again.len && !memcmp(s.buf, again.buf, s.len);
            snap_free(&s);
            snap_free(&again);
            for (unsigned n = 0; n < 40; n++) {
                out(&copy, 0x3f5, (uint8_t)(seed >> (n & 15)));
                (void)in(&copy, 0x3f5);
                (void)pass(&copy);
            }
        }
    }
    CHECK(same, "saved, loaded and saved again: the same");
    bus_fini(&copy.bus);
}

static void described(struct rig *r)
{
    char text[2048];
    struct out to;
    start(r);
    SEND(r, 0x46, 0x00, 3, 0);
    out_buffer(&to, text, sizeof text);
    fdc_info(&r->fdc, &to);
    CHECK(strstr(text, "drive 0: 1.44 MB, motor on") && strstr(text, "command 46 00 03 00"),
          "the state in words");
    r->disk.broken = true;
    SEND(r, 1, 2, 18, 0x1b, 0xff);
    r->disk.broken = false;
    out(r, 0x3f3, 0xff);
    CHECK(in(r, 0x3f3) == 0xff && in(r, 0x3f0) == 0xff,
          "TDR, and PS/2 registers that are not there");
    CHECK(fdc_flush(&r->fdc), "nothing to flush");
}

int main(void)
{
    static struct rig r;
    if (!rig_init(&r))
        return 1;
    formats(&r);
    described(&r);
    hostile(&r);
    bus_fini(&r.bus);
    return report_end();
}
