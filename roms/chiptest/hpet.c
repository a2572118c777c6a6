/* SPDX-License-Identifier: MIT */
/*
 * hpet.c - the high precision event timers, where ACPI says they are. Source: IA-PC HPET specification 1.0a,
 * chapter 2. How many ticks there are in a second is asked of the chip.
 */
#include "chiptest/chiptest.h"

enum { CONFIG = 0x10, STATUS = 0x20, COUNTER = 0xf0, TIMER = 0x100, COMPARE = 0x108 };
enum { LEVEL = 2, INTERRUPTS = 4, PERIODIC = 8, VALUE_SET = 0x40, WITH_32 = 0x100 };

static u32 ticks_in_ms;

static u32 get(u32 reg)
{
    return mem_get(board.hpet + reg);
}

static void put(u32 reg, u32 v)
{
    mem_put(board.hpet + reg, v);
}

static void stop(void)
{
    put(CONFIG, 0);
    for (u32 n = 0; n < 3; n++)
        put(TIMER + 0x20 * n, 0);
    put(STATUS, 7);
    put(COUNTER, 0);
    put(COUNTER + 4, 0);
}

static void test_counter(void)
{
    u32 period = get(4);
    eq("hpet: Intel's, with legacy routes and 64 bits", get(0) & 0xffffa000, 0x8086a000);
    eq("hpet: three timers at least", (get(0) >> 8 & 31) >= 2, 1);
    eq("hpet: 10 MHz or more", period > 0 && period <= 100000000, 1);
    ticks_in_ms = 1000000000u / (period / 1000u);
    stop();
    u32 still = get(COUNTER);
    delay_us(100);
    eq("hpet: it stands still", get(COUNTER), still);
    put(COUNTER, 0xffffff00);
    put(CONFIG, 1);
    delay_us(1000);
    eq("hpet: a carry into the high half", get(COUNTER + 4), 1);
    put(CONFIG, 0);
    stop();
    put(CONFIG, 1);
    u32 a = get(COUNTER);
    delay_us(20000);
    near("hpet: 20 ms by the 8254", get(COUNTER) - a, 20 * ticks_in_ms, ticks_in_ms / 5);
}

/* Timer n on its first pin of the I/O APIC, and that pin with the vector. */
static u32 route(u32 n, u32 vector, u32 config)
{
    u32 pins = get(TIMER + 0x20 * n + 4), pin = 0;
    while (pin < 24 && !(pins >> pin & 1))
        pin++;
    if (pin == 24)
        return 0;
    ioapic_entry(pin, vector | (config & LEVEL ? 0x8000 : 0) | (pin >= 16 ? 0x2000 : 0));
    put(TIMER + 0x20 * n, config | pin << 9);
    return pin;
}

static void test_one_shot(void)
{
    irq_clear();
    stop();
    lapic_fresh();
    outb(0x43, 0x30); /* some boards have the 8254 on the same pin: it is low for 55 ms */
    outb(0x40, 0);
    outb(0x40, 0);
    u32 pin = route(2, 0x91, INTERRUPTS);
    eq("hpet: a pin of the I/O APIC", pin != 0, 1);
    eq("hpet: and the timer takes it", get(TIMER + 0x40) >> 9 & 31, pin);
    put(CONFIG, 1);
    put(COMPARE + 0x44, 0);
    put(COMPARE + 0x40, get(COUNTER) + 2 * ticks_in_ms);
    irq_on();
    eq("hpet: one-shot: not yet", irq_count[0x91], 0);
    eq("hpet: one-shot: in 2 ms", irq_wait(0x91, 20000), 1);
    eq("hpet: by edge: no status", get(STATUS) & 4, 0);
    lapic_put(L_EOI, 0);
    delay_us(3000);
    irq_on();
    eq("hpet: one-shot: once", irq_count[0x91], 1);
    ioapic_entry(pin, MASKED);
    irq_clear();
    put(TIMER + 0x40, 0);
    pin = route(2, 0x92, INTERRUPTS | LEVEL);
    put(COMPARE + 0x40, get(COUNTER) + ticks_in_ms);
    eq("hpet: by level", irq_wait(0x92, 20000), 1);
    eq("hpet: by level: status", get(STATUS) & 4, 4);
    put(STATUS, 4);
    eq("hpet: by level: cleared", get(STATUS) & 4, 0);
    lapic_put(L_EOI, 0);
    irq_on();
    eq("hpet: by level: and over", irq_count[0x92], 1);
    ioapic_entry(pin, MASKED);
    put(TIMER + 0x40, 0);
}

/* Legacy routes: IRQ 0 of the 8259s, with the 8254 running at another rate. */
static void test_periodic(void)
{
    u32 came = 0;
    irq_clear();
    stop();
    if (board.apic) {
        lapic_fresh();
        lapic_put(L_LINT0, 0x700);
    }
    pic_unmask(1 | 1 << 8);
    outb(0x43, 0x34);
    outb(0x40, 100);
    outb(0x40, 0);
    put(TIMER, INTERRUPTS | PERIODIC | VALUE_SET | WITH_32);
    put(COMPARE, ticks_in_ms);
    put(COMPARE, ticks_in_ms);
    eq("hpet: value set is for one write", get(TIMER) & VALUE_SET, 0);
    put(CONFIG, 3);
    irq_on();
    pic_eoi();
    irq_clear();
    for (u32 n = 0; n < 400; n++) {
        delay_us(50);
        irq_on();
        pic_eoi();
    }
    came = irq_count[0x20];
    near("hpet: periodic on IRQ 0, 1 kHz for 20 ms; the 8254 is unheard", came, 20, 2);
    u32 counter = get(COUNTER), next = get(COMPARE);
    eq("hpet: periodic: the comparator is ahead", next - counter <= ticks_in_ms, 1);
    put(TIMER, 0);
    put(TIMER + 0x20, INTERRUPTS | WITH_32);
    put(COMPARE + 0x20, get(COUNTER) + ticks_in_ms);
    eq("hpet: timer 1 on IRQ 8", irq_wait(0x28, 20000), 1);
    pic_eoi();
    put(TIMER + 0x20, 0);
    put(CONFIG, 0);
    irq_clear();
    delay_us(500);
    irq_on();
    pic_eoi();
    eq("hpet: without legacy routes the 8254 again", irq_count[0x20] != 0, 1);
    pic_unmask(0);
    stop();
}

void test_hpet(void)
{
    if (!board.hpet)
        return;
    test_counter();
    if (board.ioapic)
        test_one_shot();
    test_periodic();
}
