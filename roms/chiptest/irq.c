/* SPDX-License-Identifier: MIT */
/*
 * irq.c - interrupts of the chip test: who came, how often; the two 8259s. Source: Intel 8259A data sheet.
 * Handlers end no interrupt by themselves: EOI belongs to the tests.
 */
#include "chiptest/chiptest.h"

volatile u32 irq_count[256], irq_last;
void (*irq_hook[256])(void);

extern const u32 chip_stubs[256];
static u32 idt[512] __attribute__((aligned(8)));

void chip_irq(u32 vector, u32 eip);

void chip_irq(u32 vector, u32 eip)
{
    /* An exception, whose error code may stand for EIP. 2 is NMI, 15 what an APIC may not send. */
    if (vector < 32 && vector != 2 && vector != 15)
        rt_die(vector, 0, eip, 0);
    irq_count[vector]++;
    irq_last = vector;
    if (irq_hook[vector])
        irq_hook[vector]();
}

static void pic_begin(u16 port, u8 vector, u8 cascade)
{
    outb(port, 0x11);
    outb((u16)(port + 1), vector);
    outb((u16)(port + 1), cascade);
    outb((u16)(port + 1), 1);
    outb((u16)(port + 1), 0xff);
}

void irq_begin(void)
{
    struct {
        u16 limit;
        u32 base;
    } __attribute__((packed)) idtr = {sizeof idt - 1, (u32)idt};
    u16 cs;
    __asm__("mov %%cs, %0" : "=r"(cs));
    for (u32 n = 0; n < 256; n++) {
        idt[2 * n] = (u32)cs << 16 | (chip_stubs[n] & 0xffff);
        idt[2 * n + 1] = (chip_stubs[n] & 0xffff0000) | 0x8e00;
    }
    __asm__ volatile("lidt %0" : : "m"(idtr));
    pic_begin(0x20, 0x20, 4);
    pic_begin(0xa0, 0x28, 2);
    irq_clear();
}

void irq_clear(void)
{
    for (u32 n = 0; n < 256; n++) {
        irq_count[n] = 0;
        irq_hook[n] = 0;
    }
    irq_last = 0;
}

void irq_on(void)
{
    __asm__ volatile("sti; nop; nop; nop; nop; cli" : : : "memory");
}

u32 irq_wait(u32 vector, u32 us)
{
    for (u32 n = 0; n <= us / 10; n++) {
        irq_on();
        if (irq_count[vector])
            break;
        delay_us(10);
    }
    return irq_count[vector];
}

u32 irq_halt(u32 vector, u32 n)
{
    while (irq_count[vector] < n)
        __asm__ volatile("sti; hlt; cli" : : : "memory");
    return irq_count[vector];
}

void pic_unmask(u32 lines)
{
    if (lines >> 8)
        lines |= 4;
    outb(0x21, (u8)~lines);
    outb(0xa1, (u8) ~(lines >> 8));
}

u32 pic_requests(void)
{
    outb(0x20, 0x0a);
    outb(0xa0, 0x0a);
    return inb(0x20) | (u32)inb(0xa0) << 8;
}

void pic_eoi(void)
{
    outb(0xa0, 0x20);
    outb(0x20, 0x20);
}
