/* SPDX-License-Identifier: MIT */
/*
 * paging.c - page directories and page tables. See paging.h for the picture.
 * A 386 flushes its TLB only when CR3 is loaded, so whoever takes rights or a page away from the
 * running process reloads CR3. Adding a page needs nothing: absent entries are not cached.
 */
#include "kernel/paging.h"

#include <stddef.h>

#include "drivers/x86.h"
#include "kernel/layout.h"
#include "kernel/page.h"
#include "lib/string.h"

uint32_t *pgdir_new(void)
{
    uint32_t phys = page_alloc_zeroed(PAGE_TABLE);
    if (!phys)
        return NULL;
    uint32_t *pgdir = phys_to_lin(phys);
    memcpy(pgdir + KERNEL_PDE, kernel_pgdir + KERNEL_PDE, (1024 - KERNEL_PDE) * sizeof *pgdir);
    return pgdir;
}

void pgdir_free(uint32_t *pgdir, unsigned entries)
{
    for (unsigned i = 0; i < entries; i++) {
        if (!(pgdir[i] & PTE_P))
            continue;
        uint32_t *table = phys_to_lin(pgdir[i] & PAGE_MASK);
        for (unsigned at = 0; at < 1024; at++)
            pte_drop(&table[at]);
        page_put(pgdir[i] & PAGE_MASK);
    }
    page_put(lin_to_phys(pgdir));
}

uint32_t *pgdir_pte(uint32_t *pgdir, uint32_t lin, bool create)
{
    uint32_t *pde = &pgdir[lin >> 22];
    if (!(*pde & PTE_P)) {
        uint32_t table = create ? page_alloc_zeroed(PAGE_TABLE) : 0;
        if (!table)
            return NULL;
        *pde = table | PTE_P | PTE_W | PTE_U; /* the table's entries decide the rights */
    }
    uint32_t *table = phys_to_lin(*pde & PAGE_MASK);
    return &table[(lin >> PAGE_SHIFT) & 1023];
}

uint32_t *pgdir_next(uint32_t *pgdir, uint32_t *lin, uint32_t end)
{
    while (*lin < end) {
        uint32_t *pte = pgdir_pte(pgdir, *lin, false);
        if (pte)
            return pte;
        *lin = (*lin & 0xffc00000u) + 0x400000u; /* what the next directory entry covers */
    }
    return NULL;
}

void pgdir_unmap(uint32_t *pgdir, uint32_t start, uint32_t end)
{
    uint32_t *pte;
    for (uint32_t lin = start; (pte = pgdir_next(pgdir, &lin, end)); lin += PAGE_SIZE)
        pte_drop(pte);
}

void pte_drop(uint32_t *pte)
{
    if (*pte & PTE_P) {
        if (*pte & PTE_D)
            page_of(*pte & PAGE_MASK)->dirty = true; /* others may still use the frame */
        page_put(*pte & PAGE_MASK);
    } else if (*pte) {
        swap_put(pte_slot(*pte));
    }
    *pte = 0;
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
