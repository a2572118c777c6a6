/* SPDX-License-Identifier: MIT */
/* bmdma.c - bus-master IDE: registers, the walk through the table of regions (see bmdma.h). */
#include "devices/bmdma.h"

#include "base/out.h"
#include "base/snap.h"
#include "base/trace.h"
#include "mmu/bus.h"

enum {
    BMIC_START = 0x01,
    BMIC_TO_MEMORY = 0x08,
    BMIS_ACTIVE = 0x01,
    BMIS_ERROR = 0x02,
    BMIS_INTERRUPT = 0x04,
    BMIS_CAPABLE = 0x60,
    BAR = 4,
    PORTS = 16,
};

static bool is_running(void *channel)
{
    const struct bmdma_channel *c = channel;
    return (c->command & BMIC_START) && (c->status & BMIS_ACTIVE) && pci_is_master(&c->owner->pci);
}

static uint32_t little32(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void next_region(struct bmdma_channel *c)
{
    uint8_t entry[8];
    bus_dma_read(c->owner->bus, c->next, entry, sizeof entry);
    c->next += (uint32_t)sizeof entry;
    c->address = little32(entry) & ~1u;
    c->left = little32(entry + 4) & 0xfffe;
    c->left = c->left ? c->left : 0x10000;
    c->last = entry[7] & 0x80;
}

/* A drive that wants the other direction gets nothing: it waits until it is reset. */
static uint32_t move(void *channel, uint8_t *buf, uint32_t n, bool to_memory)
{
    struct bmdma_channel *c = channel;
    uint32_t done = 0;
    if (to_memory != !!(c->command & BMIC_TO_MEMORY))
        return 0;
    while (done < n && is_running(c)) {
        if (!c->left)
            next_region(c);
        uint32_t take = n - done < c->left ? n - done : c->left;
        if (to_memory)
            bus_dma_write(c->owner->bus, c->address, buf + done, take);
        else
            bus_dma_read(c->owner->bus, c->address, buf + done, take);
        c->address += take;
        c->left -= take;
        done += take;
        if (!c->left && c->last)
            c->status &= (uint8_t)~BMIS_ACTIVE;
    }
    return done;
}

struct ata_dma bmdma_engine(struct bmdma *b, unsigned n)
{
    return (struct ata_dma){.move = move, .running = is_running, .ctx = &b->channel[n]};
}

void bmdma_intrq(void *bmdma, unsigned n, bool level)
{
    struct bmdma *b = bmdma;
    struct bmdma_channel *c = &b->channel[n];
    if (level)
        c->status |= BMIS_INTERRUPT;
    irq_set(&c->irq, level);
}

/* ---- Registers ---------------------------------------------------------------------------- */

static void write_command(struct bmdma_channel *c, uint8_t value)
{
    bool starts = value & ~c->command & BMIC_START;
    c->command = value & (BMIC_START | BMIC_TO_MEMORY);
    if (!(value & BMIC_START)) {
        c->status &= (uint8_t)~BMIS_ACTIVE;
        return;
    }
    if (!starts)
        return;
    TRACE(c->owner->trace, TRACE_DISK, "bmdma %u: %s memory, table at %08x",
          (unsigned)(c - c->owner->channel), value & BMIC_TO_MEMORY ? "to" : "from", c->table);
    c->status |= BMIS_ACTIVE;
    c->next = c->table;
    c->left = 0;
    c->last = false;
    if (is_running(c))
        ata_dma_started(c->ata);
}

static uint32_t ports_read(void *dev, uint32_t off, unsigned size)
{
    const struct bmdma *b = dev;
    const struct bmdma_channel *c = &b->channel[off >> 3 & 1];
    (void)size;
    switch (off & 7) {
    case 0: return c->command;
    case 2: return c->status;
    case 4:
    case 5:
    case 6:
    case 7: return c->table >> 8 * (off & 3) & 0xff;
    default: return 0;
    }
}

static void ports_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct bmdma *b = dev;
    struct bmdma_channel *c = &b->channel[off >> 3 & 1];
    unsigned shift = 8 * (off & 3);
    (void)size;
    switch (off & 7) {
    case 0: write_command(c, (uint8_t)value); break;
    case 2:
        c->status = (uint8_t)((c->status & ~value & (BMIS_ERROR | BMIS_INTERRUPT)) |
                              (value & BMIS_CAPABLE) | (c->status & BMIS_ACTIVE));
        break;
    case 4:
    case 5:
    case 6:
    case 7: c->table = ((c->table & ~(0xffu << shift)) | (value & 0xff) << shift) & ~3u; break;
    default: break;
    }
}

static const struct io_ops ports_ops = {.read = ports_read, .write = ports_write, .widths = 1};

/* Allowed to be master from now on: what was started goes on. */
static void config_written(void *ctx, unsigned reg, unsigned n)
{
    struct bmdma *b = ctx;
    (void)n;
    if (reg > PCI_COMMAND)
        return;
    for (unsigned k = 0; k < 2; k++) {
        if (is_running(&b->channel[k]))
            ata_dma_started(b->channel[k].ata);
    }
}

/* ---- Made, saved, shown ------------------------------------------------------------------- */

void bmdma_init(struct bmdma *b, struct bus *bus, struct ata *ata[2], const struct irq irq[2],
                struct trace *t)
{
    *b = (struct bmdma){.bus = bus, .trace = t};
    for (unsigned n = 0; n < 2; n++)
        b->channel[n] = (struct bmdma_channel){.owner = b, .ata = ata[n], .irq = irq[n]};
    pci_function_init(
        &b->pci, "ide",
        &(struct pci_identity){.vendor = 0x8086, .device = 0x7010, .class_code = 0x010180});
    for (unsigned reg = 0x40; reg <= 0x44; reg++)
        pci_function_register(&b->pci, reg, 0, 0xff);
    pci_function_bar(
        &b->pci, BAR,
        &(struct pci_bar){.kind = PCI_PORTS, .size = PORTS, .ops = &ports_ops, .dev = b});
    b->pci.written = config_written;
    b->pci.ctx = b;
}

void bmdma_reset(struct bmdma *b)
{
    pci_function_reset(&b->pci);
    for (unsigned n = 0; n < 2; n++) {
        struct bmdma_channel *c = &b->channel[n];
        c->command = c->status = 0;
        c->table = c->next = c->address = c->left = 0;
        c->last = false;
    }
}

void bmdma_snap(struct bmdma *b, struct snap *s)
{
    if (!snap_section(s, "bmdma", 1))
        return;
    pci_function_snap(&b->pci, s);
    for (unsigned n = 0; n < 2; n++) {
        struct bmdma_channel *c = &b->channel[n];
        snap_u8(s, &c->command);
        snap_u8(s, &c->status);
        snap_bool(s, &c->last);
        snap_u32(s, &c->table);
        snap_u32(s, &c->next);
        snap_u32(s, &c->address);
        snap_u32(s, &c->left);
        if (c->left > 0x10000) {
            c->left = 0;
            snap_fail(s, "a region of more than 64 KiB");
        }
    }
}

void bmdma_info(const struct bmdma *b, struct out *to)
{
    for (unsigned n = 0; n < 2; n++) {
        const struct bmdma_channel *c = &b->channel[n];
        out_printf(to, "bus master %u: %s%s%s, %s memory; table at %08x", n,
                   c->command & BMIC_START ? "started" : "stopped",
                   c->status & BMIS_ACTIVE ? ", active" : "",
                   c->status & BMIS_INTERRUPT ? ", interrupt" : "",
                   c->command & BMIC_TO_MEMORY ? "to" : "from", c->table);
        if (c->status & BMIS_ACTIVE)
            out_printf(to, ", %u bytes left at %08x", c->left, c->address);
        out_text(to, "\n");
    }
}
