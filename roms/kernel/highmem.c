/* SPDX-License-Identifier: MIT */
/*
 * highmem.c - kmap, vmalloc and fixmap. See page.h and the map in layout.h.
 *
 * A 386 can only flush its whole TLB, so kmap() hands out its 1024 pages in turn: a page that was
 * unmapped is used again only after the next round has begun, with a flush. Nobody sleeps between
 * kmap() and kunmap(), interrupt handlers call neither, and a few pages at a time are in use.
 */
#include "kernel/page.h"

#include "kernel/layout.h"
#include "kernel/paging.h"
#include "lib/string.h"

enum { ENTRIES = 1024 };

static uint32_t kmap_table[ENTRIES] __attribute__((aligned(PAGE_SIZE)));
static uint32_t vmalloc_table[ENTRIES] __attribute__((aligned(PAGE_SIZE)));
static uint32_t fixmap_table[ENTRIES] __attribute__((aligned(PAGE_SIZE)));
static unsigned next_kmap;                /* the entry to use next */
static uint32_t linear_end = BOOT_MAPPED; /* the linear map ends at this physical address */

void highmem_init(void)
{
    kernel_pgdir[KMAP >> 22] = lin_to_phys(kmap_table) | PTE_P | PTE_W;
    kernel_pgdir[VMALLOC >> 22] = lin_to_phys(vmalloc_table) | PTE_P | PTE_W;
    kernel_pgdir[FIXMAP >> 22] = lin_to_phys(fixmap_table) | PTE_P | PTE_W;
}

void kmap_linear(uint32_t end)
{
    if (end > linear_end)
        linear_end = end;
}

void *kmap(uint32_t phys)
{
    if (phys < linear_end)
        return phys_to_lin(phys);
    do {
        if (next_kmap == ENTRIES) {
            next_kmap = 0;
            pgdir_flush();
        }
    } while (kmap_table[next_kmap++]);
    kmap_table[next_kmap - 1] = (phys & PAGE_MASK) | PTE_P | PTE_W;
    return (void *)(KMAP + (next_kmap - 1) * PAGE_SIZE + phys % PAGE_SIZE);
}

void kunmap(const void *at)
{
    if ((uint32_t)at >= KMAP)
        kmap_table[((uint32_t)at - KMAP) / PAGE_SIZE] = 0;
}

void page_copy(uint32_t to, uint32_t from)
{
    void *dst = kmap(to), *src = kmap(from);
    memcpy(dst, src, PAGE_SIZE);
    kunmap(src);
    kunmap(dst);
}

void phys_read(void *dst, uint32_t phys, size_t n)
{
    uint8_t *to = dst;
    while (n > 0) {
        size_t rest = PAGE_SIZE - phys % PAGE_SIZE, part = rest < n ? rest : n;
        const void *from = kmap(phys);
        memcpy(to, from, part);
        kunmap(from);
        to += part;
        phys += part;
        n -= part;
    }
}

/* Blocks are runs of present entries; the absent ones between them catch what runs over the end. */
void *vmalloc(uint32_t size)
{
    unsigned count = (size + PAGE_SIZE - 1) / PAGE_SIZE, first = 0, run = 0;
    for (unsigned i = 0; i < ENTRIES && run < count + 2; i++) {
        run = vmalloc_table[i] ? 0 : run + 1;
        if (run == 1)
            first = i + 1;
    }
    if (run < count + 2)
        return NULL;
    void *block = (void *)(VMALLOC + first * PAGE_SIZE);
    for (unsigned i = first; i < first + count; i++) {
        uint32_t phys = page_alloc_zeroed(PAGE_BUFFER);
        if (!phys) {
            vfree(block);
            return NULL;
        }
        vmalloc_table[i] = phys | PTE_P | PTE_W;
    }
    return block;
}

void vfree(void *block)
{
    unsigned i = ((uint32_t)block - VMALLOC) / PAGE_SIZE;
    for (; i < ENTRIES && vmalloc_table[i]; i++) {
        page_put(vmalloc_table[i] & PAGE_MASK);
        vmalloc_table[i] = 0;
    }
    pgdir_flush();
}

bool vmalloc_frame(unsigned *i, uint32_t *phys)
{
    while (*i < ENTRIES && !vmalloc_table[*i])
        ++*i;
    *phys = *i < ENTRIES ? vmalloc_table[*i] & PAGE_MASK : 0;
    return *i < ENTRIES;
}

void *fixmap(unsigned index, uint32_t phys, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        fixmap_table[index + i] = (phys + i * PAGE_SIZE) | PTE_P | PTE_W;
    return (void *)(FIXMAP + index * PAGE_SIZE);
}
