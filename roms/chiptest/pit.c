/* SPDX-License-Identifier: MIT */
/*
 * pit.c - the 8254: every mode's status by the read-back command, counting, latches, BCD, gates; IRQ 0.
 * Source: Intel 8254 data sheet (231164).
 */
#include "chiptest/chiptest.h"

static void control(u32 channel, u32 mode, u32 bcd)
{
    outb(0x43, (u8)(channel << 6 | 0x30 | mode << 1 | bcd));
}

static void count_set(u32 channel, u32 n)
{
    outb((u16)(0x40 + channel), (u8)n);
    outb((u16)(0x40 + channel), (u8)(n >> 8));
}

static u8 status(u32 channel)
{
    outb(0x43, (u8)(0xe0 | 2u << channel));
    return inb((u16)(0x40 + channel));
}

static u32 count(u32 channel)
{
    outb(0x43, (u8)(channel << 6));
    u32 low = inb((u16)(0x40 + channel));
    return low | (u32)inb((u16)(0x40 + channel)) << 8;
}

static void gate(int on)
{
    outb(0x61, (u8)((inb(0x61) & 0xfc) | (on ? 1 : 0)));
}

/* Some microseconds without channel 2. */
static void pause(void)
{
    for (u32 n = 0; n < 1500; n++)
        (void)inb(0x61);
}

static void test_modes(void)
{
    for (u32 channel = 0; channel < 3; channel += 2) {
        for (u32 mode = 0; mode < 6; mode++) {
            gate(0);
            control(channel, mode, 0);
            eq("pit: status tells the mode", status(channel) & 0x3f, 0x30 | mode << 1);
            eq("pit: OUT is low in mode 0 only", status(channel) >> 7, mode != 0);
            eq("pit: null count", status(channel) & 0x40, 0x40);
            count_set(channel, 40000);
            if (channel == 2 && (mode == 1 || mode == 5)) {
                pause();
                eq("pit: modes 1 and 5 wait for the gate", status(2) & 0x40, 0x40);
            }
            gate(1);
            pause();
            if (channel == 2 || (mode != 1 && mode != 5))
                eq("pit: the count is loaded", status(channel) & 0x40, 0);
        }
    }
    control(2, 6, 0);
    eq("pit: mode 6 reads back as written, and is 2", status(2) & 0x36, 0x34);
}

static void test_counting(void)
{
    gate(1);
    control(2, 2, 0);
    count_set(2, 10000);
    pause();
    u32 a = count(2);
    pause();
    u32 b = count(2);
    eq("pit: it counts down", a > b && b > 0 && a <= 10000, 1);
    gate(0);
    pause();
    a = count(2);
    pause();
    eq("pit: the gate holds it", count(2), a);
    gate(1);
    outb(0x43, 0x80);
    a = inb(0x42);
    pause();
    a |= (u32)inb(0x42) << 8;
    eq("pit: a latched count stands still", a - count(2) > 20, 1);
    outb(0x43, 0xc8); /* both, of channel 2 */
    eq("pit: read-back: status first", inb(0x42) & 0x3f, 0x34);
    a = inb(0x42);
    a |= (u32)inb(0x42) << 8;
    eq("pit: read-back: then the count", a > 0 && a <= 10000, 1);
    control(2, 2, 1);
    count_set(2, 0x1000);
    u32 bad = 0;
    for (u32 n = 0; n < 100; n++) {
        pause();
        a = count(2);
        for (u32 digit = 0; digit < 16; digit += 4)
            bad += (a >> digit & 15) > 9;
    }
    eq("pit: BCD counts in decimal", bad, 0);
    control(2, 3, 0);
    count_set(2, 1000);
    pause();
    bad = 0;
    for (u32 n = 0; n < 50; n++)
        bad += count(2) & 1;
    eq("pit: mode 3 counts by two", bad, 0);
    outb(0x43, 0x94); /* channel 2, low byte, mode 2 */
    outb(0x42, 50);
    pause();
    eq("pit: one byte is all of the count", inb(0x42) <= 50, 1);
}

static void test_outputs(void)
{
    gate(1);
    control(2, 0, 0);
    count_set(2, 2000);
    eq("pit: mode 0: OUT is low", inb(0x61) & 0x20, 0);
    gate(0);
    for (u32 n = 0; n < 30; n++)
        pause();
    eq("pit: mode 0: the gate stops it", inb(0x61) & 0x20, 0);
    gate(1);
    u32 n = 0;
    while (!(inb(0x61) & 0x20) && n < 1000000)
        n++;
    eq("pit: mode 0: OUT rises at the end", n < 1000000, 1);
    eq("pit: and stays", inb(0x61) & 0x20, 0x20);
    u32 a = count(2);
    pause();
    eq("pit: it counts on", a != count(2), 1);
    gate(0);
    control(2, 1, 0);
    count_set(2, 3000);
    eq("pit: mode 1: OUT is high", inb(0x61) & 0x20, 0x20);
    gate(1);
    pause();
    eq("pit: mode 1: the gate starts it", inb(0x61) & 0x20, 0);
    for (n = 0; n < 1000000 && !(inb(0x61) & 0x20); n++)
        continue;
    eq("pit: mode 1: it ends", n < 1000000, 1);
    gate(0);
    gate(1);
    pause();
    eq("pit: mode 1: again", inb(0x61) & 0x20, 0);
}

static void test_irq0(void)
{
    if (board.apic)
        lapic_put(L_LINT0, 0x700);
    control(0, 2, 0);
    count_set(0, 1193);
    pic_unmask(1);
    irq_on();
    pic_eoi();
    irq_clear();
    for (u32 n = 0; n < 400; n++) {
        delay_us(50);
        irq_on();
        pic_eoi();
    }
    near("pit: IRQ 0 at 1 kHz for 20 ms", irq_count[0x20], 20, 2);
    pic_unmask(0);
}

void test_pit(void)
{
    test_modes();
    test_counting();
    test_outputs();
    test_irq0();
}
