/* SPDX-License-Identifier: MIT */
/*
 * ioapic.c - the I/O APIC, with the 8254 on pin 2 and the RTC on pin 8 as sources. Source: Intel 82093AA data
 * sheet (290566). The 8259s are masked: they hear the same lines.
 */
#include "chiptest/chiptest.h"

enum { TIMER = 2, CLOCK = 8, LEVEL = 0x8000, LOW = 0x2000, REMOTE = 0x4000 };

u32 ioapic_get(u32 reg)
{
    mem_put(board.ioapic, reg);
    return mem_get(board.ioapic + 0x10);
}

void ioapic_put(u32 reg, u32 v)
{
    mem_put(board.ioapic, reg);
    mem_put(board.ioapic + 0x10, v);
}

void ioapic_entry(u32 pin, u32 low)
{
    ioapic_put(0x11 + 2 * pin, 0);
    ioapic_put(0x10 + 2 * pin, low);
}

/* OUT of channel 0 falls, and rises some ticks later. */
static void timer_edge(void)
{
    outb(0x43, 0x30);
    outb(0x40, 20);
    outb(0x40, 0);
    delay_us(100);
}

static void test_registers(void)
{
    eq("ioapic: version", ioapic_get(1) & 0xff, 0x11);
    eq("ioapic: 24 pins", ioapic_get(1) >> 16 & 0xff, 23);
    ioapic_put(0, 0x0f000000);
    eq("ioapic: ID", ioapic_get(0), 0x0f000000);
    eq("ioapic: arbitration ID", ioapic_get(2), 0x0f000000);
    ioapic_put(0, 0);
    ioapic_put(0x2e, 0xffffffff);
    eq("ioapic: writable bits of an entry", ioapic_get(0x2e), 0x1afff);
    ioapic_put(0x2f, 0xffffffff);
    eq("ioapic: its destination", ioapic_get(0x2f), 0xff000000);
    ioapic_entry(15, MASKED);
}

static void test_edge(void)
{
    irq_clear();
    ioapic_entry(TIMER, 0x72 | MASKED);
    timer_edge();
    ioapic_entry(TIMER, 0x72);
    irq_on();
    eq("ioapic: an edge on a masked pin is lost", irq_count[0x72], 0);
    timer_edge();
    irq_on();
    eq("ioapic: an edge", irq_count[0x72], 1);
    eq("ioapic: edge-triggered in the local APIC", set_has(board.lapic + L_TMR, 0x72), 0);
    timer_edge();
    irq_on();
    eq("ioapic: the second waits for EOI", irq_count[0x72], 1);
    lapic_put(L_EOI, 0);
    irq_on();
    eq("ioapic: and comes then", irq_count[0x72], 2);
    lapic_put(L_EOI, 0);
    ioapic_entry(TIMER, 0x900 | 0x74); /* lowest priority, logical */
    ioapic_put(0x11 + 2 * TIMER, 0x01000000);
    timer_edge();
    irq_on();
    eq("ioapic: lowest priority, logical destination", irq_count[0x74], 1);
    lapic_put(L_EOI, 0);
    ioapic_entry(TIMER, 0x400);
    timer_edge();
    irq_on();
    eq("ioapic: NMI", irq_count[2], 1);
    ioapic_entry(TIMER, MASKED);
}

/* The RTC's update-ended interrupt as a level: IRQ 8 falls on hardware, here the wire is high while
   it asks. Register C clears it. */
static u8 rtc_flags(void)
{
    outb(0x70, 0x0c);
    return inb(0x71);
}

static void rtc_rate(u8 b)
{
    outb(0x70, 0x0a);
    outb(0x71, 0x26);
    outb(0x70, 0x0b);
    outb(0x71, b);
    (void)rtc_flags();
}

static void test_level(void)
{
    irq_clear();
    rtc_rate(0x42);
    ioapic_entry(CLOCK, 0x78 | LEVEL);
    eq("ioapic: a level comes", irq_wait(0x78, 20000), 1);
    eq("ioapic: remote IRR", ioapic_get(0x10 + 2 * CLOCK) & REMOTE, REMOTE);
    eq("ioapic: level-triggered in the local APIC", set_has(board.lapic + L_TMR, 0x78), 1);
    lapic_put(L_EOI, 0);
    irq_on();
    eq("ioapic: EOI, and the level is still there", irq_count[0x78], 2);
    (void)rtc_flags();
    lapic_put(L_EOI, 0);
    eq("ioapic: EOI ends remote IRR", ioapic_get(0x10 + 2 * CLOCK) & REMOTE, 0);
    irq_on();
    ioapic_entry(CLOCK, 0x78 | LEVEL | MASKED);
    lapic_put(L_EOI, 0);
    irq_count[0x78] = 0;
    delay_us(3000);
    irq_on();
    eq("ioapic: a level on a masked pin waits", irq_count[0x78], 0);
    ioapic_entry(CLOCK, 0x78 | LEVEL);
    irq_on();
    eq("ioapic: and comes when it is unmasked", irq_count[0x78], 1);
    rtc_rate(0x02);
    ioapic_entry(CLOCK, MASKED);
    lapic_put(L_EOI, 0);
    irq_on();
    lapic_put(L_EOI, 0);
}

/* A pin where nothing is connected is low: by the entry's polarity that is active. */
static void test_polarity(void)
{
    irq_clear();
    ioapic_entry(19, 0x79 | LEVEL | LOW);
    irq_on();
    eq("ioapic: active low and low", irq_count[0x79], 1);
    ioapic_entry(19, 0x79 | LEVEL | MASKED);
    lapic_put(L_EOI, 0);
    irq_on();
    eq("ioapic: masked while in service: once", irq_count[0x79], 1);
    ioapic_entry(19, MASKED);
    lapic_put(L_EOI, 0);
}

/* All of channel 0 at 1 kHz, as a kernel would have it. */
static void test_rate(void)
{
    u32 came = 0;
    irq_clear();
    ioapic_entry(TIMER, 0x7a);
    outb(0x43, 0x34);
    outb(0x40, 1193 & 0xff);
    outb(0x40, 1193 >> 8);
    for (u32 n = 0; n < 200; n++) {
        irq_count[0x7a] = 0;
        irq_on();
        came += irq_count[0x7a];
        lapic_put(L_EOI, 0);
        delay_us(100);
    }
    near("ioapic: the 8254 at 1 kHz for 20 ms", came, 20, 2);
    ioapic_entry(TIMER, MASKED);
    irq_on();
    lapic_put(L_EOI, 0);
}

void test_ioapic(void)
{
    if (!board.ioapic)
        return;
    lapic_fresh();
    for (u32 pin = 0; pin < 24; pin++)
        ioapic_entry(pin, MASKED);
    test_registers();
    test_edge();
    test_level();
    test_polarity();
    test_rate();
    lapic_fresh();
    lapic_put(L_LINT0, 0x700);
}
