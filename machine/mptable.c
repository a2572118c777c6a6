/* SPDX-License-Identifier: MIT */
/* mptable.c - the MP configuration table (see mptable.h). */
#include "machine/mptable.h"

#include "machine/apics.h"
#include "machine/board.h"

#include <assert.h>
#include <string.h>

#define LAPIC_BASE UINT32_C(0xfee00000)
#define LAPIC_VERSION 0x11
#define IOAPIC_VERSION 0x11

enum { BUS_PCI, BUS_ISA };
enum { TYPE_PROCESSOR, TYPE_BUS, TYPE_IOAPIC, TYPE_INTERRUPT, TYPE_LOCAL };
enum { INT_FIXED = 0, INT_NMI = 1, INT_EXTINT = 3 };
enum { AS_BUS = 0x00, LEVEL_HIGH = 0x0d }; /* the ISA bridge turns PCI's active low around */
enum {
    POINTER = 16,
    HEADER = 44,
    POINTER_SUM = 10,
    HEADER_SUM = 7,
    HEADER_LENGTH = 4,
    HEADER_ENTRIES = 34
};

struct table {
    uint8_t *p;       /* the floating pointer, then the table */
    uint32_t n;       /* bytes so far */
    unsigned entries; /* of the table */
};

static void put(struct table *t, uint64_t value, unsigned bytes)
{
    assert(t->n + bytes <= MPTABLE_ROOM);
    for (unsigned i = 0; i < bytes; i++)
        t->p[t->n++] = (uint8_t)(value >> (8 * i));
}

static void put_text(struct table *t, const char *text, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        put(t, i < strlen(text) ? (uint8_t)text[i] : ' ', 1);
}

static void seal(uint8_t *p, uint32_t n, unsigned sum_at)
{
    uint8_t sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum = (uint8_t)(sum + p[i]);
    p[sum_at] = (uint8_t)(p[sum_at] - sum);
}

static void add_bus(struct table *t, unsigned id, const char *name)
{
    t->entries++;
    put(t, TYPE_BUS, 1);
    put(t, id, 1);
    put_text(t, name, 6);
}

/* An interrupt: of `bus`, its number there, to the pin of an APIC. */
static void add_interrupt(struct table *t, unsigned entry, unsigned type, unsigned flags,
                          unsigned bus, unsigned source, unsigned apic, unsigned pin)
{
    t->entries++;
    put(t, entry, 1);
    put(t, type, 1);
    put(t, flags, 2);
    put(t, bus, 1);
    put(t, source, 1);
    put(t, apic, 1);
    put(t, pin, 1);
}

/* The interrupts of PCI's slots; the ISA lines that they use. */
static unsigned add_pci(struct table *t, const struct machine *m)
{
    unsigned used = 0;
    for (unsigned slot = 1; slot < PCI_SLOTS; slot++) {
        unsigned pins = 0;
        for (unsigned n = 0; n < PCI_FUNCTIONS; n++) {
            const struct pci_function *f = m->pci.at[slot][n];
            unsigned pin = f ? f->config[PCI_INTERRUPT_PIN] : 0;
            unsigned irq = pin ? f->config[PCI_INTERRUPT_LINE] : 0;
            if (!pin || pin > 4 || irq == 0 || irq > 15 || (pins >> pin & 1))
                continue;
            pins |= 1u << pin;
            used |= 1u << irq;
            add_interrupt(t, TYPE_INTERRUPT, INT_FIXED, LEVEL_HIGH, BUS_PCI, slot << 2 | (pin - 1),
                          0, irq);
        }
    }
    return used;
}

static void add_entries(struct table *t, const struct machine *m)
{
    t->entries++;
    put(t, TYPE_PROCESSOR, 1);
    put(t, 0, 1);
    put(t, LAPIC_VERSION, 1);
    put(t, 3, 1); /* enabled, the bootstrap processor */
    put(t, cpu_signature(&m->cpu), 4);
    put(t, cpu_features(&m->cpu), 4);
    put(t, 0, 8);
    add_bus(t, BUS_PCI, "PCI");
    add_bus(t, BUS_ISA, "ISA");
    t->entries++;
    put(t, TYPE_IOAPIC, 1);
    put(t, 0, 1);
    put(t, IOAPIC_VERSION, 1);
    put(t, 1, 1); /* enabled */
    put(t, IOAPIC_BASE, 4);
    unsigned used = add_pci(t, m);
    for (unsigned irq = 0; irq < 16; irq++)
        if (irq != 2 && !(used >> irq & 1))
            add_interrupt(t, TYPE_INTERRUPT, INT_FIXED, AS_BUS, BUS_ISA, irq, 0, apics_pin(irq));
    add_interrupt(t, TYPE_LOCAL, INT_EXTINT, AS_BUS, BUS_ISA, 0, 0, 0);
    add_interrupt(t, TYPE_LOCAL, INT_NMI, AS_BUS, BUS_ISA, 0, 0xff, 1);
}

uint32_t mptable_build(const struct machine *m, uint8_t to[MPTABLE_ROOM], uint32_t at)
{
    struct table t = {.p = to};
    put_text(&t, "_MP_", 4);
    put(&t, at + POINTER, 4);
    put(&t, 1, 1); /* 16 bytes */
    put(&t, 4, 1); /* version 1.4 */
    put(&t, 0, 6); /* checksum; there is a table; virtual wire mode */
    put_text(&t, "PCMP", 4);
    put(&t, 0, 2);
    put(&t, 4, 1);
    put(&t, 0, 1);
    put_text(&t, "EMU386", 8);
    put_text(&t, "PC", 12);
    put(&t, 0, 8);
    put(&t, LAPIC_BASE, 4);
    put(&t, 0, 4);
    assert(t.n == POINTER + HEADER);
    add_entries(&t, m);
    uint8_t *header = to + POINTER;
    header[HEADER_LENGTH] = (uint8_t)(t.n - POINTER);
    header[HEADER_LENGTH + 1] = (uint8_t)((t.n - POINTER) >> 8);
    header[HEADER_ENTRIES] = (uint8_t)t.entries;
    seal(header, t.n - POINTER, HEADER_SUM);
    seal(to, POINTER, POINTER_SUM);
    return t.n;
}
