/* SPDX-License-Identifier: MIT */
/* pirtable.c - the PCI interrupt routing table (see pirtable.h). */
#include "machine/pirtable.h"

#include "devices/pci.h"
#include "devices/piix3.h"

#include <string.h>

enum {
    HEADER = 32,
    ENTRY = 16,
    SIZE = 6,
    ROUTER = 9, /* device and function of the chip that routes */
    COMPATIBLE = 12,
    CHECKSUM = 31,
    FIRST_BOARD_SLOT = 2, /* slot 1 is soldered */
    LINES = 0xdef8,       /* what a PIRQ can be routed to */
};

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

static bool is_used(const struct pci *p, unsigned slot)
{
    for (unsigned n = 0; n < PCI_FUNCTIONS; n++)
        if (p->at[slot][n])
            return true;
    return false;
}

static void put_slot(uint8_t *entry, unsigned slot)
{
    entry[1] = (uint8_t)(slot << 3);
    for (unsigned pin = 1; pin <= 4; pin++) {
        uint8_t *wire = entry + 2 + 3 * (pin - 1);

        wire[0] = (uint8_t)(PIIX3_PIRQRC + pci_pirq_of(slot, pin));
        put16(wire + 1, LINES);
    }
    entry[14] = (uint8_t)(slot < FIRST_BOARD_SLOT ? 0 : slot - FIRST_BOARD_SLOT + 1);
}

uint32_t pirtable_build(const struct pci *p, uint8_t to[PIRTABLE_ROOM])
{
    static const uint8_t piix[4] = {0x86, 0x80, 0x00, 0x70};
    uint32_t size = HEADER;
    uint8_t sum = 0;

    memset(to, 0, PIRTABLE_ROOM);
    memcpy(to, "$PIR", 4);
    put16(to + 4, 0x0100);
    to[ROUTER] = 1 << 3;
    memcpy(to + COMPATIBLE, piix, sizeof piix);
    for (unsigned slot = 1; slot < PCI_SLOTS; slot++) {
        if (!is_used(p, slot))
            continue;
        put_slot(to + size, slot);
        size += ENTRY;
    }
    put16(to + SIZE, size);
    for (uint32_t n = 0; n < size; n++)
        sum = (uint8_t)(sum + to[n]);
    to[CHECKSUM] = (uint8_t)-sum;
    return size;
}
