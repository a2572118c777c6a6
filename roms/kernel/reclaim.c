/* SPDX-License-Identifier: MIT */
/*
 * reclaim.c - page-out by the clock algorithm, and the last resort: killing.
 *
 * A hand goes round over all frames. A frame that was used since the hand came by last (some
 * entry has its A bit) gets a second chance: A is cleared. One that was not used goes:
 *
 *     page of                        clean                          dirty (D bit)
 *     an initrd file                 forgotten: it can be read again   (cannot be)
 *     a process, /tmp, shared        forgotten if the swap area has    written to the swap area
 *       memory                       the same contents, else written
 *
 * and every entry that showed it is set to its place in the swap area, or to nothing. Who are they?
 * A page of the page cache is found through the areas that map its file. An anonymous page is
 * shared only by fork(), which does not change addresses: it is at the same address everywhere.
 * If there are more users than entries, somebody in the kernel is just working with the frame, and
 * it stays.
 */
#include "kernel/paging.h"

#include <stddef.h>

#include "kernel/core.h"
#include "kernel/file.h"
#include "kernel/mm.h"
#include "kernel/proc.h"
#include "lib/abi.h"

static uint32_t hand; /* number of the frame to look at next */

/* What the entries of a frame say together. */
struct survey {
    uint32_t found; /* how many there are */
    bool used;      /* one had its A bit, which is cleared now */
    bool dirty;     /* one has its D bit */
};

static void look(uint32_t *pte, uint32_t phys, struct survey *s)
{
    s->found++;
    s->used |= *pte & PTE_A;
    s->dirty |= *pte & PTE_D;
    *pte &= ~PTE_A;
}

static void take_away(uint32_t *pte, uint32_t phys, struct survey *s)
{
    const struct page *page = page_of(phys);
    pte_drop(pte);
    if (page->kind == PAGE_ANON) {
        swap_get(page->slot);
        *pte = pte_of_slot(page->slot);
    }
}

/* Calls what() for every page-table entry of a process that shows the frame. */
static void for_each_entry(struct page *page, void (*what)(uint32_t *, uint32_t, struct survey *),
                           struct survey *s)
{
    uint32_t phys = page_phys(page);
    for (struct proc *p = proc_next(NULL); p; p = proc_next(p)) {
        for (struct vma *v = p->mm ? p->mm->vmas : NULL; v; v = v->next) {
            uint32_t lin = page->index;
            if (page->kind == PAGE_FILE) {
                if (v->inode != page->inode || page->index < v->offset ||
                    page->index - v->offset >= v->end - v->start)
                    continue;
                lin = v->start + (page->index - v->offset);
            }
            uint32_t *pte =
                lin >= v->start && lin < v->end ? pgdir_pte(p->mm->pgdir, lin, false) : NULL;
            if (pte && *pte & PTE_P && (*pte & PAGE_MASK) == phys)
                what(pte, phys, s);
        }
    }
}

/* Makes sure that the contents can be had again; false: the swap area is full, or broken. */
static bool save(struct page *page, bool dirty)
{
    if (page->kind == PAGE_FILE && page->inode->kind == INODE_INITRD)
        return true;
    if (page->slot && !dirty) {
        swap.dropped++;
        return true;
    }
    if (!page->slot && !(page->slot = swap_take()))
        return false;
    page->dirty = !swap_write(page->slot, page_phys(page));
    if (page->dirty)
        page->slot = 0;
    return !page->dirty;
}

static bool try_to_free(struct page *page)
{
    struct survey s = {.used = page->referenced, .dirty = page->dirty};
    page->referenced = false;
    for_each_entry(page, look, &s);
    bool cached = page->kind == PAGE_FILE;
    if (s.used || page->refs != s.found + cached || !save(page, s.dirty))
        return false;
    uint32_t phys = page_phys(page);
    page->refs++; /* it must not go before its last entry has */
    for_each_entry(page, take_away, &s);
    if (cached)
        inode_forget_page(page->inode, page->index);
    page_put(phys);
    return true;
}

bool reclaim(enum zone_id highest, unsigned wanted)
{
    unsigned freed = 0;
    struct page *page;
    /* Two rounds: in the first one everybody may be using a second chance. */
    for (unsigned rounds = 0; rounds < 2 + (freed == 0) && freed < wanted;) {
        page = page_number(hand++);
        if (!page) {
            hand = 0;
            rounds++;
            continue;
        }
        bool hopeless = page->kind == PAGE_ANON && swap.free == 0 && !page->slot;
        if ((page->kind == PAGE_ANON || page->kind == PAGE_FILE) && !hopeless &&
            page_zone_of(page_phys(page)) <= highest) {
            swap.examined++;
            freed += try_to_free(page);
        }
    }
    pgdir_flush(); /* A bits and pages were taken away */
    return freed > 0;
}

/* Frames and swap that would come back if it died. */
static uint32_t weight(const struct proc *p)
{
    struct mm_usage u = mm_usage(p->mm);
    return u.anonymous + u.swapped + u.tables;
}

bool out_of_memory(void)
{
    struct proc *largest = NULL;
    for (struct proc *p = proc_next(NULL); p; p = proc_next(p)) {
        if (!p->mm)
            continue;
        if (p->killed) {
            /* One is dying already: its memory is as good as free. */
            if (p == current)
                return false;
            proc_yield();
            return !signal_pending(current) || !current->killed;
        }
        /* init, the parent of all, only if it is alone. */
        if (!largest || largest->pid == PID_INIT ||
            (p->pid != PID_INIT && weight(p) > weight(largest)))
            largest = p;
    }
    print_error("%s[%d]: Out of memory\n", largest->name, largest->pid);
    signal_kill(largest);
    if (largest == current)
        return false;
    proc_yield();
    return !current->killed;
}
