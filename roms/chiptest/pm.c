/* SPDX-License-Identifier: MIT */
/* pm.c - ACPI's fixed hardware: PM timer, events, SCI. Source: Intel 82371AB data sheet (290562), 7.3; ACPI
 * 1.0b, 4.7. */
#include "chiptest/chiptest.h"

enum { STATUS = 0, ENABLE = 2, CONTROL = 4, TIMER = 8, TMR = 1, GBL = 0x20, PWRBTN = 0x100 };

static u16 get(u32 reg)
{
    return inw((u16)(board.pm + reg));
}

static void put(u32 reg, u16 v)
{
    outw((u16)(board.pm + reg), v);
}

static void test_timer(void)
{
    u32 a = inl((u16)(board.pm + TIMER));
    delay_us(20000);
    u32 b = inl((u16)(board.pm + TIMER));
    near("pm: 3.579545 MHz: 20 ms by the 8254", (b - a) & 0xffffff, 71591, 700);
    eq("pm: 24 bits", b >> 24, 0);
    outl((u16)(board.pm + TIMER), 0);
    eq("pm: the timer is read only", inl((u16)(board.pm + TIMER)) - b < 1000, 1);
}

static void test_events(void)
{
    put(ENABLE, 0);
    put(STATUS, 0xffff);
    eq("pm: status is cleared by ones", get(STATUS) & (GBL | PWRBTN), 0);
    put(ENABLE, TMR | GBL | PWRBTN);
    eq("pm: enables", get(ENABLE) & 0x121, TMR | GBL | PWRBTN);
    put(ENABLE, 0);
}

/* Bit 23 changes every 2.34 s: the wait is in HLT. */
static void test_sci(void)
{
    outb((u16)board.smi, (u8)board.acpi_on);
    for (u32 n = 0; n < 1000 && !(get(CONTROL) & 1); n++)
        delay_us(100);
    eq("pm: SMI_CMD turns ACPI on", get(CONTROL) & 1, 1);
    if (board.apic) {
        lapic_fresh();
        lapic_put(L_LINT0, 0x700);
    }
    outb(0x4d1, inb(0x4d1) | 2);
    put(STATUS, 0xffff);
    pic_unmask(1 << 9);
    eq("pm: SCI is low", pic_requests() >> 9 & 1, 0);
    put(ENABLE, TMR);
    eq("pm: SCI by the timer's overflow", irq_halt(0x29, 1), 1);
    eq("pm: its status", get(STATUS) & TMR, TMR);
    pic_eoi();
    irq_on();
    eq("pm: SCI is a level", irq_count[0x29], 2);
    put(STATUS, TMR);
    pic_eoi();
    irq_on();
    eq("pm: until the status is cleared", irq_count[0x29], 2);
    put(ENABLE, 0);
    pic_unmask(0);
}

void test_pm(void)
{
    if (!board.pm)
        return;
    test_timer();
    test_events();
    test_sci();
}
