/* SPDX-License-Identifier: MIT */
/*
 * main.c - the chip test: a multiboot kernel that programs the chips of a PC and compares what they do with
 * their data sheets. It needs a floppy of 1.44 MB and a disk, both of tests/disk/image.c's pattern; an
 * e1000 is used when there is one. Runtime and report are those of roms/cputest.
 */
#include "chiptest/chiptest.h"

void near(const char *name, u32 got, u32 want, u32 by)
{
    eq(name, got - (want - by) <= 2 * by ? want : got, want);
}

/* Channel 2 in mode 0 rises at its end; at most 50 ms at once. */
void delay_us(u32 us)
{
    while (us) {
        u32 now = us < 50000 ? us : 50000, count = now * 1193u / 1000u + 1;
        outb(0x61, (u8)((inb(0x61) & 0xfc) | 1));
        outb(0x43, 0xb0);
        outb(0x42, (u8)count);
        outb(0x42, (u8)(count >> 8));
        while (!(inb(0x61) & 0x20))
            continue;
        us -= now;
    }
}

void test_main(void)
{
    static void (*const tests[])(void) = {
        test_tables, test_pit,    test_rtc,  test_uart, test_lpt,
        test_kbc,    test_floppy, test_pci,  test_pam,  test_pm,
        test_lapic,  test_ioapic, test_pirq, test_hpet, test_mpkernel,
    };
    board_find();
    for (u32 n = 0; n < sizeof tests / sizeof *tests; n++) {
        irq_begin();
        tests[n]();
        irq_on();
    }
}
