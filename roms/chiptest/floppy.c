/* SPDX-License-Identifier: MIT */
/*
 * floppy.c - the floppy controller with its DMA channel. Source: Intel 82077AA and 8237A data sheets; IBM
 * PC/AT Technical Reference (page registers). The floppy is tests/disk/image.c's: double word n of sector s
 * is s * 131 + n; the last two cylinders are written.
 */
#include "chiptest/chiptest.h"

enum { DOR = 0x3f2, MSR = 0x3f4, FIFO = 0x3f5, CCR = 0x3f7 };
enum { TO_MEMORY = 0x46, FROM_MEMORY = 0x4a, VERIFY = 0x42, AUTO = 0x10 };

#define BUFFER 0x10000u
static u8 result[8];

static void dma(u32 mode, u32 at, u32 n)
{
    outb(0x0a, 6);
    outb(0x0c, 0);
    outb(0x0b, (u8)mode);
    outb(0x04, (u8)at);
    outb(0x04, (u8)(at >> 8));
    outb(0x81, (u8)(at >> 16));
    outb(0x05, (u8)(n - 1));
    outb(0x05, (u8)((n - 1) >> 8));
    outb(0x0a, 2);
}

static u32 dma_count(void)
{
    outb(0x0c, 0);
    u32 low = inb(0x05);
    return low | (u32)inb(0x05) << 8;
}

static int ready(u8 want)
{
    for (u32 n = 0; n < 20000; n++) {
        if ((inb(MSR) & 0xc0) == want)
            return 1;
        delay_us(50);
    }
    return 0;
}

static void command(const u8 *p, u32 n)
{
    irq_clear();
    for (; n && ready(0x80); n--)
        outb(FIFO, *p++);
}

static u32 results(void)
{
    u32 n = 0;
    while (n < 8 && ready(0xc0) && (inb(MSR) & 0x10)) {
        result[n++] = inb(FIFO);
        delay_us(20);
        if ((inb(MSR) & 0xd0) == 0x80)
            break;
    }
    return n;
}

static u32 interrupt(void)
{
    u32 came = irq_wait(0x26, 3000000);
    if (came)
        pic_eoi();
    return came;
}

static u32 sense(void)
{
    const u8 c[1] = {8};
    command(c, 1);
    return results() == 2 ? (u32)result[0] << 8 | result[1] : 0xffff;
}

static void transfer(u8 code, u8 c, u8 h, u8 r, u8 last)
{
    const u8 p[9] = {code, (u8)(h << 2), c, h, r, 2, last, 27, 0xff};
    command(p, 9);
    eq("fdc: an interrupt at its end", interrupt(), 1);
    eq("fdc: seven results", results(), 7);
}

static u32 seek(u8 c)
{
    const u8 p[3] = {0x0f, 0, c};
    command(p, 3);
    eq("fdc: an interrupt after a seek", interrupt(), 1);
    return sense();
}

static u32 is_fresh(u32 at, u32 sector, u32 n)
{
    u32 bad = 0;
    for (u32 s = 0; s < n; s++)
        for (u32 i = 0; i < 128; i++)
            bad += mem_get(at + s * 512 + i * 4) != (sector + s) * 131 + i;
    return bad == 0;
}

static void fill(u32 at, u32 n, u32 seed)
{
    for (u32 i = 0; i < n / 4; i++)
        mem_put(at + i * 4, seed + i * 77);
}

static u32 is_filled(u32 at, u32 n, u32 seed)
{
    u32 bad = 0;
    for (u32 i = 0; i < n / 4; i++)
        bad += mem_get(at + i * 4) != seed + i * 77;
    return bad == 0;
}

static void test_reset(void)
{
    const u8 specify[3] = {3, 0xaf, 2}, recalibrate[2] = {7, 0}, version[1] = {0x10};
    irq_clear();
    outb(DOR, 0);
    delay_us(100);
    outb(DOR, 0x1c); /* motor A, DMA, no reset, drive A */
    eq("fdc: an interrupt after reset", interrupt(), 1);
    for (u32 n = 0; n < 4; n++)
        eq("fdc: it polled its drives", sense() >> 8, 0xc0 | n);
    eq("fdc: sense without a reason is invalid", (sense(), result[0]), 0x80);
    outb(CCR, 0);
    command(specify, 3);
    command(version, 1);
    eq("fdc: version: one result", results(), 1);
    eq("fdc: an 82077", result[0], 0x90);
    command(recalibrate, 2);
    eq("fdc: an interrupt after recalibrate", interrupt(), 1);
    eq("fdc: at cylinder 0", sense(), 0x2000);
    eq("fdc: seek", seek(5), 0x2005);
    eq("fdc: and back", seek(0), 0x2000);
    const u8 drive[2] = {4, 0};
    command(drive, 2);
    eq("fdc: drive status: one result", results(), 1);
    eq("fdc: track 0, two sides", result[0] & 0x18, 0x18);
}

static void test_read(void)
{
    const u8 id[2] = {0x4a, 0};
    dma(TO_MEMORY, BUFFER, 512);
    transfer(0xe6, 0, 0, 1, 18);
    eq("fdc: read: no error", result[0] & 0xc0, 0);
    eq("fdc: read: the sector", is_fresh(BUFFER, 0, 1), 1);
    eq("dma: terminal count is told", inb(0x08) & 4, 4);
    eq("dma: and forgotten", inb(0x08) & 4, 0);
    eq("dma: the count has run out", dma_count(), 0xffff);
    dma(TO_MEMORY, BUFFER, 36 * 512);
    transfer(0xe6, 0, 0, 1, 18);
    eq("fdc: multi-track: both sides", is_fresh(BUFFER, 0, 36), 1);
    eq("fdc: and it stands behind them", (u32)result[3] << 16 | (u32)result[4] << 8 | result[5],
       0x010001);
    eq("fdc: seek", seek(40), 0x2028);
    dma(TO_MEMORY, BUFFER, 3 * 512);
    transfer(0xe6, 40, 1, 16, 18);
    eq("fdc: cylinder 40, side 1, sector 16", is_fresh(BUFFER, 40 * 36 + 18 + 15, 3), 1);
    command(id, 2);
    eq("fdc: read ID: an interrupt", interrupt(), 1);
    eq("fdc: read ID", results(), 7);
    eq("fdc: read ID: where it is", (u32)result[3] << 8 | result[6], 40 << 8 | 2);
}

/* What the DMA controller makes of it. */
static void test_dma(void)
{
    fill(BUFFER, 1024, 5);
    (void)seek(0);
    dma(VERIFY, BUFFER, 512);
    transfer(0xe6, 0, 0, 1, 18);
    eq("dma: verify moves nothing", is_filled(BUFFER, 1024, 5), 1);
    dma(TO_MEMORY | AUTO, BUFFER, 512);
    transfer(0xe6, 0, 0, 1, 18);
    eq("dma: autoinitialize brings the count back", dma_count(), 511);
    transfer(0xe6, 0, 0, 2, 18);
    eq("dma: and the address", is_fresh(BUFFER, 1, 1), 1);
    fill(BUFFER, 512, 9);
    fill(BUFFER + 0x10000, 512, 9);
    dma(TO_MEMORY, BUFFER + 0xff00, 512);
    transfer(0xe6, 0, 0, 1, 18);
    eq("dma: stays inside 64 KiB", is_filled(BUFFER + 0x10000, 512, 9), 1);
    eq("dma: and goes on at its start", mem_get(BUFFER), 64);
    outb(0x0c, 0);
    outb(0x04, 0x34);
    outb(0x04, 0x12);
    outb(0x0c, 0);
    eq("dma: the flip-flop: low byte first", inb(0x04), 0x34);
    eq("dma: then the high one", inb(0x04), 0x12);
    outb(0x81, 0x5a);
    eq("dma: a page register", inb(0x81), 0x5a);
    outb(0x84, 0xa5);
    eq("dma: one without a channel", inb(0x84), 0xa5);
    outb(0x0d, 0);
    eq("dma: master clear", inb(0x08) & 0x0f, 0);
    outb(0x0e, 0);
    outb(0x0a, 6);
    outb(0xd6, 0xc0);
    outb(0xd4, 0);
}

static void test_write(void)
{
    (void)seek(78);
    fill(BUFFER, 1024, 0x1000);
    dma(FROM_MEMORY, BUFFER, 1024);
    transfer(0xc5, 78, 0, 3, 18);
    eq("fdc: write: no error", result[0] & 0xc0, 0);
    fill(BUFFER, 1024, 1);
    dma(TO_MEMORY, BUFFER, 1024);
    transfer(0xe6, 78, 0, 3, 18);
    eq("fdc: read back", is_filled(BUFFER, 1024, 0x1000), 1);
    (void)seek(79);
    u8 *ids = (u8 *)BUFFER;
    for (u32 n = 0; n < 18; n++) {
        ids[4 * n] = 79;
        ids[4 * n + 1] = 0;
        ids[4 * n + 2] = (u8)(n + 1);
        ids[4 * n + 3] = 2;
    }
    dma(FROM_MEMORY, BUFFER, 72);
    const u8 format[6] = {0x4d, 0, 2, 18, 0x54, 0xe5};
    command(format, 6);
    eq("fdc: format: an interrupt", interrupt(), 1);
    eq("fdc: format: seven results", results(), 7);
    eq("fdc: format: no error", result[0] & 0xc0, 0);
    dma(TO_MEMORY, BUFFER, 512);
    transfer(0xe6, 79, 0, 7, 18);
    eq("fdc: format: filled", mem_get(BUFFER + 256), 0xe5e5e5e5);
}

static void test_errors(void)
{
    (void)seek(0);
    dma(TO_MEMORY, BUFFER, 512);
    transfer(0xe6, 0, 0, 30, 30);
    eq("fdc: no such sector: abnormal end", result[0] & 0xc0, 0x40);
    eq("fdc: no such sector: ND", result[1] & 4, 4);
    dma(TO_MEMORY, BUFFER, 512);
    transfer(0xa6, 7, 0, 1, 18); /* the heads are at 0, and do not move by themselves */
    eq("fdc: another cylinder in the ID: abnormal end", result[0] & 0xc0, 0x40);
    dma(TO_MEMORY, BUFFER, 1024);
    transfer(0x66, 0, 0, 18, 18); /* one side: two sectors are wanted, there is one */
    eq("fdc: end of cylinder: abnormal end", result[0] & 0xc0, 0x40);
    eq("fdc: end of cylinder: EN", result[1] & 0x80, 0x80);
    eq("fdc: end of cylinder: the sector came", is_fresh(BUFFER, 17, 1), 1);
    const u8 bad[1] = {0x1f};
    command(bad, 1);
    eq("fdc: no such command: one result", results(), 1);
    eq("fdc: no such command: 80h", result[0], 0x80);
}

void test_floppy(void)
{
    if (board.apic)
        lapic_put(L_LINT0, 0x700);
    pic_unmask(1 << 6);
    outb(0xd6, 0xc0);
    outb(0xd4, 0);
    test_reset();
    test_read();
    test_dma();
    test_write();
    test_errors();
    outb(DOR, 0x0c);
    pic_unmask(0);
}
