/* SPDX-License-Identifier: MIT */
/*
 * bus_map.c - who answers where: regions of memory and ranges of ports come and go.
 *
 * Several may reach the same page or port; each has a layer, and the highest answers. What the board
 * maps gets a new layer above all others, what was sunk a rank below all of those.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* MAP_ANONYMOUS, madvise */
#endif
#include "mmu/bus.h"

#include "mmu/bus_parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGES (UINT32_C(1) << 20)
#define PORTS 65536u
#define RAM_HINT UINT64_C(0x800000000)
#define MAX_RAM (UINT32_C(3584) << 20)

/* ---- Memory ---------------------------------------------------------------------------- */

bool bus_init(struct bus *b, uint32_t ram_size, struct trace *t, struct error *err)
{
    void *ram;

    assert(ram_size > 0 && ram_size % PAGE_SIZE == 0 && ram_size <= MAX_RAM);
    memset(b, 0, sizeof *b);
    b->region[0] = (struct bus_region){.name = "nothing", .pages = PAGES};
    b->regions = 1;
    b->range[0] = (struct port_range){.name = "nothing"};
    b->ranges = 1;
    b->layers = BUS_RANKS; /* those below are for what was sunk */
    b->a20_mask = UINT32_MAX;
    b->trace = t;
    b->page_region = calloc(PAGES, 1);
    b->page_flags = calloc(PAGES, 1);
    b->port_of = calloc(PORTS, 1);
    /* Above all linear addresses, wherever the host would put it: see tlb.h. */
    ram = mmap((void *)(uintptr_t)RAM_HINT, ram_size, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (ram != MAP_FAILED) {
        b->ram = ram;
        b->ram_size = ram_size;
        (void)madvise(ram, ram_size, MADV_HUGEPAGE); /* fewer host TLB misses, if it is allowed */
    }
    if (!b->page_region || !b->page_flags || !b->port_of || !b->ram) {
        bus_fini(b);
        return error_set(err, "not enough host memory for %u MiB of guest RAM; try a smaller one",
                         (unsigned)(ram_size >> 20));
    }
    memset(b->page_flags, PAGE_MMIO, PAGES);
    return true;
}

void bus_fini(struct bus *b)
{
    if (b->ram)
        (void)munmap(b->ram, b->ram_size);
    free(b->page_region);
    free(b->page_flags);
    free(b->port_of);
    memset(b, 0, sizeof *b);
}

static void mapping_changed(struct bus *b)
{
    bool code = b->code_repainted;

    b->code_repainted = false;
    if (b->mapping_changed)
        b->mapping_changed(b->mapping_arg, code);
}

void bus_changed(struct bus *b)
{
    b->code_repainted = true;
    mapping_changed(b);
}

/* Who answers in a page: of those that reach it and lie below a layer, the one mapped last. */
static uint8_t top_region_below(const struct bus *b, uint32_t page, unsigned layer)
{
    unsigned top = 0;

    for (unsigned n = 1; n < b->regions; n++) {
        const struct bus_region *r = &b->region[n];

        if (r->name && page - (r->base >> PAGE_SHIFT) < r->pages && r->layer < layer &&
            r->layer > b->region[top].layer)
            top = n;
    }
    return (uint8_t)top;
}

static uint8_t top_region(const struct bus *b, uint32_t page)
{
    return top_region_below(b, page, UINT32_MAX);
}

const struct bus_region *bus_region_below(const struct bus *b, const struct bus_region *r, phys_t a)
{
    do {
        r = &b->region[top_region_below(b, a >> PAGE_SHIFT, r->layer)];
    } while (r->store);
    return r;
}

static void paint_page(struct bus *b, uint32_t page, uint8_t region)
{
    const struct bus_region *r = &b->region[region];
    uint8_t flags = r->host ? r->rom ? PAGE_ROM : 0 : PAGE_MMIO;

    b->page_region[page] = region;
    if (b->page_flags[page] & PAGE_CODE)
        b->code_repainted = true;
    b->page_flags[page] = (uint8_t)((b->page_flags[page] & ~(PAGE_ROM | PAGE_MMIO)) | flags);
}

/* Puts r (`size` bytes at r.base) on top. */
static unsigned map_region(struct bus *b, struct bus_region r, uint32_t size)
{
    uint32_t first = r.base >> PAGE_SHIFT;
    unsigned slot = 1;

    assert(r.name && r.base % PAGE_SIZE == 0 && size > 0 && size % PAGE_SIZE == 0);
    assert((uint64_t)r.base + size <= UINT64_C(1) << 32);
    while (slot < b->regions && b->region[slot].name)
        slot++;
    assert(slot < BUS_REGIONS);
    if (slot == b->regions)
        b->regions++;
    r.pages = size >> PAGE_SHIFT;
    r.layer = ++b->layers;
    b->region[slot] = r;
    for (uint32_t page = first; page < first + r.pages; page++)
        paint_page(b, page, (uint8_t)slot);
    mapping_changed(b);
    return slot;
}

void bus_unmap(struct bus *b, unsigned region)
{
    struct bus_region r;

    assert(region > 0 && region < b->regions && b->region[region].name);
    r = b->region[region];
    b->region[region] = (struct bus_region){.name = NULL};
    for (uint32_t page = r.base >> PAGE_SHIFT; page < (r.base >> PAGE_SHIFT) + r.pages; page++)
        if (b->page_region[page] == region)
            paint_page(b, page, top_region(b, page));
    mapping_changed(b);
}

void bus_sink(struct bus *b, unsigned region, unsigned rank)
{
    struct bus_region *r = &b->region[region];

    assert(region > 0 && region < b->regions && r->name && rank > 0 && rank < BUS_RANKS);
    r->layer = rank;
    for (uint32_t page = r->base >> PAGE_SHIFT; page < (r->base >> PAGE_SHIFT) + r->pages; page++)
        if (b->page_region[page] == region)
            paint_page(b, page, top_region(b, page));
    mapping_changed(b);
}

unsigned bus_map_ram(struct bus *b, const char *name, phys_t base, uint32_t size,
                     uint32_t ram_offset)
{
    assert(ram_offset % PAGE_SIZE == 0 && ram_offset <= b->ram_size);
    assert(size <= b->ram_size - ram_offset);
    return map_region(
        b, (struct bus_region){.name = name, .base = base, .host = b->ram + ram_offset}, size);
}

unsigned bus_map_rom(struct bus *b, const char *name, phys_t base, uint32_t size, uint8_t *host)
{
    assert(host);
    return map_region(b, (struct bus_region){.name = name, .base = base, .host = host, .rom = true},
                      size);
}

static bool widths_ok(const struct io_ops *ops)
{
    return ops && ops->widths <= 7 && (ops->widths == 0 || (ops->widths & 1));
}

unsigned bus_map_mmio(struct bus *b, const char *name, phys_t base, uint32_t size,
                      const struct io_ops *ops, void *dev)
{
    assert(widths_ok(ops) && !ops->unaligned);
    return map_region(b, (struct bus_region){.name = name, .base = base, .ops = ops, .dev = dev},
                      size);
}

unsigned bus_map_device_memory(struct bus *b, const char *name, phys_t base, uint32_t size,
                               uint8_t *host, uint8_t *dirty)
{
    assert(host && dirty);
    return map_region(
        b, (struct bus_region){.name = name, .base = base, .host = host, .dirty = dirty}, size);
}

unsigned bus_map_stores(struct bus *b, const char *name, phys_t base, uint32_t size,
                        uint32_t ram_offset)
{
    assert(ram_offset % PAGE_SIZE == 0 && ram_offset <= b->ram_size);
    assert(size <= b->ram_size - ram_offset);
    return map_region(
        b, (struct bus_region){.name = name, .base = base, .store = b->ram + ram_offset}, size);
}

void bus_dirty_cleared(struct bus *b)
{
    if (b->dirty_cleared)
        b->dirty_cleared(b->mmu_arg);
}

void bus_set_window(struct bus *b, phys_t base, uint8_t *host, uint8_t *dirty)
{
    struct bus_region *r = &b->region[b->page_region[base >> PAGE_SHIFT]];

    assert(r->base == base && r->ops && !host == !dirty);
    if (r->host == host)
        return;
    r->host = host;
    r->dirty = dirty;
    for (uint32_t page = base >> PAGE_SHIFT; page < (base >> PAGE_SHIFT) + r->pages; page++) {
        if (&b->region[b->page_region[page]] == r)
            paint_page(b, page, b->page_region[page]);
    }
    mapping_changed(b);
}

/* ---- Ports ----------------------------------------------------------------------------- */

unsigned bus_map_ports_over(struct bus *b, const char *name, uint16_t base, uint16_t n,
                            const struct io_ops *ops, void *dev)
{
    unsigned slot = 1;

    assert(name && widths_ok(ops) && n > 0 && (uint32_t)base + n <= PORTS);
    while (slot < b->ranges && b->range[slot].name)
        slot++;
    assert(slot < BUS_PORT_RANGES);
    if (slot == b->ranges)
        b->ranges++;
    b->range[slot] = (struct port_range){
        .name = name, .layer = ++b->layers, .base = base, .n = n, .ops = ops, .dev = dev};
    memset(b->port_of + base, (int)slot, n);
    return slot;
}

void bus_map_ports(struct bus *b, const char *name, uint16_t base, uint16_t n,
                   const struct io_ops *ops, void *dev)
{
    for (uint32_t port = base; port < (uint32_t)base + n && port < PORTS; port++)
        assert(b->port_of[port] == 0); /* two devices claim one port */
    (void)bus_map_ports_over(b, name, base, n, ops, dev);
}

static uint8_t top_range(const struct bus *b, uint32_t port)
{
    unsigned top = 0;

    for (unsigned n = 1; n < b->ranges; n++) {
        const struct port_range *r = &b->range[n];

        if (r->name && port - r->base < r->n && r->layer > b->range[top].layer)
            top = n;
    }
    return (uint8_t)top;
}

void bus_unmap_ports(struct bus *b, unsigned range)
{
    struct port_range r;

    assert(range > 0 && range < b->ranges && b->range[range].name);
    r = b->range[range];
    b->range[range] = (struct port_range){.name = NULL};
    for (uint32_t port = r.base; port < (uint32_t)r.base + r.n; port++)
        if (b->port_of[port] == range)
            b->port_of[port] = top_range(b, port);
}

void bus_sink_ports(struct bus *b, unsigned range, unsigned rank)
{
    struct port_range *r = &b->range[range];

    assert(range > 0 && range < b->ranges && r->name && rank > 0 && rank < BUS_RANKS);
    r->layer = rank;
    for (uint32_t port = r->base; port < (uint32_t)r->base + r->n; port++)
        if (b->port_of[port] == range)
            b->port_of[port] = top_range(b, port);
}

/* ---- A20 ------------------------------------------------------------------------------- */

void bus_set_a20(struct bus *b, bool open)
{
    uint32_t mask = open ? UINT32_MAX : ~A20_BIT;

    if (mask == b->a20_mask)
        return;
    b->a20_mask = mask;
    bus_changed(b);
}
