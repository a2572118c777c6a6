/* SPDX-License-Identifier: MIT */
/*
 * test_machine_tables.c - the tables in F0000h-FFFFFh that a kernel without firmware finds by searching, as
 * it does it: $PIR against the chips (a pin's interrupt comes where the table says), SMBIOS by walking it.
 */
#include "machine/machine.h"

#include "machine/config.h"
#include "mmu/bus.h"
#include "tests/report.h"

#include <stdlib.h>
#include <string.h>

#define AREA UINT32_C(0xf0000)

static uint8_t area[0x10000];

static struct machine *make(enum config_machine kind, enum config_nic nic, uint32_t memory)
{
    struct error err = {.text = ""};
    struct config cfg = {
        .machine = kind, .memory = memory, .cpu = CPU_PPRO, .insn_cost_log2 = 3, .nic = nic};
    struct machine *m = machine_new(&cfg, &err);

    CHECK(m, "%s", err.text);
    if (!m)
        exit(1);
    machine_enter(m, &(struct machine_entry){.protected_mode = true, .eip = 0x100000});
    memset(area, 0xff, sizeof area);
    for (uint32_t at = 0; at < sizeof area; at += 4096)
        (void)bus_peek(machine_bus(m), AREA + at, area + at, 4096);
    return m;
}

static unsigned get16(const uint8_t *at)
{
    return at[0] | at[1] << 8;
}

static uint32_t get32(const uint8_t *at)
{
    return get16(at) | (uint32_t)get16(at + 2) << 16;
}

static uint8_t sum(const uint8_t *p, size_t n)
{
    uint8_t total = 0;

    while (n--)
        total = (uint8_t)(total + *p++);
    return total;
}

/* On 16-byte boundaries; how many there are goes to *count. */
static const uint8_t *search(const char *name, unsigned *count)
{
    const uint8_t *found = NULL;

    *count = 0;
    for (size_t at = 0; at + 32 <= sizeof area; at += 16) {
        if (memcmp(area + at, name, strlen(name)) != 0)
            continue;
        found = area + at;
        ++*count;
    }
    return found;
}

static uint32_t config_read(struct machine *m, unsigned slot, unsigned reg)
{
    bus_out(machine_bus(m), 0xcf8, 0x80000000u | slot << 11 | (reg & 0xfcu), 4);
    return bus_in(machine_bus(m), 0xcfc, 4);
}

static void test_routing(void)
{
    struct machine *m = make(MACHINE_PC, NIC_USUAL, 64u << 20);
    unsigned count, cards = 0;
    const uint8_t *t = search("$PIR", &count);

    CHECK(count == 1, "one routing table");
    if (!t)
        exit(1);
    CHECK(get16(t + 4) == 0x100 && get16(t + 6) >= 48 && get16(t + 6) % 16 == 0 &&
              sum(t, get16(t + 6)) == 0,
          "its version, size and sum");
    CHECK(t[8] == 0 && t[9] == 0x08 && config_read(m, 1, 0) == get32(t + 12),
          "the router is there");
    for (const uint8_t *e = t + 32; e < t + get16(t + 6); e += 16) {
        unsigned slot = e[1] >> 3, line = config_read(m, slot, 0x3c) & 0xff;
        unsigned pin = config_read(m, slot, 0x3c) >> 8 & 0xff, link;

        CHECK(e[0] == 0 && config_read(m, slot, 0) != UINT32_MAX, "slot %u holds something", slot);
        if (slot < 2 || pin < 1 || pin > 4)
            continue;
        cards++;
        link = e[2 + 3 * (pin - 1)];
        CHECK((config_read(m, 1, link) >> 8 * (link & 3) & 0xff) == line &&
                  (get16(e + 3 + 3 * (pin - 1)) >> line & 1),
              "slot %u: link %x is routed to line %u", slot, link, line);
    }
    CHECK(cards >= 1, "cards with an interrupt");
    machine_free(m);
}

/* Bytes of a structure with its texts; 0: it runs out of the table. */
static size_t structure_size(const uint8_t *s, const uint8_t *end)
{
    for (const uint8_t *p = s + s[1]; p + 1 < end; p++)
        if (!p[0] && !p[1])
            return (size_t)(p + 2 - s);
    return 0;
}

static void test_inventory(uint32_t memory)
{
    struct machine *m = make(MACHINE_PC, NIC_NONE, memory);
    unsigned count, structures = 0, largest = 0;
    uint32_t array = 0, device = 0, last = 0;
    const uint8_t *e = search("_SM_", &count), *s, *end;
    bool ended = false;

    CHECK(count == 1, "one entry point");
    if (!e)
        exit(1);
    CHECK(e[5] == 31 && sum(e, 31) == 0 && memcmp(e + 16, "_DMI_", 5) == 0 && sum(e + 16, 15) == 0,
          "its parts and sums");
    s = area + (get32(e + 24) - AREA);
    end = s + get16(e + 22);
    CHECK(s >= area && end <= area + sizeof area, "the table lies below 1 MiB");
    while (s < end && !ended) {
        size_t size = structure_size(s, end);

        CHECK(size, "structure %u ends", s[0]);
        if (!size)
            exit(1);
        structures++;
        largest = size > largest ? (unsigned)size : largest;
        array = s[0] == 16 ? get32(s + 7) : array;
        device = s[0] == 17 ? get16(s + 12) : device;
        last = s[0] == 19 ? get32(s + 8) : last;
        if (s[0] == 1)
            CHECK(strcmp((const char *)s + s[1], "emu386") == 0, "the system's maker");
        ended = s[0] == 127;
        s += size;
    }
    CHECK(ended && s == end && structures == get16(e + 28) && largest == get16(e + 8),
          "as many structures, and as large ones, as the entry point says");
    CHECK(array == memory >> 10 && device == memory >> 20 && last == (memory >> 10) - 1,
          "all of %u MiB", memory >> 20);
    machine_free(m);
}

static void test_isa(void)
{
    struct machine *m = make(MACHINE_ISA, NIC_NONE, 16u << 20);
    unsigned routing, inventory;

    (void)search("$PIR", &routing);
    (void)search("_SM_", &inventory);
    CHECK(!routing && !inventory, "no tables where there is no PCI");
    machine_free(m);
}

int main(void)
{
    test_routing();
    test_inventory(64u << 20);
    test_inventory(3584u << 20);
    test_inventory(1u << 20);
    test_isa();
    return report_end();
}
