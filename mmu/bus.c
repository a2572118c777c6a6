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
#include "mmu/bus.h"

#include "base/trace.h"
#include "mmu/bus_parts.h"

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
    if (r->store) {
        r = bus_region_below(b, r, a);
        if (r->host)
            return host_load(r->host + (a - r->base), size);
    }
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
    if (r->store) {
        bus_before_store(b, a, size);
        host_store(r->store + (a - r->base), value, size);
        return;
    }
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
        if (!r->ops && !r->store)
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
            uint8_t *host = r->host + (a - r->base);
            bool same = host_load(host, size) == (value & ones(size));
            bus_before_store(b, a, size);
            host_store(host, value, size);
            if (!same)
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
    const struct port_range *whole = &b->range[b->port_of[port]];
    uint32_t value = 0;

    if (size == 1 && whole->ops && whole->ops->read) { /* by far the most */
        b->io_count++;
        return whole->ops->read(whole->dev, (uint32_t)port - whole->base, 1) & 0xff;
    }
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
    const struct port_range *whole = &b->range[b->port_of[port]];

    if (size == 1 && whole->ops && whole->ops->write) {
        b->io_count++;
        whole->ops->write(whole->dev, (uint32_t)port - whole->base, value & 0xff, 1);
        return;
    }
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
