/* SPDX-License-Identifier: MIT */
/*
 * bus.h - the physical address space and the I/O port space.
 *
 * - Memory is made of regions of whole 4 KiB pages: RAM, ROM, or a device (MMIO). Where no
 *   region is, reads give all ones ("open bus") and writes vanish; both leave a trace line.
 * - Ports are claimed by name; two claims of one port are an error of the board (assert).
 * - A device states which access widths its functions implement (io_ops.widths); the bus cuts
 *   wider accesses into pieces, lowest address first. An access never wraps past the end of a
 *   device's range: pieces outside it go to whatever is mapped there.
 * - Every physical page has a flag byte (PAGE_*): a set flag keeps the page off the CPU's fast
 *   path for stores (or loads), so that self-modifying code, watchpoints and page-table
 *   tracking cost nothing on pages that do not need them.
 * - Memory that a device also uses (video memory) is RAM to the processor, with a byte for each
 *   page that every store sets (`dirty`). No decoded code is kept from it: the device writes it
 *   behind the processor's back, and it may be visible at more than one address.
 * - A20: while the gate is closed, address bit 20 reads as zero. bus_a20() is the mask.
 *
 * peek/poke have no side effects: they see RAM, ROM and video memory, never a register, and ignore A20
 * (as does bus_host_page): a caller that means the guest's view applies bus_a20 itself.
 */
#ifndef MMU_BUS_H
#define MMU_BUS_H

#include "base/types.h"

struct trace;
struct snap;

struct io_ops {
    uint32_t (*read)(void *dev, uint32_t off, unsigned size); /* off from the range's base */
    void (*write)(void *dev, uint32_t off, uint32_t value, unsigned size);
    uint8_t widths; /* sum of the sizes implemented: 1, 2, 4 (1 = bytes only); 0 means 1.
                       Bytes are compulsory. A NULL read or write is open bus that way. */
    /* A byte of a device that is memory to the guest (video memory), without side effects; NULL for
       registers. Pokes into such a device are writes. */
    uint8_t (*peek)(const void *dev, uint32_t off);
    /* Optional, for data ports: as up to n accesses of `size` bytes (one of `widths`) at the same offset,
       one after the other. The device does only as many of them as nobody but the reader or writer could
       notice - no wire moves, no event is armed, the time plays no part - and says how many; 0 is always
       right. What follows comes by read and write. */
    uint32_t (*read_many)(void *dev, uint32_t off, unsigned size, void *buf, uint32_t n);
    uint32_t (*write_many)(void *dev, uint32_t off, unsigned size, const void *buf, uint32_t n);
    bool unaligned; /* wide pieces may start anywhere (word ports at neighbouring addresses) */
    bool quiet;     /* no access can drive a wire or arm an event: it is not counted as I/O */
};

enum {
    PAGE_CODE = 1 << 0,    /* decoded instructions come from here: stores must be looked at */
    PAGE_ROM = 1 << 1,     /* stores are dropped */
    PAGE_MMIO = 1 << 2,    /* a device, or nothing: no host pointer */
    PAGE_PT = 1 << 3,      /* a live page table (for the MMU's sanitizer) */
    PAGE_WATCH = 1 << 4,   /* a watchpoint is here */
    PAGE_TOUCHED = 1 << 5, /* RAM that was loaded or written at least once */
    PAGE_BREAK = 1 << 6,   /* a debugger's execution point is here: blocks are cut */
};

/* A page where nothing ever is: what lies beyond 4 GiB of physical addresses looks like it. */
#define BUS_NOWHERE UINT32_C(0xffeff000)

#define BUS_REGIONS 96
#define BUS_PORT_RANGES 128

struct bus_region {
    const char *name; /* NULL: the slot is free */
    unsigned layer; /* where several reach, the highest answers: the one mapped last, or by rank */
    phys_t base;
    uint32_t pages;           /* 4 KiB pages */
    uint8_t *host;            /* RAM and ROM: first byte; NULL for MMIO */
    const struct io_ops *ops; /* MMIO */
    void *dev;
    uint8_t *dirty; /* device memory: a byte a page, 0xff after a store; NULL for the rest */
    uint8_t *store; /* bus_map_stores: RAM that takes the stores; NULL for the rest */
    bool rom;
};

struct port_range {
    const char *name; /* NULL: the slot is free */
    unsigned layer;   /* as bus_region's */
    uint16_t base;
    uint16_t n;
    const struct io_ops *ops;
    void *dev;
};

struct bus {
    struct bus_region region[BUS_REGIONS];    /* [0] is "nothing" */
    unsigned regions;                         /* slots in use, free ones between them included */
    struct port_range range[BUS_PORT_RANGES]; /* [0] is "nothing" */
    unsigned ranges;                          /* the same */
    unsigned layers;                          /* given out so far */
    uint8_t *page_region;                     /* per physical page (2^20): index into region[] */
    uint8_t *page_flags;                      /* per physical page: PAGE_* */
    uint8_t *port_of;                         /* per port (65536): index into range[] */
    uint8_t *ram;                             /* all of RAM, one host mapping (owned) */
    uint32_t ram_size;                        /* bytes, a multiple of 4 KiB */
    uint32_t a20_mask;                        /* ~0u, or ~(1 << 20) while the gate is closed */
    /* Called after A20 or a region changes; code: what is there of PAGE_CODE pages may be something else now; may
       be NULL. */
    void (*mapping_changed)(void *arg, bool code);
    bool code_repainted; /* a PAGE_CODE page has got another region since that was called */
    void *mapping_arg;
    /* Called after a store (not by the CPU's fast path) into a PAGE_CODE page; may be NULL. */
    void (*code_written)(void *arg, phys_t a, unsigned n);
    void *code_written_arg;
    /* Called before a store (not by the CPU's fast path) into a PAGE_PT page, and for guest accesses
       where nothing is or to write ROM; may be NULL. */
    void (*table_changes)(void *arg, phys_t a, unsigned n);
    void (*stray)(void *arg, phys_t a, bool write, bool rom);
    /* Called when somebody has cleared `dirty` bytes of device memory; may be NULL. */
    void (*dirty_cleared)(void *arg);
    void *mmu_arg;
    /* Called before a store (not by the CPU's fast path) into a PAGE_WATCH page; may be NULL. */
    void (*watched)(void *arg, phys_t a, unsigned n);
    void *watched_arg;
    uint64_t io_count; /* device accesses so far (ports and MMIO), for the CPU to notice */
    struct trace *trace;
};

/* ram_size: bytes, multiple of 4 KiB, at most 3.5 GiB. RAM starts as zeroes and is not yet
   mapped anywhere: the board maps slices of it. Fails only for lack of memory. */
bool bus_init(struct bus *b, uint32_t ram_size, struct trace *t, struct error *err);
void bus_fini(struct bus *b);

/* Maps `size` bytes (whole pages) at base; a later mapping covers an earlier one. Returns a number for
   bus_unmap. A device that the guest can move (a PCI function) maps and unmaps as it is told to. */
unsigned bus_map_ram(struct bus *b, const char *name, phys_t base, uint32_t size,
                     uint32_t ram_offset);
unsigned bus_map_rom(struct bus *b, const char *name, phys_t base, uint32_t size, uint8_t *host);
unsigned bus_map_mmio(struct bus *b, const char *name, phys_t base, uint32_t size,
                      const struct io_ops *ops, void *dev);
/* `host` and `dirty` (a byte a page) are the device's. Who clears bytes of `dirty` calls
   bus_dirty_cleared, so that the next store sets them again. */
unsigned bus_map_device_memory(struct bus *b, const char *name, phys_t base, uint32_t size,
                               uint8_t *host, uint8_t *dirty);
void bus_dirty_cleared(struct bus *b);
/* Stores go to RAM, loads to whoever is beneath: firmware copies its ROM onto itself that way. */
unsigned bus_map_stores(struct bus *b, const char *name, phys_t base, uint32_t size,
                        uint32_t ram_offset);
/* The MMIO region that was mapped at base becomes device memory, as above, or, with host == NULL,
   asks its functions again. */
void bus_set_window(struct bus *b, phys_t base, uint8_t *host, uint8_t *dirty);
/* What it covered answers again. */
void bus_unmap(struct bus *b, unsigned region);
/* Puts it beneath everything that was not sunk; of two sunk ones the higher rank (1 to BUS_RANKS - 1)
   answers, whichever was mapped last: what a bridge passes on only where nobody before it answers. */
void bus_sink(struct bus *b, unsigned region, unsigned rank);
#define BUS_RANKS 4096u

/* The board's own ports: no two may claim one. */
void bus_map_ports(struct bus *b, const char *name, uint16_t base, uint16_t n,
                   const struct io_ops *ops, void *dev);
/* Ports whose place the guest chooses: they cover what was there, until they are unmapped. */
unsigned bus_map_ports_over(struct bus *b, const char *name, uint16_t base, uint16_t n,
                            const struct io_ops *ops, void *dev);
void bus_unmap_ports(struct bus *b, unsigned range);
void bus_sink_ports(struct bus *b, unsigned range, unsigned rank); /* as bus_sink */

void bus_set_a20(struct bus *b, bool open);
static inline phys_t bus_a20(const struct bus *b, phys_t a)
{
    return a & b->a20_mask;
}

/* Guest accesses, after A20. size is 1, 2 or 4; any alignment. */
uint32_t bus_read(struct bus *b, phys_t a, unsigned size);
void bus_write(struct bus *b, phys_t a, uint32_t value, unsigned size);
uint32_t bus_in(struct bus *b, uint16_t port, unsigned size);
void bus_out(struct bus *b, uint16_t port, uint32_t value, unsigned size);
/* The first of n accesses to one port, if its device can do several at once (io_ops.read_many): how many
   were done. */
uint32_t bus_in_many(struct bus *b, uint16_t port, unsigned size, void *buf, uint32_t n);
uint32_t bus_out_many(struct bus *b, uint16_t port, unsigned size, const void *buf, uint32_t n);

/* Accesses of a bus master or of the DMA controller: A20 is the processor's and plays no part, ROM keeps
   its bytes, a device is accessed byte by byte, where nothing is all ones are read. */
void bus_dma_read(struct bus *b, phys_t a, void *buf, size_t n);
void bus_dma_write(struct bus *b, phys_t a, const void *buf, size_t n);

/* Host address of the page that holds `a` if it is RAM or ROM, else NULL. */
uint8_t *bus_host_page(const struct bus *b, phys_t a);
/* The same if decoded code may be kept from it: not for device memory. */
const uint8_t *bus_code_page(const struct bus *b, phys_t a);
/* A host pointer for stores into the page of `a` is given out: device memory becomes dirty. */
void bus_note_store(struct bus *b, phys_t a);

/* No side effects. Return the number of bytes that were there (RAM, ROM, which a loader must poke,
   and devices that are memory, io_ops.peek); stops at the first byte that is not. */
size_t bus_peek(const struct bus *b, phys_t a, void *buf, size_t n);
size_t bus_poke(struct bus *b, phys_t a, const void *buf, size_t n);

/* RAM contents and A20. Regions are the board's and are not saved. */
void bus_snap(struct bus *b, struct snap *s);

#endif
