/* SPDX-License-Identifier: MIT */
/*
 * nettest.h - a network card as the tests of the network see it, and what its driver may use.
 *
 * Each program is one driver (ne2000.c, e1000.c) with the same tests (net.c): the gateway 10.0.2.2
 * of QEMU's user network or emu386's --net user is at the other end.
 */
#ifndef ROMS_NETTEST_H
#define ROMS_NETTEST_H

#include "cputest/rt.h"

struct card {
    u8 address[6];
    void (*send)(const u8 *frame, u32 n);
    u32 (*receive)(u8 *frame); /* the next frame, at most 1514 bytes; 0: there is none */
};

/* Runs the tests: ARP, DHCP, ping of all sizes. */
void net_tests(const struct card *c);
/* Waits until done() or for two seconds; false: it is not. */
int net_wait(int (*done)(void));
void net_copy(u8 *to, const u8 *from, u32 n);

static inline void outb(u16 port, u8 v)
{
    __asm__ volatile("outb %0, %1" : : "a"(v), "Nd"(port));
}

static inline void outw(u16 port, u16 v)
{
    __asm__ volatile("outw %0, %1" : : "a"(v), "Nd"(port));
}

static inline void outl(u16 port, u32 v)
{
    __asm__ volatile("outl %0, %1" : : "a"(v), "Nd"(port));
}

static inline u8 inb(u16 port)
{
    u8 v;
    __asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
    return v;
}

static inline u16 inw(u16 port)
{
    u16 v;
    __asm__ volatile("inw %1, %0" : "=a"(v) : "Nd"(port));
    return v;
}

static inline u32 inl(u16 port)
{
    u32 v;
    __asm__ volatile("inl %1, %0" : "=a"(v) : "Nd"(port));
    return v;
}

#endif
