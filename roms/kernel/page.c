/* SPDX-License-Identifier: MIT */
/*
 * page.c - the physical frame allocator: a buddy system for each zone.
 *
 * Free memory is kept in blocks of 1, 2, 4 .. 1024 frames, each aligned to its size. A block that
 * is too large is halved; when both halves, the buddies, are free again they are joined. The
 * buddy of a block is found by flipping one bit of its frame number (Knuth, The Art of Computer
 * Programming, volume 1, 2.5). Lists are last-in first-out and begin with the lowest addresses,
 * so that runs repeat exactly.
 *
 * page_init() runs in two steps. First it takes memory from the front of RAM, skipping the kernel
 * image and the modules, for the page tables of the linear map and for the array of struct page
 * (boot_take). Then every frame that is left is freed into its zone.
 */
#include "kernel/page.h"

#include "boot/bootinfo.h"
#include "kernel/core.h"
#include "kernel/paging.h"
#include "lib/string.h"

enum { RECLAIM_BATCH = 32, RESERVE_PART = 64, RESERVE_MAX = 256 };

extern char kernel_start[], kernel_end[]; /* kernel.ld */

static struct page *frames;         /* one per frame, up to the end of RAM */
static uint32_t frame_count;        /* number of them */
static uint32_t counts[PAGE_KINDS]; /* frames in use, by kind */
static struct range taken[16];      /* memory that is not free after boot */
static unsigned taken_count;        /* entries of it in use */

static struct zone zones[ZONES] = {
    [ZONE_DMA] = {.name = "DMA", .start = 0, .end = DMA_END},
    [ZONE_NORMAL] = {.name = "Normal", .start = DMA_END, .end = NORMAL_END},
    [ZONE_HIGHMEM] = {.name = "HighMem", .start = NORMAL_END, .end = PAGE_MASK},
};

enum zone_id page_zone_of(uint32_t phys)
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
    pgdir_flush();
    kmap_linear(end);
}

static void list_add(struct page *block, unsigned order)
{
    struct page **list = &zones[page_zone_of(page_phys(block))].list[order];
    block->kind = PAGE_FREE;
    block->order = (uint8_t)order;
    block->prev = NULL;
    block->next = *list;
    if (*list)
        (*list)->prev = block;
    *list = block;
}

static void list_remove(struct page *block)
{
    if (block->prev)
        block->prev->next = block->next;
    else
        zones[page_zone_of(page_phys(block))].list[block->order] = block->next;
    if (block->next)
        block->next->prev = block->prev;
    block->kind = PAGE_INSIDE;
}

/* Gives a block back and joins it with its buddy as long as that is free, too. */
static void block_free(uint32_t frame, unsigned order)
{
    zones[page_zone_of(frame << PAGE_SHIFT)].free += 1u << order;
    for (unsigned i = 0; i < 1u << order; i++)
        frames[frame + i].kind = PAGE_INSIDE;
    for (; order < ORDERS - 1; order++) {
        uint32_t buddy = frame ^ 1u << order;
        if (buddy + (1u << order) > frame_count || frames[buddy].kind != PAGE_FREE ||
            frames[buddy].order != order)
            break;
        list_remove(&frames[buddy]);
        frame &= ~(1u << order);
    }
    list_add(&frames[frame], order);
}

/* The smallest block that will do, cut to size; NULL: the zone has none. */
static struct page *block_take(struct zone *z, unsigned order)
{
    unsigned have = order;
    while (have < ORDERS && !z->list[have])
        have++;
    if (have == ORDERS)
        return NULL;
    struct page *block = z->list[have];
    list_remove(block);
    while (have > order) {
        have--;
        list_add(block + (1u << have), have);
    }
    z->free -= 1u << order;
    return block;
}

/* Gives the frames of one range to their zones, from the top down, in blocks as large as they fit. */
static void add_range(struct range r)
{
    for (uint32_t end = r.end, size; end > r.start; end -= size) {
        int order = ORDERS - 1;
        for (; order >= 0; order--) {
            size = (uint32_t)PAGE_SIZE << order;
            if (end % size == 0 && end - r.start >= size && !taken_overlap(end - size, end))
                break;
        }
        if (order < 0)
            continue; /* a frame that is taken */
        zones[page_zone_of(end - size)].total += 1u << order;
        block_free((end - size) >> PAGE_SHIFT, (unsigned)order);
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
    for (unsigned i = 0; i < b->module_count; i++)
        mark_taken(b->modules[i].start & PAGE_MASK,
                   (b->modules[i].end + PAGE_SIZE - 1) & PAGE_MASK);
    build_linear_map(b, ram_end);

    frame_count = ram_end >> PAGE_SHIFT;
    uint32_t size = frame_count * sizeof(struct page);
    frames = phys_to_lin(boot_take(b, size, NORMAL_END));
    memset(frames, 0, size);
    for (unsigned i = b->ram_count; i-- > 0;)
        add_range(b->ram[i]);
    for (enum zone_id id = 0; id < ZONE_HIGHMEM; id++) {
        uint32_t part = zones[id].total / RESERVE_PART;
        zones[id].reserve = part < RESERVE_MAX ? part : RESERVE_MAX;
    }
}

/* For programs the highest zone comes first and the low ones keep a reserve for the kernel. */
static struct page *take(enum page_kind kind, unsigned order)
{
    bool program = kind == PAGE_ANON || kind == PAGE_FILE;
    for (int id = program ? ZONE_HIGHMEM : ZONE_NORMAL; id >= 0; id--) {
        uint32_t keep = program ? zones[id].reserve : 0;
        struct page *block = zones[id].free > keep ? block_take(&zones[id], order) : NULL;
        if (block)
            return block;
    }
    return NULL;
}

uint32_t page_alloc_block(enum page_kind kind, unsigned order)
{
    bool program = kind == PAGE_ANON || kind == PAGE_FILE;
    struct page *block = take(kind, order);
    while (!block && reclaim(program ? ZONE_HIGHMEM : ZONE_NORMAL, RECLAIM_BATCH))
        block = take(kind, order);
    if (!block)
        return 0;
    *block = (struct page){.refs = 1, .kind = (uint8_t)kind, .order = (uint8_t)order};
    counts[kind] += 1u << order;
    return page_phys(block);
}

uint32_t page_alloc(enum page_kind kind)
{
    return page_alloc_block(kind, 0);
}

uint32_t page_alloc_zeroed(enum page_kind kind)
{
    uint32_t phys = page_alloc(kind);
    if (phys) {
        void *at = kmap(phys);
        memset(at, 0, PAGE_SIZE);
        kunmap(at);
    }
    return phys;
}

struct page *page_of(uint32_t phys)
{
    struct page *page = page_number(phys >> PAGE_SHIFT);
    if (!page || page->kind <= PAGE_FREE || page->refs == 0)
        panic("frame %08x is not in use", phys);
    return page;
}

uint32_t page_phys(const struct page *page)
{
    return (uint32_t)(page - frames) << PAGE_SHIFT;
}

struct page *page_number(uint32_t number)
{
    return number < frame_count ? &frames[number] : NULL;
}

void page_get(uint32_t phys)
{
    page_of(phys)->refs++;
}

void page_put(uint32_t phys)
{
    struct page *page = page_of(phys);
    if (--page->refs > 0)
        return;
    if (page->slot)
        swap_put(page->slot);
    counts[page->kind] -= 1u << page->order;
    block_free(phys >> PAGE_SHIFT, page->order);
}

struct zone *page_zone(enum zone_id id)
{
    return &zones[id];
}

uint32_t page_count(enum page_kind kind)
{
    return counts[kind];
}
