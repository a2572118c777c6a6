/* SPDX-License-Identifier: MIT */
/*
 * uaccess.c - the only way the kernel touches user memory. See uaccess.h.
 */
#include "kernel/uaccess.h"

#include "kernel/abi.h"
#include "kernel/layout.h"
#include "kernel/mm.h"
#include "kernel/page.h"
#include "kernel/paging.h"
#include "lib/string.h"

/* Points *at to the byte at user address lin in the linear map. */
static int user_byte(struct mm *m, uint32_t lin, enum access access, uint8_t **at)
{
    /* With 0 for ESP a stack may grow as far as its limit allows. */
    switch (mm_fault(m, lin, access, 0)) {
    case FAULT_OK: break;
    case FAULT_MEMORY: return -ENOMEM;
    default: return -EFAULT;
    }
    uint32_t frame = *pgdir_pte(m->pgdir, lin, false) & PAGE_MASK;
    *at = phys_to_lin(frame | lin % PAGE_SIZE);
    return 0;
}

static size_t rest_of_page(uint32_t lin, size_t n)
{
    size_t rest = PAGE_SIZE - lin % PAGE_SIZE;
    return rest < n ? rest : n;
}

int user_read(struct mm *m, void *dst, uint32_t lin, size_t n)
{
    uint8_t *to = dst;
    while (n > 0) {
        uint8_t *at;
        int error = user_byte(m, lin, ACCESS_READ, &at);
        if (error)
            return error;
        size_t part = rest_of_page(lin, n);
        memcpy(to, at, part);
        to += part;
        lin += part;
        n -= part;
    }
    return 0;
}

int user_write(struct mm *m, uint32_t lin, const void *src, size_t n)
{
    const uint8_t *from = src;
    while (n > 0) {
        uint8_t *at;
        int error = user_byte(m, lin, ACCESS_WRITE, &at);
        if (error)
            return error;
        size_t part = rest_of_page(lin, n);
        memcpy(at, from, part);
        from += part;
        lin += part;
        n -= part;
    }
    return 0;
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
        for (size_t i = 0; i < part; i++) {
            dst[length + i] = (char)at[i];
            if (!at[i])
                return (int)(length + i);
        }
        length += part;
        lin += part;
    }
    return -ENAMETOOLONG;
}
