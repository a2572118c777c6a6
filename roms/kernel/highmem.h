/* SPDX-License-Identifier: MIT */
/*
 * highmem.h - the kernel's windows to memory that the linear map does not show as it is wanted.
 */
#ifndef KERNEL_HIGHMEM_H
#define KERNEL_HIGHMEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Installs the page tables of KMAP, VMALLOC and FIXMAP. Needs nothing; kmap() works afterwards. */
void highmem_init(void);

/* Physical memory below end is in the linear map. */
void kmap_linear(uint32_t end);

/* Makes the physical page that holds phys visible; the result points to that very byte. */
void *kmap(uint32_t phys);
void kunmap(const void *at);

/* Copies n bytes from any physical address. */
void phys_read(void *dst, uint32_t phys, size_t n);

/* A zeroed block whose frames need not be neighbours; NULL: no memory. */
void *vmalloc(uint32_t size);
void vfree(void *block);

/* The next frame of such blocks from index *i upward; false: no more. */
bool vmalloc_frame(unsigned *i, uint32_t *phys);

/* Shows count physical pages from phys at page number index of FIXMAP, for good. */
void *fixmap(unsigned index, uint32_t phys, unsigned count);

#endif
