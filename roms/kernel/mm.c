/* SPDX-License-Identifier: MIT */
/*
 * mm.c - address spaces and their areas. See mm.h; mm_fault() is in fault.c.
 */
#include "kernel/mm.h"

#include <stddef.h>

#include "kernel/file.h"
#include "kernel/layout.h"
#include "kernel/page.h"
#include "kernel/paging.h"
#include "lib/abi.h"

static struct cache mm_cache = CACHE_OF(mm);
static struct cache vma_cache = CACHE_OF(vma);

struct mm *mm_new(void)
{
    struct mm *m = cache_alloc(&mm_cache);
    if (m && !(m->pgdir = pgdir_new())) {
        cache_free(&mm_cache, m);
        return NULL;
    }
    if (m)
        m->mapped_base = TASK_UNMAPPED_BASE;
    return m;
}

static void vma_free(struct vma *v)
{
    inode_put(v->inode);
    cache_free(&vma_cache, v);
}

void mm_free(struct mm *m)
{
    pgdir_free(m->pgdir, KERNEL_PDE);
    for (struct vma *v = m->vmas, *next; v; v = next) {
        next = v->next;
        vma_free(v);
    }
    cache_free(&mm_cache, m);
}

/* Shows every page of the area in the copy as well. What is private loses its right to be written
 * in both: the first write makes a copy of the page. */
static bool copy_pages(struct mm *copy, struct mm *m, const struct vma *v)
{
    uint32_t *source;
    for (uint32_t lin = v->start; (source = pgdir_next(m->pgdir, &lin, v->end)); lin += PAGE_SIZE) {
        if (!*source)
            continue;
        uint32_t *target = pgdir_pte(copy->pgdir, lin, true);
        if (!target)
            return false;
        if (!*source)
            continue; /* that allocation has paged it out */
        if (!(v->flags & VMA_SHARED))
            *source &= ~PTE_W;
        if (*source & PTE_P)
            page_get(*source & PAGE_MASK);
        else
            swap_get(pte_slot(*source));
        *target = *source;
    }
    return true;
}

struct mm *mm_copy(struct mm *m)
{
    struct mm *copy = mm_new();
    if (!copy)
        return NULL;
    struct mm made = *copy;
    *copy = *m;
    copy->pgdir = made.pgdir;
    copy->vmas = NULL;
    bool ok = true;
    for (const struct vma *v = m->vmas; ok && v; v = v->next)
        ok = mm_map(copy, v) == 0 && copy_pages(copy, m, v);
    pgdir_flush();
    if (ok)
        return copy;
    mm_free(copy);
    return NULL;
}

struct vma *mm_find(const struct mm *m, uint32_t lin)
{
    struct vma *v = m->vmas;
    while (v && v->end <= lin)
        v = v->next;
    return v && v->start <= lin ? v : NULL;
}

/* Joins v and the area behind it if they touch and continue each other. The heap stays apart
 * from .bss, so that both can be seen. */
static void join(const struct mm *m, struct vma *v)
{
    struct vma *next = v ? v->next : NULL;
    if (!next || v->end != next->start || v->flags != next->flags || v->inode != next->inode ||
        (v->inode && v->offset + (v->end - v->start) != next->offset) || v->end == m->brk_start)
        return;
    v->end = next->end;
    v->next = next->next;
    vma_free(next);
}

int mm_map(struct mm *m, const struct vma *area)
{
    if (area->start % PAGE_SIZE || area->end % PAGE_SIZE || area->start >= area->end ||
        area->start < USER_LOW || area->end > USER_END)
        return -EINVAL;
    struct vma *before = NULL, **link = &m->vmas;
    while (*link && (*link)->end <= area->start) {
        before = *link;
        link = &before->next;
    }
    if (*link && (*link)->start < area->end)
        return -EINVAL;
    struct vma *v = cache_alloc(&vma_cache);
    if (!v)
        return -ENOMEM;
    *v = *area;
    inode_get(v->inode);
    v->next = *link;
    *link = v;
    join(m, v);
    join(m, before);
    return 0;
}

/* Cuts the area that lies on both sides of the address into two; false: no memory. */
static bool split(struct mm *m, uint32_t at)
{
    struct vma *v = mm_find(m, at);
    if (!v || v->start == at)
        return true;
    struct vma *upper = cache_alloc(&vma_cache);
    if (!upper)
        return false;
    *upper = *v;
    upper->start = v->end = at;
    if (upper->inode)
        upper->offset += at - v->start;
    inode_get(upper->inode);
    v->next = upper;
    return true;
}

static bool is_user_range(uint32_t start, uint32_t end)
{
    return start % PAGE_SIZE == 0 && end % PAGE_SIZE == 0 && start < end && end <= USER_END;
}

int mm_unmap(struct mm *m, uint32_t start, uint32_t end)
{
    if (!is_user_range(start, end))
        return -EINVAL;
    if (!split(m, start) || !split(m, end))
        return -ENOMEM;
    struct vma **link = &m->vmas;
    while (*link && (*link)->start < end) {
        struct vma *v = *link;
        if (v->start < start) {
            link = &v->next;
            continue;
        }
        pgdir_unmap(m->pgdir, v->start, v->end);
        *link = v->next;
        vma_free(v);
    }
    pgdir_flush();
    return 0;
}

/* The pages that exist lose their right to be written; mm_fault() gives it back if it may. */
static void protect_pages(struct mm *m, const struct vma *v)
{
    uint32_t *pte;
    for (uint32_t lin = v->start; (pte = pgdir_next(m->pgdir, &lin, v->end)); lin += PAGE_SIZE) {
        if (*pte & PTE_P)
            *pte = (*pte & ~(PTE_W | PTE_U)) | (v->flags & VMA_RIGHTS ? PTE_U : 0);
    }
}

int mm_protect(struct mm *m, uint32_t start, uint32_t end, unsigned rights)
{
    if (!is_user_range(start, end))
        return start % PAGE_SIZE ? -EINVAL : -ENOMEM;
    uint32_t covered = start;
    for (const struct vma *v = mm_find(m, start); v && v->start <= covered; v = v->next) {
        if (v->start >= end)
            break;
        if (rights & VMA_WRITE && v->flags & VMA_NO_WRITE)
            return -EACCES;
        covered = v->end;
    }
    if (covered < end || !split(m, start) || !split(m, end))
        return -ENOMEM;
    for (struct vma *v = mm_find(m, start); v && v->start < end; v = v->next) {
        v->flags = (v->flags & ~(unsigned)VMA_RIGHTS) | rights;
        protect_pages(m, v);
    }
    for (struct vma *v = m->vmas; v && v->start <= end;) {
        const struct vma *next = v->next;
        join(m, v);
        if (v->next == next)
            v = v->next; /* else there may be even more to join */
    }
    pgdir_flush();
    return 0;
}

uint32_t mm_find_free(const struct mm *m, uint32_t hint, uint32_t size)
{
    const uint32_t limit = USER_END - STACK_LIMIT - PAGE_SIZE;
    uint32_t at = hint >= USER_LOW && hint < limit ? hint : m->mapped_base;
    const struct vma *v = m->vmas;
    while (v && v->end <= at)
        v = v->next;
    if (at == hint && (size > limit - at || (v && v->start - at < size) || (v && v->start < at)))
        return mm_find_free(m, 0, size);
    for (; v && at < limit && (v->start < at || v->start - at < size); v = v->next)
        at = v->end;
    return at < limit && size <= limit - at ? at : 0;
}

static uint32_t page_up(uint32_t lin)
{
    return (lin + PAGE_SIZE - 1) & PAGE_MASK;
}

uint32_t mm_brk(struct mm *m, uint32_t brk)
{
    uint32_t old_end = page_up(m->brk), end = page_up(brk);
    if (brk < m->brk_start || brk > USER_END - STACK_LIMIT)
        return m->brk;
    struct vma more = {.start = old_end, .end = end, .flags = VMA_READ | VMA_WRITE};
    if (end > old_end ? mm_map(m, &more) == 0 : end == old_end || mm_unmap(m, end, old_end) == 0)
        m->brk = brk;
    return m->brk;
}

struct mm_usage mm_usage(const struct mm *m)
{
    struct mm_usage u = {.tables = 1};
    for (const struct vma *v = m->vmas; v; v = v->next)
        u.size += (v->end - v->start) / PAGE_SIZE;
    for (unsigned i = 0; i < KERNEL_PDE; i++)
        u.tables += m->pgdir[i] & PTE_P;
    const uint32_t *pte;
    for (uint32_t lin = 0; (pte = pgdir_next(m->pgdir, &lin, USER_END)); lin += PAGE_SIZE) {
        if (*pte & PTE_P && page_of(*pte & PAGE_MASK)->kind == PAGE_FILE)
            u.file++;
        else if (*pte & PTE_P)
            u.anonymous++;
        else
            u.swapped += *pte != 0;
    }
    return u;
}
