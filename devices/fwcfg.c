/* SPDX-License-Identifier: MIT */
/* fwcfg.c - the firmware configuration device (see fwcfg.h). */
#include "devices/fwcfg.h"

#include "base/out.h"
#include "base/snap.h"
#include "base/trace.h"
#include "mmu/bus.h"

#include <assert.h>
#include <string.h>

#define PAGE 4096u

enum { DMA_ERROR = 1, DMA_READ = 2, DMA_SKIP = 4, DMA_SELECT = 8, DMA_WRITE = 16 };

static const uint8_t signature[4] = {'Q', 'E', 'M', 'U'};
static const uint8_t features[4] = {3, 0, 0, 0}; /* the ports, and DMA */
static const uint8_t dma_signature[8] = {'Q', 'E', 'M', 'U', ' ', 'C', 'F', 'G'};

static uint32_t get_be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put_be32(uint8_t *p, uint32_t v)
{
    for (unsigned n = 0; n < 4; n++)
        p[n] = (uint8_t)(v >> (24 - 8 * n));
}

static const struct fwcfg_item *selected(const struct fwcfg *f)
{
    for (unsigned n = 0; n < f->items; n++)
        if (f->item[n].key == f->key)
            return &f->item[n];
    return NULL;
}

static void select_item(struct fwcfg *f, uint16_t key)
{
    f->key = key;
    f->at = 0;
    const struct fwcfg_item *i = selected(f);
    if (!i)
        TRACE(f->trace, TRACE_BOARD, "fw_cfg: item %04x is asked for and is not there", key);
    else
        TRACE(f->trace, TRACE_BOARD, "fw_cfg: item %04x%s%s, %u bytes", key, i->name ? " " : "",
              i->name ? i->name : "", i->size);
}

/* How many of the next n bytes the item has. */
static uint32_t left(const struct fwcfg *f, const struct fwcfg_item *i, uint32_t n)
{
    uint32_t rest = i && f->at < i->size ? i->size - f->at : 0;
    return n < rest ? n : rest;
}

static void read_on(struct fwcfg *f, uint8_t *to, uint32_t n)
{
    const struct fwcfg_item *i = selected(f);
    uint32_t have = left(f, i, n);
    memset(to, 0, n);
    if (have)
        memcpy(to, i->data + f->at, have);
    f->at += have;
}

/* ---- Ports ----------------------------------------------------------------------------- */

static uint32_t fwcfg_read(void *dev, uint32_t off, unsigned size)
{
    uint8_t byte = 0;
    if (off == 1 && size == 1)
        read_on(dev, &byte, 1);
    return byte;
}

static uint32_t fwcfg_read_many(void *dev, uint32_t off, unsigned size, void *buf, uint32_t n)
{
    if (off != 1 || size != 1)
        return 0;
    read_on(dev, buf, n);
    return n;
}

static void fwcfg_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    if (off == 0 && size == 2)
        select_item(dev, (uint16_t)value);
}

const struct io_ops fwcfg_ops = {
    .read = fwcfg_read, .write = fwcfg_write, .read_many = fwcfg_read_many, .widths = 1 | 2};

/* ---- DMA ------------------------------------------------------------------------------- */

static bool is_memory(const struct fwcfg *f, phys_t at)
{
    return bus_host_page(f->bus, at) != NULL;
}

/* One piece of a transfer, within a page. False: there is no memory. */
static bool move(struct fwcfg *f, unsigned what, phys_t to, uint32_t n)
{
    uint8_t piece[PAGE];
    if (!is_memory(f, to))
        return false;
    if (what & DMA_READ) {
        read_on(f, piece, n);
        bus_dma_write(f->bus, to, piece, n);
    }
    return true;
}

static bool transfer(struct fwcfg *f, unsigned what, uint32_t length, const uint8_t address[8])
{
    phys_t to = get_be32(address + 4);
    if (what & DMA_WRITE && !(what & DMA_READ))
        return false;
    if (!(what & DMA_READ)) {
        f->at += left(f, selected(f), what & DMA_SKIP ? length : 0);
        return true;
    }
    if (get_be32(address) || (length && to + (length - 1) < to))
        return length == 0;
    for (uint32_t n; length; length -= n, to += n) {
        n = PAGE - to % PAGE;
        n = n < length ? n : length;
        if (!move(f, what, to, n))
            return false;
    }
    return true;
}

static void request(struct fwcfg *f, phys_t at)
{
    uint8_t r[16];
    if (f->dma_high || at > UINT32_MAX - sizeof r || !is_memory(f, at) ||
        !is_memory(f, at + sizeof r - 1)) {
        TRACE(f->trace, TRACE_BOARD, "fw_cfg: a DMA request at %08x%08x, where no memory is",
              f->dma_high, at);
        return;
    }
    bus_dma_read(f->bus, at, r, sizeof r);
    uint32_t control = get_be32(r);
    if (control & DMA_SELECT)
        select_item(f, (uint16_t)(control >> 16));
    put_be32(r, transfer(f, control, get_be32(r + 4), r + 8) ? 0 : DMA_ERROR);
    bus_dma_write(f->bus, at, r, 4);
}

static uint32_t fwcfg_dma_read(void *dev, uint32_t off, unsigned size)
{
    uint32_t value = 0;
    (void)dev;
    for (unsigned n = 0; n < size; n++)
        value |= (uint32_t)dma_signature[(off + n) % 8] << (8 * n);
    return value;
}

static void fwcfg_dma_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct fwcfg *f = dev;
    if (size != 4)
        return;
    uint32_t half = __builtin_bswap32(value);
    if (off == 0) {
        f->dma_high = half;
    } else {
        request(f, half);
        f->dma_high = 0;
    }
}

const struct io_ops fwcfg_dma_ops = {
    .read = fwcfg_dma_read, .write = fwcfg_dma_write, .widths = 1 | 4};

/* ---- The board's side ------------------------------------------------------------------ */

static void add(struct fwcfg *f, uint16_t key, const char *name, const void *data, uint32_t size)
{
    assert(f->items < FWCFG_ITEMS && (data || !size));
    f->item[f->items++] = (struct fwcfg_item){.key = key, .size = size, .data = data, .name = name};
}

void fwcfg_add(struct fwcfg *f, uint16_t key, const void *data, uint32_t size)
{
    add(f, key, NULL, data, size);
}

void fwcfg_add_file(struct fwcfg *f, const char *name, const void *data, uint32_t size)
{
    uint8_t *entry = f->directory + 4 + f->files * (8 + FWCFG_NAME);
    uint16_t key = (uint16_t)(FWCFG_FILE_FIRST + f->files);
    assert(f->files < FWCFG_FILES && strlen(name) < FWCFG_NAME);
    add(f, key, name, data, size);
    put_be32(entry, size);
    put_be32(entry + 4, (uint32_t)key << 16);
    memcpy(entry + 8, name, strlen(name) + 1);
    put_be32(f->directory, ++f->files);
    for (unsigned n = 0; n < f->items; n++)
        if (f->item[n].key == FWCFG_DIRECTORY)
            f->item[n].size = 4 + f->files * (8 + FWCFG_NAME);
}

void fwcfg_init(struct fwcfg *f, struct bus *b, struct trace *t)
{
    *f = (struct fwcfg){.bus = b, .trace = t};
    fwcfg_add(f, FWCFG_SIGNATURE, signature, sizeof signature);
    fwcfg_add(f, FWCFG_ID, features, sizeof features);
    fwcfg_add(f, FWCFG_DIRECTORY, f->directory, 4);
    fwcfg_reset(f);
}

void fwcfg_reset(struct fwcfg *f)
{
    f->key = FWCFG_SIGNATURE;
    f->at = 0;
    f->dma_high = 0;
}

void fwcfg_snap(struct fwcfg *f, struct snap *s)
{
    if (!snap_section(s, "fwcfg", 1))
        return;
    snap_u16(s, &f->key);
    snap_u32(s, &f->at);
    snap_u32(s, &f->dma_high);
}

void fwcfg_info(const struct fwcfg *f, struct out *to)
{
    out_printf(to, "fw_cfg: item %04x is selected, byte %u comes next\n", f->key, f->at);
    for (unsigned n = 0; n < f->items; n++)
        out_printf(to, "  %04x %6u bytes  %s\n", f->item[n].key, f->item[n].size,
                   f->item[n].name ? f->item[n].name : "");
}
