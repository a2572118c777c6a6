/* SPDX-License-Identifier: MIT */
/*
 * pci.c - configuration, the functions of a 440FX board, base addresses; shadow RAM; interrupt routing, with
 * an e1000 as the source if there is one. Source: PCI Local Bus Specification 2.1, chapter 6; Intel data
 * sheets of the 82441FX and 82371SB.
 */
#include "chiptest/chiptest.h"

static void test_mechanism(void)
{
    outl(0xcf8, 0x80000000);
    eq("pci: CF8h reads back", inl(0xcf8), 0x80000000);
    outb(0xcf8, 0x44);
    eq("pci: a byte to CF8h is not for it", inl(0xcf8), 0x80000000);
    outl(0xcf8, 0);
    eq("pci: without bit 31 no configuration", inl(0xcfc) == 0x12378086, 0);
    eq("pci: by words", (outl(0xcf8, 0x80000000), inw(0xcfe)), 0x1237);
    eq("pci: by bytes", (outl(0xcf8, 0x80000000), inb(0xcfd)), 0x80);
    eq("pci: a slot where nothing is", pci_get(31, 0, 0), 0xffffffff);
    eq("pci: a function where nothing is", pci_get(0, 1, 0), 0xffffffff);
}

static void test_functions(void)
{
    static const struct {
        u8 slot, function;
        u32 id, class;
    } row[] = {
        {0, 0, 0x12378086, 0x060000},
        {1, 0, 0x70008086, 0x060100},
        {1, 1, 0x70108086, 0x010180},
        {1, 3, 0x71138086, 0x068000},
    };
    for (u32 n = 0; n < sizeof row / sizeof *row; n++) {
        eq("pci: function", pci_get(row[n].slot, row[n].function, 0), row[n].id);
        eq("pci: its class", pci_get(row[n].slot, row[n].function, 8) >> 8, row[n].class);
        pci_put(row[n].slot, row[n].function, 0, 0x12345678);
        eq("pci: the ID is read only", pci_get(row[n].slot, row[n].function, 0), row[n].id);
    }
    eq("pci: slot 1 has several functions", pci_get8(1, 0, 14) & 0x80, 0x80);
    eq("pci: the VGA", pci_get(2, 0, 8) >> 8, 0x030000);
    eq("pci: interrupt line is memory", (pci_put8(2, 0, 0x3c, 0x5a), pci_get8(2, 0, 0x3c)), 0x5a);
}

/* What a base address register says of its size: a power of two, its kind kept. */
static void test_bars(void)
{
    u32 found = 0;
    for (u32 slot = 0; slot < 32; slot++) {
        for (u32 function = 0; function < 8; function++) {
            if (pci_get(slot, function, 0) == 0xffffffff)
                continue;
            u32 command = pci_get(slot, function, 4) & 0xffff;
            pci_put(slot, function, 4, command & ~3u); /* nobody answers meanwhile */
            for (u32 reg = 0x10; reg < 0x28; reg += 4) {
                u32 was = pci_get(slot, function, reg);
                pci_put(slot, function, reg, 0xffffffff);
                u32 mask = pci_get(slot, function, reg), bits = mask & 1 ? 3 : 15;
                pci_put(slot, function, reg, was);
                if (!mask)
                    continue;
                found++;
                u32 size = ~(mask & ~bits) + 1;
                if (mask & 1)
                    size &= 0xffff;
                eq("pci: size of a base address", size & (size - 1), 0);
                eq("pci: the base is aligned", (was & ~bits) & (size - 1), 0);
                eq("pci: the base is as it was", pci_get(slot, function, reg), was);
            }
            pci_put(slot, function, 4, command);
        }
    }
    eq("pci: bus master IDE and VGA have base addresses", found >= 2, 1);
}

void test_pci(void)
{
    if (!board.pci)
        return;
    test_mechanism();
    test_functions();
    test_bars();
}

/* ---- Shadow RAM: D8000h-DBFFFh is the low half of 5Dh ---------------------------------- */

#define SHADOW 0xd8000u

static void pam(u32 mode)
{
    pci_put8(0, 0, 0x5d, (u8)((pci_get8(0, 0, 0x5d) & 0xf0) | mode));
}

void test_pam(void)
{
    if (!board.pci)
        return;
    u8 was = pci_get8(0, 0, 0x5d);
    pam(3);
    mem_put(SHADOW, 0x11111111);
    mem_put(SHADOW + 0x3ffc, 0x22222222);
    eq("pam: read and write", mem_get(SHADOW), 0x11111111);
    eq("pam: up to its end", mem_get(SHADOW + 0x3ffc), 0x22222222);
    pam(1);
    mem_put(SHADOW, 0x33333333);
    eq("pam: read only", mem_get(SHADOW), 0x11111111);
    pam(2);
    mem_put(SHADOW, 0x44444444);
    eq("pam: write only: loads go to the bus", mem_get(SHADOW), 0xffffffff);
    pam(0);
    mem_put(SHADOW, 0x55555555);
    eq("pam: neither", mem_get(SHADOW), 0xffffffff);
    pam(1);
    eq("pam: what was written when write only", mem_get(SHADOW), 0x44444444);
    pam(3);
    pci_put8(0, 0, 0x5d, (u8)((was & 0x0f) | 3));
    pci_put8(0, 0, 0x5d, was);
    eq("pam: the register reads back", pci_get8(0, 0, 0x5d), was);
}

/* ---- PIRQ: an e1000 raises its interrupt when its ICS register is written --------------- */

enum { ICR = 0xc0, ICS = 0xc8, IMS = 0xd0, IMC = 0xd8 };

static u32 find_e1000(void)
{
    for (u32 slot = 0; slot < 32; slot++)
        if (pci_get(slot, 0, 0) == 0x100e8086)
            return slot;
    return 32;
}

static void test_routes(u32 card, u32 pirq)
{
    pci_put8(1, 0, 0x60 + pirq, 0x80);
    outb(0x4d1, inb(0x4d1) | 0x0c); /* IRQ 10 and 11 are levels */
    (void)mem_get(card + ICR);
    mem_put(card + IMS, 4);
    mem_put(card + ICS, 4);
    eq("pirq: routed nowhere", pic_requests() & 0xc00, 0);
    pci_put8(1, 0, 0x60 + pirq, 11);
    eq("pirq: routed to IRQ 11", pic_requests() & 0xc00, 0x800);
    pci_put8(1, 0, 0x60 + pirq, 10);
    eq("pirq: routed to IRQ 10", pic_requests() & 0xc00, 0x400);
    pic_unmask(1 << 10);
    irq_on();
    eq("pirq: it comes", irq_count[0x2a], 1);
    pic_eoi();
    irq_on();
    eq("pirq: a level comes again", irq_count[0x2a], 2);
    eq("pirq: the card's reason", mem_get(card + ICR) & 4, 4);
    pic_eoi();
    irq_on();
    eq("pirq: reading it lets the line go", irq_count[0x2a], 2);
    pic_unmask(0);
}

/* The same line through the I/O APIC. */
static void test_pin(u32 card)
{
    lapic_fresh();
    ioapic_entry(10, 0x8a | 0x8000);
    irq_clear();
    mem_put(card + ICS, 4);
    eq("pirq: pin 10 of the I/O APIC", irq_wait(0x8a, 10000), 1);
    (void)mem_get(card + ICR);
    lapic_put(L_EOI, 0);
    irq_on();
    eq("pirq: EOI after the card was asked: over", irq_count[0x8a], 1);
    ioapic_entry(10, MASKED);
    lapic_put(L_LINT0, 0x700);
}

void test_pirq(void)
{
    u32 slot = board.pci ? find_e1000() : 32;
    if (slot == 32)
        return;
    u32 card = pci_get(slot, 0, 0x10) & ~15u, pirq = (slot - 1 + pci_get8(slot, 0, 0x3d) - 1) & 3;
    u32 was = pci_get8(1, 0, 0x60 + pirq);
    pci_put(slot, 0, 4, pci_get(slot, 0, 4) | 2);
    if (board.apic)
        lapic_put(L_LINT0, 0x700);
    test_routes(card, pirq);
    if (board.ioapic)
        test_pin(card);
    mem_put(card + IMC, 0xffffffff);
    pci_put8(1, 0, 0x60 + pirq, (u8)was);
}
