/* SPDX-License-Identifier: MIT */
/*
 * audit.c - the kernel checks its own books. See page.h; /proc/audit shows the result.
 *
 * Everything that can refer to a frame is followed once more: the page tables of every process,
 * the page caches, kernel stacks, pipes, vmalloc, caches. Each frame must have been met exactly as
 * often as it says (fewer: a leak; more: it will be freed too early), each place of the swap area
 * likewise, each zone must have as many free frames as it counts, and no small object may be left
 * that nobody knows.
 */
#include "kernel/page.h"

#include <stddef.h>

#include "kernel/core.h"
#include "kernel/file.h"
#include "kernel/layout.h"
#include "kernel/mm.h"
#include "kernel/paging.h"
#include "kernel/proc.h"
#include "lib/format.h"

struct books {
    struct sink *sink;                        /* where mistakes are printed */
    unsigned mistakes;                        /* how many there were */
    uint32_t procs, mms, vmas, inodes, files; /* objects that were met */
    uint32_t places;                          /* uses of the swap area */
};

static void mistake(struct books *b, const char *what, uint32_t which, uint32_t is, uint32_t found)
{
    if (b->mistakes++ < 10)
        procfs_say(b->sink, "audit: %s %08x: counted %u, found %u\n", what, which, is, found);
}

static void compare(struct books *b, const char *what, uint32_t is, uint32_t found)
{
    if (is != found)
        mistake(b, what, 0, is, found);
}

/* Meets what the first entries of a directory lead to, and the directory itself. */
static void meet_tree(struct books *b, uint32_t *pgdir, unsigned entries)
{
    page_of(lin_to_phys(pgdir))->found++;
    for (unsigned i = 0; i < entries; i++) {
        if (!(pgdir[i] & PTE_P))
            continue;
        page_of(pgdir[i] & PAGE_MASK)->found++;
        const uint32_t *table = phys_to_lin(pgdir[i] & PAGE_MASK);
        for (unsigned at = 0; at < 1024; at++) {
            if (table[at] & PTE_P)
                page_of(table[at] & PAGE_MASK)->found++;
            else
                b->places += table[at] != 0;
        }
    }
}

static void meet_process(struct books *b, struct proc *p)
{
    b->procs++;
    page_of(p->kstack)->found++;
    if (p->mm) {
        b->mms++;
        for (const struct vma *v = p->mm->vmas; v; v = v->next) {
            b->vmas++;
            if (v->inode)
                v->inode->found++;
        }
        meet_tree(b, p->mm->pgdir, KERNEL_PDE);
    }
    for (int fd = 0; fd < PROC_FILES; fd++) {
        struct file *f = p->files[fd];
        if (!f)
            continue;
        if (f->found++ == 0) {
            b->files++;
            if (f->inode)
                f->inode->found++;
        }
        if (f->pipe)
            page_of(pipe_page(f->pipe))->found = 1;
    }
}

static void check_files(struct books *b, struct proc *p)
{
    for (int fd = 0; fd < PROC_FILES; fd++) {
        struct file *f = p->files[fd];
        if (f && f->found && (uint32_t)f->refs != f->found)
            mistake(b, "open file of process", (uint32_t)p->pid, (uint32_t)f->refs, f->found);
        if (f)
            f->found = 0;
    }
}

/* Compares each frame's count with what was found, and counts the frames of each kind. */
static void check_frames(struct books *b, uint32_t kinds[PAGE_KINDS])
{
    uint32_t zone_free[ZONES] = {0};
    struct page *page;
    for (uint32_t n = 0; (page = page_number(n)); n++) {
        kinds[page->kind] += page->kind > PAGE_INSIDE ? 1u << page->order : 0;
        if (page->kind == PAGE_FREE)
            zone_free[page_zone_of(page_phys(page))] += 1u << page->order;
        if (page->kind <= PAGE_FREE)
            continue;
        if (page->kind == PAGE_SLAB)
            page->found = 1; /* cache_pages() tells whether all are known */
        if (page->refs != page->found)
            mistake(b, "frame", page_phys(page), page->refs, page->found);
        b->places += page->slot != 0;
    }
    for (enum zone_id id = 0; id < ZONES; id++)
        compare(b, page_zone(id)->name, page_zone(id)->free, zone_free[id]);
    for (enum page_kind kind = PAGE_TABLE; kind < PAGE_KINDS; kind++)
        compare(b, "frames of a kind", page_count(kind), kinds[kind]);
}

unsigned audit(struct sink *s)
{
    struct books b = {.sink = s};
    uint32_t kinds[PAGE_KINDS] = {0}, used = 0, total = 0;
    struct page *page;
    for (uint32_t n = 0; (page = page_number(n)); n++)
        page->found = 0;
    for (struct inode *i = inode_next(NULL); i; i = inode_next(i))
        i->found = 0;
    for (unsigned n = 0; n < SHM_SEGMENTS; n++) {
        if (shm_segment(n))
            shm_segment(n)->found++;
    }
    for (struct proc *p = proc_next(NULL); p; p = proc_next(p))
        meet_process(&b, p);
    for (struct proc *p = proc_next(NULL); p; p = proc_next(p))
        check_files(&b, p);
    for (const struct inode *i = inode_next(NULL); i; i = inode_next(i)) {
        b.inodes++;
        if (i->refs != i->found + (i->device != DEV_SHM))
            mistake(&b, i->path, 0, i->refs, i->found);
        if (i->pages)
            meet_tree(&b, i->pages, 1024);
    }
    uint32_t phys;
    for (unsigned i = 0; vmalloc_frame(&i, &phys); i++)
        page_of(phys)->found++;

    check_frames(&b, kinds);
    compare(&b, "swap area", swap_uses(), b.places);
    compare(&b, "cache frames", cache_pages(), kinds[PAGE_SLAB]);
    compare(&b, "processes", cache_live("proc"), b.procs);
    compare(&b, "address spaces", cache_live("mm"), b.mms);
    compare(&b, "areas", cache_live("vma"), b.vmas);
    compare(&b, "inodes", cache_live("inode"), b.inodes);
    compare(&b, "open files", cache_live("file"), b.files);
    for (enum page_kind kind = PAGE_TABLE; kind < PAGE_KINDS; kind++)
        used += kinds[kind];
    for (enum zone_id id = 0; id < ZONES; id++)
        total += page_zone(id)->total;
    compare(&b, "all frames", total, used + kinds[PAGE_FREE]);
    procfs_say(s,
               "%u frames: %u free, %u tables, %u stacks, %u caches, %u buffers, %u anonymous, "
               "%u file\n%u mistakes\n",
               total, kinds[PAGE_FREE], kinds[PAGE_TABLE], kinds[PAGE_KSTACK], kinds[PAGE_SLAB],
               kinds[PAGE_BUFFER], kinds[PAGE_ANON], kinds[PAGE_FILE], b.mistakes);
    return b.mistakes;
}

static void put_nothing(struct sink *s, char c)
{
}

static void put_error(struct sink *s, char c)
{
    print_error("%c", c);
}

void audit_or_panic(void)
{
    if (audit(&(struct sink){put_nothing}) == 0)
        return;
    audit(&(struct sink){put_error});
    panic("frames are not accounted for");
}
