/* SPDX-License-Identifier: MIT */
/*
 * dma.c - the two 8237A and their page registers. Source: Intel 8237A data sheet; IBM PC/AT
 * Technical Reference. Interface and limits: dma.h.
 */
#include "devices/dma.h"

#include "base/out.h"
#include "base/snap.h"
#include "base/trace.h"
#include "mmu/bus.h"

#include <string.h>

enum {
    MODE_TYPE = 0x0C, /* bits 2-3 */
    TYPE_WRITE = 0x04,
    TYPE_READ = 0x08,
    MODE_AUTO = 0x10,
    MODE_DOWN = 0x20,
    MODE_KIND = 0xC0, /* bits 6-7 */
    KIND_BLOCK = 0x80,
    KIND_CASCADE = 0xC0,
    COMMAND_OFF = 0x04,
    WORDS = 1, /* the second chip's number: its channels move words */
    CHUNK = 512,
};

/* The port, less 80h, of each channel's page; channel 4 has none, its place is the refresh page. */
static const uint8_t page_port[8] = {0x7, 0x3, 0x1, 0x2, 0xF, 0xB, 0x9, 0xA};

static bool chip_on(const struct dma *d, unsigned chip)
{
    return !(d->chip[chip].command & COMMAND_OFF);
}

/* Whether a request of this channel reaches the processor and is granted. */
static bool channel_open(const struct dma *d, unsigned chip, unsigned n)
{
    const struct dma_chip *c = &d->chip[chip], *second = &d->chip[WORDS];
    if (!chip_on(d, chip) || (c->mask >> n & 1) || (c->channel[n].mode & MODE_KIND) == KIND_CASCADE)
        return false;
    return chip == WORDS || (chip_on(d, WORDS) && !(second->mask & 1) &&
                             (second->channel[0].mode & MODE_KIND) == KIND_CASCADE);
}

static phys_t channel_place(const struct dma *d, unsigned chip, unsigned n)
{
    uint32_t page = d->page[page_port[chip * DMA_CHANNELS + n]];
    uint32_t address = d->chip[chip].channel[n].address;
    return chip == WORDS ? (page & 0xFEu) << 16 | address << 1 : page << 16 | address;
}

/* The last transfer of the count is done. */
static void terminal_count(struct dma *d, unsigned chip, unsigned n)
{
    struct dma_chip *c = &d->chip[chip];
    struct dma_channel *ch = &c->channel[n];
    uint8_t bit = (uint8_t)(1u << n);
    c->reached |= bit;
    c->request &= (uint8_t)~bit;
    if (ch->mode & MODE_AUTO) {
        ch->address = ch->base_address;
        ch->count = ch->base_count;
    } else {
        c->mask |= bit;
    }
}

/* `units` bytes or words at ascending or descending addresses, all inside the channel's page. */
static void move(struct dma *d, unsigned chip, unsigned n, bool to_memory, uint8_t *buf,
                 uint32_t units)
{
    const struct dma_channel *ch = &d->chip[chip].channel[n];
    unsigned size = chip == WORDS ? 2 : 1, type = ch->mode & MODE_TYPE;
    phys_t at = channel_place(d, chip, n);
    if (type != (to_memory ? TYPE_WRITE : TYPE_READ)) {
        if (!to_memory)
            memset(buf, 0xFF, (size_t)units * size); /* nobody drives the data lines */
        return;
    }
    bool down = ch->mode & MODE_DOWN;
    for (uint32_t i = 0; i < units; i += down ? 1 : units) {
        phys_t place = at - (down ? i * size : 0);
        uint8_t *bytes = buf + (size_t)(down ? i : 0) * size;
        size_t count = (size_t)(down ? 1 : units) * size;
        if (to_memory)
            bus_dma_write(d->bus, place, bytes, count);
        else
            bus_dma_read(d->bus, place, bytes, count);
    }
}

/* Up to `units` transfers, cut where the 16 bits of the address wrap. True: terminal count. */
static bool run_channel(struct dma *d, unsigned chip, unsigned n, bool to_memory, uint8_t *buf,
                        uint32_t units, uint32_t *done)
{
    struct dma_channel *ch = &d->chip[chip].channel[n];
    unsigned size = chip == WORDS ? 2 : 1;
    *done = 0;
    while (*done < units) {
        uint32_t left = ch->count + 1u, take = units - *done;
        uint32_t edge = ch->mode & MODE_DOWN ? ch->address + 1u : 0x10000u - ch->address;
        take = take < left ? take : left;
        take = take < edge ? take : edge;
        move(d, chip, n, to_memory, buf + (size_t)*done * size, take);
        ch->address = (uint16_t)(ch->mode & MODE_DOWN ? ch->address - take : ch->address + take);
        ch->count = (uint16_t)(ch->count - take); /* FFFFh after the last, as in the chip */
        *done += take;
        if (take == left) {
            terminal_count(d, chip, n);
            return true;
        }
    }
    return false;
}

size_t dma_transfer(struct dma *d, unsigned channel, bool to_memory, uint8_t *buf, size_t n,
                    bool *tc)
{
    unsigned chip = channel / DMA_CHANNELS % 2, number = channel % DMA_CHANNELS;
    unsigned size = chip == WORDS ? 2 : 1;
    uint32_t done;
    *tc = false;
    if (!channel_open(d, chip, number))
        return 0;
    *tc = run_channel(d, chip, number, to_memory, buf, (uint32_t)(n / size), &done);
    return (size_t)done * size;
}

/* Software requests that can be served: nobody reads what comes, and what is asked for is FFh. */
static void serve_requests(struct dma *d)
{
    for (unsigned chip = 0; chip < 2; chip++) {
        for (unsigned n = 0; n < DMA_CHANNELS; n++) {
            const struct dma_channel *ch = &d->chip[chip].channel[n];
            bool to_memory = (ch->mode & MODE_TYPE) == TYPE_WRITE;
            if (!(d->chip[chip].request >> n & 1) || !channel_open(d, chip, n) ||
                (ch->mode & MODE_KIND) != KIND_BLOCK)
                continue;
            uint8_t bytes[CHUNK];
            uint32_t done;
            memset(bytes, 0xFF, sizeof bytes);
            while (!run_channel(d, chip, n, to_memory, bytes, CHUNK / 2, &done))
                continue;
        }
    }
}

/* ---- Registers --------------------------------------------------------------------------- */

static uint8_t read_half(struct dma_chip *c, uint16_t value)
{
    c->high = !c->high;
    return (uint8_t)(c->high ? value : value >> 8);
}

static uint16_t write_half(const struct dma_chip *c, uint16_t old, uint8_t v)
{
    return (uint16_t)(c->high ? (old & 0x00FF) | v << 8 : (old & 0xFF00) | v);
}

static void write_channel(struct dma_chip *c, unsigned reg, uint8_t v)
{
    struct dma_channel *ch = &c->channel[reg >> 1];
    if (reg & 1) /* base and current are written together */
        ch->count = ch->base_count = write_half(c, ch->base_count, v);
    else
        ch->address = ch->base_address = write_half(c, ch->base_address, v);
    c->high = !c->high;
}

static void master_clear(struct dma_chip *c)
{
    c->command = c->request = c->reached = 0;
    c->mask = 0x0F;
    c->high = false;
}

static uint8_t chip_read(struct dma_chip *c, unsigned reg)
{
    if (reg < 8) {
        const struct dma_channel *ch = &c->channel[reg >> 1];
        return read_half(c, reg & 1 ? ch->count : ch->address);
    }
    switch (reg) {
    case 0x8: {
        uint8_t status = (uint8_t)(c->reached | c->request << 4);
        c->reached = 0;
        return status;
    }
    case 0xD: return 0;                         /* temporary register: memory to memory only */
    case 0xF: return (uint8_t)(c->mask | 0xF0); /* as the chip sets that followed the 8237A */
    default: return 0xFF;
    }
}

static void trace_mode(struct dma *d, unsigned chip, uint8_t v)
{
    static const char *const kinds[] = {"demand", "single", "block", "cascade"};
    static const char *const types[] = {"verify", "to memory", "from memory", "of no type"};
    const struct dma_channel *ch = &d->chip[chip].channel[v & 3];
    TRACE(d->trace, TRACE_DMA, "channel %u: %s, %s%s%s, %u + 1 at %06x", chip * 4 + (v & 3u),
          kinds[v >> 6], types[v >> 2 & 3], v & MODE_AUTO ? ", autoinitialize" : "",
          v & MODE_DOWN ? ", descending" : "", ch->count, channel_place(d, chip, v & 3));
}

static void chip_write(struct dma *d, unsigned chip, unsigned reg, uint8_t v)
{
    struct dma_chip *c = &d->chip[chip];
    uint8_t bit = (uint8_t)(1u << (v & 3));
    if (reg < 8) {
        write_channel(c, reg, v);
        return;
    }
    switch (reg) {
    case 0x8: c->command = v; break;
    case 0x9: c->request = (uint8_t)(v & 4 ? c->request | bit : c->request & ~bit); break;
    case 0xA: c->mask = (uint8_t)(v & 4 ? c->mask | bit : c->mask & ~bit); break;
    case 0xB:
        c->channel[v & 3].mode = v & 0xFC;
        trace_mode(d, chip, v);
        break;
    case 0xC: c->high = false; break;
    case 0xD: master_clear(c); break;
    case 0xE: c->mask = 0; break;
    default: c->mask = v & 0x0F;
    }
    serve_requests(d);
}

static uint32_t first_read(void *dev, uint32_t off, unsigned size)
{
    struct dma *d = dev;
    (void)size;
    return chip_read(&d->chip[0], off & 15);
}

static void first_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    (void)size;
    chip_write(dev, 0, off & 15, (uint8_t)value);
}

static uint32_t second_read(void *dev, uint32_t off, unsigned size)
{
    struct dma *d = dev;
    (void)size;
    return chip_read(&d->chip[WORDS], off >> 1 & 15);
}

static void second_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    (void)size;
    chip_write(dev, WORDS, off >> 1 & 15, (uint8_t)value);
}

static uint32_t page_read(void *dev, uint32_t off, unsigned size)
{
    const struct dma *d = dev;
    (void)size;
    return d->page[off & 15];
}

static void page_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct dma *d = dev;
    (void)size;
    d->page[off & 15] = (uint8_t)value;
}

const struct io_ops dma_first_ops = {.read = first_read, .write = first_write, .widths = 1};
const struct io_ops dma_second_ops = {.read = second_read, .write = second_write, .widths = 1};
const struct io_ops dma_page_ops = {
    .read = page_read, .write = page_write, .widths = 1, .quiet = true};

bool dma_page_used(unsigned n)
{
    for (unsigned i = 0; i < sizeof page_port; i++)
        if (page_port[i] == n && i != DMA_CHANNELS)
            return true;
    return false;
}

/* ---- Life -------------------------------------------------------------------------------- */

void dma_init(struct dma *d, struct bus *bus, struct trace *t)
{
    *d = (struct dma){.bus = bus, .trace = t};
    dma_reset(d);
}

/* RESET is a master clear of both; addresses, counts and modes stay, and the page registers have no
   reset at all. */
void dma_reset(struct dma *d)
{
    master_clear(&d->chip[0]);
    master_clear(&d->chip[1]);
}

void dma_snap(struct dma *d, struct snap *s)
{
    if (!snap_section(s, "dma", 1))
        return;
    for (unsigned chip = 0; chip < 2; chip++) {
        struct dma_chip *c = &d->chip[chip];
        for (unsigned n = 0; n < DMA_CHANNELS; n++) {
            struct dma_channel *ch = &c->channel[n];
            snap_u16(s, &ch->base_address);
            snap_u16(s, &ch->base_count);
            snap_u16(s, &ch->address);
            snap_u16(s, &ch->count);
            snap_u8(s, &ch->mode);
        }
        snap_u8(s, &c->command);
        snap_u8(s, &c->mask);
        snap_u8(s, &c->request);
        snap_u8(s, &c->reached);
        snap_bool(s, &c->high);
        c->mask &= 0x0F;
        c->request &= 0x0F;
        c->reached &= 0x0F;
    }
    snap_bytes(s, d->page, sizeof d->page);
}

void dma_info(const struct dma *d, struct out *to)
{
    static const char *const kinds[] = {"demand", "single", "block", "cascade"};
    static const char *const types[] = {"verify", "to memory", "from memory", "no type"};
    for (unsigned n = 0; n < 8; n++) {
        const struct dma_chip *c = &d->chip[n / DMA_CHANNELS];
        const struct dma_channel *ch = &c->channel[n % DMA_CHANNELS];
        unsigned bit = n % DMA_CHANNELS, kind = ch->mode >> 6;
        if (bit == 0)
            out_printf(to, "dma: %s controller %s, command %02x, mask %x, byte pointer at the %s\n",
                       n ? "second" : "first", chip_on(d, n / DMA_CHANNELS) ? "on" : "off",
                       c->command, c->mask, c->high ? "high byte" : "low byte");
        out_printf(to, "  channel %u: %s, %s", n, c->mask >> bit & 1 ? "masked" : "open",
                   kinds[kind]);
        if (kind != 3)
            out_printf(to, ", %s%s%s; at %06x, %u %s to go (programmed: %04x, %u)%s%s",
                       types[ch->mode >> 2 & 3], ch->mode & MODE_AUTO ? ", autoinitialize" : "",
                       ch->mode & MODE_DOWN ? ", descending" : "",
                       channel_place(d, n / DMA_CHANNELS, bit), ch->count + 1u,
                       n < DMA_CHANNELS ? "bytes" : "words", ch->base_address, ch->base_count + 1u,
                       c->reached >> bit & 1 ? ", terminal count" : "",
                       c->request >> bit & 1 ? ", requested" : "");
        out_text(to, "\n");
    }
}
