/* SPDX-License-Identifier: MIT */
/*
 * uaccess.c - the only way the kernel touches user memory. See mm.h.
 */
#include "kernel/mm.h"

#include "kernel/layout.h"
#include "kernel/page.h"
#include "kernel/paging.h"
#include "kernel/proc.h"
#include "lib/abi.h"
#include "lib/string.h"

/*
 * Points *at to the byte at user address lin; the caller unmaps it. The processor does not see
 * this access, so the accessed and dirty bits are set here.
 */
static int user_byte(struct mm *m, uint32_t lin, enum access access, uint8_t **at)
{
    enum fault_result result;
    /* With 0 for ESP a stack may grow as far as its limit allows. */
    while ((result = mm_fault(m, lin, access, 0)) == FAULT_MEMORY) {
        /* Nobody knows yet an address space that exec is about to make: no sleep with it. */
        if (m != current->mm || !out_of_memory())
            return -ENOMEM;
    }
    if (result != FAULT_OK)
        return -EFAULT;
    uint32_t *pte = pgdir_pte(m->pgdir, lin, false);
    *pte |= access == ACCESS_WRITE ? PTE_A | PTE_D : PTE_A;
    *at = kmap((*pte & PAGE_MASK) | lin % PAGE_SIZE);
    return 0;
}

bool user_range(uint32_t lin, uint32_t n)
{
    return lin <= USER_END && n <= USER_END - lin;
}

static size_t rest_of_page(uint32_t lin, size_t n)
{
    size_t rest = PAGE_SIZE - lin % PAGE_SIZE;
    return rest < n ? rest : n;
}

/* Copies between kernel memory and user memory, page by page. */
static int copy(struct mm *m, void *memory, uint32_t lin, size_t n, enum access access)
{
    if (!user_range(lin, n))
        return -EFAULT;
    for (uint8_t *at, *kernel = memory; n > 0;) {
        int error = user_byte(m, lin, access, &at);
        if (error)
            return error;
        size_t part = rest_of_page(lin, n);
        memcpy(access == ACCESS_WRITE ? at : kernel, access == ACCESS_WRITE ? kernel : at, part);
        kunmap(at);
        kernel += part;
        lin += part;
        n -= part;
    }
    return 0;
}

int user_read(struct mm *m, void *dst, uint32_t lin, size_t n)
{
    return copy(m, dst, lin, n, ACCESS_READ);
}

int user_write(struct mm *m, uint32_t lin, const void *src, size_t n)
{
    return copy(m, (void *)(uintptr_t)src, lin, n, ACCESS_WRITE);
}

int user_touch(struct mm *m, uint32_t lin)
{
    uint8_t *at;
    int error = user_byte(m, lin, ACCESS_WRITE, &at);
    if (!error)
        kunmap(at);
    return error;
}

int user_string(struct mm *m, char *dst, uint32_t lin, size_t size)
{
    size_t length = 0;
    while (length < size) {
        uint8_t *at;
        int error = user_byte(m, lin, ACCESS_READ, &at);
        if (error)
            return error;
        size_t part = rest_of_page(lin, size - length);
        memcpy(dst + length, at, part);
        kunmap(at);
        for (size_t i = length; i < length + part; i++) {
            if (!dst[i])
                return (int)i;
        }
        length += part;
        lin += part;
    }
    return -ENAMETOOLONG;
}
