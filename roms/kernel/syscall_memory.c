/* SPDX-License-Identifier: MIT */
/*
 * syscall_memory.c - system calls about the address space. See syscall.h, mmap(2), shmop(2).
 */
#include <stddef.h>
#include <stdint.h>

#include "drivers/x86.h"
#include "kernel/file.h"
#include "kernel/layout.h"
#include "kernel/mm.h"
#include "kernel/proc.h"
#include "kernel/syscall.h"
#include "lib/abi.h"

int sys_brk(struct trapframe *tf)
{
    return (int)mm_brk(current->mm, tf->ebx);
}

/* What the file allows; *inode gets a use that the caller gives back. */
static int backing(const struct mmap_arguments *a, unsigned *flags, struct inode **inode)
{
    *inode = NULL;
    if (a->flags & MAP_ANONYMOUS) {
        if (!(a->flags & MAP_SHARED))
            return 0;
        /* Shared with children: an inode of its own, without a name. */
        *inode = inode_new("/dev/zero (deleted)", INODE_MEMORY, DEV_SHM, 0);
        if (*inode)
            (*inode)->size = a->length;
        return *inode ? 0 : -ENOMEM;
    }
    struct file *f = syscall_file(a->fd);
    if (!f)
        return -EBADF;
    if (!f->inode || (f->inode->kind != INODE_INITRD && f->inode->kind != INODE_MEMORY))
        return f->inode && f->inode->kind == INODE_ZERO ? 0 : -ENODEV;
    if ((f->flags & O_ACCMODE) == O_WRONLY)
        return -EACCES;
    if (a->flags & MAP_SHARED && (f->flags & O_ACCMODE) != O_RDWR) {
        if (a->protection & PROT_WRITE)
            return -EACCES;
        *flags |= VMA_NO_WRITE;
    }
    *inode = inode_get(f->inode);
    return 0;
}

static int map(const struct mmap_arguments *a)
{
    struct mm *m = current->mm;
    uint32_t kind = a->flags & (MAP_SHARED | MAP_PRIVATE);
    uint32_t size = (a->length + PAGE_SIZE - 1) & PAGE_MASK;
    bool fixed = a->flags & MAP_FIXED;
    if (a->offset % PAGE_SIZE || (kind != MAP_SHARED && kind != MAP_PRIVATE) || a->length == 0)
        return -EINVAL;
    if (fixed && (a->address % PAGE_SIZE || a->address < USER_LOW))
        return a->address % PAGE_SIZE ? -EINVAL : -EPERM;
    if (size == 0 || size > USER_END || (fixed && a->address > USER_END - size) ||
        a->offset > 0u - size)
        return -ENOMEM;
    unsigned flags = (a->protection & VMA_RIGHTS) | (kind == MAP_SHARED ? VMA_SHARED : 0);
    struct inode *inode;
    int error = backing(a, &flags, &inode);
    if (error)
        return error;
    uint32_t start = fixed ? a->address : mm_find_free(m, a->address & PAGE_MASK, size);
    struct vma v = {.start = start,
                    .end = start + size,
                    .flags = flags,
                    .inode = inode,
                    .offset = inode ? a->offset : 0};
    error = start ? 0 : -ENOMEM;
    if (!error && fixed)
        error = mm_unmap(m, start, start + size);
    if (!error)
        error = mm_map(m, &v);
    inode_put(inode);
    return error ? error : (int)start;
}

int sys_mmap(struct trapframe *tf)
{
    struct mmap_arguments a;
    int error = user_read(current->mm, &a, tf->ebx, sizeof a);
    return error ? error : map(&a);
}

int sys_mmap2(struct trapframe *tf)
{
    if (tf->ebp >= 1u << (32 - PAGE_SHIFT))
        return -EINVAL;
    return map(&(struct mmap_arguments){tf->ebx, tf->ecx, tf->edx, tf->esi, tf->edi,
                                        tf->ebp << PAGE_SHIFT});
}

/* The page after the range, or 0 if there is no such range. */
static uint32_t range_end(uint32_t start, uint32_t length)
{
    uint32_t size = (length + PAGE_SIZE - 1) & PAGE_MASK;
    return size >= length && start <= USER_END && size <= USER_END - start ? start + size : 0;
}

int sys_munmap(struct trapframe *tf)
{
    return mm_unmap(current->mm, tf->ebx, range_end(tf->ebx, tf->ecx));
}

int sys_mprotect(struct trapframe *tf)
{
    if (tf->ebx % PAGE_SIZE || tf->edx & ~(uint32_t)VMA_RIGHTS)
        return -EINVAL;
    if (tf->ecx == 0)
        return 0;
    return mm_protect(current->mm, tf->ebx, range_end(tf->ebx, tf->ecx), tf->edx);
}

/* EBX: which call, ECX EDX ESI: numbers, EDI: a pointer. */
int sys_ipc(struct trapframe *tf)
{
    struct mm *m = current->mm;
    uint32_t address;
    int error;
    switch (tf->ebx) {
    case IPC_SHMGET: return shm_get((int32_t)tf->ecx, tf->edx, tf->esi);
    case IPC_SHMAT:
        error = shm_attach(m, (int)tf->ecx, tf->edi, tf->edx, &address);
        if (error)
            return error;
        error = user_write(m, tf->esi, &address, sizeof address);
        if (error)
            shm_detach(m, address);
        return error;
    case IPC_SHMDT: return shm_detach(m, tf->edi);
    case IPC_SHMCTL: return shm_control(m, (int)tf->ecx, tf->edx, tf->edi);
    default: return -ENOSYS;
    }
}
