/* SPDX-License-Identifier: MIT */
/*
 * paging.c - page directories and page tables. See paging.h for the picture.
 * A 386 flushes its TLB only when CR3 is loaded, so whoever takes rights or a page away from the
 * running process reloads CR3. Adding a page needs nothing: absent entries are not cached.
 */
#include "kernel/paging.h"

#include "kernel/layout.h"
#include "kernel/page.h"
#include "kernel/print.h"
#include "kernel/x86.h"
#include "lib/string.h"

static uint32_t window_table[1024] __attribute__((aligned(PAGE_SIZE)));

void paging_init(void)
{
    kernel_pgdir[WINDOW >> 22] = lin_to_phys(window_table) | PTE_P | PTE_W;
}

/* Makes the physical page visible at WINDOW until the next call. */
static const uint8_t *window_map(uint32_t phys)
{
    window_table[(WINDOW >> PAGE_SHIFT) & 1023] = (phys & PAGE_MASK) | PTE_P;
    write_cr3(read_cr3());
    return (const uint8_t *)WINDOW;
}

void window_read(void *dst, uint32_t phys, size_t n)
{
    uint8_t *to = dst;
    while (n > 0) {
        size_t offset = phys % PAGE_SIZE;
        size_t part = PAGE_SIZE - offset < n ? PAGE_SIZE - offset : n;
        memcpy(to, window_map(phys) + offset, part);
        to += part;
        phys += part;
        n -= part;
    }
}

uint32_t *pgdir_new(void)
{
    uint32_t phys = page_alloc_zeroed();
    if (!phys)
        return NULL;
    uint32_t *pgdir = phys_to_lin(phys);
    memcpy(pgdir + KERNEL_PDE, kernel_pgdir + KERNEL_PDE, (1024 - KERNEL_PDE) * sizeof *pgdir);
    return pgdir;
}

void pgdir_free(uint32_t *pgdir)
{
    pgdir_unmap(pgdir, 0, USER_END);
    for (unsigned i = 0; i < KERNEL_PDE; i++) {
        if (pgdir[i] & PTE_P)
            page_put(pgdir[i] & PAGE_MASK);
    }
    page_put(lin_to_phys(pgdir));
}

uint32_t *pgdir_pte(uint32_t *pgdir, uint32_t lin, bool create)
{
    uint32_t *pde = &pgdir[lin >> 22];
    if (!(*pde & PTE_P)) {
        uint32_t table = create ? page_alloc_zeroed() : 0;
        if (!table)
            return NULL;
        *pde = table | PTE_P | PTE_W | PTE_U; /* the table's entries decide the rights */
    }
    uint32_t *table = phys_to_lin(*pde & PAGE_MASK);
    return &table[(lin >> PAGE_SHIFT) & 1023];
}

/* The first address after lin that another directory entry covers. */
static uint32_t next_table(uint32_t lin)
{
    return (lin & 0xffc00000u) + 0x400000u;
}

void pgdir_unmap(uint32_t *pgdir, uint32_t start, uint32_t end)
{
    for (uint32_t lin = start; lin < end;) {
        uint32_t *pte = pgdir_pte(pgdir, lin, false);
        if (!pte) {
            lin = next_table(lin);
            continue;
        }
        if (*pte & PTE_P)
            page_put(*pte & PAGE_MASK);
        *pte = 0;
        lin += PAGE_SIZE;
    }
}

bool pgdir_copy(uint32_t *to, uint32_t *from)
{
    for (uint32_t lin = 0; lin < USER_END;) {
        uint32_t *source = pgdir_pte(from, lin, false);
        if (!source) {
            lin = next_table(lin);
            continue;
        }
        if (*source & PTE_P) {
            uint32_t *target = pgdir_pte(to, lin, true);
            uint32_t phys = target ? page_alloc() : 0;
            if (!phys)
                return false;
            memcpy(phys_to_lin(phys), phys_to_lin(*source & PAGE_MASK), PAGE_SIZE);
            *target = phys | (*source & (PTE_P | PTE_W | PTE_U));
        }
        lin += PAGE_SIZE;
    }
    return true;
}

void pgdir_switch(const uint32_t *pgdir)
{
    uint32_t phys = lin_to_phys(pgdir);
    if (read_cr3() != phys)
        write_cr3(phys);
}

void pgdir_flush(void)
{
    write_cr3(read_cr3());
}
