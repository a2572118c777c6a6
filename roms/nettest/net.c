/* SPDX-License-Identifier: MIT */
/*
 * net.c - what a card must be good for: ARP (RFC 826), DHCP (RFC 2131) and ICMP echo (RFC 792) with
 * the gateway, frames of every size, several at a time, more than any ring holds.
 */
#include "nettest/nettest.h"

#define TICKS_A_SECOND 1193182u

static const u8 guest[4] = {10, 0, 2, 15}, gateway[4] = {10, 0, 2, 2};
static u8 gateway_address[6];
static u8 out[1536], in[1536];
static const struct card *card;

void net_copy(u8 *to, const u8 *from, u32 n)
{
    for (; n; n--)
        *to++ = *from++;
}

static int same(const u8 *a, const u8 *b, u32 n)
{
    for (; n; n--)
        if (*a++ != *b++)
            return 0;
    return 1;
}

/* Channel 0 of the timer, counting down all the time. */
static u32 count(void)
{
    outb(0x43, 0);
    u32 low = inb(0x40);
    return low | (u32)inb(0x40) << 8;
}

int net_wait(int (*done)(void))
{
    u32 last = count(), passed = 0;
    while (!done()) {
        u32 now = count();
        passed += (last - now) & 0xffff;
        last = now;
        if (passed > 2 * TICKS_A_SECOND)
            return 0;
    }
    return 1;
}

static u32 get16(const u8 *p)
{
    return (u32)(p[0] << 8 | p[1]);
}

static void put16(u8 *p, u32 v)
{
    p[0] = (u8)(v >> 8);
    p[1] = (u8)v;
}

static u32 sum(const u8 *p, u32 n)
{
    u32 s = 0;
    for (u32 i = 0; i < n; i++)
        s += i & 1 ? p[i] : (u32)p[i] << 8;
    while (s >> 16)
        s = (s & 0xffff) + (s >> 16);
    return s;
}

static void header(const u8 *to, u32 type)
{
    net_copy(out, to, 6);
    net_copy(out + 6, card->address, 6);
    put16(out + 12, type);
}

static void send(u32 n)
{
    for (; n < 60; n++)
        out[n] = 0;
    card->send(out, n);
}

static u32 length; /* of what is in `in` */

static void send_arp(u32 operation, const u8 *to, const u8 *ip)
{
    static const u8 start[6] = {0, 1, 8, 0, 6, 4};
    header(to, 0x0806);
    net_copy(out + 14, start, 6);
    put16(out + 20, operation);
    net_copy(out + 22, card->address, 6);
    net_copy(out + 28, guest, 4);
    net_copy(out + 32, to, 6);
    net_copy(out + 38, ip, 4);
    send(42);
}

/* The next frame is in `in`; questions for our address are answered on the way. */
static int next(void)
{
    length = card->receive(in);
    if (length && get16(in + 12) == 0x0806 && get16(in + 20) == 1 && same(in + 38, guest, 4)) {
        u8 who[6], ip[4];
        net_copy(who, in + 22, 6);
        net_copy(ip, in + 28, 4);
        send_arp(2, who, ip);
        return 0;
    }
    return length != 0;
}

static int arp_came(void)
{
    return next() && get16(in + 12) == 0x0806 && get16(in + 20) == 2 && same(in + 28, gateway, 4);
}

static void test_arp(void)
{
    static const u8 all[6] = {255, 255, 255, 255, 255, 255};
    send_arp(1, all, gateway);
    rt_report_eq("ARP: the gateway answers", (u32)net_wait(arp_came), 1);
    rt_report_eq("ARP: to us", (u32)same(in, card->address, 6), 1);
    rt_report_eq("ARP: padded to 60 bytes at least", length >= 60, 1);
    net_copy(gateway_address, in + 22, 6);
}

static void ip(u32 protocol, const u8 *from, const u8 *to, u32 n)
{
    u8 *p = out + 14;
    for (u32 i = 0; i < 20; i++)
        p[i] = 0;
    p[0] = 0x45;
    put16(p + 2, 20 + n);
    p[8] = 64;
    p[9] = (u8)protocol;
    net_copy(p + 12, from, 4);
    net_copy(p + 16, to, 4);
    put16(p + 10, ~sum(p, 20) & 0xffff);
}

static int offer_came(void)
{
    return next() && get16(in + 12) == 0x0800 && in[23] == 17 && get16(in + 36) == 68;
}

static void test_dhcp(void)
{
    static const u8 all[6] = {255, 255, 255, 255, 255, 255}, none[4];
    static const u8 options[8] = {99, 130, 83, 99, 53, 1, 1, 255};
    header(all, 0x0800);
    for (u32 i = 34; i < 342; i++)
        out[i] = 0;
    ip(17, none, all, 308);
    put16(out + 34, 68);
    put16(out + 36, 67);
    put16(out + 38, 308);
    out[42] = out[43] = 1;
    out[44] = 6;
    net_copy(out + 70, card->address, 6);
    net_copy(out + 278, options, 8);
    send(342);
    rt_report_eq("DHCP: an offer", (u32)net_wait(offer_came), 1);
    rt_report_eq("DHCP: 10.0.2.15", (u32)same(in + 58, guest, 4), 1);
}

static void ping(u32 id, u32 n)
{
    u8 *p = out + 34;
    header(gateway_address, 0x0800);
    ip(1, guest, gateway, 8 + n);
    for (u32 i = 0; i < 8; i++)
        p[i] = 0;
    p[0] = 8;
    put16(p + 4, id);
    put16(p + 6, n);
    for (u32 i = 0; i < n; i++)
        p[8 + i] = (u8)(i * 7 + id);
    put16(p + 2, ~sum(p, 8 + n) & 0xffff);
    send(42 + n);
}

static int echo_came(void)
{
    return next() && get16(in + 12) == 0x0800 && in[23] == 1 && in[34] == 0;
}

static int echo_is(u32 id, u32 n)
{
    if (get16(in + 38) != id || get16(in + 40) != n || get16(in + 16) != 28 + n ||
        sum(in + 34, 8 + n) != 0xffff || length < 42 + n)
        return 0;
    for (u32 i = 0; i < n; i++)
        if (in[42 + i] != (u8)(i * 7 + id))
            return 0;
    return 1;
}

/* Sizes around the edges of pages and frames, and enough of them to go round every ring. */
static void test_sizes(void)
{
    static const u32 sizes[] = {0,   1,   17,   18,   19,   205,  206,  207, 208, 209,
                                210, 211, 212,  213,  214,  300,  461,  462, 463, 464,
                                465, 717, 1000, 1023, 1229, 1470, 1471, 1472};
    u32 good = 0, number = sizeof sizes / sizeof *sizes;
    for (u32 round = 0; round < 4; round++) {
        for (u32 i = 0; i < number; i++) {
            ping(round * 100 + i, sizes[i]);
            if (!net_wait(echo_came) || !echo_is(round * 100 + i, sizes[i]))
                break; /* one is enough: each takes its time */
            good++;
        }
    }
    rt_report_eq("ping: every size, back as it was sent", good, 4 * number);
}

static void test_burst(void)
{
    u32 good = 0;
    for (u32 i = 0; i < 6; i++)
        ping(1000 + i, 800 + i);
    for (u32 i = 0; i < 6; i++)
        good += net_wait(echo_came) && echo_is(1000 + i, 800 + i);
    rt_report_eq("ping: six at once, answered in order", good, 6);
}

void net_tests(const struct card *c)
{
    card = c;
    outb(0x43, 0x34);
    outb(0x40, 0);
    outb(0x40, 0);
    test_arp();
    test_dhcp();
    test_sizes();
    test_burst();
    rt_report_eq("nothing more comes", (u32)echo_came(), 0);
}
