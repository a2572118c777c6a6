/* SPDX-License-Identifier: MIT */
/*
 * e1000.c - a driver for an Intel 82540EM that checks what it sees on the way. Source: Intel's Software
 * Developer's Manual 317453. The checksum of every other ping is computed by the card.
 */
#include "nettest/nettest.h"

#define RX 16u
#define TX 8u

struct descriptor {
    u32 address, high;
    u16 length;
    u16 checksum; /* transmit: CSO and CMD */
    u8 status, errors;
    u16 special;
};

static struct descriptor rx[RX] __attribute__((aligned(16))), tx[TX] __attribute__((aligned(16)));
static u8 rx_buffer[RX][2048], tx_buffer[TX][2048];
static volatile u32 *base;
static u32 rx_at, tx_at, number;

static u32 rd(u32 reg)
{
    return base[reg / 4];
}

static void wr(u32 reg, u32 v)
{
    base[reg / 4] = v;
}

static u32 configuration(u32 slot, u32 reg)
{
    outl(0xcf8, 0x80000000 | slot << 11 | reg);
    return inl(0xcfc);
}

static u32 find(void)
{
    for (u32 slot = 0; slot < 32; slot++)
        if (configuration(slot, 0) == 0x100e8086)
            return slot;
    return 32;
}

static int read_done(void)
{
    return rd(0x14) & 0x10;
}

static u32 eeprom(u32 word)
{
    wr(0x14, word << 8 | 1);
    return net_wait(read_done) ? rd(0x14) >> 16 : 0;
}

static int sent(void)
{
    return *(volatile u8 *)&tx[tx_at].status & 1;
}

/* A context: what is to be summed begins at 34, the sum goes to 36. */
static void describe_sums(void)
{
    u32 *d = (u32 *)&tx[tx_at];
    d[0] = 0;
    d[1] = 36 << 8 | 34;
    d[2] = 0x20000000; /* DEXT */
    d[3] = 0;
    tx_at = (tx_at + 1) % TX;
}

static void send(const u8 *frame, u32 n)
{
    u8 *buffer = tx_buffer[tx_at];
    u32 options = 0;
    int ping = frame[12] == 8 && frame[13] == 0 && frame[23] == 1;
    net_copy(buffer, frame, n);
    if (ping && number++ % 2) {
        u32 total = (u32)(frame[16] << 8 | frame[17]) + 14;
        buffer[36] = buffer[37] = 0;
        for (u32 i = total; i < n; i++)
            buffer[i] = 0; /* padding counts for nothing */
        describe_sums();
        options = 0x200; /* TXSM */
    }
    u32 *d = (u32 *)&tx[tx_at];
    d[0] = (u32)buffer;
    d[1] = 0;
    d[2] = (options ? 0x2b100000 : 0x0b000000) | n; /* RS IFCS EOP; and DEXT, data */
    d[3] = options;
    __asm__ volatile("" : : : "memory");
    wr(0x3818, (tx_at + 1) % TX);
    if (!net_wait(sent))
        rt_report_eq("transmission ends", 0, 1);
    tx_at = (tx_at + 1) % TX;
}

static u32 receive(u8 *frame)
{
    volatile struct descriptor *d = &rx[rx_at];
    if (!(d->status & 1))
        return 0;
    u32 n = d->length < 1514 ? d->length : 1514;
    net_copy(frame, rx_buffer[rx_at], n);
    d->status = 0;
    wr(0x2818, rx_at); /* it is the card's again */
    rx_at = (rx_at + 1) % RX;
    return n;
}

static int link_is_up(void)
{
    return rd(8) & 2;
}

static void set_up_rings(void)
{
    for (u32 i = 0; i < RX; i++)
        rx[i].address = (u32)rx_buffer[i];
    wr(0x2800, (u32)rx);
    wr(0x2804, 0);
    wr(0x2808, sizeof rx);
    wr(0x2810, 0);
    wr(0x2818, RX - 1);
    wr(0x3800, (u32)tx);
    wr(0x3804, 0);
    wr(0x3808, sizeof tx);
    wr(0x3810, 0);
    wr(0x3818, 0);
    wr(0x410, 0x0060200a);
    wr(0x400, 0x0004010a); /* EN PSP, collision thresholds */
    wr(0x100, 0x04008002); /* EN BAM, 2048 bytes, SECRC */
}

void test_main(void)
{
    struct card c = {.send = send, .receive = receive};
    u32 slot = find(), sum = 0;
    rt_report_eq("8086:100E is there", slot < 32, 1);
    if (slot == 32)
        return;
    rt_report_eq("an Ethernet controller", configuration(slot, 8) >> 8, 0x020000);
    outl(0xcf8, 0x80000000 | slot << 11 | 4);
    outl(0xcfc, inl(0xcfc) | 7);
    base = (volatile u32 *)(configuration(slot, 0x10) & ~15u);
    wr(0xd8, 0xffffffff);
    wr(0, rd(0) | 1u << 26);
    rt_report_eq("CTRL.RST ends", rd(0) >> 26 & 1, 0);
    wr(0xd8, 0xffffffff);
    for (u32 i = 0; i < 64; i++)
        sum += eeprom(i);
    rt_report_eq("the EEPROM's sum", sum & 0xffff, 0xbaba);
    for (u32 i = 0; i < 3; i++) {
        c.address[2 * i] = (u8)eeprom(i);
        c.address[2 * i + 1] = (u8)(eeprom(i) >> 8);
    }
    wr(0, (rd(0) | 1u << 6) & ~(1u << 3 | 1u << 31 | 1u << 7));
    rt_report_eq("the link is up", (u32)net_wait(link_is_up), 1);
    rt_report_eq("1000 Mb/s, full duplex", rd(8) & 0xc1, 0x81);
    wr(0x20, 2u << 26 | 1u << 21 | 2u << 16);
    rt_report_eq("the PHY's identity", rd(0x20) & 0xffff, 0x0141);
    wr(0x5400,
       c.address[0] | (u32)c.address[1] << 8 | (u32)c.address[2] << 16 | (u32)c.address[3] << 24);
    wr(0x5404, c.address[4] | (u32)c.address[5] << 8 | 1u << 31);
    for (u32 i = 0; i < 128; i++)
        wr(0x5200 + 4 * i, 0);
    set_up_rings();
    (void)rd(0xc0);
    net_tests(&c);
    rt_report_eq("ICR: sent and received", rd(0xc0) & 0x81, 0x81);
    rt_report_eq("ICR is cleared by reading", rd(0xc0) & 0x81, 0);
    u32 good = rd(0x4074);
    rt_report_eq("GPRC counted", good > 100, 1);
    rt_report_eq("GPRC is cleared by reading", rd(0x4074), 0);
    wr(0x100, 0);
    wr(0x400, 0);
}
