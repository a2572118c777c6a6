/* SPDX-License-Identifier: MIT */
/*
 * pci.c - configuration cycles, BARs and interrupt pins.
 * Source: PCI Local Bus Specification 2.1. Interface and limits: pci.h.
 *
 *   CONFADD  31 enable | 30-24 0 | 23-16 bus | 15-11 slot | 10-8 function | 7-2 register | 1-0 0
 */
#include "devices/pci.h"

#include "base/out.h"
#include "base/snap.h"
#include "base/trace.h"
#include "mmu/bus.h"

#include <assert.h>
#include <string.h>

enum {
    ADDRESS_ENABLE = 0x80000000,
    ADDRESS_BITS = 0x80fffffc,
    STATUS_INTERRUPT = 0x08, /* the pin is wanted, whatever the command register says */
    HEADER_MULTI = 0x80,
    HEADER_TYPE = 0x0e,
    HEADER_END = 0x40,
    BAR_IS_PORTS = 0x1,
    BAR_PREFETCHABLE = 0x8,
    ROM_ENABLE = 0x1,
};

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void put32(uint8_t *p, uint32_t v)
{
    for (unsigned n = 0; n < 4; n++)
        p[n] = (uint8_t)(v >> 8 * n);
}

static unsigned bar_register(unsigned n)
{
    return n == PCI_ROM_BAR ? PCI_ROM : PCI_BAR0 + 4 * n;
}

/* ---- Base addresses -------------------------------------------------------------------- */

/* Where BAR n is to be on the bus; 0: nowhere. */
static uint32_t bar_place(const struct pci_function *f, unsigned n)
{
    const struct pci_bar *bar = &f->bar[n];
    uint32_t v = get32(f->config + bar_register(n)), base = v & ~(bar->size - 1);
    bool ports = bar->kind == PCI_PORTS;
    uint32_t last = base + bar->size - 1;

    if (bar->kind == PCI_IMAGE) {
        if (!(v & ROM_ENABLE))
            return 0;
    } else if (!(pci_command(f) & (ports ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY))) {
        return 0;
    }
    if (ports && last > UINT16_MAX)
        return 0;
    return last == UINT32_MAX ? 0 : base;
}

static void unmap_bar(struct pci_function *f, struct pci_bar *bar)
{
    if (bar->handle && bar->kind == PCI_PORTS)
        bus_unmap_ports(f->bus->memory, bar->handle);
    else if (bar->handle)
        bus_unmap(f->bus->memory, bar->handle);
    bar->handle = 0;
    bar->at = 0;
}

static unsigned map_bar(struct pci_function *f, const struct pci_bar *bar, uint32_t at)
{
    struct bus *b = f->bus->memory;

    switch (bar->kind) {
    case PCI_PORTS:
        return bus_map_ports_over(b, f->name, (uint16_t)at, (uint16_t)bar->size, bar->ops,
                                  bar->dev);
    case PCI_MMIO: return bus_map_mmio(b, f->name, at, bar->size, bar->ops, bar->dev);
    case PCI_MEMORY: return bus_map_device_memory(b, f->name, at, bar->size, bar->host, bar->dirty);
    case PCI_IMAGE: return bus_map_rom(b, f->name, at, bar->size, bar->host);
    case PCI_NO_BAR: break;
    }
    return 0;
}

/* Its place among the BARs that answer at one address: nothing of the past. */
static unsigned bar_rank(const struct pci_function *f, unsigned n)
{
    return (f->slot * PCI_FUNCTIONS + f->function) * 8u + n + 1;
}

static void update_bar(struct pci_function *f, unsigned n)
{
    struct pci_bar *bar = &f->bar[n];
    uint32_t at = bar->kind == PCI_NO_BAR ? 0 : bar_place(f, n);

    if (at == bar->at)
        return;
    unmap_bar(f, bar);
    if (!at)
        return;
    bar->handle = map_bar(f, bar, at);
    bar->at = at;
    if (bar->kind == PCI_PORTS)
        bus_sink_ports(f->bus->memory, bar->handle, bar_rank(f, n));
    else
        bus_sink(f->bus->memory, bar->handle, bar_rank(f, n));
    TRACE(f->bus->trace, TRACE_BOARD, "pci %02x.%x %s: BAR %u at %0*x", f->slot, f->function,
          f->name, n, bar->kind == PCI_PORTS ? 4 : 8, at);
}

static void update_bars(struct pci_function *f)
{
    for (unsigned n = 0; n < PCI_BARS; n++)
        update_bar(f, n);
}

/* ---- Interrupts ------------------------------------------------------------------------ */

static bool pin_is_driven(const struct pci_function *f)
{
    return f->interrupt && f->config[PCI_INTERRUPT_PIN] && !(pci_command(f) & PCI_COMMAND_NO_INTX);
}

/* The pins of all functions that share a PIRQ are one wire. */
static void update_pirqs(struct pci *p)
{
    uint8_t level = 0, changed;

    for (unsigned slot = 0; slot < PCI_SLOTS; slot++)
        for (unsigned n = 0; n < PCI_FUNCTIONS; n++) {
            const struct pci_function *f = p->at[slot][n];
            if (f && pin_is_driven(f))
                level |= (uint8_t)(1u << pci_pirq_of(slot, f->config[PCI_INTERRUPT_PIN]));
        }
    changed = level ^ p->pirq_level;
    p->pirq_level = level;
    for (unsigned n = 0; n < PCI_PIRQS; n++)
        if (changed & 1u << n)
            irq_set(&p->pirq[n], level & 1u << n);
}

void pci_function_interrupt(struct pci_function *f, bool level)
{
    if (f->interrupt == level)
        return;
    f->interrupt = level;
    f->config[PCI_STATUS] =
        (uint8_t)((f->config[PCI_STATUS] & ~STATUS_INTERRUPT) | (level ? STATUS_INTERRUPT : 0));
    update_pirqs(f->bus);
}

/* ---- Functions ------------------------------------------------------------------------- */

void pci_function_register(struct pci_function *f, unsigned reg, uint8_t reset_value,
                           uint8_t write_mask)
{
    f->reset_value[reg] = f->config[reg] = reset_value;
    f->write_mask[reg] = write_mask;
}

static void put_identity(struct pci_function *f, unsigned reg, uint32_t value, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        pci_function_register(f, reg + i, (uint8_t)(value >> 8 * i), 0);
}

void pci_function_init(struct pci_function *f, const char *name, const struct pci_identity *id)
{
    assert(id->pin <= PCI_PIRQS);
    *f = (struct pci_function){.name = name};
    put_identity(f, 0x00, id->vendor, 2);
    put_identity(f, 0x02, id->device, 2);
    put_identity(f, 0x08, id->revision, 1);
    put_identity(f, 0x09, id->class_code, 3);
    put_identity(f, HEADER_TYPE, id->multi_function ? HEADER_MULTI : 0, 1);
    put_identity(f, 0x2c, id->subsystem_vendor, 2);
    put_identity(f, 0x2e, id->subsystem, 2);
    put_identity(f, PCI_INTERRUPT_PIN, id->pin, 1);
    f->write_mask[PCI_COMMAND] = PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
    f->write_mask[PCI_COMMAND + 1] = (PCI_COMMAND_NO_INTX | 0x100) >> 8; /* and SERR# enable */
    f->clear_mask[PCI_STATUS + 1] = 0xf9; /* errors that nobody here makes */
    f->write_mask[0x0c] = 0xff;           /* cache line size */
    f->write_mask[0x0d] = 0xff;           /* latency timer */
    f->write_mask[PCI_INTERRUPT_LINE] = 0xff;
}

void pci_function_bar(struct pci_function *f, unsigned n, const struct pci_bar *bar)
{
    uint32_t mask = ~(bar->size - 1), fixed = 0;
    unsigned reg = bar_register(n);

    assert(n < PCI_BARS && (bar->kind == PCI_IMAGE) == (n == PCI_ROM_BAR));
    assert(bar->size && !(bar->size & (bar->size - 1)));
    assert(bar->size >= (bar->kind == PCI_PORTS ? 4u : 4096u));
    f->bar[n] = *bar;
    f->bar[n].handle = 0;
    f->bar[n].at = 0;
    if (bar->kind == PCI_PORTS)
        fixed = BAR_IS_PORTS;
    if (bar->kind == PCI_MEMORY)
        fixed = BAR_PREFETCHABLE;
    if (bar->kind == PCI_IMAGE)
        mask |= ROM_ENABLE;
    put32(f->reset_value + reg, fixed);
    put32(f->config + reg, fixed);
    put32(f->write_mask + reg, mask);
}

void pci_function_reset(struct pci_function *f)
{
    memcpy(f->config, f->reset_value, sizeof f->config);
    update_bars(f);
    f->interrupt = false;
    update_pirqs(f->bus);
}

/* What the chip is does not come from the stream: of the header only what can change. */
void pci_function_snap(struct pci_function *f, struct snap *s)
{
    uint8_t config[sizeof f->config];

    if (!snap_section(s, "pci function", 1))
        return;
    memcpy(config, f->config, sizeof config);
    snap_bytes(s, config, sizeof config);
    snap_bool(s, &f->interrupt);
    if (!s->loading)
        return;
    for (unsigned reg = 0; reg < sizeof config; reg++) {
        uint8_t kept = reg < HEADER_END ? (uint8_t)~f->write_mask[reg] : 0;
        f->config[reg] = (uint8_t)((f->config[reg] & kept) | (config[reg] & ~kept));
    }
    f->config[PCI_STATUS] = (uint8_t)((f->reset_value[PCI_STATUS] & ~STATUS_INTERRUPT) |
                                      (f->interrupt ? STATUS_INTERRUPT : 0));
    update_bars(f);
}

/* ---- Configuration cycles -------------------------------------------------------------- */

static void write_function(struct pci_function *f, unsigned reg, uint32_t value, unsigned size)
{
    for (unsigned n = 0; n < size; n++) {
        uint8_t v = (uint8_t)(value >> 8 * n), mask = f->write_mask[reg + n];
        uint8_t *byte = &f->config[reg + n];
        *byte = (uint8_t)((*byte & ~mask) | (v & mask));
        *byte &= (uint8_t) ~(v & f->clear_mask[reg + n]);
    }
    if (reg < HEADER_END) {
        update_bars(f);
        update_pirqs(f->bus);
    }
    if (f->written)
        f->written(f->ctx, reg, size);
}

uint32_t pci_config_read(const struct pci *p, unsigned slot, unsigned function, unsigned reg,
                         unsigned size)
{
    const struct pci_function *f = p->at[slot % PCI_SLOTS][function % PCI_FUNCTIONS];
    uint32_t value = 0;

    for (unsigned n = 0; n < size; n++)
        value |= (uint32_t)(f ? f->config[(reg + n) & 0xff] : 0xff) << 8 * n;
    return value;
}

void pci_config_write(struct pci *p, unsigned slot, unsigned function, unsigned reg, uint32_t value,
                      unsigned size)
{
    struct pci_function *f = p->at[slot % PCI_SLOTS][function % PCI_FUNCTIONS];

    if (f && reg + size <= sizeof f->config)
        write_function(f, reg, value, size);
}

static uint32_t address_read(void *dev, uint32_t off, unsigned size)
{
    const struct pci *p = dev;

    if (size == 4)
        return p->address;
    if (p->passed && p->passed->read)
        return p->passed->read(p->passed_dev, off, size);
    return UINT32_MAX;
}

static void address_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct pci *p = dev;

    if (size == 4)
        p->address = value & ADDRESS_BITS;
    else if (p->passed && p->passed->write)
        p->passed->write(p->passed_dev, off, value, size);
}

/* Whom CONFADD names: nobody but on bus 0, and nobody while it is not enabled. */
static bool data_is_ours(const struct pci *p)
{
    return (p->address & ADDRESS_ENABLE) && !(p->address >> 16 & 0xff);
}

static uint32_t data_read(void *dev, uint32_t off, unsigned size)
{
    const struct pci *p = dev;

    if (!data_is_ours(p))
        return UINT32_MAX;
    return pci_config_read(p, p->address >> 11 & 31, p->address >> 8 & 7, (p->address & 0xfc) + off,
                           size);
}

static void data_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct pci *p = dev;

    if (data_is_ours(p))
        pci_config_write(p, p->address >> 11 & 31, p->address >> 8 & 7, (p->address & 0xfc) + off,
                         value, size);
}

/* Words too are cut into bytes on their way through: what is behind is byte-wide. */
const struct io_ops pci_address_ops = {.read = address_read, .write = address_write, .widths = 5};
const struct io_ops pci_data_ops = {.read = data_read, .write = data_write, .widths = 7};

/* ---- The bus --------------------------------------------------------------------------- */

void pci_init(struct pci *p, struct bus *memory, const struct irq pirq[PCI_PIRQS], struct trace *t)
{
    *p = (struct pci){.memory = memory, .trace = t};
    memcpy(p->pirq, pirq, sizeof p->pirq);
}

void pci_reset(struct pci *p)
{
    p->address = 0;
}

void pci_attach(struct pci *p, unsigned slot, unsigned function, struct pci_function *f)
{
    assert(slot < PCI_SLOTS && function < PCI_FUNCTIONS && !p->at[slot][function]);
    p->at[slot][function] = f;
    f->bus = p;
    f->slot = (uint8_t)slot;
    f->function = (uint8_t)function;
}

void pci_snap(struct pci *p, struct snap *s)
{
    if (!snap_section(s, "pci", 1))
        return;
    snap_u32(s, &p->address);
    snap_u8(s, &p->pirq_level);
    p->address &= ADDRESS_BITS;
    p->pirq_level &= (1u << PCI_PIRQS) - 1;
}

static void bar_info(const struct pci_function *f, unsigned n, struct out *to)
{
    static const char *const kind[] = {"", "ports", "registers", "memory", "ROM"};
    const struct pci_bar *bar = &f->bar[n];
    uint32_t base = get32(f->config + bar_register(n)) & ~(bar->size - 1);
    bool ports = bar->kind == PCI_PORTS;

    if (bar->kind == PCI_NO_BAR)
        return;
    out_printf(to, "         %s %u: %s %0*x-%0*x%s\n", n == PCI_ROM_BAR ? "ROM" : "BAR",
               n == PCI_ROM_BAR ? 0 : n, kind[bar->kind], ports ? 4 : 8, base, ports ? 4 : 8,
               base + bar->size - 1, bar->handle ? "" : ", not on the bus");
}

static void function_info(const struct pci_function *f, struct out *to)
{
    const uint8_t *c = f->config;
    unsigned command = pci_command(f), pin = c[PCI_INTERRUPT_PIN];

    out_printf(to, "  %02x.%x  %02x%02x:%02x%02x class %02x%02x  %s%s%s%s\n", f->slot, f->function,
               c[1], c[0], c[3], c[2], c[0x0b], c[0x0a], f->name,
               command & PCI_COMMAND_IO ? ", ports" : "",
               command & PCI_COMMAND_MEMORY ? ", memory" : "",
               command & PCI_COMMAND_MASTER ? ", master" : "");
    for (unsigned n = 0; n < PCI_BARS; n++)
        bar_info(f, n, to);
    if (pin)
        out_printf(to, "         INT%c on PIRQ%c, %s%s; the guest noted IRQ %u\n",
                   'A' + (int)pin - 1, 'A' + (int)pci_pirq_of(f->slot, pin),
                   f->interrupt ? "asserted" : "quiet",
                   command & PCI_COMMAND_NO_INTX ? ", held back by the command register" : "",
                   c[PCI_INTERRUPT_LINE]);
}

void pci_info(const struct pci *p, struct out *to)
{
    out_printf(to, "pci: CONFADD %08x", p->address);
    for (unsigned n = 0; n < PCI_PIRQS; n++)
        out_printf(to, ", PIRQ%c %s", 'A' + (int)n, p->pirq_level & 1u << n ? "high" : "low");
    out_printf(to, "\n");
    for (unsigned slot = 0; slot < PCI_SLOTS; slot++)
        for (unsigned n = 0; n < PCI_FUNCTIONS; n++)
            if (p->at[slot][n])
                function_info(p->at[slot][n], to);
}
