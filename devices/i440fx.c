/* SPDX-License-Identifier: MIT */
/*
 * i440fx.c - host bridge: shadowing of C0000h-FFFFFh and the SMRAM register.
 * Source: Intel 82441FX data sheet. Interface and limits: i440fx.h.
 */
#include "devices/i440fx.h"

#include "base/out.h"
#include "base/snap.h"
#include "base/trace.h"
#include "mmu/bus.h"

#include <string.h>

enum { PAM_READ = 1, PAM_WRITE = 2 };
enum { SMRAM_DLCK = 0x10, SMRAM_DOPEN = 0x40, SMRAM_WRITABLE = 0x78, SMRAM_BASE = 0x02 };
enum { ROWS = 0x60, ROW_COUNT = 8 };

static uint32_t segment_base(unsigned n)
{
    return n == 12 ? 0xf0000 : 0xc0000 + n * 0x4000;
}

static uint32_t segment_size(unsigned n)
{
    return n == 12 ? 0x10000 : 0x4000;
}

static uint8_t segment_mode(const struct i440fx *h, unsigned n)
{
    if (n == 12)
        return h->pci.config[I440FX_PAM] >> 4 & 3;
    return h->pci.config[I440FX_PAM + 1 + n / 2] >> (n & 1) * 4 & 3;
}

static unsigned map_segment(struct i440fx *h, uint8_t mode, uint32_t base, uint32_t size)
{
    switch (mode) {
    case PAM_READ: return bus_map_rom(h->bus, "shadow, read only", base, size, h->bus->ram + base);
    case PAM_WRITE: return bus_map_stores(h->bus, "shadow, write only", base, size, base);
    case PAM_READ | PAM_WRITE: return bus_map_ram(h->bus, "shadow", base, size, base);
    default: return 0;
    }
}

/* Neighbours of one mode are one mapping. */
static void map_segments(struct i440fx *h)
{
    for (unsigned n = 0, first = 0; n < I440FX_SEGMENTS; n++) {
        uint32_t base = segment_base(first);

        if (n + 1 < I440FX_SEGMENTS && h->mode[n + 1] == h->mode[first])
            continue;
        h->handle[first] =
            map_segment(h, h->mode[first], base, segment_base(n) + segment_size(n) - base);
        first = n + 1;
    }
}

static void update_segments(struct i440fx *h)
{
    static const char *const name[] = {"PCI", "read only", "write only", "RAM"};
    bool changed = false;

    for (unsigned n = 0; n < I440FX_SEGMENTS; n++) {
        uint8_t mode = segment_mode(h, n);

        if (mode == h->mode[n])
            continue;
        changed = true;
        h->mode[n] = mode;
        TRACE(h->trace, TRACE_BOARD, "440fx: %05x-%05x: %s", segment_base(n),
              segment_base(n) + segment_size(n) - 1, name[mode]);
    }
    if (!changed)
        return;
    for (unsigned n = 0; n < I440FX_SEGMENTS; n++)
        if (h->handle[n])
            bus_unmap(h->bus, h->handle[n]);
    memset(h->handle, 0, sizeof h->handle);
    map_segments(h);
}

/* Locking closes the window and makes the register read-only until the next reset. */
static void update_lock(struct i440fx *h)
{
    bool locked = h->pci.config[I440FX_SMRAM] & SMRAM_DLCK;

    if (locked)
        h->pci.config[I440FX_SMRAM] &= (uint8_t)~SMRAM_DOPEN;
    h->pci.write_mask[I440FX_SMRAM] = locked ? 0 : SMRAM_WRITABLE;
}

static void config_written(void *ctx, unsigned reg, unsigned n)
{
    struct i440fx *h = ctx;

    if (reg <= I440FX_PAM + 6 && reg + n > I440FX_PAM)
        update_segments(h);
    if (reg <= I440FX_SMRAM && reg + n > I440FX_SMRAM)
        update_lock(h);
}

void i440fx_init(struct i440fx *h, struct bus *bus, uint32_t memory, struct trace *t)
{
    uint32_t rows = memory >> 23;

    *h = (struct i440fx){.bus = bus, .trace = t};
    pci_function_init(
        &h->pci, "440fx host bridge",
        &(struct pci_identity){
            .vendor = 0x8086, .device = 0x1237, .class_code = 0x060000, .revision = 2});
    pci_function_register(&h->pci, PCI_COMMAND, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER, 0x40);
    pci_function_register(&h->pci, PCI_COMMAND + 1, 0, 0x01);
    pci_function_register(&h->pci, PCI_STATUS, 0x80, 0);
    pci_function_register(&h->pci, PCI_STATUS + 1, 0x02, 0);
    pci_function_register(&h->pci, I440FX_PAM, 0, 0x30);
    for (unsigned n = 1; n <= 6; n++)
        pci_function_register(&h->pci, I440FX_PAM + n, 0, 0x33);
    for (unsigned n = 0; n < ROW_COUNT; n++)
        pci_function_register(&h->pci, ROWS + n, (uint8_t)(rows < 0xff ? rows : 0xff), 0xff);
    pci_function_register(&h->pci, I440FX_SMRAM, SMRAM_BASE, SMRAM_WRITABLE);
    h->pci.written = config_written;
    h->pci.ctx = h;
}

void i440fx_reset(struct i440fx *h)
{
    pci_function_reset(&h->pci);
    update_segments(h);
    update_lock(h);
}

void i440fx_snap(struct i440fx *h, struct snap *s)
{
    pci_function_snap(&h->pci, s);
    if (!s->loading)
        return;
    for (unsigned n = 0; n < 7; n++)
        h->pci.config[I440FX_PAM + n] &= h->pci.write_mask[I440FX_PAM + n];
    update_segments(h);
    update_lock(h);
}

void i440fx_info(const struct i440fx *h, struct out *to)
{
    static const char *const name[] = {"PCI (ROM)", "RAM, read only", "loads PCI, stores RAM",
                                       "RAM"};
    uint8_t smram = h->pci.config[I440FX_SMRAM];

    out_printf(to, "440fx: SMRAM %02x%s%s\n", smram, smram & SMRAM_DOPEN ? ", open" : "",
               smram & SMRAM_DLCK ? ", locked" : "");
    for (unsigned n = 0, first = 0; n < I440FX_SEGMENTS; n++) {
        if (n + 1 < I440FX_SEGMENTS && h->mode[n + 1] == h->mode[first])
            continue;
        out_printf(to, "  %05x-%05x  %s\n", segment_base(first),
                   segment_base(n) + segment_size(n) - 1, name[h->mode[first]]);
        first = n + 1;
    }
}
