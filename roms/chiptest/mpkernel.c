/* SPDX-License-Identifier: MIT */
/*
 * mpkernel.c - the board as a small SMP kernel sets it up: it follows the MP table to the APICs, masks the
 * 8259s, ticks by the local APIC's timer, and gets the disk's, the keyboard's and the serial port's
 * interrupts through the I/O APIC. Source: MultiProcessor Specification 1.4; ATA/ATAPI-6, chapter 9.
 */
#include "chiptest/chiptest.h"

enum { TICK = 0xa0, LINES = 0xb0 };

static u16 data[256];

static void end(void)
{
    lapic_put(L_EOI, 0);
}

/* The pin behind an ISA interrupt, as the table says. */
static u32 pin_of(u32 line)
{
    u32 at = board.mp + 44, isa = 0;
    for (u32 n = *(volatile u16 *)(board.mp + 34); n; n--, at += *(u8 *)at ? 8 : 20) {
        const u8 *e = (const u8 *)at;
        if (e[0] == 1 && e[2] == 'I' && e[3] == 'S' && e[4] == 'A')
            isa = e[1];
        if (e[0] == 3 && e[1] == 0 && e[4] == isa && e[5] == line)
            return e[7];
    }
    return 24;
}

static void ide_read(u32 sector)
{
    for (u32 n = 0; n < 100000 && (inb(0x1f7) & 0xc0) != 0x40; n++)
        continue;
    outb(0x3f6, 0);
    outb(0x1f2, 1);
    outb(0x1f3, (u8)sector);
    outb(0x1f4, (u8)(sector >> 8));
    outb(0x1f5, (u8)(sector >> 16));
    outb(0x1f6, 0xe0);
    outb(0x1f7, 0x20);
}

static void test_disk(void)
{
    u32 good = 0;
    irq_hook[LINES + 14] = end;
    for (u32 n = 0; n < 8; n++) {
        u32 sector = 100 + n * 37;
        data[0] = 0;
        irq_count[LINES + 14] = 0;
        ide_read(sector);
        if (!irq_wait(LINES + 14, 2000000) || inb(0x1f7) & 0x21)
            break;
        for (u32 i = 0; i < 256; i++)
            data[i] = inw(0x1f0);
        good += (data[0] | (u32)data[1] << 16) == sector * 131;
    }
    eq("mp: sectors by the disk's interrupt", good, 8);
}

void test_mpkernel(void)
{
    if (!board.mp || !board.ioapic)
        return;
    eq("mp: IRQ 0", pin_of(0), 2);
    eq("mp: IRQ 14", pin_of(14), 14);
    lapic_fresh();
    lapic_put(L_LINT1, MASKED);
    irq_clear();
    for (u32 line = 0; line < 24; line++)
        ioapic_entry(line, MASKED | (LINES + line));
    outb(0x70, 0x0f); /* the warm reset vector that starts other processors, were there any */
    irq_hook[TICK] = end;
    lapic_put(L_DIVIDE, 0xb);
    lapic_put(L_TIMER, 0x20000 | TICK);
    lapic_put(L_INITIAL, 10000000);
    eq("mp: it ticks in HLT", irq_halt(TICK, 3), 3);
    ioapic_entry(pin_of(14), LINES + 14);
    test_disk();
    lapic_put(L_TIMER, MASKED);
    ioapic_entry(pin_of(1), LINES + 1);
    outb(0x64, 0x60);
    delay_us(1000);
    outb(0x60, 0x01);
    delay_us(1000);
    outb(0x60, 0xee);
    eq("mp: the keyboard's answer by pin 1", irq_wait(LINES + 1, 100000), 1);
    eq("mp: it", inb(0x60), 0xee);
    end();
    irq_on();
    end();
    ioapic_entry(pin_of(3), LINES + 3);
    outb(0x2fc, 0x0b);
    outb(0x2f9, 2);
    eq("mp: COM2 by pin 3", irq_wait(LINES + 3, 100000), 1);
    outb(0x2f9, 0);
    (void)inb(0x2fa);
    end();
    for (u32 pin = 0; pin < 24; pin++)
        ioapic_entry(pin, MASKED);
    eq("mp: nothing came through the 8259s", irq_count[0x20] + irq_count[0x21] + irq_count[0x2e],
       0);
    eq("mp: nothing spurious", irq_count[0xff], 0);
}
