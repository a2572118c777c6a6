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

#include "base/snap.h"
#include "base/trace.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE_SIZE 4096u
#define PAGE_SHIFT 12
#define PAGES (UINT32_C(1) << 20)
#define PORTS 65536u
#define RAM_HINT UINT64_C(0x800000000)
#define MAX_RAM (UINT32_C(3584) << 20)
#define A20_BIT (UINT32_C(1) << 20)
#define SNAP_END UINT32_MAX /* ends the list of pages in a snapshot */

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
    if (b->mapping_changed)
        b->mapping_changed(b->mapping_arg);
}

/* Appends r (`size` bytes at r.base) and paints its pages; `flags` is PAGE_ROM, PAGE_MMIO or 0. */
static void map_region(struct bus *b, struct bus_region r, uint32_t size, uint8_t flags)
{
    uint32_t first = r.base >> PAGE_SHIFT;

    assert(r.name && r.base % PAGE_SIZE == 0 && size > 0 && size % PAGE_SIZE == 0);
    assert((uint64_t)r.base + size <= UINT64_C(1) << 32);
    assert(b->regions < BUS_REGIONS);
    r.pages = size >> PAGE_SHIFT;
    b->region[b->regions] = r;
    for (uint32_t page = first; page < first + r.pages; page++) {
        b->page_region[page] = (uint8_t)b->regions;
        b->page_flags[page] = (uint8_t)((b->page_flags[page] & ~(PAGE_ROM | PAGE_MMIO)) | flags);
    }
    b->regions++;
    mapping_changed(b);
}

void bus_map_ram(struct bus *b, const char *name, phys_t base, uint32_t size, uint32_t ram_offset)
{
    assert(ram_offset % PAGE_SIZE == 0 && ram_offset <= b->ram_size);
    assert(size <= b->ram_size - ram_offset);
    map_region(b, (struct bus_region){.name = name, .base = base, .host = b->ram + ram_offset},
               size, 0);
}

void bus_map_rom(struct bus *b, const char *name, phys_t base, uint32_t size, uint8_t *host)
{
    assert(host);
    map_region(b, (struct bus_region){.name = name, .base = base, .host = host, .rom = true}, size,
               PAGE_ROM);
}

static bool widths_ok(const struct io_ops *ops)
{
    return ops && ops->widths <= 7 && (ops->widths == 0 || (ops->widths & 1));
}

void bus_map_mmio(struct bus *b, const char *name, phys_t base, uint32_t size,
                  const struct io_ops *ops, void *dev)
{
    assert(widths_ok(ops) && !ops->unaligned);
    map_region(b, (struct bus_region){.name = name, .base = base, .ops = ops, .dev = dev}, size,
               PAGE_MMIO);
}

void bus_map_device_memory(struct bus *b, const char *name, phys_t base, uint32_t size,
                           uint8_t *host, uint8_t *dirty)
{
    assert(host && dirty);
    map_region(b, (struct bus_region){.name = name, .base = base, .host = host, .dirty = dirty},
               size, 0);
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
    mapping_changed(b);
}

void bus_map_ports(struct bus *b, const char *name, uint16_t base, uint16_t n,
                   const struct io_ops *ops, void *dev)
{
    assert(name && widths_ok(ops) && n > 0 && (uint32_t)base + n <= PORTS);
    assert(b->ranges < BUS_PORT_RANGES);
    for (uint32_t port = base; port < (uint32_t)base + n; port++) {
        assert(b->port_of[port] == 0); /* two devices claim one port */
        b->port_of[port] = (uint8_t)b->ranges;
    }
    b->range[b->ranges++] =
        (struct port_range){.name = name, .base = base, .n = n, .ops = ops, .dev = dev};
}

void bus_set_a20(struct bus *b, bool open)
{
    uint32_t mask = open ? UINT32_MAX : ~A20_BIT;

    if (mask == b->a20_mask)
        return;
    b->a20_mask = mask;
    mapping_changed(b);
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

static const struct bus_region *region_at(const struct bus *b, phys_t a)
{
    return &b->region[b->page_region[a >> PAGE_SHIFT]];
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

static uint32_t mmio_read(struct bus *b, const struct bus_region *r, phys_t a, unsigned size)
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

static void mmio_write(struct bus *b, const struct bus_region *r, phys_t a, uint32_t value,
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
        const struct bus_region *r = region_at(b, at);

        n = memory_piece(r, at, size - done);
        value |= (r->host ? r->host[at - r->base] : mmio_read(b, r, at, n)) << (8 * done);
    }
    return value;
}

/* Bytes that decoded code may have come from have changed. */
static void note_store(struct bus *b, phys_t a, unsigned n)
{
    if ((b->page_flags[a / PAGE_SIZE] & PAGE_CODE) && b->code_written)
        b->code_written(b->code_written_arg, a, n);
}

/* Bytes that paging entries in use may be made of are about to change. */
static void before_store(struct bus *b, phys_t a, unsigned n)
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
        const struct bus_region *r = region_at(b, at);

        n = memory_piece(r, at, size - done);
        if (r->host && !r->rom) {
            before_store(b, at, 1);
            r->host[at - r->base] = (uint8_t)(value >> (8 * done));
            note_store(b, at, 1);
        } else {
            mmio_write(b, r, at, (value >> (8 * done)) & ones(n), n);
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
    r = region_at(b, a);
    if (inside_page(a, size)) {
        if (r->host)
            return host_load(r->host + (a - r->base), size);
        if (!r->ops)
            return mmio_read(b, r, a, size);
    }
    return read_pieces(b, a, size);
}

void bus_write(struct bus *b, phys_t a, uint32_t value, unsigned size)
{
    const struct bus_region *r;

    a = bus_a20(b, a);
    r = region_at(b, a);
    if (inside_page(a, size)) {
        if (r->host && !r->rom) {
            before_store(b, a, size);
            host_store(r->host + (a - r->base), value, size);
            note_store(b, a, size);
            return;
        }
        if (!r->ops) {
            mmio_write(b, r, a, value & ones(size), size);
            return;
        }
    }
    write_pieces(b, a, value, size);
}

uint8_t *bus_host_page(const struct bus *b, phys_t a)
{
    const struct bus_region *r = region_at(b, a);

    return r->host ? r->host + ((a & ~(PAGE_SIZE - 1)) - r->base) : NULL;
}

const uint8_t *bus_code_page(const struct bus *b, phys_t a)
{
    return region_at(b, a)->dirty ? NULL : bus_host_page(b, a);
}

void bus_note_store(struct bus *b, phys_t a)
{
    const struct bus_region *r = region_at(b, a);

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

/* ---- Looking and loading --------------------------------------------------------------- */

/* n bytes of one page of a device that is memory. False: it is none. */
static bool copy_device(const struct bus_region *r, phys_t at, uint8_t *to, const uint8_t *from,
                        size_t n)
{
    if (!r->ops || !r->ops->peek)
        return false;
    for (size_t i = 0; i < n; i++) {
        uint32_t off = at - r->base + (uint32_t)i;

        if (to)
            to[i] = r->ops->peek(r->dev, off);
        if (from)
            r->ops->write(r->dev, off, from[i], 1);
    }
    return true;
}

static void copy_host(struct bus *b, phys_t at, uint8_t *host, uint8_t *to, const uint8_t *from,
                      size_t n)
{
    if (to)
        memcpy(to, host, n);
    if (from) {
        before_store(b, at, (unsigned)n);
        memcpy(host, from, n);
        note_store(b, at, (unsigned)n);
    }
}

/* Moves up to n bytes page by page between memory at `a` and one of `to`, `from`. */
static size_t copy_pages(struct bus *b, phys_t a, uint8_t *to, const uint8_t *from, size_t n)
{
    size_t done = 0;

    while (done < n) {
        phys_t at = a + (phys_t)done;
        size_t take = PAGE_SIZE - at % PAGE_SIZE;
        uint8_t *page = bus_host_page(b, at), *out = to ? to + done : NULL;
        const uint8_t *in = from ? from + done : NULL;

        if (take > n - done)
            take = n - done;
        if (done > 0 && at == 0) /* past 4 GiB */
            break;
        if (page)
            copy_host(b, at, page + at % PAGE_SIZE, out, in, take);
        else if (!copy_device(region_at(b, at), at, out, in, take))
            break; /* registers, or nothing */
        done += take;
    }
    return done;
}

size_t bus_peek(const struct bus *b, phys_t a, void *buf, size_t n)
{
    return copy_pages((struct bus *)(uintptr_t)b, a, buf, NULL, n); /* reads only */
}

size_t bus_poke(struct bus *b, phys_t a, const void *buf, size_t n)
{
    return copy_pages(b, a, NULL, buf, n);
}

/* ---- Snapshot -------------------------------------------------------------------------- */

static bool page_is_zero(const uint8_t *page)
{
    return page[0] == 0 && memcmp(page, page + 1, PAGE_SIZE - 1) == 0;
}

static void save_ram(struct bus *b, struct snap *s)
{
    uint32_t end = SNAP_END;

    for (uint32_t page = 0; page < b->ram_size / PAGE_SIZE; page++) {
        uint8_t *bytes = b->ram + (size_t)page * PAGE_SIZE;

        if (page_is_zero(bytes))
            continue;
        snap_u32(s, &page);
        snap_bytes(s, bytes, PAGE_SIZE);
    }
    snap_u32(s, &end);
}

static void load_ram(struct bus *b, struct snap *s)
{
    /* Private anonymous pages that are given up read as zero again, and cost nothing. */
    if (madvise(b->ram, b->ram_size, MADV_DONTNEED) != 0)
        memset(b->ram, 0, b->ram_size);
    for (uint64_t least = 0;;) {
        uint32_t page = 0;

        snap_u32(s, &page);
        if (!snap_ok(s) || page == SNAP_END)
            return;
        if (page < least || page >= b->ram_size / PAGE_SIZE) {
            snap_fail(s, "RAM page %u is out of order or beyond the end", (unsigned)page);
            return;
        }
        least = (uint64_t)page + 1;
        snap_bytes(s, b->ram + (size_t)page * PAGE_SIZE, PAGE_SIZE);
    }
}

/* PAGE_TOUCHED as runs of pages: first, how many; closed by a run of none. */
static void snap_touched(struct bus *b, struct snap *s)
{
    const uint32_t pages = UINT32_C(1) << 20;
    uint32_t first = 0, n = 0;

    for (uint32_t page = 0; !s->loading && page <= pages; page++) {
        bool touched = page < pages && (b->page_flags[page] & PAGE_TOUCHED);

        if (touched && !n++)
            first = page;
        if (!touched && n) {
            snap_u32(s, &first);
            snap_u32(s, &n);
            n = 0;
        }
    }
    for (uint32_t page = 0; s->loading && page < pages; page++)
        b->page_flags[page] &= (uint8_t)~PAGE_TOUCHED;
    do {
        first = n = 0;
        snap_u32(s, &first);
        snap_u32(s, &n);
        for (uint32_t page = first; n && page < pages && page - first < n; page++)
            b->page_flags[page] |= PAGE_TOUCHED;
    } while (s->loading && snap_ok(s) && n);
}

void bus_snap(struct bus *b, struct snap *s)
{
    bool open = b->a20_mask == UINT32_MAX;
    uint32_t ram_size = b->ram_size;

    if (!snap_section(s, "bus", 1))
        return;
    snap_u32(s, &ram_size);
    if (ram_size != b->ram_size)
        snap_fail(s, "it has %u KiB of RAM, this machine %u", (unsigned)(ram_size >> 10),
                  (unsigned)(b->ram_size >> 10));
    snap_bool(s, &open);
    snap_u64(s, &b->io_count);
    snap_touched(b, s);
    if (!snap_ok(s))
        return;
    if (!s->loading) {
        save_ram(b, s);
        return;
    }
    load_ram(b, s);
    b->a20_mask = open ? UINT32_MAX : ~A20_BIT;
    mapping_changed(b); /* RAM is new everywhere, whatever A20 says */
}
