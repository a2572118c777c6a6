/* SPDX-License-Identifier: MIT */
/*
 * ne2000.c - a driver for an NE2000 at 300h that checks what it sees on the way. Source: DP8390D data
 * sheet. Six pages to send from, the rest is the ring.
 */
#include "nettest/nettest.h"

#define BASE 0x300
enum { CR = BASE, BNRY = BASE + 3, TPSR = BASE + 4, ISR = BASE + 7, RSAR = BASE + 8 };
enum { RBCR = BASE + 10, RCR = BASE + 12, TCR = BASE + 13, DCR = BASE + 14, IMR = BASE + 15 };
enum { CURR = BASE + 7, DATA = BASE + 16, RESET = BASE + 31 };
enum { TX_PAGE = 0x40, START = 0x46, STOP = 0x80 };

static u32 bad_headers;

static void remote(u32 at, u32 n, u8 command)
{
    outb(CR, 0x22);
    outb(RBCR, (u8)n);
    outb(RBCR + 1, (u8)(n >> 8));
    outb(RSAR, (u8)at);
    outb(RSAR + 1, (u8)(at >> 8));
    outb(CR, command);
}

static void get(u32 at, u8 *to, u32 n)
{
    remote(at, (n + 1) & ~1u, 0x0a);
    for (u32 i = 0; i < n; i += 2) {
        u16 v = inw(DATA);
        to[i] = (u8)v;
        if (i + 1 < n)
            to[i + 1] = (u8)(v >> 8);
    }
    outb(ISR, 0x40);
}

static int sent(void)
{
    return inb(ISR) & 0x0a;
}

static void send(const u8 *frame, u32 n)
{
    remote(TX_PAGE << 8, (n + 1) & ~1u, 0x12);
    for (u32 i = 0; i < n; i += 2)
        outw(DATA, (u16)(frame[i] | (i + 1 < n ? frame[i + 1] << 8 : 0)));
    outb(ISR, 0x4a);
    outb(TPSR, TX_PAGE);
    outb(BASE + 5, (u8)n);
    outb(BASE + 6, (u8)(n >> 8));
    outb(CR, 0x26);
    if (!net_wait(sent))
        rt_report_eq("transmission ends", 0, 1);
}

static u32 receive(u8 *frame)
{
    u8 h[4];
    outb(CR, 0x62);
    u32 end = inb(CURR);
    outb(CR, 0x22);
    u32 at = inb(BNRY) + 1u;
    if (at == STOP)
        at = START;
    if (at == end)
        return 0;
    get(at << 8, h, 4);
    u32 n = (u32)(h[2] | h[3] << 8);
    n = n < 4 + 1514 ? n - 4 : 1514;
    u32 pages = (n + 8 + 255) / 256, after = at + pages;
    after = after >= STOP ? after - (STOP - START) : after;
    bad_headers += !(h[0] & 1) || h[1] != after;
    get((at << 8) + 4, frame, n);
    outb(BNRY, (u8)(h[1] == START ? STOP - 1 : h[1] - 1));
    return n;
}

static int is_reset(void)
{
    return inb(ISR) & 0x80;
}

void test_main(void)
{
    struct card c = {.send = send, .receive = receive};
    u8 prom[32];
    outb(RESET, inb(RESET));
    rt_report_eq("reset shows in ISR", (u32)net_wait(is_reset), 1);
    rt_report_eq("CR after reset", inb(CR), 0x21);
    outb(DCR, 0x49);
    outb(RBCR, 0);
    outb(RBCR + 1, 0);
    outb(RCR, 0x20);
    outb(TCR, 0x02);
    outb(BASE + 1, START);
    outb(BASE + 2, STOP);
    outb(BNRY, STOP - 1);
    outb(ISR, 0xff);
    outb(IMR, 0);
    get(0, prom, 32);
    u32 pairs = 0;
    for (u32 i = 0; i < 32; i += 2)
        pairs += prom[i] == prom[i + 1];
    rt_report_eq("PROM: every byte twice", pairs, 16);
    rt_report_eq("PROM: 57h at its end", (u32)(prom[28] << 8 | prom[31]), 0x5757);
    outb(CR, 0x61);
    for (u32 i = 0; i < 6; i++) {
        c.address[i] = prom[2 * i];
        outb((u16)(BASE + 1 + i), prom[2 * i]);
        rt_report_eq("PAR keeps", inb((u16)(BASE + 1 + i)), prom[2 * i]);
    }
    outb(CURR, START);
    outb(CR, 0x22);
    outb(TCR, 0);
    outb(RCR, 0x04);
    rt_report_eq("started", inb(CR), 0x22);
    net_tests(&c);
    rt_report_eq("headers that do not say where the next frame is", bad_headers, 0);
    rt_report_eq("no overflow", inb(ISR) & 0x10, 0);
    rt_report_eq("frames were received", inb(ISR) & 0x01, 1);
    outb(CR, 0x21);
}
