/* SPDX-License-Identifier: MIT */
/*
 * uart.c - COM2 as a 16550A, most of it in loopback, and the printer port. Source: National PC16550D data
 * sheet; IBM PC/AT Technical Reference, "Serial/parallel adapter".
 */
#include "chiptest/chiptest.h"

enum { BASE = 0x2f8, IER = 1, IIR = 2, FCR = 2, LCR = 3, MCR = 4, LSR = 5, MSR = 6, SCR = 7 };

static u8 get(u32 reg)
{
    return inb((u16)(BASE + reg));
}

static void put(u32 reg, u8 v)
{
    outb((u16)(BASE + reg), v);
}

/* 115200 8N1, in loopback, FIFO as asked. */
static void fresh(u8 fifo)
{
    put(IER, 0);
    put(LCR, 0x83);
    put(0, 1);
    put(1, 0);
    put(LCR, 3);
    put(FCR, 0);
    put(FCR, fifo);
    put(MCR, 0x1b);
    delay_us(500);
    for (u32 n = 0; n < 20; n++)
        (void)get(0);
    (void)get(LSR);
    (void)get(MSR);
    (void)get(IIR);
}

static void test_registers(void)
{
    fresh(0);
    put(SCR, 0x5a);
    eq("uart: scratch register", get(SCR), 0x5a);
    put(LCR, 0x80);
    put(0, 0x34);
    put(1, 0x12);
    eq("uart: divisor, low", get(0), 0x34);
    eq("uart: divisor, high", get(1), 0x12);
    put(LCR, 0x1f);
    eq("uart: line control", get(LCR), 0x1f);
    put(IER, 0xff);
    eq("uart: four interrupt enables", get(IER), 0x0f);
    put(IER, 0);
    put(MCR, 0xff);
    eq("uart: modem control has five bits", get(MCR), 0x1f);
    eq("uart: no interrupt", get(IIR) & 0xf, 1);
    put(FCR, 1);
    eq("uart: IIR tells of the FIFOs", get(IIR) & 0xc0, 0xc0);
}

static void test_loopback(void)
{
    fresh(0);
    put(0, 0xa5);
    delay_us(300);
    eq("uart: loopback: a byte is there", get(LSR) & 0x61, 0x61);
    eq("uart: loopback: the byte", get(0), 0xa5);
    eq("uart: loopback: read", get(LSR) & 1, 0);
    put(0, 1);
    delay_us(300);
    put(0, 2);
    delay_us(300);
    eq("uart: overrun", get(LSR) & 3, 3);
    eq("uart: LSR clears it", get(LSR) & 2, 0);
    eq("uart: the later byte stays", get(0), 2);
    put(MCR, 0x10);
    (void)get(MSR);
    static const u8 out[4] = {1, 2, 4, 8}, in[4] = {0x20, 0x10, 0x40, 0x80}; /* DTR RTS OUT1 OUT2 */
    for (u32 n = 0; n < 4; n++) {
        put(MCR, (u8)(0x10 | out[n]));
        eq("uart: loopback: modem line", get(MSR) & 0xf0, in[n]);
    }
    put(MCR, 0x12);
    (void)get(MSR);
    put(MCR, 0x10);
    eq("uart: delta CTS", get(MSR) & 0x1f, 1);
    eq("uart: MSR clears it", get(MSR) & 0x0f, 0);
}

static void test_fifo(void)
{
    fresh(0xc1); /* 14 bytes */
    put(IER, 1);
    for (u32 n = 0; n < 13; n++)
        put(0, (u8)n);
    delay_us(13 * 87 + 40);
    eq("uart: 13 of 14 bytes: no data interrupt yet", get(IIR) & 0xf, 1);
    put(0, 13);
    delay_us(120);
    eq("uart: 14: data", get(IIR) & 0xf, 4);
    for (u32 n = 0; n < 14; n++)
        eq("uart: in order", get(0), n);
    put(0, 77);
    delay_us(1000);
    eq("uart: one byte and a pause: timeout", get(IIR) & 0xf, 0xc);
    eq("uart: it", get(0), 77);
    eq("uart: and over", get(IIR) & 0xf, 1);
}

static void test_interrupt(void)
{
    if (board.apic)
        lapic_put(L_LINT0, 0x700);
    fresh(0);
    put(MCR, 0x0b);
    irq_clear();
    put(IER, 2);
    eq("uart: IRQ 3 for an empty transmitter", pic_requests() >> 3 & 1, 1);
    eq("uart: IIR names it", get(IIR) & 0xf, 2);
    eq("uart: and reading that is the end of it", get(IIR) & 0xf, 1);
    eq("uart: IRQ 3 is low", pic_requests() >> 3 & 1, 0);
    put(IER, 0);
    put(MCR, 0x03);
    put(IER, 2);
    eq("uart: without OUT2 no IRQ 3", pic_requests() >> 3 & 1, 0);
    put(IER, 0);
    (void)get(IIR);
}

void test_uart(void)
{
    test_registers();
    test_loopback();
    test_fifo();
    test_interrupt();
}

/* The printer is always ready; nobody prints what is not strobed. */
void test_lpt(void)
{
    outb(0x378, 0x5a);
    eq("lpt: data", inb(0x378), 0x5a);
    outb(0x378, 0xa5);
    eq("lpt: data again", inb(0x378), 0xa5);
    outb(0x37a, 0x0c);
    eq("lpt: control", inb(0x37a) & 0x1f, 0x0c);
    eq("lpt: selected, paper, no error, ready", inb(0x379) & 0xb8, 0x98);
}
