/* SPDX-License-Identifier: MIT */
/*
 * page.c - the physical frame allocator and the linear map it needs.
 *
 * page_init() runs in two steps. First it takes memory from the front of RAM, skipping the kernel
 * image and the initrd, for the page tables of the linear map and for the array of struct page
 * (boot_take). Then every frame that is left goes to the free list of its zone. Lists are
 * last-in first-out and start with the lowest frame on top, so that runs repeat exactly.
 */
#include "kernel/page.h"

#include "kernel/bootinfo.h"
#include "kernel/paging.h"
#include "kernel/print.h"
#include "kernel/x86.h"
#include "lib/string.h"

extern char kernel_start[], kernel_end[]; /* kernel.ld */

static struct page *frames;    /* one per frame, up to the end of RAM */
static uint32_t frame_count;   /* number of them */
static struct range taken[16]; /* memory that is not free after boot */
static unsigned taken_count;   /* entries of it in use */

static struct zone zones[ZONES] = {
    [ZONE_DMA] = {.name = "DMA"},
    [ZONE_NORMAL] = {.name = "NORMAL"},
    [ZONE_HIGHMEM] = {.name = "HIGHMEM"},
};

static enum zone_id zone_of(uint32_t phys)
{
    return phys < DMA_END ? ZONE_DMA : phys < NORMAL_END ? ZONE_NORMAL : ZONE_HIGHMEM;
}

static void mark_taken(uint32_t start, uint32_t end)
{
    if (taken_count > 0 && taken[taken_count - 1].end == start) {
        taken[taken_count - 1].end = end;
        return;
    }
    if (taken_count == sizeof taken / sizeof taken[0])
        panic("boot memory is too fragmented");
    taken[taken_count++] = (struct range){start, end};
}

/* The end of a taken range that overlaps start..end, or 0 if there is none. */
static uint32_t taken_overlap(uint32_t start, uint32_t end)
{
    for (unsigned i = 0; i < taken_count; i++) {
        if (start < taken[i].end && taken[i].start < end)
            return taken[i].end;
    }
    return 0;
}

/* Takes size bytes of contiguous RAM above 1 MiB for good; page_init() only. */
static uint32_t boot_take(const struct bootinfo *b, uint32_t size, uint32_t limit)
{
    size = (size + PAGE_SIZE - 1) & PAGE_MASK;
    for (unsigned i = 0; i < b->ram_count; i++) {
        uint32_t at = b->ram[i].start, end = b->ram[i].end < limit ? b->ram[i].end : limit;
        while (at >= KERNEL_PHYS && at < end && end - at >= size) {
            uint32_t skip = taken_overlap(at, at + size);
            if (skip == 0) {
                mark_taken(at, at + size);
                return at;
            }
            at = skip;
        }
    }
    panic("no room for %u bytes below %08x at boot", size, limit);
}

/* Maps all RAM below NORMAL_END; boot.S has made the tables of the first part already. */
static void build_linear_map(const struct bootinfo *b, uint32_t ram_end)
{
    uint32_t end = ram_end < NORMAL_END ? ram_end : NORMAL_END;
    for (uint32_t phys = BOOT_MAPPED; phys < end; phys += PAGE_SIZE) {
        uint32_t *pde = &kernel_pgdir[(phys + PAGE_OFFSET) >> 22];
        if (!(*pde & PTE_P)) {
            uint32_t table = boot_take(b, PAGE_SIZE, BOOT_MAPPED);
            memset(phys_to_lin(table), 0, PAGE_SIZE);
            *pde = table | PTE_P | PTE_W;
        }
        uint32_t *table = phys_to_lin(*pde & PAGE_MASK);
        table[(phys >> PAGE_SHIFT) & 1023] = phys | PTE_P | PTE_W;
    }
    write_cr3(read_cr3());
}

static void frame_free(uint32_t phys)
{
    struct page *page = &frames[phys >> PAGE_SHIFT];
    struct zone *zone = &zones[zone_of(phys)];
    page->next = zone->first_free;
    zone->first_free = phys >> PAGE_SHIFT;
    zone->free++;
}

/* Gives the frames of one range to their zones, from the top down. */
static void add_range(struct range r)
{
    for (uint32_t phys = r.end - PAGE_SIZE; phys >= r.start; phys -= PAGE_SIZE) {
        if (taken_overlap(phys, phys + PAGE_SIZE))
            continue;
        frames[phys >> PAGE_SHIFT].is_ram = 1;
        zones[zone_of(phys)].total++;
        frame_free(phys);
    }
}

void page_init(const struct bootinfo *b)
{
    uint32_t ram_end = 0;
    for (unsigned i = 0; i < b->ram_count; i++) {
        if (b->ram[i].end > ram_end)
            ram_end = b->ram[i].end;
    }
    mark_taken(lin_to_phys(kernel_start), lin_to_phys(kernel_end));
    if (b->initrd.end > NORMAL_END)
        panic("the initrd lies above ZONE_NORMAL");
    if (b->initrd.end > b->initrd.start)
        mark_taken(b->initrd.start & PAGE_MASK, (b->initrd.end + PAGE_SIZE - 1) & PAGE_MASK);
    build_linear_map(b, ram_end);

    frame_count = ram_end >> PAGE_SHIFT;
    uint32_t size = frame_count * sizeof(struct page);
    frames = phys_to_lin(boot_take(b, size, NORMAL_END));
    memset(frames, 0, size);
    for (unsigned i = b->ram_count; i-- > 0;)
        add_range(b->ram[i]);
}

uint32_t page_alloc(void)
{
    /* The rare low memory goes last. */
    struct zone *zone = zones[ZONE_NORMAL].free > 0 ? &zones[ZONE_NORMAL] : &zones[ZONE_DMA];
    if (zone->free == 0)
        return 0;
    uint32_t frame = zone->first_free;
    zone->first_free = frames[frame].next;
    zone->free--;
    frames[frame].refs = 1;
    return frame << PAGE_SHIFT;
}

uint32_t page_alloc_zeroed(void)
{
    uint32_t phys = page_alloc();
    if (phys)
        memset(phys_to_lin(phys), 0, PAGE_SIZE);
    return phys;
}

static struct page *page_of(uint32_t phys)
{
    struct page *page = &frames[phys >> PAGE_SHIFT];
    if (phys >> PAGE_SHIFT >= frame_count || !page->is_ram || page->refs == 0)
        panic("frame %08x is not in use", phys);
    return page;
}

void page_get(uint32_t phys)
{
    page_of(phys)->refs++;
}

void page_put(uint32_t phys)
{
    if (--page_of(phys)->refs == 0)
        frame_free(phys);
}

const struct zone *page_zone(enum zone_id id)
{
    return &zones[id];
}
