/* SPDX-License-Identifier: MIT */
/*
 * kbc.c - the 8042, keyboard and mouse; the A20 gate at its port and at 92h. Source: IBM PS/2 Hardware
 * Interface Technical Reference, "Keyboard/auxiliary device controller"; Microsoft's IntelliMouse.
 */
#include "chiptest/chiptest.h"

#define NOTHING 0x100u
#define AUX 0x20u

static u8 from; /* status when the byte was there */

static u32 take(void)
{
    for (u32 n = 0; n < 2000; n++) {
        from = inb(0x64);
        if (from & 1)
            return inb(0x60);
        delay_us(50);
    }
    return NOTHING;
}

static void give(u16 port, u8 v)
{
    for (u32 n = 0; n < 20000 && (inb(0x64) & 2); n++)
        delay_us(10);
    outb(port, v);
}

static void command(u8 v)
{
    give(0x64, v);
}

static u32 keyboard(u8 v)
{
    give(0x60, v);
    return take();
}

static u32 mouse(u8 v)
{
    command(0xd4);
    give(0x60, v);
    return take();
}

static void drain(void)
{
    for (u32 n = 0; n < 40; n++) {
        (void)inb(0x60);
        delay_us(500);
    }
}

static void test_controller(void)
{
    command(0xad);
    command(0xa7);
    drain();
    command(0xaa);
    eq("kbc: self test", take(), 0x55);
    command(0xab);
    eq("kbc: keyboard's lines", take(), 0);
    command(0xa9);
    eq("kbc: mouse's lines", take(), 0);
    command(0x60);
    give(0x60, 0x34);
    command(0x20);
    eq("kbc: command byte", take(), 0x34);
    eq("kbc: which is not the mouse's", from & AUX, 0);
    command(0xd2);
    give(0x60, 0x77);
    eq("kbc: a byte as the keyboard's", take(), 0x77);
    command(0xd3);
    give(0x60, 0x78);
    eq("kbc: a byte as the mouse's", take(), 0x78);
    eq("kbc: and it is", from & AUX, AUX);
    command(0xae);
    command(0xa8);
    command(0x60);
    give(0x60, 0x00);
}

static void test_keyboard(void)
{
    eq("keyboard: reset", keyboard(0xff), 0xfa);
    eq("keyboard: its test", take(), 0xaa);
    eq("keyboard: echo", keyboard(0xee), 0xee);
    eq("keyboard: ID", keyboard(0xf2), 0xfa);
    eq("keyboard: ID 1", take(), 0xab);
    eq("keyboard: ID 2", take(), 0x83);
    eq("keyboard: LEDs", keyboard(0xed), 0xfa);
    eq("keyboard: which", keyboard(0x02), 0xfa);
    eq("keyboard: scan code set?", keyboard(0xf0), 0xfa);
    eq("keyboard: tell", keyboard(0x00), 0xfa);
    eq("keyboard: set 2", take(), 2);
    eq("keyboard: no such command", keyboard(0x01), 0xfe);
}

static u32 rates(u8 a, u8 b, u8 c)
{
    const u8 rate[3] = {a, b, c};
    for (u32 n = 0; n < 3; n++)
        if (mouse(0xf3) != 0xfa || mouse(rate[n]) != 0xfa)
            return NOTHING;
    return mouse(0xf2) == 0xfa ? take() : NOTHING;
}

static void test_mouse(void)
{
    eq("mouse: reset", mouse(0xff), 0xfa);
    eq("mouse: which is the mouse's", from & AUX, AUX);
    eq("mouse: its test", take(), 0xaa);
    eq("mouse: its ID", take(), 0);
    eq("mouse: status", mouse(0xe9), 0xfa);
    eq("mouse: stream mode, off, scaling 1:1", take(), 0);
    eq("mouse: four counts a millimetre", take(), 2);
    eq("mouse: 100 samples a second", take(), 100);
    eq("mouse: a packet, please", mouse(0xeb), 0xfa);
    eq("mouse: nothing pressed", take(), 8);
    eq("mouse: x", take(), 0);
    eq("mouse: y", take(), 0);
    eq("mouse: wheel after 200, 100, 80", rates(200, 100, 80), 3);
    eq("mouse: five buttons after 200, 200, 80", rates(200, 200, 80), 4);
    eq("mouse: a packet", mouse(0xeb), 0xfa);
    u32 n = 0;
    while (take() != NOTHING)
        n++;
    eq("mouse: of four bytes now", n, 4);
    eq("mouse: wrap mode", mouse(0xee), 0xfa);
    eq("mouse: says what it hears", mouse(0x55), 0x55);
    eq("mouse: until it is reset from it", mouse(0xec), 0xfa);
    eq("mouse: defaults", mouse(0xf6), 0xfa);
}

static void test_lines(void)
{
    if (board.apic)
        lapic_put(L_LINT0, 0x700);
    command(0x60);
    give(0x60, 0x03);
    irq_clear();
    give(0x60, 0xee);
    delay_us(5000);
    eq("kbc: IRQ 1 for the keyboard", pic_requests() & 0x1002, 0x0002);
    (void)take();
    command(0xd4);
    give(0x60, 0xf6);
    delay_us(5000);
    eq("kbc: IRQ 12 for the mouse", pic_requests() >> 12 & 1, 1);
    (void)take();
    command(0x60);
    give(0x60, 0x00);
}

/* The program lies where address bit 20 is 0. */
static int open(void)
{
    mem_put(0x000600, 0x12345678);
    mem_put(0x100600, 0x9abcdef0);
    return mem_get(0x000600) == 0x12345678;
}

static void by_port(int on)
{
    command(0xd1);
    give(0x60, on ? 0xdf : 0xdd);
    command(0xff);
    for (u32 n = 0; n < 1000 && (inb(0x64) & 2); n++)
        delay_us(10);
}

static void test_a20(void)
{
    outb(0x92, (u8)(inb(0x92) & ~3));
    by_port(0);
    eq("a20: closed at both", (u32)open(), 0);
    outb(0x92, (u8)((inb(0x92) & ~1) | 2));
    eq("a20: port 92h opens it", (u32)open(), 1);
    eq("a20: and says so", inb(0x92) & 2, 2);
    outb(0x92, (u8)(inb(0x92) & ~3));
    eq("a20: and closes it", (u32)open(), 0);
    by_port(1);
    eq("a20: the 8042 opens it", (u32)open(), 1);
    command(0xd0);
    eq("a20: and says so", take() & 2, 2);
    outb(0x92, (u8)((inb(0x92) & ~1) | 2));
}

void test_kbc(void)
{
    test_controller();
    test_keyboard();
    test_mouse();
    test_lines();
    test_a20();
}
