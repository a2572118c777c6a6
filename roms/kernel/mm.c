/* SPDX-License-Identifier: MIT */
/*
 * mm.c - address spaces and their areas. See mm.h; mm_fault() is in fault.c.
 */
#include "kernel/mm.h"

#include <stddef.h>

#include "kernel/abi.h"
#include "kernel/cache.h"
#include "kernel/layout.h"
#include "kernel/paging.h"

static struct cache mm_cache = CACHE_OF(struct mm);
static struct cache vma_cache = CACHE_OF(struct vma);

struct mm *mm_new(void)
{
    struct mm *m = cache_alloc(&mm_cache);
    if (m && !(m->pgdir = pgdir_new())) {
        cache_free(&mm_cache, m);
        return NULL;
    }
    return m;
}

void mm_free(struct mm *m)
{
    for (struct vma *v = m->vmas, *next; v; v = next) {
        next = v->next;
        cache_free(&vma_cache, v);
    }
    pgdir_free(m->pgdir);
    cache_free(&mm_cache, m);
}

struct mm *mm_copy(const struct mm *m)
{
    struct mm *copy = mm_new();
    if (!copy)
        return NULL;
    copy->brk_start = m->brk_start;
    copy->brk = m->brk;
    bool ok = pgdir_copy(copy->pgdir, m->pgdir);
    for (const struct vma *v = m->vmas; ok && v; v = v->next)
        ok = mm_map(copy, v) == 0;
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

int mm_map(struct mm *m, const struct vma *area)
{
    if (area->start % PAGE_SIZE || area->end % PAGE_SIZE || area->start >= area->end ||
        area->start < USER_LOW || area->end > USER_END)
        return -EINVAL;
    struct vma **link = &m->vmas;
    while (*link && (*link)->end <= area->start)
        link = &(*link)->next;
    if (*link && (*link)->start < area->end)
        return -EINVAL;
    struct vma *v = cache_alloc(&vma_cache);
    if (!v)
        return -ENOMEM;
    *v = *area;
    v->next = *link;
    *link = v;
    return 0;
}

uint32_t mm_frames(const struct mm *m)
{
    uint32_t frames = 0;
    for (const struct vma *v = m->vmas; v; v = v->next) {
        for (uint32_t lin = v->start; lin < v->end; lin += PAGE_SIZE) {
            const uint32_t *pte = pgdir_pte(m->pgdir, lin, false);
            frames += pte && (*pte & PTE_P);
        }
    }
    return frames;
}

static uint32_t page_up(uint32_t lin)
{
    return (lin + PAGE_SIZE - 1) & PAGE_MASK;
}

/* Removes an area from the list; its pages are gone already. */
static void unlink_vma(struct mm *m, struct vma *v)
{
    struct vma **link = &m->vmas;
    while (*link != v)
        link = &(*link)->next;
    *link = v->next;
    cache_free(&vma_cache, v);
}

/* Lets the heap end at end, a page boundary; false if something is in the way. */
static bool resize_heap(struct mm *m, uint32_t old_end, uint32_t end)
{
    struct vma *heap = old_end > m->brk_start ? mm_find(m, m->brk_start) : NULL;
    if (!heap) {
        struct vma v = {
            .start = m->brk_start, .end = end, .flags = VMA_READ | VMA_WRITE, .label = "[heap]"};
        return mm_map(m, &v) == 0;
    }
    if (heap->next && end > heap->next->start)
        return false;
    if (end < old_end) {
        pgdir_unmap(m->pgdir, end, old_end);
        pgdir_flush();
    }
    heap->end = end;
    if (heap->start == heap->end)
        unlink_vma(m, heap);
    return true;
}

uint32_t mm_brk(struct mm *m, uint32_t brk)
{
    if (brk < m->brk_start || brk > USER_END - STACK_LIMIT)
        return m->brk;
    uint32_t old_end = page_up(m->brk), end = page_up(brk);
    if (end == old_end || resize_heap(m, old_end, end))
        m->brk = brk;
    return m->brk;
}
