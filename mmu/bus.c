/* SPDX-License-Identifier: MIT */
/*
 * bus.c - who answers at a physical address or a port, and how an access is cut to fit.
 *
 * Two byte tables answer "who": page_region (2^20 pages) and port_of (2^16 ports), each an
 * index into a short list whose entry 0 is "nothing". An access inside one page of RAM or ROM
 * is a host load or store; everything else goes the slow way, piece by piece:
 *
 * - a device gets naturally aligned pieces (unless it says otherwise) of a width it implements,
 *   lowest address first;
 * - memory in an access that spans pages is moved byte by byte;
 * - addresses wrap at 4 GiB and ports at 64 K, and A20 is applied to each piece.
 *
 * Every device implements bytes. A NULL read or write function is open bus in that direction.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* MAP_ANONYMOUS, madvise */
#endif
#include "mmu/bus.h"

#include "base/trace.h"
#include "mmu/bus_parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGES (UINT32_C(1) << 20)
#define PORTS 65536u
#define RAM_HINT UINT64_C(0x800000000)
#define MAX_RAM (UINT32_C(3584) << 20)

/* ---- Init and mapping ------------------------------------------------------------------ */

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

void bus_changed(struct bus *b)
{
    if (b->mapping_changed)
        b->mapping_changed(b->mapping_arg);
}

/* Who answers in a page: of those that reach it, the one mapped last. */
static uint8_t top_region(const struct bus *b, uint32_t page)
{
    unsigned top = 0;

    for (unsigned n = 1; n < b->regions; n++) {
        const struct bus_region *r = &b->region[n];

        if (r->name && page - (r->base >> PAGE_SHIFT) < r->pages && r->layer > b->region[top].layer)
            top = n;
    }
    return (uint8_t)top;
}

static void paint_page(struct bus *b, uint32_t page, uint8_t region)
{
    const struct bus_region *r = &b->region[region];
    uint8_t flags = r->host ? r->rom ? PAGE_ROM : 0 : PAGE_MMIO;

    b->page_region[page] = region;
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
    bus_changed(b);
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
    bus_changed(b);
}

void bus_sink(struct bus *b, unsigned region, unsigned rank)
{
    struct bus_region *r = &b->region[region];

    assert(region > 0 && region < b->regions && r->name && rank > 0 && rank < BUS_RANKS);
    r->layer = rank;
    for (uint32_t page = r->base >> PAGE_SHIFT; page < (r->base >> PAGE_SHIFT) + r->pages; page++)
        if (b->page_region[page] == region)
            paint_page(b, page, top_region(b, page));
    bus_changed(b);
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
            b->page_flags[page] =
                (uint8_t)((b->page_flags[page] & ~PAGE_MMIO) | (host ? 0 : PAGE_MMIO));
    }
    bus_changed(b);
}

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

void bus_set_a20(struct bus *b, bool open)
{
    uint32_t mask = open ? UINT32_MAX : ~A20_BIT;

    if (mask == b->a20_mask)
        return;
    b->a20_mask = mask;
    bus_changed(b);
}

/* ---- Bytes in host memory -------------------------------------------------------------- */

static uint32_t ones(unsigned size)
{
    return UINT32_MAX >> (32 - 8 * size);
}

static uint32_t host_load(const uint8_t *p, unsigned size)
{
    switch (size) {
    case 1: return p[0];
    case 2: return (uint32_t)p[0] | (uint32_t)p[1] << 8;
    default:
        return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    }
}

static void host_store(uint8_t *p, uint32_t value, unsigned size)
{
    p[0] = (uint8_t)value;
    if (size == 1)
        return;
    p[1] = (uint8_t)(value >> 8);
    if (size == 2)
        return;
    p[2] = (uint8_t)(value >> 16);
    p[3] = (uint8_t)(value >> 24);
}

/* ---- Memory ---------------------------------------------------------------------------- */

/* The widest piece, at most `left` bytes and aligned at `a` if it must be, that ops implements. */
static unsigned piece_size(const struct io_ops *ops, uint32_t a, unsigned left)
{
    for (unsigned size = 4; size > 1; size /= 2)
        if (size <= left && (a % size == 0 || ops->unaligned) && (ops->widths & size))
            return size;
    return 1;
}

uint32_t bus_mmio_read(struct bus *b, const struct bus_region *r, phys_t a, unsigned size)
{
    if (!r->ops || !r->ops->read) {
        TRACE(b->trace, TRACE_BUS, "read of %u at %08x: %s answers", size, a,
              r->ops ? "no register" : "nobody");
        if (!r->ops && b->stray)
            b->stray(b->mmu_arg, a, false, false);
        return ones(size);
    }
    b->io_count += !r->ops->quiet;
    return r->ops->read(r->dev, a - r->base, size) & ones(size);
}

void bus_mmio_write(struct bus *b, const struct bus_region *r, phys_t a, uint32_t value,
                    unsigned size)
{
    if (!r->ops || !r->ops->write) {
        TRACE(b->trace, TRACE_BUS, "write of %0*x at %08x: %s", (int)(2 * size), value, a,
              r->rom ? "this is ROM" : "nobody takes it");
        if (!r->ops && b->stray)
            b->stray(b->mmu_arg, a, true, r->rom);
        return;
    }
    b->io_count += !r->ops->quiet;
    r->ops->write(r->dev, a - r->base, value & ones(size), size);
}

/* Natural alignment keeps a piece inside one page, hence inside one region. */
static unsigned memory_piece(const struct bus_region *r, phys_t a, unsigned left)
{
    if (r->ops && !r->host)
        return piece_size(r->ops, a, left);
    return 1;
}

static uint32_t read_pieces(struct bus *b, phys_t a, unsigned size)
{
    uint32_t value = 0;

    for (unsigned done = 0, n; done < size; done += n) {
        phys_t at = bus_a20(b, a + done);
        const struct bus_region *r = bus_region_at(b, at);

        n = memory_piece(r, at, size - done);
        value |= (r->host ? r->host[at - r->base] : bus_mmio_read(b, r, at, n)) << (8 * done);
    }
    return value;
}

/* Bytes that decoded code may have come from have changed. */
void bus_stored(struct bus *b, phys_t a, unsigned n)
{
    if ((b->page_flags[a / PAGE_SIZE] & PAGE_CODE) && b->code_written)
        b->code_written(b->code_written_arg, a, n);
}

/* Bytes that paging entries in use may be made of are about to change. */
void bus_before_store(struct bus *b, phys_t a, unsigned n)
{
    uint8_t *flags = &b->page_flags[a / PAGE_SIZE];

    if ((*flags & PAGE_PT) && b->table_changes)
        b->table_changes(b->mmu_arg, a, n);
    if ((*flags & PAGE_WATCH) && b->watched)
        b->watched(b->watched_arg, a, n);
    *flags |= PAGE_TOUCHED;
    bus_note_store(b, a);
}

static void write_pieces(struct bus *b, phys_t a, uint32_t value, unsigned size)
{
    for (unsigned done = 0, n; done < size; done += n) {
        phys_t at = bus_a20(b, a + done);
        const struct bus_region *r = bus_region_at(b, at);

        n = memory_piece(r, at, size - done);
        if (r->host && !r->rom) {
            bus_before_store(b, at, 1);
            r->host[at - r->base] = (uint8_t)(value >> (8 * done));
            bus_stored(b, at, 1);
        } else {
            bus_mmio_write(b, r, at, (value >> (8 * done)) & ones(n), n);
        }
    }
}

static bool inside_page(phys_t a, unsigned size)
{
    return a % PAGE_SIZE + size <= PAGE_SIZE;
}

uint32_t bus_read(struct bus *b, phys_t a, unsigned size)
{
    const struct bus_region *r;

    a = bus_a20(b, a);
    r = bus_region_at(b, a);
    if (inside_page(a, size)) {
        if (r->host)
            return host_load(r->host + (a - r->base), size);
        if (!r->ops)
            return bus_mmio_read(b, r, a, size);
    }
    return read_pieces(b, a, size);
}

void bus_write(struct bus *b, phys_t a, uint32_t value, unsigned size)
{
    const struct bus_region *r;

    a = bus_a20(b, a);
    r = bus_region_at(b, a);
    if (inside_page(a, size)) {
        if (r->host && !r->rom) {
            bus_before_store(b, a, size);
            host_store(r->host + (a - r->base), value, size);
            bus_stored(b, a, size);
            return;
        }
        if (!r->ops) {
            bus_mmio_write(b, r, a, value & ones(size), size);
            return;
        }
    }
    write_pieces(b, a, value, size);
}

uint8_t *bus_host_page(const struct bus *b, phys_t a)
{
    const struct bus_region *r = bus_region_at(b, a);

    return r->host ? r->host + ((a & ~(PAGE_SIZE - 1)) - r->base) : NULL;
}

const uint8_t *bus_code_page(const struct bus *b, phys_t a)
{
    return bus_region_at(b, a)->dirty ? NULL : bus_host_page(b, a);
}

void bus_note_store(struct bus *b, phys_t a)
{
    const struct bus_region *r = bus_region_at(b, a);

    if (r->dirty)
        r->dirty[(a - r->base) >> PAGE_SHIFT] = 0xff;
}

/* ---- Ports ----------------------------------------------------------------------------- */

/* As piece_size, but a device's ports need not end on a boundary: look where the piece ends. */
static unsigned port_piece(const struct bus *b, const struct port_range *r, uint16_t port,
                           unsigned left)
{
    unsigned size;

    if (!r->ops)
        return 1;
    size = piece_size(r->ops, port, left);
    while (size > 1 && &b->range[b->port_of[port + size - 1]] != r)
        size = piece_size(r->ops, port, size / 2);
    return size;
}

uint32_t bus_in(struct bus *b, uint16_t port, unsigned size)
{
    uint32_t value = 0;

    for (unsigned done = 0, n; done < size; done += n) {
        uint16_t at = (uint16_t)(port + done);
        const struct port_range *r = &b->range[b->port_of[at]];
        uint32_t got = UINT32_MAX;

        n = port_piece(b, r, at, size - done);
        if (r->ops && r->ops->read) {
            b->io_count++;
            got = r->ops->read(r->dev, (uint32_t)at - r->base, n);
        } else {
            TRACE(b->trace, TRACE_BUS, "in from port %04x: nobody answers", at);
        }
        value |= (got & ones(n)) << (8 * done);
    }
    return value;
}

void bus_out(struct bus *b, uint16_t port, uint32_t value, unsigned size)
{
    for (unsigned done = 0, n; done < size; done += n) {
        uint16_t at = (uint16_t)(port + done);
        const struct port_range *r = &b->range[b->port_of[at]];
        uint32_t part;

        n = port_piece(b, r, at, size - done);
        part = (value >> (8 * done)) & ones(n);
        if (r->ops && r->ops->write) {
            b->io_count++;
            r->ops->write(r->dev, (uint32_t)at - r->base, part, n);
        } else {
            TRACE(b->trace, TRACE_BUS, "out of %0*x to port %04x: nobody takes it", (int)(2 * n),
                  part, at);
        }
    }
}

/* The device at this port, if an access of this size is one piece. */
static const struct port_range *whole_port(const struct bus *b, uint16_t port, unsigned size)
{
    const struct port_range *r = &b->range[b->port_of[port]];

    return r->ops && port_piece(b, r, port, size) == size ? r : NULL;
}

uint32_t bus_in_many(struct bus *b, uint16_t port, unsigned size, void *buf, uint32_t n)
{
    const struct port_range *r = whole_port(b, port, size);
    uint32_t done;

    if (!r || !r->ops->read_many)
        return 0;
    done = r->ops->read_many(r->dev, (uint32_t)port - r->base, size, buf, n);
    b->io_count += done;
    return done;
}

uint32_t bus_out_many(struct bus *b, uint16_t port, unsigned size, const void *buf, uint32_t n)
{
    const struct port_range *r = whole_port(b, port, size);
    uint32_t done;

    if (!r || !r->ops->write_many)
        return 0;
    done = r->ops->write_many(r->dev, (uint32_t)port - r->base, size, buf, n);
    b->io_count += done;
    return done;
}
