/* SPDX-License-Identifier: MIT */
/*
 * mm.h - the address space of a process: a page directory and a list of areas (VMAs).
 * An area says what may be there; the page tables say what already is. The difference is made up
 * by mm_fault(), one page at a time, when the page is first touched.
 */
#ifndef KERNEL_MM_H
#define KERNEL_MM_H

#include <stdbool.h>
#include <stdint.h>

struct initrd_file;

enum vma_flags {
    VMA_READ = 1,
    VMA_WRITE = 2,
    VMA_EXEC = 4,
    VMA_GROWSDOWN = 8, /* a stack: a fault just below makes it larger */
};

struct vma {
    uint32_t start;                 /* first byte, page-aligned */
    uint32_t end;                   /* one past the last, page-aligned */
    unsigned flags;                 /* enum vma_flags */
    const struct initrd_file *file; /* where the contents come from, NULL: zeros */
    uint32_t offset;                /* of start in the file */
    uint32_t file_bytes;            /* so many bytes from start are the file's, then zeros */
    const char *label;              /* "[heap]" and the like, when there is no file */
    struct vma *next;               /* the next higher area */
};

struct mm {
    uint32_t *pgdir;    /* page directory, as the kernel sees it */
    struct vma *vmas;   /* areas, lowest first */
    uint32_t brk_start; /* where the heap begins: the page after .bss */
    uint32_t brk;       /* where it ends, to the byte */
};

enum access { ACCESS_READ, ACCESS_WRITE };

/* Why an access is not allowed; the last ones are for the message only. */
enum fault_result {
    FAULT_OK,        /* the page is there now */
    FAULT_MEMORY,    /* it should be, but no frame is free */
    FAULT_UNMAPPED,  /* no area covers the address */
    FAULT_READ_ONLY, /* the area does not allow writing */
    FAULT_STACK,     /* the stack has reached its limit */
    FAULT_KERNEL,    /* the kernel half */
};

struct mm *mm_new(void);
void mm_free(struct mm *m);

/* A copy for fork(): own areas, own frames with the same contents; NULL: out of memory. */
struct mm *mm_copy(const struct mm *m);

/* The area that holds the address, or NULL. */
struct vma *mm_find(const struct mm *m, uint32_t lin);

/* Adds a copy of *v to the list. -EINVAL: not page-aligned, out of range, or overlapping. */
int mm_map(struct mm *m, const struct vma *v);

/* Frames that hold pages of this address space now. */
uint32_t mm_frames(const struct mm *m);

/* Moves the end of the heap; returns the end that holds now. */
uint32_t mm_brk(struct mm *m, uint32_t brk);

/*
 * Makes the page at lin usable for the access, if an area allows it. esp is the user's stack
 * pointer: a stack grows only if the access is not far below it.
 */
enum fault_result mm_fault(struct mm *m, uint32_t lin, enum access access, uint32_t esp);

#endif
