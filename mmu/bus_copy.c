/* SPDX-License-Identifier: MIT */
/*
 * bus_copy.c - memory in bulk: what debuggers and loaders look at and put there, what bus masters
 * move, and what a snapshot keeps. Page by page: a page has one owner.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* madvise */
#endif
#include "base/snap.h"
#include "mmu/bus_parts.h"

#include <string.h>
#include <sys/mman.h>

#define SNAP_END UINT32_MAX /* ends the list of pages in a snapshot */

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
        bus_before_store(b, at, (unsigned)n);
        memcpy(host, from, n);
        bus_stored(b, at, (unsigned)n);
    }
}

/* Moves up to n bytes page by page between memory at `a` and one of `to`, `from`. */
static size_t copy_pages(struct bus *b, phys_t a, uint8_t *to, const uint8_t *from, size_t n)
{
    size_t done = 0;

    while (done < n) {
        phys_t at = a + (phys_t)done;
        size_t take = PAGE_SIZE - at % PAGE_SIZE;
        const struct bus_region *r = bus_loads_at(b, at);
        uint8_t *host = r->host ? r->host + (at - r->base) : NULL, *out = to ? to + done : NULL;
        const uint8_t *in = from ? from + done : NULL;

        if (take > n - done)
            take = n - done;
        if (done > 0 && at == 0) /* past 4 GiB */
            break;
        if (host)
            copy_host(b, at, host, out, in, take);
        else if (!copy_device(r, at, out, in, take))
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

/* ---- Bus masters ----------------------------------------------------------------------- */

static void dma_piece(struct bus *b, phys_t at, uint8_t *to, const uint8_t *from, size_t n)
{
    const struct bus_region *r = bus_region_at(b, at);

    if (r->host && (to || !r->rom)) {
        copy_host(b, at, r->host + (at - r->base), to, from, n);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (to)
            to[i] = (uint8_t)bus_mmio_read(b, r, at + (phys_t)i, 1);
        else
            bus_mmio_write(b, r, at + (phys_t)i, from[i], 1);
    }
}

static void dma_copy(struct bus *b, phys_t a, uint8_t *to, const uint8_t *from, size_t n)
{
    for (size_t done = 0, take; done < n; done += take) {
        phys_t at = a + (phys_t)done;

        take = PAGE_SIZE - at % PAGE_SIZE;
        if (take > n - done)
            take = n - done;
        dma_piece(b, at, to ? to + done : NULL, from ? from + done : NULL, take);
    }
}

void bus_dma_read(struct bus *b, phys_t a, void *buf, size_t n)
{
    dma_copy(b, a, buf, NULL, n);
}

void bus_dma_write(struct bus *b, phys_t a, const void *buf, size_t n)
{
    dma_copy(b, a, NULL, buf, n);
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
    bus_changed(b); /* RAM is new everywhere, whatever A20 says */
}
