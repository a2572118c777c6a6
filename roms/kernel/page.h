/* SPDX-License-Identifier: MIT */
/*
 * page.h - physical memory: frames, the windows to them, small objects, the audit.
 */
#ifndef KERNEL_PAGE_H
#define KERNEL_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/layout.h"

struct bootinfo;
struct inode;
struct range;
struct sink;

/*
 * page.c: physical page frames: one struct page for each, counting its users, and three zones
 * that hand them out.
 */
enum zone_id { ZONE_DMA, ZONE_NORMAL, ZONE_HIGHMEM, ZONES };

/* What a frame is used for. ANON and FILE frames belong to programs; they can be paged out. */
enum page_kind {
    PAGE_RESERVED, /* a hole, the kernel image, memory taken at boot */
    PAGE_INSIDE,   /* in a block of several frames, but not its first */
    PAGE_FREE,     /* the first of a free block */
    PAGE_TABLE,    /* page directory or page table, of a process or a file */
    PAGE_KSTACK,   /* kernel stack */
    PAGE_SLAB,     /* small objects, see cache.c */
    PAGE_BUFFER,   /* pipe, vmalloc() */
    PAGE_ANON,     /* a page of one process, or, copy-on-write, of its family */
    PAGE_FILE,     /* a page of a file or shared memory segment: the page cache */
    PAGE_KINDS
};

struct page {
    union {
        struct {
            struct page *next, *prev; /* FREE: list of free blocks of this size */
        };
        struct {
            struct inode *inode; /* FILE: whose page it is */
            uint32_t index;      /* FILE: offset in it; ANON: linear address. Page-aligned */
        };
    };
    uint32_t refs;   /* users: page-table entries, the page cache, or the kernel; 0: free */
    uint32_t found;  /* users that audit() has met */
    uint32_t slot;   /* where in the swap area the same contents are; 0: nowhere */
    uint8_t kind;    /* enum page_kind */
    uint8_t order;   /* the block has 1 << order frames */
    bool dirty;      /* written to since it was read or paged out; see also PTE_D */
    bool referenced; /* used by read() or write(); see also PTE_A */
};

enum { ORDERS = 11 /* blocks of 1 to 1024 frames */ };

struct zone {
    const char *name;          /* as Linux says it */
    uint32_t start, end;       /* physical addresses */
    uint32_t total;            /* frames the allocator owns */
    uint32_t free;             /* frames nobody uses */
    uint32_t reserve;          /* so many of them are not for programs */
    struct page *list[ORDERS]; /* free blocks by size */
};

/* Physical address and linear address of the same byte in the linear map. */
static inline void *phys_to_lin(uint32_t phys)
{
    return (void *)(phys + PAGE_OFFSET);
}

static inline uint32_t lin_to_phys(const void *lin)
{
    return (uint32_t)lin - PAGE_OFFSET;
}

/* Builds the linear map and the free lists. Before it returns nothing else here may be called. */
void page_init(const struct bootinfo *b);

/*
 * One frame, or a block of 1 << order frames, with one user, by its physical address. When memory
 * is short others are paged out first; 0: there is really none. Frames of programs come from
 * anywhere, all others from the linear map.
 */
uint32_t page_alloc(enum page_kind kind);
uint32_t page_alloc_zeroed(enum page_kind kind);
uint32_t page_alloc_block(enum page_kind kind, unsigned order);

/* What comes instead of a frame when the contents cannot be read from the swap area. */
#define PAGE_UNREADABLE 1u

/* One user more, one user less; the last one frees the frame and its place in the swap area. */
void page_get(uint32_t phys);
void page_put(uint32_t phys);

/* The description of a frame that is in use, and back. */
struct page *page_of(uint32_t phys);
uint32_t page_phys(const struct page *page);

/* For those who look at all frames: the one with that number, whatever it is; NULL at the end. */
struct page *page_number(uint32_t number);

struct zone *page_zone(enum zone_id id);
enum zone_id page_zone_of(uint32_t phys);

/* Frames in use of that kind. */
uint32_t page_count(enum page_kind kind);

/* highmem.c: the kernel's windows to memory that the linear map does not show as it is wanted. */
/* Installs the page tables of KMAP, VMALLOC and FIXMAP. Needs nothing; kmap() works afterwards. */
void highmem_init(void);

/* Physical memory below end is in the linear map. */
void kmap_linear(uint32_t end);

/* Makes the physical page that holds phys visible; the result points to that very byte. */
void *kmap(uint32_t phys);
void kunmap(const void *at);

/* Copies a page; n bytes from any physical address. */
void page_copy(uint32_t to, uint32_t from);
void phys_read(void *dst, uint32_t phys, size_t n);

/* A zeroed block whose frames need not be neighbours; NULL: no memory. */
void *vmalloc(uint32_t size);
void vfree(void *block);

/* The next frame of such blocks from index *i upward; false: no more. */
bool vmalloc_frame(unsigned *i, uint32_t *phys);

/* Shows count physical pages from phys at page number index of FIXMAP, for good. */
void *fixmap(unsigned index, uint32_t phys, unsigned count);

/*
 * cache.c: small objects of one size each, cut from page frames.
 * A cache grows by a frame when it is empty and keeps its frames.
 */
struct cache {
    const char *name;   /* of the objects, for the audit */
    size_t size;        /* bytes of an object, at least a pointer, at most a page */
    void *free;         /* free objects; each begins with a pointer to the next */
    uint32_t live;      /* objects in use */
    uint32_t pages;     /* frames that were cut */
    struct cache *next; /* all caches that have frames */
};

#define CACHE_OF(what)                                                                             \
    {                                                                                              \
        .name = #what, .size = sizeof(struct what)                                                 \
    }

/* A zeroed object, or NULL when memory is exhausted. */
void *cache_alloc(struct cache *c);
void cache_free(struct cache *c, void *object);

/* Objects of that name that are in use; frames of all caches together. */
uint32_t cache_live(const char *name);
uint32_t cache_pages(void);

/* audit.c: does every frame have exactly the users that it counts? */
/* Looks at everything, prints a summary and each mistake; returns how many mistakes there are. */
unsigned audit(struct sink *s);

/* Silent as long as all is well; called when the system halts. */
void audit_or_panic(void);

#endif
