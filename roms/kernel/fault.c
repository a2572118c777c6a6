/* SPDX-License-Identifier: MIT */
/*
 * fault.c - page faults: bring the page in, or say why not.
 *
 * mm_fault() serves both the processor's page fault and the kernel's own look at user memory
 * (uaccess.c). What it does depends on what the page-table entry holds:
 *
 *     never touched   file: the frame of the page cache, or, for a private write, a copy of it;
 *                     else a frame of zeros
 *     paged out       a frame, filled from the swap area
 *     present         a write, and it is not writable yet: a private frame that others use, too, is
 *                     copied (copy-on-write); one that nobody else uses any more is simply taken
 *
 * A fault that had to wait for the initrd or the swap area counts as a major one, others are minor.
 */
#include "kernel/mm.h"

#include "drivers/x86.h"
#include "kernel/core.h"
#include "kernel/file.h"
#include "kernel/layout.h"
#include "kernel/page.h"
#include "kernel/paging.h"
#include "kernel/proc.h"
#include "lib/abi.h"

#define PF_WRITE 2u /* error code of #PF: it was a write */

/* ENTER and PUSHA touch memory below ESP before they move it; Linux allows 64 KiB and a bit. */
#define STACK_SLACK (65536 + 128)

/* Makes the stack area that lies above lin reach down to it. */
static enum fault_result grow_stack(struct mm *m, uint32_t lin, uint32_t esp)
{
    struct vma *below = NULL, *v = m->vmas;
    while (v && v->end <= lin) {
        below = v;
        v = v->next;
    }
    if (!v || !(v->flags & VMA_GROWSDOWN) || lin + STACK_SLACK < esp)
        return FAULT_UNMAPPED;
    uint32_t start = lin & PAGE_MASK;
    if (v->end - start > STACK_LIMIT || (below && start < below->end + PAGE_SIZE))
        return FAULT_STACK;
    v->start = start;
    return FAULT_OK;
}

/* A new anonymous frame for lin, with the contents of another frame, or zeros if from is 0. */
static uint32_t new_frame(uint32_t lin, uint32_t from)
{
    if (from)
        page_get(from); /* so that page-out leaves it alone */
    uint32_t phys = from ? page_alloc(PAGE_ANON) : page_alloc_zeroed(PAGE_ANON);
    if (phys) {
        page_of(phys)->index = lin & PAGE_MASK;
        page_of(phys)->dirty = true; /* nothing else has these contents */
    }
    if (phys && from)
        page_copy(phys, from);
    if (from)
        page_put(from);
    return phys;
}

/* The page of a file at lin; a private write gets its own copy at once. */
static uint32_t file_frame(const struct vma *v, uint32_t lin, bool copy, bool *major)
{
    uint32_t cached = inode_page(v->inode, v->offset + ((lin & PAGE_MASK) - v->start), major);
    if (cached < PAGE_SIZE || !copy)
        return cached;
    uint32_t phys = new_frame(lin, cached);
    page_put(cached);
    return phys;
}

/* The frame keeps its place in the swap area if nobody else needs that, and stays clean. */
static uint32_t swapped_frame(uint32_t lin, uint32_t slot)
{
    uint32_t phys = page_alloc(PAGE_ANON);
    if (!phys)
        return 0;
    struct page *page = page_of(phys);
    if (!swap_read(slot, phys)) {
        page_put(phys);
        return PAGE_UNREADABLE;
    }
    page->index = lin & PAGE_MASK;
    if (swap_users(slot) == 1 && swap.free >= swap.total / 2) {
        page->slot = slot;
    } else {
        swap_put(slot);
        page->dirty = true;
    }
    return phys;
}

/* A write to a page that is present but not writable. */
static enum fault_result unshare(const struct vma *v, uint32_t lin, uint32_t *pte)
{
    uint32_t old = *pte & PAGE_MASK;
    const struct page *page = page_of(old);
    if (!(v->flags & VMA_SHARED) && (page->kind == PAGE_FILE || page->refs > 1)) {
        uint32_t phys = new_frame(lin, old);
        if (!phys)
            return FAULT_MEMORY;
        pte_drop(pte);
        *pte = phys | PTE_P | PTE_U;
    }
    *pte |= PTE_W;
    return FAULT_OK;
}

/* What is wrong with an access to that area; with its file, too. */
static enum fault_result check(const struct vma *v, uint32_t lin, enum access access)
{
    if (!(v->flags & VMA_RIGHTS))
        return FAULT_NO_ACCESS;
    if (access == ACCESS_WRITE && !(v->flags & VMA_WRITE))
        return FAULT_READ_ONLY;
    uint32_t at = v->offset + ((lin & PAGE_MASK) - v->start);
    return v->inode && at >= v->inode->size ? FAULT_FILE_END : FAULT_OK;
}

enum fault_result mm_fault(struct mm *m, uint32_t lin, enum access access, uint32_t esp)
{
    if (lin >= USER_END)
        return FAULT_KERNEL;
    struct vma *v = mm_find(m, lin);
    enum fault_result result = v ? FAULT_OK : grow_stack(m, lin, esp);
    if (result == FAULT_OK)
        result = check(v ? v : (v = mm_find(m, lin)), lin, access);
    if (result != FAULT_OK)
        return result;

    uint32_t *pte = pgdir_pte(m->pgdir, lin, true);
    if (!pte)
        return FAULT_MEMORY;
    bool write = access == ACCESS_WRITE, major = false;
    if (*pte & PTE_P) {
        if (!write || *pte & PTE_W)
            return FAULT_OK;
        result = unshare(v, lin, pte);
        pgdir_flush();
    } else {
        bool shared = v->flags & VMA_SHARED, fresh = !*pte;
        major = !fresh;
        uint32_t phys = !fresh     ? swapped_frame(lin, pte_slot(*pte))
                        : v->inode ? file_frame(v, lin, write && !shared, &major)
                                   : new_frame(lin, 0);
        if (phys < PAGE_SIZE)
            return phys == PAGE_UNREADABLE ? FAULT_IO : FAULT_MEMORY;
        bool own = page_of(phys)->kind == PAGE_ANON || shared;
        *pte = phys | PTE_P | PTE_U | (own && v->flags & VMA_WRITE ? PTE_W : 0);
    }
    if (result == FAULT_OK)
        proc_count_fault(major);
    return result;
}

/* What to tell the process and the user about each result. */
static const struct {
    const char *text, *reason; /* "... (reason)" */
    int signal, code;          /* si_code: 1 no mapping, 2 no right */
} verdicts[] = {
    [FAULT_IO] = {"Bus error", "the swap area cannot be read", SIGBUS, 2},
    [FAULT_UNMAPPED] = {"Segmentation fault", "not mapped", SIGSEGV, 1},
    [FAULT_READ_ONLY] = {"Segmentation fault", "read-only", SIGSEGV, 2},
    [FAULT_NO_ACCESS] = {"Segmentation fault", "no access", SIGSEGV, 2},
    [FAULT_STACK] = {"Segmentation fault", "stack limit", SIGSEGV, 1},
    [FAULT_KERNEL] = {"Segmentation fault", "kernel space", SIGSEGV, 1},
    [FAULT_FILE_END] = {"Bus error", "behind the end of the file", SIGBUS, 2},
};

void fault_page(struct trapframe *tf, uint32_t lin)
{
    enum access access = tf->error & PF_WRITE ? ACCESS_WRITE : ACCESS_READ;
    enum fault_result result;
    while ((result = mm_fault(current->mm, lin, access, tf->esp)) == FAULT_MEMORY) {
        if (!out_of_memory())
            return; /* it has been killed */
    }
    if (result == FAULT_OK || signal_fault(tf, verdicts[result].signal, verdicts[result].code, lin))
        return;
    /* The 386 reports a fetch as a read; the address tells them apart. */
    const char *kind = access == ACCESS_WRITE ? "write to"
                       : lin == tf->eip       ? "execution of"
                                              : "read of";
    print_error("%s[%d]: %s: %s %08x at eip %08x (%s)\n", current->name, current->pid,
                verdicts[result].text, kind, lin, tf->eip, verdicts[result].reason);
    proc_exit(verdicts[result].signal);
}

/* The exceptions a program can cause, and the signal that each is; 0: none of its business. */
static const struct {
    const char *text; /* what the user reads */
    int signal;       /* what the parent learns */
} causes[32] = {
    [0] = {"Floating point exception: division error", SIGFPE},
    [1] = {"Trace/breakpoint trap: single step", SIGTRAP},
    [3] = {"Trace/breakpoint trap: INT3", SIGTRAP},
    [4] = {"Segmentation fault: INTO on overflow", SIGSEGV},
    [5] = {"Segmentation fault: BOUND range exceeded", SIGSEGV},
    [6] = {"Illegal instruction", SIGILL},
    [7] = {"Floating point exception: no coprocessor", SIGFPE},
    [10] = {"Segmentation fault: invalid TSS", SIGSEGV},
    [11] = {"Bus error: segment not present", SIGBUS},
    [12] = {"Bus error: stack segment", SIGBUS},
    [13] = {"Segmentation fault: general protection", SIGSEGV},
    [17] = {"Bus error: alignment check", SIGBUS},
};

bool fault_exception(struct trapframe *tf)
{
    if (tf->vector >= 32 || !causes[tf->vector].signal)
        return false;
    if (signal_fault(tf, causes[tf->vector].signal, SI_KERNEL, tf->eip))
        return true;
    print_error("%s[%d]: %s at eip %08x", current->name, current->pid, causes[tf->vector].text,
                tf->eip);
    if (tf->vector >= 10)
        print_error(", error code %04x", tf->error);
    print_error("\n");
    proc_exit(causes[tf->vector].signal);
}
