/* SPDX-License-Identifier: MIT */
/*
 * board.c - what kind of board this is, by CPUID, PCI, ACPI's tables and the MP table; that the tables are
 * sound. Source: PCI 2.1, 3.7.4.1; ACPI 1.0b, chapter 5; MultiProcessor Specification 1.4, chapter 4.
 */
#include "chiptest/chiptest.h"

struct board board;

static u32 rsdp, rsdt, fadt, madt, hpet_table, floating;

static void pci_select(u32 slot, u32 function, u32 reg)
{
    outl(0xcf8, 0x80000000 | slot << 11 | function << 8 | (reg & 0xfc));
}

u32 pci_get(u32 slot, u32 function, u32 reg)
{
    pci_select(slot, function, reg);
    return inl(0xcfc);
}

void pci_put(u32 slot, u32 function, u32 reg, u32 v)
{
    pci_select(slot, function, reg);
    outl(0xcfc, v);
}

u8 pci_get8(u32 slot, u32 function, u32 reg)
{
    pci_select(slot, function, reg);
    return inb((u16)(0xcfc + reg % 4));
}

void pci_put8(u32 slot, u32 function, u32 reg, u8 v)
{
    pci_select(slot, function, reg);
    outb((u16)(0xcfc + reg % 4), v);
}

static int cpuid_has_apic(void)
{
    u32 was, is, d = 0, a = 1;
    __asm__ volatile(
        "pushfl; popl %0; movl %0, %1; xorl $0x200000, %1; pushl %1; popfl; pushfl; popl %1"
        : "=&r"(was), "=&r"(is));
    if ((was ^ is) & 0x200000)
        __asm__ volatile("cpuid" : "+a"(a), "=d"(d) : : "ebx", "ecx");
    return d >> 9 & 1;
}

static u32 sum(u32 at, u32 n)
{
    u32 s = 0;
    for (const u8 *p = (const u8 *)at; n; n--)
        s += *p++;
    return s & 0xff;
}

#define NAME(a, b, c, d) ((u32)(a) | (u32)(b) << 8 | (u32)(c) << 16 | (u32)(d) << 24)

static u32 search(u32 from, u32 to, u32 first, u32 second)
{
    for (u32 at = from; at < to; at += 16)
        if (mem_get(at) == first && (!second || mem_get(at + 4) == second) &&
            !sum(at, second ? 20 : 16))
            return at;
    return 0;
}

/* In the first KiB of the EBDA, then where the BIOS is. */
static u32 find(u32 first, u32 second)
{
    u32 ebda = (u32) * (volatile u16 *)0x40e << 4, at = 0;
    if (ebda >= 0x80000 && ebda < 0xa0000)
        at = search(ebda, ebda + 1024, first, second);
    return at ? at : search(0xe0000, 0x100000, first, second);
}

static u32 table(u32 name)
{
    for (u32 n = 36; rsdt && n + 4 <= mem_get(rsdt + 4); n += 4)
        if (mem_get(mem_get(rsdt + n)) == name)
            return mem_get(rsdt + n);
    return 0;
}

/* An entry of the MADT of this type: where it is. */
static u32 madt_entry(u32 type)
{
    for (u32 at = madt + 44; madt && at < madt + mem_get(madt + 4); at += *(u8 *)(at + 1))
        if (*(u8 *)at == type)
            return at;
    return 0;
}

void board_find(void)
{
    board.pci = pci_get(0, 0, 0) == 0x12378086;
    board.apic = cpuid_has_apic() && board.pci;
    if (!board.pci)
        return;
    rsdp = find(NAME('R', 'S', 'D', ' '), NAME('P', 'T', 'R', ' '));
    rsdt = rsdp ? mem_get(rsdp + 16) : 0;
    fadt = table(NAME('F', 'A', 'C', 'P'));
    madt = table(NAME('A', 'P', 'I', 'C'));
    hpet_table = table(NAME('H', 'P', 'E', 'T'));
    floating = find(NAME('_', 'M', 'P', '_'), 0);
    if (fadt) {
        board.pm = mem_get(fadt + 56);
        board.smi = mem_get(fadt + 48);
        board.acpi_on = *(u8 *)(fadt + 52);
    }
    if (madt && board.apic) {
        board.lapic = mem_get(madt + 36);
        board.ioapic = madt_entry(1) ? mem_get(madt_entry(1) + 4) : 0;
    }
    if (hpet_table)
        board.hpet = mem_get(hpet_table + 44);
    if (floating)
        board.mp = mem_get(floating + 4);
}

static void sound(const char *name, u32 at)
{
    eq(name, at ? sum(at, mem_get(at + 4)) : 0x100, 0);
}

static void test_mp(void)
{
    u32 counts[5] = {0, 0, 0, 0, 0}, at = board.mp + 44, n = *(volatile u16 *)(board.mp + 34);
    eq("MP: a table", mem_get(board.mp), NAME('P', 'C', 'M', 'P'));
    eq("MP: its sum", sum(board.mp, *(volatile u16 *)(board.mp + 4)), 0);
    eq("MP: the local APICs", mem_get(board.mp + 36), board.lapic);
    for (; n; n--) {
        u8 type = *(u8 *)at;
        if (type > 4)
            break;
        counts[type]++;
        if (type == 2)
            eq("MP: the I/O APIC", mem_get(at + 4), board.ioapic);
        at += type ? 8 : 20;
    }
    eq("MP: entries of known types", n, 0);
    eq("MP: entries and length agree", at, board.mp + *(volatile u16 *)(board.mp + 4));
    eq("MP: one processor", counts[0], 1);
    eq("MP: one I/O APIC", counts[2], 1);
    eq("MP: interrupts", counts[3] >= 10, 1);
    eq("MP: ExtINT and NMI", counts[4], 2);
}

void test_tables(void)
{
    if (!board.pci)
        return;
    eq("ACPI: an RSDP", rsdp != 0, 1);
    sound("ACPI: RSDT", rsdt);
    sound("ACPI: FADT", fadt);
    sound("ACPI: DSDT", mem_get(fadt + 40));
    eq("ACPI: FACS", mem_get(mem_get(fadt + 36)), NAME('F', 'A', 'C', 'S'));
    eq("ACPI: FACS on a boundary of 64 bytes", mem_get(fadt + 36) % 64, 0);
    eq("ACPI: SCI is IRQ 9", *(volatile u16 *)(fadt + 46), 9);
    eq("ACPI: the PM timer is behind the events", mem_get(fadt + 76), board.pm + 8);
    eq("ACPI: the events are where PMBA says", pci_get(1, 3, 0x40) & 0xffc0, board.pm);
    if (!board.apic)
        return;
    sound("ACPI: MADT", madt);
    eq("ACPI: IRQ 0 is pin 2", madt_entry(2) ? mem_get(madt_entry(2)) >> 24 : 1, 0);
    eq("ACPI: and it is", madt_entry(2) ? mem_get(madt_entry(2) + 4) & 0xff : 0, 2);
    eq("MP: a floating pointer", floating != 0, 1);
    if (board.mp)
        test_mp();
    if (hpet_table)
        sound("ACPI: HPET", hpet_table);
}
