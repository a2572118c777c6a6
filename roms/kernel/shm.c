/* SPDX-License-Identifier: MIT */
/*
 * shm.c - System V shared memory segments. See mm.h.
 * A segment is an inode without a name that one could open; an attachment is a shared area of it.
 * A segment that is removed (IPC_RMID) disappears with its last attachment. Identifiers are
 * table index + SEGMENTS * how often the place was used before, so that old ones stay invalid.
 */
#include "kernel/mm.h"

#include <stddef.h>

#include "kernel/file.h"
#include "kernel/layout.h"
#include "kernel/proc.h"
#include "lib/abi.h"
#include "lib/format.h"

enum { SEGMENTS = SHM_SEGMENTS, SIZE_LIMIT = 0x40000000 };

static struct segment {
    struct inode *inode; /* NULL: the place is free */
    int32_t key;         /* as given to shmget(), IPC_PRIVATE: none */
    int id;              /* what user programs call it */
    uint32_t size;       /* bytes, as given */
    uint32_t mode;       /* rights, as given; not enforced, there is one user */
    int creator, last;   /* processes */
} segments[SEGMENTS];

static struct segment *find(int id)
{
    struct segment *g = id >= 0 ? &segments[id % SEGMENTS] : NULL;
    return g && g->inode && g->id == id ? g : NULL;
}

int shm_get(int32_t key, uint32_t size, uint32_t flags)
{
    struct segment *place = NULL;
    for (struct segment *g = segments; g < segments + SEGMENTS; g++) {
        if (!g->inode && !place)
            place = g;
        if (!g->inode || key == IPC_PRIVATE || g->key != key)
            continue;
        if (flags & IPC_CREAT && flags & IPC_EXCL)
            return -EEXIST;
        return size > g->size ? -EINVAL : g->id;
    }
    if (key != IPC_PRIVATE && !(flags & IPC_CREAT))
        return -ENOENT;
    if (size == 0 || size > SIZE_LIMIT)
        return -EINVAL;
    if (!place)
        return -ENOSPC;
    /* Once used, a place has a size for ever. */
    int id = place->size ? place->id + SEGMENTS : (int)(place - segments);
    char name[INODE_PATH];
    snprintf(name, sizeof name, "/SYSV%08x (deleted)", (uint32_t)key);
    struct inode *i = inode_new(name, INODE_MEMORY, DEV_SHM, (uint32_t)id);
    if (!i)
        return -ENOMEM;
    i->size = (size + PAGE_SIZE - 1) & PAGE_MASK;
    *place = (struct segment){i, key, id, size, flags & 0777, current->pid, 0};
    return id;
}

int shm_attach(struct mm *m, int id, uint32_t address, uint32_t flags, uint32_t *result)
{
    struct segment *g = find(id);
    if (!g)
        return -EINVAL;
    if (flags & SHM_RND)
        address &= PAGE_MASK;
    if (address % PAGE_SIZE)
        return -EINVAL;
    uint32_t start = address ? address : mm_find_free(m, 0, g->inode->size);
    if (!start)
        return -ENOMEM;
    if (start > USER_END - g->inode->size)
        return -EINVAL;
    struct vma v = {.start = start,
                    .end = start + g->inode->size,
                    .flags =
                        VMA_READ | VMA_SHARED | (flags & SHM_RDONLY ? VMA_NO_WRITE : VMA_WRITE),
                    .inode = g->inode};
    g->last = current->pid;
    *result = start;
    return mm_map(m, &v);
}

int shm_detach(struct mm *m, uint32_t address)
{
    const struct vma *v = mm_find(m, address);
    if (!v || v->start != address || !v->inode || v->inode->device != DEV_SHM || v->offset != 0)
        return -EINVAL;
    /* mprotect() may have cut the attachment into several areas. */
    const struct inode *i = v->inode;
    uint32_t end = v->end;
    while (v->next && v->next->inode == i && v->next->start == end &&
           v->next->offset == end - address) {
        v = v->next;
        end = v->end;
    }
    return mm_unmap(m, address, end);
}

static uint32_t attachments(const struct inode *i)
{
    uint32_t count = 0;
    for (const struct proc *p = proc_next(NULL); p; p = proc_next(p)) {
        for (const struct vma *v = p->mm ? p->mm->vmas : NULL; v; v = v->next)
            count += v->inode == i && v->offset == 0;
    }
    return count;
}

int shm_control(struct mm *m, int id, uint32_t command, uint32_t buffer)
{
    struct segment *g = find(id);
    if (!g)
        return -EINVAL;
    switch (command & ~(uint32_t)IPC_64) {
    case IPC_RMID:
        inode_put(g->inode);
        g->inode = NULL;
        return 0;
    case IPC_STAT: {
        struct shmid64 s = {.key = g->key,
                            .mode = g->mode,
                            .size = g->size,
                            .creator = g->creator,
                            .last = g->last,
                            .attached = attachments(g->inode)};
        return user_write(m, buffer, &s, sizeof s);
    }
    default: return -EINVAL;
    }
}

struct inode *shm_segment(unsigned n)
{
    return segments[n].inode;
}
