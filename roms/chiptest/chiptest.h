/* SPDX-License-Identifier: MIT */
/*
 * chiptest.h - what the files of the chip test share: ports and registers, time, interrupts, the board.
 *
 * One file is one chip. What it finds on the board it tests: an ISA machine has no PCI, a 486 no APIC.
 * Every expectation comes from the chip's data sheet, never from an emulator.
 */
#ifndef ROMS_CHIPTEST_H
#define ROMS_CHIPTEST_H

#include "cputest/rt.h"

static inline void outb(u16 port, u8 v)
{
    __asm__ volatile("outb %0, %1" : : "a"(v), "Nd"(port) : "memory");
}

static inline void outw(u16 port, u16 v)
{
    __asm__ volatile("outw %0, %1" : : "a"(v), "Nd"(port) : "memory");
}

static inline void outl(u16 port, u32 v)
{
    __asm__ volatile("outl %0, %1" : : "a"(v), "Nd"(port) : "memory");
}

static inline u8 inb(u16 port)
{
    u8 v;
    __asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port) : "memory");
    return v;
}

static inline u16 inw(u16 port)
{
    u16 v;
    __asm__ volatile("inw %1, %0" : "=a"(v) : "Nd"(port) : "memory");
    return v;
}

static inline u32 inl(u16 port)
{
    u32 v;
    __asm__ volatile("inl %1, %0" : "=a"(v) : "Nd"(port) : "memory");
    return v;
}

static inline u32 mem_get(u32 at)
{
    return *(volatile u32 *)at;
}

static inline void mem_put(u32 at, u32 v)
{
    *(volatile u32 *)at = v;
}

/* ---- Facts ---- */

static inline void eq(const char *name, u32 got, u32 want)
{
    rt_report_eq(name, got, want);
}

/* got is within `by` of want. */
void near(const char *name, u32 got, u32 want, u32 by);

/* ---- Time: channel 2 of the 8254, which no interrupt knows of ---- */

#define PIT_HZ 1193182u

void delay_us(u32 us);

/* ---- Interrupts (irq.c) ---- */

extern volatile u32 irq_count[256]; /* how often each vector came */
extern volatile u32 irq_last;       /* the last one */
extern void (*irq_hook[256])(void); /* called in the handler, may be 0 */

void irq_begin(void);             /* gates, 8259s at 20h and 28h with all masked */
void irq_clear(void);             /* all counts */
void irq_on(void);                /* lets what is pending in, and closes the door again */
u32 irq_wait(u32 vector, u32 us); /* until it has come; how often */
u32 irq_halt(u32 vector, u32 n);  /* HLT until it came n times (something else must tick) */
void pic_unmask(u32 lines);       /* these lines of the 8259s, the slave's too; 0: none */
u32 pic_requests(void);           /* IRR of both */
void pic_eoi(void);               /* unspecific, both */

/* ---- The board (board.c) ---- */

struct board {
    int pci;           /* there is a 440FX */
    int apic;          /* the processor has a local APIC */
    u32 hpet;          /* where the event timers are, 0: nowhere */
    u32 lapic, ioapic; /* where the APICs are, as the MADT says */
    u32 pm;            /* ports of ACPI's fixed hardware */
    u32 smi, acpi_on;  /* FADT: SMI_CMD and what turns ACPI on */
    u32 mp;            /* MP configuration table, 0: none */
};

extern struct board board;

void board_find(void);
u32 pci_get(u32 slot, u32 function, u32 reg);
void pci_put(u32 slot, u32 function, u32 reg, u32 v);
u8 pci_get8(u32 slot, u32 function, u32 reg);
void pci_put8(u32 slot, u32 function, u32 reg, u8 v);

/* ---- The tests ---- */

void test_tables(void);
void test_pit(void);
void test_rtc(void);
void test_uart(void);
void test_lpt(void);
void test_kbc(void);
void test_floppy(void);
void test_pci(void);
void test_pam(void);
void test_pirq(void);
void test_pm(void);
void test_lapic(void);
void test_ioapic(void);
void test_hpet(void);
void test_mpkernel(void);

/* A vector's bit in a set of eight registers, 16 bytes apart. */
static inline u32 set_has(u32 base, u32 vector)
{
    return mem_get(base + vector / 32 * 16) >> vector % 32 & 1;
}

/* Local APIC registers. */
enum {
    L_ID = 0x20,
    L_VERSION = 0x30,
    L_TPR = 0x80,
    L_PPR = 0xa0,
    L_EOI = 0xb0,
    L_LDR = 0xd0,
    L_DFR = 0xe0,
    L_SVR = 0xf0,
    L_ISR = 0x100,
    L_TMR = 0x180,
    L_IRR = 0x200,
    L_ESR = 0x280,
    L_ICR = 0x300,
    L_ICR_HIGH = 0x310,
    L_TIMER = 0x320,
    L_LINT0 = 0x350,
    L_LINT1 = 0x360,
    L_ERROR = 0x370,
    L_INITIAL = 0x380,
    L_CURRENT = 0x390,
    L_DIVIDE = 0x3e0
};
u32 lapic_get(u32 reg);
void lapic_put(u32 reg, u32 v);
void lapic_fresh(void); /* enabled, spurious vector FFh, TPR 0, LVT masked, nothing in service */
u32 ioapic_get(u32 reg);
void ioapic_put(u32 reg, u32 v);
void ioapic_entry(u32 pin, u32 low); /* to this processor */

#define MASKED 0x10000u

#endif
