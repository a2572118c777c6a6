/* SPDX-License-Identifier: MIT */
/*
 * mm.h - address spaces, page faults, user memory, shared memory segments.
 */
#ifndef KERNEL_MM_H
#define KERNEL_MM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inode;
struct mm;
struct trapframe;

/*
 * mm.c: the address space of a process: a page directory and a list of areas (VMAs).
 * An area says what may be there; the page tables say what already is. The difference is made up
 * by mm_fault(), one page at a time, when the page is first touched.
 */
enum vma_flags {
    VMA_READ = 1, /* the first three are PROT_READ, PROT_WRITE, PROT_EXEC */
    VMA_WRITE = 2,
    VMA_EXEC = 4,
    VMA_RIGHTS = 7,
    VMA_SHARED = 8,     /* writes are for everybody who maps the inode */
    VMA_GROWSDOWN = 16, /* a stack: a fault just below makes it larger */
    VMA_NO_WRITE = 32,  /* mprotect() cannot allow writing: the file is open for reading only */
};

struct vma {
    uint32_t start;      /* first byte, page-aligned */
    uint32_t end;        /* one past the last, page-aligned */
    unsigned flags;      /* enum vma_flags */
    struct inode *inode; /* where the contents come from, NULL: zeros */
    uint32_t offset;     /* of start in the inode */
    struct vma *next;    /* the next higher area */
};

struct mm {
    uint32_t *pgdir;               /* page directory, as the kernel sees it */
    struct vma *vmas;              /* areas, lowest first */
    uint32_t code_start, code_end; /* the program's first segment */
    uint32_t brk_start;            /* where the heap begins: the page after .bss */
    uint32_t brk;                  /* where it ends, to the byte */
    uint32_t mapped_base;          /* where mmap() begins to look, see /proc/PID/mapped_base */
    uint32_t stack_start;          /* ESP at the program's first instruction */
    uint32_t args_start, args_end; /* the strings of argv */
};

/* Pages of an address space. */
struct mm_usage {
    uint32_t size;      /* in areas */
    uint32_t anonymous; /* with a frame of their own, or shared copy-on-write */
    uint32_t file;      /* with a frame of a page cache */
    uint32_t swapped;   /* in the swap area */
    uint32_t tables;    /* page tables and the directory */
};

enum access { ACCESS_READ, ACCESS_WRITE };

/* Why an access is not allowed; the last ones are for the message only. */
enum fault_result {
    FAULT_OK,        /* the page is there now */
    FAULT_MEMORY,    /* it should be, but no frame is free */
    FAULT_IO,        /* it should be, but the swap area cannot be read */
    FAULT_UNMAPPED,  /* no area covers the address */
    FAULT_READ_ONLY, /* the area does not allow writing */
    FAULT_NO_ACCESS, /* the area allows nothing */
    FAULT_STACK,     /* the stack has reached its limit */
    FAULT_KERNEL,    /* the kernel half */
    FAULT_FILE_END,  /* a mapping is longer than its file */
};

struct mm *mm_new(void);
void mm_free(struct mm *m);

/* A copy for fork(): own areas, the same frames, copy-on-write; NULL: out of memory. */
struct mm *mm_copy(struct mm *m);

/* The area that holds the address, or NULL. */
struct vma *mm_find(const struct mm *m, uint32_t lin);

/*
 * Adds an area like *v, with a use of the inode of its own, joining it with its neighbours where
 * they are of one kind. -EINVAL: not page-aligned, out of range, or overlapping.
 */
int mm_map(struct mm *m, const struct vma *v);

/* Removes whatever is in start..end; areas that reach beyond are cut. 0, -EINVAL, -ENOMEM. */
int mm_unmap(struct mm *m, uint32_t start, uint32_t end);

/* Gives start..end those rights; -ENOMEM: there are gaps, -EACCES: it must not be written. */
int mm_protect(struct mm *m, uint32_t start, uint32_t end, unsigned rights);

/* A free range of that size, at hint if possible, else the first from mapped_base; 0: none. */
uint32_t mm_find_free(const struct mm *m, uint32_t hint, uint32_t size);

/* Moves the end of the heap; returns the end that holds now. */
uint32_t mm_brk(struct mm *m, uint32_t brk);

struct mm_usage mm_usage(const struct mm *m);

/*
 * Makes the page at lin usable for the access, if an area allows it. esp is the user's stack
 * pointer: a stack grows only if the access is not far below it.
 */
enum fault_result mm_fault(struct mm *m, uint32_t lin, enum access access, uint32_t esp);

/* fault.c: exceptions that a program caused. */
/* A page fault of the running process at linear address lin: repaired, or a signal for it. */
void fault_page(struct trapframe *tf, uint32_t lin);

/* Any other exception: a signal. False if no program can cause that one. */
bool fault_exception(struct trapframe *tf);

/*
 * uaccess.c: the only way the kernel touches user memory.
 * Every function checks each page against the areas of the address space, brings it in if it is
 * not there yet, and reaches it through the linear map. The kernel never dereferences a user
 * pointer, so a bad one is an error value and cannot be a fault, and the write protection that a
 * 386 does not enforce in ring 0 is enforced here.
 */
/* Does lin..lin + n lie in the user half? If not, nothing of it is touched. */
bool user_range(uint32_t lin, uint32_t n);

/* 0, -EFAULT or -ENOMEM. */
int user_read(struct mm *m, void *dst, uint32_t lin, size_t n);
int user_write(struct mm *m, uint32_t lin, const void *src, size_t n);

/* Makes sure that a page can be written: 0, -EFAULT or -ENOMEM. */
int user_touch(struct mm *m, uint32_t lin);

/* Copies a string with its terminator: its length, -EFAULT, or -ENAMETOOLONG if size is short. */
int user_string(struct mm *m, char *dst, uint32_t lin, size_t size);

/* shm.c: System V shared memory segments. */
/* The system calls of the same names (shmget(2), shmop(2), shmctl(2)); 0 or more, or -errno. */
int shm_get(int32_t key, uint32_t size, uint32_t flags);
int shm_attach(struct mm *m, int id, uint32_t address, uint32_t flags, uint32_t *result);
int shm_detach(struct mm *m, uint32_t address);
int shm_control(struct mm *m, int id, uint32_t command, uint32_t buffer);

/* The n-th of all segments, for the audit; NULL: that place is free. */
enum { SHM_SEGMENTS = 32 };
struct inode *shm_segment(unsigned n);

#endif
