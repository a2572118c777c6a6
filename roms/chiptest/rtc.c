/* SPDX-License-Identifier: MIT */
/*
 * rtc.c - the clock: registers, formats, rollover, its three interrupts, update in progress. Source: Motorola
 * MC146818A data sheet. Seconds are waited for in HLT.
 */
#include "chiptest/chiptest.h"

enum { SET = 0x80, PIE = 0x40, AIE = 0x20, UIE = 0x10, BINARY = 4, H24 = 2 };

static u8 get(u32 reg)
{
    outb(0x70, (u8)reg);
    return inb(0x71);
}

static void put(u32 reg, u8 v)
{
    outb(0x70, (u8)reg);
    outb(0x71, v);
}

static u8 flags; /* that register C had at the last interrupt */

static void take_flags(void)
{
    flags = get(0x0c);
    pic_eoi();
}

/* Interrupts of these kinds, each taken and ended. */
static void enable(u8 b)
{
    irq_clear();
    irq_hook[0x28] = take_flags;
    put(0x0b, b);
    (void)get(0x0c);
    pic_unmask(1 << 8);
}

static void test_registers(void)
{
    put(0x0a, 0x26);
    put(0x0b, H24);
    eq("rtc: A", get(0x0a) & 0x7f, 0x26);
    eq("rtc: B", get(0x0b), H24);
    eq("rtc: D: the battery is good", get(0x0d), 0x80);
    u8 was = get(0x77);
    put(0x77, 0x5a);
    eq("rtc: memory", get(0x77), 0x5a);
    put(0x80 | 0x77, 0xa5);
    eq("rtc: bit 7 of the index is not the address", get(0x77), 0xa5);
    put(0x77, was);
    put(0x0c, 0xff);
    put(0x0d, 0);
    eq("rtc: D is read only", get(0x0d), 0x80);
}

static void time_set(u8 b, const u8 *value)
{
    static const u8 reg[] = {0, 2, 4, 6, 7, 8, 9};
    put(0x0b, SET | b);
    for (u32 n = 0; n < 7; n++)
        put(reg[n], value[n]);
    put(0x32, b & BINARY ? 20 : 0x20); /* the century */
    put(0x0b, b);
}

/* One update after this time it must be that. */
static void test_update(const char *name, u8 b, const u8 *from, const u8 *to)
{
    static const u8 reg[] = {0, 2, 4, 6, 7, 8, 9};
    time_set(b, from);
    enable((u8)(b | UIE));
    (void)irq_halt(0x28, 1);
    for (u32 n = 0; n < 7; n++)
        eq(reg[n] == 6 ? "rtc: the day of the week counts by itself" : name,
           (u32)reg[n] << 8 | get(reg[n]), (u32)reg[n] << 8 | to[n]);
    eq("rtc: C said update ended", flags & 0x90, 0x90);
    put(0x0b, b);
}

static void test_updates(void)
{
    /* seconds, minutes, hours, day of the week, day, month, year */
    static const u8 binary[] = {59, 59, 23, 6, 31, 12, 98}, after[] = {0, 0, 0, 7, 1, 1, 99};
    static const u8 bcd[] = {0x59, 0x59, 0x23, 3, 0x28, 2, 0x24},
                    leap[] = {0, 0, 0, 4, 0x29, 2, 0x24};
    static const u8 noon[] = {0x59, 0x59, 0x11, 1, 9, 9, 0x25}, pm[] = {0, 0, 0x92, 1, 9, 9, 0x25};
    test_update("rtc: binary: into a new year", H24 | BINARY, binary, after);
    test_update("rtc: BCD: the 29th of February", H24, bcd, leap);
    test_update("rtc: 12 hours: into the afternoon", 0, noon, pm);
}

static void test_alarm(void)
{
    static const u8 now[] = {0x10, 0x20, 0x03, 2, 5, 5, 0x25};
    time_set(H24, now);
    put(1, 0x12);
    put(3, 0xff);
    put(5, 0xc0);
    enable(H24 | AIE);
    (void)irq_halt(0x28, 1);
    eq("rtc: alarm: any hour, any minute, second 12", get(0), 0x12);
    eq("rtc: C said alarm", flags & 0xa0, 0xa0);
    eq("rtc: reading C clears it", get(0x0c) & 0xf0, 0);
    put(0x0b, H24);
}

static void test_periodic(void)
{
    enable(H24 | PIE);
    put(0x0a, 0x28); /* 256 Hz */
    (void)irq_halt(0x28, 1);
    irq_count[0x28] = 0;
    for (u32 n = 0; n < 1000; n++) {
        irq_on();
        delay_us(50);
    }
    near("rtc: periodic: 256 Hz for 50 ms", irq_count[0x28], 13, 2);
    (void)get(0x0c);
    put(0x0b, H24);
    delay_us(8000);
    eq("rtc: PF without an interrupt", get(0x0c), 0x40);
    put(0x0a, 0x26);
}

/* UIP rises 244 us before an update and lasts 2.2 ms. */
static void test_uip(void)
{
    enable(H24 | UIE);
    (void)irq_halt(0x28, 1);
    eq("rtc: no update in progress after one", get(0x0a) >> 7, 0);
    put(0x0a, 0x28);
    enable(H24 | PIE);
    (void)irq_halt(0x28, 253);
    put(0x0b, H24);
    u32 n = 0, second = get(0);
    while (!(get(0x0a) & 0x80) && n < 200000)
        n++;
    eq("rtc: UIP is seen", n < 200000, 1);
    eq("rtc: before the second changes", get(0) == second, 1);
    for (n = 0; n < 200000 && (get(0x0a) & 0x80); n++)
        continue;
    eq("rtc: after it the second has changed", get(0) != second, 1);
    put(0x0a, 0x26);
}

void test_rtc(void)
{
    if (board.apic)
        lapic_put(L_LINT0, 0x700);
    test_registers();
    test_updates();
    test_alarm();
    test_periodic();
    test_uip();
    put(0x0b, H24);
    (void)get(0x0c);
    pic_unmask(0);
}
