/* SPDX-License-Identifier: MIT */
/*
 * fault.c - page faults: bring the page in, or say why not.
 *
 * mm_fault() serves both the processor's page fault and the kernel's own look at user memory
 * (uaccess.c). A page comes into being here: zeroed, or filled from the program file.
 * Every frame belongs to one process so far; sharing (copy-on-write) will start here too.
 */
#include "kernel/fault.h"

#include "kernel/abi.h"
#include "kernel/initrd.h"
#include "kernel/layout.h"
#include "kernel/mm.h"
#include "kernel/page.h"
#include "kernel/paging.h"
#include "kernel/print.h"
#include "kernel/proc.h"
#include "kernel/x86.h"
#include "lib/string.h"

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

/* Copies what the file has of the page at lin; the frame is zeroed already. */
static void fill_from_file(const struct vma *v, uint32_t lin, uint8_t *frame)
{
    uint32_t at = lin - v->start;
    if (!v->file || at >= v->file_bytes)
        return;
    uint32_t n = v->file_bytes - at < PAGE_SIZE ? v->file_bytes - at : PAGE_SIZE;
    memcpy(frame, initrd_data(v->file) + v->offset + at, n);
}

enum fault_result mm_fault(struct mm *m, uint32_t lin, enum access access, uint32_t esp)
{
    if (lin >= USER_END)
        return FAULT_KERNEL;
    struct vma *v = mm_find(m, lin);
    if (!v) {
        enum fault_result grown = grow_stack(m, lin, esp);
        if (grown != FAULT_OK)
            return grown;
        v = mm_find(m, lin);
    }
    if (access == ACCESS_WRITE && !(v->flags & VMA_WRITE))
        return FAULT_READ_ONLY;

    uint32_t *pte = pgdir_pte(m->pgdir, lin, true);
    if (!pte)
        return FAULT_MEMORY;
    if (*pte & PTE_P)
        return FAULT_OK;
    uint32_t phys = page_alloc_zeroed();
    if (!phys)
        return FAULT_MEMORY;
    fill_from_file(v, lin & PAGE_MASK, phys_to_lin(phys));
    *pte = phys | PTE_P | PTE_U | (v->flags & VMA_WRITE ? PTE_W : 0);
    return FAULT_OK;
}

void fault_page(const struct trapframe *tf, uint32_t lin)
{
    static const char *const reasons[] = {
        [FAULT_UNMAPPED] = "not mapped",
        [FAULT_READ_ONLY] = "read-only",
        [FAULT_STACK] = "stack limit",
        [FAULT_KERNEL] = "kernel space",
    };
    enum access access = tf->error & PF_WRITE ? ACCESS_WRITE : ACCESS_READ;
    enum fault_result result = mm_fault(current->mm, lin, access, tf->esp);
    if (result == FAULT_OK)
        return;
    if (result == FAULT_MEMORY) {
        print_error("%s[%d]: Out of memory\n", current->name, current->pid);
        proc_exit(SIGKILL);
    }
    /* The 386 reports a fetch as a read; the address tells them apart. */
    const char *kind = access == ACCESS_WRITE ? "write to"
                       : lin == tf->eip       ? "execution of"
                                              : "read of";
    print_error("%s[%d]: Segmentation fault: %s %08x at eip %08x (%s)\n", current->name,
                current->pid, kind, lin, tf->eip, reasons[result]);
    proc_exit(SIGSEGV);
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

bool fault_exception(const struct trapframe *tf)
{
    if (tf->vector >= 32 || !causes[tf->vector].signal)
        return false;
    print_error("%s[%d]: %s at eip %08x", current->name, current->pid, causes[tf->vector].text,
                tf->eip);
    if (tf->vector >= 10)
        print_error(", error code %04x", tf->error);
    print_error("\n");
    proc_exit(causes[tf->vector].signal);
}
