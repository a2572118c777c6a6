/* SPDX-License-Identifier: MIT */
/*
 * lapic.c - the local APIC: registers, priorities, interrupts that it sends itself, its timer, LINT0 as the
 * door of the 8259s, LINT1 and messages as NMI. Source: Intel SDM vol. 3, chapter 10.
 */
#include "chiptest/chiptest.h"

u32 lapic_get(u32 reg)
{
    return mem_get(board.lapic + reg);
}

void lapic_put(u32 reg, u32 v)
{
    mem_put(board.lapic + reg, v);
}

void lapic_fresh(void)
{
    lapic_put(L_SVR, 0x1ff);
    lapic_put(L_TPR, 0);
    lapic_put(L_TIMER, MASKED);
    lapic_put(L_LINT0, MASKED);
    lapic_put(L_LINT1, MASKED);
    lapic_put(L_ERROR, MASKED);
    lapic_put(L_INITIAL, 0);
    lapic_put(L_LDR, 0x01000000);
    lapic_put(L_DFR, 0xffffffff);
    for (u32 n = 0; n < 32; n++)
        lapic_put(L_EOI, 0);
    lapic_put(L_ESR, 0);
    lapic_put(L_ESR, 0);
}

#define SELF 0x40000u
#define ALL 0x80000u
#define LEVEL_ASSERT 0x4000u

static void test_registers(void)
{
    eq("lapic: ID", lapic_get(L_ID) >> 24, 0);
    eq("lapic: version 1xh", lapic_get(L_VERSION) & 0xf0, 0x10);
    eq("lapic: LVT entries", (lapic_get(L_VERSION) >> 16 & 0xff) >= 4, 1);
    eq("lapic: SVR", lapic_get(L_SVR) & 0x1ff, 0x1ff);
    lapic_put(L_TPR, 0x65);
    eq("lapic: TPR", lapic_get(L_TPR), 0x65);
    eq("lapic: PPR is the TPR", lapic_get(L_PPR), 0x65);
    lapic_put(L_TPR, 0);
    lapic_put(L_LDR, 0xffffffff);
    eq("lapic: LDR has eight bits", lapic_get(L_LDR), 0xff000000);
    lapic_put(L_DFR, 0);
    eq("lapic: DFR has four", lapic_get(L_DFR), 0x0fffffff);
    lapic_put(L_DFR, 0xffffffff);
    lapic_put(L_LDR, 0x01000000);
    lapic_put(L_ICR_HIGH, 0xffffffff);
    eq("lapic: ICR, high half", lapic_get(L_ICR_HIGH), 0xff000000);
    lapic_put(L_TIMER, 0xffffffff & ~0x60000u);
    eq("lapic: writable bits of LVT timer", lapic_get(L_TIMER) & ~0x20000u, 0x100ff);
    lapic_put(L_LINT0, 0xffffffff);
    eq("lapic: writable bits of LVT LINT0", lapic_get(L_LINT0), 0x1a7ff);
    lapic_put(L_ERROR, 0xffffffff);
    eq("lapic: writable bits of LVT error", lapic_get(L_ERROR), 0x100ff);
    lapic_put(L_VERSION, 0);
    eq("lapic: the version is read only", lapic_get(L_VERSION) & 0xf0, 0x10);
    lapic_put(L_DIVIDE, 0xffffffff);
    eq("lapic: writable bits of the divisor", lapic_get(L_DIVIDE), 0xb);
}

static void test_self(void)
{
    irq_clear();
    lapic_put(L_ICR, SELF | LEVEL_ASSERT | 0x51);
    eq("lapic: to itself: IRR", set_has(board.lapic + L_IRR, 0x51), 1);
    eq("lapic: the ICR was sent", lapic_get(L_ICR) >> 12 & 1, 0);
    irq_on();
    eq("lapic: it comes", irq_count[0x51], 1);
    eq("lapic: in service", set_has(board.lapic + L_ISR, 0x51), 1);
    eq("lapic: no longer requested", set_has(board.lapic + L_IRR, 0x51), 0);
    eq("lapic: PPR is its class", lapic_get(L_PPR), 0x50);
    lapic_put(L_ICR, SELF | LEVEL_ASSERT | 0x5f);
    irq_on();
    eq("lapic: its own class waits", irq_count[0x5f], 0);
    lapic_put(L_ICR, SELF | LEVEL_ASSERT | 0x61);
    irq_on();
    eq("lapic: a higher one does not", irq_count[0x61], 1);
    eq("lapic: PPR is the higher", lapic_get(L_PPR), 0x60);
    lapic_put(L_EOI, 0);
    irq_on();
    eq("lapic: EOI is for the highest", set_has(board.lapic + L_ISR, 0x61), 0);
    eq("lapic: the lower still serves", set_has(board.lapic + L_ISR, 0x51), 1);
    eq("lapic: and the other still waits", irq_count[0x5f], 0);
    lapic_put(L_EOI, 0);
    irq_on();
    eq("lapic: until EOI", irq_count[0x5f], 1);
    lapic_put(L_EOI, 0);
    lapic_put(L_TPR, 0x70);
    lapic_put(L_ICR, SELF | LEVEL_ASSERT | 0x71);
    irq_on();
    eq("lapic: TPR keeps its class out", irq_count[0x71], 0);
    lapic_put(L_TPR, 0x6f);
    irq_on();
    eq("lapic: TPR one class lower", irq_count[0x71], 1);
    lapic_put(L_EOI, 0);
    lapic_put(L_TPR, 0);
}

static void test_ipi(void)
{
    irq_clear();
    lapic_put(L_ICR, ALL | LEVEL_ASSERT | 0x52);
    irq_on();
    eq("lapic: to all, this one included", irq_count[0x52], 1);
    lapic_put(L_EOI, 0);
    lapic_put(L_ICR_HIGH, 0);
    lapic_put(L_ICR, LEVEL_ASSERT | 0x53);
    irq_on();
    eq("lapic: to APIC 0", irq_count[0x53], 1);
    lapic_put(L_EOI, 0);
    lapic_put(L_ICR_HIGH, 0x03000000);
    lapic_put(L_ICR, 0x800 | LEVEL_ASSERT | 0x54);
    irq_on();
    eq("lapic: to logical 1 of 3", irq_count[0x54], 1);
    lapic_put(L_EOI, 0);
    lapic_put(L_ICR_HIGH, 0x02000000);
    lapic_put(L_ICR, 0x800 | LEVEL_ASSERT | 0x55);
    irq_on();
    eq("lapic: to logical 2, which is nobody", irq_count[0x55], 0);
    lapic_put(L_ICR_HIGH, 0);
    lapic_put(L_ICR, 0x400 | LEVEL_ASSERT);
    irq_on();
    eq("lapic: a message NMI", irq_count[2], 1);
    lapic_put(L_ICR, SELF | LEVEL_ASSERT | 0x0f);
    lapic_put(L_ESR, 0);
    eq("lapic: a vector below 16 is a send error", lapic_get(L_ESR) & 0x20, 0x20);
    lapic_put(L_ESR, 0);
    eq("lapic: ESR is cleared by two writes", lapic_get(L_ESR), 0);
}

static void test_priority(void)
{
    static const u8 order[3] = {0x83, 0x62, 0x41};
    irq_clear();
    for (u32 n = 3; n; n--)
        lapic_put(L_ICR, SELF | LEVEL_ASSERT | order[n - 1]);
    for (u32 n = 0; n < 3; n++) {
        lapic_put(L_TPR, (u32)(order[n] - 0x10)); /* the lower ones may not follow at once */
        irq_on();
        eq("lapic: the highest first", irq_last, order[n]);
        lapic_put(L_EOI, 0);
    }
    lapic_put(L_TPR, 0);
}

/* Ticks of the timer in 10 ms, with this divisor. */
static u32 rate(u32 code)
{
    lapic_put(L_DIVIDE, code);
    lapic_put(L_INITIAL, 0xffffffff);
    u32 first = lapic_get(L_CURRENT);
    delay_us(10000);
    return first - lapic_get(L_CURRENT);
}

static void test_timer(void)
{
    static const u8 codes[8] = {0xb, 0, 1, 2, 3, 8, 9, 0xa};
    u32 base = rate(0xb);
    for (u32 n = 1; n < 8; n++) {
        u32 want = base >> n;
        near("lapic: timer's divisor", rate(codes[n]), want, want / 20);
    }
    irq_clear();
    lapic_put(L_DIVIDE, 0xb);
    lapic_put(L_TIMER, 0x60);
    lapic_put(L_INITIAL, base / 10); /* a millisecond */
    eq("lapic: one-shot comes", irq_wait(0x60, 20000), 1);
    eq("lapic: one-shot: the count stays at 0", lapic_get(L_CURRENT), 0);
    lapic_put(L_EOI, 0);
    delay_us(3000);
    irq_on();
    eq("lapic: one-shot: once", irq_count[0x60], 1);
    lapic_put(L_TIMER, 0x20061);
    lapic_put(L_INITIAL, base / 10);
    u32 came = 0;
    for (u32 n = 0; n < 200; n++) {
        delay_us(50);
        irq_count[0x61] = 0;
        irq_on();
        came += irq_count[0x61];
        lapic_put(L_EOI, 0);
    }
    near("lapic: periodic: ten in 10 ms", came, 10, 2);
    eq("lapic: periodic: the initial count stays", lapic_get(L_INITIAL), base / 10);
    lapic_put(L_TIMER, 0x20061 | MASKED);
    delay_us(2000);
    irq_count[0x61] = 0;
    irq_on();
    lapic_put(L_EOI, 0);
    irq_count[0x61] = 0;
    delay_us(2000);
    irq_on();
    eq("lapic: masked: nothing", irq_count[0x61], 0);
    u32 a = lapic_get(L_CURRENT);
    delay_us(100);
    eq("lapic: masked: it counts", a != lapic_get(L_CURRENT), 1);
    lapic_put(L_INITIAL, 0);
    eq("lapic: an initial count of 0 stops it", lapic_get(L_CURRENT), 0);
}

/* One edge of IRQ 0: channel 0 in mode 0. */
static void tick(void)
{
    outb(0x43, 0x30);
    outb(0x40, 10);
    outb(0x40, 0);
    delay_us(100);
}

static void test_extint(void)
{
    irq_clear();
    pic_unmask(1);
    tick();
    irq_on();
    eq("lapic: LINT0 masked: the 8259s are not heard", irq_count[0x20], 0);
    lapic_put(L_LINT0, 0x700);
    irq_on();
    eq("lapic: LINT0 ExtINT: they give the vector", irq_count[0x20], 1);
    eq("lapic: ExtINT is nobody's service", lapic_get(L_PPR), 0);
    pic_eoi();
    lapic_put(L_TPR, 0xff);
    tick();
    irq_on();
    eq("lapic: TPR does not stop ExtINT", irq_count[0x20], 2);
    pic_eoi();
    lapic_put(L_TPR, 0);
    lapic_put(L_LINT0, 0x400);
    irq_clear();
    tick();
    irq_on();
    eq("lapic: LINT0 as NMI", irq_count[2], 1);
    lapic_put(L_LINT0, 0x700);
    irq_on();
    pic_eoi();
    lapic_put(L_LINT0, MASKED);
    pic_unmask(0);
    outb(0x43, 0x34);
}

static void test_disabled(void)
{
    lapic_put(L_TIMER, 0x60);
    lapic_put(L_SVR, 0xff);
    eq("lapic: disabled: LVT is masked", lapic_get(L_TIMER) & MASKED, MASKED);
    lapic_put(L_TIMER, 0x60);
    eq("lapic: disabled: LVT stays masked", lapic_get(L_TIMER) & MASKED, MASKED);
    irq_clear();
    lapic_put(L_ICR, SELF | LEVEL_ASSERT | 0x57);
    lapic_put(L_SVR, 0x1ff);
    irq_on();
    eq("lapic: disabled: an interrupt to itself is refused", irq_count[0x57], 0);
}

void test_lapic(void)
{
    if (!board.apic)
        return;
    lapic_fresh();
    test_registers();
    lapic_fresh();
    test_self();
    test_ipi();
    test_priority();
    test_timer();
    test_extint();
    lapic_fresh();
    test_disabled();
    lapic_fresh();
    lapic_put(L_LINT0, 0x700);
    lapic_put(L_LINT1, 0x400);
}
